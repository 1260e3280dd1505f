//! The hashes that signatures are made of, each a call with bytes in and bytes out.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Digest as _;

/// Lower-case hex SHA-256 of the empty text.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(bytes).into()
}

/// SHA-256 of bytes that come piece by piece.
#[derive(Clone, Default)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The hash of all pieces so far.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha256(***)")
    }
}

/// SHA-256 in lower-case hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    if bytes.is_empty() { EMPTY_SHA256.to_owned() } else { crate::encode::hex(&sha256(bytes)) }
}

/// HMAC with SHA-256. Keys of any length are allowed.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    HmacSha256::new(key).sign(message)
}

/// HMAC with SHA-1, of the older signatures.
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    Hmac::<sha1::Sha1>::new_from_slice(key)
        .map_or([0; 20], |mac| mac.chain_update(message).finalize().into_bytes().into())
}

/// SHA-1, of the WebSocket handshake: it protects nothing.
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    sha1::Sha1::digest(bytes).into()
}

/// MD5, for `Content-MD5` only: it protects nothing.
pub fn md5(bytes: &[u8]) -> [u8; 16] {
    md5::Md5::digest(bytes).into()
}

/// A key prepared for HMAC-SHA256: derived keys are used for a whole day, and preparing one costs as much as signing.
#[derive(Clone)]
pub struct HmacSha256(Hmac<sha2::Sha256>);

impl HmacSha256 {
    /// Prepares a key of any length.
    pub fn new(key: &[u8]) -> Self {
        #[allow(clippy::expect_used, reason = "HMAC takes keys of every length")]
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of every length"))
    }

    /// The code of one message.
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.0.clone().chain_update(message).finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for HmacSha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HmacSha256(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::hex;

    // RFC 4231, test case 2; RFC 2202, test case 2; RFC 1321, appendix.
    #[test]
    fn published_values() {
        assert_eq!(sha256_hex(b""), EMPTY_SHA256);
        assert_eq!(hex(&sha256(b"")), EMPTY_SHA256);
        let mut pieces = Sha256::new();
        [b"a".as_slice(), b"", b"bc"].iter().for_each(|piece| pieces.update(piece));
        assert_eq!(pieces.finish(), sha256(b"abc"));
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&hmac_sha1(b"Jefe", b"what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(hex(&md5(b"message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
    }
}
