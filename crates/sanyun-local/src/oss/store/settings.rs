//! Documents by their names, kept in one small file: the configurations of a bucket or of the account.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::durable::Scratch;

#[derive(Debug)]
pub(crate) struct Settings {
    path: PathBuf,
    scratch: Arc<Scratch>,
    documents: RwLock<BTreeMap<String, Arc<str>>>,
    /// Held while the file is written, which nobody who looks a document up waits for.
    writing: Mutex<()>,
}

impl Settings {
    /// Reads a file, which may be missing.
    pub(super) fn open(path: PathBuf, scratch: Arc<Scratch>) -> io::Result<Self> {
        let broken = |_| io::Error::new(io::ErrorKind::InvalidData, format!("`{}` is broken", path.display()));
        let documents: BTreeMap<String, String> = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(broken)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let documents = documents.into_iter().map(|(name, text)| (name, text.into())).collect();
        Ok(Self { path, scratch, documents: RwLock::new(documents), writing: Mutex::new(()) })
    }

    /// A document by its name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<str>> {
        self.documents.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The documents whose names begin like this, with the rest of their names, sorted.
    pub(crate) fn below(&self, prefix: &str) -> Vec<(String, Arc<str>)> {
        let documents = self.documents.read().unwrap_or_else(PoisonError::into_inner);
        let rest = |(name, text): (&String, &Arc<str>)| Some((name.strip_prefix(prefix)?.to_owned(), Arc::clone(text)));
        documents.iter().filter_map(rest).collect()
    }

    /// Stores a document, or takes it away. Blocks.
    pub(crate) fn set(&self, name: &str, text: Option<&str>) -> io::Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = self.documents.read().unwrap_or_else(PoisonError::into_inner).clone();
        match text {
            Some(text) => drop(changed.insert(name.to_owned(), text.into())),
            None if changed.remove(name).is_none() => return Ok(()),
            None => {}
        }
        let plain: BTreeMap<&str, &str> = changed.iter().map(|(name, text)| (name.as_str(), &**text)).collect();
        self.scratch.replace(&self.path, serde_json::json!(plain).to_string().as_bytes())?;
        *self.documents.write().unwrap_or_else(PoisonError::into_inner) = changed;
        Ok(())
    }
}
