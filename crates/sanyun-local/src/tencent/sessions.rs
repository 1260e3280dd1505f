//! The temporary keys that STS and the metadata service gave out. They are kept in memory until the end; expiry is by the
//! local cloud's clock.

use std::sync::Arc;
use std::time::SystemTime;

use sanyun_core::{Secret, time};
use serde_json::{Value, json};

use crate::keys::{DEFAULT_ACCOUNT, Key};
use crate::seed;
use crate::state::State;
use crate::table::Table;

/// Temporary keys by their ids.
#[derive(Debug)]
pub(crate) struct Sessions(Table<Key>);

/// Temporary keys, as their owner is told.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) secret: Secret,
    pub(super) token: Secret,
    pub(super) expires_at: SystemTime,
}

impl Sessions {
    /// No keys.
    pub(crate) fn new() -> Self {
        Self(Table::new())
    }

    /// The key of an id, whether it is still good or not.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Key>> {
        self.0.find(id)
    }
}

/// Makes temporary keys for somebody ([`role_user`], [`federated_user`]) and keeps them.
pub(super) fn add(state: &State, user: String, expires_at: SystemTime) -> Session {
    let chance = state.chance.as_ref();
    let session = Session {
        id: format!("AKID{}", chance.hex32()),
        secret: chance.hex32().into(),
        token: (chance.hex32() + &chance.hex32()).into(),
        expires_at,
    };
    let key = Key {
        expires_at: Some(expires_at),
        principal: Some(user),
        ..Key::new(&session.id, session.secret.clone(), Some(session.token.clone()))
    };
    state.sessions.0.add(session.id.clone(), key);
    session
}

impl Session {
    /// `ExpiredTime` and `Expiration`, as they stand beside the keys.
    pub(super) fn with_expiry(&self, mut document: Value) -> Value {
        if let Value::Object(members) = &mut document {
            members.insert("ExpiredTime".to_owned(), json!(time::unix_seconds(self.expires_at)));
            members.insert("Expiration".to_owned(), time::iso_extended(self.expires_at).into());
        }
        document
    }

    /// `TmpSecretId`, `TmpSecretKey` and `Token`.
    pub(super) fn keys(&self) -> Value {
        json!({"TmpSecretId": self.id, "TmpSecretKey": self.secret.expose(), "Token": self.token.expose()})
    }
}

/// Somebody who acts in a role, as `GetCallerIdentity` names him: `<role id>:<session>`. A role is named by its number
/// or by its name.
pub(super) fn role_user(role: &str, session: &str) -> String {
    let is_number = !role.is_empty() && role.bytes().all(|byte| byte.is_ascii_digit());
    let number = seed::of(&[b"role", role.as_bytes()]) % 1_000_000_000;
    if is_number { format!("{role}:{session}") } else { format!("4611686018{number:09}:{session}") }
}

/// Somebody with a federation token: `<account>:<name>`.
pub(super) fn federated_user(name: &str) -> String {
    format!("{DEFAULT_ACCOUNT}:{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_a_number() {
        assert_eq!(role_user("4611686018427397919", "s"), "4611686018427397919:s");
        let named = role_user("reader", "s");
        assert_eq!((named.len(), &named[19..]), (21, ":s"));
        assert_eq!(named, role_user("reader", "s"));
        assert_ne!(named, role_user("writer", "s"));
    }
}
