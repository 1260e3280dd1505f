//! `multipart/form-data`: small bodies in memory, all others as a stream that is read while it is sent.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use sanyun_core::{Body, ByteStream, OpenBody};
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
    let pieces = pieces(parts, boundary);
    let len = pieces.iter().map(Body::len).sum::<Option<u64>>();
    if let Some(joined) = joined(&pieces, len) {
        return joined.into();
    }
    if pieces.iter().all(Body::is_replayable) {
        return Body::factory(len, move || Ok(Box::pin(Chain::of(pieces.clone()))));
    }
    Body::once(Box::pin(Chain::of(pieces)), len)
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

/// The bytes of all pieces, if they lie in memory and are few, and nobody counts those of a single one.
fn joined(pieces: &[Body], len: Option<u64>) -> Option<Vec<u8>> {
    len.filter(|len| *len <= MAX_JOINED_BYTES)?;
    let in_memory = pieces.iter().map(|piece| piece.as_bytes().filter(|_| !piece.has_progress()));
    in_memory.collect::<Option<Vec<_>>>().map(|pieces| pieces.concat())
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

/// Bodies one after the other, each opened when the one before it has ended.
struct Chain {
    waiting: std::vec::IntoIter<Body>,
    open: Option<ByteStream>,
}

impl Chain {
    fn of(bodies: Vec<Body>) -> Self {
        Self { waiting: bodies.into_iter(), open: None }
    }
}

impl Stream for Chain {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(open) = &mut this.open {
                match ready!(open.as_mut().poll_next(cx)) {
                    Some(piece) => return Poll::Ready(Some(piece)),
                    None => this.open = None,
                }
            }
            match this.waiting.next().map(|body| body.open()).transpose() {
                Ok(None) => return Poll::Ready(None),
                Ok(Some(OpenBody::Empty)) => {}
                Ok(Some(OpenBody::Bytes(bytes))) => return Poll::Ready(Some(Ok(bytes))),
                Ok(Some(OpenBody::Stream(stream, _))) => this.open = Some(stream),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

#[cfg(test)]
mod tests;
