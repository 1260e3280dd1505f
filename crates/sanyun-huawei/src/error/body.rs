//! Finding code, message and request id in the body of a refusal.

use sanyun_core::Reply;
use serde_json::Value;

use crate::shape::{bson, xml};

/// What a body tells; each member only if it is there and says something.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Found {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) authorization: Option<String>,
}

/// Names of the code, those of the gateway first.
const CODES: [&str; 3] = ["error_code", "errorCode", "code"];
/// Names of the message, in the same order; the last is the container engine's.
const MESSAGES: [&str; 4] = ["error_msg", "errorMsg", "errorMessage", "message"];
/// Less usual names: object stores' XML, networking's `type`, OAuth's `error`.
const OTHER_CODES: [&str; 3] = ["Code", "type", "error"];
const OTHER_MESSAGES: [&str; 9] =
    ["Message", "error_message", "error_description", "msg", "detail", "reason", "description", "error", "title"];
const REQUEST_IDS: [&str; 3] = ["request_id", "requestId", "RequestId"];
/// Objects inside objects: deeper ones are not searched.
const MAX_DEPTH: usize = 16;

/// Reads the body of a reply of a service. What is neither JSON nor XML nor BSON tells nothing.
pub(super) fn read(service: &str, reply: &Reply) -> Found {
    let text = reply.text();
    let text = text.trim();
    let value = match text.as_bytes().first() {
        _ if reply.media_type() == "application/bson" => bson::from_bytes(&reply.body).ok(),
        Some(b'<') => xml::from_text(text).ok(),
        _ => serde_json::from_str(text).ok(),
    };
    value.map(|value| read_value(service, &value)).unwrap_or_default()
}

fn read_value(service: &str, value: &Value) -> Found {
    let message = |object: &Value| message(service, object);
    let any_message = |object: &Value| message(object).or_else(|| text_of(object, &OTHER_MESSAGES));
    let half = |object: &Value| half(object, any_message(object));
    // A wrapper may have a `message` or a `type` of its own, so the usual pairs are looked for at every depth first.
    let usual = || search(value, 0, &|object| Some((code(object, &CODES)?, message(object)?)));
    let other = || search(value, 0, &|object| Some((any_code(object)?, any_message(object)?)));
    let half = || search(value, 0, &half);
    let (code, message) = match usual().or_else(other) {
        Some((code, message)) => (Some(code), Some(message)),
        None => half().unwrap_or_default(),
    };
    Found {
        code,
        message,
        request_id: search(value, 0, &|object| text_of(object, &REQUEST_IDS)),
        authorization: search(value, 0, &|object| text_of(object, &[super::ENCODED_AUTHORIZATION_MESSAGE])),
    }
}

/// Asks an object, then the objects inside it, in their order.
fn search<T>(value: &Value, depth: usize, ask: &impl Fn(&Value) -> Option<T>) -> Option<T> {
    match value {
        _ if depth > MAX_DEPTH => None,
        Value::Object(members) => {
            ask(value).or_else(|| members.values().find_map(|member| search(member, depth + 1, ask)))
        }
        Value::Array(items) => items.iter().find_map(|item| search(item, depth + 1, ask)),
        _ => None,
    }
}

/// A code as text; null, zero, false and the empty text are none, and a sentence is no code.
fn code(object: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match object.get(name)? {
        Value::Number(number) if number.as_f64() != Some(0.0) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() && !text.contains(' ') => Some(text.clone()),
        _ => None,
    })
}

fn any_code(object: &Value) -> Option<String> {
    code(object, &CODES).or_else(|| code(object, &OTHER_CODES))
}

/// The container engine tells more in `message` than in the other member.
fn message(service: &str, object: &Value) -> Option<String> {
    let message = text_of(object, &MESSAGES)?;
    let is_engines = service == "cce" || object.get("errorMessage").is_some();
    match object.get("message").and_then(Value::as_str).filter(|_| is_engines) {
        Some(more) if !more.is_empty() && more != message => Some(format!("{message}, {more}")),
        _ => Some(message),
    }
}

fn half(object: &Value, message: Option<String>) -> Option<(Option<String>, Option<String>)> {
    let code = code(object, &CODES).or_else(|| code(object, &["Code"]));
    (code.is_some() || message.is_some()).then_some((code, message))
}

fn text_of(object: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| object.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
}
