//! Receiving an object: from the socket to a temporary file in pieces, hashed on the way. At most two batches of pieces
//! are in memory, whatever the size: one is being written while the next one arrives.

use std::io::{self, Write as _};
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use md5::{Digest as _, Md5};
use sanyun_core::encode;
use sanyun_oss::crc;
use tokio::task::{JoinHandle, spawn_blocking};

use super::meta::Meta;
use super::refusal::Refusal;
use super::store::Store;
use crate::arrival::{ArrivingBody, BodyError};
use crate::durable::Draft;
use crate::pieces::PIECE_BYTES;

/// Where the data of an object come from, in pieces.
pub(super) trait Source {
    /// How many bytes are to come, if it is known.
    fn announced(&self) -> Option<u64>;

    /// The next piece; `None` at the end.
    fn piece(&mut self) -> impl Future<Output = Result<Option<Bytes>, Refusal>> + Send;
}

impl Source for ArrivingBody {
    fn announced(&self) -> Option<u64> {
        self.announced()
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Refusal> {
        Ok(self.piece().await?)
    }
}

/// The largest object of one request: 5 GiB.
const SIZE_LIMIT: u64 = 5 * 1024 * 1024 * 1024;

/// Data on their way into the store.
pub(crate) struct Upload {
    pub(crate) draft: Draft,
    pub(crate) len: u64,
    md5: Md5,
    crc64: crc::Digest,
}

/// The checksums of all data.
pub(crate) struct Sums {
    pub(crate) md5: [u8; 16],
    pub(crate) crc64: u64,
}

impl Upload {
    /// An empty temporary file. Blocks.
    pub(crate) fn begin(store: &Store) -> io::Result<Self> {
        Ok(Self { draft: store.draft()?, len: 0, md5: Md5::new(), crc64: crc::Digest::new() })
    }

    /// Adds data. Blocks.
    pub(crate) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.draft.file.write_all(piece)?;
        self.md5.update(piece);
        self.crc64.update(piece);
        self.len += piece.len() as u64;
        Ok(())
    }

    /// The checksums so far.
    pub(crate) fn sums(&self) -> Sums {
        Sums { md5: self.md5.clone().finalize().into(), crc64: self.crc64.value() }
    }
}

impl Sums {
    /// The entity tag: upper-case MD5, without quotes.
    pub(crate) fn etag(&self) -> String {
        encode::hex(&self.md5).to_ascii_uppercase()
    }

    /// Writes into what is known of an object what its data are.
    pub(crate) fn describe(&self, meta: &mut Meta, len: u64) {
        meta.size = len;
        meta.etag = self.etag();
        meta.crc64 = self.crc64;
    }
}

/// Checks the digest that the client sent; empty for none.
///
/// # Errors
/// `InvalidDigest`.
pub(super) fn check_md5(md5: &[u8; 16], sent: &str) -> Result<(), Refusal> {
    let message = match encode::base64_decode(sent) {
        _ if sent.is_empty() => return Ok(()),
        Some(digest) if digest == md5 => return Ok(()),
        Some(digest) if digest.len() == 16 => "The Content-MD5 you specified did not match what we received.",
        _ => "The Content-MD5 you specified was invalid.",
    };
    Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidDigest", message).detail("Content-MD5", sent))
}

/// A body that has arrived: all but the last batch lies in the file. The rest is written together with what comes
/// after it, so that a small object costs one visit to a blocking thread.
pub(crate) struct Received {
    store: Arc<Store>,
    upload: Option<Upload>,
    rest: Vec<Bytes>,
}

impl Received {
    /// The upload with everything in the file. Blocks.
    pub(crate) fn finish(self) -> io::Result<Upload> {
        write_batch(&self.store, self.upload, &self.rest)
    }
}

/// Receives a body.
pub(super) async fn receive(store: &Arc<Store>, body: &mut impl Source) -> Result<Received, Refusal> {
    if body.announced().is_some_and(|len| len > SIZE_LIMIT) {
        return Err(BodyError::TooLarge.into());
    }
    let mut writing: Option<JoinHandle<io::Result<Upload>>> = None;
    loop {
        let (batch, ended) = next_batch(body).await?;
        let upload = match writing.take() {
            Some(writing) => Some(writing.await.map_err(io::Error::other)??),
            None => None,
        };
        if upload.as_ref().is_some_and(|upload| upload.len > SIZE_LIMIT) {
            return Err(BodyError::TooLarge.into());
        }
        if ended {
            return Ok(Received { store: Arc::clone(store), upload, rest: batch });
        }
        let store = Arc::clone(store);
        writing = Some(spawn_blocking(move || write_batch(&store, upload, &batch)));
    }
}

fn write_batch(store: &Store, upload: Option<Upload>, batch: &[Bytes]) -> io::Result<Upload> {
    let mut upload = match upload {
        Some(upload) => upload,
        None => Upload::begin(store)?,
    };
    for piece in batch {
        upload.write(piece)?;
    }
    Ok(upload)
}

/// Pieces worth a visit to a blocking thread, and whether they are the last.
async fn next_batch(body: &mut impl Source) -> Result<(Vec<Bytes>, bool), Refusal> {
    let (mut batch, mut len) = (Vec::new(), 0);
    while len < PIECE_BYTES {
        let Some(piece) = body.piece().await? else { return Ok((batch, true)) };
        len += piece.len() as u64;
        batch.push(piece);
    }
    Ok((batch, false))
}
