//! Faults that a test asks for: each happens once, to the next request that arrives.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Something that goes wrong on purpose. See [`Builder::fault`](crate::Builder::fault) and
/// [`Local::inject`](crate::Local::inject).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The connection breaks after this many bytes of the request's body have been read; with 0 before any is read. The
    /// request is not carried out.
    BreakRequest {
        /// Bytes of the body.
        after_bytes: u64,
    },
    /// The request waits this long before it is carried out.
    Delay(Duration),
    /// The request is not carried out and answered with an empty body and this HTTP status.
    Status(u16),
    /// The request is carried out, and the answer's body is replaced by bytes that no cloud sends.
    Garbage,
    /// The request is carried out, and the connection breaks after half of the answer's body.
    Truncate,
    /// The request is carried out, and the connection breaks before the answer.
    LoseAnswer,
}

/// The faults that are still to happen, in order.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    pub(crate) fn push(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    pub(crate) fn take(&self) -> Option<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}
