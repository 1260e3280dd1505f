//! The bare client: the HTTP library and a signature for every request, and nothing else. Keys are not encoded, replies
//! are not looked at, nothing is repeated.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sanyun_core::{Endpoint, Keys, Request, Scheme};
use sanyun_oss::crc::Digest;
use sanyun_oss::sign::v4::{KeyCache, Resource, Signer};

use super::pattern::Pattern;
use super::{BUCKET, REGION};
use crate::clouds::{ACCESS_KEY, SECRET_KEY};

pub(super) struct Bare {
    client: Client<HttpConnector, Pattern>,
    endpoint: Endpoint,
    keys: Keys,
    cache: KeyCache,
}

impl Bare {
    pub(super) fn new(endpoint: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            endpoint: Endpoint::parse(endpoint, Scheme::Http).expect("an endpoint"),
            keys: Keys::new(ACCESS_KEY, SECRET_KEY, None),
            cache: KeyCache::default(),
        }
    }

    /// Sends bytes; gives their checksum if it was asked for, as a client does that is to compare it.
    pub(super) async fn put(&self, key: &str, piece: Bytes, bytes: u64, sums: bool) -> u64 {
        let mut digest = Digest::new();
        if sums {
            let mut left = bytes;
            while left > 0 {
                let len = left.min(piece.len() as u64);
                digest.update(&piece[..len as usize]);
                left -= len;
            }
        }
        let reply = self.send(Method::PUT, key, Pattern::new(piece, bytes)).await;
        reply.collect().await.expect("a body");
        digest.value()
    }

    /// Reads bytes; gives their number, and their checksum if it was asked for.
    pub(super) async fn get(&self, key: &str, sums: bool) -> (u64, u64) {
        let mut body = self.send(Method::GET, key, Pattern::new(Bytes::new(), 0)).await;
        let (mut read, mut digest) = (0, Digest::new());
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.expect("a frame").into_data() else { continue };
            read += data.len() as u64;
            if sums {
                digest.update(&data);
            }
        }
        (read, digest.value())
    }

    /// A connection is opened.
    pub(super) async fn warm(&self) {
        let request = self.signed(Method::HEAD, "warm", Pattern::new(Bytes::new(), 0));
        self.client.request(request).await.expect("a reply");
    }

    async fn send(&self, method: Method, key: &str, body: Pattern) -> Incoming {
        let reply = self.client.request(self.signed(method, key, body)).await.expect("a reply");
        assert!(reply.status().is_success(), "{}", reply.status());
        reply.into_body()
    }

    fn signed(&self, method: Method, key: &str, body: Pattern) -> http::Request<Pattern> {
        let mut request = Request::new(method, self.endpoint.clone(), format!("/{BUCKET}/{key}"));
        if request.method == Method::PUT {
            request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        }
        let signer = Signer {
            keys: &self.keys,
            time: SystemTime::now(),
            region: REGION,
            product: "oss",
            resource: Resource::Object { bucket: Some(BUCKET), key: Some(key) },
            additional: &[],
            cache: &self.cache,
        };
        signer.sign_headers(&mut request).expect("a signature");
        let mut wire = http::Request::new(body);
        *wire.uri_mut() = request.url().parse().expect("a URL");
        *wire.method_mut() = request.method;
        *wire.headers_mut() = request.headers;
        wire
    }
}
