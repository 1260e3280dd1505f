//! Reading a bucket's folder at the start, and clearing away what a killed server left in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::bucket::{DATA_FOLDER, FACTS_FILE, OBJECT_SUFFIX, OBJECTS_FOLDER};
use super::{BucketFacts, DataFolder, Entry, Index, OpenUpload};
use crate::oss::meta::Meta;

/// What a bucket's folder holds.
pub(super) struct Folder {
    pub(super) name: String,
    pub(super) facts: BucketFacts,
    pub(super) index: Index,
    pub(super) uploads: BTreeMap<(String, String), Arc<OpenUpload>>,
    /// The greatest number of a version or a folder of data.
    pub(super) last: u64,
}

impl Folder {
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let broken = || io::Error::new(io::ErrorKind::InvalidData, format!("`{}` is no bucket", folder.display()));
        let facts = fs::read(folder.join(FACTS_FILE)).map_err(|_| broken())?;
        let facts = serde_json::from_slice(&facts).ok().and_then(|value| BucketFacts::from_json(&value));
        let facts = facts.ok_or_else(broken)?;
        let name = folder.file_name().and_then(|name| name.to_str()).ok_or_else(broken)?.to_owned();
        let data = folder.join(DATA_FOLDER);
        fs::create_dir_all(&data)?;
        let index = read_index(&folder.join(OBJECTS_FOLDER), &data)?;
        let entries = || index.values().flat_map(super::Versions::iter);
        let mut used: BTreeSet<String> =
            entries().filter_map(|entry| Some(entry.data.as_ref()?.name().to_owned())).collect();
        let uploads = read_uploads(&data, &used)?;
        used.extend(uploads.values().map(|upload| upload.folder().name().to_owned()));
        let numbers = used.iter().filter_map(|name| u64::from_str_radix(name, 16).ok());
        let last = numbers.chain(entries().map(|entry| entry.order)).max().unwrap_or(0);
        Ok(Self { name, facts, index, uploads, last })
    }
}

/// Whether the folder that a record names is this one.
pub(super) fn names_match(meta: &Meta, data: Option<&DataFolder>) -> bool {
    meta.outside.as_ref().map(|outside| outside.folder.as_str()) == data.map(DataFolder::name)
}

fn read_index(folder: &Path, data: &Path) -> io::Result<Index> {
    let mut index = Index::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // Other files are no business of ours: desktops leave such things in folders.
        if path.to_str().is_some_and(|path| path.ends_with(OBJECT_SUFFIX)) {
            let meta = Meta::read(&mut File::open(&path)?, &path)?;
            let outside = meta.outside.as_ref();
            let data = outside.map(|outside| Arc::new(DataFolder::existing(data.join(&outside.folder))));
            let entry = Entry::new(&meta, data);
            index.entry(meta.key).or_default().insert(entry);
        }
    }
    Ok(index)
}

/// The uploads under way. A folder that belongs to no object and no upload is what a kill left, and is removed.
fn read_uploads(data: &Path, used: &BTreeSet<String>) -> io::Result<BTreeMap<(String, String), Arc<OpenUpload>>> {
    let mut uploads = BTreeMap::new();
    for entry in fs::read_dir(data)? {
        let path = entry?.path();
        let is_used = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| used.contains(name));
        if is_used {
            OpenUpload::forget(&path);
        } else if let Some(upload) = OpenUpload::read(&path)? {
            uploads.insert((upload.meta.key.clone(), upload.id.clone()), Arc::new(upload));
        } else {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(uploads)
}
