//! Running asynchronous code.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use sanyun_core::{Error, ErrorKind, Result};

/// Runs a future on this thread alone: starting threads costs more than a call.
///
/// # Errors
/// What the future gives; no runtime can be started.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::config(format!("no asynchronous runtime can be started: {error}")))?.block_on(future)
}

/// Runs a future until it is done or Ctrl-C is pressed; what it holds, such as temporary files, is then put away.
///
/// # Errors
/// What the future gives; it was interrupted.
pub(crate) async fn until_interrupted<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = pin!(future);
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Pending => interrupt.as_mut().poll(cx).map(|_| Err(Error::new(ErrorKind::Io, "interrupted"))),
        done => done,
    })
    .await
}
