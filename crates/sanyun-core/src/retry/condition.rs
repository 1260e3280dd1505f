//! The user's word on what is worth another attempt, and on the wait before it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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

/// A rule that decides about everything: the failure, the number of failures and a random number give the wait.
#[derive(Clone)]
pub(crate) struct Rule(Arc<RuleFn>);

type RuleFn = dyn Fn(&Error, u32, f64) -> Option<Duration> + Send + Sync;

impl Rule {
    pub(super) fn new(rule: impl Fn(&Error, u32, f64) -> Option<Duration> + Send + Sync + 'static) -> Self {
        Self(Arc::new(rule))
    }

    pub(crate) fn wait(&self, error: &Error, failed: u32, unit: f64) -> Option<Duration> {
        (self.0)(error, failed, unit)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rule")
    }
}
