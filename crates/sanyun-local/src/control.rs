//! Faults over HTTP, for programs that cannot call [`Local::inject`](crate::Local::inject): `/_sanyun/faults`. Only if the
//! builder allows it: whoever can reach the port may then break everybody's requests.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::access_log::Note;
use crate::answer::Answer;
use crate::arrival::{ArrivingBody, Head};
use crate::fault::{Fault, FaultRule};
use crate::state::State;

const PATH: &str = "/_sanyun/faults";
/// The largest list of faults, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// Answers a request to the control path, if there is one; such requests have no faults themselves.
pub(crate) async fn answer(state: &State, head: &Head, body: &mut ArrivingBody, note: &mut Note) -> Option<Answer> {
    if !state.fault_control || head.path != PATH {
        return None;
    }
    note.cloud = "control";
    "faults".clone_into(&mut note.operation);
    // Pages of other origins can make a browser send requests to 127.0.0.1, but not without this header.
    if head.headers.contains_key("origin") {
        return Some(refused(StatusCode::FORBIDDEN, "not for browsers"));
    }
    Some(match head.method {
        Method::GET => list(state),
        Method::DELETE => {
            state.faults.clear();
            list(state)
        }
        Method::POST => match body.collect(BODY_LIMIT).await {
            Ok(bytes) => add(state, &bytes),
            Err(_) => refused(StatusCode::BAD_REQUEST, "the body cannot be read"),
        },
        _ => refused(StatusCode::METHOD_NOT_ALLOWED, "GET, POST or DELETE"),
    })
}

/// Adds the rules of a list, or none if one is wrong.
fn add(state: &State, body: &[u8]) -> Answer {
    let rules = match serde_json::from_slice(body) {
        Ok(Value::Array(rules)) => rules,
        Ok(rule @ Value::Object(_)) => vec![rule],
        _ => return refused(StatusCode::BAD_REQUEST, "the body is no JSON list of faults"),
    };
    match rules.iter().map(read).collect::<Result<Vec<_>, _>>() {
        Ok(rules) => {
            rules.into_iter().for_each(|rule| state.faults.push(rule));
            list(state)
        }
        Err(problem) => refused(StatusCode::BAD_REQUEST, &problem),
    }
}

fn list(state: &State) -> Answer {
    Answer::json(StatusCode::OK, &state.faults.pending().iter().map(written).collect())
}

fn refused(status: StatusCode, problem: &str) -> Answer {
    Answer::json(status, &json!({"error": problem}))
}

fn read(rule: &Value) -> Result<FaultRule, String> {
    const KNOWN: [&str; 9] =
        ["kind", "times", "host", "path", "status", "ms", "after_bytes", "limit", "retry_after_seconds"];
    let members = rule.as_object().ok_or("a fault is a JSON object")?;
    if let Some(unknown) = members.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(format!("`{unknown}` is not known; what is: {}", KNOWN.join(", ")));
    }
    let mut read = FaultRule::new(fault(members)?);
    match rule.get("times") {
        None => {}
        Some(Value::String(text)) if text == "always" => read = read.always(),
        Some(_) => read = read.times(narrow(number(members, "times")?, "times")?),
    }
    if let Some(host) = text(members, "host")? {
        read = read.host(host);
    }
    if let Some(path) = text(members, "path")? {
        read = read.path(path);
    }
    Ok(read)
}

fn fault(members: &Map<String, Value>) -> Result<Fault, String> {
    let optional = |name| if members.contains_key(name) { number(members, name).map(Some) } else { Ok(None) };
    Ok(match text(members, "kind")?.unwrap_or_default() {
        "status" => {
            let status = narrow(number(members, "status")?, "status")?;
            let known = (200..=599).contains(&status).then_some(status);
            Fault::Status(known.ok_or("`status` must be from 200 to 599")?)
        }
        "delay" => Fault::Delay(Duration::from_millis(number(members, "ms")?)),
        "break_request" => Fault::BreakRequest { after_bytes: optional("after_bytes")?.unwrap_or(0) },
        "garbage" => Fault::Garbage,
        "truncate" => Fault::Truncate,
        "lose_answer" => Fault::LoseAnswer,
        "throttle" => Fault::Throttle {
            limit: narrow(optional("limit")?.unwrap_or(1), "limit")?,
            retry_after: optional("retry_after_seconds")?.map(Duration::from_secs),
        },
        other => {
            return Err(format!(
                "`kind` is `{other}`, not one of status, delay, break_request, garbage, truncate, lose_answer, throttle"
            ));
        }
    })
}

fn written(rule: &FaultRule) -> Value {
    let mut shown = match rule.fault {
        Fault::Status(status) => json!({"kind": "status", "status": status}),
        Fault::Delay(wait) => json!({"kind": "delay", "ms": u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)}),
        Fault::BreakRequest { after_bytes } => json!({"kind": "break_request", "after_bytes": after_bytes}),
        Fault::Garbage => json!({"kind": "garbage"}),
        Fault::Truncate => json!({"kind": "truncate"}),
        Fault::LoseAnswer => json!({"kind": "lose_answer"}),
        Fault::Throttle { limit, retry_after: None } => json!({"kind": "throttle", "limit": limit}),
        Fault::Throttle { limit, retry_after: Some(wait) } => {
            json!({"kind": "throttle", "limit": limit, "retry_after_seconds": wait.as_secs()})
        }
    };
    if let Value::Object(members) = &mut shown {
        members.insert("times".to_owned(), rule.times.map_or_else(|| "always".into(), Value::from));
        let places = [("host", &rule.host), ("path", &rule.path)];
        members.extend(places.into_iter().filter_map(|(name, place)| Some((name.to_owned(), place.clone()?.into()))));
    }
    shown
}

fn number(members: &Map<String, Value>, name: &str) -> Result<u64, String> {
    members.get(name).and_then(Value::as_u64).ok_or_else(|| format!("`{name}` must be a number"))
}

fn narrow<N: TryFrom<u64>>(number: u64, name: &str) -> Result<N, String> {
    N::try_from(number).map_err(|_| format!("`{name}` is too large"))
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match members.get(name) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or_else(|| format!("`{name}` must be a text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_the_same() {
        for rule in [
            json!({"kind": "status", "status": 503, "times": 5}),
            json!({"kind": "delay", "ms": 20, "times": "always", "path": "/v1/"}),
            json!({"kind": "break_request", "after_bytes": 3, "times": 1}),
            json!({"kind": "garbage", "times": 1, "host": "vpc.localhost"}),
            json!({"kind": "truncate", "times": 1}),
            json!({"kind": "lose_answer", "times": 2}),
            json!({"kind": "throttle", "limit": 10, "times": 1}),
            json!({"kind": "throttle", "limit": 10, "retry_after_seconds": 2, "times": 1}),
        ] {
            assert_eq!(written(&read(&rule).unwrap()), rule);
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (rule, problem) in [
            (json!({}), "`kind` is ``, not one of"),
            (json!({"kind": "status"}), "`status` must be a number"),
            (json!({"kind": "status", "status": 99}), "`status` must be from 200 to 599"),
            (json!({"kind": "garbage", "time": 1}), "`time` is not known"),
            (json!({"kind": "garbage", "times": -1}), "`times` must be a number"),
            (json!({"kind": "garbage", "host": 1}), "`host` must be a text"),
            (json!([]), "a fault is a JSON object"),
        ] {
            let found = read(&rule).unwrap_err();
            assert!(found.starts_with(problem), "{found}");
        }
    }
}
