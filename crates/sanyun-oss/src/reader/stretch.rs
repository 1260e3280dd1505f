//! A stretch of an object: its bytes in sequence, over as many requests as it takes.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use sanyun_core::{BoxFuture, ByteStream, Error, Result};

use super::source::Source;
use crate::error;

/// So many bytes without a break, and the breaks before are forgotten.
const STEADY_BYTES: u64 = 1 << 20;

pub(super) struct Stretch {
    source: Arc<Source>,
    /// The next byte.
    first: u64,
    /// Behind the last one.
    end: u64,
    state: State,
    breaks: u32,
    /// How much came since the last break.
    steady: u64,
}

enum State {
    Closed,
    Opening(BoxFuture<'static, Result<ByteStream>>),
    Open(ByteStream),
}

impl Stretch {
    pub(super) fn new(source: Arc<Source>, first: u64, end: u64) -> Self {
        Self { source, first, end, state: State::Closed, breaks: 0, steady: 0 }
    }

    /// The next piece, which is not empty; `None` at the end.
    pub(super) fn poll_next_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            match &mut self.state {
                _ if self.first == self.end => return Poll::Ready(None),
                State::Closed => self.state = State::Opening(self.open()),
                State::Opening(opening) => match ready!(opening.as_mut().poll(cx)) {
                    Ok(stream) => self.state = State::Open(stream),
                    Err(error) => return self.fail(error),
                },
                State::Open(stream) => match ready!(stream.as_mut().poll_next(cx)) {
                    Some(Ok(piece)) if piece.is_empty() => {}
                    Some(Ok(piece)) => return self.accept(piece),
                    Some(Err(error)) => {
                        if let Some(error) = self.broken(error::from_body(error)) {
                            return self.fail(error);
                        }
                    }
                    None => {
                        if let Some(error) = self.broken(Error::decode("the answer is shorter than it said")) {
                            return self.fail(error);
                        }
                    }
                },
            }
        }
    }

    fn open(&self) -> BoxFuture<'static, Result<ByteStream>> {
        let (source, first, end) = (Arc::clone(&self.source), self.first, self.end);
        Box::pin(async move { source.range(first, end).await })
    }

    fn accept(&mut self, piece: Bytes) -> Poll<Option<Result<Bytes>>> {
        let len = piece.len() as u64;
        if len > self.end - self.first {
            return self.fail(Error::decode("the answer is longer than it said"));
        }
        self.first += len;
        self.steady = self.steady.saturating_add(len);
        if self.steady >= STEADY_BYTES {
            self.breaks = 0;
        }
        Poll::Ready(Some(Ok(piece)))
    }

    /// Closes a stream that broke; the error if that happened too often.
    fn broken(&mut self, error: Error) -> Option<Error> {
        (self.state, self.steady) = (State::Closed, 0);
        self.breaks += 1;
        (self.breaks > self.source.reopenings).then_some(error)
    }

    fn fail(&mut self, error: Error) -> Poll<Option<Result<Bytes>>> {
        self.state = State::Closed;
        Poll::Ready(Some(Err(error)))
    }
}
