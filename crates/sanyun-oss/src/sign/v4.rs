//! Signature V4, `OSS4-HMAC-SHA256` (OSS API reference, "Include V4 signatures").
//!
//! The functions take what is on the wire: the query as it is sent, and all headers. A server that checks a signature
//! calls [`canonical_request`], [`string_to_sign`], [`signing_key`] and [`signature`] with what arrived.

mod cache;

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::header::{AUTHORIZATION, DATE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use sanyun_core::hash::{HmacSha256, hmac_sha256, sha256};
use sanyun_core::{Keys, Request, Result, Secret, Signature, encode, header_value};

pub use cache::KeyCache;

use super::{header_text, secret_value, without};
use cache::Shared;

/// The algorithm's name: first line of the string to sign, first word of `Authorization`.
pub const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// What stands for the payload's hash: OSS does not check it.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The last part of the scope.
const TERMINATOR: &str = "aliyun_v4_request";

const DATE_HEADER: HeaderName = HeaderName::from_static("x-oss-date");
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-oss-security-token");
const PAYLOAD_HEADER: HeaderName = HeaderName::from_static("x-oss-content-sha256");

/// What a request acts on, as its signature names it. It does not depend on where the bucket stands in the URL.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// The service, a bucket (no key) or an object.
    Object {
        /// The bucket; `None` for the service.
        bucket: Option<&'a str>,
        /// The key, unencoded.
        key: Option<&'a str>,
    },
    /// The same in a vector bucket, whose account is named with it.
    Vectors {
        /// The region.
        region: &'a str,
        /// The account's id.
        account: &'a str,
        /// The bucket; `None` for the service.
        bucket: Option<&'a str>,
        /// The key, unencoded.
        key: Option<&'a str>,
    },
    /// A path of the tables service.
    Tables {
        /// The region.
        region: &'a str,
        /// The table bucket's resource name; `None` for calls without one.
        arn: Option<&'a str>,
        /// The path behind the host, encoded, without its first slash.
        path: &'a str,
    },
}

impl Resource<'_> {
    fn push_uri(&self, out: &mut String) {
        out.push('/');
        let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| encode::push_percent_path(out, piece));
        match *self {
            Self::Object { bucket, key } => {
                bucket.into_iter().for_each(|bucket| push(&[bucket, "/"]));
                push(&[key.unwrap_or_default()]);
            }
            Self::Vectors { region, account, bucket, key } => {
                match bucket {
                    Some(bucket) => push(&["acs:ossvector:", region, ":", account, ":", bucket, "/"]),
                    None => push(&["acs:ossvector:", region, "::/"]),
                }
                push(&[key.unwrap_or_default()]);
            }
            Self::Tables { region, arn, path } => {
                match arn {
                    Some(arn) => push(&[arn, "/"]),
                    None => push(&["acs:osstables:", region, "::bucket//"]),
                }
                push(&[&encode::percent_decode(path)]);
            }
        }
    }
}

/// Whether a header is signed without being named: `x-oss-*`, `content-type` and `content-md5`. The name is in lower
/// case.
pub fn is_signed_by_default(name: &str) -> bool {
    name.starts_with("x-oss-") || name == "content-type" || name == "content-md5"
}

/// The canonical request: method, resource, query, signed headers, names of the additional ones, and the payload's hash
/// or what stands for it. `query` is the encoded one as it is sent, `additional` the sorted lower-case names of the
/// headers that are signed beside the usual ones.
pub fn canonical_request(
    method: &str,
    resource: &Resource<'_>,
    query: &str,
    headers: &HeaderMap,
    additional: &[&str],
) -> String {
    let mut out = String::with_capacity(256 + query.len());
    out.push_str(method);
    out.push('\n');
    resource.push_uri(&mut out);
    out.push('\n');
    push_query(&mut out, query);
    out.push('\n');
    let payload = push_headers(&mut out, headers, additional).unwrap_or(UNSIGNED_PAYLOAD.into());
    out.push('\n');
    push_joined(&mut out, additional);
    out.push('\n');
    out.push_str(&payload);
    out
}

