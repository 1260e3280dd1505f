//! Who is who at Alibaba Cloud beside the keys that every cloud knows: key pairs, bearer tokens, and the temporary keys that
//! were given out. What was given out is kept in memory until the end; expiry is by the local cloud's clock.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use sanyun_core::rsa::PublicKey;
use sanyun_core::{Chance, Secret, time};
use serde_json::{Value, json};

use super::upload;
use crate::keys::{DEFAULT_ACCOUNT, Key};
use crate::seed;
use crate::table::Table;

/// The bearer token of Alibaba Cloud that is always known, also as the access token of CloudSSO and OAuth.
pub const BEARER_TOKEN: &str = "sanyun-local-bearer-token";
/// The id of the RSA key pair of Alibaba Cloud that is always known.
pub const KEY_PAIR_ID: &str = "sanyun-local-key-pair";
/// The private half of [`KEY_PAIR_ID`], as PEM (PKCS#8). It is no secret.
pub const KEY_PAIR_PRIVATE_KEY: &str = include_str!("key_pair.pem");

/// The public half of [`KEY_PAIR_ID`].
const KEY_PAIR_PUBLIC_KEY: &str = include_str!("key_pair.pub.pem");

/// What a builder says about identities.
#[derive(Debug)]
pub(crate) struct Setup {
    /// The role that an instance has.
    pub(crate) role: String,
    pub(crate) bearer_tokens: Vec<Secret>,
    /// Ids and public keys as PEM.
    pub(crate) public_keys: Vec<(String, String)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            role: "sanyun-local-role".to_owned(),
            bearer_tokens: vec![BEARER_TOKEN.into()],
            public_keys: vec![(KEY_PAIR_ID.to_owned(), KEY_PAIR_PUBLIC_KEY.to_owned())],
        }
    }
}

/// Everything known about identities.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(super) role: String,
    bearer_tokens: Vec<Secret>,
    public_keys: HashMap<String, PublicKey>,
    keys: Table<Key>,
    /// Tokens of the metadata service and access tokens of OAuth, and when they end.
    tokens: Table<SystemTime>,
}

/// Temporary keys, as their owner is told.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) secret: Secret,
    /// `None` for the keys that a key pair gets.
    pub(super) token: Option<Secret>,
    pub(super) expires_at: SystemTime,
}

impl Identity {
    /// # Errors
    /// A public key is none.
    pub(crate) fn new(setup: Setup) -> io::Result<Self> {
        let parsed = setup.public_keys.into_iter().map(|(id, pem)| match PublicKey::from_pem(&pem) {
            Some(key) => Ok((id, key)),
            None => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{id}` has no RSA public key in PEM"))),
        });
        let public_keys = parsed.collect::<io::Result<_>>()?;
        let keys = Table::new();
        keys.add(upload::ACCESS_KEY.to_owned(), upload::key());
        Ok(Self { role: setup.role, bearer_tokens: setup.bearer_tokens, public_keys, keys, tokens: Table::new() })
    }

    /// The key of an id that was given out, whether it is still good or not.
    pub(crate) fn key(&self, id: &str) -> Option<Arc<Key>> {
        self.keys.find(id)
    }

    /// The public key of an id.
    pub(super) fn public_key(&self, id: &str) -> Option<&PublicKey> {
        self.public_keys.get(id)
    }

    /// Makes temporary keys for somebody and keeps them.
    pub(super) fn add_session(&self, chance: &dyn Chance, principal: String, expires_at: SystemTime) -> Session {
        let (id, token) = (format!("STS.{}", chance.hex32()), chance.hex32() + &chance.hex32());
        self.keep(Session { id, secret: chance.hex32().into(), token: Some(token.into()), expires_at }, Some(principal))
    }

    /// Makes temporary keys of the account without a token, as a key pair gets them, and keeps them.
    pub(super) fn add_session_key(&self, chance: &dyn Chance, expires_at: SystemTime) -> Session {
        let id = format!("TMPSK.{}", chance.hex32());
        self.keep(Session { id, secret: chance.hex32().into(), token: None, expires_at }, None)
    }

    fn keep(&self, session: Session, principal: Option<String>) -> Session {
        let key = Key {
            expires_at: Some(session.expires_at),
            principal,
            ..Key::new(&session.id, session.secret.clone(), session.token.clone())
        };
        self.keys.add(session.id.clone(), key);
        session
    }

    /// Makes a token, of the metadata service or of OAuth.
    pub(super) fn add_token(&self, chance: &dyn Chance, expires_at: SystemTime) -> String {
        let text = chance.hex32();
        self.tokens.add(text.clone(), expires_at);
        text
    }

    /// Whether a text is a token that [`add_token`](Self::add_token) made and that has not ended.
    pub(super) fn knows_token(&self, text: &str, now: SystemTime) -> bool {
        self.tokens.find(text).is_some_and(|expires_at| now < *expires_at)
    }

    /// Whether a text is a bearer token.
    pub(super) fn knows_bearer(&self, text: &str) -> bool {
        self.bearer_tokens.iter().any(|known| known.expose() == text)
    }
}

impl Session {
    /// `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration`.
    pub(super) fn document(&self) -> Value {
        json!({
            "AccessKeyId": self.id,
            "AccessKeySecret": self.secret.expose(),
            "SecurityToken": self.token.as_ref().map(Secret::expose),
            "Expiration": time::iso_extended(self.expires_at),
        })
    }
}

/// The number of a role.
pub(super) fn role_id(role: &str) -> String {
    format!("3{:017}", seed::of(&[b"ram role", role.as_bytes()]) % 100_000_000_000_000_000)
}

/// Somebody who acts in a role, as an ARN.
pub(super) fn role_arn(role: &str, session: &str) -> String {
    format!("acs:ram::{DEFAULT_ACCOUNT}:assumed-role/{role}/{session}")
}

#[cfg(test)]
mod tests {
    use sanyun_core::SystemChance;

    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let identity = Identity::new(Setup::default()).unwrap();
        let session = identity.add_session(&SystemChance, "me".to_owned(), SystemTime::UNIX_EPOCH);
        let shown = format!("{identity:?} {session:?}");
        let token = session.token.as_ref().unwrap();
        for secret in [session.secret.expose(), token.expose(), BEARER_TOKEN] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_role_has_a_number() {
        assert_eq!(role_id("reader").len(), 18);
        assert_ne!(role_id("reader"), role_id("writer"));
    }

    #[test]
    fn a_public_key_must_be_one() {
        let public_keys = vec![("mine".to_owned(), KEY_PAIR_PRIVATE_KEY.to_owned())];
        let error = Identity::new(Setup { public_keys, ..Setup::default() }).unwrap_err();
        assert!(error.to_string().contains("mine"), "{error}");
    }
}
