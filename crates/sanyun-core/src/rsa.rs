//! RSA signatures, made and checked by the TLS provider that is linked already.

use std::fmt;
use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer};
use rustls::sign::SigningKey;

use crate::encode;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::transport::tls_provider;

/// What stands in front of the key in a `SubjectPublicKeyInfo`: the algorithm rsaEncryption without parameters.
const ALGORITHM: [u8; 15] = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
const BIT_STRING: u8 = 3;

/// An RSA private key, ready to sign.
#[derive(Clone)]
pub struct PrivateKey(Arc<dyn SigningKey>);

impl PrivateKey {
    /// Reads a key of 2048 bits or more: PKCS#8 or PKCS#1, in PEM form or as the bare Base64 text of its inside. The
    /// label of the PEM is not looked at, because some tools write the wrong one.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) if it is no such key. The error tells nothing of it.
    pub fn parse(text: &Secret) -> Result<Self> {
        let lines = text.expose().lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        let inside = Secret::new(lines.collect::<String>());
        let der = zeroize::Zeroizing::new(encode::base64_decode(inside.expose()).unwrap_or_default());
        [PrivatePkcs8KeyDer::from(der.to_vec()).into(), PrivatePkcs1KeyDer::from(der.to_vec()).into()]
            .into_iter()
            .find_map(Self::of_der)
            .ok_or_else(|| {
                Error::credentials("the private key is not an RSA key of 2048 bits or more in PKCS#8 or PKCS#1 form")
                    .with_hint("give the PEM text, or the Base64 text between its first and last line")
            })
    }

    fn of_der(der: PrivateKeyDer<'static>) -> Option<Self> {
        let key = tls_provider().key_provider.load_private_key(der).ok()?;
        key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?;
        Some(Self(key))
    }

    /// The signature RSASSA-PKCS1-v1_5 over the SHA-256 of `message`: as long as the key's modulus.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) if the provider fails, which it does for want of memory.
    pub fn sign_sha256(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signer = self.0.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]);
        let signed = signer.and_then(|signer| signer.sign(message).ok());
        signed.ok_or_else(|| Error::credentials("signing with the RSA key failed"))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(***)")
    }
}

/// The public half of a key pair, for whoever checks signatures.
#[derive(Clone)]
pub struct PublicKey {
    /// An `RSAPublicKey` (PKCS#1) in DER.
    der: Vec<u8>,
}

impl PublicKey {
    /// Reads `PUBLIC KEY` or `RSA PUBLIC KEY` in PEM form; `None` if the text has neither.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let section = |label: &str| {
            let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
            let (text, _) = rest.split_once(&format!("-----END {label}-----"))?;
            encode::base64_decode(&text.split_whitespace().collect::<String>())
        };
        let der = section("PUBLIC KEY").and_then(|der| inner(&der)).or_else(|| section("RSA PUBLIC KEY"))?;
        Some(Self { der })
    }

    /// Whether a signature (RSASSA-PKCS1-v1_5 over the SHA-256) is that of the private half.
    pub fn verify_sha256(&self, message: &[u8], signature: &[u8]) -> bool {
        let known = tls_provider().signature_verification_algorithms.mapping;
        let fitting = known.iter().filter(|(scheme, _)| *scheme == SignatureScheme::RSA_PKCS1_SHA256);
        let mut algorithms = fitting.flat_map(|(_, algorithms)| algorithms.iter());
        algorithms.any(|algorithm| algorithm.verify_signature(&self.der, message, signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bytes)", self.der.len())
    }
}

/// The key in a `SubjectPublicKeyInfo`.
fn inner(der: &[u8]) -> Option<Vec<u8>> {
    let at = der.windows(ALGORITHM.len()).position(|window| window == ALGORITHM)?;
    let (&BIT_STRING, rest) = der.get(at + ALGORITHM.len()..)?.split_first()? else { return None };
    // The length: one byte, or the number of bytes that say it. Then the number of bits that do not count.
    let (&len, rest) = rest.split_first()?;
    let rest = if len < 0x80 { rest } else { rest.get(usize::from(len & 0x7f)..)? };
    rest.strip_prefix(&[0]).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests;
