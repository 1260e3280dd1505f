//! The file that a download becomes.

use std::fs::{self, OpenOptions};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use sanyun_core::{Result, TemporaryName};
use tokio::task::JoinHandle;

use super::disk::{Shared, blocking, failed};
use crate::crc::Digest;

/// A file that is written under another name until it is whole.
pub(super) struct Target {
    path: PathBuf,
    temporary: Temporary,
    pub(super) shared: Arc<Shared>,
}

enum Temporary {
    /// Deleted when nobody wants it any more.
    Own(TemporaryName),
    /// Stays for the next run.
    Kept(PathBuf),
}

impl Target {
    /// A new temporary file of `len` bytes beside `path`.
    pub(super) async fn create(path: &Path, len: u64) -> Result<Self> {
        let own = path.to_owned();
        let (name, file) = blocking(move || {
            let (name, file) = TemporaryName::beside(&own, OpenOptions::new().read(true).write(true).create_new(true))?;
            file.set_len(len)?;
            Ok((name, file))
        })
        .await
        .map_err(failed("saving", path))?;
        Ok(Self { path: path.to_owned(), temporary: Temporary::Own(name), shared: Arc::new(Shared::new(file)) })
    }

    /// The temporary file of this name, which an earlier run may have left behind; it gets `len` bytes.
    pub(super) async fn keep(path: &Path, temporary: PathBuf, len: u64) -> Result<Self> {
        let own = temporary.clone();
        let file = blocking(move || {
            // A link would lead the bytes to where somebody else wants them.
            if fs::symlink_metadata(&own).is_ok_and(|facts| !facts.is_file()) {
                fs::remove_file(&own)?;
            }
            let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&own)?;
            file.set_len(len)?;
            Ok(file)
        })
        .await
        .map_err(failed("saving", &temporary))?;
        Ok(Self { path: path.to_owned(), temporary: Temporary::Kept(temporary), shared: Arc::new(Shared::new(file)) })
    }

    /// Gives the file its name, when its bytes have reached the disk.
    pub(super) async fn finish(self, sync: bool) -> Result<()> {
        let Self { path, temporary, shared } = self;
        let what = failed("saving", &path);
        blocking(move || {
            // Renamed before its bytes are on the disk, a file could be empty after a crash.
            if sync {
                shared.file().sync_data()?;
            }
            drop(shared);
            match temporary {
                Temporary::Own(name) => {
                    fs::rename(name.path(), &path)?;
                    name.keep();
                }
                Temporary::Kept(name) => fs::rename(name, &path)?,
            }
            if sync { sync_folder(&path) } else { Ok(()) }
        })
        .await
        .map_err(what)
    }

    /// The file is of no use any more.
    pub(super) async fn discard(self) {
        if let Temporary::Kept(name) = &self.temporary {
            let name = name.clone();
            let _ = blocking(move || fs::remove_file(name)).await;
        }
    }
}

/// Brings a new name to the disk, where folders can be opened.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        return fs::File::open(folder)?.sync_all();
    }
    Ok(())
}

/// Writes the bytes of one part one after the other, a batch at a time; the next one gathers while the last one is
/// written.
pub(super) struct PartWriter {
    shared: Arc<Shared>,
    /// Where in the file the next byte goes.
    at: u64,
    batch: Vec<Bytes>,
    batch_bytes: usize,
    writing: Option<JoinHandle<io::Result<(u64, Digest)>>>,
    written: Written,
}

/// What is in the file of a part.
#[derive(Clone, Default)]
pub(super) struct Written {
    /// Bytes from the beginning of the part.
    pub(super) len: u64,
    /// Their checksum.
    pub(super) digest: Digest,
}

/// Bytes written at a time: the hand-over to another thread shall not count.
const BATCH_BYTES: usize = 512 << 10;

impl PartWriter {
    /// Goes on behind what is there of the part at these places of the file.
    pub(super) fn new(shared: &Arc<Shared>, places: &Range<u64>, written: Written) -> Self {
        let at = places.start + written.len;
        Self { shared: Arc::clone(shared), at, batch: Vec::new(), batch_bytes: 0, writing: None, written }
    }

    pub(super) async fn write(&mut self, piece: Bytes) -> io::Result<()> {
        self.batch_bytes += piece.len();
        self.batch.push(piece);
        if self.batch_bytes >= BATCH_BYTES { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.settle().await?;
        let (batch, bytes) = (std::mem::take(&mut self.batch), std::mem::take(&mut self.batch_bytes) as u64);
        let (shared, mut at, mut digest) = (Arc::clone(&self.shared), self.at, self.written.digest.clone());
        self.at += bytes;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            for piece in batch {
                shared.write_all_at(&piece, at)?;
                digest.update(&piece);
                at += piece.len() as u64;
            }
            Ok((bytes, digest))
        }));
        Ok(())
    }

    /// Waits for what is on its way.
    async fn settle(&mut self) -> io::Result<()> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        let (bytes, digest) = writing.await.unwrap_or_else(|_| Err(io::Error::other("the thread stopped")))?;
        self.written.len += bytes;
        self.written.digest = digest;
        Ok(())
    }

    /// Writes what has gathered, and says what is there.
    pub(super) async fn finish(mut self) -> io::Result<Written> {
        self.flush().await?;
        self.settle().await?;
        Ok(self.written)
    }
}
