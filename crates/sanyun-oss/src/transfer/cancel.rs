//! Stopping a transfer from outside.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use sanyun_core::{Error, ErrorKind, Result};
use tokio::sync::watch;

/// Stops the transfers that it was given to. They clean up as after any other failure, and then return an error; dropping
/// their futures stops them as well, but nobody can wait for the cleaning up.
///
/// ```no_run
/// # async fn example(photos: sanyun_oss::Bucket) {
/// use sanyun_oss::transfer::Cancel;
///
/// let cancel = Cancel::new();
/// let upload = tokio::spawn(photos.upload_file("a.bin", "a.bin").cancel_with(&cancel).into_future());
/// cancel.cancel();
/// assert!(upload.await.is_ok_and(|result| result.is_err()));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// One that has not been used yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the transfers, and those that begin later.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it has been used.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Runs a future to its end or until it is stopped.
    pub(super) async fn unless<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        let mut receiver = self.0.subscribe();
        let mut stopped = pin!(receiver.wait_for(|cancelled| *cancelled));
        let mut future = pin!(future);
        std::future::poll_fn(|cx| {
            if stopped.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(Error::new(ErrorKind::Io, "the transfer was cancelled")));
            }
            future.as_mut().poll(cx)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_future_runs_until_it_is_stopped() {
        let cancel = Cancel::new();
        assert_eq!(cancel.unless(async { Ok(1) }).await.unwrap(), 1);
        let waiting = cancel.unless(std::future::pending::<Result<()>>());
        let (result, ()) = tokio::join!(waiting, async { cancel.cancel() });
        assert!(result.is_err() && cancel.is_cancelled());
        assert!(cancel.unless(async { Ok(1) }).await.is_err());
    }
}
