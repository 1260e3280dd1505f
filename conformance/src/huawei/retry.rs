//! Kinds `retry` and `backoff`: how often a call is made again, and after which wait.

use std::time::Duration;

use sanyun_core::{Backoff, Error, ErrorKind};
use sanyun_huawei::{Input, Retry};
use serde_json::{Value, json};

use super::script::{Script, outcome};
use crate::support::{member, same_json, text};

/// The largest number below 1.
const ALMOST_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

/// The chance decides between both bounds, and both can happen.
pub(super) fn backoff(input: &Value, expected: &Value) -> Result<(), String> {
    let backoff = strategy(text(input, "strategy"))?;
    let failed = member(input, "retries").as_u64().unwrap_or_default() as u32;
    let [least, middle, most] = [0.0, 0.5, ALMOST_ONE].map(|unit| backoff.delay(failed, unit).as_millis() as u64);
    if !(least..=most).contains(&middle) {
        return Err(format!("{middle} ms lies outside of {least} to {most} ms"));
    }
    same_json("backoff", &json!({"min_ms": least, "max_ms": most}), expected)
}

/// The vendor's strategies. Its decorrelated jitter does not grow, so it is drawn evenly from the first wait's bounds.
fn strategy(name: &str) -> Result<Backoff, String> {
    Ok(match name {
        "none" => Backoff::NONE,
        "exponential" => Backoff::EXPONENTIAL,
        "equal_jitter" => Backoff::EQUAL_JITTER,
        "random_jitter" => Backoff::RANDOM_JITTER,
        "decorrelated_jitter" => Backoff::Uniform { min: Duration::from_millis(10), max: Duration::from_millis(30) },
        _ => return Err(format!("strategy `{name}` is not known")),
    })
}

/// A call that is not idempotent, so that nothing but the condition lets it be repeated.
pub(super) fn retry(input: &Value, expected: &Value) -> Result<(), String> {
    let script = Script::default();
    script.set(member(input, "outcomes"));
    let (status, error) = match policy(input)? {
        Err(_) => (None, Some("ValueError")),
        Ok(policy) => {
            let client = script.client(&json!(["https://vpc.example"]), Retry::standard());
            let (client, _) = client.map_err(|error| error.to_string())?;
            outcome(client.send(Input::post("vpc", "/v1/x")).retry(policy))
        }
    };
    // The vendor's wording is its own.
    let mut expected = expected.clone();
    expected.as_object_mut().map(|members| members.remove("message"));
    let ours = json!({"status": status, "error": error, "attempts": script.hosts().len()});
    same_json("retry", &ours, &expected)
}

fn policy(input: &Value) -> Result<Result<Retry, Error>, String> {
    let retries = member(input, "max_retries").as_u64().unwrap_or_default() as u32;
    let (backoff, condition) = (strategy(text(input, "backoff"))?, condition(text(input, "condition"))?);
    Ok(Retry::max_retries(retries).map(|retry| retry.backoff(backoff).when(condition)))
}

type Condition = fn(&Error) -> bool;

fn condition(name: &str) -> Result<Condition, String> {
    fn status(error: &Error) -> u16 {
        error.service().map_or(0, |service| service.status())
    }

    Ok(match name {
        "status>=500" => |error| status(error) >= 500,
        "status=429" => |error| status(error) == 429,
        "connection" => |error| matches!(error.kind(), ErrorKind::Connect | ErrorKind::Resolve | ErrorKind::Tls),
        "any_error" | "always" => |_| true,
        "never" => |_| false,
        _ => return Err(format!("condition `{name}` is not known")),
    })
}
