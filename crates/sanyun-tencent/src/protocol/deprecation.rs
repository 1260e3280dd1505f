//! A warning, once an action, that Tencent Cloud is going to remove it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use sanyun_core::Reply;

use crate::error;
use crate::shape::Input;

/// The actions that were warned about.
#[derive(Default)]
pub(crate) struct Deprecations(Mutex<HashSet<String>>);

impl Deprecations {
    /// Warns if the reply says that its action is going to be removed and nobody has been told yet.
    pub(super) fn warn(&self, input: &Input, reply: &Reply) {
        let Some(warning) = error::deprecation(reply) else { return };
        let action = format!("{} {} {}", input.service, input.version, input.action);
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(action) {
            tracing::warn!(service = input.service, action = input.action, "deprecated: {warning}");
        }
    }
}
