//! What was given out and is asked for by name: tokens, temporary keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Values by name, kept in memory until the end of the process.
#[derive(Debug)]
pub(crate) struct Table<T>(Mutex<HashMap<String, Arc<T>>>);

impl<T> Table<T> {
    /// An empty table.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// The value of a name.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Keeps a value; an earlier one of the same name is gone.
    pub(crate) fn add(&self, name: String, value: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(value));
    }
}
