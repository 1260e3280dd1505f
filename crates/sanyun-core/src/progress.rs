//! How far a transfer has come.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_core::Stream;

use crate::body::{ByteStream, OpenBody};

/// How far the transfer of a body has come, as told to the callbacks of [`Body::with_progress`](crate::Body::with_progress)
/// and [`StreamBody::with_progress`](crate::StreamBody::with_progress): once with 0 bytes when an attempt begins, then
/// after every piece of at most 64 KiB, and exactly once when all has been transferred ([`is_complete`](Self::is_complete)).
/// A transfer that breaks off is never complete.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes that were transferred so far in this attempt. Of an upload: given to the connection, which may hold some
    /// hundred KiB that are not on the wire yet.
    pub transferred: u64,
    /// All bytes there are to transfer; `None` if nobody knows before the end.
    pub total: Option<u64>,
    /// Since this attempt began.
    pub elapsed: Duration,
    /// 1 when the body is transferred for the first time; a retry begins again from 0 with the next number.
    pub attempt: u32,
}

impl Progress {
    /// Whether all has been transferred. True in one call a transfer, the last.
    pub fn is_complete(&self) -> bool {
        self.total == Some(self.transferred)
    }
}

/// Told how a transfer goes.
type Listener = Box<dyn FnMut(Progress) + Send>;

/// Bytes given on between two calls of the listener: less than the 100 KiB of Huawei Cloud's SDKs.
const PIECE_BYTES: usize = 64 * 1024;

/// A stream whose bytes are counted when they are given on.
pub(crate) struct Counted {
    stream: ByteStream,
    /// What is left of a piece that is longer than [`PIECE_BYTES`].
    rest: Bytes,
    listener: Listener,
    progress: Progress,
    started: Instant,
}

impl Counted {
    /// `from` bytes of `total` were transferred before.
    pub(crate) fn new(stream: ByteStream, from: u64, total: Option<u64>, listener: Listener) -> Self {
        Self::numbered(1, stream, from, total, listener)
    }

    fn numbered(attempt: u32, stream: ByteStream, from: u64, total: Option<u64>, listener: Listener) -> Self {
        let progress = Progress { transferred: from, total, elapsed: Duration::ZERO, attempt };
        let mut counted = Self { stream, rest: Bytes::new(), listener, progress, started: Instant::now() };
        counted.tell();
        counted
    }

    fn tell(&mut self) {
        self.progress.elapsed = self.started.elapsed();
        (self.listener)(self.progress);
    }

    fn give(&mut self) -> Bytes {
        let piece = self.rest.split_to(self.rest.len().min(PIECE_BYTES));
        if !piece.is_empty() {
            self.progress.transferred += piece.len() as u64;
            self.tell();
        }
        piece
    }

    /// A stream without an announced length is complete when it ends.
    fn end(&mut self) {
        if self.progress.total.is_none() {
            self.progress.total = Some(self.progress.transferred);
            self.tell();
        }
    }
}

impl Stream for Counted {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.rest.is_empty() {
            match ready!(this.stream.as_mut().poll_next(cx)) {
                Some(Ok(piece)) => this.rest = piece,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    this.end();
                    return Poll::Ready(None);
                }
            }
        }
        Poll::Ready(Some(Ok(this.give())))
    }
}

/// A stream without pieces.
pub(crate) struct Nothing;

impl Stream for Nothing {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}

/// Counts a body each time it is opened.
#[derive(Clone)]
pub(crate) struct Meter {
    listener: Arc<dyn Fn(Progress) + Send + Sync>,
    attempts: Arc<AtomicU32>,
}

impl Meter {
    pub(crate) fn new(listener: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self { listener: Arc::new(listener), attempts: Arc::default() }
    }

    /// The same body, counted while it is read.
    pub(crate) fn watch(&self, body: OpenBody) -> OpenBody {
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        let listener = Arc::clone(&self.listener);
        let count = |stream, total| Counted::numbered(attempt, stream, 0, total, Box::new(move |at| listener(at)));
        match body {
            OpenBody::Empty => {
                drop(count(Box::pin(Nothing), Some(0)));
                OpenBody::Empty
            }
            OpenBody::Bytes(bytes) => {
                let len = Some(bytes.len() as u64);
                OpenBody::Stream(Box::pin(Counted { rest: bytes, ..count(Box::pin(Nothing), len) }), len)
            }
            OpenBody::Stream(stream, len) => OpenBody::Stream(Box::pin(count(stream, len)), len),
        }
    }
}

/// `300 of 700 bytes in 1.2 s`
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        match self.total {
            Some(total) => write!(f, "{} of {total} bytes in {seconds:.1} s", self.transferred),
            None => write!(f, "{} bytes in {seconds:.1} s", self.transferred),
        }
    }
}
