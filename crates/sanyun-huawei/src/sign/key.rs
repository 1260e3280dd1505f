//! The key of a signature, prepared, and the memory of the last one.

use std::sync::{Arc, PoisonError, RwLock};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sanyun_core::encode::HexDigest;
use sanyun_core::hash::HmacSha256;
use sanyun_core::{Keys, Secret};
use sm3::Sm3;

use super::elliptic::Key as EllipticKey;
use super::{Algorithm, derived};

/// A key that is ready to sign.
#[derive(Clone)]
pub struct SigningKey(Inner);

#[derive(Clone)]
enum Inner {
    Sha256(HmacSha256),
    Sm3(Hmac<Sm3>),
    /// Shared, because copies would have to be wiped, too. `None` if there is none, see [`Algorithm::check`].
    Elliptic(Option<Arc<EllipticKey>>),
}

/// A signature in hex digits: that of an HMAC needs no allocation.
pub(super) enum Digits {
    Code(HexDigest),
    Der(String),
}

impl Digits {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Code(code) => code.as_str(),
            Self::Der(der) => der,
        }
    }
}

impl SigningKey {
    /// Prepares the key of an access key id and its secret. `scope`, `<YYYYMMDD>/<region>/<service>`, counts only for
    /// [`Algorithm::V11HmacSha256`]. A key whose algorithm is not in this build ([`Algorithm::check`]) verifies nothing,
    /// and its signatures are empty.
    pub fn new(algorithm: Algorithm, id: &str, secret: &Secret, scope: &str) -> Self {
        let bytes = secret.expose().as_bytes();
        Self(match algorithm {
            Algorithm::HmacSha256 => Inner::Sha256(HmacSha256::new(bytes)),
            #[allow(clippy::expect_used, reason = "HMAC takes keys of every length")]
            Algorithm::HmacSm3 => Inner::Sm3(Hmac::new_from_slice(bytes).expect("HMAC takes keys of every length")),
            Algorithm::V11HmacSha256 => {
                Inner::Sha256(HmacSha256::new(derived::key(id, bytes, scope).as_str().as_bytes()))
            }
            Algorithm::EcdsaP256Sha256 | Algorithm::Sm2Sm3 => {
                Inner::Elliptic(EllipticKey::derive(algorithm, id, secret).map(Arc::new))
            }
        })
    }

    /// The signature of a string to sign, in lower-case hex digits: an HMAC, or the ASN.1 DER of a signature on an
    /// elliptic curve. The same string always gets the same.
    pub fn signature(&self, string_to_sign: &str) -> String {
        match self.sign(string_to_sign) {
            Digits::Code(code) => code.as_str().to_owned(),
            Digits::Der(der) => der,
        }
    }

    pub(super) fn sign(&self, string_to_sign: &str) -> Digits {
        Digits::Code(HexDigest::new(&match &self.0 {
            Inner::Sha256(key) => key.sign(string_to_sign.as_bytes()),
            Inner::Sm3(key) => key.clone().chain_update(string_to_sign).finalize().into_bytes().into(),
            Inner::Elliptic(key) => {
                return Digits::Der(key.as_ref().map_or_else(String::new, |key| key.sign(string_to_sign)));
            }
        }))
    }

    /// Whether a signature, in lower-case hex digits, is one of this string by this key. What is compared takes as long
    /// whether the first digit differs or the last. Of signatures on elliptic curves there are many that fit.
    pub fn verifies(&self, string_to_sign: &str, signature: &str) -> bool {
        match &self.0 {
            Inner::Elliptic(key) => key.as_ref().is_some_and(|key| key.verifies(string_to_sign, signature)),
            Inner::Sha256(_) | Inner::Sm3(_) => same(self.sign(string_to_sign).as_str(), signature),
        }
    }

    /// The public key of an elliptic-curve algorithm, as SEC 1 writes a point that is not compressed: `04`, x and y, 65
    /// bytes. `None` for the others.
    pub fn public_key(&self) -> Option<Vec<u8>> {
        match &self.0 {
            Inner::Elliptic(key) => key.as_ref().map(|key| key.public()),
            Inner::Sha256(_) | Inner::Sm3(_) => None,
        }
    }
}

/// Whether two texts are the same, in a time that depends on their lengths alone.
fn same(one: &str, other: &str) -> bool {
    let differing =
        one.bytes().zip(other.bytes()).fold(0, |differing, (a, b)| std::hint::black_box(differing | (a ^ b)));
    one.len() == other.len() && differing == 0
}

/// The key used last: preparing one costs about as much as signing with it, deriving one four times that, and a private
/// key of an elliptic curve needs its public half.
#[derive(Default)]
pub(super) struct KeyCache(RwLock<Option<Arc<Prepared>>>);

/// A key with what it was prepared from.
pub(super) struct Prepared {
    pub(super) key: SigningKey,
    algorithm: Algorithm,
    id: String,
    secret: Secret,
    scope: String,
}

impl Prepared {
    fn fits(&self, algorithm: Algorithm, keys: &Keys, scope: &str) -> bool {
        // Comparing two empty texts costs a hundred nanoseconds where `memcmp` uses masked loads, so it is left out.
        let same_scope = algorithm != Algorithm::V11HmacSha256 || self.scope == scope;
        self.algorithm == algorithm && same_scope && self.id == keys.id && self.secret == keys.secret
    }
}

impl KeyCache {
    /// The key for these, prepared if it is not the one at hand.
    pub(super) fn get(&self, algorithm: Algorithm, keys: &Keys, scope: &str) -> Arc<Prepared> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        known.filter(|known| known.fits(algorithm, keys, scope)).unwrap_or_else(|| self.prepare(algorithm, keys, scope))
    }

    fn prepare(&self, algorithm: Algorithm, keys: &Keys, scope: &str) -> Arc<Prepared> {
        let prepared = Arc::new(Prepared {
            algorithm,
            id: keys.id.clone(),
            secret: keys.secret.clone(),
            scope: scope.to_owned(),
            key: SigningKey::new(algorithm, &keys.id, &keys.secret, scope),
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&prepared));
        prepared
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(id: &str, secret: &str) -> Keys {
        Keys { id: id.to_owned(), secret: secret.into(), token: None }
    }

    #[test]
    fn another_secret_algorithm_or_scope_gets_another_key() {
        let cache = KeyCache::default();
        let sign = |algorithm, id, secret, scope| cache.get(algorithm, &keys(id, secret), scope).key.signature("x");
        let first = sign(Algorithm::HmacSha256, "a", "s", "");
        assert_eq!(sign(Algorithm::HmacSha256, "a", "s", ""), first);
        let others = [
            sign(Algorithm::HmacSha256, "a", "t", ""),
            sign(Algorithm::HmacSm3, "a", "s", ""),
            sign(Algorithm::V11HmacSha256, "a", "s", "20200608/r/s"),
            sign(Algorithm::V11HmacSha256, "a", "s", "20200609/r/s"),
            sign(Algorithm::V11HmacSha256, "b", "s", "20200609/r/s"),
        ];
        for (at, other) in others.iter().enumerate() {
            assert_ne!(*other, first);
            assert!(!others[..at].contains(other));
        }
        assert_eq!(sign(Algorithm::HmacSha256, "a", "s", ""), first);
    }

    #[test]
    fn debug_shows_no_key() {
        let key = SigningKey::new(Algorithm::HmacSm3, "id", &Secret::new("hush-hush"), "");
        assert_eq!(format!("{key:?}"), "SigningKey(***)");
    }
}
