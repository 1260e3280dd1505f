//! Looking at structures and changing them by the names of their members.

use std::fmt;

use serde_json::Value;

use super::{Decoder, Encoder, Field, Record};
use crate::error::Result;

/// Shows a structure: its name and its members as JSON, secrets masked. Generated `Debug` calls it.
///
/// # Errors
/// Those of the formatter.
pub fn debug(record: &mut dyn Record, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut encoder = Encoder::masked();
    encoder.structure(record);
    let text = encoder.finish();
    match serde_json::from_str::<Value>(&text) {
        Ok(value) if f.alternate() => write!(f, "{name} {value:#}"),
        _ => write!(f, "{name} {text}"),
    }
}

/// Whether two structures say the same. Generated `PartialEq` calls it. Streams are compared by their lengths.
pub fn equal(one: &mut dyn Record, other: &mut dyn Record) -> bool {
    let text = |record: &mut dyn Record| {
        let mut encoder = Encoder::new();
        encoder.structure(record);
        encoder.finish()
    };
    text(one) == text(other)
}

/// What stands at a path such as `page_info.next_marker`; `None` if nothing does.
pub fn get(value: &mut dyn Field, path: &str) -> Option<Value> {
    let mut encoder = Encoder::at(path);
    value.encode_field(&mut encoder);
    serde_json::from_str(&encoder.finish()).ok()
}

/// As [`get`], for a structure whose type is not known.
pub fn get_member(record: &mut dyn Record, path: &str) -> Option<Value> {
    let mut encoder = Encoder::at(path);
    encoder.structure(record);
    serde_json::from_str(&encoder.finish()).ok()
}

/// Sets a member of an operation by its name. A name that it does not have changes nothing.
///
/// # Errors
/// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the member cannot have that value.
pub fn set(operation: &mut dyn Record, name: &str, value: &Value) -> Result<()> {
    let object = Value::Object([(name.to_owned(), value.clone())].into_iter().collect()).to_string();
    let mut decoder = Decoder::of_operation(&object);
    operation.visit(&mut decoder).map_err(|error| decoder.located(error))
}

/// The JSON of an operation: its parameters by their names, wherever they go.
pub fn operation_json(operation: &mut dyn Record) -> String {
    let mut encoder = Encoder::of_operation();
    encoder.structure(operation);
    encoder.finish()
}

/// Reads the parameters of an operation from JSON.
///
/// # Errors
/// [`ErrorKind::Decode`](crate::ErrorKind::Decode), naming the member.
pub fn operation_from_json(operation: &mut dyn Record, text: &str) -> Result<()> {
    let mut decoder = Decoder::of_operation(text);
    let read = operation.visit(&mut decoder).and_then(|()| decoder.end());
    read.map_err(|error| decoder.located(error))
}
