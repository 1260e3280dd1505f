//! What lies in a folder or in a bucket.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sanyun_core::{Error, Result};

use super::glob::Filter;
use super::names::{Names, is_temporary};
use crate::bucket::Bucket;
use crate::list::ObjectSummary;

/// One side of a synchronisation.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// The objects whose keys begin so. What stands behind the beginning is their name: for a folder, end it with `/`.
    Objects {
        /// The bucket.
        bucket: Bucket,
        /// What the keys begin with.
        prefix: String,
    },
}

impl Place {
    /// A folder of this machine.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self::Folder(path.into())
    }

    /// The objects of a bucket whose keys begin so.
    pub fn objects(bucket: &Bucket, prefix: impl Into<String>) -> Self {
        Self::Objects { bucket: bucket.clone(), prefix: prefix.into() }
    }

    /// Where something of this name is, or will be.
    pub(super) fn spot(&self, name: &str, names: Names) -> Result<Spot> {
        match self {
            Self::Folder(folder) => Ok(Spot::File(folder.join(names.to_path(name)?))),
            Self::Objects { bucket, prefix } => {
                Ok(Spot::Object { bucket: bucket.clone(), key: [prefix.as_str(), name].concat() })
            }
        }
    }

    /// What is there.
    pub(super) async fn look(&self, filter: &Filter, names: Names) -> Result<Inventory> {
        let mut inventory = match self {
            Self::Folder(folder) => walk(folder.clone(), filter.clone(), names).await?,
            Self::Objects { bucket, prefix } => list(bucket, prefix, filter).await?,
        };
        inventory.entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(inventory)
    }
}

/// A file or an object.
#[derive(Clone, Debug)]
pub enum Spot {
    /// A file.
    File(PathBuf),
    /// An object.
    Object {
        /// The bucket.
        bucket: Bucket,
        /// The key.
        key: String,
    },
}

impl Spot {
    /// What is there, under this name; `None` if nothing is.
    ///
    /// # Errors
    /// It cannot be looked at; it is a folder.
    pub async fn look(&self, name: &str) -> Result<Option<Entry>> {
        match self {
            Self::File(path) => match Entry::file(name.to_owned(), path.clone()) {
                Ok(entry) => Ok(Some(entry)),
                Err(_) if std::fs::symlink_metadata(path).is_err() => Ok(None),
                Err(error) => Err(error),
            },
            Self::Object { bucket, key } => match bucket.head(&**key).await {
                Ok(meta) => Ok(Some(Entry {
                    name: name.to_owned(),
                    spot: self.clone(),
                    size: meta.content_length().unwrap_or_default(),
                    modified: meta.last_modified(),
                    etag: meta.etag().map(str::to_owned),
                })),
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }
}

/// The answer to HEAD has no body: where a header does not say what is missing, it is the object.
fn is_missing(error: &Error) -> bool {
    let status = error.service().map(sanyun_core::ServiceError::status);
    status == Some(404) && error.code() != Some("NoSuchBucket")
}

/// The path, or `oss://bucket/key`.
impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Object { bucket, key } => write!(f, "oss://{}/{key}", bucket.name()),
        }
    }
}

/// Something that is there.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name below the place, with slashes.
    pub name: String,
    /// Where it is.
    pub spot: Spot,
    /// The length in bytes.
    pub size: u64,
    /// When it was last written to.
    pub modified: Option<SystemTime>,
    /// The ETag of an object, with its quotes.
    pub etag: Option<String>,
}

impl Entry {
    /// An object that a listing told of.
    pub fn object(bucket: &Bucket, name: String, object: ObjectSummary) -> Self {
        Self {
            name,
            spot: Spot::Object { bucket: bucket.clone(), key: object.key },
            size: object.size,
            modified: object.last_modified,
            etag: Some(object.etag).filter(|etag| !etag.is_empty()),
        }
    }

    /// A file.
    ///
    /// # Errors
    /// Nothing can be learnt of it, or it is no file.
    pub fn file(name: String, path: PathBuf) -> Result<Self> {
        let facts = std::fs::metadata(&path).map_err(|error| Error::io(path.display(), error))?;
        if facts.is_dir() {
            return Err(Error::input(format!("{} is a folder", path.display())));
        }
        Ok(Self { name, size: facts.len(), modified: facts.modified().ok(), spot: Spot::File(path), etag: None })
    }

    /// Whether it is what consoles make as a folder: an object without bytes whose key ends with a slash.
    pub(super) fn is_folder_marker(&self) -> bool {
        self.size == 0 && matches!(&self.spot, Spot::Object { key, .. } if key.ends_with('/'))
    }
}

/// What a place holds.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    pub(super) entries: Vec<Entry>,
    /// What could not be looked at, by its path.
    pub(super) unreadable: Vec<(String, Error)>,
    /// What the filter left out.
    pub(super) excluded: u64,
    /// Temporary files of downloads that were cut off or are at work.
    pub(super) temporary: u64,
}

