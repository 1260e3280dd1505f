//! Multipart bodies: the few actions that take files. What lies in memory is joined; a body that does not is read while it
//! is sent.

use bytes::Bytes;
use sanyun_core::{Body, Error};
use serde_json::{Map, Value};

/// One parameter of a multipart request.
#[derive(Clone)]
pub struct Part {
    name: String,
    kind: Kind,
    content: Body,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
        Self::new(name.into(), Kind::Json, text.into().into())
    }

    /// The content of a file: bytes, or a [`Body`] that is read while it is sent, which needs
    /// [`Input::unsigned_payload`](super::Input::unsigned_payload).
    pub fn file(name: impl Into<String>, content: impl Into<Body>) -> Self {
        Self::new(name.into(), Kind::File, content.into())
    }

    fn new(name: String, kind: Kind, content: Body) -> Self {
        Self { name, kind, content }
    }
}

/// Shows the name and the length, never the content.
impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.content.len() {
            Some(bytes) => write!(f, "Part({}, {bytes} bytes)", self.name),
            None => write!(f, "Part({}, unknown length)", self.name),
        }
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

/// The multipart body; an empty one without parts.
///
/// # Errors
/// A name that would break out of its quotes.
pub(super) fn encode(parts: &[Part], boundary: &str) -> Result<Body, Error> {
    let mut pieces = Vec::with_capacity(parts.len() * 2 + 1);
    let mut line_end = "";
    for part in parts {
        pieces.push(head(part, boundary, line_end)?.into());
        pieces.push(part.content.clone());
        line_end = "\r\n";
    }
    if !parts.is_empty() {
        pieces.push([line_end, "--", boundary, "--\r\n"].concat().into());
    }
    // Whatever their length: only what lies in memory can be signed.
    Ok(Body::sequence(pieces, u64::MAX))
}

fn head(part: &Part, boundary: &str, line_end: &str) -> Result<String, Error> {
    let name = part.name.as_str();
    if name.contains(|c: char| c == '"' || c.is_control()) {
        return Err(Error::input(format!("{name:?} cannot name a part of a multipart body")));
    }
    let [before, file_name, after] = match part.kind {
        Kind::Text => ["", "", ""],
        Kind::Json => ["\r\nContent-Type: application/json", "", ""],
        Kind::File => ["; filename=\"", name, "\""],
    };
    let disposition = "\r\nContent-Disposition: form-data; name=\"";
    Ok([line_end, "--", boundary, disposition, name, "\"", before, file_name, after, "\r\n\r\n"].concat())
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
            std::str::from_utf8(body.as_bytes().unwrap()).unwrap(),
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

    /// A file is sent as the same bytes that it would be sent as from memory, and as often as need be.
    #[tokio::test]
    async fn what_is_not_in_memory_is_read_while_it_is_sent() {
        let path = std::env::temp_dir().join(format!("sanyun-multipart-{}", std::process::id()));
        std::fs::write(&path, b"%PDF \x00\xff").unwrap();
        let file = |content: Body| [Part::value("A", "x"), Part::file("F", content), Part::file("E", "")];
        let in_memory = encode(&file(b"%PDF \x00\xff".as_slice().into()), "b").unwrap();
        let on_disk = encode(&file(Body::file(&path).unwrap()), "b").unwrap();
        assert!(on_disk.as_bytes().is_none() && on_disk.is_replayable());
        assert_eq!(on_disk.len(), in_memory.len());
        for _ in 0..2 {
            assert_eq!(on_disk.collect().await.unwrap(), in_memory.as_bytes().unwrap());
        }
        std::fs::remove_file(&path).unwrap();
        let unknown = Body::factory(None, || Err(std::io::Error::other("no")));
        assert_eq!(encode(&file(unknown), "b").unwrap().len(), None);
        let once = Body::once(sanyun_core::StreamBody::from(Bytes::from("z")).into_stream(), None);
        assert!(!encode(&file(once), "b").unwrap().is_replayable());
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
