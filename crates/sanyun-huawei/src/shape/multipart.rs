//! `multipart/form-data`, in memory.

use bytes::Bytes;
use serde_json::Value;

use super::query::plain_text;

/// One part of a multipart body.
#[derive(Clone)]
pub struct Part {
    name: String,
    content: Bytes,
    file_name: Option<String>,
    content_type: Option<String>,
}

impl Part {
    /// A plain member: text as it is, numbers and booleans as text, anything else as JSON.
    pub fn text(name: impl Into<String>, value: impl Into<Value>) -> Self {
        let value = value.into();
        let text = plain_text(&value).map_or_else(|| value.to_string(), |text| text.into_owned());
        Self { name: name.into(), content: text.into(), file_name: None, content_type: None }
    }

    /// A file. Of a path only what follows the last `/` or `\` is sent as its name.
    pub fn file(name: impl Into<String>, file_name: &str, content: impl Into<Bytes>) -> Self {
        let base_name = file_name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        Self { name: name.into(), content: content.into(), file_name: Some(base_name), content_type: None }
    }

    /// The media type of a file; none is sent if unset.
    #[must_use]
    pub fn content_type(mut self, value: impl Into<String>) -> Self {
        self.content_type = Some(value.into());
        self
    }
}

/// Shows the name and the length, never the content.
impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Part({}, {} bytes)", self.name, self.content.len())
    }
}

/// The boundary that a content type names.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (_, parameters) = content_type.split_once(';')?;
    let mut parameters = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    Some(value.trim_matches('"')).filter(|value| !value.is_empty())
}

/// The whole body: plain members first, then the files, each in their order.
pub(super) fn encode(parts: &[Part], boundary: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.content.len() + 200).sum::<usize>() + 64);
    let (files, members): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.file_name.is_some());
    for part in members.into_iter().chain(files) {
        push_head(&mut out, part, boundary);
        out.extend_from_slice(&part.content);
        out.extend_from_slice(b"\r\n");
    }
    for piece in ["--", boundary, "--\r\n"] {
        out.extend_from_slice(piece.as_bytes());
    }
    out
}

fn push_head(out: &mut Vec<u8>, part: &Part, boundary: &str) {
    let mut head = ["--", boundary, "\r\nContent-Disposition: form-data; name=\"", &quoted(&part.name), "\""].concat();
    if let Some(file_name) = &part.file_name {
        head += &["; filename=\"", &quoted(file_name), "\""].concat();
    }
    if let Some(content_type) = &part.content_type {
        head += &["\r\nContent-Type: ", &one_line(content_type)].concat();
    }
    head += "\r\n\r\n";
    out.extend_from_slice(head.as_bytes());
}

/// A name between quotation marks, as HTML forms escape it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A line break would begin another header.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(parts: &[Part]) -> String {
        String::from_utf8(encode(parts, "b")).unwrap()
    }

    #[test]
    fn files_follow_the_members() {
        let parts = [
            Part::file("f", "photos/a\\demo.jpg", "bytes").content_type("image/jpeg"),
            Part::text("flag", true),
            Part::text("nested", json!({"a": true})),
        ];
        assert_eq!(
            text(&parts),
            "--b\r\nContent-Disposition: form-data; name=\"flag\"\r\n\r\ntrue\r\n\
             --b\r\nContent-Disposition: form-data; name=\"nested\"\r\n\r\n{\"a\":true}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"demo.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\nbytes\r\n--b--\r\n"
        );
    }

    #[test]
    fn no_members_are_an_empty_body_with_an_end() {
        assert_eq!(text(&[]), "--b--\r\n");
    }

    #[test]
    fn a_given_boundary_is_found() {
        assert_eq!(boundary("multipart/form-data; charset=x; Boundary=\"ab c\""), Some("ab c"));
        for none in ["", "multipart/form-data", "multipart/form-data; boundary=", "a; b"] {
            assert_eq!(boundary(none), None, "{none}");
        }
    }

    #[test]
    fn names_cannot_break_out() {
        let part = Part::file("a\"\r\nX: y", "f\"\n", "").content_type("t\r\nX: y");
        let head = text(&[part]);
        assert!(head.starts_with("--b\r\nContent-Disposition: form-data; name=\"a%22%0D%0AX: y\"; filename=\"f%22%0A\"\r\nContent-Type: t  X: y\r\n\r\n"));
    }
}