fn push_query(out: &mut String, query: &str) {
    let mut pairs: Vec<_> = encode::pairs(query).collect();
    pairs.sort_unstable();
    for (at, (name, value)) in pairs.into_iter().enumerate() {
        if at > 0 {
            out.push('&');
        }
        out.push_str(name);
        if !value.is_empty() {
            out.push('=');
            out.push_str(value);
        }
    }
}

/// Appends the signed headers, and gives the payload's hash, which is one of them.
fn push_headers<'h>(out: &mut String, headers: &'h HeaderMap, additional: &[&str]) -> Option<Cow<'h, str>> {
    let mut signed: Vec<(&str, &[u8])> = Vec::with_capacity(headers.len());
    for (name, value) in headers {
        if is_signed_by_default(name.as_str()) || additional.contains(&name.as_str()) {
            signed.push((name.as_str(), value.as_bytes()));
        }
    }
    signed.sort_unstable();
    let mut payload = None;
    for (name, value) in signed {
        let value = header_text(value);
        for piece in [name, ":", &value, "\n"] {
            out.push_str(piece);
        }
        if name == PAYLOAD_HEADER {
            payload = Some(value);
        }
    }
    payload
}

fn push_joined(out: &mut String, names: &[&str]) {
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            out.push(';');
        }
        out.push_str(name);
    }
}

/// The scope `date/region/product/aliyun_v4_request`; the date is the first 8 characters of `datetime`.
pub fn scope(datetime: &str, region: &str, product: &str) -> String {
    let mut out = String::with_capacity(64);
    for piece in [day(datetime), "/", region, "/", product, "/", TERMINATOR] {
        out.push_str(piece);
    }
    out
}

fn day(datetime: &str) -> &str {
    datetime.get(..8).unwrap_or(datetime)
}

/// The string to sign. `datetime` has the form `20231216T162057Z`.
pub fn string_to_sign(datetime: &str, scope: &str, canonical_request: &str) -> String {
    let mut out = String::with_capacity(ALGORITHM.len() + datetime.len() + scope.len() + 67);
    for piece in [ALGORITHM, "\n", datetime, "\n", scope, "\n"] {
        out.push_str(piece);
    }
    encode::push_hex(&mut out, &sha256(canonical_request.as_bytes()));
    out
}

/// The key of a day, a region and a product. `date` has the form `20231216`.
pub fn signing_key(secret: &Secret, date: &str, region: &str, product: &str) -> HmacSha256 {
    let first = Secret::new(["aliyun_v4", secret.expose()].concat());
    let key = hmac_sha256(first.expose().as_bytes(), date.as_bytes());
    let key = hmac_sha256(&key, region.as_bytes());
    let key = hmac_sha256(&key, product.as_bytes());
    HmacSha256::new(&hmac_sha256(&key, TERMINATOR.as_bytes()))
}

/// The signature, in hexadecimal digits.
pub fn signature(key: &HmacSha256, string_to_sign: &str) -> String {
    encode::hex(&key.sign(string_to_sign.as_bytes()))
}

/// Everything that a signature depends on beside the request.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The keys.
    pub keys: &'a Keys,
    /// The time to sign with.
    pub time: SystemTime,
    /// The region.
    pub region: &'a str,
    /// The product: `oss`, `oss-cloudbox`, `osstables`.
    pub product: &'a str,
    /// What the request acts on.
    pub resource: Resource<'a>,
    /// Headers to sign beside the usual ones; those that the request does not have are left out.
    pub additional: &'a [HeaderName],
    /// Where the signing key is kept.
    pub cache: &'a KeyCache,
}

