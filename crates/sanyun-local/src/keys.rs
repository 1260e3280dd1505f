//! The access keys that the local cloud knows.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use sanyun_core::Secret;

/// The access key id that is always known.
pub const ACCESS_KEY: &str = "sanyun-local-ak";
/// The secret key of [`ACCESS_KEY`].
pub const SECRET_KEY: &str = "sanyun-local-sk";
/// A temporary access key id that is always known.
pub const SESSION_ACCESS_KEY: &str = "sanyun-local-sts-ak";
/// The secret key of [`SESSION_ACCESS_KEY`].
pub const SESSION_SECRET_KEY: &str = "sanyun-local-sts-sk";
/// The session token of [`SESSION_ACCESS_KEY`].
pub const SESSION_TOKEN: &str = "sanyun-local-token";

/// The account of the keys that are always known, and of keys given without another.
pub(crate) const DEFAULT_ACCOUNT: &str = "1000000000000001";

/// One access key.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    /// Temporary keys are known by it.
    pub(crate) token: Option<Secret>,
    /// What the key owns is what its account owns.
    pub(crate) account: String,
    /// When it ends; keys that the builder was given do not.
    pub(crate) expires_at: Option<SystemTime>,
    /// Who has it, as an URN; the account's user if nobody is named.
    pub(crate) principal: Option<String>,
}

impl Key {
    pub(crate) fn new(id: impl Into<String>, secret: impl Into<Secret>, token: Option<Secret>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            token,
            account: DEFAULT_ACCOUNT.to_owned(),
            expires_at: None,
            principal: None,
        }
    }

    /// Whether a request that carries `token` (empty for none) has the token of this key.
    pub(crate) fn fits_token(&self, token: &str) -> bool {
        self.token.as_ref().map_or("", Secret::expose) == token
    }
}

/// All known keys.
#[derive(Debug)]
pub(crate) struct Keys(HashMap<String, Arc<Key>>);

impl Keys {
    /// The keys that are always known, and `more`; a later key of the same id replaces an earlier one.
    pub(crate) fn new(more: impl IntoIterator<Item = Key>) -> Self {
        let always = [
            Key::new(ACCESS_KEY, SECRET_KEY, None),
            Key::new(SESSION_ACCESS_KEY, SESSION_SECRET_KEY, Some(SESSION_TOKEN.into())),
        ];
        let keys = always.into_iter().chain(more).map(|key| (key.id.clone(), Arc::new(key)));
        Self(keys.collect())
    }

    /// The key of an id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Key>> {
        self.0.get(id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let keys = Keys::new([Key::new("mine", "hidden-secret", Some("hidden-token".into()))]);
        let shown = format!("{keys:?}");
        assert!(shown.contains("mine") && !shown.contains("hidden"), "{shown}");
    }

    #[test]
    fn a_token_belongs_to_its_key() {
        let keys = Keys::new([]);
        let fits = |id, token| keys.find(id).is_some_and(|key| key.fits_token(token));
        assert!(fits(ACCESS_KEY, "") && !fits(ACCESS_KEY, SESSION_TOKEN));
        assert!(fits(SESSION_ACCESS_KEY, SESSION_TOKEN) && !fits(SESSION_ACCESS_KEY, ""));
    }
}
