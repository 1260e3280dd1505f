//! Files that several parts are read from or written to at a time.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use sanyun_core::{Error, Result};

/// Runs what waits for the disk on tokio's blocking threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(io::Error::other("the thread stopped")))
}

/// An open file with reads and writes at any place.
#[derive(Debug)]
pub(super) struct Shared {
    file: File,
    /// Where a place can only be gone to, not named, nobody else may go elsewhere in between.
    #[cfg(not(unix))]
    place: std::sync::Mutex<()>,
}

impl Shared {
    pub(super) fn new(file: File) -> Self {
        Self {
            file,
            #[cfg(not(unix))]
            place: std::sync::Mutex::default(),
        }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Fills the whole buffer.
    #[cfg(unix)]
    pub(super) fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, at)
    }

    /// Writes the whole buffer.
    #[cfg(unix)]
    pub(super) fn write_all_at(&self, buffer: &[u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.file, buffer, at)
    }

    /// Fills the whole buffer.
    #[cfg(not(unix))]
    pub(super) fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        use std::io::{Read as _, Seek as _};
        let _alone = self.place.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (&self.file).seek(io::SeekFrom::Start(at))?;
        (&self.file).read_exact(buffer)
    }

    /// Writes the whole buffer.
    #[cfg(not(unix))]
    pub(super) fn write_all_at(&self, buffer: &[u8], at: u64) -> io::Result<()> {
        use std::io::{Seek as _, Write as _};
        let _alone = self.place.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (&self.file).seek(io::SeekFrom::Start(at))?;
        (&self.file).write_all(buffer)
    }

    /// The CRC-64 of some of its bytes.
    pub(super) fn checksum(&self, range: std::ops::Range<u64>) -> io::Result<u64> {
        let mut digest = crate::crc::Digest::new();
        let mut buffer = vec![0; PIECE_BYTES.min(range.end.saturating_sub(range.start)) as usize];
        let mut at = range.start;
        while at < range.end {
            let wanted = PIECE_BYTES.min(range.end - at) as usize;
            let piece = buffer.get_mut(..wanted).unwrap_or_default();
            self.read_exact_at(piece, at)?;
            digest.update(piece);
            at += wanted as u64;
        }
        Ok(digest.value())
    }
}

/// Bytes read at a time.
const PIECE_BYTES: u64 = 256 << 10;

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct FileState {
    /// Bytes.
    pub(super) len: u64,
    /// When it was last written to.
    pub(super) modified: Option<SystemTime>,
}

impl FileState {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let facts = file.metadata()?;
        Ok(Self { len: facts.len(), modified: facts.modified().ok() })
    }

    /// Nanoseconds since 1970, for a checkpoint.
    pub(super) fn modified_nanos(&self) -> Option<u128> {
        Some(self.modified?.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos())
    }
}

/// What cannot be read or written.
pub(super) fn failed(what: &str, path: &Path) -> impl Fn(io::Error) -> Error + use<> {
    let what = format!("{what} {}", path.display());
    move |error| Error::io(&what, error)
}

/// The absolute form of a path, in the words of the file system: links on the way are not followed.
pub(super) fn absolute(path: &Path) -> Result<std::path::PathBuf> {
    std::path::absolute(path).map_err(failed("finding", path))
}
