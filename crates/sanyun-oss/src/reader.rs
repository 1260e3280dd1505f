//! An object as a file that can be read: from any place, over broken connections, always the same object.

mod prefetch;
mod source;
mod stretch;

use std::fmt;
use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_core::Stream;
use sanyun_core::{Error, ErrorKind, Result};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncSeek, ReadBuf};

use crate::action::Action;
use crate::bucket::Bucket;
use crate::crc::{CrcMismatch, Digest};
use crate::error;
use crate::object::ObjectMeta;
use crate::operation::Request as _;
use crate::operation::object::HeadObject;

pub use prefetch::Prefetch;
use prefetch::Prefetcher;
use source::Source;
pub(crate) use source::SourceChanged;
use stretch::Stretch;

impl Bucket {
    /// An object as a file: [`open`](Action::open) looks at it, reading begins when the result is read.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// use futures_core::Stream;
    /// let mut file = photos.reader("a.bin").open().await?;
    /// println!("{} bytes", file.size());
    /// // It is a `tokio::io::AsyncRead`, `AsyncBufRead` and `AsyncSeek`, and a stream of `Bytes`.
    /// let mut file = std::pin::Pin::new(&mut file);
    /// while let Some(piece) = std::future::poll_fn(|cx| file.as_mut().poll_next(cx)).await {
    ///     println!("{} bytes", piece.map_err(|error| sanyun_oss::Error::io("reading", error))?.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn reader(&self, key: impl Into<String>) -> Action<Reader> {
        self.on(HeadObject::OPERATION, key)
    }
}

impl Action<Reader> {
    /// Looks at the object: how long it is, and its ETag, by which everything that is read later is held to be the same
    /// object.
    ///
    /// # Errors
    /// As [`head`](Bucket::head).
    pub async fn open(self) -> Result<Reader> {
        let template = self.input?;
        let meta = Action::<ObjectMeta>::new(self.client.clone(), Ok(template.clone())).await?.into_inner();
        let source = Arc::new(Source::new(self.client, &template, &meta)?);
        let digest = source.crc.map(|_| Digest::new());
        Ok(Reader {
            meta,
            source,
            position: 0,
            cursor: 0,
            ready: Bytes::new(),
            mode: Mode::Closed,
            digest,
            sequential: 0,
            prefetch: None,
            interruptions: 0,
        })
    }
}

/// An object that is read like a file: [`AsyncRead`], [`AsyncBufRead`], [`AsyncSeek`], and a [`Stream`] of its pieces.
///
/// Bytes come from one request that goes on as long as reading goes on; seeking elsewhere closes it. A connection that
/// breaks is opened again where it broke. Every request names the ETag that the object had when it was opened: if it is
/// changed on the way, reading ends with an error
/// ([`is_source_changed`](crate::OssError::is_source_changed)) and never gives bytes of two objects. Whoever reads all of
/// it in one go has its CRC-64 compared before the last piece.
///
/// Errors carry the SDK's own as their inner error.
pub struct Reader {
    meta: ObjectMeta,
    source: Arc<Source>,
    /// Where the caller reads next.
    position: u64,
    /// Where `ready` begins.
    cursor: u64,
    ready: Bytes,
    mode: Mode,
    /// Of everything from the first byte to the end of `ready`, as long as nothing was left out.
    digest: Option<Digest>,
    /// How much came in one go.
    sequential: u64,
    prefetch: Option<Prefetch>,
    /// How often the readers ahead were of no use.
    interruptions: u32,
}

enum Mode {
    Closed,
    OneByOne(Stretch),
    Ahead(Prefetcher),
}

/// After so many seeks that made reading ahead useless, it stays off.
const MAX_INTERRUPTIONS: u32 = 3;

impl Reader {
    /// Reads ahead with several requests at once, when reading goes on in sequence. Off if unset.
    #[must_use]
    pub fn with_prefetch(mut self, prefetch: Prefetch) -> Self {
        self.prefetch = Some(prefetch);
        self
    }

    /// How often a connection that broke is opened again before the error is final, while less than 1 MiB arrives; 3 if
    /// unset. Each opening is tried again as the client's policy says.
    #[must_use]
    pub fn with_reopenings(mut self, most: u32) -> Self {
        let mut source = Source::clone(&self.source);
        source.reopenings = most;
        self.source = Arc::new(source);
        self.mode = Mode::Closed;
        self
    }

    /// The object's length in bytes.
    pub fn size(&self) -> u64 {
        self.source.size
    }

    /// Where the next byte comes from.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// What is known of the object beside its bytes.
    pub fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    /// Whether several requests are reading ahead at the moment.
    pub fn is_prefetching(&self) -> bool {
        matches!(self.mode, Mode::Ahead(_))
    }

