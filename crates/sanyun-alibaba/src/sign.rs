//! The signature V3 (`ACS3-HMAC-SHA256`, `ACS3-HMAC-SM3`, `ACS3-RSA-SHA256`), as pure functions over text: the client signs with them, and
//! a server that rebuilds the same texts from the bytes that arrived checks with them. The older signatures stand in
//! [`v1`].
//!
//! ```
//! use sanyun_alibaba::sign::{self, Algorithm, Key};
//!
//! let payload_hash = Algorithm::HmacSha256.hash_hex(b"");
//! let headers = [("host", "ecs.cn-shanghai.aliyuncs.com"), ("x-acs-action", "RunInstances")];
//! let query = sign::canonical_query("RegionId=cn-shanghai&ImageId=a+b");
//! let canonical = sign::canonical_request("POST", "/", &query, &headers, &payload_hash);
//! let text = sign::string_to_sign(Algorithm::HmacSha256, &canonical);
//! let signature = Key::new(Algorithm::HmacSha256, &"secret".into())?.sign(&text)?;
//! let header = sign::authorization(Algorithm::HmacSha256, "id", &headers, &signature);
//! assert_eq!(sign::Authorization::parse(&header).unwrap().signature, signature);
//! # Ok::<(), sanyun_alibaba::Error>(())
//! ```

pub mod v1;

use std::borrow::Cow;
use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sanyun_core::hash::{self, HmacSha256};
use sanyun_core::{Result, Secret, encode, rsa};
use sm3::Digest as _;

/// A signature of version 3: which hash and which code.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// `ACS3-HMAC-SHA256`, the default.
    #[default]
    HmacSha256,
    /// `ACS3-HMAC-SM3`: the Chinese national hash (GB/T 32905) in place of SHA-256.
    HmacSm3,
    /// `ACS3-RSA-SHA256`: the secret is an RSA private key, PKCS#8 or PKCS#1, PEM or the bare Base64 text of its inside.
    RsaSha256,
}

/// Which signature a client makes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SignatureVersion {
    /// Version 3, for calls of both styles.
    V3(Algorithm),
    /// Version 1.0: one form for RPC, one for ROA, both HMAC-SHA1. The vendor's SDKs call it `v2`.
    V1,
}

impl Default for SignatureVersion {
    fn default() -> Self {
        Self::V3(Algorithm::default())
    }
}

impl SignatureVersion {
    /// The version that the vendor's SDKs name so in `signature_algorithm`; `None` for a name not known here.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "v2" => Some(Self::V1),
            _ => Algorithm::named(name).map(Self::V3),
        }
    }
}

impl Algorithm {
    /// The name in `Authorization`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "ACS3-HMAC-SHA256",
            Self::HmacSm3 => "ACS3-HMAC-SM3",
            Self::RsaSha256 => "ACS3-RSA-SHA256",
        }
    }

    /// The algorithm of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::HmacSha256, Self::HmacSm3, Self::RsaSha256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The hash of a payload or of a canonical request, in lower-case hex digits.
    pub fn hash_hex(self, bytes: &[u8]) -> String {
        match self {
            Self::HmacSha256 | Self::RsaSha256 => hash::sha256_hex(bytes),
            Self::HmacSm3 => encode::hex(&sm3::Sm3::digest(bytes)),
        }
    }
}

/// A secret prepared for signing: preparing it costs as much as signing with it. The key is the plain secret; there is
/// no derived key.
#[derive(Clone)]
pub struct Key(Prepared);

#[derive(Clone)]
enum Prepared {
    Sha256(HmacSha256),
    Sm3(Hmac<sm3::Sm3>),
    Rsa(rsa::PrivateKey),
}

impl Key {
    /// Prepares a secret: any text for the HMAC algorithms.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`](sanyun_core::ErrorKind::Credentials) if the algorithm wants an RSA key and the secret
    /// is none.
    pub fn new(algorithm: Algorithm, secret: &Secret) -> Result<Self> {
        Ok(Self(match algorithm {
            Algorithm::HmacSha256 => Prepared::Sha256(HmacSha256::new(secret.expose().as_bytes())),
            #[allow(clippy::expect_used, reason = "HMAC takes keys of every length")]
            Algorithm::HmacSm3 => Prepared::Sm3(
                Hmac::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes keys of every length"),
            ),
            Algorithm::RsaSha256 => Prepared::Rsa(rsa::PrivateKey::parse(secret)?),
        }))
    }

    /// The signature of a string to sign, in lower-case hex digits.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`](sanyun_core::ErrorKind::Credentials) if signing with an RSA key fails.
    pub fn sign(&self, string_to_sign: &str) -> Result<String> {
        Ok(match &self.0 {
            Prepared::Sha256(key) => encode::hex(&key.sign(string_to_sign.as_bytes())),
            Prepared::Sm3(key) => encode::hex(&key.clone().chain_update(string_to_sign).finalize().into_bytes()),
            Prepared::Rsa(key) => encode::hex(&key.sign_sha256(string_to_sign.as_bytes())?),
        })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(***)")
    }
}

/// The names and values of a query or of a form as it stands on the wire, decoded (`%XX`, and `+` for a blank) and
/// sorted by name and value.
pub fn decoded_pairs(wire: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<_> =
        encode::pairs(wire).map(|(name, value)| (encode::form_decode(name), encode::form_decode(value))).collect();
    pairs.sort_unstable();
    pairs
}

