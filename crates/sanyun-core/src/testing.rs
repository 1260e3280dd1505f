//! A world for the tests of credential sources and clients: given variables and files, a clock that is moved by hand, and
//! a network that answers as it is told. Only with the feature `testing`, which no normal build needs.

#![allow(clippy::panic, clippy::unwrap_used, reason = "where the world fails, the test fails")]

mod secrets;
mod world;

pub use secrets::{SECRET_WORD, failure_shows_no_secret, shows_no_secret};
pub use world::{Asked, World};

use crate::credentials::Credential;

/// 2026-01-02T03:04:05Z in seconds since 1970, the first moment of every [`World`].
pub const NOW: u64 = 1_767_323_045;

/// The id of a credential's key.
///
/// # Panics
/// If it has none.
pub fn key(credential: &Credential) -> &str {
    &credential.signing_keys().unwrap().id
}

/// Compares the lines of a text with how they begin, after the white space in front.
///
/// # Panics
/// If one begins differently or is missing.
pub fn begins_with_lines(text: &str, starts: &[&str]) {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    for (at, start) in starts.iter().enumerate() {
        assert!(lines.get(at).is_some_and(|line| line.starts_with(start)), "{lines:#?}");
    }
}

/// Runs a future to its end on this thread.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Lets tasks in the background run until nothing is ready any more.
pub async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

/// Runs as many tasks at once; gives what they give, in order.
///
/// # Panics
/// If one of them does.
pub async fn at_once<F>(count: usize, task: impl Fn() -> F) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let running: Vec<_> = (0..count).map(|_| tokio::spawn(task())).collect();
    let mut given = Vec::with_capacity(count);
    for task in running {
        given.push(task.await.unwrap());
    }
    given
}
