//! The way to the network: a trait of one method, and the client that stands behind it by default.

mod client;
mod connect;
mod error;
mod http;
mod idle;
mod proxy;
mod redirect;
mod tls;
mod upgrade;
mod wire;

use std::fmt;
use std::sync::Arc;

use ::http::{HeaderMap, StatusCode};
use bytes::Bytes;

pub use client::HttpTransport;
pub use error::{TransportError, TransportErrorKind};
pub use http::{Http, TlsVersion};
pub use proxy::Proxy;
pub(crate) use tls::provider as tls_provider;
pub use upgrade::Connection;

use crate::clock::BoxFuture;
use crate::reply::StreamBody;
use crate::request::Request;

/// Sends one request and returns the head of the reply with its body still open. It never retries, never decodes, and
/// sends path, query and headers exactly as they are given.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>>;
}

/// A reply whose body has not been read.
pub struct RawReply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body. Its errors carry a [`TransportError`] as their inner error.
    pub body: StreamBody,
}

impl RawReply {
    /// A reply that is there already: for transports of tests and of other libraries.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { status, headers, body: StreamBody::from(body.into()) }
    }
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        (**self).send(request)
    }
}

impl fmt::Debug for RawReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawReply({}, {:?})", self.status, self.body)
    }
}
