//! Writing.

use sanyun_core::{Error, Result};
use serde_json::{Map, Number, Value};

use super::{MAX_DEPTH, extended, kind};

/// Writes a document.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if it is not an object, an integer takes more than 64 bits, a
/// special value is malformed, a name has a zero character, or it is nested deeper than 100 documents.
pub fn to_bytes(document: &Value) -> Result<Vec<u8>> {
    let members = document.as_object().ok_or_else(|| Error::input("a BSON body is an object"))?;
    let mut out = Vec::new();
    push_document(&mut out, members, 1)?;
    Ok(out)
}

pub(super) fn push_document(out: &mut Vec<u8>, members: &Map<String, Value>, depth: usize) -> Result<()> {
    push_all(out, members.iter().map(|(name, member)| (&**name, member)), depth)
}

fn push_array(out: &mut Vec<u8>, items: &[Value], depth: usize) -> Result<()> {
    let names: Vec<_> = (0..items.len()).map(|index| index.to_string()).collect();
    push_all(out, names.iter().map(String::as_str).zip(items), depth)
}

fn push_all<'a>(out: &mut Vec<u8>, members: impl Iterator<Item = (&'a str, &'a Value)>, depth: usize) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(Error::input(format!("a BSON body: nested deeper than {MAX_DEPTH} documents")));
    }
    with_length(out, |out| {
        for (name, member) in members {
            push_member(out, name, member, depth).map_err(|error| within(name, error))?;
        }
        out.push(0);
        Ok(())
    })
}

/// The same error with the name of the member where it happened.
fn within(name: &str, error: Error) -> Error {
    let message = error.message();
    let path = message
        .strip_prefix("BSON member `")
        .map_or_else(|| format!("BSON member `{name}`: {message}"), |rest| format!("BSON member `{name}.{rest}"));
    Error::input(path)
}

fn push_member(out: &mut Vec<u8>, name: &str, member: &Value, depth: usize) -> Result<()> {
    let at = out.len();
    out.push(0);
    push_name(out, name)?;
    let kind = push_value(out, member, depth)?;
    if let Some(byte) = out.get_mut(at) {
        *byte = kind;
    }
    Ok(())
}

/// Writes a value; gives its type.
fn push_value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<u8> {
    match value {
        Value::Null => Ok(kind::NULL),
        Value::Bool(value) => {
            out.push(u8::from(*value));
            Ok(kind::BOOLEAN)
        }
        Value::Number(number) => push_number(out, number),
        Value::String(text) => push_text(out, text).map(|()| kind::STRING),
        Value::Array(items) => push_array(out, items, depth + 1).map(|()| kind::ARRAY),
        Value::Object(members) => match extended::push(out, members, depth)? {
            Some(kind) => Ok(kind),
            None => push_document(out, members, depth + 1).map(|()| kind::DOCUMENT),
        },
    }
}

fn push_number(out: &mut Vec<u8>, number: &Number) -> Result<u8> {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => Ok(push_integer(out, whole)),
        (None, Some(real)) if number.is_f64() => {
            out.extend_from_slice(&real.to_le_bytes());
            Ok(kind::DOUBLE)
        }
        _ => Err(Error::input(format!("{number} takes more than 64 bits"))),
    }
}

fn push_integer(out: &mut Vec<u8>, whole: i64) -> u8 {
    if let Ok(short) = i32::try_from(whole) {
        out.extend_from_slice(&short.to_le_bytes());
        return kind::INT32;
    }
    out.extend_from_slice(&whole.to_le_bytes());
    kind::INT64
}

/// A text that ends at a zero character: names, and the parts of regular expressions.
pub(super) fn push_name(out: &mut Vec<u8>, name: &str) -> Result<()> {
    if name.contains('\0') {
        return Err(Error::input("a zero character cannot stand there"));
    }
    out.extend_from_slice(name.as_bytes());
    out.push(0);
    Ok(())
}

/// A text with its length in front and a zero behind.
pub(super) fn push_text(out: &mut Vec<u8>, text: &str) -> Result<()> {
    out.extend_from_slice(&length(text.len() + 1)?);
    out.extend_from_slice(text.as_bytes());
    out.push(0);
    Ok(())
}

/// Writes what `push` writes behind its length, which counts itself.
pub(super) fn with_length(out: &mut Vec<u8>, push: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    push(out)?;
    let length = length(out.len() - start)?;
    if let Some(room) = out.get_mut(start..start + 4) {
        room.copy_from_slice(&length);
    }
    Ok(())
}

pub(super) fn length(bytes: usize) -> Result<[u8; 4]> {
    let length = i32::try_from(bytes).map_err(|_| Error::input("a BSON body: longer than 2 GiB"))?;
    Ok(length.to_le_bytes())
}
