//! `multipart/form-data`: small bodies in memory, all others as a stream that is read while it is sent.

use sanyun_core::Body;
use serde_json::Value;

use super::query::plain_text;

/// Up to this length in bytes, parts that lie in memory are joined instead of being sent one after the other.
const MAX_JOINED_BYTES: u64 = 1 << 20;

/// One part of a multipart body.
#[derive(Clone)]
pub struct Part {
    name: String,
    content: Body,
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

    /// A file: bytes, or a [`Body`] that is read while it is sent. Of a path only what follows the last `/` or `\` is
    /// sent as its name. Several files may have the same `name`.
    ///
    /// If the length of all parts is known the request says its own; if all can be read again it can be sent again.
    pub fn file(name: impl Into<String>, file_name: &str, content: impl Into<Body>) -> Self {
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
        write!(f, "Part({}, {:?})", self.name, self.content)
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
pub(super) fn encode(parts: &[Part], boundary: &str) -> Body {
    Body::sequence(pieces(parts, boundary), MAX_JOINED_BYTES)
}

/// What is sent, in order: for each part its head and its content, and the end.
fn pieces(parts: &[Part], boundary: &str) -> Vec<Body> {
    let (files, members): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.file_name.is_some());
    let mut pieces = Vec::with_capacity(parts.len() * 2 + 1);
    let mut line_end = "";
    for part in members.into_iter().chain(files) {
        pieces.push(head(part, boundary, line_end).into());
        pieces.push(part.content.clone());
        line_end = "\r\n";
    }
    pieces.push([line_end, "--", boundary, "--\r\n"].concat().into());
    pieces
}

fn head(part: &Part, boundary: &str, line_end: &str) -> String {
    let mut head =
        [line_end, "--", boundary, "\r\nContent-Disposition: form-data; name=\"", &quoted(&part.name), "\""].concat();
    if let Some(file_name) = &part.file_name {
        head += &["; filename=\"", &quoted(file_name), "\""].concat();
    }
    if let Some(content_type) = &part.content_type {
        head += &["\r\nContent-Type: ", &one_line(content_type)].concat();
    }
    head + "\r\n\r\n"
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
mod tests;
