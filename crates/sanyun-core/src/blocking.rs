//! Calls from programs without an async runtime: one small runtime, started at the first such call.

use std::sync::OnceLock;

use crate::error::{Error, Result};

/// Runs a call to its end on the calling thread.
pub(crate) fn block_on<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    static RUNTIME: OnceLock<Option<tokio::runtime::Runtime>> = OnceLock::new();
    if tokio::runtime::Handle::try_current().is_ok() {
        return Err(Error::config("`block` was called on an async runtime's thread; await the call there"));
    }
    let start = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok();
    match RUNTIME.get_or_init(start) {
        Some(runtime) => runtime.block_on(call),
        None => Err(Error::config("the system gives no thread for the runtime that `block` needs")),
    }
}
