//! The key of a day and a service, and the memory that keeps a few of them.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use sanyun_core::encode::HexDigest;
use sanyun_core::hash::{HmacSha256, hmac_sha256};
use sanyun_core::{Error, Keys, Secret, time};

use super::{SIGNED_HEADERS, TERMINATOR, authorization};
use crate::credentials;

const DAY_SECONDS: i64 = 86_400;
/// Enough for the services of one account that a program calls in turn.
const KEPT: usize = 32;

/// A secret key narrowed to one UTC day and one service, ready to sign.
pub struct SigningKey {
    secret: Secret,
    service: String,
    day: i64,
    scope: String,
    key: HmacSha256,
}

impl SigningKey {
    /// Derives the key of the UTC day that `now` falls into.
    pub fn derive(secret: &Secret, service: &str, now: SystemTime) -> Self {
        let date = time::date(now);
        let root = Secret::new(format!("TC3{}", secret.expose()));
        let of_date = hmac_sha256(root.expose().as_bytes(), date.as_bytes());
        let of_service = hmac_sha256(&of_date, service.as_bytes());
        Self {
            secret: secret.clone(),
            service: service.to_owned(),
            day: day(now),
            scope: format!("{date}/{service}/{TERMINATOR}"),
            key: HmacSha256::new(&hmac_sha256(&of_service, TERMINATOR.as_bytes())),
        }
    }

    /// `<date>/<service>/tc3_request`: what the key is good for.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The signature of a string to sign, in lower-case hex digits.
    pub fn signature(&self, string_to_sign: &str) -> String {
        HexDigest::new(&self.key.sign(string_to_sign.as_bytes())).as_str().to_owned()
    }
}

fn day(now: SystemTime) -> i64 {
    time::unix_seconds(now).div_euclid(DAY_SECONDS)
}

/// The keys of one credential, narrowed and checked, and the part of `Authorization` that stays the same for a day.
pub(crate) struct Signer {
    id: String,
    key: SigningKey,
    authorization: String,
}

impl Signer {
    /// What the signer's key is good for.
    pub(crate) fn scope(&self) -> &str {
        self.key.scope()
    }

    /// The value of the `Authorization` header for a string to sign.
    pub(crate) fn authorization(&self, string_to_sign: &str) -> String {
        let signature = HexDigest::new(&self.key.key.sign(string_to_sign.as_bytes()));
        [self.authorization.as_str(), signature.as_str()].concat()
    }

    fn fits(&self, keys: &Keys, service: &str, day: i64) -> bool {
        let key = &self.key;
        key.day == day && key.service == service && self.id == keys.id && key.secret == keys.secret
    }
}

/// The signers used lately: deriving a key takes four times as long as signing with it.
#[derive(Default)]
pub(crate) struct Signers(RwLock<Vec<Arc<Signer>>>);

impl Signers {
    /// The signer for these keys, this service and this day; made, and the keys checked, if it is not at hand.
    ///
    /// # Errors
    /// Keys that were copied with white space; `source` says where they come from.
    pub(crate) fn get(&self, keys: &Keys, source: &str, service: &str, now: SystemTime) -> Result<Arc<Signer>, Error> {
        let today = day(now);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(signer) = known.iter().find(|signer| signer.fits(keys, service, today)) {
            return Ok(Arc::clone(signer));
        }
        drop(known);
        credentials::check(keys, source)?;
        let key = SigningKey::derive(&keys.secret, service, now);
        let authorization = authorization(&keys.id, key.scope(), SIGNED_HEADERS, "");
        let signer = Arc::new(Signer { id: keys.id.clone(), key, authorization });
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.remove(0);
        }
        known.push(Arc::clone(&signer));
        Ok(signer)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(signers: &Signers, secret: &str, service: &str, now: i64) -> Arc<Signer> {
        let keys = Keys { id: "AKID".to_owned(), secret: Secret::new(secret), token: None };
        signers.get(&keys, "static", service, time::from_unix(now)).unwrap()
    }

    #[test]
    fn a_key_is_derived_once_a_day_and_service() {
        let signers = Signers::default();
        let first = get(&signers, "a", "cvm", 1_704_067_199);
        assert_eq!(first.scope(), "2023-12-31/cvm/tc3_request");
        assert!(Arc::ptr_eq(&first, &get(&signers, "a", "cvm", 1_704_000_000)));
        assert_eq!(get(&signers, "a", "cvm", 1_704_067_200).scope(), "2024-01-01/cvm/tc3_request");
        assert_eq!(get(&signers, "a", "as", 1_704_067_199).scope(), "2023-12-31/as/tc3_request");
        assert_ne!(get(&signers, "b", "cvm", 1_704_067_199).authorization("x"), first.authorization("x"));
    }

    #[test]
    fn the_memory_is_bounded() {
        let signers = Signers::default();
        (0..100).for_each(|at| drop(get(&signers, "a", &format!("s{at}"), 0)));
        assert_eq!(signers.0.read().unwrap().len(), KEPT);
    }

    #[test]
    fn debug_shows_no_key() {
        let shown = format!("{:?}", SigningKey::derive(&Secret::new("hush-hush"), "cvm", SystemTime::UNIX_EPOCH));
        assert_eq!(shown, "SigningKey(1970-01-01/cvm/tc3_request)");
    }
}
