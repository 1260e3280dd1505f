//! A request as it arrived: the raw request target, the headers, and a body that is read in pieces.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use sanyun_core::encode;

/// A request without its body. Path and query are the bytes of the request line: what was signed.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// The host and port of a request line like `GET http://host/path`, which is how one asks a proxy.
    pub(crate) authority: Option<String>,
}

/// Takes a request apart; `received` counts the bytes of its body for the access log.
pub(crate) fn take_apart(request: Request<Incoming>, received: Arc<AtomicU64>) -> (Head, ArrivingBody) {
    let (head, incoming) = request.into_parts();
    let path = head.uri.path().to_owned();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let authority = head.uri.authority().map(|authority| authority.as_str().to_owned());
    (Head { method: head.method, path, query, headers: head.headers, authority }, ArrivingBody { incoming, received })
}

impl Head {
    /// A header's value; empty if it is missing or not UTF-8.
    pub(crate) fn header(&self, name: &str) -> &str {
        header(&self.headers, name)
    }

    /// The host that the request is for, port included: that of the request line or else of `Host`.
    pub(crate) fn host(&self) -> &str {
        self.authority.as_deref().unwrap_or_else(|| self.header("host"))
    }

    /// The host that the request is for without its port, in lower case.
    pub(crate) fn host_name(&self) -> String {
        host_name(self.host())
    }

    /// The decoded value of the first query parameter of that name. A plus sign stays one.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        parameter(&self.query, name)
    }

    /// The media type of `Content-Type` in lower case, without its parameters.
    pub(crate) fn media_type(&self) -> String {
        let value = self.header("content-type");
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// A header's value; empty if it is missing or not UTF-8.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| std::str::from_utf8(value.as_bytes()).unwrap_or_default())
}

/// The decoded value of the first parameter of that name in an encoded query.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = encode::pairs(query);
    let found = pairs.find(|(key, _)| encode::percent_decode(key) == name)?;
    Some(encode::percent_decode(found.1).into_owned())
}

/// A host without its port, in lower case; an IPv6 address keeps its brackets.
pub(crate) fn host_name(host: &str) -> String {
    let end = host.rfind(':').filter(|at| !host.get(*at..).is_some_and(|rest| rest.contains(']')));
    host.get(..end.unwrap_or(host.len())).unwrap_or_default().to_ascii_lowercase()
}

/// Why a body could not be read.
#[derive(Debug)]
pub(crate) enum BodyError {
    /// The client went away or broke the framing.
    Broken,
    /// It is larger than the cloud's limit.
    TooLarge,
}

/// The body of a request, read piece by piece.
pub(crate) struct ArrivingBody {
    incoming: Incoming,
    received: Arc<AtomicU64>,
}

impl ArrivingBody {
    /// The next piece; `None` at the end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, BodyError> {
        while let Some(frame) = self.incoming.frame().await {
            let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
            self.received.fetch_add(data.len() as u64, Ordering::Relaxed);
            return Ok(Some(data));
        }
        Ok(None)
    }

    /// The whole body, if it is no longer than `limit` bytes.
    pub(crate) async fn collect(&mut self, limit: usize) -> Result<Bytes, BodyError> {
        if self.announced().is_some_and(|len| len > limit as u64) {
            return Err(BodyError::TooLarge);
        }
        let Some(first) = self.piece().await? else { return Ok(Bytes::new()) };
        let mut all = BytesMut::from(first);
        while let Some(piece) = self.piece().await? {
            if all.len() + piece.len() > limit {
                return Err(BodyError::TooLarge);
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    /// Reads and forgets up to `limit` bytes, so that a client that is still sending sees the reply instead of a reset.
    pub(crate) async fn drain(&mut self, limit: u64) {
        let mut left = limit;
        while left > 0 {
            match self.piece().await {
                Ok(Some(piece)) => left = left.saturating_sub(piece.len() as u64),
                _ => return,
            }
        }
    }

    /// What is left to come, in bytes, when the client said it.
    pub(crate) fn announced(&self) -> Option<u64> {
        self.incoming.size_hint().exact()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_lose_their_port() {
        for (host, name) in [("127.0.0.1:80", "127.0.0.1"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("A.b", "a.b")] {
            assert_eq!(host_name(host), name);
        }
    }

    #[test]
    fn parameters_are_found_decoded() {
        assert_eq!(parameter("a%2Db=c%2Fd&x", "a-b").as_deref(), Some("c/d"));
        assert_eq!(parameter("a=b+c&x", "a").as_deref(), Some("b+c"));
        assert_eq!(parameter("a=b&x", "x").as_deref(), Some(""));
        assert_eq!(parameter("a=b&x", "y"), None);
    }
}