async fn list(bucket: &Bucket, prefix: &str, filter: &Filter) -> Result<Inventory> {
    let mut inventory = Inventory::default();
    let mut wanted = prefix.to_owned();
    if let Some((only, _)) = &filter.only {
        wanted.push_str(&only.literal_prefix());
    }
    let mut objects = bucket.list().page_size(1000).prefix(wanted).items();
    while let Some(object) = objects.next().await {
        let object = object?;
        let Some(name) = object.key.strip_prefix(prefix).map(str::to_owned) else { continue };
        if filter.takes(&name) {
            inventory.entries.push(Entry::object(bucket, name, object));
        } else {
            inventory.excluded += 1;
        }
    }
    Ok(inventory)
}

async fn walk(folder: PathBuf, filter: Filter, names: Names) -> Result<Inventory> {
    let walk = move || {
        let mut walk = Walk { filter, names, inventory: Inventory::default() };
        let entries = std::fs::read_dir(&folder)
            .map_err(|error| Error::io(format!("reading the folder {}", folder.display()), error))?;
        walk.entries(entries, "");
        Ok(walk.inventory)
    };
    tokio::task::spawn_blocking(walk).await.unwrap_or_else(|_| Err(Error::input("the folder could not be walked")))
}

struct Walk {
    filter: Filter,
    names: Names,
    inventory: Inventory,
}

impl Walk {
    fn entries(&mut self, entries: std::fs::ReadDir, prefix: &str) {
        for entry in entries {
            match entry {
                Ok(entry) => self.entry(&entry, prefix),
                Err(error) => self.unreadable(prefix.to_owned(), error),
            }
        }
    }

    /// Links to files are followed, links to folders are not: they may lead around in circles.
    fn entry(&mut self, entry: &std::fs::DirEntry, prefix: &str) {
        let (own, path) = (entry.file_name(), entry.path());
        let shown = format!("{prefix}{}", own.to_string_lossy());
        let Some(own) = own.to_str() else {
            let error =
                Error::input(format!("the name of {} is not UTF-8, so that it cannot be a key", path.display()));
            return self.inventory.unreadable.push((shown, error));
        };
        if is_temporary(own) {
            self.inventory.temporary += 1;
            return;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => match std::fs::read_dir(&path) {
                Ok(entries) => self.entries(entries, &format!("{shown}/")),
                Err(error) => self.unreadable(shown, error),
            },
            Ok(_) => self.file(&shown, &path),
            Err(error) => self.unreadable(shown, error),
        }
    }

    fn file(&mut self, shown: &str, path: &Path) {
        let name = self.names.from_path(shown).into_owned();
        if !self.filter.takes(&name) {
            self.inventory.excluded += 1;
            return;
        }
        match std::fs::metadata(path) {
            Ok(facts) if facts.is_file() => self.inventory.entries.push(Entry {
                name,
                spot: Spot::File(path.to_owned()),
                size: facts.len(),
                modified: facts.modified().ok(),
                etag: None,
            }),
            // Pipes, devices, links to folders: nothing that has an end.
            Ok(_) => self.inventory.excluded += 1,
            Err(error) => self.unreadable(shown.to_owned(), error),
        }
    }

    fn unreadable(&mut self, shown: String, error: std::io::Error) {
        let error = Error::io(format!("reading {shown}"), error);
        self.inventory.unreadable.push((shown, error));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn folders_are_walked_in_the_order_of_keys() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("b/empty")).unwrap();
        for (name, text) in [("b/x", "12"), ("b-", ""), ("a", "1"), ("b.txt", ""), (".sanyun-0.part", "")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let filter = Filter::new().exclude("*.txt").unwrap();
        let found = Place::folder(folder.path()).look(&filter, Names::Plain).await.unwrap();
        let names: Vec<_> = found.entries.iter().map(|entry| (entry.name.as_str(), entry.size)).collect();
        assert_eq!(names, [("a", 1), ("b-", 0), ("b/x", 2)]);
        assert_eq!((found.temporary, found.excluded), (1, 1));
        assert!(Place::folder(folder.path().join("missing")).look(&filter, Names::Plain).await.is_err());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_cannot_be_a_key_is_told_by_name() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tempfile::tempdir().unwrap();
        let name = std::ffi::OsStr::from_bytes(b"bad\xff");
        std::fs::write(folder.path().join(name), "").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("around")).unwrap();
        let found = Place::folder(folder.path()).look(&Filter::new(), Names::Plain).await.unwrap();
        assert_eq!((found.entries.len(), found.unreadable.len()), (0, 1));
        assert!(found.unreadable[0].0.starts_with("bad"));
    }
}
