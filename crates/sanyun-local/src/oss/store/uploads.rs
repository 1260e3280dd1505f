//! Multipart uploads under way: a folder of data with a record of the upload in it, and a file for each part. The folder
//! becomes that of the finished object as it is, so that completing costs no copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::{Bucket, DataFolder, Expect, StoreError};
use crate::durable::Draft;
use crate::oss::meta::{Meta, Outside};

const RECORD_FILE: &str = "upload.json";

/// A multipart upload that is neither completed nor aborted.
#[derive(Debug)]
pub(crate) struct OpenUpload {
    pub(crate) id: String,
    /// What is known of the object to be; the time is that of the beginning.
    pub(crate) meta: Meta,
    folder: Arc<DataFolder>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    parts: BTreeMap<u32, Part>,
    /// Set when the upload is completed or aborted: a part that comes later must not land in it.
    closed: bool,
}

/// A part that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) size: u64,
    /// Upper-case MD5.
    pub(crate) etag: String,
    pub(crate) crc64: u64,
    pub(crate) modified_ms: u64,
}

impl Part {
    fn of(meta: Meta) -> Self {
        Self { size: meta.size, etag: meta.etag, crc64: meta.crc64, modified_ms: meta.modified_ms }
    }
}

impl OpenUpload {
    /// Reads the folder of an upload; `None` if it is none.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        let record: Option<Value> =
            fs::read(path.join(RECORD_FILE)).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let Some(record) = record else { return Ok(None) };
        let id = record.get("id").and_then(Value::as_str).map(str::to_owned);
        let (Some(id), Some(meta)) = (id, record.get("meta").and_then(Meta::from_json)) else { return Ok(None) };
        let mut parts = BTreeMap::new();
        for entry in fs::read_dir(path)? {
            let path = entry?.path();
            let number = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
            if let Some(number) = number {
                parts.insert(number, Part::of(Meta::read(&mut File::open(&path)?, &path)?));
            }
        }
        let folder = Arc::new(DataFolder::existing(path.to_owned()));
        Ok(Some(Self { id, meta, folder, inner: Mutex::new(Inner { parts, closed: false }) }))
    }

    /// An object has the folder now: the record of the upload goes.
    pub(super) fn forget(folder: &Path) {
        let _ = fs::remove_file(folder.join(RECORD_FILE));
    }

    pub(super) fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// The parts that are there, by their numbers.
    pub(crate) fn parts(&self) -> BTreeMap<u32, Part> {
        self.lock().parts.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    /// Begins an upload.
    pub(crate) fn begin_upload(&self, id: String, meta: Meta) -> io::Result<Arc<OpenUpload>> {
        let folder = self.data_folder()?;
        let record = json!({ "id": id, "meta": meta.to_json() });
        self.scratch.replace(&folder.path().join(RECORD_FILE), record.to_string().as_bytes())?;
        self.scratch.sync_folder(folder.path().parent().unwrap_or(Path::new(".")))?;
        folder.keep();
        let upload = Arc::new(OpenUpload { id, meta, folder, inner: Mutex::default() });
        let mut uploads = self.uploads.write().unwrap_or_else(PoisonError::into_inner);
        uploads.insert((upload.meta.key.clone(), upload.id.clone()), Arc::clone(&upload));
        Ok(upload)
    }

    /// An upload by its key and id.
    pub(crate) fn upload(&self, key: &str, id: &str) -> Option<Arc<OpenUpload>> {
        let uploads = self.uploads.read().unwrap_or_else(PoisonError::into_inner);
        uploads.get(&(key.to_owned(), id.to_owned())).cloned()
    }

    /// All uploads, sorted by key and id.
    pub(crate) fn open_uploads(&self) -> Vec<Arc<OpenUpload>> {
        self.uploads.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Stores a part, whose data lie in `draft`; a part of the same number is replaced.
    ///
    /// # Errors
    /// [`StoreError::NoSuchUpload`] if the upload was completed or aborted meanwhile, or the disk fails.
    pub(crate) fn put_part(
        &self,
        upload: &OpenUpload,
        number: u32,
        mut draft: Draft,
        part: Part,
    ) -> Result<(), StoreError> {
        let Part { size, etag, crc64, modified_ms } = part.clone();
        draft.file.write_all(&Meta { size, etag, crc64, modified_ms, ..Meta::default() }.trailer())?;
        self.scratch.sync_file(&draft.file)?;
        let mut inner = upload.lock();
        if inner.closed {
            return Err(StoreError::NoSuchUpload);
        }
        draft.publish(&upload.folder.file(number))?;
        inner.parts.insert(number, part);
        drop(inner);
        Ok(self.scratch.sync_folder(upload.folder.path())?)
    }

    /// Makes an object of parts, in this order.
    ///
    /// # Errors
    /// [`StoreError::NoSuchUpload`], [`StoreError::ObjectChanged`] if a part is no longer what it was, what
    /// [`publish`](Self::publish) says.
    pub(crate) fn complete_upload(
        &self,
        upload: &OpenUpload,
        parts: &[(u32, Part)],
        meta: &mut Meta,
        expect: Expect,
    ) -> Result<(), StoreError> {
        let draft = self.scratch.create()?;
        let mut inner = upload.lock();
        if inner.closed {
            return Err(StoreError::NoSuchUpload);
        }
        if parts.iter().any(|(number, part)| inner.parts.get(number) != Some(part)) {
            return Err(StoreError::ObjectChanged);
        }
        let files = parts.iter().map(|(number, part)| (*number, part.size)).collect();
        meta.outside = Some(Outside { folder: upload.folder.name().to_owned(), files });
        self.publish(draft, meta, Some(Arc::clone(&upload.folder)), expect)?;
        inner.closed = true;
        self.forget_upload(upload);
        OpenUpload::forget(upload.folder.path());
        let used: BTreeSet<u32> = parts.iter().map(|(number, _)| *number).collect();
        for number in inner.parts.keys().filter(|number| !used.contains(number)) {
            let _ = fs::remove_file(upload.folder.file(*number));
        }
        Ok(())
    }

    /// Gives an upload up, and its parts with it.
    pub(crate) fn abort_upload(&self, upload: &OpenUpload) -> Result<(), StoreError> {
        let mut inner = upload.lock();
        if std::mem::replace(&mut inner.closed, true) {
            return Err(StoreError::NoSuchUpload);
        }
        self.forget_upload(upload);
        // Without its record the folder is swept at the next start, should it not be removed now.
        OpenUpload::forget(upload.folder.path());
        upload.folder.give_up();
        Ok(())
    }

    fn forget_upload(&self, upload: &OpenUpload) {
        let mut uploads = self.uploads.write().unwrap_or_else(PoisonError::into_inner);
        uploads.remove(&(upload.meta.key.clone(), upload.id.clone()));
    }
}
