//! The two answers to a set-up, side by side.

use serde_json::{Value, json};

use super::SOURCES;
use crate::support::{member, text};

/// Where the answers differ: `part`, `what`, `official` and `ours` of each difference.
pub fn differences(official: &Value, ours: &Value) -> Vec<Value> {
    let mut problems = vec![];
    for part in ["credentials", "endpoints", "call"] {
        let (official, ours) = (member(official, part), member(ours, part));
        let mut differ = |what: &str, official: Value, ours: Value| {
            problems.push(json!({"part": part, "what": what, "official": official, "ours": ours}));
        };
        match (official.get("error").is_some(), ours.get("error").is_some()) {
            // Why there is nothing is for people to read.
            (true, true) => continue,
            (false, false) => {}
            _ => {
                differ("outcome", outcome(official), outcome(ours));
                continue;
            }
        }
        match part {
            "credentials" => found(official, ours, &mut differ),
            "endpoints" => same("endpoints", origins(official), origins(ours), &mut differ),
            _ if member(ours, "signed_alike") == &json!(false) => differ("signature", Value::Null, Value::Null),
            _ => {}
        }
        if part != "endpoints" {
            same("requests", requests(official), requests(ours), &mut differ);
        }
    }
    problems
}

type Differ<'a> = &'a mut dyn FnMut(&str, Value, Value);

fn found(official: &Value, ours: &Value, differ: Differ<'_>) {
    let class = text(official, "source");
    let source = SOURCES.iter().find(|(theirs, _)| *theirs == class).map_or(class, |(_, ours)| ours);
    // Ours may say more, such as the section of a profile.
    if !text(ours, "source").starts_with(source) {
        differ("source", json!(source), member(ours, "source").clone());
    }
    for name in ["ak", "sk", "security_token", "id"] {
        same(name, set(member(official, name)), set(member(ours, name)), differ);
    }
}

fn same(what: &str, official: Value, ours: Value, differ: Differ<'_>) {
    if official != ours {
        differ(what, official, ours);
    }
}

/// A text, null if it is empty.
fn set(value: &Value) -> Value {
    if value.as_str() == Some("") { Value::Null } else { value.clone() }
}

fn outcome(part: &Value) -> Value {
    match part.get("error") {
        Some(error) => json!({"error": error, "message": member(part, "message")}),
        None => json!("found"),
    }
}

/// Scheme and authority of every request, each once, in the order in which they were tried.
fn origins(part: &Value) -> Value {
    let mut origins: Vec<String> = vec![];
    for request in member(part, "requests").as_array().into_iter().flatten() {
        let origin = text(request, "url").splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins.into()
}

/// The requests without immediate repetitions, which are a matter of retries.
fn requests(part: &Value) -> Value {
    let mut requests: Vec<Value> = member(part, "requests").as_array().cloned().unwrap_or_default();
    for request in &mut requests {
        if member(member(request, "headers"), "x-security-token") == "" {
            request["headers"].as_object_mut().map(|headers| headers.remove("x-security-token"));
        }
    }
    requests.dedup();
    requests.into()
}