/// Pairs as a canonical query: percent-encoded, in the given order.
pub fn encoded_pairs<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> String {
    let mut out = String::with_capacity(pairs.iter().map(|(n, v)| n.as_ref().len() + v.as_ref().len() + 8).sum());
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        encode::push_percent(&mut out, name.as_ref());
        out.push('=');
        encode::push_percent(&mut out, value.as_ref());
    }
    out
}

/// The canonical query of a query as it stands on the wire: sorted by name (then value), everything but the unreserved
/// characters as `%XX`. The documentation encodes names too; the vendor's SDKs leave them as they are, so that names
/// with other characters fail there.
pub fn canonical_query(wire: &str) -> String {
    encoded_pairs(&decoded_pairs(wire))
}

/// Whether the documentation wants a header (its name in lower case) signed: `x-acs-*`, `host`, `content-type`.
pub fn is_documented(name: &str) -> bool {
    name.starts_with("x-acs-") || name == "host" || name == "content-type"
}

/// Looks up the headers that `SignedHeaders` lists, for rebuilding a canonical request. `value` gives a header's value
/// by its lower-case name, several of one name sorted and joined with commas. `None` if one is missing.
pub fn signed_headers<'a>(
    list: &'a str,
    mut value: impl FnMut(&str) -> Option<Cow<'a, str>>,
) -> Option<Vec<(&'a str, Cow<'a, str>)>> {
    let names = list.split(';').filter(|name| !name.is_empty());
    let mut found = names.map(|name| value(name).map(|value| (name, value))).collect::<Option<Vec<_>>>()?;
    found.sort_unstable();
    Some(found)
}

/// The canonical request. `path` is the encoded path as it stands on the wire, `query` comes from [`canonical_query`],
/// `headers` are names in lower case with values trimmed at both ends, sorted by name and then value; values of one name
/// are joined with commas. `payload_hash` is the one that the header `x-acs-content-sha256` carries, whichever the hash.
pub fn canonical_request<V: AsRef<str>>(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(&str, V)],
    payload_hash: &str,
) -> String {
    let headers_len: usize = headers.iter().map(|(name, value)| 2 * name.len() + value.as_ref().len() + 3).sum();
    let mut out = String::with_capacity(method.len() + path.len() + query.len() + headers_len + payload_hash.len() + 8);
    out.push_str(method);
    out.push('\n');
    out.push_str(if path.is_empty() { "/" } else { path });
    out.push('\n');
    out.push_str(query);
    out.push('\n');
    push_header_lines(&mut out, headers);
    out.push('\n');
    push_header_names(&mut out, headers);
    out.push('\n');
    out.push_str(payload_hash);
    out
}

fn push_header_lines<V: AsRef<str>>(out: &mut String, headers: &[(&str, V)]) {
    let mut last = "";
    for (at, (name, value)) in headers.iter().enumerate() {
        if at > 0 && *name == last {
            out.push(',');
        } else {
            if at > 0 {
                out.push('\n');
            }
            out.push_str(name);
            out.push(':');
        }
        out.push_str(value.as_ref());
        last = name;
    }
    if !headers.is_empty() {
        out.push('\n');
    }
}

fn push_header_names<V>(out: &mut String, headers: &[(&str, V)]) {
    let mut last = None;
    for (name, _) in headers {
        if last == Some(name) {
            continue;
        }
        if last.is_some() {
            out.push(';');
        }
        out.push_str(name);
        last = Some(name);
    }
}

/// The string to sign of a canonical request.
pub fn string_to_sign(algorithm: Algorithm, canonical_request: &str) -> String {
    let mut out = String::with_capacity(algorithm.name().len() + 65);
    out.push_str(algorithm.name());
    out.push('\n');
    match algorithm {
        Algorithm::HmacSha256 | Algorithm::RsaSha256 => {
            encode::push_hex(&mut out, &hash::sha256(canonical_request.as_bytes()));
        }
        Algorithm::HmacSm3 => encode::push_hex(&mut out, &sm3::Sm3::digest(canonical_request)),
    }
    out
}

/// The value of the header `Authorization`.
pub fn authorization<V>(algorithm: Algorithm, key_id: &str, headers: &[(&str, V)], signature: &str) -> String {
    const FIXED: &str = " Credential=,SignedHeaders=,Signature=";
    let names: usize = headers.iter().map(|(name, _)| name.len() + 1).sum();
    // Exact, so that the text becomes a header value without another allocation.
    let len = algorithm.name().len() + FIXED.len() + key_id.len() + names.saturating_sub(1) + signature.len();
    let mut out = String::with_capacity(len);
    out.push_str(algorithm.name());
    out.push_str(" Credential=");
    out.push_str(key_id);
    out.push_str(",SignedHeaders=");
    push_header_names(&mut out, headers);
    out.push_str(",Signature=");
    out.push_str(signature);
    out
}

/// The parts of an `Authorization` of version 3, as a server reads them. They are as they arrived: the algorithm may
/// be an unknown one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Authorization<'a> {
    /// The algorithm's name; see [`Algorithm::named`].
    pub algorithm: &'a str,
    /// The access key id.
    pub key_id: &'a str,
    /// The names of the signed headers, in lower case, joined with `;`.
    pub signed_headers: &'a str,
    /// The signature in hex digits.
    pub signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads a header's value; `None` if it has another form. Blanks after the commas are allowed.
    pub fn parse(value: &'a str) -> Option<Self> {
        let (algorithm, rest) = value.trim().split_once(' ')?;
        let mut parts = rest.split(',').map(str::trim);
        let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let (key_id, signed_headers, signature) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
        Some(Self { algorithm, key_id, signed_headers, signature })
    }
}

#[cfg(test)]
mod tests;
