//! Nothing of a secret in what is printed.

use crate::credentials::{CredentialSource, SourceError};
use crate::testing::World;

/// A word for all secrets of a test, so that whoever looks for it finds each of them.
pub const SECRET_WORD: &str = "hunter2";

/// Looks for [`SECRET_WORD`] in a text that people get to see.
///
/// # Panics
/// If it is there.
pub fn shows_no_secret(what: &str, shown: &str) {
    assert!(!shown.contains(SECRET_WORD), "{what}: {shown}");
}

/// Looks for it in every text that comes of a load that fails.
///
/// # Panics
/// If it is there, or the load does not fail.
pub fn failure_shows_no_secret(what: &str, world: &World, source: &dyn CredentialSource) {
    let error = world.load(source).unwrap_err();
    shows_no_secret(what, &format!("{error:?} {error}"));
    if let SourceError::Failed(error) = &error {
        let cause = std::error::Error::source(error);
        shows_no_secret(what, &format!("{cause:?} {:?}", error.hint()));
    }
}
