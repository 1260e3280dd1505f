//! Multipart bodies: the few actions that take files.

use bytes::Bytes;
use sanyun_core::Error;
use serde_json::{Map, Value};

/// One parameter of a multipart request.
#[derive(Clone)]
pub struct Part {
    name: String,
    kind: Kind,
    content: Bytes,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Text,
    Json,
    File,
}

impl Part {
    /// A plain or nested value. Texts are sent as they are, numbers and booleans as their JSON text, lists and objects
    /// as a part of the type `application/json`.
    pub fn value(name: impl Into<String>, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::String(text) => Self::new(name.into(), Kind::Text, text.into()),
            nested @ (Value::Array(_) | Value::Object(_)) => Self::json(name, nested.to_string()),
            scalar => Self::new(name.into(), Kind::Text, scalar.to_string().into()),
        }
    }

    /// A list or object as JSON text that is sent as it stands.
    pub fn json(name: impl Into<String>, text: impl Into<Bytes>) -> Self {
        Self::new(name.into(), Kind::Json, text.into())
    }

    /// The content of a file.
    pub fn file(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self::new(name.into(), Kind::File, content.into())
    }

    fn new(name: String, kind: Kind, content: Bytes) -> Self {
        Self { name, kind, content }
    }
}

/// Shows the name and the length, never the content.
impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Part({}, {} bytes)", self.name, self.content.len())
    }
}

/// The parts of a parameter object.
pub(super) fn parts(params: &Map<String, Value>, binary: &[&str]) -> Vec<Part> {
    let present = params.iter().filter(|(_, value)| !value.is_null());
    present
        .map(|(name, value)| match value {
            Value::String(text) if binary.contains(&name.as_str()) => Part::file(name, text.clone()),
            value => Part::value(name, value.clone()),
        })
        .collect()
}

/// The bytes of a multipart body; none at all without parts.
///
/// # Errors
/// A name that would break out of its quotes.
pub(super) fn encode(parts: &[Part], boundary: &str) -> Result<Bytes, Error> {
    let bytes: usize = parts.iter().map(|part| part.content.len() + 2 * part.name.len() + 160).sum();
    let mut body = Vec::with_capacity(bytes + boundary.len() + 6);
    for part in parts {
        push(&mut body, part, boundary)?;
    }
    if !parts.is_empty() {
        push_all(&mut body, &["--", boundary, "--\r\n"]);
    }
    Ok(body.into())
}

fn push(body: &mut Vec<u8>, part: &Part, boundary: &str) -> Result<(), Error> {
    let name = part.name.as_str();
    if name.contains(|c: char| c == '"' || c.is_control()) {
        return Err(Error::input(format!("{name:?} cannot name a part of a multipart body")));
    }
    push_all(body, &["--", boundary, "\r\nContent-Disposition: form-data; name=\"", name, "\""]);
    match part.kind {
        Kind::Text => push_all(body, &["\r\n"]),
        Kind::Json => push_all(body, &["\r\nContent-Type: application/json\r\n"]),
        Kind::File => push_all(body, &["; filename=\"", name, "\"\r\n"]),
    }
    push_all(body, &["\r\n"]);
    body.extend_from_slice(&part.content);
    push_all(body, &["\r\n"]);
    Ok(())
}

fn push_all(body: &mut Vec<u8>, texts: &[&str]) {
    texts.iter().for_each(|text| body.extend_from_slice(text.as_bytes()));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_sort_of_part_has_its_head() {
        let parts = [Part::value("A", "x"), Part::value("N", 1), Part::value("L", json!(["y"])), Part::file("F", "z")];
        let body = encode(&parts, "b").unwrap();
        assert_eq!(
            std::str::from_utf8(&body).unwrap(),
            "--b\r\nContent-Disposition: form-data; name=\"A\"\r\n\r\nx\r\n\
             --b\r\nContent-Disposition: form-data; name=\"N\"\r\n\r\n1\r\n\
             --b\r\nContent-Disposition: form-data; name=\"L\"\r\nContent-Type: application/json\r\n\r\n[\"y\"]\r\n\
             --b\r\nContent-Disposition: form-data; name=\"F\"; filename=\"F\"\r\n\r\nz\r\n--b--\r\n"
        );
    }

    #[test]
    fn without_parts_the_body_is_empty() {
        assert!(encode(&[], "b").unwrap().is_empty());
    }

    #[test]
    fn a_name_cannot_break_out() {
        for name in ["a\"b", "a\r\nX: y", "\u{0}"] {
            assert!(encode(&[Part::value(name, "x")], "b").is_err());
        }
    }

    #[test]
    fn parameters_become_parts() {
        let params = json!({"File": "bytes", "Gone": null, "Flag": true});
        let parts = parts(params.as_object().unwrap(), &["File"]);
        assert_eq!(format!("{parts:?}"), "[Part(File, 5 bytes), Part(Flag, 4 bytes)]");
        assert!(parts[0].kind == Kind::File);
    }
}
