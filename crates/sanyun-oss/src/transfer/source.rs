//! The bytes of an upload, part by part.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use futures_core::Stream;
use sanyun_core::{Body, BoxFuture, ByteStream, Error, Result};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::task::JoinHandle;

use super::disk::{FileState, Shared, blocking, failed};
use super::limit::Throttle;
use super::progress::Portion;

/// A file that is uploaded.
pub(super) struct SourceFile {
    pub(super) path: PathBuf,
    pub(super) shared: Arc<Shared>,
    /// As it was when it was opened.
    pub(super) state: FileState,
}

impl SourceFile {
    /// Opens a file. `Err(Ok(_))` is one without a length, such as a pipe.
    pub(super) async fn open(path: &Path) -> Result<Result<Self, File>> {
        let (own, what) = (path.to_owned(), failed("opening", path));
        let (file, state, is_file) = blocking(move || {
            let file = File::open(&own)?;
            let facts = file.metadata()?;
            if facts.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            let state = FileState::of(&file)?;
            Ok((file, state, facts.is_file()))
        })
        .await
        .map_err(&what)?;
        if !is_file {
            return Ok(Err(file));
        }
        Ok(Ok(Self { path: path.to_owned(), shared: Arc::new(Shared::new(file)), state }))
    }

    /// Whether nobody wrote to it since it was opened.
    pub(super) async fn check_unchanged(&self) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let now = blocking(move || FileState::of(shared.file())).await.map_err(failed("reading", &self.path))?;
        if now == self.state {
            return Ok(());
        }
        Err(Error::input(format!("{} was changed while it was uploaded", self.path.display())))
    }

    /// Some of its bytes, read while they are sent.
    pub(super) fn body(&self, range: Range<u64>, gate: &Gate) -> Body {
        let (shared, gate) = (Arc::clone(&self.shared), gate.clone());
        Body::factory(Some(range.end - range.start), move || {
            gate.portion.restart();
            let pieces = FilePieces::new(Arc::clone(&shared), range.clone(), gate.throttle.piece_bytes());
            Ok(gate.watch(Box::pin(pieces)))
        })
    }
}

/// What the bytes of one part go through: the limit of the bandwidth, and the counting.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) throttle: Throttle,
    pub(super) portion: Portion,
}

impl Gate {
    /// A body of bytes in memory.
    pub(super) fn body(&self, bytes: Bytes) -> Body {
        if self.throttle.is_open() && !self.portion.is_watched() {
            return bytes.into();
        }
        let gate = self.clone();
        Body::factory(Some(bytes.len() as u64), move || {
            gate.portion.restart();
            let pieces = Slices { rest: bytes.clone(), piece_bytes: gate.throttle.piece_bytes() };
            Ok(gate.watch(Box::pin(pieces)))
        })
    }

    fn watch(&self, stream: ByteStream) -> ByteStream {
        Box::pin(Watched { stream, gate: self.clone(), held: None })
    }
}

/// A stream whose pieces wait for their turn and are counted when they are given on.
struct Watched {
    stream: ByteStream,
    gate: Gate,
    held: Option<(Bytes, BoxFuture<'static, ()>)>,
}

impl Stream for Watched {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.held.is_none() {
            let piece = match ready!(this.stream.as_mut().poll_next(cx)) {
                Some(Ok(piece)) => piece,
                other => return Poll::Ready(other),
            };
            if this.gate.throttle.is_open() {
                return Poll::Ready(Some(Ok(this.give(piece))));
            }
            let (throttle, len) = (this.gate.throttle.clone(), piece.len());
            this.held = Some((piece, Box::pin(async move { throttle.pass(len).await })));
        }
        if let Some((_, turn)) = &mut this.held {
            ready!(turn.as_mut().poll(cx));
        }
        let held = this.held.take().map(|(piece, _)| piece);
        Poll::Ready(held.map(|piece| Ok(this.give(piece))))
    }
}

impl Watched {
    fn give(&self, piece: Bytes) -> Bytes {
        self.gate.portion.add(piece.len() as u64);
        piece
    }
}

/// Bytes in memory, cut into pieces.
struct Slices {
    rest: Bytes,
    piece_bytes: usize,
}

impl Stream for Slices {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let len = self.rest.len().min(self.piece_bytes);
        Poll::Ready((len > 0).then(|| Ok(self.rest.split_to(len))))
    }
}

/// Bytes of a file, the next piece of which is read while the last one is sent.
struct FilePieces {
    shared: Arc<Shared>,
    /// What nobody has begun to read.
    left: Range<u64>,
    piece_bytes: usize,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl FilePieces {
    fn new(shared: Arc<Shared>, range: Range<u64>, piece_bytes: usize) -> Self {
        Self { shared, left: range, piece_bytes, reading: None }
    }

    fn read_ahead(&mut self) {
        let (at, wanted) = (self.left.start, (self.left.end - self.left.start).min(self.piece_bytes as u64));
        if wanted == 0 || self.reading.is_some() {
            return;
        }
        self.left.start += wanted;
        let shared = Arc::clone(&self.shared);
        self.reading = Some(tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; wanted as usize];
            shared.read_exact_at(&mut piece, at)?;
            Ok(piece.into())
        }));
    }
}

