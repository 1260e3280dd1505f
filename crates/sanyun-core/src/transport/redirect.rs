//! Where a redirect leads, and what may be taken there.

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::error::{TransportError, TransportErrorKind as Kind};
use crate::body::Body;
use crate::endpoint::{Endpoint, Scheme};
use crate::redact;
use crate::request::Request;

/// The request that follows a reply; `None` if the reply is to be taken as it is.
///
/// A GET or HEAD follows every redirect; 303 makes a GET of any other method. With its method and its body a request
/// follows 307 and 308 alone, to the same origin, and if the body can be sent again. To another origin go only the
/// headers that tell nothing about keys.
pub(super) fn next(
    mut request: Request,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Request>, TransportError> {
    let Some(location) = headers.get(LOCATION).filter(|_| is_redirect(status)) else { return Ok(None) };
    if status == StatusCode::SEE_OTHER {
        forget_body(&mut request);
    }
    let reads = matches!(request.method, Method::GET | Method::HEAD);
    let keeps_method = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    if !(reads || keeps_method) || !request.body.is_replayable() {
        return Ok(None);
    }
    let Target { endpoint, path, query } = resolve(&request, location)?;
    if !is_same_origin(&endpoint, &request.endpoint) {
        if !reads || !request.body.is_empty() {
            return Ok(None);
        }
        leave_secrets(&mut request, &endpoint)?;
    }
    Ok(Some(Request { endpoint, path, query, ..request }))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Too many redirects in a row, of which `last` is the last.
pub(super) fn too_many(most: u32, last: &Endpoint) -> TransportError {
    TransportError::new(Kind::Redirect, format!("redirected more than {most} times, at last by {last}"))
}

fn forget_body(request: &mut Request) {
    if request.method != Method::HEAD {
        request.method = Method::GET;
    }
    request.body = Body::empty();
    for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING, MD5] {
        request.headers.remove(name);
    }
}

const MD5: HeaderName = HeaderName::from_static("content-md5");

fn leave_secrets(request: &mut Request, to: &Endpoint) -> Result<(), TransportError> {
    if request.endpoint.scheme() == Scheme::Https && to.scheme() == Scheme::Http {
        return Err(refused("it leaves TLS", to));
    }
    let secret: Vec<_> =
        request.headers.keys().filter(|name| !redact::is_common_header(name.as_str())).cloned().collect();
    for name in secret {
        request.headers.remove(name);
    }
    let host = HeaderValue::from_str(to.authority()).map_err(|_| refused("its host is not allowed", to))?;
    request.headers.insert(HOST, host);
    Ok(())
}

fn refused(why: &str, to: &Endpoint) -> TransportError {
    TransportError::new(Kind::Redirect, format!("the redirect to {to} is not followed: {why}"))
}

fn is_same_origin(one: &Endpoint, other: &Endpoint) -> bool {
    one.scheme() == other.scheme() && one.port() == other.port() && one.host().eq_ignore_ascii_case(other.host())
}

/// Where a redirect leads.
struct Target {
    endpoint: Endpoint,
    path: String,
    query: String,
}

/// Reads `Location` (RFC 3986, section 5.2). Its query may hold a signature, so no error repeats it.
fn resolve(request: &Request, location: &HeaderValue) -> Result<Target, TransportError> {
    let unclear = || {
        let message = format!("{} redirects to something that is no address", request.endpoint);
        TransportError::new(Kind::Redirect, message)
    };
    let text = location.to_str().map_err(|_| unclear())?;
    let text = text.split('#').next().unwrap_or_default();
    let (endpoint, rest) = match authority(text, request.endpoint.scheme()) {
        None => (request.endpoint.clone(), text),
        Some((origin, rest)) => (Endpoint::parse(&origin, Scheme::Https).map_err(|_| unclear())?, rest),
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (path, query) = match path {
        _ if path.starts_with('/') => (path.to_owned(), query),
        "" if endpoint != request.endpoint => ("/".to_owned(), query),
        "" if !rest.starts_with('?') => (request.path.clone(), request.query.as_str()),
        "" => (request.path.clone(), query),
        _ if path.split('/').next().is_some_and(|first| first.contains(':')) => return Err(unclear()),
        _ => (beside(&request.path, path), query),
    };
    Ok(Target { endpoint, path, query: query.to_owned() })
}

/// Scheme and authority of a reference that has an authority, and what comes after.
fn authority(text: &str, scheme: Scheme) -> Option<(String, &str)> {
    let (scheme, rest) = match text.strip_prefix("//") {
        Some(rest) => (scheme.as_str(), rest),
        None => text.split_once("://").filter(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()))?,
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    Some((format!("{scheme}://{authority}"), rest))
}

/// A path relative to the folder of another.
fn beside(base: &str, path: &str) -> String {
    let mut parts: Vec<_> = base.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.len() > 1 => _ = parts.pop(),
            ".." => {}
            _ => parts.push(part),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") || matches!(path, "." | "..") {
        parts.push("");
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(location: &str) -> Result<String, TransportError> {
        let mut request = Request::new(Method::GET, Endpoint::new(Scheme::Https, "a.test"), "/b/c/d");
        request.query = "q".to_owned();
        let target = resolve(&request, &HeaderValue::from_str(location).unwrap())?;
        let query = if target.query.is_empty() { String::new() } else { format!("?{}", target.query) };
        Ok(format!("{}{}{query}", target.endpoint, target.path))
    }

    #[test]
    fn references_are_resolved() {
        for (location, expected) in [
            ("http://x.test:8/y/../z?s=http://n#f", "http://x.test:8/y/../z?s=http://n"),
            ("HTTPS://x.test?z", "https://x.test/?z"),
            ("//x.test", "https://x.test/"),
            ("/y%2F?u=a://b", "https://a.test/y%2F?u=a://b"),
            ("?r", "https://a.test/b/c/d?r"),
            ("", "https://a.test/b/c/d?q"),
            ("e?x", "https://a.test/b/c/e?x"),
            ("../e", "https://a.test/b/e"),
            ("./../../../..", "https://a.test/"),
        ] {
            assert_eq!(led(location).unwrap(), expected, "{location}");
        }
        for location in ["ftp://x.test/", "http://", "http://u:p@x.test/?signature=s", "mailto:x", "http://a b/"] {
            let error = led(location).unwrap_err();
            assert_eq!(error.kind(), Kind::Redirect);
            assert!(!error.to_string().contains("signature"));
        }
    }
}
