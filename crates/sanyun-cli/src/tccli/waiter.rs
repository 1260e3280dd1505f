//! `--waiter '{"expr": …, "to": …, "timeout": 180, "interval": 5}'`.

use std::time::Duration;

use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

use super::literal;
use super::profile::Profile;
use crate::query::Condition;

const USAGE: &str = r#"such as --waiter '{"expr":"InstanceStatusSet[0].InstanceState","to":"RUNNING"}'"#;
const LIMIT: Duration = Duration::from_secs(180);
const INTERVAL: Duration = Duration::from_secs(5);

/// What is waited for.
#[derive(Debug)]
pub(crate) struct Waiter {
    pub(crate) condition: Condition,
    pub(crate) interval: Duration,
    pub(crate) limit: Duration,
}

impl Waiter {
    /// Reads the option. What it does not say the profile may say. The text is data: nothing in it is executed.
    ///
    /// # Errors
    /// It is no such object, or its expression or a time cannot be understood.
    pub(super) fn read(text: &str, profile: &Profile) -> Result<Self> {
        let wrong = |why: String| Error::input(format!("--waiter: {why}")).with_hint(USAGE);
        let wish = literal::parse(text).map_err(wrong)?;
        let Value::Object(wish) = wish else { return Err(wrong("an object is wanted".to_owned())) };
        let expr = wish.get("expr").and_then(Value::as_str).ok_or_else(|| wrong("`expr` is missing".to_owned()))?;
        let to = wish.get("to").ok_or_else(|| wrong("`to` is missing".to_owned()))?;
        if let Some(odd) = wish.keys().find(|name| !["expr", "to", "timeout", "interval"].contains(&name.as_str())) {
            return Err(wrong(format!("`{odd}` is unknown; known: expr, to, timeout, interval")));
        }
        let condition = Condition::equals(expr, to.clone()).map_err(|why| wrong(format!("`expr`: {why}")))?;
        let limit = time(&wish, profile, "timeout").map_err(wrong)?.unwrap_or(LIMIT);
        let interval = time(&wish, profile, "interval").map_err(wrong)?.unwrap_or(INTERVAL).min(limit);
        Ok(Self { condition, interval, limit })
    }
}

fn time(wish: &Map<String, Value>, profile: &Profile, name: &str) -> Result<Option<Duration>, String> {
    let Some(value) = wish.get(name).or_else(|| profile.waiting(name)) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| *seconds > 0.0);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.map(Some).ok_or_else(|| format!("`{name}` must be a number of seconds, more than 0"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str, configured: Value) -> Result<(u128, u128), String> {
        let waiter = Waiter::read(text, &Profile::of(configured)).map_err(|error| error.message().to_owned())?;
        Ok((waiter.interval.as_millis(), waiter.limit.as_millis()))
    }

    #[test]
    fn what_is_not_said_comes_from_the_profile_or_the_vendor() {
        let configured = json!({"waiter": {"timeout": 20, "interval": 2}});
        for (text, configured, expected) in [
            (r#"{"expr":"TotalCount","to":9}"#, json!({}), (5000, 180_000)),
            ("{'expr':'TotalCount','to':2,'timeout':60,'interval':5}", json!({}), (5000, 60_000)),
            ("{'expr':'A','to':'x'}", configured.clone(), (2000, 20_000)),
            ("{'expr':'A','to':'x','interval':0.5}", configured.clone(), (500, 20_000)),
            ("{'expr':'A','to':'x','interval':50}", configured, (20_000, 20_000)),
        ] {
            assert_eq!(read(text, configured), Ok(expected), "{text}");
        }
    }

    #[test]
    fn it_waits_for_the_value_itself() {
        let answer = json!({"TotalCount": 2, "Set": [{"S": "RUNNING"}, {"S": "RUNNING"}], "Gone": null, "On": true});
        for (text, expected) in [
            ("{'expr': 'TotalCount', 'to': 2}", true),
            ("{'expr': 'TotalCount', 'to': '2'}", true),
            ("{'expr': 'TotalCount', 'to': 3}", false),
            ("{'expr': 'Set[].S', 'to': 'RUNNING'}", true),
            ("{'expr': 'Set[].S', 'to': ['RUNNING', 'RUNNING']}", true),
            ("{'expr': 'Set[].S', 'to': ['RUNNING']}", false),
            ("{'expr': \"Set[?S=='STOPPED'] | length(@)\", 'to': 0}", true),
            ("{'expr': 'Gone', 'to': None}", true),
            ("{'expr': 'On', 'to': True}", true),
        ] {
            let waiter = Waiter::read(text, &Profile::default()).unwrap();
            assert_eq!(waiter.condition.holds(&answer), Ok(expected), "{text}");
        }
    }

    #[test]
    fn slips_are_told() {
        for (text, message) in [
            ("{'to':1}", "--waiter: `expr` is missing"),
            ("{'expr':'a'}", "--waiter: `to` is missing"),
            ("[1]", "--waiter: an object is wanted"),
            (
                "{'expr':'a','to':1,'intervall':3}",
                "--waiter: `intervall` is unknown; known: expr, to, timeout, interval",
            ),
            ("{'expr':'a','to':1,'timeout':0}", "--waiter: `timeout` must be a number of seconds, more than 0"),
            ("{'expr':'a[','to':1}", "--waiter: `expr`: the expression ends too early"),
            ("__import__('os').system('x')", "--waiter: neither JSON nor a Python literal: `_` at character 1"),
        ] {
            let told = read(text, json!({})).unwrap_err();
            assert!(told.starts_with(message), "{told}");
        }
    }
}
