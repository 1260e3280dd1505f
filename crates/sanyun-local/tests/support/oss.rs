//! Signed requests to OSS, with every byte under control.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};

use http::{HeaderName, HeaderValue, Method};
use sanyun_core::{Endpoint, Keys, Scheme, Secret, encode, time};
use sanyun_local::{ACCESS_KEY, Builder, Local, SECRET_KEY};
use sanyun_oss::sign::v4;

use super::{NOW, Reply, Request, at, read_reply};

/// A request that is yet to be signed.
pub struct Unsigned {
    method: Method,
    bucket: Option<String>,
    key: Option<String>,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A request about the service (no bucket), a bucket (no key) or an object, in path style. The query is encoded.
pub fn request(method: Method, bucket: &str, key: &str, query: &str) -> Unsigned {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Unsigned {
        method,
        bucket: some(bucket),
        key: some(key),
        query: query.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// A local cloud with a bucket `bkt`.
pub async fn with_bucket(build: impl FnOnce(Builder) -> Builder) -> Local {
    let local = at(NOW, build).await.0;
    request(Method::PUT, "bkt", "", "").ok(&local).await;
    local
}

/// Stores an object in the bucket `bkt`.
pub async fn put(local: &Local, key: &str, data: impl Into<Vec<u8>>) -> Reply {
    request(Method::PUT, "bkt", key, "").body(data).ok(local).await
}

/// The object's content.
pub async fn get(local: &Local, key: &str) -> Vec<u8> {
    request(Method::GET, "bkt", key, "").ok(local).await.body
}

pub fn assert_refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.element("Code").as_str()), (status, code), "{}", reply.text());
    assert!(reply.element("RequestId") == reply.header("x-oss-request-id"), "{}", reply.text());
    assert_eq!(reply.header("x-oss-request-id").len(), 24);
}

impl Unsigned {
    /// Sends it, and it succeeds.
    pub async fn ok(self, local: &Local) -> Reply {
        let what = format!("{} {:?} {:?} {}", self.method, self.bucket, self.key, self.query);
        let reply = self.send(local).await;
        assert!((200..300).contains(&reply.status), "{what}: {} {}", reply.status, reply.text());
        reply
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Signs with signature V4 in the headers.
    pub fn signed(self, local: &Local) -> Request {
        self.signed_by(local, ACCESS_KEY, SECRET_KEY)
    }

    /// Signs for a local cloud of another process, whose clock stands at [`NOW`] too, and sends; `None` if it is killed
    /// meanwhile.
    pub async fn send_to(self, addr: SocketAddr) -> Option<Reply> {
        let request = self.signed_for(addr, ACCESS_KEY, SECRET_KEY);
        let exchange = move || {
            let mut socket = TcpStream::connect(addr).ok()?;
            socket.write_all(&request.head()).and_then(|()| socket.write_all(&request.body)).ok()?;
            read_reply(&mut socket, request.method == "HEAD")
        };
        tokio::task::spawn_blocking(exchange).await.unwrap()
    }

    pub fn signed_by(self, local: &Local, id: &str, secret: &str) -> Request {
        self.signed_for(local.addr(), id, secret)
    }

    fn signed_for(self, addr: SocketAddr, id: &str, secret: &str) -> Request {
        let (mut request, keys) = self.core(addr, id, secret);
        self.signer(&keys, &v4::KeyCache::default(), |signer| drop(signer.sign_headers(&mut request).unwrap()));
        self.finish(&request)
    }

    /// Signs with signature V4 in the query, from now for some seconds.
    pub fn presigned(self, local: &Local, seconds: u64) -> Request {
        let (mut request, keys) = self.core(local.addr(), ACCESS_KEY, SECRET_KEY);
        let lifetime = std::time::Duration::from_secs(seconds);
        self.signer(&keys, &v4::KeyCache::default(), |signer| drop(signer.sign_query(&mut request, lifetime)));
        self.finish(&request)
    }

    pub fn unsigned(self, local: &Local) -> Request {
        let (request, _) = self.core(local.addr(), ACCESS_KEY, SECRET_KEY);
        self.finish(&request)
    }

    pub async fn send(self, local: &Local) -> Reply {
        self.signed(local).send(local.addr()).await.unwrap()
    }

    fn core(&self, addr: SocketAddr, id: &str, secret: &str) -> (sanyun_core::Request, Keys) {
        let encode = |text: &String| encode::percent_path(text).into_owned();
        let path = match (&self.bucket, &self.key) {
            (None, _) => "/".to_owned(),
            (Some(bucket), None) => format!("/{bucket}/"),
            (Some(bucket), Some(key)) => format!("/{bucket}/{}", encode(key)),
        };
        let endpoint = Endpoint::new(Scheme::Http, addr.to_string());
        let mut request = sanyun_core::Request::new(self.method.clone(), endpoint, path);
        request.query = self.query.clone();
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name.as_str()).unwrap();
            request.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        request.headers.insert("host", addr.to_string().parse().unwrap());
        (request, Keys { id: id.to_owned(), secret: Secret::new(secret), token: None })
    }

    fn signer(&self, keys: &Keys, cache: &v4::KeyCache, sign: impl FnOnce(&v4::Signer<'_>)) {
        let resource = v4::Resource::Object { bucket: self.bucket.as_deref(), key: self.key.as_deref() };
        let (time, region, product) = (time::from_unix(NOW), "cn-hangzhou", "oss");
        sign(&v4::Signer { keys, time, region, product, resource, additional: &[], cache });
    }

    fn finish(self, request: &sanyun_core::Request) -> Request {
        Request { body: self.body, ..Request::of(request) }
    }
}
