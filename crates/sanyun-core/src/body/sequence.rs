//! A body that is several bodies one after the other.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use super::{Body, ByteStream, OpenBody};

impl Body {
    /// Several bodies one after the other: its length is known if all lengths are, it can be sent again if all can, and
    /// each callback is told of its own body's sending. Up to `max_joined` bytes in all, bodies that lie in memory and
    /// have no callback become one that does. For the clouds' crates.
    pub fn sequence(pieces: Vec<Self>, max_joined: u64) -> Self {
        let len = pieces.iter().map(Self::len).sum::<Option<u64>>();
        if let Some(joined) = len.filter(|len| *len <= max_joined).and_then(|_| joined(&pieces)) {
            return joined.into();
        }
        if pieces.iter().all(Self::is_replayable) {
            return Self::factory(len, move || Ok(Box::pin(Sequence::of(pieces.clone()))));
        }
        Self::once(Box::pin(Sequence::of(pieces)), len)
    }

    /// All its bytes, from one opening of it.
    ///
    /// # Errors
    /// As [`open`](Self::open), and what its file or stream fails with.
    pub async fn collect(&self) -> io::Result<Bytes> {
        match self.open()? {
            OpenBody::Empty => Ok(Bytes::new()),
            OpenBody::Bytes(bytes) => Ok(bytes),
            OpenBody::Stream(stream, len) => crate::reply::StreamBody::new(stream, len).collect().await,
        }
    }
}

/// The bytes of all pieces, if they lie in memory and nobody counts those of a single one.
fn joined(pieces: &[Body]) -> Option<Vec<u8>> {
    let in_memory = pieces.iter().map(|piece| piece.as_bytes().filter(|_| !piece.has_progress()));
    in_memory.collect::<Option<Vec<_>>>().map(|pieces| pieces.concat())
}

/// Each body is opened when the one before it has ended.
struct Sequence {
    waiting: std::vec::IntoIter<Body>,
    open: Option<ByteStream>,
}

impl Sequence {
    fn of(bodies: Vec<Body>) -> Self {
        Self { waiting: bodies.into_iter(), open: None }
    }
}

impl Stream for Sequence {
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
