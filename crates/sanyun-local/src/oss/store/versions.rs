//! The versions of one key, as the index knows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::DataFolder;
use crate::oss::meta::{Kind, Meta};

/// What a listing shows of a version of an object.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) size: u64,
    pub(crate) etag: Box<str>,
    pub(crate) modified_ms: u64,
    pub(crate) storage_class: Box<str>,
    pub(crate) kind: Kind,
    /// `null`, or an id.
    pub(crate) version: Box<str>,
    pub(crate) order: u64,
    /// Whether it may have to be kept: its record says until when.
    pub(crate) locked: bool,
    /// The folder of its data, if they lie outside of its file.
    pub(crate) data: Option<Arc<DataFolder>>,
}

impl Entry {
    pub(crate) fn new(meta: &Meta, data: Option<Arc<DataFolder>>) -> Self {
        Self {
            size: meta.size,
            etag: meta.etag.as_str().into(),
            modified_ms: meta.modified_ms,
            storage_class: meta.storage_class.as_str().into(),
            kind: meta.kind,
            version: meta.version.as_str().into(),
            order: meta.order,
            locked: meta.headers.keys().any(|name| name.as_str().starts_with("x-oss-object-worm-")),
            data,
        }
    }

    pub(crate) fn is_marker(&self) -> bool {
        self.kind == Kind::DeleteMarker
    }
}

/// The versions of a key, the newest first; there is always one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Versions(Vec<Entry>);

/// The keys of a bucket, in the order of their bytes.
pub(crate) type Index = BTreeMap<String, Versions>;

impl Versions {
    /// The newest version, whatever it is.
    pub(crate) fn latest(&self) -> Option<&Entry> {
        self.0.first()
    }

    /// The newest version, unless it says that the object was deleted.
    pub(crate) fn object(&self) -> Option<&Entry> {
        self.latest().filter(|entry| !entry.is_marker())
    }

    /// A version by its id; the newest for `None`.
    pub(crate) fn find(&self, version: Option<&str>) -> Option<&Entry> {
        match version {
            Some(version) => self.0.iter().find(|entry| *entry.version == *version),
            None => self.latest(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a version; gives the one of the same id that it replaces.
    pub(crate) fn insert(&mut self, entry: Entry) -> Option<Entry> {
        let replaced = self.remove(&entry.version);
        let at = self.0.iter().position(|known| known.order <= entry.order).unwrap_or(self.0.len());
        self.0.insert(at, entry);
        replaced
    }

    /// Takes a version away.
    pub(crate) fn remove(&mut self, version: &str) -> Option<Entry> {
        let at = self.0.iter().position(|entry| *entry.version == *version)?;
        Some(self.0.remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_ids_are_unique() {
        let entry = |version: &str, order, kind| {
            Entry::new(&Meta { version: version.to_owned(), order, kind, ..Meta::default() }, None)
        };
        let mut versions = Versions::default();
        for (version, order) in [("null", 1), ("a", 3), ("b", 2)] {
            assert!(versions.insert(entry(version, order, Kind::Normal)).is_none());
        }
        let ids = |versions: &Versions| versions.iter().map(|entry| entry.version.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(&versions), ["a", "b", "null"]);
        assert_eq!(versions.insert(entry("null", 4, Kind::DeleteMarker)).map(|entry| entry.order), Some(1));
        assert_eq!(ids(&versions), ["null", "a", "b"]);
        assert!(versions.object().is_none() && versions.find(Some("b")).is_some());
        assert_eq!(versions.find(None).map(|entry| entry.order), Some(4));
        assert!(versions.remove("null").is_some() && versions.remove("null").is_none());
        assert_eq!(versions.object().map(|entry| entry.order), Some(3));
    }
}
