//! The key of a day and a service, and the memory that keeps a few of them.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use sanyun_core::hash::{HmacSha256, hmac_sha256};
use sanyun_core::{Secret, time};

use super::{TERMINATOR, hex};

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
        hex(&self.key.sign(string_to_sign.as_bytes())).as_str().to_owned()
    }

    fn fits(&self, secret: &Secret, service: &str, day: i64) -> bool {
        self.day == day && self.service == service && self.secret == *secret
    }
}

fn day(now: SystemTime) -> i64 {
    time::unix_seconds(now).div_euclid(DAY_SECONDS)
}

/// The keys derived lately: deriving one takes four times as long as signing with it.
#[derive(Default)]
pub(crate) struct SigningKeys(RwLock<Vec<Arc<SigningKey>>>);

impl SigningKeys {
    /// The key for this secret, service and day, derived if it is not at hand.
    pub(crate) fn get(&self, secret: &Secret, service: &str, now: SystemTime) -> Arc<SigningKey> {
        let today = day(now);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = known.iter().find(|key| key.fits(secret, service, today)) {
            return Arc::clone(key);
        }
        drop(known);
        let key = Arc::new(SigningKey::derive(secret, service, now));
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.remove(0);
        }
        known.push(Arc::clone(&key));
        key
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

    #[test]
    fn a_key_is_derived_once_a_day_and_service() {
        let keys = SigningKeys::default();
        let (secret, other) = (Secret::new("a"), Secret::new("b"));
        let (evening, midnight) = (time::from_unix(1_704_067_199), time::from_unix(1_704_067_200));
        let first = keys.get(&secret, "cvm", evening);
        assert_eq!(first.scope(), "2023-12-31/cvm/tc3_request");
        assert!(Arc::ptr_eq(&first, &keys.get(&secret, "cvm", time::from_unix(1_704_000_000))));
        assert_eq!(keys.get(&secret, "cvm", midnight).scope(), "2024-01-01/cvm/tc3_request");
        assert_eq!(keys.get(&secret, "as", evening).scope(), "2023-12-31/as/tc3_request");
        assert_ne!(keys.get(&other, "cvm", evening).signature("x"), first.signature("x"));
    }

    #[test]
    fn the_memory_is_bounded() {
        let keys = SigningKeys::default();
        for at in 0..100 {
            keys.get(&Secret::new("a"), &format!("s{at}"), SystemTime::UNIX_EPOCH);
        }
        assert_eq!(keys.0.read().unwrap().len(), KEPT);
    }

    #[test]
    fn debug_shows_no_key() {
        let shown = format!("{:?}", SigningKey::derive(&Secret::new("hush-hush"), "cvm", SystemTime::UNIX_EPOCH));
        assert_eq!(shown, "SigningKey(1970-01-01/cvm/tc3_request)");
    }
}
