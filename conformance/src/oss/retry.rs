//! Which failures are tried again, when, and with what.

use std::time::Duration;

use sanyun_core::{Backoff, Body, Chance, Credential, Error, Retry, StreamBody, TransportError, TransportErrorKind};
use serde_json::{Value, json};

use super::client::{LATER, block_on, client, clock, expect, outcome};
use super::request::call;
use super::script::Script;
use crate::Outcome;
use crate::support::{member, same, same_json, text};

/// Kind `backoff`.
pub(super) fn backoff(input: &Value, expected: &Value) -> Outcome {
    let seconds = |name: &str| Duration::from_secs_f64(member(input, name).as_f64().unwrap_or_default());
    let backoff = match text(input, "type") {
        "full_jitter" => Backoff::full_jitter(seconds("base_delay"), seconds("max_backoff")),
        "equal_jitter" => {
            let (base, cap) = (seconds("base_delay"), seconds("max_backoff"));
            Backoff::HalfJitter { base, cap, extra: Duration::from_secs(1) }
        }
        "fixed" => Backoff::Fixed(seconds("delay")),
        _ => return Outcome::NotImplemented,
    };
    let attempt = member(input, "attempt").as_u64().unwrap_or_default() as u32;
    let delay = backoff.delay(attempt, member(input, "rand").as_f64().unwrap_or_default());
    same_json("delay_seconds", &delay.as_secs_f64().into(), member(expected, "delay_seconds")).into()
}

/// Kind `retryable`.
pub(super) fn retryable(input: &Value, expected: &Value) -> Outcome {
    outcome(retryable_of(input, expected))
}

fn retryable_of(input: &Value, expected: &Value) -> Result<(), String> {
    let retry = if text(input, "retryer") == "nop" { Retry::none() } else { Retry::standard() };
    let error = failure(member(input, "error"))?;
    let ours = error.is_retryable() && retry.max_attempts() > 1;
    same("retryable", &ours.to_string(), &member(expected, "retryable").to_string())?;
    same("max_attempts", &retry.max_attempts().to_string(), &member(expected, "max_attempts").to_string())
}

/// The error that a client returns for such a failure.
fn failure(error: &Value) -> Result<Error, String> {
    let acl = json!({"operation": "GetBucketAcl", "params": {"bucket": "examplebucket"}});
    let put = json!({"operation": "PutObject", "params": {"bucket": "examplebucket", "key": "k", "body": "abc"}});
    match text(error, "type") {
        "service" => error_of(&acl, &service_reply(error)),
        "inconsistent" => error_of(&put, &json!({"status": 200, "headers": [["x-oss-hash-crc64ecma", "1"]]})),
        "deserialization" => error_of(&acl, &json!({"status": 200, "body": "<Other/>"})),
        "serialization" => error_of(&json!({"operation": "GetBucketAcl", "params": {}}), &Value::Null),
        "credentials_empty" => Credential::keys("", "").signing_keys().err().ok_or_else(|| "no error".to_owned()),
        // A source that cannot be reached for the moment, as the sources of this SDK say it.
        "credentials_fetch" => {
            let unreachable = TransportError::new(TransportErrorKind::Connect, "refused").into();
            Ok(sanyun_core::credentials::failed("source", unreachable))
        }
        "request" => Ok(TransportError::new(TransportErrorKind::Connect, "refused").into()),
        "response" => Ok(TransportError::new(TransportErrorKind::ReadTimeout, "nothing came").into()),
        _ => Err(LATER.to_owned()),
    }
}

fn service_reply(error: &Value) -> Value {
    let body = format!("<Error><Code>{}</Code></Error>", text(error, "code"));
    json!({"status": member(error, "status_code"), "body": body})
}

fn error_of(input: &Value, reply: &Value) -> Result<Error, String> {
    let script = Script::new([reply.clone()]);
    let client = client(input, &clock(input)?, &script)?.map_err(|error| error.to_string())?;
    let call = call(&client, input)?.call().retry(Retry::none());
    match block_on(call.into_future())? {
        Ok(_) => Err("ours succeeds".to_owned()),
        Err(error) => Ok(error),
    }
}

/// Chance that always says the same.
struct Always(u64);

impl Chance for Always {
    fn next_u64(&self) -> u64 {
        self.0
    }
}

/// Kind `retry_flow`.
pub(super) fn flow(input: &Value, expected: &Value) -> Outcome {
    outcome(flow_of(input, expected))
}

fn flow_of(input: &Value, expected: &Value) -> Result<(), String> {
    let (script, clock) =
        (Script::new(member(input, "responses").as_array().cloned().unwrap_or_default()), clock(input)?);
    let unit = member(input, "rand").as_f64().unwrap_or_default();
    // `unit` of 0.5 is the bit pattern 1000…
    let chance = Always((unit * 2_f64.powi(64)) as u64);
    let client = super::client::client_with(input, &clock, &script, chance)?.map_err(|error| error.to_string())?;
    let mut action = call(&client, input)?;
    if member(input, "body_seekable") == &Value::Bool(false) {
        let text = text(member(input, "params"), "body");
        let stream = StreamBody::from(bytes::Bytes::from(text.to_owned())).into_stream();
        action = action.body(Body::once(stream, Some(text.len() as u64)));
    }
    let response = expect(block_on(action.into_future())?, expected)?;
    if let Some(response) = response {
        same("status_code", response.status().as_str(), &member(expected, "status_code").to_string())?;
    }
    let seen = script.seen();
    same("attempts", &seen.len().to_string(), &member(expected, "attempts").to_string())?;
    let delays: Value = clock.sleeps().iter().map(|wait| Value::from(wait.as_secs_f64())).collect();
    same_json("delays_seconds", &delays, member(expected, "delays_seconds"))?;
    let bodies: Value = seen
        .iter()
        .filter(|sent| !sent.body.is_empty())
        .map(|sent| Value::from(String::from_utf8_lossy(&sent.body).into_owned()))
        .collect();
    same_json("bodies", &bodies, member(expected, "bodies"))
}

/// Kind `clock_skew`.
pub(super) fn clock_skew(input: &Value, expected: &Value) -> Result<(), String> {
    let answers = member(input, "responses").as_array().into_iter().flatten().map(|answer| {
        let body = match text(answer, "code") {
            "" => "<AccessControlPolicy/>".to_owned(),
            code => format!("<Error><Code>{code}</Code></Error>"),
        };
        let dates = answer.get("date").map(|date| json!(["Date", date]));
        json!({"status": member(answer, "status"), "body": body, "headers": dates.into_iter().collect::<Vec<_>>()})
    });
    let (script, clock) = (Script::new(answers), clock(input)?);
    let client = client(input, &clock, &script)?.map_err(|error| error.to_string())?;
    let call = client.invoke("GetBucketAcl", json!({"bucket": "examplebucket"}));
    block_on(call.into_future())?.map_err(|error| format!("{error:?}"))?;
    let shown = |value: Option<&http::HeaderValue>| value.and_then(|value| value.to_str().ok().map(str::to_owned));
    let dates: Value = script.seen().iter().map(|sent| json!(shown(sent.headers.get("x-oss-date")))).collect();
    same_json("x_oss_dates", &dates, member(expected, "x_oss_dates"))
}
