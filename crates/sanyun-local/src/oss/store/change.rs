//! New objects out of old ones: copies, changed attributes, longer ends. Data are not copied where a second name for
//! their file does.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::PathBuf;
use std::sync::Arc;

use super::data::Sequence;
use super::{Bucket, DataFolder, Expect, StoreError};
use crate::durable::Draft;
use crate::oss::meta::{Meta, Outside};
use crate::pieces::{PIECE_BYTES, Reading};

/// A version of an object, open, with what is known of it: one whole write even when the key is overwritten meanwhile.
pub(crate) struct OpenObject {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(crate) meta: Meta,
    pub(super) data: Option<Arc<DataFolder>>,
}

impl OpenObject {
    /// Its data from a byte on.
    pub(crate) fn reading(&self, start: u64) -> io::Result<Reading> {
        if let (Some(folder), Some(outside)) = (&self.data, &self.meta.outside) {
            return Ok(Box::new(Sequence::new(Arc::clone(folder), outside, start)));
        }
        let mut file = self.file.try_clone()?;
        file.seek(io::SeekFrom::Start(start))?;
        Ok(Box::new(file.take(self.meta.size.saturating_sub(start))))
    }
}

/// What an object's data were put into: its own file, or a folder.
struct Carried {
    draft: Draft,
    data: Option<Arc<DataFolder>>,
    outside: Option<Outside>,
}

impl Bucket {
    /// Publishes a copy of an object's data as `meta`, whose size and checksums are theirs.
    ///
    /// # Errors
    /// [`StoreError::ObjectChanged`] if the source was replaced meanwhile, and what [`publish`](Self::publish) says.
    pub(crate) fn copy(&self, source: &OpenObject, mut meta: Meta, expect: Expect) -> Result<Meta, StoreError> {
        let Carried { draft, data, outside } = self.carry(source)?;
        meta.outside = outside;
        self.publish(draft, &meta, data, expect)?;
        Ok(meta)
    }

    /// Changes what is known of a version of an object; gives what it is now, `None` if there is no such version.
    ///
    /// # Errors
    /// What `change` says, or the disk fails.
    pub(crate) fn change<E: From<io::Error>>(
        &self,
        key: &str,
        version: Option<&str>,
        change: impl Fn(&mut Meta) -> Result<(), E>,
    ) -> Result<Option<Meta>, E> {
        let _changing = self.changing();
        loop {
            let Some(object) = self.open_object(key, version)? else { return Ok(None) };
            let mut meta = object.meta.clone();
            change(&mut meta)?;
            match self.replace_record(&object, meta) {
                Ok(meta) => return Ok(Some(meta)),
                // Somebody has written the object anew: what is there now is changed instead.
                Err(StoreError::ObjectChanged) => {}
                Err(StoreError::Io(error)) => return Err(error.into()),
                Err(_) => return Ok(None),
            }
        }
    }

    fn replace_record(&self, object: &OpenObject, mut meta: Meta) -> Result<Meta, StoreError> {
        let expect = Expect::Order(meta.order);
        if let Some(data) = &object.data {
            self.publish(self.scratch.create()?, &meta, Some(Arc::clone(data)), expect)?;
            return Ok(meta);
        }
        let Carried { draft, data, outside } = self.carry(object)?;
        meta.outside = outside;
        self.publish(draft, &meta, data, expect)?;
        Ok(meta)
    }

    /// Puts an object's data where a new one has them.
    fn carry(&self, source: &OpenObject) -> Result<Carried, StoreError> {
        let mut draft = self.scratch.create()?;
        if source.meta.size <= PIECE_BYTES {
            io::copy(&mut source.reading(0)?, &mut draft.file)?;
            return Ok(Carried { draft, data: None, outside: None });
        }
        let folder = self.data_folder()?;
        let files = match (&source.data, &source.meta.outside) {
            (Some(data), Some(outside)) => {
                for (number, _) in &outside.files {
                    folder.add(*number, &data.file(*number))?;
                }
                outside.files.clone()
            }
            _ => {
                let added = folder.add(0, &source.path);
                // Somebody may have put another object there since it was opened.
                let own = folder.file(0);
                let read = |mut file: File| Meta::read(&mut file, &own);
                if added.and_then(|()| File::open(&own)).and_then(read).ok().as_ref() != Some(&source.meta) {
                    return Err(StoreError::ObjectChanged);
                }
                vec![(0, source.meta.size)]
            }
        };
        let outside = Outside { folder: folder.name().to_owned(), files };
        Ok(Carried { draft, data: Some(folder), outside: Some(outside) })
    }

    /// Publishes the first piece of an object that can grow.
    pub(crate) fn begin_append(&self, piece: Draft, mut meta: Meta) -> Result<Meta, StoreError> {
        let folder = self.data_folder()?;
        self.scratch.sync_file(&piece.file)?;
        piece.publish(&folder.file(0))?;
        meta.outside = Some(Outside { folder: folder.name().to_owned(), files: vec![(0, meta.size)] });
        self.publish(self.scratch.create()?, &meta, Some(folder), Expect::Absent)?;
        Ok(meta)
    }

    /// Adds a piece to the end of an object that can grow. `next` makes what is known of it of what was, if it may grow.
    /// `None` if there is no object.
    ///
    /// # Errors
    /// What `next` says, or the disk fails.
    pub(crate) fn append<E: From<StoreError> + From<io::Error>>(
        &self,
        key: &str,
        piece: &mut Draft,
        next: impl FnOnce(&Meta) -> Result<Meta, E>,
    ) -> Result<Option<Meta>, E> {
        let _changing = self.changing();
        let Some(object) = self.open_object(key, None)? else { return Ok(None) };
        let mut meta = next(&object.meta)?;
        let Some(data) = &object.data else { return Err(StoreError::ObjectChanged.into()) };
        // What a kill in the middle of an append left behind the end is cut off.
        let mut file = fs::OpenOptions::new().write(true).open(data.file(0))?;
        file.set_len(object.meta.size)?;
        file.seek(io::SeekFrom::End(0))?;
        piece.file.rewind()?;
        io::copy(&mut piece.file, &mut file)?;
        self.scratch.sync_file(&file)?;
        meta.outside = Some(Outside { folder: data.name().to_owned(), files: vec![(0, meta.size)] });
        self.publish(self.scratch.create()?, &meta, Some(Arc::clone(data)), Expect::Order(object.meta.order))?;
        Ok(Some(meta))
    }
}
