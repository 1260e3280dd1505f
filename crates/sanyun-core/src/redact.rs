//! Masking what must not be shown. Headers are shown only if they are listed; query parameters and members of JSON
//! bodies are masked if their name sounds like a secret.

use std::borrow::Cow;

use http::HeaderMap;
use serde_json::Value;

use crate::encode;

/// What stands in place of a secret.
pub const MASK: &str = "***";

/// Headers of HTTP itself that tell nothing about keys.
const COMMON_HEADERS: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-ranges",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-range",
    "content-type",
    "date",
    "etag",
    "expires",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "last-modified",
    "location",
    "range",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "via",
    "x-request-id",
];

/// Parts of names, in lower case without `-` and `_`, that announce a secret.
const SECRET_NAMES: &[&str] = &[
    "accesskeysecret",
    "adminpass",
    "apikey",
    "authorization",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "signature",
    "token",
];

/// Names that contain one of [`SECRET_NAMES`] and are harmless: positions in listings, names of algorithms.
const HARMLESS_NAMES: &[&str] = &[
    "clienttoken",
    "continuationtoken",
    "nextcontinuationtoken",
    "nextpagetoken",
    "nexttoken",
    "pagetoken",
    "signaturemethod",
    "signaturenonce",
    "signaturetype",
    "signatureversion",
    "xosssignatureversion",
];

/// Whether a parameter or member of this name may hold a secret.
///
/// ```
/// use sanyun_core::redact::is_secret_name;
/// assert!(is_secret_name("adminPass") && is_secret_name("Secret-Key") && is_secret_name("x-oss-signature"));
/// assert!(!is_secret_name("NextToken") && !is_secret_name("InstanceId"));
/// ```
pub fn is_secret_name(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect();
    // A flattened name such as `Tags.1.SecretKey` is judged by its last part.
    let last = plain.rsplit('.').find(|part| part.parse::<u32>().is_err()).unwrap_or(&plain);
    !HARMLESS_NAMES.contains(&last) && SECRET_NAMES.iter().any(|secret| last.contains(secret))
}

/// The value of a header as it may be shown. Of `Authorization` only the scheme is shown.
pub fn header<'a>(name: &str, value: &'a str, shown: &[&str]) -> Cow<'a, str> {
    if COMMON_HEADERS.contains(&name) || shown.contains(&name) {
        return Cow::Borrowed(value);
    }
    match value.split_once(' ') {
        Some((scheme, _)) if name == "authorization" => Cow::Owned(format!("{scheme} {MASK}")),
        _ => Cow::Borrowed(MASK),
    }
}

/// All headers as they may be shown, in the order of the map.
pub fn headers<'a>(headers: &'a HeaderMap, shown: &[&str]) -> Vec<(&'a str, String)> {
    let mask = |name: &'a http::HeaderName, value: &http::HeaderValue| {
        let text = String::from_utf8_lossy(value.as_bytes());
        (name.as_str(), header(name.as_str(), &text, shown).into_owned())
    };
    headers.iter().map(|(name, value)| mask(name, value)).collect()
}

/// An encoded query as it may be shown.
pub fn query(query: &str) -> String {
    let mut out = String::with_capacity(query.len());
    for piece in query.split('&') {
        if !out.is_empty() {
            out.push('&');
        }
        match piece.split_once('=') {
            Some((name, _)) if is_secret_name(&encode::percent_decode(name)) => {
                out.push_str(name);
                out.push('=');
                out.push_str(MASK);
            }
            _ => out.push_str(piece),
        }
    }
    out
}

/// A body as it may be shown: JSON and forms with masked members, anything else by its length alone.
pub fn body(bytes: &[u8]) -> String {
    if let Ok(mut value) = serde_json::from_slice::<Value>(bytes)
        && (value.is_object() || value.is_array())
    {
        json(&mut value);
        return value.to_string();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if looks_like_form(text) => query(text),
        _ => format!("({} bytes)", bytes.len()),
    }
}

fn looks_like_form(text: &str) -> bool {
    text.contains('=') && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%+&=-_.~*".contains(&byte))
}

/// Masks the members of a JSON value, at any depth, whose names sound like secrets.
pub fn json(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if is_secret_name(name) && !member.is_null() && !member.is_boolean() {
                    *member = MASK.into();
                } else {
                    json(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(json),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_shown_only_if_listed() {
        assert_eq!(header("content-type", "application/json", &[]), "application/json");
        assert_eq!(header("x-sdk-date", "2026", &["x-sdk-date"]), "2026");
        assert_eq!(header("x-security-token", "abc", &[]), MASK);
        assert_eq!(header("authorization", "OSS4-HMAC-SHA256 Credential=ak", &[]), "OSS4-HMAC-SHA256 ***");
        assert_eq!(header("authorization", "SKIP", &[]), MASK);
    }

    #[test]
    fn queries_and_bodies_lose_their_secrets() {
        assert_eq!(
            query("Action=Run&Password=a&Tag.1.SecretKey=b&SecurityToken=c&NextToken=d&e"),
            "Action=Run&Password=***&Tag.1.SecretKey=***&SecurityToken=***&NextToken=d&e"
        );
        assert_eq!(
            body(br#"{"server":{"adminPass":"x","name":"y"},"k":[{"Token":"z"}]}"#),
            r#"{"server":{"adminPass":"***","name":"y"},"k":[{"Token":"***"}]}"#
        );
        assert_eq!(body(b"a=1&Password=x%20y"), "a=1&Password=***");
        assert_eq!(body(b"\x00\x01binary"), "(8 bytes)");
    }
}
