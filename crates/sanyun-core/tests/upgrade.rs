//! Connections that leave HTTP, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::time::Duration;

use http::{HeaderName, Method};
use sanyun_core::transport::{Connection, HttpTransport};
use sanyun_core::{Endpoint, Fixed, Http, Request, Scheme, Transport, TransportErrorKind};
use support::proxy::Proxy;
use support::tls::Authority;
use support::{Conn, Server, tls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Agrees, says `hello` in the same breath, and sends back what comes, in capitals.
fn shout(conn: &mut Conn) {
    let Some(seen) = conn.request() else { return };
    assert_eq!((seen.target(), seen.header("upgrade")), ("/a/../b?c=%2F", Some("shout")));
    assert!(seen.header("host").is_some() && seen.header("proxy-authorization").is_none());
    conn.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\nX-Id: 7\r\n\r\nhello");
    let mut byte = [0];
    while conn.stream.read(&mut byte).is_ok_and(|read| read == 1) {
        conn.write(&byte.map(|byte| byte.to_ascii_uppercase()));
    }
}

fn request(endpoint: &str) -> Request {
    let mut request = Request::new(Method::GET, Endpoint::parse(endpoint, Scheme::Https).unwrap(), "/a/../b");
    request.query = "c=%2F".to_owned();
    let host = request.endpoint.authority().to_owned();
    for (name, value) in [("host", &*host), ("connection", "Upgrade"), ("upgrade", "shout")] {
        request.set_header(HeaderName::from_static(name), value).unwrap();
    }
    request
}

fn transport(http: Http) -> HttpTransport {
    HttpTransport::new(&http, &Fixed::default()).unwrap()
}

async fn open(http: Http, endpoint: &str) -> Connection {
    let reply = transport(http).send(request(endpoint)).await.unwrap();
    assert_eq!((reply.status.as_u16(), &reply.headers["x-id"]), (101, &"7".parse().unwrap()));
    reply.body.into_connection().unwrap()
}

async fn is_open(mut connection: Connection) {
    let mut hello = [0; 5];
    // Less than what came with the head, then the rest.
    connection.read_exact(&mut hello[..2]).await.unwrap();
    connection.read_exact(&mut hello[2..]).await.unwrap();
    assert_eq!(&hello, b"hello");
    connection.write_all(b"ping").await.unwrap();
    connection.flush().await.unwrap();
    let mut back = [0; 4];
    connection.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"PING");
    connection.shutdown().await.unwrap();
}

#[tokio::test]
async fn connections_open_directly_through_tls_and_through_proxies() {
    let authority = Authority::new();
    let plain = Server::start(shout);
    let secure = tls::start(&authority.issue("cloud.test", 2099), None, shout);
    let http = || Http::default().ca_pem(authority.pem());
    is_open(open(http(), &plain.url()).await).await;
    let direct = http().resolve("cloud.test", secure);
    is_open(open(direct, &format!("https://cloud.test:{}", secure.port())).await).await;

    let hosts = [("plain.test:80", plain.addr), ("plain.test", plain.addr), ("cloud.test:443", secure)];
    for (scheme, proxy) in [("http", Proxy::http(&hosts)), ("socks5", Proxy::socks5(&hosts))] {
        for endpoint in ["http://plain.test", "https://cloud.test"] {
            let through = http().proxy(format!("{scheme}://user:password@{}", proxy.addr));
            is_open(open(through, endpoint).await).await;
        }
        // Without TLS, too, through a tunnel: most proxies do not pass an upgrade on.
        assert!(proxy.seen().iter().any(|seen| seen.contains("plain.test:80")), "{:?}", proxy.seen());
    }
}

#[tokio::test]
async fn a_refusal_is_a_reply_like_any_other() {
    let server = Server::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    let reply = transport(Http::default()).send(request(&server.url())).await.unwrap();
    assert_eq!(reply.status, 403);
    assert_eq!(&*reply.body.collect().await.unwrap(), b"no");

    let broken = Server::start(|conn| drop(conn.request()));
    let error = transport(Http::default()).send(request(&broken.url())).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Broken);
    let refused = transport(Http::default()).send(request(&format!("http://{}", support::refused()))).await;
    assert_eq!(refused.unwrap_err().kind(), TransportErrorKind::Connect);
}

#[tokio::test]
async fn the_read_timeout_ends_with_the_handshake() {
    let limit = Duration::from_millis(50);
    let silent = Server::start(|conn| {
        conn.request();
        std::thread::park();
    });
    let error = transport(Http::default().read_timeout(limit)).send(request(&silent.url())).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::ReadTimeout);

    let server = Server::start(shout);
    let mut connection = open(Http::default().read_timeout(limit), &server.url()).await;
    let mut hello = [0; 5];
    connection.read_exact(&mut hello).await.unwrap();
    let mut byte = [0];
    let waited = tokio::time::timeout(limit * 3, connection.read(&mut byte)).await;
    assert!(waited.is_err(), "{waited:?}");
}

#[tokio::test]
async fn a_reply_without_a_connection_has_none() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let reply = transport(Http::default()).send(request(&server.url())).await.unwrap();
    assert!(reply.body.into_connection().is_none());
    let (ours, _theirs) = tokio::io::duplex(8);
    assert!(sanyun_core::StreamBody::of_connection(Connection::new(ours)).into_connection().is_some());
}
