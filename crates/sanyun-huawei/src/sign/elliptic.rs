//! The keys of the two elliptic-curve signatures: ECDSA on P-256, and SM2 (GB/T 32918.2) with its curve.

mod der;

use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::elliptic_curve::zeroize::Zeroizing;
use sanyun_core::{Secret, hash};
use sm3::Sm3;

use super::Algorithm;

/// The user id that is part of what SM2 signs; the one of the standard's annex, which everyone uses.
const USER_ID: &str = "1234567812345678";

/// A private key with its public half. It is overwritten when it is dropped; P-256's crate does that for its keys.
pub(super) enum Key {
    P256(p256::ecdsa::SigningKey),
    Sm2(Sm2),
}

impl Key {
    /// The private key that an access key id and its secret stand for: the first candidate in the range of the curve.
    /// `None` if none of 255 is, which has never happened, or if the algorithm is none of these two.
    pub(super) fn derive(algorithm: Algorithm, id: &str, secret: &Secret) -> Option<Self> {
        let candidates = || (0..=254).map(|counter| candidate(algorithm, id, secret, counter));
        match algorithm {
            Algorithm::EcdsaP256Sha256 => {
                candidates().find_map(|scalar| p256::ecdsa::SigningKey::from_slice(&*scalar).ok()).map(Self::P256)
            }
            Algorithm::Sm2Sm3 => candidates().find_map(|scalar| Sm2::new(&scalar)).map(Self::Sm2),
            Algorithm::HmacSha256 | Algorithm::HmacSm3 | Algorithm::V11HmacSha256 => None,
        }
    }

    /// The signature in hex digits. The same message always gets the same (RFC 6979): no weak source of chance can
    /// give the key away. Empty if the nonce cannot be used, once in 2²⁵⁶ messages.
    pub(super) fn sign(&self, message: &str) -> String {
        let scalars: Option<[u8; 64]> = match self {
            Self::P256(key) => {
                key.try_sign(message.as_bytes()).ok().map(|signed: p256::ecdsa::Signature| signed.to_bytes().into())
            }
            Self::Sm2(key) => {
                key.0.try_sign(message.as_bytes()).ok().map(|signed: sm2::dsa::Signature| signed.to_bytes().into())
            }
        };
        scalars.map_or_else(String::new, |scalars| der::to_hex(&scalars))
    }

    /// Whether a signature in hex digits is one of this message by this key.
    pub(super) fn verifies(&self, message: &str, signature: &str) -> bool {
        let Some(scalars) = der::from_hex(signature) else { return false };
        match self {
            Self::P256(key) => p256::ecdsa::Signature::from_slice(&scalars)
                .is_ok_and(|given| key.verifying_key().verify(message.as_bytes(), &given).is_ok()),
            Self::Sm2(key) => sm2::dsa::Signature::from_slice(&scalars)
                .is_ok_and(|given| key.0.verifying_key().verify(message.as_bytes(), &given).is_ok()),
        }
    }

    /// The public key: `04`, x and y, as SEC 1 writes a point that is not compressed.
    pub(super) fn public(&self) -> Vec<u8> {
        use sm2::elliptic_curve::sec1::ToSec1Point as _;
        match self {
            Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Sm2(key) => key.0.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
        }
    }
}

/// A key of SM2.
pub(super) struct Sm2(sm2::dsa::SigningKey);

impl Sm2 {
    fn new(scalar: &[u8; 32]) -> Option<Self> {
        sm2::dsa::SigningKey::from_slice(USER_ID, scalar).ok().map(Self)
    }
}

/// The crate's own key stays in memory, so that the key of the number one is written over it.
impl Drop for Sm2 {
    fn drop(&mut self) {
        let mut one = [0; 32];
        one[31] = 1;
        if let Ok(one) = sm2::dsa::SigningKey::from_slice(USER_ID, &one) {
            self.0 = one;
            std::hint::black_box(&mut self.0);
        }
    }
}

/// One more than the HMAC of a text with the algorithm, the id and the counter: a private key, if it is below the order
/// of the curve and not zero. The vendor compares the HMAC with the order less two, which is the same.
fn candidate(algorithm: Algorithm, id: &str, secret: &Secret, counter: u8) -> Zeroizing<[u8; 32]> {
    let message = [&[0, 0, 0, 1], algorithm.as_str().as_bytes(), &[0], id.as_bytes(), &[counter, 0, 0, 1, 0]].concat();
    let key = secret.expose().as_bytes();
    let mut scalar = Zeroizing::new(match algorithm {
        Algorithm::Sm2Sm3 => hmac_sm3(key, &message),
        _ => hash::hmac_sha256(key, &message),
    });
    let mut carry = true;
    for byte in scalar.iter_mut().rev() {
        (*byte, carry) = byte.overflowing_add(u8::from(carry));
    }
    scalar
}

fn hmac_sm3(key: &[u8], message: &[u8]) -> [u8; 32] {
    Hmac::<Sm3>::new_from_slice(key).map_or([0; 32], |mac| mac.chain_update(message).finalize().into_bytes().into())
}

#[cfg(test)]
mod tests;
