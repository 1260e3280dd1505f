//! The default transport: a pool of HTTP/1.1 connections.

use std::io;
use std::sync::Arc;

use http::header::{PROXY_AUTHORIZATION, UPGRADE};
use http::uri::PathAndQuery;
use http::{Uri, Version};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::TokioExecutor;
use tokio::sync::Semaphore;

use super::connect::{Connector, Options, Used};
use super::error::{TransportError, TransportErrorKind as Kind};
use super::http::Http;
use super::proxy::Proxies;
use super::tls::Tls;
use super::wire::{Outgoing, raw_reply};
use super::{RawReply, Transport, redirect};
use crate::clock::BoxFuture;
use crate::context::Env;
use crate::endpoint::Scheme;
use crate::error::Result;
use crate::request::Request;

/// The transport that clients use unless they are given another: hyper, HTTP/1.1 with keep-alive, rustls with the
/// system's roots, proxies. It follows redirects only if [`Http::follow_redirects`] says so, reads no `.netrc`, and sends
/// every target as it is given.
pub struct HttpTransport {
    client: Client<Connector, Outgoing>,
    pub(super) options: Arc<Options>,
    places: Option<Arc<Semaphore>>,
    redirects: u32,
}

impl HttpTransport {
    /// A transport with these options. `env` is asked for the proxy variables now; nothing else happens before the
    /// first request, and no runtime is needed.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the proxy's URL or a certificate is wrong.
    pub fn new(http: &Http, env: &dyn Env) -> Result<Self> {
        let options = Arc::new(Options {
            connect_timeout: http.connect_timeout,
            read_timeout: http.read_timeout,
            local_address: http.local_address,
            resolve: http.resolve.clone(),
            proxies: Proxies::new(http, env)?,
            tls: Tls::new(http)?,
        });
        // No timer for the pool: it looks at a connection's age when it takes it up, and a timer that is always armed
        // makes every wait for the network a timed one, which costs more than the rest of our share of a call.
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(http.idle_timeout)
            .pool_max_idle_per_host(if http.keep_alive { http.max_idle_per_host } else { 0 })
            .build(Connector(Arc::clone(&options)));
        let places = http.max_connections.map(|most| Arc::new(Semaphore::new(most)));
        Ok(Self { client, options, places, redirects: http.redirects })
    }

    /// Sends a request and goes where the replies lead.
    async fn follow(&self, mut request: Request) -> Result<RawReply, TransportError> {
        for followed in 0..=self.redirects {
            let sent = request.clone();
            let reply = match self.exchange(request).await {
                Err(error) if followed > 0 => return Err(error.behind_redirect()),
                result => result?,
            };
            match redirect::next(sent, reply.status, &reply.headers)? {
                None => return Ok(reply),
                Some(next) => request = next,
            }
        }
        Err(redirect::too_many(self.redirects, &request.endpoint))
    }

    async fn exchange(&self, request: Request) -> Result<RawReply, TransportError> {
        if request.headers.contains_key(UPGRADE) {
            return Box::pin(self.upgrade(request)).await;
        }
        let place = match &self.places {
            // The semaphore is never closed.
            Some(places) => Arc::clone(places).acquire_owned().await.ok(),
            None => None,
        };
        let request = self.to_wire(request)?;
        let place_name = request.uri().authority().map(|authority| authority.as_str().to_owned());
        let mut reply = match self.client.request(request).await {
            Ok(reply) => reply,
            Err(error) => return Err(send_error(&error, &place_name.unwrap_or_default())),
        };
        if let Some(used) = reply.extensions_mut().remove::<Used>() {
            used.note();
        }
        Ok(raw_reply(reply, place))
    }

    pub(super) fn to_wire(&self, request: Request) -> Result<http::Request<Outgoing>, TransportError> {
        let uri = uri(&request)?;
        let body = request.body.open().map_err(|error| {
            TransportError::new(Kind::Body, format!("reading the request's body: {error}")).with_source(error)
        })?;
        let mut headers = request.headers;
        if let Some(auth) = self.options.proxy_authorization(&request.endpoint) {
            headers.insert(PROXY_AUTHORIZATION, auth);
        }
        let mut wire = http::Request::new(Outgoing::from(body));
        *wire.method_mut() = request.method;
        *wire.uri_mut() = uri;
        *wire.version_mut() = Version::HTTP_11;
        *wire.headers_mut() = headers;
        Ok(wire)
    }
}

