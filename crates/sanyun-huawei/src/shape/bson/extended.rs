//! Values that JSON has no type for, written.

use sanyun_core::{Error, Result, encode, time};
use serde_json::{Map, Value};

use super::write::{length, push_document, push_name, push_text, with_length};
use super::{OLD_BINARY, decimal, kind};

/// Writes an object that stands for a special value; gives its type. `None` if it is a document like any other, such as
/// `{"$set": …}`.
pub(super) fn push(out: &mut Vec<u8>, members: &Map<String, Value>, depth: usize) -> Result<Option<u8>> {
    let mut members_left = members.iter();
    let Some((name, value)) = members_left.next().filter(|(name, _)| name.starts_with('$')) else { return Ok(None) };
    let second = members_left.next();
    let special = match (&**name, second.map(|(name, _)| &**name), members.len()) {
        ("$code", Some("$scope"), 2) => Special::Code(second.map(|(_, scope)| scope)),
        (_, Some(_), _) => return Ok(None),
        ("$oid", ..) => Special::ObjectId,
        ("$date", ..) => Special::Date,
        ("$binary", ..) => Special::Binary,
        ("$numberDecimal", ..) => Special::Decimal,
        ("$numberInt", ..) => Special::Int32,
        ("$numberLong", ..) => Special::Int64,
        ("$numberDouble", ..) => Special::Double,
        ("$timestamp", ..) => Special::Timestamp,
        ("$regularExpression", ..) => Special::Regex,
        ("$code", ..) => Special::Code(None),
        ("$minKey", ..) => Special::Key(kind::MIN_KEY),
        ("$maxKey", ..) => Special::Key(kind::MAX_KEY),
        _ => return Ok(None),
    };
    special.push(out, value, depth).map(Some).map_err(|error| match error.message() {
        "" => Error::input(format!("`{name}` is malformed")),
        _ => error,
    })
}

/// A special value; its text or parts stand behind its name.
enum Special<'a> {
    ObjectId,
    Date,
    Binary,
    Decimal,
    Int32,
    Int64,
    Double,
    Timestamp,
    Regex,
    Code(Option<&'a Value>),
    Key(u8),
}

/// A value that is not as it should be; whoever knows its name says so.
fn malformed() -> Error {
    Error::input("")
}

impl Special<'_> {
    fn push(self, out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<u8> {
        match self {
            Self::ObjectId => put(out, object_id(value), kind::OBJECT_ID),
            Self::Date => put(out, date(value).map(i64::to_le_bytes), kind::DATE),
            Self::Binary => push_binary(out, value),
            Self::Decimal => put(out, value.as_str().and_then(decimal::parse).map(u128::to_le_bytes), kind::DECIMAL),
            Self::Int32 => put(out, number::<i32>(value).map(i32::to_le_bytes), kind::INT32),
            Self::Int64 => put(out, number::<i64>(value).map(i64::to_le_bytes), kind::INT64),
            Self::Double => put(out, number::<f64>(value).map(f64::to_le_bytes), kind::DOUBLE),
            Self::Timestamp => {
                let part = |name| value.get(name)?.as_u64().and_then(|part| u32::try_from(part).ok());
                let parts = part("i").zip(part("t")).map(|(i, t)| u64::from(t) << 32 | u64::from(i));
                put(out, parts.map(u64::to_le_bytes), kind::TIMESTAMP)
            }
            Self::Regex => push_regex(out, value),
            Self::Code(scope) => push_code(out, value, scope, depth),
            Self::Key(kind) => Ok(kind),
        }
    }
}

fn put<const N: usize>(out: &mut Vec<u8>, bytes: Option<[u8; N]>, kind: u8) -> Result<u8> {
    out.extend_from_slice(&bytes.ok_or_else(malformed)?);
    Ok(kind)
}

fn number<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

fn object_id(value: &Value) -> Option<[u8; 12]> {
    let digits = value.as_str().filter(|text| text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let mut bytes = [0; 12];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Milliseconds since 1970: of a moment as text, or themselves.
fn date(value: &Value) -> Option<i64> {
    let Some(text) = value.as_str() else {
        return value.as_i64().or_else(|| number(value.get("$numberLong")?));
    };
    let seconds = time::unix_seconds(time::parse_rfc3339(text)?);
    seconds.checked_mul(1000)?.checked_add(millis(text))
}

/// The milliseconds of a moment; more digits are cut off.
fn millis(text: &str) -> i64 {
    let digits = text.split_once('.').map_or("", |(_, behind)| behind).bytes().take_while(u8::is_ascii_digit);
    digits.zip([100, 10, 1]).map(|(digit, weight)| i64::from(digit - b'0') * weight).sum()
}

fn push_binary(out: &mut Vec<u8>, value: &Value) -> Result<u8> {
    let part = |name| value.get(name).and_then(Value::as_str);
    let bytes = part("base64").and_then(encode::base64_decode).ok_or_else(malformed)?;
    let sub_type = part("subType").and_then(|text| u8::from_str_radix(text, 16).ok()).ok_or_else(malformed)?;
    let is_old = sub_type == OLD_BINARY;
    out.extend_from_slice(&length(bytes.len() + if is_old { 4 } else { 0 })?);
    out.push(sub_type);
    if is_old {
        out.extend_from_slice(&length(bytes.len())?);
    }
    out.extend_from_slice(&bytes);
    Ok(kind::BINARY)
}

/// The options stand in the order of the alphabet.
fn push_regex(out: &mut Vec<u8>, value: &Value) -> Result<u8> {
    let part = |name| value.get(name).and_then(Value::as_str).ok_or_else(malformed);
    push_name(out, part("pattern")?)?;
    let mut options: Vec<char> = part("options")?.chars().collect();
    options.sort_unstable();
    push_name(out, &String::from_iter(options))?;
    Ok(kind::REGEX)
}

fn push_code(out: &mut Vec<u8>, value: &Value, scope: Option<&Value>, depth: usize) -> Result<u8> {
    let code = value.as_str().ok_or_else(malformed)?;
    let Some(scope) = scope else { return push_text(out, code).map(|()| kind::CODE) };
    let scope = scope.as_object().ok_or_else(malformed)?;
    with_length(out, |out| {
        push_text(out, code)?;
        push_document(out, scope, depth + 1)
    })?;
    Ok(kind::SCOPED_CODE)
}
