//! One bucket: its facts, its configurations, its objects and their index, its uploads under way.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use sanyun_core::{encode, hash};

use super::open::{Folder, names_match};
use super::{BucketFacts, DataFolder, Entry, Index, OpenObject, OpenUpload, Settings, StoreError};
use crate::durable::{Draft, Scratch};
use crate::oss::meta::{Meta, NULL_VERSION};

pub(super) const FACTS_FILE: &str = "bucket.json";
pub(super) const SETTINGS_FILE: &str = "settings.json";
pub(super) const OBJECTS_FOLDER: &str = "objects";
pub(super) const DATA_FOLDER: &str = "data";
pub(super) const OBJECT_SUFFIX: &str = ".obj";
/// The configuration that says whether versions are kept.
pub(crate) const VERSIONING: &str = "versioning";

#[derive(Debug)]
pub(crate) struct Bucket {
    name: String,
    folder: PathBuf,
    pub(super) scratch: Arc<Scratch>,
    /// Its configurations.
    pub(crate) settings: Settings,
    inner: RwLock<Inner>,
    pub(super) uploads: RwLock<BTreeMap<(String, String), Arc<OpenUpload>>>,
    /// Held while an object is changed that stays the same object: its attributes, or its end.
    changing: Mutex<()>,
    /// The last number that was given to a version or a folder of data.
    last: AtomicU64,
}

#[derive(Debug)]
struct Inner {
    facts: Arc<BucketFacts>,
    index: Index,
    /// Set when the bucket is being deleted: an upload that began before must not land in it.
    closed: bool,
}

/// Whether a bucket keeps the versions of its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Versioning {
    Never,
    Enabled,
    Suspended,
}

/// What must be there before an object is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    Anything,
    /// No object of that key.
    Absent,
    /// The version of the same id still has this order.
    Order(u64),
}

impl Bucket {
    /// Makes the folder of a new bucket, in one step.
    pub(super) fn build(scratch: &Scratch, folder: &Path, facts: &BucketFacts) -> io::Result<()> {
        let draft = scratch.path();
        fs::create_dir_all(draft.join(OBJECTS_FOLDER))?;
        fs::create_dir(draft.join(DATA_FOLDER))?;
        scratch.replace(&draft.join(FACTS_FILE), facts.to_json().to_string().as_bytes())?;
        fs::rename(&draft, folder)?;
        scratch.sync_folder(folder.parent().unwrap_or(Path::new(".")))
    }

