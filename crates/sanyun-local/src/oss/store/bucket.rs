//! One bucket: its facts, its objects, its index.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use sanyun_core::{encode, hash};
use serde_json::{Value, json};

use super::{OpenObject, StoreError};
use crate::durable::{Draft, Scratch};
use crate::oss::meta::Meta;

const FACTS_FILE: &str = "bucket.json";
const OBJECTS_FOLDER: &str = "objects";
const OBJECT_SUFFIX: &str = ".obj";

/// What is known of a bucket beside its objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BucketFacts {
    /// The account that made it.
    pub(crate) owner: String,
    pub(crate) created_ms: u64,
    /// The region it was made in, such as `cn-hangzhou`.
    pub(crate) region: String,
    /// `private`, `public-read`, `public-read-write`.
    pub(crate) acl: String,
    /// `Standard`, `IA`, …
    pub(crate) storage_class: String,
    /// `LRS`, `ZRS`.
    pub(crate) redundancy: String,
}

/// What a listing shows of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) size: u64,
    pub(crate) etag: Box<str>,
    pub(crate) modified_ms: u64,
    pub(crate) storage_class: Box<str>,
    pub(crate) kind: Box<str>,
}

impl From<&Meta> for Entry {
    fn from(meta: &Meta) -> Self {
        Self {
            size: meta.size,
            etag: meta.etag.as_str().into(),
            modified_ms: meta.modified_ms,
            storage_class: meta.storage_class.as_str().into(),
            kind: meta.kind.as_str().into(),
        }
    }
}

/// The keys of a bucket, in the order of their bytes.
pub(crate) type Index = BTreeMap<String, Entry>;

#[derive(Debug)]
pub(crate) struct Bucket {
    name: String,
    folder: PathBuf,
    scratch: Arc<Scratch>,
    inner: RwLock<Inner>,
}

#[derive(Debug)]
struct Inner {
    facts: BucketFacts,
    index: Index,
    /// Set when the bucket is being deleted: an upload that began before must not land in it.
    closed: bool,
}

impl Bucket {
    /// Makes the folder of a new bucket, in one step.
    pub(super) fn build(scratch: &Scratch, folder: &Path, facts: &BucketFacts) -> io::Result<()> {
        let draft = scratch.path();
        fs::create_dir_all(draft.join(OBJECTS_FOLDER))?;
        scratch.replace(&draft.join(FACTS_FILE), facts.to_json().to_string().as_bytes())?;
        fs::rename(&draft, folder)?;
        scratch.sync_folder(folder.parent().unwrap_or(Path::new(".")))
    }

