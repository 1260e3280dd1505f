//! Signatures: V4 (`OSS4-HMAC-SHA256`) and the older V1, each in the headers or in the URL.
//!
//! [`v4`] and [`v1`] are pure functions over what is on the wire, the same for whoever sends a request and for whoever
//! checks one.

pub mod v1;
pub mod v4;

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue};
use sanyun_core::{Attempt, Error, Material, Request, Result, Signature, encode, time};

use crate::input::{Expiry, Input};
use crate::operation::Target;
use crate::presign;
use crate::protocol::Oss;

/// Which signature a client makes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignatureVersion {
    /// `OSS4-HMAC-SHA256`: bound to region and day.
    #[default]
    V4,
    /// HMAC-SHA1, for private clouds that know nothing else.
    V1,
}

/// Signs a request as the client's settings say. Without keys nothing is added.
pub(crate) fn sign(oss: &Oss, input: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature> {
    if matches!(attempt.credential.material(), Material::Anonymous) {
        return Ok(Signature::default());
    }
    let keys = attempt.credential.signing_keys()?;
    let bucket = input.bucket.as_deref();
    match oss.signature {
        SignatureVersion::V4 => {
            let region = oss.addresses.region(attempt.options)?;
            // Only there the path is a part of what is signed, beside the request that the signature goes to.
            let is_path = input.operation.target == Target::Path;
            let path = if is_path { request.path.clone() } else { String::new() };
            oss.account.with_resource(region, input, &path, |resource| {
                let signer = v4::Signer {
                    keys,
                    time: signing_time(request, attempt)?,
                    region,
                    product: oss.addresses.scope(),
                    resource,
                    additional: &oss.additional_headers,
                    cache: &oss.keys,
                };
                let Some(expiry) = input.expiry else { return signer.sign_headers(request) };
                let seconds = presign::v4_seconds(lifetime(expiry, signer.time)?)?;
                Ok(match &input.form {
                    None => signer.sign_query(request, seconds),
                    Some(form) => form.sign_v4(&signer, bucket.unwrap_or_default(), signer.time + seconds, request),
                })
            })
        }
        SignatureVersion::V1 => {
            let key = input.key.as_deref();
            let sub_resources = input.operation.sub_resources;
            let signer = v1::Signer { keys, time: attempt.now, bucket, key, sub_resources };
            let Some(expiry) = input.expiry else { return signer.sign_headers(request) };
            let end = attempt.now + lifetime(expiry, attempt.now)?;
            Ok(match &input.form {
                None => signer.sign_query(request, end),
                Some(form) => form.sign_v1(keys, bucket.unwrap_or_default(), end, request),
            })
        }
    }
}

/// The time to sign with: the caller's own `x-oss-date`, in either of its two spellings, or the attempt's.
fn signing_time(request: &Request, attempt: &Attempt<'_>) -> Result<SystemTime> {
    match request.header("x-oss-date") {
        "" => Ok(attempt.now),
        text => time::parse_iso_basic(text)
            .or_else(|| time::parse_http_date(text))
            .ok_or_else(|| Error::input(format!("header `x-oss-date`: `{text}` is not a time"))),
    }
}

fn lifetime(expiry: Expiry, now: SystemTime) -> Result<Duration> {
    let left = match expiry {
        Expiry::After(lifetime) => lifetime,
        Expiry::At(end) => end.duration_since(now).unwrap_or_default(),
    };
    if left < Duration::from_secs(1) { Err(Error::input("the presigned URL would expire at once")) } else { Ok(left) }
}

/// A header's value as it is signed: trimmed, because the other side trims it as well.
fn header_text(value: &[u8]) -> Cow<'_, str> {
    let value = value.trim_ascii();
    // Not lossy at once: that way goes byte by byte.
    std::str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed)
}

/// A header's value that stays hidden in `Debug`.
fn secret_value(name: &HeaderName, value: String) -> Result<HeaderValue> {
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| Error::input(format!("header `{name}`: the key id or the token has a control character")))?;
    value.set_sensitive(true);
    Ok(value)
}

/// An encoded query without some of its parameters; those without a value lose their equals sign.
fn without(query: &str, dropped: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(query.len() + 320);
    for (name, value) in encode::pairs(query).filter(|(name, _)| !dropped(name)) {
        for piece in [if out.is_empty() { "" } else { "&" }, name, if value.is_empty() { "" } else { "=" }, value] {
            out.push_str(piece);
        }
    }
    out
}

/// Appends a parameter to an encoded query.
pub(crate) fn push_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    encode::push_percent(query, name);
    query.push('=');
    encode::push_percent(query, value);
}