impl Signer<'_> {
    /// Signs in the headers: sets `x-oss-date`, `Date`, `x-oss-content-sha256`, `x-oss-security-token` for temporary
    /// keys, and `Authorization`.
    ///
    /// # Errors
    /// The key id or the token has a control character.
    pub fn sign_headers(&self, request: &mut Request) -> Result<Signature> {
        let shared = self.cache.get(self);
        request.headers.insert(DATE_HEADER, shared.datetime_header.clone());
        request.headers.insert(DATE, shared.http_date.clone());
        request.headers.insert(PAYLOAD_HEADER, HeaderValue::from_static(UNSIGNED_PAYLOAD));
        if let Some(token) = &self.keys.token {
            request.headers.insert(TOKEN_HEADER, secret_value(&TOKEN_HEADER, token.expose().to_owned())?);
        }
        self.add_host(request);
        let additional = self.additional_names(&request.headers);
        let (signed, signature) = self.signed(request, &shared, &additional);
        let authorization = authorization(&self.keys.id, &shared.scope, &additional, &signature);
        request.headers.insert(AUTHORIZATION, secret_value(&AUTHORIZATION, authorization)?);
        Ok(signed)
    }

    /// Signs in the query, for `expires` whole seconds from the signer's time. A signature that is already there is
    /// replaced. Parameters without a value lose their equals sign.
    pub fn sign_query(&self, request: &mut Request, expires: Duration) -> Signature {
        let shared = self.cache.get(self);
        self.add_host(request);
        let additional = self.additional_names(&request.headers);
        let credential = [&self.keys.id, "/", &shared.scope].concat();
        let token = self.keys.token.as_ref().map(Secret::expose).unwrap_or_default();
        let added = [
            ("x-oss-signature-version", ALGORITHM),
            ("x-oss-date", &shared.datetime),
            ("x-oss-expires", &expires.as_secs().to_string()),
            ("x-oss-credential", &credential),
            ("x-oss-security-token", token),
            ("x-oss-additional-headers", &additional.join(";")),
        ];
        let stale = added.map(|(name, _)| name);
        let mut query = without(&request.query, |name| stale.contains(&name) || name == "x-oss-signature");
        for (name, value) in added.into_iter().filter(|(_, value)| !value.is_empty()) {
            super::push_pair(&mut query, name, value);
        }
        request.query = query;
        let (signed, signature) = self.signed(request, &shared, &additional);
        super::push_pair(&mut request.query, "x-oss-signature", &encode::hex(&signature));
        signed
    }

    fn signed(&self, request: &Request, shared: &Shared, additional: &[&str]) -> (Signature, [u8; 32]) {
        let canonical_request =
            canonical_request(request.method.as_str(), &self.resource, &request.query, &request.headers, additional);
        let string_to_sign = string_to_sign(&shared.datetime, &shared.scope, &canonical_request);
        let signature = shared.key.sign(string_to_sign.as_bytes());
        (Signature { canonical_request, string_to_sign }, signature)
    }

    /// A signed `Host` has to be there when it is signed; it is sent in any case.
    fn add_host(&self, request: &mut Request) {
        if self.additional.contains(&HOST)
            && !request.headers.contains_key(HOST)
            && let Ok(host) = header_value(&HOST, request.endpoint.authority())
        {
            request.headers.insert(HOST, host);
        }
    }

    fn additional_names<'h>(&self, headers: &'h HeaderMap) -> Vec<&'h str> {
        // The common case costs nothing: an empty vector does not allocate.
        let mut names: Vec<&'h str> = Vec::new();
        if self.additional.is_empty() {
            return names;
        }
        for (name, value) in headers {
            let wanted = self.additional.contains(name) && !is_signed_by_default(name.as_str());
            if wanted && !value.is_empty() {
                names.push(name.as_str());
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The `Authorization` header, in a text of exactly its length: it becomes the header without a copy.
fn authorization(id: &str, scope: &str, additional: &[&str], signature: &[u8; 32]) -> String {
    let names = additional.iter().map(|name| name.len() + 1).sum::<usize>();
    let list = if additional.is_empty() { "" } else { ",AdditionalHeaders=" };
    let pieces = [ALGORITHM, " Credential=", id, "/", scope, list];
    let len = pieces.iter().map(|piece| piece.len()).sum::<usize>() + names.saturating_sub(1);
    let mut text = String::with_capacity(len + ",Signature=".len() + 64);
    pieces.iter().for_each(|piece| text.push_str(piece));
    push_joined(&mut text, additional);
    text.push_str(",Signature=");
    encode::push_hex(&mut text, signature);
    text
}

/// The names of a header list that are worth signing beside the usual ones, sorted.
pub(crate) fn additional(names: &[HeaderName]) -> Vec<HeaderName> {
    let mut names: Vec<_> = names.iter().filter(|name| !is_signed_by_default(name.as_str())).cloned().collect();
    names.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    names.dedup();
    names
}

#[cfg(test)]
mod tests;
