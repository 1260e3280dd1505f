//! A request before it leaves, exactly as it will stand on the wire.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::body::Body;
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};

/// One HTTP request. Path and query are the bytes that go to the wire: nothing behind this point decodes, normalises or
/// re-encodes them, so `a/../b`, `a//b` and `a%2Fb` arrive as they stand here.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Scheme and authority.
    pub endpoint: Endpoint,
    /// The encoded path; begins with `/`.
    pub path: String,
    /// The encoded query without its `?`; empty for none.
    pub query: String,
    /// The headers. `host` is set from the endpoint when it is missing.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

impl Request {
    /// A request without query, headers and body.
    pub fn new(method: Method, endpoint: Endpoint, path: impl Into<String>) -> Self {
        Self {
            method,
            endpoint,
            path: path.into(),
            query: String::new(),
            headers: HeaderMap::with_capacity(16),
            body: Body::empty(),
        }
    }

    /// Sets a header, replacing what was there. Leading and trailing blanks are trimmed, because the other side trims
    /// them before it checks the signature; text outside ASCII goes out as UTF-8.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the value has a line break or another control character.
    pub fn set_header(&mut self, name: HeaderName, value: &str) -> Result<()> {
        let value = header_value(&name, value)?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// A header's value as text; the empty text if it is missing or not UTF-8.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| std::str::from_utf8(value.as_bytes()).unwrap_or(""))
    }

    /// The value of the `Host` header: the one set, else the endpoint's authority.
    pub fn host(&self) -> &str {
        match self.headers.get(http::header::HOST) {
            Some(host) => std::str::from_utf8(host.as_bytes()).unwrap_or_default(),
            None => self.endpoint.authority(),
        }
    }

    /// The target as it stands on the request line: path and query.
    pub fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The whole URL, query included. A presigned URL is a secret: see [`RequestView`](crate::RequestView) for printing.
    pub fn url(&self) -> String {
        format!("{}{}", self.endpoint, self.target())
    }
}

/// Checks and trims a header value.
///
/// # Errors
/// [`ErrorKind::Input`](crate::ErrorKind::Input) if the value has a line break or another control character.
pub fn header_value(name: &HeaderName, value: &str) -> Result<HeaderValue> {
    HeaderValue::from_bytes(value.trim_matches([' ', '\t']).as_bytes())
        .map_err(|_| Error::input(format!("header `{name}`: the value has a line break or another control character")))
}

/// Shows where it goes and how long it is, never headers, query or body: those carry secrets.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {}{}, {:?})", self.method, self.endpoint, self.path, self.body)
    }
}
