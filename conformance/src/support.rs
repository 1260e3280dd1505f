//! Reading members of a case and comparing what came out, shared by all clouds.

use std::time::SystemTime;

use http::HeaderMap;
use sanyun_core::{encode, time};
use serde_json::Value;

/// A text member; the empty text if it is missing or not text.
pub fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// A text member that is there, is text, and is not empty.
pub fn some_text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A member of any type; null if it is missing.
pub fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// A moment written as Unix seconds, as `20260102T030405Z` or as RFC 3339.
///
/// # Errors
/// The value is none of these.
pub fn moment(value: &Value) -> Result<SystemTime, String> {
    let parsed = match value {
        Value::Number(number) => number.as_i64().map(time::from_unix),
        Value::String(text) => time::parse_iso_basic(text).or_else(|| time::parse_rfc3339(text)),
        _ => None,
    };
    parsed.ok_or_else(|| format!("{value} is no moment"))
}

/// The bytes of a body in any of the spellings that the vector files use: null, `{"text"}`, `{"base64"}`,
/// `{"repeat": {"unit", "count"}}`, or plain text.
///
/// # Errors
/// The value is none of these.
pub fn body_bytes(value: &Value) -> Result<Option<Vec<u8>>, String> {
    if value.is_null() {
        return Ok(None);
    }
    if let Some(text) = value.as_str().or_else(|| value.get("text").and_then(Value::as_str)) {
        return Ok(Some(text.as_bytes().to_vec()));
    }
    if let Some(text) = value.get("base64").and_then(Value::as_str) {
        return encode::base64_decode(text).map(Some).ok_or_else(|| "bad base64".to_owned());
    }
    if let Some(repeat) = value.get("repeat") {
        let count = repeat.get("count").and_then(Value::as_u64).unwrap_or(0) as usize;
        return Ok(Some(text(repeat, "unit").repeat(count).into_bytes()));
    }
    Err(format!("{value} is no body"))
}

/// Compares one text, naming it.
///
/// # Errors
/// The texts differ; the message shows both.
pub fn same(what: &str, ours: &str, expected: &str) -> Result<(), String> {
    if ours == expected { Ok(()) } else { Err(format!("{what}:\n    ours     {ours:?}\n    expected {expected:?}")) }
}

/// Compares a text with a member of `expected`, if it has that member and it is not null.
///
/// # Errors
/// The texts differ.
pub fn same_member(expected: &Value, name: &str, ours: &str) -> Result<(), String> {
    match expected.get(name) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(wanted)) => same(name, ours, wanted),
        Some(other) => same(name, ours, &other.to_string()),
    }
}

/// Compares two JSON values; `expected` may be partial: members that it lacks are not compared.
///
/// # Errors
/// They differ; the message names the path.
pub fn same_json(path: &str, ours: &Value, expected: &Value) -> Result<(), String> {
    match (ours, expected) {
        (Value::Object(ours), Value::Object(expected)) => expected.iter().try_for_each(|(name, wanted)| {
            same_json(&format!("{path}.{name}"), ours.get(name).unwrap_or(&Value::Null), wanted)
        }),
        (Value::Array(ours), Value::Array(expected)) if ours.len() == expected.len() => ours
            .iter()
            .zip(expected)
            .enumerate()
            .try_for_each(|(at, (ours, wanted))| same_json(&format!("{path}[{at}]"), ours, wanted)),
        _ if ours == expected || same_number(ours, expected) => Ok(()),
        _ => Err(format!("{path}:\n    ours     {ours}\n    expected {expected}")),
    }
}

fn same_number(ours: &Value, expected: &Value) -> bool {
    matches!((ours.as_f64(), expected.as_f64()), (Some(ours), Some(expected)) if ours == expected)
}

/// Compares our headers with a map of expected ones, names without case; further headers of ours are not compared.
/// A name whose value is expected to be null must be missing.
///
/// # Errors
/// One is missing or differs.
pub fn same_headers(ours: &HeaderMap, expected: &Value) -> Result<(), String> {
    let Some(expected) = expected.as_object() else { return Ok(()) };
    expected.iter().try_for_each(|(name, wanted)| {
        let value =
            ours.get(name.to_ascii_lowercase()).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        match (value, wanted.as_str()) {
            (None, None) => Ok(()),
            (Some(ours), Some(wanted)) => same(&format!("header {name}"), &ours, wanted.trim()),
            (ours, wanted) => Err(format!("header {name}: ours {ours:?}, expected {wanted:?}")),
        }
    })
}
