//! Bytes that cost nothing to make: the same piece of memory over and over.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};
use sanyun_oss::crc;

/// The length of a piece.
pub(super) const PIECE_BYTES: usize = 256 << 10;

/// So many bytes, as a stream for our client and as a body for the HTTP library.
pub(super) struct Pattern {
    piece: Bytes,
    left: u64,
}

impl Pattern {
    pub(super) fn new(piece: Bytes, bytes: u64) -> Self {
        Self { piece, left: bytes }
    }

    /// One piece.
    pub(super) fn piece() -> Bytes {
        vec![0x5a; PIECE_BYTES].into()
    }

    /// The CRC-64 of so many bytes, a multiple of a piece's.
    pub(super) fn crc64(bytes: u64) -> u64 {
        let piece = crc::checksum(&Self::piece());
        (0..bytes / PIECE_BYTES as u64).fold(0, |whole, _| crc::combine(whole, piece, PIECE_BYTES as u64))
    }

    fn next(&mut self) -> Option<Bytes> {
        let len = (self.piece.len() as u64).min(self.left);
        self.left -= len;
        (len > 0).then(|| self.piece.slice(..len as usize))
    }
}

impl Stream for Pattern {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.next().map(Ok))
    }
}

impl Body for Pattern {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.next().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
