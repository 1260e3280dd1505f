//! A file that is renamed when it is full, as Python's `RotatingFileHandler` does it, but for several processes.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// 10 MiB and 5 backups are the defaults of Huawei Cloud's SDKs.
const DEFAULT_MAX_BYTES: u64 = 10 * 1024 * 1024;
const DEFAULT_BACKUPS: u32 = 5;

pub(super) struct RotatingFile {
    /// Absolute, so that a change of the working directory does not move the log.
    path: PathBuf,
    file: File,
    pub(super) max_bytes: u64,
    pub(super) backups: u32,
    /// The last line was cut, because the disk was full; the next one begins on a line of its own.
    cut: bool,
}

impl RotatingFile {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let file = append(&path)?;
        Ok(Self { path, file, max_bytes: DEFAULT_MAX_BYTES, backups: DEFAULT_BACKUPS, cut: false })
    }

    /// Appends a line, which ends with a line break, in one write: what other processes write stays apart from it.
    pub(super) fn write_line(&mut self, line: &str) -> io::Result<()> {
        self.reopen_if_renamed();
        if self.is_full(line)? {
            self.rotate();
        }
        let text = if self.cut { ["\n", line].concat() } else { line.to_owned() };
        let written = self.file.write(text.as_bytes())?;
        self.cut = written > 0 && written < text.len();
        Ok(())
    }

    /// An empty file is not rotated, whatever the line's length; neither is a device.
    fn is_full(&self, line: &str) -> io::Result<bool> {
        if self.max_bytes == 0 || self.backups == 0 {
            return Ok(false);
        }
        let facts = self.file.metadata()?;
        Ok(facts.is_file() && facts.len() > 0 && facts.len() + line.len() as u64 >= self.max_bytes)
    }

    /// Renames under a lock on the full file: of several processes that find it full, the first one renames it, the
    /// others find it renamed. Where renaming fails, the file grows: a line too many is better than one too few.
    fn rotate(&mut self) {
        let full = self.file.try_clone();
        let locked = full.as_ref().is_ok_and(|full| full.lock().is_ok());
        if !self.reopen_if_renamed() && self.shift().is_ok() {
            self.reopen();
        }
        if let (true, Ok(full)) = (locked, full) {
            let _ = full.unlock();
        }
    }

    fn shift(&self) -> io::Result<()> {
        for number in (1..self.backups).rev() {
            let older = self.backup(number);
            if older.exists() {
                std::fs::rename(older, self.backup(number + 1))?;
            }
        }
        std::fs::rename(&self.path, self.backup(1))
    }

    fn backup(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }

    /// Opens the file anew if another process, or a person, has renamed or deleted it. Says whether it was so.
    fn reopen_if_renamed(&mut self) -> bool {
        let renamed = !is_same(&self.path, &self.file);
        if renamed {
            self.reopen();
        }
        renamed
    }

    fn reopen(&mut self) {
        if let Ok(file) = append(&self.path) {
            self.file = file;
            self.cut = false;
        }
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// Whether the path still leads to the open file.
#[cfg(unix)]
fn is_same(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (std::fs::metadata(path), file.metadata()) {
        (Ok(named), Ok(open)) => (named.dev(), named.ino()) == (open.dev(), open.ino()),
        (Err(error), _) => error.kind() != io::ErrorKind::NotFound,
        _ => true,
    }
}

/// Elsewhere files have no identity that can be asked for: only a missing file is noticed.
#[cfg(not(unix))]
fn is_same(path: &Path, _: &File) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests;
