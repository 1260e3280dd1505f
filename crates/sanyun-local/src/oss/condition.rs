//! Conditional requests: `If-Match`, `If-None-Match`, `If-Modified-Since`, `If-Unmodified-Since`, and the same four for
//! the source of a copy.

use http::{HeaderMap, StatusCode};
use sanyun_core::time;

use super::meta::Meta;
use super::refusal::Refusal;
use crate::arrival::header;

/// The header names of one family of conditions.
pub(crate) struct Names {
    matching: &'static str,
    none_match: &'static str,
    modified_since: &'static str,
    unmodified_since: &'static str,
}

/// The conditions of GET and HEAD.
pub(crate) const OWN: Names = Names {
    matching: "if-match",
    none_match: "if-none-match",
    modified_since: "if-modified-since",
    unmodified_since: "if-unmodified-since",
};

/// The conditions on the source of a copy.
pub(crate) const SOURCE: Names = Names {
    matching: "x-oss-copy-source-if-match",
    none_match: "x-oss-copy-source-if-none-match",
    modified_since: "x-oss-copy-source-if-modified-since",
    unmodified_since: "x-oss-copy-source-if-unmodified-since",
};

/// Checks the conditions against an object, in the order of RFC 9110, section 13.2.2. Dates that cannot be read are no
/// conditions.
///
/// # Errors
/// 412 `PreconditionFailed` or 304 `NotModified`.
pub(crate) fn check(headers: &HeaderMap, names: &Names, meta: &Meta) -> Result<(), Refusal> {
    let modified = meta.modified_ms / 1000;
    let seconds = |name| time::parse_http_date(header(headers, name)).map(|at| time::unix_seconds(at).max(0) as u64);
    let etags = header(headers, names.matching);
    if !etags.is_empty() {
        if !lists(etags, &meta.etag) {
            return Err(failed("If-Match"));
        }
    } else if seconds(names.unmodified_since).is_some_and(|limit| modified > limit) {
        return Err(failed("If-Unmodified-Since"));
    }
    let etags = header(headers, names.none_match);
    if !etags.is_empty() {
        if lists(etags, &meta.etag) {
            return Err(not_modified(meta));
        }
    } else if seconds(names.modified_since).is_some_and(|limit| modified <= limit) {
        return Err(not_modified(meta));
    }
    Ok(())
}

/// Whether a list of entity tags names this one.
fn lists(etags: &str, etag: &str) -> bool {
    let plain = |text: &str| text.trim().trim_start_matches("W/").trim_matches('"').to_ascii_uppercase();
    etags
        .split(',')
        .any(|listed| matches!(plain(listed).as_str(), listed if listed == "*" || listed == etag.to_ascii_uppercase()))
}

fn failed(condition: &str) -> Refusal {
    let message = "At least one of the pre-conditions you specified did not hold.";
    Refusal::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message).detail("Condition", condition)
}

fn not_modified(meta: &Meta) -> Refusal {
    Refusal::new(StatusCode::NOT_MODIFIED, "NotModified", "The object has not been modified.")
        .header("etag", format!("\"{}\"", meta.etag))
        .header("last-modified", time::http_date(time::from_unix((meta.modified_ms / 1000) as i64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(headers: &[(&'static str, &str)]) -> u16 {
        let meta = Meta { etag: "ABC".to_owned(), modified_ms: 1_702_743_657_900, ..Meta::default() };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        check(&map, &OWN, &meta).map_or_else(|refusal| refusal.status.as_u16(), |()| 200)
    }

    #[test]
    fn conditions_decide() {
        const AT: &str = "Sat, 16 Dec 2023 16:20:57 GMT";
        const BEFORE: &str = "Sat, 16 Dec 2023 16:20:56 GMT";
        for (headers, expected) in [
            (&[][..], 200),
            (&[("if-match", "\"ABC\"")], 200),
            (&[("if-match", "abc")], 200),
            (&[("if-match", "*")], 200),
            (&[("if-match", "\"X\", \"ABC\"")], 200),
            (&[("if-match", "\"X\"")], 412),
            (&[("if-none-match", "\"ABC\"")], 304),
            (&[("if-none-match", "\"X\"")], 200),
            (&[("if-modified-since", AT)], 304),
            (&[("if-modified-since", BEFORE)], 200),
            (&[("if-unmodified-since", AT)], 200),
            (&[("if-unmodified-since", BEFORE)], 412),
            (&[("if-unmodified-since", "yesterday")], 200),
            (&[("if-match", "ABC"), ("if-unmodified-since", BEFORE)], 200),
            (&[("if-none-match", "X"), ("if-modified-since", AT)], 200),
        ] {
            assert_eq!(status(headers), expected, "{headers:?}");
        }
    }
}
