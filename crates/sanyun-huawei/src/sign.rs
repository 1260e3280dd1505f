//! The signatures of Huawei Cloud's API gateway. Everything but [`Signer`] is a pure function: texts in, text out. The
//! client signs with them, and a server that checks a signature rebuilds it with them:
//!
//! ```
//! use sanyun_core::Secret;
//! use sanyun_huawei::sign::{self, Algorithm, Authorization, SigningKey};
//!
//! // What arrived: the target as it stood on the request line, and the headers that `Authorization` lists, in its order.
//! let arrived = "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-sdk-date, \
//!     Signature=cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842";
//! let given = Authorization::parse(arrived).ok_or("no signature")?;
//! let headers = [("host", "service.endpoint.myhuaweicloud.com"), ("x-sdk-date", "20200608T023900Z")];
//! let payload = sign::payload_line(given.algorithm, None, b"");
//! let canonical = sign::canonical_request("GET", "/resources", "size=1", &headers, &payload);
//!
//! let to_sign = sign::string_to_sign(given.algorithm, "20200608T023900Z", given.scope, &canonical);
//! let key = SigningKey::new(given.algorithm, "AccessKey", &Secret::new("SecretKey"), given.scope);
//! assert_eq!(key.signature(&to_sign), given.signature);
//! # Ok::<(), &str>(())
//! ```
//!
//! A verifier takes the query first as it came, because that is what clients sign, and then, before it refuses, in the
//! order of [`canonical_query`].

mod authorization;
mod canonical;
mod derived;
#[cfg_attr(not(feature = "elliptic"), path = "sign/elliptic/absent.rs")]
mod elliptic;
mod key;

pub use authorization::Authorization;
pub use canonical::{canonical_query, canonical_request, canonical_uri, payload_line, sorted_query, string_to_sign};
pub(crate) use derived::is_built_in_host;
pub use derived::{Scope, is_standard_host};
pub use key::SigningKey;

use std::time::SystemTime;

use http::header::{AUTHORIZATION, CONTENT_TYPE, Entry, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use sanyun_core::encode::HexDigest;
use sanyun_core::{Error, Keys, Request, Result, Secret, Signature, hash, header_value, time};
use sm3::Digest as _;

use key::KeyCache;

/// The value of the digest header, and the payload line, of a body that is not signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// The header with the time of the signature, `YYYYMMDDTHHMMSSZ`.
pub const X_SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");
/// The header with the token of temporary keys.
pub const X_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");

const X_SDK_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-sdk-content-sha256");
const X_SDK_CONTENT_SM3: HeaderName = HeaderName::from_static("x-sdk-content-sm3");
/// SM3 of the empty text.
const EMPTY_SM3: &str = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";

/// How requests are signed.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// `SDK-HMAC-SHA256`, the default.
    #[default]
    HmacSha256,
    /// `SDK-HMAC-SM3`, with the hash of the Chinese standard.
    HmacSm3,
    /// `SDK-ECDSA-P256-SHA256`: the secret stands for a private key of the curve P-256. Needs the cargo feature
    /// `elliptic`.
    EcdsaP256Sha256,
    /// `SDK-SM2-SM3`: the signature of the Chinese standard (GB/T 32918.2) on its curve. Needs the cargo feature
    /// `elliptic`.
    Sm2Sm3,
    /// `V11-HMAC-SHA256`, with a key that is good for one day, region and service. The client uses it on its own where
    /// [`Builder::derived_when`](crate::Builder::derived_when) says so.
    V11HmacSha256,
}

impl Algorithm {
    /// All of them, whether they are in this build or not.
    pub const ALL: [Self; 5] =
        [Self::HmacSha256, Self::HmacSm3, Self::EcdsaP256Sha256, Self::Sm2Sm3, Self::V11HmacSha256];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "SDK-HMAC-SHA256",
            Self::HmacSm3 => "SDK-HMAC-SM3",
            Self::EcdsaP256Sha256 => "SDK-ECDSA-P256-SHA256",
            Self::Sm2Sm3 => "SDK-SM2-SM3",
            Self::V11HmacSha256 => "V11-HMAC-SHA256",
        }
    }

    /// The algorithm of a name on the wire; `None` for one that does not exist.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// Whether this build has it: the elliptic-curve ones need the cargo feature `elliptic`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) naming the feature, if it has not.
    pub fn check(self) -> Result<()> {
        if cfg!(feature = "elliptic") || !matches!(self, Self::EcdsaP256Sha256 | Self::Sm2Sm3) {
            return Ok(());
        }
        Err(Error::config(format!("{} needs the cargo feature `elliptic` of sanyun-huawei", self.as_str())))
    }

    /// Whether it hashes with SM3; the others do with SHA-256.
    fn is_sm3(self) -> bool {
        matches!(self, Self::HmacSm3 | Self::Sm2Sm3)
    }

    /// The header that can hold the digest of the body, or [`UNSIGNED_PAYLOAD`].
    pub fn digest_header(self) -> HeaderName {
        if self.is_sm3() { X_SDK_CONTENT_SM3 } else { X_SDK_CONTENT_SHA256 }
    }

    /// Its hash of some bytes, as lower-case hex digits.
    pub fn hash_hex(self, bytes: &[u8]) -> String {
        if bytes.is_empty() { self.empty_hash().to_owned() } else { self.hash(bytes).as_str().to_owned() }
    }

    fn empty_hash(self) -> &'static str {
        if self.is_sm3() { EMPTY_SM3 } else { hash::EMPTY_SHA256 }
    }

    fn hash(self, bytes: &[u8]) -> HexDigest {
        HexDigest::new(&if self.is_sm3() { sm3::Sm3::digest(bytes).into() } else { hash::sha256(bytes) })
    }
}

