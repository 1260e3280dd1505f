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

/// Members of JSON that name a key, in the same form. An id is no secret by itself; beside a masked secret it is not
/// needed either.
const KEY_NAMES: &[&str] = &["access", "accesskey", "accesskeyid"];

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
    let plain = plain(name);
    // A flattened name such as `Tags.1.SecretKey` is judged by its last part.
    let last = plain.rsplit('.').find(|part| part.parse::<u32>().is_err()).unwrap_or(&plain);
    !HARMLESS_NAMES.contains(&last) && SECRET_NAMES.iter().any(|secret| last.contains(secret))
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a header of this name, in lower case, is one of HTTP itself that tells nothing about keys.
pub(crate) fn is_common_header(name: &str) -> bool {
    COMMON_HEADERS.contains(&name)
}

/// Masks the middle of an id for a line of a log: 70 % of its characters, rounded down, so that two ids can still be
/// told apart. Not for secrets: those are not shown at all.
///
/// ```
/// use sanyun_core::redact::middle;
/// assert_eq!(middle("0123456789abcdef0123456789abcdef"), "01234**********************bcdef");
/// ```
pub fn middle(id: &str) -> String {
    let count = id.chars().count();
    let masked = (count as f64 * 0.7) as usize;
    let start = (count - masked) / 2;
    let hidden = start..start + masked;
    id.chars().enumerate().map(|(at, c)| if hidden.contains(&at) { '*' } else { c }).collect()
}

/// The value of a header as it may be shown. Of `Authorization` only the scheme is shown; a `Location` may be presigned.
pub fn header<'a>(name: &str, value: &'a str, shown: &[&str]) -> Cow<'a, str> {
    if is_common_header(name) || shown.contains(&name) {
        return match value.split_once('?') {
            Some((place, parameters)) if name == "location" => Cow::Owned(format!("{place}?{}", query(parameters))),
            _ => Cow::Borrowed(value),
        };
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

/// A request's body as it may be shown: JSON and forms with masked members, anything else by its length alone.
pub fn body(bytes: &[u8]) -> String {
    match (json_body(bytes), std::str::from_utf8(bytes)) {
        (Some(json), _) => json,
        (None, Ok(text)) if looks_like_form(text) => query(text),
        _ => length(bytes),
    }
}

/// A JSON object or array with masked members; `None` if the text is anything else.
pub fn json_body(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    if !value.is_object() && !value.is_array() {
        return None;
    }
    json(&mut value);
    Some(value.to_string())
}

/// What stands in place of a body that is not shown.
pub(crate) fn length(bytes: &[u8]) -> String {
    format!("({} bytes)", bytes.len())
}

/// Anything shorter is no secret, and masking it would only garble the text.
const SHORTEST_SECRET: usize = 6;

/// Masks a known secret wherever it stands in a text: as it is, percent-encoded as in a URL, and encoded twice as in a
/// string to sign that has a query in it. Its beginning is masked where the text ends, which may have been cut there.
pub fn scrub(text: &mut String, secret: &str) {
    if secret.len() < SHORTEST_SECRET {
        return;
    }
    let once = encode::percent(secret);
    let twice = encode::percent(&once);
    for form in [secret, &*once, &*twice] {
        if text.contains(form) {
            *text = text.replace(form, MASK);
        }
        scrub_end(text, form);
    }
}

fn scrub_end(text: &mut String, secret: &str) {
    let kept = text.trim_end_matches(['…', '.']);
    let beginnings = (SHORTEST_SECRET..secret.len()).rev().filter_map(|len| secret.get(..len));
    let found = beginnings.into_iter().find_map(|beginning| kept.strip_suffix(beginning)).map(str::len);
    if let Some(rest) = found {
        text.replace_range(rest..kept.len(), MASK);
    }
}

fn looks_like_form(text: &str) -> bool {
    // Without a value it could be a token in base64 with its padding.
    let has_value = text.split_once('=').is_some_and(|(_, value)| !value.trim_matches('=').is_empty());
    has_value && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%+&=-_.~*".contains(&byte))
}

/// Masks the members of a JSON value, at any depth, whose names sound like secrets.
pub fn json(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let names_key = || member.is_string() && KEY_NAMES.contains(&&*plain(name));
                if names_key() || (is_secret_name(name) && !member.is_null() && !member.is_boolean()) {
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
    fn a_secret_that_was_cut_is_masked_too() {
        for (text, expected) in [
            ("<p>sent: STS.TOKEN-of-th…", "<p>sent: ***…"),
            ("sent: STS.TOKEN-of", "sent: ***"),
            ("sent: STS.TOKEN-of-the-session, and", "sent: ***, and"),
            ("sent: STS.T", "sent: STS.T"),
            ("", ""),
        ] {
            let mut text = text.to_owned();
            scrub(&mut text, "STS.TOKEN-of-the-session");
            assert_eq!(text, expected);
        }
    }

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
        assert_eq!((&*body(b"aHVzaA=="), &*body(b"aHVzaGg=")), ("(8 bytes)", "(8 bytes)"));
    }
}