    /// Makes bytes at the position ready; nothing is ready at the end.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.position != self.cursor {
            self.go_to(self.position);
        }
        while self.ready.is_empty() && self.cursor < self.source.size {
            let piece = ready!(self.poll_piece(cx))?;
            self.accept(piece)?;
        }
        Poll::Ready(Ok(()))
    }

    /// Continues elsewhere.
    fn go_to(&mut self, position: u64) {
        let skipped = position.checked_sub(self.cursor).and_then(|skipped| usize::try_from(skipped).ok());
        self.cursor = position;
        if let Some(skipped) = skipped.filter(|skipped| *skipped <= self.ready.len()) {
            self.ready.advance(skipped);
            return;
        }
        self.interruptions += u32::from(self.is_prefetching());
        self.mode = Mode::Closed;
        self.ready = Bytes::new();
        self.sequential = 0;
        self.digest = self.source.crc.filter(|_| position == 0).map(|_| Digest::new());
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes>> {
        loop {
            if let Some(prefetch) = self.wanted_prefetch() {
                self.mode = Mode::Ahead(Prefetcher::new(Arc::clone(&self.source), self.cursor, prefetch));
            }
            let result = match &mut self.mode {
                Mode::Closed => {
                    self.mode = Mode::OneByOne(Stretch::new(Arc::clone(&self.source), self.cursor, self.source.size));
                    continue;
                }
                Mode::OneByOne(stretch) => ready!(stretch.poll_next_piece(cx)),
                Mode::Ahead(prefetcher) => match ready!(prefetcher.poll_next_piece(cx)) {
                    // One request after the other says what is wrong, or finds that nothing is.
                    Some(Err(_)) => {
                        (self.mode, self.sequential) = (Mode::Closed, 0);
                        continue;
                    }
                    result => result,
                },
            };
            let result = result.unwrap_or_else(|| Err(Error::decode("the object is shorter than it was")));
            if result.is_err() {
                self.mode = Mode::Closed;
            }
            return Poll::Ready(result);
        }
    }

    /// How to read ahead from now on, if that is to begin.
    fn wanted_prefetch(&self) -> Option<Prefetch> {
        let prefetch = self.prefetch?;
        let useful = self.source.size - self.cursor > prefetch.chunk_bytes && self.interruptions < MAX_INTERRUPTIONS;
        (useful && !self.is_prefetching() && self.sequential >= prefetch.after_bytes).then_some(prefetch)
    }

    fn accept(&mut self, piece: Bytes) -> Result<()> {
        self.sequential += piece.len() as u64;
        if let Some(digest) = &mut self.digest {
            digest.update(&piece);
        }
        let is_last = self.cursor + piece.len() as u64 == self.source.size;
        if let (true, Some(digest), Some(theirs)) = (is_last, &self.digest, self.source.crc) {
            CrcMismatch::check(digest.value(), theirs).map_err(|mismatch| {
                self.mode = Mode::Closed;
                error::inconsistent(mismatch)
            })?;
        }
        self.ready = piece;
        Ok(())
    }

    fn advance(&mut self, bytes: usize) {
        self.ready.advance(bytes);
        self.cursor += bytes as u64;
        self.position = self.cursor;
    }
}

impl AsyncRead for Reader {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_ready(cx)).map_err(into_io)?;
        let len = this.ready.len().min(into.remaining());
        into.put_slice(this.ready.get(..len).unwrap_or_default());
        this.advance(len);
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for Reader {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        ready!(this.poll_ready(cx)).map_err(into_io)?;
        Poll::Ready(Ok(&this.ready))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.advance(amount.min(this.ready.len()));
    }
}

impl AsyncSeek for Reader {
    /// Nothing is sent: the next read goes there. A place before the beginning or behind the end is an error.
    fn start_seek(self: Pin<&mut Self>, to: SeekFrom) -> io::Result<()> {
        let this = self.get_mut();
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => this.source.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => this.position.checked_add_signed(offset),
        };
        let inside = position.filter(|position| *position <= this.source.size);
        this.position = inside.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("{to:?} is not in an object of {} bytes", this.size()))
        })?;
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Ok(self.position))
    }
}

impl Stream for Reader {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        ready!(this.poll_ready(cx)).map_err(into_io)?;
        let piece = this.ready.clone();
        this.advance(piece.len());
        Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
    }
}

fn into_io(error: Error) -> io::Error {
    let kind = match error.kind() {
        ErrorKind::Timeout => io::ErrorKind::TimedOut,
        ErrorKind::Decode => io::ErrorKind::InvalidData,
        _ if error.is_not_found() => io::ErrorKind::NotFound,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("position", &self.position).field("size", &self.size()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
