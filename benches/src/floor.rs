//! The floor: the same HTTP library, the same bytes, as little around them as a program can have.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sanyun_core::Request;

/// A bare client that sends one request over and over.
#[derive(Clone)]
pub(crate) struct Floor {
    client: Client<HttpConnector, Full<Bytes>>,
    request: Arc<Request>,
    uri: http::Uri,
    body: Bytes,
}

impl Floor {
    /// A client for this request.
    pub(crate) fn new(request: Request) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            uri: request.url().parse().expect("a URL"),
            body: Bytes::copy_from_slice(request.body.as_bytes().expect("bytes")),
            request: Arc::new(request),
        }
    }

    /// The headers as they were captured.
    pub(crate) fn headers(&self) -> HeaderMap {
        self.request.headers.clone()
    }

    /// Sends the request with these headers and reads the reply.
    pub(crate) async fn send(&self, headers: HeaderMap) -> usize {
        let mut request = http::Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.request.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        let reply = self.client.request(request).await.expect("a reply");
        assert!(reply.status().is_success(), "{}", reply.status());
        reply.into_body().collect().await.expect("a body").to_bytes().len()
    }
}