/// Signs requests, and keeps the prepared key of the last one.
#[derive(Default)]
pub struct Signer {
    keys: KeyCache,
}

impl Signer {
    /// Adds date, host, token and signature. The date is `now`, unless the request has an `X-Sdk-Date`. A body whose
    /// content type is neither JSON nor BSON, or whose bytes are not in memory, is not covered by the signature, as the
    /// vendor's SDKs do it. A request that has an `Authorization` already is left as it is, apart from the token.
    /// `scope` is for [`Algorithm::V11HmacSha256`] alone.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if the date has another form or a header is not UTF-8;
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if a scope is needed and region or service is empty, or the
    /// algorithm is not in this build.
    pub fn sign(
        &self,
        request: &mut Request,
        keys: &Keys,
        algorithm: Algorithm,
        scope: Scope<'_>,
        now: SystemTime,
    ) -> Result<Signature> {
        if let Some(token) = keys.token.as_ref().filter(|token| !token.is_empty()) {
            set_secret(request, X_SECURITY_TOKEN, token)?;
        }
        if request.headers.contains_key(AUTHORIZATION) {
            return Ok(Signature::default());
        }
        algorithm.check()?;
        mark_unsigned_payload(request, algorithm);
        let date = date(request, now)?;
        if let Entry::Vacant(host) = request.headers.entry(HOST) {
            host.insert(header_value(&HOST, request.endpoint.authority())?);
        }
        let scope = match algorithm {
            Algorithm::V11HmacSha256 => scope.on(&date)?,
            _ => String::new(),
        };
        let (signature, authorization) = self.signature(request, keys, algorithm, &scope, &date)?;
        request.headers.insert(AUTHORIZATION, authorization);
        Ok(signature)
    }

    fn signature(
        &self,
        request: &Request,
        keys: &Keys,
        algorithm: Algorithm,
        scope: &str,
        date: &str,
    ) -> Result<(Signature, HeaderValue)> {
        let prepared = self.keys.get(algorithm, keys, scope);
        let headers = signed_headers(&request.headers)?;
        let digest = request.headers.get(algorithm.digest_header());
        let digest = digest.map(|value| std::str::from_utf8(value.as_bytes()).unwrap_or_default());
        let hash;
        let payload = match canonical::stated_payload(algorithm, digest, request.body.is_empty()) {
            Some(stated) => stated,
            None => {
                hash = algorithm.hash(request.body.as_bytes().unwrap_or_default());
                hash.as_str()
            }
        };
        let canonical_request =
            canonical_request(request.method.as_str(), &request.path, &request.query, &headers, payload);
        let string_to_sign = string_to_sign(algorithm, date, scope, &canonical_request);
        let code = prepared.key.sign(&string_to_sign);
        let text = authorization::text(algorithm, &keys.id, scope, &headers, code.as_str());
        let mut authorization = HeaderValue::try_from(text)
            .map_err(|_| Error::credentials("the access key id has characters that a header cannot hold"))?;
        authorization.set_sensitive(true);
        Ok((Signature { canonical_request, string_to_sign }, authorization))
    }
}

/// Sets a header that holds a secret.
pub(crate) fn set_secret(request: &mut Request, name: HeaderName, secret: &Secret) -> Result<()> {
    let mut value = header_value(&name, secret.expose())?;
    value.set_sensitive(true);
    request.headers.insert(name, value);
    Ok(())
}

/// Says in a header that the body is not signed, where it is not: the rule of the vendor's SDKs for what is neither
/// JSON nor BSON, and the only way for a body that is streamed.
fn mark_unsigned_payload(request: &mut Request, algorithm: Algorithm) {
    let streamed = request.body.as_bytes().is_none() && !request.headers.contains_key(algorithm.digest_header());
    let other_type = request.headers.get(CONTENT_TYPE).is_some_and(|value| !is_hashed(value.as_bytes()));
    if streamed || other_type {
        request.headers.insert(algorithm.digest_header(), HeaderValue::from_static(UNSIGNED_PAYLOAD));
    }
}

fn is_hashed(content_type: &[u8]) -> bool {
    ["application/json", "application/bson"]
        .iter()
        .any(|known| content_type.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known.as_bytes())))
}

/// The date of the signature: that of the request, which is set from `now` when it is missing.
fn date(request: &mut Request, now: SystemTime) -> Result<String> {
    match request.headers.entry(X_SDK_DATE) {
        Entry::Vacant(missing) => {
            let date = time::iso_basic(now);
            missing.insert(header_value(&X_SDK_DATE, &date)?);
            Ok(date)
        }
        Entry::Occupied(given) => {
            let given = std::str::from_utf8(given.get().as_bytes()).unwrap_or_default();
            let date = time::parse_iso_basic(given).map(|_| given.to_owned());
            date.ok_or_else(|| {
                Error::input(format!("header `x-sdk-date`: `{given}` is not of the form YYYYMMDDTHHMMSSZ"))
            })
        }
    }
}

/// The headers that are signed: all whose name has no underscore, sorted by name.
fn signed_headers(headers: &HeaderMap) -> Result<Vec<(&str, &str)>> {
    let mut signed = Vec::with_capacity(headers.len());
    for (name, value) in headers {
        if !name.as_str().contains('_') {
            let value = std::str::from_utf8(value.as_bytes())
                .map_err(|_| Error::input(format!("header `{name}`: the value is not UTF-8")))?;
            signed.push((name.as_str(), value));
        }
    }
    signed.sort_unstable();
    Ok(signed)
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

#[cfg(test)]
mod tests;
