//! Data outside of their object's file: a folder with numbered files. It goes when nobody needs it any more, which is
//! when the object was replaced or deleted and the last reader is done.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::oss::meta::Outside;

/// A folder of data files. It is removed when it is dropped, unless an object or an upload under way has it.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    kept: AtomicBool,
}

impl DataFolder {
    /// A new folder, which nobody has yet.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        fs::create_dir(&path)?;
        Ok(Self { path, kept: AtomicBool::new(false) })
    }

    /// A folder that is there, which an object or an upload has.
    pub(super) fn existing(path: PathBuf) -> Self {
        Self { path, kept: AtomicBool::new(true) }
    }

    /// Its name below the bucket's `data`.
    pub(crate) fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file of a number.
    pub(crate) fn file(&self, number: u32) -> PathBuf {
        self.path.join(number.to_string())
    }

    /// Somebody has it now.
    pub(crate) fn keep(&self) {
        self.kept.store(true, Ordering::Relaxed);
    }

    /// Nobody has it any more but those who read it.
    pub(crate) fn give_up(&self) {
        self.kept.store(false, Ordering::Relaxed);
    }

    /// Adds the whole of a file of this file system under a number: by a second name if that is possible, which costs
    /// nothing, and else by a copy.
    pub(crate) fn add(&self, number: u32, file: &Path) -> io::Result<()> {
        let own = self.file(number);
        match fs::hard_link(file, &own) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
            Err(_) => {
                fs::copy(file, &own)?;
                File::open(own)?.sync_all()
            }
            Ok(()) => Ok(()),
        }
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if !self.kept.load(Ordering::Relaxed) {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Reads files of a folder one after the other, from somewhere in the middle. The folder stays while it is read.
pub(super) struct Sequence {
    folder: Arc<DataFolder>,
    /// What comes after `current`, the next one last: number, where to begin, how many bytes.
    rest: Vec<(u32, u64, u64)>,
    current: Option<io::Take<File>>,
}

impl Sequence {
    pub(super) fn new(folder: Arc<DataFolder>, outside: &Outside, start: u64) -> Self {
        let mut skip = start;
        let mut rest = Vec::with_capacity(outside.files.len());
        for (number, len) in &outside.files {
            let skipped = skip.min(*len);
            skip -= skipped;
            if skipped < *len {
                rest.push((*number, skipped, len - skipped));
            }
        }
        rest.reverse();
        Self { folder, rest, current: None }
    }
}

impl Read for Sequence {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(current) = &mut self.current {
                let read = current.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
            }
            let Some((number, start, len)) = self.rest.pop() else { return Ok(0) };
            let mut file = File::open(self.folder.file(number))?;
            file.seek(SeekFrom::Start(start))?;
            self.current = Some(file.take(len));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_begins_anywhere_and_its_folder_stays_until_it_is_read() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("f");
        let folder = Arc::new(DataFolder::create(path.clone()).unwrap());
        for (number, text) in [(1, "012xx"), (2, ""), (5, "3456789")] {
            fs::write(folder.file(number), text).unwrap();
        }
        let outside = Outside { folder: "f".to_owned(), files: vec![(1, 3), (2, 0), (5, 7)] };
        for start in 0..=10 {
            let mut text = String::new();
            Sequence::new(Arc::clone(&folder), &outside, start as u64).read_to_string(&mut text).unwrap();
            assert_eq!(text, "0123456789"[start..]);
        }
        let mut reader = Sequence::new(Arc::clone(&folder), &outside, 9);
        folder.keep();
        folder.give_up();
        drop(folder);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "9");
        drop(reader);
        assert!(!path.exists());
    }
}
