//! The signature TC3-HMAC-SHA256, as pure functions: no clock, no request, bytes in and text out. The client signs with
//! them, and a server that checks a signature rebuilds it with them:
//!
//! ```
//! use sanyun_tencent::sign;
//! use sanyun_core::{Secret, time};
//!
//! // The sample request of Tencent Cloud's signing guide.
//! let body = br#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
//! let headers = [("content-type", "application/json; charset=utf-8"), ("host", "cvm.tencentcloudapi.com")];
//! let canonical = sign::canonical_request("POST", "/", "", &headers, &sign::payload_sha256(body));
//!
//! let key = sign::SigningKey::derive(&Secret::new("secret"), "cvm", time::from_unix(1551113065));
//! assert_eq!(key.scope(), "2019-02-25/cvm/tc3_request");
//! let to_sign = sign::string_to_sign(1551113065, key.scope(), &canonical);
//! assert_eq!(key.signature(&to_sign).len(), 64);
//! ```
//!
//! The older signatures HmacSHA1 and HmacSHA256 are in [`old`].

mod key;
pub mod old;

pub(crate) use key::Signers;
pub use key::SigningKey;

use std::str::FromStr;

use sanyun_core::Error;
use sanyun_core::encode::HexDigest;

/// The name of the signature, the first word of `Authorization` and of the string to sign.
pub const ALGORITHM: &str = "TC3-HMAC-SHA256";
/// The last part of the scope.
pub const TERMINATOR: &str = "tc3_request";
/// The headers that this client signs, as `Authorization` lists them.
pub const SIGNED_HEADERS: &str = "content-type;host";
/// The payload that is hashed, and the value of `X-TC-Content-SHA256`, when the body is not signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// The value of `Authorization` for the few actions that need no signature.
pub const SKIP: &str = "SKIP";

/// How requests are signed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SignatureMethod {
    /// TC3-HMAC-SHA256, the default.
    #[default]
    Tc3,
    /// HmacSHA256 over the sorted parameters: older, for services that never learnt TC3.
    HmacSha256,
    /// HmacSHA1 over the sorted parameters: the oldest.
    HmacSha1,
}

impl SignatureMethod {
    /// The name that the vendor gives it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tc3 => ALGORITHM,
            Self::HmacSha256 => "HmacSHA256",
            Self::HmacSha1 => "HmacSHA1",
        }
    }
}

impl FromStr for SignatureMethod {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        [Self::Tc3, Self::HmacSha256, Self::HmacSha1].into_iter().find(|method| method.as_str() == name).ok_or_else(
            || Error::config(format!("`{name}` is no signature method; known: TC3-HMAC-SHA256, HmacSHA256, HmacSHA1")),
        )
    }
}

/// The hash of a payload as the canonical request holds it: SHA-256 in lower-case hex digits.
pub fn payload_sha256(payload: &[u8]) -> String {
    HexDigest::sha256(payload).as_str().to_owned()
}

/// The canonical request.
///
/// Path and query are those of the wire; the query is neither sorted nor decoded. `headers` are the signed headers, names
/// in lower case, values as they were sent, in the order in which `Authorization` lists them.
pub fn canonical_request(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(&str, &str)],
    payload_sha256: &str,
) -> String {
    let header_bytes: usize = headers.iter().map(|(name, value)| 2 * name.len() + value.len() + 3).sum();
    let mut text = String::with_capacity(method.len() + path.len() + query.len() + header_bytes + 72);
    for part in [method, "\n", path, "\n", query, "\n"] {
        text.push_str(part);
    }
    for (name, value) in headers {
        for part in [name, ":", value, "\n"] {
            text.push_str(part);
        }
    }
    text.push('\n');
    for (at, (name, _)) in headers.iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        text.push_str(name);
    }
    text.push('\n');
    text.push_str(payload_sha256);
    text
}

/// The string to sign. `timestamp` is the value of `X-TC-Timestamp`, Unix seconds; `scope` is
/// [`SigningKey::scope`] of the same moment.
pub fn string_to_sign(timestamp: i64, scope: &str, canonical_request: &str) -> String {
    string_to_sign_at(&timestamp.to_string(), scope, canonical_request)
}

/// [`string_to_sign`] for a timestamp that is text already.
pub(crate) fn string_to_sign_at(timestamp: &str, scope: &str, canonical_request: &str) -> String {
    let digest = HexDigest::sha256(canonical_request.as_bytes());
    let mut text = String::with_capacity(ALGORITHM.len() + timestamp.len() + scope.len() + 67);
    for part in [ALGORITHM, "\n", timestamp, "\n", scope, "\n", digest.as_str()] {
        text.push_str(part);
    }
    text
}

/// The value of the `Authorization` header. `signed_headers` are names joined by `;`.
pub fn authorization(secret_id: &str, scope: &str, signed_headers: &str, signature: &str) -> String {
    let parts = [
        ALGORITHM,
        " Credential=",
        secret_id,
        "/",
        scope,
        ", SignedHeaders=",
        signed_headers,
        ", Signature=",
        signature,
    ];
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| text.push_str(part));
    text
}

#[cfg(test)]
mod tests {
    use sanyun_core::{Secret, time};

    use super::*;

    /// The sample request of Tencent Cloud's signing guide, with its sample key.
    #[test]
    fn the_published_sample_has_the_published_signature() {
        let body = br#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
        let headers = [("content-type", "application/json; charset=utf-8"), ("host", "cvm.tencentcloudapi.com")];
        let canonical = canonical_request("POST", "/", "", &headers, &payload_sha256(body));
        assert_eq!(
            canonical,
            "POST\n/\n\ncontent-type:application/json; charset=utf-8\nhost:cvm.tencentcloudapi.com\n\n\
             content-type;host\n35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
        );
        let secret = Secret::new("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
        let key = SigningKey::derive(&secret, "cvm", time::from_unix(1_551_113_065));
        let to_sign = string_to_sign(1_551_113_065, key.scope(), &canonical);
        assert_eq!(
            to_sign,
            "TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n\
             5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031"
        );
        assert_eq!(key.signature(&to_sign), "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
    }

    #[test]
    fn any_list_of_headers_can_be_rebuilt() {
        let headers = [("content-type", "t"), ("host", "h"), ("x-tc-action", "a")];
        assert_eq!(
            canonical_request("GET", "/", "A=1", &headers, "00"),
            "GET\n/\nA=1\ncontent-type:t\nhost:h\nx-tc-action:a\n\ncontent-type;host;x-tc-action\n00"
        );
    }

    #[test]
    fn signature_methods_have_the_vendors_names() {
        for name in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"] {
            assert_eq!(name.parse::<SignatureMethod>().unwrap().as_str(), name);
        }
        assert!("hmacsha1".parse::<SignatureMethod>().is_err());
    }
}
