//! The files of a folder, and the paths that keys may become.

use std::path::{Path, PathBuf};

use sanyun_core::{Error, Result};

/// A file below a folder, with the part of a key that it becomes.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) len: u64,
}

/// All files below a folder, in the order of their names. Links to files are followed, links to folders are not: they
/// may lead around in circles. Folders without files leave no trace.
///
/// # Errors
/// A folder cannot be read, or a name is not UTF-8 and so cannot be a key.
pub(super) fn files(folder: &Path) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    add_files(folder, "", &mut found)?;
    Ok(found)
}

fn add_files(folder: &Path, prefix: &str, found: &mut Vec<Found>) -> Result<()> {
    let failed = |error| Error::io(format!("reading the folder {}", folder.display()), error);
    let mut entries = std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().into_string().map_err(|_| {
            Error::input(format!("the name of {} is not UTF-8, so that it cannot be a key", path.display()))
        })?;
        let name = format!("{prefix}{name}");
        if entry.file_type().map_err(failed)?.is_dir() {
            add_files(&path, &format!("{name}/"), found)?;
        } else {
            let facts = std::fs::metadata(&path).map_err(|error| Error::io(path.display(), error))?;
            if facts.is_file() {
                found.push(Found { path, name, len: facts.len() });
            }
        }
    }
    Ok(())
}

/// Where a key is put below a folder. A key that would lead out of it, or that the file system would take for another,
/// has no place there.
///
/// # Errors
/// Such a key.
pub(super) fn below(folder: &Path, name: &str) -> Result<PathBuf> {
    let odd = |part: &str| part.is_empty() || part == "." || part == ".." || part.contains(['\0', '\\']);
    let odd_on_windows = |part: &str| cfg!(windows) && (part.contains(':') || part.ends_with(['.', ' ']));
    if name.split('/').any(|part| odd(part) || odd_on_windows(part)) {
        return Err(Error::input(format!("the key `{name}` cannot be a path below {}", folder.display()))
            .with_hint("copy this object by itself, to a file name of your choice"));
    }
    Ok(name.split('/').fold(folder.to_owned(), |path, part| path.join(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_never_lead_out_of_the_folder() {
        assert_eq!(below(Path::new("out"), "a/b c.txt").unwrap(), Path::new("out/a/b c.txt"));
        for key in ["..", "a/../../b", "/etc/passwd", "a//b", "./a", "a/", "a\\..\\b", "a\0b", ""] {
            assert!(below(Path::new("out"), key).is_err(), "{key:?}");
        }
    }

    #[test]
    fn folders_are_walked_in_order() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("b/empty")).unwrap();
        std::fs::write(folder.path().join("b/x"), "12").unwrap();
        std::fs::write(folder.path().join("a"), "1").unwrap();
        let names: Vec<_> = files(folder.path()).unwrap().into_iter().map(|found| (found.name, found.len)).collect();
        assert_eq!(names, [("a".to_owned(), 1), ("b/x".to_owned(), 2)]);
    }
}
