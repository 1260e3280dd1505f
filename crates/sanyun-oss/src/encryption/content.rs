//! The content of an object: AES-256 in counter mode, from any offset, piece by piece.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use aes::Aes256;
use bytes::{Buf as _, Bytes, BytesMut};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _, StreamCipherSeek as _};
use futures_core::Stream;
use sanyun_core::{Body, ByteStream, Chance, OpenBody, Result, StreamBody};
use zeroize::Zeroize as _;

/// The name that the envelope has for it.
pub(super) const ALGORITHM: &str = "AES/CTR/NoPadding";

/// Bytes of the cipher's block: ranges begin at a multiple, and so do parts.
pub(super) const BLOCK_BYTES: u64 = 16;

/// Bytes that are worked on at a time: small enough for the processor's cache, and for what is copied of a body that lies
/// in memory.
const PIECE_BYTES: usize = 128 * 1024;

/// What one object is encrypted with: its key, and the 16 bytes that its counter starts at. It is not shown, and wiped
/// from memory when it is dropped.
pub struct DataKey(Box<Parts>);

/// Apart on the heap: moving it leaves no copy behind.
struct Parts {
    key: [u8; 32],
    start: [u8; 16],
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.key.zeroize();
        self.start.zeroize();
    }
}

impl DataKey {
    /// From its two parts, of 32 and 16 bytes; `None` if they have other lengths.
    pub fn new(key: &[u8], start: &[u8]) -> Option<Self> {
        let mut made = Self(Box::new(Parts { key: [0; 32], start: [0; 16] }));
        if (key.len(), start.len()) != (made.0.key.len(), made.0.start.len()) {
            return None;
        }
        made.0.key.copy_from_slice(key);
        made.0.start.copy_from_slice(start);
        Some(made)
    }

    /// A new one. Bytes 8 to 11 of the start are zero, as in all SDKs of OSS: so the counter cannot come into the bytes
    /// that tell two objects apart.
    pub(super) fn random(chance: &dyn Chance) -> Result<Self> {
        let mut made = Self(Box::new(Parts { key: [0; 32], start: [0; 16] }));
        chance.fill_key(&mut made.0.key)?;
        chance.fill_key(&mut made.0.start)?;
        if let Some(counter) = made.0.start.get_mut(8..12) {
            counter.fill(0);
        }
        Ok(made)
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.0.key
    }

    pub(super) fn start(&self) -> &[u8] {
        &self.0.start
    }

    /// Encrypts or decrypts, which is the same, the bytes that lie at `offset` of the object.
    pub fn apply(&self, offset: u64, bytes: &mut [u8]) {
        self.cipher(offset).apply_keystream(bytes);
    }

    fn cipher(&self, offset: u64) -> Ctr128BE<Aes256> {
        let mut cipher = Ctr128BE::new((&self.0.key).into(), (&self.0.start).into());
        // The counter has 128 bits: no offset of 64 bits is behind its end.
        cipher.seek(offset);
        cipher
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(***)")
    }
}

/// The encrypted form of a body whose first byte lies at `offset` of the object. It can be sent again if the body can, and
/// is the same bytes each time.
///
/// # Errors
/// A one-shot body was read before.
pub(super) fn encrypted(body: Body, key: Arc<DataKey>, offset: u64) -> io::Result<Body> {
    if body.is_empty() {
        return Ok(body);
    }
    let (len, is_replayable) = (body.len(), body.is_replayable());
    let open = move || -> io::Result<ByteStream> {
        Ok(match body.open()? {
            OpenBody::Empty => StreamBody::from(Bytes::new()).into_stream(),
            OpenBody::Bytes(bytes) => applied(StreamBody::from(bytes).into_stream(), Some(&key), offset, 0),
            OpenBody::Stream(stream, _) => applied(stream, Some(&key), offset, 0),
        })
    };
    if is_replayable { Ok(Body::factory(len, open)) } else { Ok(Body::once(open()?, len)) }
}

/// The bytes of a stream without the first `skip`, encrypted or decrypted if there is a key; `offset` is where the stream
/// begins in the object.
pub(super) fn applied(stream: ByteStream, key: Option<&DataKey>, offset: u64, skip: u64) -> ByteStream {
    let cipher = key.map(|key| key.cipher(offset + skip));
    Box::pin(Applied { stream, rest: Bytes::new(), skip, cipher })
}

struct Applied {
    stream: ByteStream,
    /// Of a piece that was too large.
    rest: Bytes,
    skip: u64,
    cipher: Option<Ctr128BE<Aes256>>,
}

impl Applied {
    /// The next of the bytes that are there.
    fn give(&mut self) -> Option<Bytes> {
        let skipped = self.skip.min(self.rest.len() as u64);
        self.rest.advance(skipped as usize);
        self.skip -= skipped;
        let piece = self.rest.split_to(self.rest.len().min(PIECE_BYTES));
        let Some(cipher) = self.cipher.as_mut().filter(|_| !piece.is_empty()) else {
            return Some(piece).filter(|piece| !piece.is_empty());
        };
        // Copied only if somebody else has it, too.
        let mut piece = piece.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&*shared));
        cipher.apply_keystream(&mut piece);
        Some(piece.freeze())
    }
}

impl Stream for Applied {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(piece) = this.give() {
                return Poll::Ready(Some(Ok(piece)));
            }
            match ready!(this.stream.as_mut().poll_next(cx)) {
                Some(Ok(piece)) => this.rest = piece,
                end => return Poll::Ready(end),
            }
        }
    }
}
