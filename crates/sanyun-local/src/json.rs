//! Three short-hands for JSON documents.

use serde_json::Value;

/// A document with one more member; anything but an object stays as it is.
pub(crate) fn with(mut document: Value, name: &str, member: impl Into<Value>) -> Value {
    if let Value::Object(members) = &mut document {
        members.insert(name.to_owned(), member.into());
    }
    document
}

/// A member as text; empty if it is missing or no text.
pub(crate) fn text<'a>(document: &'a Value, member: &str) -> &'a str {
    document.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// A text somewhere in a document, by its JSON pointer; empty if there is none.
pub(crate) fn text_at<'a>(document: &'a Value, pointer: &str) -> &'a str {
    document.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
