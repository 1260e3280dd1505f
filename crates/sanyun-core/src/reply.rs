//! What came back, and what a call gives to its caller.

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};

use crate::body::ByteStream;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::progress::{Counted, Nothing, Progress};
use crate::transport::{Connection, TransportError, TransportErrorKind};

/// A reply: status, headers and the whole body.
#[derive(Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, with a content encoding undone; empty when it is streamed.
    pub body: Bytes,
}

impl Reply {
    /// A reply made by hand, for tests and for the local cloud.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { status, headers, body: body.into() }
    }

    /// A header's value as text, if it is there and is UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// The body as text; bytes that are not UTF-8 become U+FFFD, a byte order mark is dropped.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body))
    }

    /// The media type of `Content-Type` in lower case, without its parameters; empty if there is none.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// How long the server asks to wait (`Retry-After` in seconds or as a date, seen from the reply's own `Date`).
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        let value = self.header("retry-after")?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(std::time::Duration::from_secs(seconds));
        }
        crate::time::parse_http_date(value)?.duration_since(self.date()?).ok()
    }

    /// The server's clock: the `Date` header.
    pub fn date(&self) -> Option<std::time::SystemTime> {
        crate::time::parse_http_date(self.header("date")?)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

/// What a successful call gives: the value, and beside it the facts of the exchange. It dereferences to the value.
pub struct Response<T> {
    value: T,
    facts: Box<Facts>,
}

/// The facts of an exchange.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) endpoint: Endpoint,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, facts: Box<Facts>) -> Self {
        Self { value, facts }
    }

    pub(crate) fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The same facts with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: change(self.value), facts: self.facts }
    }

    /// The same facts with another value, unless making it fails.
    ///
    /// # Errors
    /// What `change` returns.
    pub fn try_map<U>(self, change: impl FnOnce(T) -> Result<U>) -> Result<Response<U>> {
        Ok(Response { value: change(self.value)?, facts: self.facts })
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.facts.status
    }

    /// The reply's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.facts.headers
    }

    /// A header of the reply as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.facts.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// The cloud's id of the request; empty if it sent none.
    pub fn request_id(&self) -> &str {
        self.facts.request_id.as_deref().unwrap_or_default()
    }

    /// How many attempts it took, 1 or more.
    pub fn attempts(&self) -> u32 {
        self.facts.attempts
    }

    /// The endpoint that answered.
    pub fn endpoint(&self) -> &Endpoint {
        &self.facts.endpoint
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.facts.status)
            .field("request_id", &self.facts.request_id)
            .field("attempts", &self.facts.attempts)
            .field("endpoint", &self.facts.endpoint)
            .finish()
    }
}

/// A body that arrives piece by piece. Dropping it closes the connection.
pub struct StreamBody {
    stream: ByteStream,
    len: Option<u64>,
    /// Bytes that were read so far.
    read: u64,
    connection: Option<Connection>,
}

impl StreamBody {
    /// A body from a stream of its pieces; `len` is the total in bytes.
    pub fn new(stream: ByteStream, len: Option<u64>) -> Self {
        Self { stream, len, read: 0, connection: None }
    }

    /// The connection of a reply that changes the protocol (HTTP 101): for transports of tests and of other libraries.
    pub fn of_connection(connection: Connection) -> Self {
        Self { connection: Some(connection), ..Self::from(Bytes::new()) }
    }

    /// The connection, if the server has agreed to change the protocol.
    pub fn into_connection(self) -> Option<Connection> {
        self.connection
    }

    /// The total in bytes, when the server said it.
    pub fn len(&self) -> Option<u64> {
        self.len
    }

    /// Whether the server said that there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len == Some(0)
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// The connection broke, timed out, or ended before the length that was announced.
    pub async fn chunk(&mut self) -> Option<std::io::Result<Bytes>> {
        let next = std::future::poll_fn(|cx| self.stream.as_mut().poll_next(cx)).await;
        match &next {
            Some(Ok(piece)) => self.read += piece.len() as u64,
            None if self.len.is_some_and(|len| self.read < len) => return Some(Err(self.cut_short())),
            _ => {}
        }
        next
    }

    /// Said once; whoever asks again has reached the end.
    fn cut_short(&mut self) -> std::io::Error {
        self.len = None;
        let reason = "the answer is shorter than it said";
        std::io::Error::other(TransportError::new(TransportErrorKind::Garbage, reason))
    }

    /// Tells a callback how the reading goes, from now on. It must not block: it runs on the thread that reads.
    pub fn with_progress(&mut self, listener: impl FnMut(Progress) + Send + 'static) -> &mut Self {
        let stream = std::mem::replace(&mut self.stream, Box::pin(Nothing));
        self.stream = Box::pin(Counted::new(stream, self.read, self.len, Box::new(listener)));
        self
    }

    /// Reads everything into memory.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk).
    pub async fn collect(self) -> std::io::Result<Bytes> {
        self.collect_at_most(u64::MAX).await
    }

    /// Reads everything into memory, unless it is more than `limit` bytes.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk); [`std::io::ErrorKind::FileTooLarge`] if there is more.
    pub async fn collect_at_most(mut self, limit: u64) -> std::io::Result<Bytes> {
        // Most replies come in one piece, which is then not copied.
        let Some(first) = self.chunk().await.transpose()? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await.transpose()? else { return within(first, limit) };
        let mut all = BytesMut::from(first);
        all.extend_from_slice(&second);
        while let Some(piece) = self.chunk().await.transpose()? {
            all.extend_from_slice(&piece);
            if all.len() as u64 > limit {
                break;
            }
        }
        within(all.freeze(), limit)
    }

    /// The stream itself.
    pub fn into_stream(self) -> ByteStream {
        self.stream
    }
}

fn within(bytes: Bytes, limit: u64) -> std::io::Result<Bytes> {
    if bytes.len() as u64 <= limit {
        return Ok(bytes);
    }
    Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, format!("the answer is longer than {limit} bytes")))
}

/// A body that is there already, in one piece.
impl From<Bytes> for StreamBody {
    fn from(bytes: Bytes) -> Self {
        let len = bytes.len() as u64;
        Self::new(Box::pin(OnePiece(Some(bytes))), Some(len))
    }
}

/// A stream of one piece, or of none where there is nothing.
struct OnePiece(Option<Bytes>);

impl futures_core::Stream for OnePiece {
    type Item = std::io::Result<Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().filter(|bytes| !bytes.is_empty()).map(Ok))
    }
}

impl fmt::Debug for StreamBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len {
            Some(len) => write!(f, "StreamBody({len} bytes)"),
            None => f.write_str("StreamBody(unknown length)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(pieces: &'static [&'static str]) -> StreamBody {
        let stream = Pieces(pieces.iter());
        StreamBody::new(Box::pin(stream), None)
    }

    struct Pieces(std::slice::Iter<'static, &'static str>);

    impl futures_core::Stream for Pieces {
        type Item = std::io::Result<Bytes>;

        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Ready(self.0.next().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))))
        }
    }

    #[tokio::test]
    async fn a_body_is_collected_up_to_its_limit() {
        for pieces in [&["abcd"][..], &["ab", "cd"], &["a", "b", "c", "d"]] {
            assert_eq!(body(pieces).collect().await.unwrap(), "abcd");
            assert_eq!(body(pieces).collect_at_most(4).await.unwrap(), "abcd");
            let error = body(pieces).collect_at_most(3).await.unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
        }
        assert!(body(&[]).collect_at_most(0).await.unwrap().is_empty());
    }
}
