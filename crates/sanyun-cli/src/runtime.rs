//! Running asynchronous code.

use std::future::Future;

use sanyun_core::{Error, Result};

/// Runs a future on this thread alone: starting threads costs more than a call.
///
/// # Errors
/// What the future gives; no runtime can be started.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::config(format!("no asynchronous runtime can be started: {error}")))?.block_on(future)
}
