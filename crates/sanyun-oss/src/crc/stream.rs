//! Checksums of bytes on their way.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use sanyun_core::{Body, ByteStream, OpenBody, StreamBody};

use super::{CrcMismatch, Digest, checksum};
use crate::error::inconsistent;

/// The checksum of what the latest attempt sent of its body, and how many bytes it were. A clone belongs to another call and knows nothing.
#[derive(Default)]
pub(crate) struct SentCrc(Arc<Mutex<Option<(u64, u64)>>>);

impl Clone for SentCrc {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl SentCrc {
    /// The body that an attempt sends instead of `body`: the same bytes, with their checksum counted on the way.
    pub(crate) fn count(&self, body: &Body) -> Body {
        self.set(None);
        // Bytes in memory are summed when the reply is there: no copy, and nothing if the attempt fails.
        if body.as_bytes().is_some() {
            return body.clone();
        }
        let (inner, slot) = (body.clone(), Self(Arc::clone(&self.0)));
        let open = move || -> ByteStream { Box::pin(Counting::new(inner.clone(), Self(Arc::clone(&slot.0)))) };
        if body.is_replayable() {
            Body::factory(body.len(), move || Ok(open()))
        } else {
            Body::once(open(), body.len())
        }
    }

    /// The checksum and the length of what was sent; `None` if nothing was.
    pub(crate) fn get(&self, body: &Body) -> Option<(u64, u64)> {
        match body.as_bytes() {
            Some(bytes) => Some((checksum(bytes), bytes.len() as u64)),
            None => *self.0.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn set(&self, value: Option<(u64, u64)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

/// A body's bytes, counted. The body is opened at the first poll and not before: a one-shot body that was never sent
/// can still be sent by the next attempt.
struct Counting {
    body: Body,
    stream: Option<ByteStream>,
    digest: Digest,
    len: u64,
    sent: SentCrc,
}

impl Counting {
    fn new(body: Body, sent: SentCrc) -> Self {
        Self { body, stream: None, digest: Digest::new(), len: 0, sent }
    }

    fn open(&mut self) -> io::Result<&mut ByteStream> {
        let opened = match self.stream.take() {
            Some(stream) => stream,
            None => match self.body.open()? {
                OpenBody::Stream(stream, _) => stream,
                OpenBody::Bytes(bytes) => Box::pin(Whole(Some(bytes))),
                OpenBody::Empty => Box::pin(Whole(None)),
            },
        };
        Ok(self.stream.insert(opened))
    }
}

impl Stream for Counting {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let piece = match this.open() {
            Ok(stream) => ready!(stream.as_mut().poll_next(cx)),
            Err(error) => Some(Err(error)),
        };
        // Told with every piece: whoever knows the length does not ask for the end after the last one.
        if let Some(Ok(bytes)) = &piece {
            this.digest.update(bytes);
            this.len += bytes.len() as u64;
            this.sent.set(Some((this.digest.value(), this.len)));
        }
        Poll::Ready(piece)
    }
}

/// Bytes as a stream of one piece.
struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// An empty body.
pub(crate) fn no_bytes() -> StreamBody {
    StreamBody::new(Box::pin(Whole(None)), Some(0))
}

/// The same stream, which ends with an error if its checksum is not `expected`.
pub(crate) fn verifying(stream: ByteStream, expected: u64) -> ByteStream {
    Box::pin(Verifying { stream, digest: Digest::new(), expected: Some(expected) })
}

struct Verifying {
    stream: ByteStream,
    digest: Digest,
    /// Taken when it has been compared, so that polling after the end stays quiet.
    expected: Option<u64>,
}

impl Stream for Verifying {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let piece = ready!(this.stream.as_mut().poll_next(cx));
        match &piece {
            Some(Ok(bytes)) => this.digest.update(bytes),
            Some(Err(_)) => this.expected = None,
            None => return Poll::Ready(this.verdict().map(Err)),
        }
        Poll::Ready(piece)
    }
}

impl Verifying {
    fn verdict(&mut self) -> Option<io::Error> {
        let mismatch = CrcMismatch::check(self.digest.value(), self.expected.take()?).err()?;
        Some(io::Error::new(io::ErrorKind::InvalidData, inconsistent(mismatch)))
    }
}
