//! The user's word on what is worth another attempt.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;

/// A condition on a failure. Two are equal if they are the same function.
#[derive(Clone)]
pub(super) struct Condition(Arc<dyn Fn(&Error) -> bool + Send + Sync>);

impl Condition {
    pub(super) fn new(condition: impl Fn(&Error) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(condition))
    }

    pub(super) fn holds(&self, error: &Error) -> bool {
        (self.0)(error)
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Condition")
    }
}
