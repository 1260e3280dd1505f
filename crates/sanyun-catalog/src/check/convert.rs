//! Plain values: strict in what is sent, with the conversions that cannot be misunderstood.

use serde_json::{Number, Value};

use crate::Type;

/// The value in its own type, or what is wanted instead, in words.
pub(super) fn plain(ty: &Type<'_>, value: &Value) -> Result<Value, &'static str> {
    match ty {
        Type::Int => integer(value, |text| text.parse::<i64>().map(Number::from).ok()).ok_or("an integer"),
        Type::Uint => {
            integer(value, |text| text.parse::<u64>().map(Number::from).ok()).ok_or("an integer of 0 or more")
        }
        Type::Float => number(value).ok_or("a number"),
        Type::Decimal => decimal(value).ok_or("a number"),
        Type::Bool => boolean(value).ok_or("true or false"),
        Type::Any => Ok(value.clone()),
        _ => value.is_string().then(|| value.clone()).ok_or("a string"),
    }
}

fn integer(value: &Value, parse: impl Fn(&str) -> Option<Number>) -> Option<Value> {
    match value {
        // Numbers are judged by their text too, so that -1 is not taken for an unsigned one.
        Value::Number(number) => parse(&number.to_string()).map(|_| value.clone()),
        Value::String(text) if is_plain_integer(text) => parse(text).map(Value::Number),
        _ => None,
    }
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) if is_plain_number(text) => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
        _ => None,
    }
}

/// The digits of a decimal matter: a string stays a string.
fn decimal(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) if is_plain_number(text) => Some(value.clone()),
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) => text.parse().ok().map(Value::Bool),
        _ => None,
    }
}

/// An optional minus and digits: no plus, blank, underscore or exponent.
fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A plain integer, or one with digits behind a point.
fn is_plain_number(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, fraction)) => is_plain_integer(whole) && is_plain_integer(fraction) && !fraction.starts_with('-'),
        None => is_plain_integer(text),
    }
}

/// What a value is, in words.
pub(super) fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value of an enumeration as a person writes it.
pub(super) fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
