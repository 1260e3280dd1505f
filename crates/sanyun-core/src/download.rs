//! A streamed body to a file or a writer.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::body::blocking;
use crate::chance::{Chance, SystemChance};
use crate::error::{Error, Result};
use crate::reply::StreamBody;
use crate::transport::TransportError;

impl StreamBody {
    /// Writes everything that has not been read yet, piece by piece; gives the number of bytes. The writer is flushed,
    /// not closed.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), with the kind of a call that broke; the writer cannot be written to.
    pub async fn write_to<W: AsyncWrite + Unpin + ?Sized>(&mut self, out: &mut W) -> Result<u64> {
        self.pour(out, |error| Error::io("writing what was downloaded", error)).await
    }

    async fn pour<W: AsyncWrite + Unpin + ?Sized>(
        &mut self,
        out: &mut W,
        failed: impl Fn(io::Error) -> Error,
    ) -> Result<u64> {
        let mut written = 0;
        while let Some(piece) = self.chunk().await.transpose().map_err(read_failed)? {
            out.write_all(&piece).await.map_err(&failed)?;
            written += piece.len() as u64;
        }
        out.flush().await.map_err(&failed)?;
        Ok(written)
    }

    /// Saves everything that has not been read yet as a file; gives the number of bytes. Until it is there whole and has
    /// reached the disk, the file has a temporary name in the same folder, and whatever is under the name itself stays
    /// as it is. After an error, or when the future is dropped, the temporary file is deleted. The file has the
    /// permissions of any new one; a symbolic link is replaced, not followed.
    ///
    /// ```no_run
    /// # async fn example(call: sanyun_core::Call<sanyun_core::StreamBody>) -> sanyun_core::Result<()> {
    /// call.await?.with_progress(|progress| eprintln!("{progress}")).save("result.jpg").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), with the kind of a call that broke: a connection that broke, or ended before the
    /// announced length. [`ErrorKind::Io`](crate::ErrorKind::Io), naming the path, if the file cannot be written.
    pub async fn save(&mut self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let failed = |error| Error::io(format_args!("saving {}", path.display()), error);
        let target = path.to_owned();
        let (part, file) = blocking(move || Part::beside(&target, OpenOptions::new().write(true).create_new(true)))
            .await
            .map_err(failed)?;
        let mut file = File::from_std(file);
        let written = self.pour(&mut file, failed).await?;
        // Renamed before its bytes are on the disk, a file could be empty after a crash.
        file.sync_data().await.map_err(failed)?;
        drop(file);
        tokio::fs::rename(part.path(), path).await.map_err(failed)?;
        part.keep();
        Ok(written)
    }

    /// [`save`](Self::save) on a thread without an async runtime, for what [`Call::block`](crate::Call::block) gave.
    /// Feature `blocking`.
    ///
    /// # Errors
    /// As [`save`](Self::save); [`ErrorKind::Config`](crate::ErrorKind::Config) on an async runtime's thread.
    #[cfg(feature = "blocking")]
    pub fn save_blocking(&mut self, path: impl AsRef<Path>) -> Result<u64> {
        crate::blocking::block_on(self.save(path))
    }

    /// [`chunk`](Self::chunk) on a thread without an async runtime. Feature `blocking`.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk); on an async runtime's thread.
    #[cfg(feature = "blocking")]
    pub fn chunk_blocking(&mut self) -> Option<io::Result<bytes::Bytes>> {
        let next = crate::blocking::block_on(async { Ok(self.chunk().await) });
        next.unwrap_or_else(|error| Some(Err(io::Error::other(error))))
    }
}

/// What a body that could not be read on is to its caller: the same as a call whose reply broke off.
fn read_failed(error: io::Error) -> Error {
    TransportError::from_body(error).into()
}

/// The temporary name of a file, in the folder of the one that it becomes. It is deleted unless it is kept. For the
/// clouds' crates.
#[derive(Debug)]
pub struct Part(PathBuf);

impl Part {
    /// Made together with its file, so that neither is forgotten when nobody waits for it any more.
    ///
    /// # Errors
    /// The path is that of a folder; the file cannot be opened so.
    pub fn beside(path: &Path, options: &OpenOptions) -> io::Result<(Self, std::fs::File)> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let part = path.with_file_name(format!(".sanyun-{:016x}.part", SystemChance.next_u64()));
        let file = options.open(&part)?;
        Ok((Self(part), file))
    }

    /// The temporary name.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The file has its own name now.
    pub fn keep(mut self) {
        self.0 = PathBuf::new();
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.0);
        }
    }
}
