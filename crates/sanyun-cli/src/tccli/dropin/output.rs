//! How `tccli` prints: the same layout, byte for byte, for programs that read it.
//!
//! Its layouts are those of a program in Python, and what they print of values that they were not made for is what
//! Python prints: [`python`].

mod json;
mod python;
mod table;
mod text;

use serde_json::Value;

use crate::output::Format;

/// The title above every table.
const TITLE: &str = "action";

/// The value in a format, with all line breaks; nothing for null in JSON and in tables. Tables wider than `width` stand
/// on end.
///
/// # Errors
/// No table can be made of it: rows of one table differ in length, or one list has objects and other things.
pub(super) fn render(value: &Value, format: Format, width: usize) -> Result<String, String> {
    match (format, value) {
        (Format::Text, value) => Ok(text::render(value)),
        (_, Value::Null) => Ok(String::new()),
        (Format::Table, value) => table::render(TITLE, value, width),
        (_, value) => Ok(json::render(value)),
    }
}
