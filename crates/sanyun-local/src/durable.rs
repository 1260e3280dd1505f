//! Writing so that a kill at any moment leaves either the old or the new: a temporary file, synced, renamed, and the
//! directory synced.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder for temporary files beside the final ones, on the same file system.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    next: AtomicU64,
    sync: bool,
}

impl Scratch {
    /// Makes the folder, and empties it of what a killed server left. Without `sync` nothing is forced to the disk:
    /// right for data that ends with the process.
    pub(crate) fn new(folder: PathBuf, sync: bool) -> io::Result<Self> {
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(&folder)?,
        }
        Ok(Self { folder, next: AtomicU64::new(0), sync })
    }

    /// A path in the folder that nobody else has.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(self.next.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// A new temporary file. It is removed when it is dropped without being published.
    pub(crate) fn create(&self) -> io::Result<Draft> {
        let path = self.path();
        let file = File::create_new(&path)?;
        Ok(Draft { file, path, published: false })
    }

    /// Forces a file's content to the disk.
    pub(crate) fn sync_file(&self, file: &File) -> io::Result<()> {
        if self.sync { file.sync_data() } else { Ok(()) }
    }

    /// Forces a folder's entries to the disk.
    pub(crate) fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Windows has no such thing; its renames are journaled.
        if self.sync && cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    /// Replaces a small file.
    pub(crate) fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut draft = self.create()?;
        draft.file.write_all(content)?;
        self.sync_file(&draft.file)?;
        draft.publish(path)?;
        self.sync_folder(path.parent().unwrap_or(Path::new(".")))
    }
}

/// A temporary file on its way to become a final one.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) file: File,
    path: PathBuf,
    published: bool,
}

impl Draft {
    /// Gives the file its final name, replacing what had it.
    pub(crate) fn publish(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.published = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Holds a data folder for one process.
#[derive(Debug)]
pub(crate) struct FolderLock(#[allow(dead_code, reason = "the lock lasts as long as the file is open")] File);

impl FolderLock {
    /// Takes the folder.
    ///
    /// # Errors
    /// Another process has it.
    pub(crate) fn take(folder: &Path) -> io::Result<Self> {
        let file = File::create(folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(fs::TryLockError::WouldBlock) => {
                Err(io::Error::new(io::ErrorKind::ResourceBusy, "another local cloud is using this folder"))
            }
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_that_is_not_published_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(folder.path().join("tmp"), true).unwrap();
        drop(scratch.create().unwrap());
        scratch.replace(&folder.path().join("kept"), b"content").unwrap();
        assert_eq!(fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
        assert_eq!(fs::read(folder.path().join("kept")).unwrap(), b"content");
    }

    #[test]
    fn a_folder_has_one_owner() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        assert_eq!(FolderLock::take(folder.path()).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        drop(first);
        FolderLock::take(folder.path()).unwrap();
    }
}
