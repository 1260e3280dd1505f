//! A body of raw bytes, whose hash is signed.

use std::sync::OnceLock;

use sanyun_core::hash::Sha256;
use sanyun_core::{Body, Error, Result, encode};
use sm3::Digest as _;

use crate::sign::Algorithm;

/// What of a one-shot stream is kept in memory, in bytes; more goes into a temporary file.
pub(crate) const MAX_IN_MEMORY_BYTES: usize = 1 << 20;

/// Bytes, a file or a stream. What does not lie in memory is read for its hash before the first attempt.
#[derive(Clone)]
pub(crate) struct Octets {
    body: Body,
    given_hash: Option<String>,
    read: OnceLock<Read>,
}

/// What came of reading: the same body, which can surely be read again, and its hash in hex digits.
#[derive(Clone)]
struct Read {
    body: Body,
    hash: String,
}

impl Octets {
    pub(super) fn new(body: Body) -> Self {
        Self { body, given_hash: None, read: OnceLock::new() }
    }

    pub(super) fn set_hash(&mut self, hex: String) {
        self.given_hash = Some(hex);
    }

    /// The body to send.
    pub(super) fn body(&self) -> Body {
        self.read.get().map_or(&self.body, |read| &read.body).clone()
    }

    /// The hash, unless it is to be made of bytes in memory.
    pub(super) fn hash(&self) -> Option<&str> {
        self.given_hash.as_deref().or_else(|| self.read.get().map(|read| &*read.hash))
    }

    pub(super) fn is_unread(&self) -> bool {
        self.body.as_bytes().is_none() && self.hash().is_none()
    }

    /// Reads the body for its hash.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](sanyun_core::ErrorKind::Io) if it cannot be read, or has been read and cannot be again.
    pub(crate) async fn read(&self, algorithm: Algorithm) -> Result<()> {
        let failed = |error| Error::io("reading the body for its hash", error);
        let body = self.body.clone().into_replayable(MAX_IN_MEMORY_BYTES).await.map_err(failed)?;
        let mut hasher = Hasher::new(algorithm);
        body.read_through(|piece| hasher.update(piece)).await.map_err(failed)?;
        // Whoever was faster has found the same.
        let _ = self.read.set(Read { body, hash: hasher.hex() });
        Ok(())
    }
}

enum Hasher {
    Sha256(Sha256),
    Sm3(sm3::Sm3),
}

impl Hasher {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::HmacSm3 => Self::Sm3(sm3::Sm3::new()),
            _ => Self::Sha256(Sha256::new()),
        }
    }

    fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(piece),
            Self::Sm3(hash) => hash.update(piece),
        }
    }

    fn hex(self) -> String {
        match self {
            Self::Sha256(hash) => encode::hex(&hash.finish()),
            Self::Sm3(hash) => encode::hex(&hash.finalize()),
        }
    }
}

#[cfg(test)]
mod tests {
    use sanyun_core::StreamBody;

    use super::*;

    #[tokio::test]
    async fn the_hash_is_that_of_the_bytes() {
        for algorithm in [Algorithm::HmacSha256, Algorithm::HmacSm3] {
            let stream = StreamBody::from(bytes::Bytes::from("content")).into_stream();
            let octets = Octets::new(Body::once(stream, None));
            assert!(octets.is_unread());
            octets.read(algorithm).await.unwrap();
            assert_eq!(octets.hash(), Some(&*algorithm.hash_hex(b"content")));
            let body = octets.body();
            assert!(!octets.is_unread() && body.is_replayable() && body.len() == Some(7));
        }
    }

    #[test]
    fn what_lies_in_memory_is_not_read() {
        assert!(!Octets::new("content".into()).is_unread());
        assert!(!Octets::new(Body::empty()).is_unread());
    }
}
