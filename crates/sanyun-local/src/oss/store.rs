//! Buckets and objects on the disk. A bucket is a folder, a version of an object one file (see [`Meta`](super::meta::Meta)),
//! sometimes with a folder of data; a sorted index of the keys is kept in memory and made anew from the files at the start.
//!
//! Everything here blocks: call it on a blocking thread.

mod bucket;
mod change;
mod data;
mod facts;
mod open;
mod settings;
mod uploads;
mod versions;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(crate) use bucket::{Bucket, Expect, VERSIONING, Versioning};
pub(crate) use change::OpenObject;
pub(crate) use data::DataFolder;
pub(crate) use facts::BucketFacts;
pub(crate) use settings::Settings;
pub(crate) use uploads::{OpenUpload, Part};
pub(crate) use versions::{Entry, Index, Versions};

use crate::durable::{Draft, Scratch};

/// Beside the buckets' folders, whose names have no dot.
const SETTINGS_FILE: &str = "account.json";

/// All buckets.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    scratch: Arc<Scratch>,
    /// The configurations of the account.
    pub(crate) settings: Settings,
    buckets: RwLock<BTreeMap<String, Arc<Bucket>>>,
    /// Held while a bucket is made or deleted, which takes a visit to the disk; looking one up does not wait for it.
    making: Mutex<()>,
}

/// Why a change of the store did not happen.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// The disk failed.
    Io(io::Error),
    /// The bucket does not exist, or was deleted meanwhile.
    NoSuchBucket,
    /// The bucket exists.
    BucketExists(Arc<Bucket>),
    /// The bucket has objects.
    BucketNotEmpty,
    /// The object exists and must not be overwritten.
    ObjectExists,
    /// The object is no longer what it was.
    ObjectChanged,
    /// The multipart upload does not exist, or was completed or aborted meanwhile.
    NoSuchUpload,
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Store {
    /// Opens a folder, which is made if it is missing.
    ///
    /// # Errors
    /// The folder cannot be read, or holds a file that is no whole object.
    pub(crate) fn open(folder: PathBuf, scratch: Arc<Scratch>) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut buckets = BTreeMap::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                let bucket = Bucket::open(entry.path(), Arc::clone(&scratch))?;
                buckets.insert(bucket.name().to_owned(), Arc::new(bucket));
            }
        }
        let settings = Settings::open(folder.join(SETTINGS_FILE), Arc::clone(&scratch))?;
        Ok(Self { folder, scratch, settings, buckets: RwLock::new(buckets), making: Mutex::new(()) })
    }

    /// Temporary files on the store's file system.
    pub(crate) fn draft(&self) -> io::Result<Draft> {
        self.scratch.create()
    }

    /// A bucket by its name.
    pub(crate) fn bucket(&self, name: &str) -> Option<Arc<Bucket>> {
        self.read().get(name).cloned()
    }

    /// All buckets, sorted by name.
    pub(crate) fn buckets(&self) -> Vec<Arc<Bucket>> {
        self.read().values().cloned().collect()
    }

    /// Makes a bucket.
    ///
    /// # Errors
    /// [`StoreError::BucketExists`], or the disk fails.
    pub(crate) fn create_bucket(&self, name: &str, facts: BucketFacts) -> Result<(), StoreError> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(existing) = self.bucket(name) {
            return Err(StoreError::BucketExists(existing));
        }
        let folder = self.folder.join(name);
        Bucket::build(&self.scratch, &folder, &facts)?;
        let bucket = Bucket::open(folder, Arc::clone(&self.scratch))?;
        self.write().insert(name.to_owned(), Arc::new(bucket));
        Ok(())
    }

    /// Deletes an empty bucket.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::BucketNotEmpty`], or the disk fails.
    pub(crate) fn delete_bucket(&self, name: &str) -> Result<(), StoreError> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        self.bucket(name).ok_or(StoreError::NoSuchBucket)?.close_if_empty()?;
        self.write().remove(name);
        // Gone in one step; what is left in the scratch folder is swept at the next start.
        let trash = self.scratch.path();
        fs::rename(self.folder.join(name), &trash)?;
        self.scratch.sync_folder(&self.folder)?;
        let _ = fs::remove_dir_all(trash);
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Arc<Bucket>>> {
        self.buckets.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Arc<Bucket>>> {
        self.buckets.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
