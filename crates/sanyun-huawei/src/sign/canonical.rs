//! The canonical forms that are hashed and signed.

use std::borrow::Cow;

use sanyun_core::encode;

use super::Algorithm;

/// The canonical request: method, URI, query, headers, their names, payload line.
///
/// `path` and `query` are those of the wire; the query is taken as it is. `headers` are the signed ones, names in lower
/// case, in the order in which `Authorization` lists them.
pub fn canonical_request(method: &str, path: &str, query: &str, headers: &[(&str, &str)], payload: &str) -> String {
    let header_bytes: usize = headers.iter().map(|(name, value)| 2 * name.len() + value.len() + 3).sum();
    let mut out = String::with_capacity(method.len() + path.len() + query.len() + header_bytes + payload.len() + 8);
    out.push_str(method);
    out.make_ascii_uppercase();
    out.push('\n');
    push_canonical_uri(&mut out, path);
    out.push('\n');
    out.push_str(query);
    out.push('\n');
    for (name, value) in headers {
        out.push_str(name);
        out.push(':');
        out.push_str(value.trim_ascii());
        out.push('\n');
    }
    out.push('\n');
    push_names(&mut out, headers);
    out.push('\n');
    out.push_str(payload);
    out
}

/// Appends the names of headers, joined by `;`.
pub(super) fn push_names(out: &mut String, headers: &[(&str, &str)]) {
    for (at, (name, _)) in headers.iter().enumerate() {
        if at > 0 {
            out.push(';');
        }
        out.push_str(name);
    }
}

/// The canonical form of a path: decoded, encoded again but for its slashes, with a slash at the end. An encoded slash
/// thereby becomes a real one; nothing else is normalised.
///
/// ```
/// assert_eq!(sanyun_huawei::sign::canonical_uri("/v1/a%2Fb//c%2b"), "/v1/a/b//c%2B/");
/// ```
pub fn canonical_uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 1);
    push_canonical_uri(&mut out, path);
    out
}

fn push_canonical_uri(out: &mut String, path: &str) {
    if path.bytes().all(is_plain) {
        out.push_str(path);
    } else {
        encode::push_percent_path(out, &encode::percent_decode(path));
    }
    if !out.ends_with('/') {
        out.push('/');
    }
}

/// Whether a byte stands for itself in a canonical path. A table, because every byte of every path is looked up.
#[allow(clippy::indexing_slicing, reason = "a byte is below 256")]
fn is_plain(byte: u8) -> bool {
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            let c = byte as u8;
            plain[byte] = c.is_ascii_alphanumeric() || matches!(c, b'/' | b'-' | b'_' | b'.' | b'~');
            byte += 1;
        }
        plain
    };
    PLAIN[usize::from(byte)]
}

/// The canonical query of decoded names and values: sorted by name and then by value, as plain text, then encoded. It is
/// also what is sent.
///
/// ```
/// let pairs = [("b", "1 2"), ("a", ""), ("b", "1")].map(|(name, value)| (name.into(), value.into()));
/// assert_eq!(sanyun_huawei::sign::canonical_query(pairs.to_vec()), "a=&b=1&b=1%202");
/// ```
pub fn canonical_query(mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)>) -> String {
    pairs.sort_unstable();
    let mut out = String::with_capacity(pairs.iter().map(|(name, value)| name.len() + value.len() + 2).sum());
    for (name, value) in &pairs {
        if !out.is_empty() {
            out.push('&');
        }
        encode::push_percent(&mut out, name);
        out.push('=');
        encode::push_percent(&mut out, value);
    }
    out
}

/// The canonical form of a query as it stood on the wire, for a client that did not sort it.
pub fn sorted_query(query: &str) -> String {
    let decoded = |(name, value)| (encode::percent_decode(name), encode::percent_decode(value));
    canonical_query(encode::pairs(query).map(decoded).collect())
}

/// The last line of the canonical request. `digest` is the value of the header
/// [`digest_header`](Algorithm::digest_header), if it is there; it counts only when there is a body.
pub fn payload_line<'a>(algorithm: Algorithm, digest: Option<&'a str>, body: &[u8]) -> Cow<'a, str> {
    match stated_payload(algorithm, digest, body.is_empty()) {
        Some(stated) => stated.into(),
        None => algorithm.hash_hex(body).into(),
    }
}

/// The payload line where the body need not be hashed for it.
pub(super) fn stated_payload(algorithm: Algorithm, digest: Option<&str>, is_empty: bool) -> Option<&str> {
    if is_empty { Some(algorithm.empty_hash()) } else { digest }
}

/// The string to sign. `date` is the value of `X-Sdk-Date`; `scope` is empty but for
/// [`V11HmacSha256`](Algorithm::V11HmacSha256).
pub fn string_to_sign(algorithm: Algorithm, date: &str, scope: &str, canonical_request: &str) -> String {
    let digest = algorithm.hash(canonical_request.as_bytes());
    let name = algorithm.as_str();
    let mut out = String::with_capacity(name.len() + date.len() + scope.len() + 67);
    for line in [name, date, scope].into_iter().filter(|line| !line.is_empty()) {
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(digest.as_str());
    out
}