/// The URI in its parts: path and query are checked for characters that HTTP forbids, and not changed.
fn uri(request: &Request) -> Result<Uri, TransportError> {
    let refuse =
        |what: &str| TransportError::new(Kind::Request, format!("{what} of {} cannot be sent", request.endpoint));
    let target = if request.query.is_empty() {
        PathAndQuery::try_from(request.path.as_str())
    } else {
        PathAndQuery::try_from(request.target())
    };
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(match request.endpoint.scheme() {
        Scheme::Http => http::uri::Scheme::HTTP,
        Scheme::Https => http::uri::Scheme::HTTPS,
    });
    parts.authority = Some(request.endpoint.wire_authority().ok_or_else(|| refuse("the host"))?);
    parts.path_and_query = Some(target.map_err(|_| refuse("a character in the path or query"))?);
    Uri::from_parts(parts).map_err(|_| refuse("the path"))
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        if self.redirects == 0 { Box::pin(self.exchange(request)) } else { Box::pin(self.follow(request)) }
    }
}

impl std::fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpTransport")
    }
}

/// Sorts what the HTTP library says about a request that got no reply.
fn send_error(error: &ClientError, place: &str) -> TransportError {
    if let Some(own) = find::<TransportError>(error) {
        return own.clone();
    }
    let reused = error.connect_info().is_some_and(|info| {
        let mut extensions = http::Extensions::new();
        info.get_extras(&mut extensions);
        extensions.get::<Used>().is_some_and(Used::before)
    });
    let (kind, reason) = sort(error);
    TransportError::new(kind, format!("{place}: {reason}")).on_reused_connection(reused)
}

/// What a failure inside hyper means.
pub(super) fn sort(error: &(dyn std::error::Error + 'static)) -> (Kind, String) {
    if let Some(io) = find::<io::Error>(error) {
        if io.kind() == io::ErrorKind::TimedOut {
            return (Kind::ReadTimeout, io.to_string());
        }
        if is_from_body(error) {
            return (Kind::Body, format!("reading the request's body: {io}"));
        }
        // What hyper could not read as chunks.
        if matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) {
            return (Kind::Garbage, format!("the answer is not HTTP: {io}"));
        }
        return (Kind::Broken, format!("the connection broke: {io}"));
    }
    match find::<hyper::Error>(error) {
        Some(inner) if inner.is_parse() => (Kind::Garbage, format!("the answer is not HTTP: {inner}")),
        Some(inner) if inner.is_user() => (Kind::Body, inner.to_string()),
        Some(_) => (Kind::Broken, "the connection closed before the answer was complete".to_owned()),
        None => (Kind::Broken, error.to_string()),
    }
}

fn is_from_body(error: &(dyn std::error::Error + 'static)) -> bool {
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_user)
}

/// Sorts a failure in the middle of a reply's body.
pub(super) fn body_error(error: hyper::Error) -> io::Error {
    let cut = find::<io::Error>(&error).is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof);
    let (kind, reason) = if cut || error.is_incomplete_message() {
        (Kind::Garbage, "the answer is shorter than it said".to_owned())
    } else {
        sort(&error)
    };
    io::Error::other(TransportError::new(kind, reason))
}

impl TransportError {
    /// The failure inside an error of a reply's body.
    pub(crate) fn from_body(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(own) => own.clone(),
            None => Self::new(Kind::Broken, format!("reading the answer: {error}")).with_source(error),
        }
    }
}

/// The first error of a type in a chain of causes.
fn find<'a, T: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Endpoint;
    use http::Method;

    #[test]
    fn targets_are_not_normalised() {
        let endpoint = Endpoint::new(Scheme::Http, "h");
        for path in ["/a/../b", "/..", "/a//b", "/a%2Fb", "/%C3%BC%20%2B", "//lead", "/./x/.", "/a%2fb"] {
            let mut request = Request::new(Method::GET, endpoint.clone(), path);
            assert_eq!(uri(&request).unwrap().path_and_query().unwrap().as_str(), path);
            request.query = "b=2&a=%2F&a".to_owned();
            assert_eq!(uri(&request).unwrap().query(), Some("b=2&a=%2F&a"));
        }
        assert!(uri(&Request::new(Method::GET, endpoint, "/a b")).is_err());
    }
}