    /// Opens the folder of a bucket and reads what is known of every object.
    pub(super) fn open(folder: PathBuf, scratch: Arc<Scratch>) -> io::Result<Self> {
        let broken = || io::Error::new(io::ErrorKind::InvalidData, format!("`{}` is no bucket", folder.display()));
        let facts = fs::read(folder.join(FACTS_FILE)).map_err(|_| broken())?;
        let facts = serde_json::from_slice(&facts).ok().and_then(|value| BucketFacts::from_json(&value));
        let facts = facts.ok_or_else(broken)?;
        let name = folder.file_name().and_then(|name| name.to_str()).ok_or_else(broken)?.to_owned();
        let index = read_index(&folder.join(OBJECTS_FOLDER))?;
        Ok(Self { name, folder, scratch, inner: RwLock::new(Inner { facts, index, closed: false }) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn facts(&self) -> BucketFacts {
        self.read().facts.clone()
    }

    /// Changes what is known of the bucket.
    pub(crate) fn set_facts(&self, facts: BucketFacts) -> io::Result<()> {
        let mut inner = self.write();
        self.scratch.replace(&self.folder.join(FACTS_FILE), facts.to_json().to_string().as_bytes())?;
        inner.facts = facts;
        Ok(())
    }

    /// Looks at the index.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Index) -> R) -> R {
        look(&self.read().index)
    }

    /// Opens an object; `None` if there is none of that key.
    pub(crate) fn open_object(&self, key: &str) -> io::Result<Option<OpenObject>> {
        if !self.read().index.contains_key(key) {
            return Ok(None);
        }
        let path = self.path(key);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let meta = Meta::read(&mut file, &path)?;
        Ok(Some(OpenObject { file, meta }))
    }

    /// Publishes an object whose data lie in `draft`; when it returns the object is on the disk.
    pub(crate) fn put(&self, mut draft: Draft, meta: &Meta, forbid_overwrite: bool) -> Result<(), StoreError> {
        draft.file.write_all(&meta.trailer())?;
        self.scratch.sync_file(&draft.file)?;
        let mut inner = self.write();
        if inner.closed {
            return Err(StoreError::NoSuchBucket);
        }
        if forbid_overwrite && inner.index.contains_key(&meta.key) {
            return Err(StoreError::ObjectExists);
        }
        draft.publish(&self.path(&meta.key))?;
        inner.index.insert(meta.key.clone(), Entry::from(meta));
        drop(inner);
        Ok(self.sync()?)
    }

    /// Deletes objects; keys that do not exist are no error.
    pub(crate) fn delete(&self, keys: &[String]) -> io::Result<()> {
        let mut inner = self.write();
        let mut deleted = false;
        for key in keys {
            if inner.index.contains_key(key) {
                match fs::remove_file(self.path(key)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
                inner.index.remove(key);
                deleted = true;
            }
        }
        drop(inner);
        if deleted { self.sync() } else { Ok(()) }
    }

    pub(super) fn close_if_empty(&self) -> Result<(), StoreError> {
        let mut inner = self.write();
        if !inner.index.is_empty() {
            return Err(StoreError::BucketNotEmpty);
        }
        inner.closed = true;
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.scratch.sync_folder(&self.folder.join(OBJECTS_FOLDER))
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(OBJECTS_FOLDER).join(file_name(key))
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file of a key: a readable beginning for people, and half of its SHA-256 for the machine. A raw key could leave
/// the folder (`..`), be too long, or fall together with another where the file system ignores case.
fn file_name(key: &str) -> String {
    let readable = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' };
    let mut name: String = key.chars().map(|c| readable(c.to_ascii_lowercase())).take(40).collect();
    name.push('-');
    encode::push_hex(&mut name, hash::sha256(key.as_bytes()).split_at(16).0);
    name.push_str(OBJECT_SUFFIX);
    name
}

fn read_index(folder: &Path) -> io::Result<Index> {
    let mut index = Index::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // Other files are no business of ours: desktops leave such things in folders.
        if path.to_str().is_some_and(|path| path.ends_with(OBJECT_SUFFIX)) {
            let meta = Meta::read(&mut File::open(&path)?, &path)?;
            let entry = Entry::from(&meta);
            index.insert(meta.key, entry);
        }
    }
    Ok(index)
}

impl BucketFacts {
    fn to_json(&self) -> Value {
        json!({
            "owner": self.owner,
            "created_ms": self.created_ms,
            "region": self.region,
            "acl": self.acl,
            "storage_class": self.storage_class,
            "redundancy": self.redundancy,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        Some(Self {
            owner: text("owner")?,
            created_ms: value.get("created_ms")?.as_u64()?,
            region: text("region")?,
            acl: text("acl")?,
            storage_class: text("storage_class")?,
            redundancy: text("redundancy")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_are_harmless_and_distinct() {
        let long = "x".repeat(1023);
        let keys =
            ["a", "A", "..", "../a", "a/b", "a//b", "a%2Fb", "ü", "\u{0}", "con", "a\\b", "a:b", " ", long.as_str()];
        let names: std::collections::BTreeSet<_> = keys.iter().map(|key| file_name(key).to_ascii_lowercase()).collect();
        assert_eq!(names.len(), keys.len());
        let harmless = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
        assert!(names.iter().all(|name| name.len() < 100 && name.chars().all(harmless)), "{names:?}");
    }
}
