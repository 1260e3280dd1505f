//! A reply before it leaves.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::{Body, Frame, SizeHint};
use serde_json::Value;

use crate::pieces::Pieces;

/// A reply: status, headers, body.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: AnswerBody,
}

impl Answer {
    /// A reply without headers and body.
    pub(crate) fn new(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: AnswerBody::Bytes(Bytes::new()) }
    }

    /// A reply with a JSON document.
    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status).header("content-type", "application/json").bytes(value.to_string())
    }

    /// Sets a header. A value that cannot stand in a header is left out.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes())) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds the headers that are not there yet.
    pub(crate) fn missing_headers(mut self, headers: HeaderMap) -> Self {
        for (name, value) in headers {
            if let Some(name) = name {
                self.headers.entry(name).or_insert(value);
            }
        }
        self
    }

    /// Sets the body.
    pub(crate) fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body = AnswerBody::Bytes(bytes.into());
        self
    }

    /// Sets a body that is sent in these pieces, of which none is empty, without saying its length beforehand.
    pub(crate) fn chunks(mut self, chunks: VecDeque<Bytes>) -> Self {
        self.body = AnswerBody::Chunks(chunks.into_iter().map(Chunk::Bytes).collect());
        self
    }

    /// Sets a body that is read from a file while it is sent.
    pub(crate) fn pieces(mut self, pieces: Pieces) -> Self {
        self.body = AnswerBody::Pieces(pieces);
        self
    }
}

/// The body of a reply.
pub(crate) enum AnswerBody {
    /// All bytes at once.
    Bytes(Bytes),
    /// Pieces of a stream, each of which is sent by itself.
    Chunks(VecDeque<Chunk>),
    /// Part of a file.
    Pieces(Pieces),
    /// Half of what was announced, then the connection breaks: an injected fault.
    Broken { bytes: Bytes, announced: u64 },
}

impl AnswerBody {
    /// What it will be, in bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Chunks(chunks) => chunks.iter().map(|chunk| chunk.bytes().len() as u64).sum(),
            Self::Pieces(pieces) => pieces.left(),
            Self::Broken { announced, .. } => *announced,
        }
    }

    /// The body as far as it lies in memory; of files nothing.
    pub(crate) fn in_memory(self) -> Bytes {
        match self {
            Self::Bytes(bytes) | Self::Broken { bytes, .. } => bytes,
            Self::Chunks(chunks) => chunks.iter().flat_map(Chunk::bytes).copied().collect(),
            Self::Pieces(_) => Bytes::new(),
        }
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match self {
            Self::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Bytes(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Self::Chunks(chunks) => match chunks.pop_front() {
                Some(Chunk::Bytes(bytes)) => Poll::Ready(Some(Ok(bytes))),
                Some(Chunk::Pause) => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Some(Chunk::Break) => Poll::Ready(Some(Err(cut_short()))),
                None => Poll::Ready(None),
            },
            Self::Pieces(pieces) => pieces.poll_next(cx),
            Self::Broken { bytes, .. } if bytes.is_empty() => Poll::Ready(Some(Err(cut_short()))),
            Self::Broken { bytes, announced } => {
                *announced -= bytes.len() as u64;
                Poll::Ready(Some(Ok(std::mem::take(bytes))))
            }
        }
    }
}

/// One step of a stream.
pub(crate) enum Chunk {
    Bytes(Bytes),
    /// What was handed over leaves; an error at once would take it along.
    Pause,
    /// The connection breaks: an injected fault.
    Break,
}

impl Chunk {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Pause | Self::Break => &[],
        }
    }
}

fn cut_short() -> io::Error {
    io::Error::other("the reply is cut short by an injected fault")
}

/// Called once with the number of bytes that were handed over.
type OnEnd = Box<dyn FnOnce(u64) + Send>;

/// A body under way to the client. Its end is reported whether the reply went out whole or the client went away.
pub(crate) struct LeavingBody {
    body: AnswerBody,
    sent: u64,
    on_end: Option<OnEnd>,
}

impl LeavingBody {
    pub(crate) fn new(body: AnswerBody, on_end: impl FnOnce(u64) + Send + 'static) -> Self {
        Self { body, sent: 0, on_end: Some(Box::new(on_end)) }
    }
}

impl Body for LeavingBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = std::task::ready!(self.body.poll_piece(cx));
        if let Some(Ok(bytes)) = &piece {
            self.sent += bytes.len() as u64;
        }
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            AnswerBody::Chunks(chunks) => chunks.is_empty(),
            body => body.len() == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self.body {
            AnswerBody::Chunks(_) => SizeHint::default(),
            _ => SizeHint::with_exact(self.body.len()),
        }
    }
}

impl Drop for LeavingBody {
    fn drop(&mut self) {
        if let Some(on_end) = self.on_end.take() {
            on_end(self.sent);
        }
    }
}
