//! Changing a file that other programs read and change as well.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::download::Part;

/// How a file is changed: what stands in it goes in, and comes out what is to stand there; `None` leaves it alone.
pub type Edit<'a> = dyn FnMut(&[u8]) -> io::Result<Option<Vec<u8>>> + 'a;

/// Changes a file in one step. Whoever else changes it in this way waits, readers see the old text or the new one, and
/// after a crash one of the two is there whole. A symbolic link is followed. The new file may be read and written by its
/// owner only. Beside it stays an empty file with `.lock` behind its name: a lock on the file itself would be one on what
/// has just been replaced, and deleting the other would let two in.
pub(super) fn update(path: &Path, edit: &mut Edit<'_>) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let _held_to_the_end = lock(&path)?;
    let Some(content) = edit(&fs::read(&path)?)? else { return Ok(()) };
    let (part, mut file) = Part::beside(&path, private().create_new(true))?;
    file.write_all(&content)?;
    // Renamed before its bytes are on the disk, a file could be empty after a crash.
    file.sync_data()?;
    drop(file);
    fs::rename(part.path(), &path)?;
    part.keep();
    Ok(())
}

fn lock(path: &Path) -> io::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = private().create(true).open(name)?;
    file.lock()?;
    Ok(file)
}

/// How a file is opened that only its owner may read, from its first moment on.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Files, Process};

    fn append(path: &Path, text: &str) -> io::Result<()> {
        Process.update(path, &mut |old| Ok(Some([old, text.as_bytes()].concat())))
    }

    #[test]
    fn a_change_is_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "a").unwrap();
        append(&path, "b").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ab");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&path).unwrap()) & 0o777, 0o600);
        Process.update(&path, &mut |_| Ok(None)).unwrap();
        let failed = Process.update(&path, &mut |_| Err(io::ErrorKind::InvalidData.into()));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read_to_string(&path).unwrap(), "ab");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing but the lock is left");
        assert_eq!(append(&folder.path().join("none"), "").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "a").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        append(&link, "b").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "ab");
    }

    #[test]
    fn no_change_of_many_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..25).for_each(|_| append(&path, "x").unwrap()));
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap().len(), 200);
    }
}
