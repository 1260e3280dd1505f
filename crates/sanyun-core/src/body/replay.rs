//! Bodies that are read before they are sent: for their hash, or because they can be read only once.

use std::fs::OpenOptions;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;

use super::{Body, ByteStream, FileStream, OpenBody, blocking};
use crate::chance::{Chance, SystemChance};
use crate::reply::StreamBody;

/// Bytes that gather before they are written: what tokio gathers of itself is eight times as much.
const WRITE_PIECE_BYTES: usize = 256 * 1024;

impl Body {
    /// Shows all bytes of one opening to `each`, piece by piece, and gives their number. A callback of the body's is not
    /// told: nothing is sent. For the clouds' crates.
    ///
    /// # Errors
    /// As [`open`](Self::open), and what its file or stream fails with.
    pub async fn read_through(&self, mut each: impl FnMut(&[u8])) -> io::Result<u64> {
        let (stream, len) = match self.inner.open()? {
            OpenBody::Empty => return Ok(0),
            OpenBody::Bytes(bytes) => {
                each(&bytes);
                return Ok(bytes.len() as u64);
            }
            OpenBody::Stream(stream, len) => (stream, len),
        };
        let (mut body, mut read) = (StreamBody::new(stream, len), 0);
        while let Some(piece) = body.chunk().await.transpose()? {
            each(&piece);
            read += piece.len() as u64;
        }
        Ok(read)
    }

    /// The same body with its length known and as one that can be sent again. A one-shot stream, or one of unknown length,
    /// is read to its end: up to `max_in_memory` bytes stay there; more go into a temporary file, which only its owner may
    /// read and which is deleted with the last clone of the body. For the clouds' crates.
    ///
    /// # Errors
    /// As [`open`](Self::open), what the stream fails with, and the temporary file cannot be written.
    pub async fn into_replayable(self, max_in_memory: usize) -> io::Result<Self> {
        if self.is_replayable() && self.len().is_some() {
            return Ok(self);
        }
        let stored = match self.inner.open()? {
            OpenBody::Empty => Self::empty(),
            OpenBody::Bytes(bytes) => bytes.into(),
            OpenBody::Stream(stream, len) => store(StreamBody::new(stream, len), max_in_memory).await?,
        };
        Ok(Self { meter: self.meter, ..stored })
    }
}

async fn store(mut body: StreamBody, max_in_memory: usize) -> io::Result<Body> {
    let mut head = Vec::new();
    while let Some(piece) = body.chunk().await.transpose()? {
        head.extend_from_slice(&piece);
        if head.len() > max_in_memory {
            return store_in_file(head, body).await;
        }
    }
    Ok(head.into())
}

async fn store_in_file(head: Vec<u8>, mut body: StreamBody) -> io::Result<Body> {
    let (stored, file) = blocking(Stored::create).await?;
    let mut file = tokio::fs::File::from_std(file);
    file.set_max_buf_size(WRITE_PIECE_BYTES);
    file.write_all(&head).await?;
    let mut len = head.len() as u64;
    drop(head);
    while let Some(piece) = body.chunk().await.transpose()? {
        file.write_all(&piece).await?;
        len += piece.len() as u64;
    }
    file.flush().await?;
    Ok(stored.into_body(len))
}

/// The temporary file of a body; deleted with it.
struct Stored(Arc<PathBuf>);

impl Stored {
    fn create() -> io::Result<(Self, std::fs::File)> {
        let path = std::env::temp_dir().join(format!("sanyun-{:016x}.body", SystemChance.next_u64()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((Self(Arc::new(path)), file))
    }

    fn into_body(self, len: u64) -> Body {
        Body::factory(Some(len), move || {
            let stream: ByteStream = Box::pin(FileStream::new(Arc::clone(&self.0), 0, len));
            Ok(stream)
        })
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&*self.0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use bytes::Bytes;

    use super::*;

    fn once(text: &'static str, len: Option<u64>) -> Body {
        Body::once(StreamBody::from(Bytes::from(text)).into_stream(), len)
    }

    #[tokio::test]
    async fn what_can_be_read_once_can_be_sent_again() {
        for max_in_memory in [0, 100] {
            let body = once("content", None).into_replayable(max_in_memory).await.unwrap();
            assert!(body.is_replayable() && body.as_bytes().is_some() == (max_in_memory > 0));
            assert_eq!(body.len(), Some(7));
            for _ in 0..2 {
                assert_eq!(body.collect().await.unwrap(), "content");
            }
        }
    }

    #[tokio::test]
    async fn the_temporary_file_is_the_owners_and_goes_with_the_body() {
        let (stored, file) = Stored::create().unwrap();
        let path = Arc::clone(&stored.0);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions()) & 0o777, 0o600);
        drop(file);
        let body = stored.into_body(0);
        let clone = body.clone();
        drop(body);
        assert!(path.exists());
        drop(clone);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_stream_that_breaks_or_ends_early_is_an_error() {
        assert!(once("cont", Some(7)).into_replayable(100).await.is_err());
        let spent = once("content", Some(7));
        spent.collect().await.unwrap();
        assert!(spent.into_replayable(100).await.is_err());
    }

    #[tokio::test]
    async fn reading_for_a_hash_tells_nobody() {
        let body =
            once("content", Some(7)).into_replayable(0).await.unwrap().with_progress(|_| panic!("nothing is sent"));
        let mut read = Vec::new();
        assert_eq!(body.read_through(|piece| read.extend_from_slice(piece)).await.unwrap(), 7);
        assert_eq!(read, b"content");
    }
}
