//! Where credentials come from: one file a source, and the order in which they are asked.

mod environment;
mod ini;
mod profile;

pub use environment::Environment;
pub use profile::Profile;

use sanyun_core::{Chain, Error, Keys, Secret};

/// The order used when a client is given no credentials: environment, profile file. A source that has something broken
/// ends the search with an error.
pub fn default_chain() -> Chain {
    Chain::new().then(Environment).then(Profile::default())
}

/// Refuses keys that were copied with a blank or a line break: the cloud would call the signature wrong, and nobody sees
/// a blank.
pub(crate) fn check(keys: &Keys, source: &str) -> Result<(), Error> {
    check_text("secret id", &keys.id, source)?;
    check_text("secret key", keys.secret.expose(), source)?;
    keys.token.as_ref().map_or(Ok(()), |token| check_text("token", token.expose(), source))
}

fn check_text(what: &str, text: &str, source: &str) -> Result<(), Error> {
    let problem = if text.trim().is_empty() {
        "is empty"
    } else if text.trim() != text {
        "begins or ends with white space"
    } else if text.contains(['\r', '\n']) {
        "has a line break in it"
    } else {
        return Ok(());
    };
    Err(Error::credentials(format!("the {what} from {source} {problem}"))
        .with_hint("copy it again, without anything around it"))
}

/// Keys as texts, of which the token may be missing.
fn keys(id: String, secret: String, token: Option<String>) -> Keys {
    Keys { id, secret: Secret::new(secret), token: token.filter(|token| !token.is_empty()).map(Secret::new) }
}

#[cfg(test)]
mod tests;