impl Stream for FilePieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.read_ahead();
        let Some(reading) = &mut self.reading else { return Poll::Ready(None) };
        let read = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        let piece = read.unwrap_or_else(|_| Err(io::Error::other("the thread stopped")));
        if piece.is_ok() {
            self.read_ahead();
        }
        Poll::Ready(Some(piece))
    }
}

/// A stream cut into full parts, the last one of what is left. Nothing is lost when nobody waits for a part any more.
pub(super) struct PartReader {
    stream: ByteStream,
    part_bytes: usize,
    /// What came and is not part of a part yet.
    rest: Bytes,
    filling: BytesMut,
    ended: bool,
    /// The bytes that are still to come, if the stream said how many.
    announced: Option<u64>,
}

impl PartReader {
    pub(super) fn new(stream: ByteStream, len: Option<u64>, part_bytes: u64) -> Self {
        Self {
            stream,
            part_bytes: usize::try_from(part_bytes).unwrap_or(usize::MAX),
            rest: Bytes::new(),
            filling: BytesMut::new(),
            ended: false,
            announced: len,
        }
    }

    /// The next part.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        std::future::poll_fn(|cx| self.poll(cx)).await.transpose()
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        while self.filling.len() < self.part_bytes && !(self.ended && self.rest.is_empty()) {
            if self.rest.is_empty() {
                match ready!(self.stream.as_mut().poll_next(cx)) {
                    Some(Ok(piece)) => self.rest = piece,
                    Some(Err(error)) => return Poll::Ready(Some(Err(Error::io("reading what is uploaded", error)))),
                    None => self.ended = true,
                }
            }
            self.fill();
        }
        let part = self.filling.split().freeze();
        if let Err(error) = self.check(part.len() as u64) {
            return Poll::Ready(Some(Err(error)));
        }
        Poll::Ready((!part.is_empty()).then_some(Ok(part)))
    }

    fn fill(&mut self) {
        let wanted = (self.part_bytes - self.filling.len()).min(self.rest.len());
        if wanted > 0 && self.filling.capacity() == 0 {
            // One allocation a part, unless it is known to be shorter.
            let len = self.announced.map_or(self.part_bytes as u64, |left| left.min(self.part_bytes as u64));
            self.filling.reserve(len as usize);
        }
        self.filling.extend_from_slice(self.rest.get(..wanted).unwrap_or_default());
        self.rest.advance(wanted);
    }

    /// A stream that is shorter or longer than it said has gone wrong.
    fn check(&mut self, len: u64) -> Result<()> {
        let Some(left) = &mut self.announced else { return Ok(()) };
        let fits = len <= *left && (len > 0 || *left == 0);
        *left = left.saturating_sub(len);
        if fits { Ok(()) } else { Err(Error::input("the stream is not as long as it said")) }
    }
}

/// A reader as a stream of pieces.
pub(super) struct ReaderPieces<R> {
    reader: R,
    buffer: BytesMut,
}

/// Bytes read at a time.
const READ_BYTES: usize = 128 << 10;

impl<R: AsyncRead + Unpin> ReaderPieces<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: BytesMut::new() }
    }
}

impl<R: AsyncRead + Unpin> Stream for ReaderPieces<R> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.buffer.len() < READ_BYTES {
            this.buffer.resize(READ_BYTES, 0);
        }
        let mut buffer = ReadBuf::new(&mut this.buffer);
        ready!(Pin::new(&mut this.reader).poll_read(cx, &mut buffer))?;
        let len = buffer.filled().len();
        Poll::Ready((len > 0).then(|| Ok(this.buffer.split_to(len).freeze())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parts(pieces: &'static [&'static str], len: Option<u64>) -> Result<Vec<Bytes>> {
        struct Pieces(std::slice::Iter<'static, &'static str>);
        impl Stream for Pieces {
            type Item = io::Result<Bytes>;

            fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                Poll::Ready(self.0.next().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))))
            }
        }
        let mut reader = PartReader::new(Box::pin(Pieces(pieces.iter())), len, 4);
        let mut parts = Vec::new();
        while let Some(part) = reader.next().await? {
            parts.push(part);
        }
        Ok(parts)
    }

    #[tokio::test]
    async fn short_pieces_make_full_parts() {
        assert_eq!(parts(&["a", "", "bcdefghi", "j"], None).await.unwrap(), ["abcd", "efgh", "ij"]);
        assert_eq!(parts(&["abcdefgh"], None).await.unwrap(), ["abcd", "efgh"]);
        assert_eq!(parts(&["", ""], None).await.unwrap(), [""; 0]);
        assert_eq!(parts(&["abcd", "ef"], Some(6)).await.unwrap(), ["abcd", "ef"]);
        assert!(parts(&["abcd", "ef"], Some(7)).await.is_err());
        assert!(parts(&["abcd", "ef"], Some(5)).await.is_err());
        assert!(parts(&["abcd", "ef"], Some(4)).await.is_err());
    }

    #[tokio::test]
    async fn a_reader_is_read_in_pieces() {
        let text = vec![7_u8; READ_BYTES * 2 + 5];
        let mut stream = ReaderPieces::new(std::io::Cursor::new(text.clone()));
        let mut read = Vec::new();
        while let Some(piece) = std::future::poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await {
            read.extend_from_slice(&piece.unwrap());
        }
        assert!(read == text);
    }
}