    /// Opens the folder of a bucket and reads what is known of every object.
    pub(super) fn open(folder: PathBuf, scratch: Arc<Scratch>) -> io::Result<Self> {
        let Folder { name, facts, index, uploads, last } = Folder::read(&folder)?;
        let settings = Settings::open(folder.join(SETTINGS_FILE), Arc::clone(&scratch))?;
        Ok(Self {
            name,
            folder,
            scratch,
            settings,
            inner: RwLock::new(Inner { facts: Arc::new(facts), index, closed: false }),
            uploads: RwLock::new(uploads),
            changing: Mutex::new(()),
            last: AtomicU64::new(last),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn facts(&self) -> Arc<BucketFacts> {
        Arc::clone(&self.read().facts)
    }

    /// Changes what is known of the bucket.
    pub(crate) fn set_facts(&self, facts: BucketFacts) -> io::Result<()> {
        let _changing = self.changing();
        self.scratch.replace(&self.folder.join(FACTS_FILE), facts.to_json().to_string().as_bytes())?;
        self.write().facts = Arc::new(facts);
        Ok(())
    }

    pub(crate) fn versioning(&self) -> Versioning {
        match self.settings.get(VERSIONING).as_deref() {
            Some("Enabled") => Versioning::Enabled,
            Some("Suspended") => Versioning::Suspended,
            _ => Versioning::Never,
        }
    }

    /// Looks at the index.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Index) -> R) -> R {
        look(&self.read().index)
    }

    /// Opens a version of an object, the newest for `None`; `None` if there is none. What says that an object was deleted
    /// is opened like any other.
    pub(crate) fn open_object(&self, key: &str, version: Option<&str>) -> io::Result<Option<OpenObject>> {
        // Whoever replaces the object at the same time changes the file first and then the index; the next look waits.
        for _ in 0..100 {
            let entry = self.look(|index| index.get(key).and_then(|versions| versions.find(version)).cloned());
            let Some(entry) = entry else { return Ok(None) };
            let path = self.path(key, &entry.version);
            let mut file = match File::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let meta = Meta::read(&mut file, &path)?;
            if names_match(&meta, entry.data.as_deref()) {
                return Ok(Some(OpenObject { file, path, meta, data: entry.data }));
            }
        }
        Err(io::Error::other("the object's file is not what the index says"))
    }

    /// A number for a new version: greater than all before it.
    pub(crate) fn next_order(&self, now_ms: u64) -> u64 {
        let from_time = now_ms << 20;
        let next = |last: u64| Some(from_time.max(last + 1));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        last.map_or(0, |last| from_time.max(last + 1))
    }

    /// A new folder for data outside of an object's file.
    pub(crate) fn data_folder(&self) -> io::Result<Arc<DataFolder>> {
        let name = format!("{:x}", self.next_order(0));
        Ok(Arc::new(DataFolder::create(self.folder.join(DATA_FOLDER).join(name))?))
    }

    /// Publishes a version of an object. Its data lie in `draft`, or in `data`, in files that were forced to the disk.
    /// When it returns the object is on the disk.
    pub(crate) fn publish(
        &self,
        mut draft: Draft,
        meta: &Meta,
        data: Option<Arc<DataFolder>>,
        expect: Expect,
    ) -> Result<(), StoreError> {
        draft.file.write_all(&meta.trailer())?;
        self.scratch.sync_file(&draft.file)?;
        if let Some(data) = &data {
            self.scratch.sync_folder(data.path())?;
            self.scratch.sync_folder(&self.folder.join(DATA_FOLDER))?;
        }
        let mut inner = self.write();
        inner.allows(meta, expect)?;
        draft.publish(&self.path(&meta.key, &meta.version))?;
        if let Some(data) = &data {
            data.keep();
        }
        let replaced = inner.index.entry(meta.key.clone()).or_default().insert(Entry::new(meta, data.clone()));
        drop(inner);
        self.sync()?;
        let old = replaced.and_then(|entry| entry.data);
        if let Some(old) = old.filter(|old| !data.is_some_and(|new| Arc::ptr_eq(old, &new))) {
            old.give_up();
        }
        Ok(())
    }

    /// Removes versions of objects for good, and gives what they were; one that does not exist is no error.
    pub(crate) fn remove(&self, versions: &[(&str, &str)]) -> io::Result<Vec<Option<Entry>>> {
        let mut inner = self.write();
        let mut removed = Vec::with_capacity(versions.len());
        for (key, version) in versions {
            removed.push(inner.remove(key, version, || self.path(key, version))?);
        }
        drop(inner);
        if removed.iter().any(Option::is_some) {
            self.sync()?;
        }
        for data in removed.iter().flatten().filter_map(|entry| entry.data.as_ref()) {
            data.give_up();
        }
        Ok(removed)
    }

    pub(super) fn close_if_empty(&self) -> Result<(), StoreError> {
        let uploads = self.uploads.read().unwrap_or_else(PoisonError::into_inner);
        let mut inner = self.write();
        if !inner.index.is_empty() || !uploads.is_empty() {
            return Err(StoreError::BucketNotEmpty);
        }
        inner.closed = true;
        Ok(())
    }

    /// Nobody else changes attributes or ends of objects as long as this is held.
    pub(super) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sync(&self) -> io::Result<()> {
        self.scratch.sync_folder(&self.folder.join(OBJECTS_FOLDER))
    }

    fn path(&self, key: &str, version: &str) -> PathBuf {
        self.folder.join(OBJECTS_FOLDER).join(file_name(key, version))
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn allows(&self, meta: &Meta, expect: Expect) -> Result<(), StoreError> {
        if self.closed {
            return Err(StoreError::NoSuchBucket);
        }
        let versions = self.index.get(&meta.key);
        match expect {
            Expect::Anything => Ok(()),
            Expect::Absent if versions.and_then(super::Versions::object).is_some() => Err(StoreError::ObjectExists),
            Expect::Absent => Ok(()),
            Expect::Order(order) => {
                let found = versions.and_then(|versions| versions.find(Some(&meta.version)));
                if found.is_some_and(|entry| entry.order == order) { Ok(()) } else { Err(StoreError::ObjectChanged) }
            }
        }
    }

    fn remove(&mut self, key: &str, version: &str, path: impl FnOnce() -> PathBuf) -> io::Result<Option<Entry>> {
        let Some(versions) = self.index.get_mut(key) else { return Ok(None) };
        if versions.find(Some(version)).is_none() {
            return Ok(None);
        }
        match fs::remove_file(path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let removed = versions.remove(version);
        if versions.is_empty() {
            self.index.remove(key);
        }
        Ok(removed)
    }
}

/// The file of a version: a readable beginning for people, half of the key's SHA-256 for the machine, and the version's
/// id. A raw key could leave the folder (`..`), be too long, or fall together with another where the file system ignores
/// case.
fn file_name(key: &str, version: &str) -> String {
    let readable = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' };
    let mut name: String = key.chars().map(|c| readable(c.to_ascii_lowercase())).take(40).collect();
    name.push('-');
    encode::push_hex(&mut name, hash::sha256(key.as_bytes()).split_at(16).0);
    if version != NULL_VERSION {
        name.push('.');
        name.push_str(version);
    }
    name.push_str(OBJECT_SUFFIX);
    name
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_are_harmless_and_distinct() {
        let long = "x".repeat(1023);
        let keys =
            ["a", "A", "..", "../a", "a/b", "a//b", "a%2Fb", "ü", "\u{0}", "con", "a\\b", "a:b", " ", long.as_str()];
        let names: std::collections::BTreeSet<_> =
            keys.iter().map(|key| file_name(key, "null").to_ascii_lowercase()).collect();
        assert_eq!(names.len(), keys.len());
        let harmless = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
        assert_ne!(file_name("a", "null"), file_name("a", "0123"));
        assert!(names.iter().all(|name| name.len() < 100 && name.chars().all(harmless)), "{names:?}");
    }
}
