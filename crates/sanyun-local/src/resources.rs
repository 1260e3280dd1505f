//! What the stateful operations made: tables of JSON rows, in memory and in one file.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::durable::Scratch;

/// Tables by name, such as `huawei/vpc/<project>`; rows in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources(Arc<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    tables: Mutex<Tables>,
    /// Held from before a change until it is on the disk, so that an older state never replaces a newer one; reading
    /// does not wait for it.
    file: Mutex<Option<(PathBuf, Arc<Scratch>)>>,
}

type Tables = BTreeMap<String, Vec<Value>>;

impl Resources {
    /// Opens the tables in a file, which need not exist.
    ///
    /// # Errors
    /// The file cannot be read or holds something else.
    pub(crate) fn open(path: PathBuf, scratch: Arc<Scratch>) -> io::Result<Self> {
        let tables = match std::fs::read(&path) {
            Ok(bytes) => parse(&bytes).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, format!("`{}` is no file of a local cloud", path.display()))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self(Arc::new(Shelf { tables: Mutex::new(tables), file: Mutex::new(Some((path, scratch))) })))
    }

    /// Looks at the rows of a table.
    pub(crate) fn read<R>(&self, table: &str, look: impl FnOnce(&[Value]) -> R) -> R {
        let tables = self.0.tables.lock().unwrap_or_else(PoisonError::into_inner);
        look(tables.get(table).map_or(&[], Vec::as_slice))
    }

    /// Adds rows to a table.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub(crate) async fn add(&self, table: String, rows: Vec<Value>) -> io::Result<()> {
        let added = |all: &mut Vec<Value>| {
            all.extend(rows);
            Ok::<(), std::convert::Infallible>(())
        };
        self.change(table, added).await.map(drop)
    }

    /// Changes the rows of a table; when the future is done the change is on the disk. An `Err` of `change` is handed
    /// back, and `change` must then have left the rows as they were.
    ///
    /// # Errors
    /// The file cannot be written; the change stands in memory.
    pub(crate) async fn change<T, E>(
        &self,
        table: String,
        change: impl FnOnce(&mut Vec<Value>) -> Result<T, E> + Send + 'static,
    ) -> io::Result<Result<T, E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let shelf = Arc::clone(&self.0);
        let changed = tokio::task::spawn_blocking(move || shelf.change(table, change)).await;
        changed.unwrap_or_else(|stopped| Err(io::Error::other(stopped)))
    }
}

impl Shelf {
    fn change<T, E>(
        &self,
        table: String,
        change: impl FnOnce(&mut Vec<Value>) -> Result<T, E>,
    ) -> io::Result<Result<T, E>> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = change(tables.entry(table).or_default());
        let document = document(&tables);
        drop(tables);
        if let (Ok(_), Some((path, scratch))) = (&outcome, file.as_ref()) {
            scratch.replace(path, document.as_bytes())?;
        }
        Ok(outcome)
    }
}

fn document(tables: &Tables) -> String {
    let document = tables.iter().map(|(name, rows)| (name.clone(), Value::Array(rows.clone())));
    Value::Object(document.collect()).to_string()
}

fn parse(bytes: &[u8]) -> Option<Tables> {
    let Value::Object(document) = serde_json::from_slice(bytes).ok()? else { return None };
    let table = |(name, rows)| match rows {
        Value::Array(rows) => Some((name, rows)),
        _ => None,
    };
    document.into_iter().map(table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn changes_survive_a_restart_and_refusals_leave_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("resources.json");
        let scratch = Arc::new(Scratch::new(folder.path().join("tmp"), true).unwrap());
        let first = Resources::open(path.clone(), scratch.clone()).unwrap();
        first.add("t".to_owned(), vec![json!({"id": "a"})]).await.unwrap();
        let refused = first.change("t".to_owned(), |_| Err::<(), _>("no")).await.unwrap();
        assert_eq!(refused, Err("no"));
        let second = Resources::open(path, scratch).unwrap();
        assert_eq!(second.read("t", <[Value]>::to_vec), [json!({"id": "a"})]);
    }

    #[test]
    fn another_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("resources.json");
        std::fs::write(&path, "[]").unwrap();
        let scratch = Arc::new(Scratch::new(folder.path().join("tmp"), true).unwrap());
        assert_eq!(Resources::open(path, scratch).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
