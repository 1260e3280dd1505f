//! Options of connections, for a client and for one call, against real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use http::Method;
use sanyun_core::{Body, ErrorKind, Http, Retry, Settings, TimeoutPhase, TlsVersion};
use support::cloud::Client;
use support::proxy::Proxy;
use support::tls::Authority;
use support::{BlackHole, Server, tls};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn plain() -> Http {
    Http::default().without_proxy()
}

fn client(endpoint: &str, http: Http) -> Client {
    Client::new(&[endpoint], Settings { http, retry: Retry::none(), ..Settings::default() })
}

fn connections(server: &Server) -> Vec<usize> {
    server.received().iter().map(|seen| seen.connection).collect()
}

#[tokio::test]
async fn calls_with_equal_options_share_connections_and_share_none_with_others() {
    let server = Server::answering(OK);
    let client = client(&server.url(), plain());
    let other = || plain().read_timeout(Duration::from_secs(9));
    client.get("/").await.unwrap();
    client.get("/").http(other()).await.unwrap();
    client.get("/").http(other()).await.unwrap();
    client.get("/").await.unwrap();
    client.get("/").http(plain().idle_timeout(Duration::from_secs(1))).await.unwrap();
    assert_eq!(connections(&server), [0, 1, 1, 0, 2]);
}

#[tokio::test]
async fn the_time_outs_of_a_call() {
    let silent = Server::start(|conn| {
        conn.request();
        conn.request();
    });
    let short = plain().read_timeout(Duration::from_millis(60));
    let error = client(&silent.url(), plain()).get("/").http(short).await.unwrap_err();
    assert_eq!((error.kind(), error.timeout_phase()), (ErrorKind::Timeout, Some(TimeoutPhase::Read)));
    let hole = BlackHole::open().await;
    let short = plain().connect_timeout(Duration::from_millis(60));
    let error = client(&hole.url(), plain()).get("/").http(short).await.unwrap_err();
    assert_eq!((error.kind(), error.timeout_phase()), (ErrorKind::Timeout, Some(TimeoutPhase::Connect)));
}

#[tokio::test]
async fn a_mistake_in_the_options_of_a_call_is_told_before_anything_is_sent() {
    let server = Server::answering(OK);
    let error = client(&server.url(), plain()).get("/").http(plain().proxy("ftp://x")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.received().len()), (ErrorKind::Config, 0, 0));
}

#[tokio::test]
async fn the_pool_keeps_as_many_connections_as_it_may() {
    for (most, opened) in [(1, 5), (64, 3)] {
        // Three calls at a time, twice: the second three find what was kept of the first.
        let together = Arc::new(Barrier::new(3));
        let server = Server::start(move |conn| {
            while conn.request().is_some() {
                together.wait();
                conn.write(OK.as_bytes());
            }
        });
        let client = Arc::new(client(&server.url(), plain().max_idle_per_host(most)));
        for _ in 0..2 {
            let call = || {
                let client = Arc::clone(&client);
                tokio::spawn(async move { client.get("/").await.map(|_| ()) })
            };
            for call in [call(), call(), call()] {
                call.await.unwrap().unwrap();
            }
            // Connections go back to the pool once their replies have been read to the end.
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(connections(&server).into_iter().max(), Some(opened - 1), "at most {most} kept");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn connections_come_from_the_address_that_was_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (send, peers) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut read) = (stream.unwrap(), [0; 2048]);
            send.send(stream.peer_addr().unwrap().ip()).unwrap();
            let _ = std::io::Read::read(&mut stream, &mut read);
            let _ = stream.write_all(OK.as_bytes());
        }
    });
    let from = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 77));
    client(&endpoint, plain().local_address(from)).get("/").await.unwrap();
    assert_eq!(peers.recv().unwrap(), from);
    client(&endpoint, plain()).get("/").http(plain().local_address(from)).await.unwrap();
    assert_eq!(peers.recv().unwrap(), from);
    let unreachable = plain().local_address(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST));
    assert_eq!(client(&endpoint, unreachable).get("/").await.unwrap_err().kind(), ErrorKind::Connect);
}

fn serve(conn: &mut support::Conn) {
    while conn.request().is_some() {
        conn.write(OK.as_bytes());
    }
}

#[tokio::test]
async fn the_oldest_version_of_tls() {
    let authority = Authority::new();
    let identity = authority.issue("cloud.test", 2099);
    let old = tls::start_with(tls::server_config_1_2(&identity), serve);
    let new = tls::start(&identity, None, serve);
    for (addr, version, works) in [
        (old, TlsVersion::V1_2, true),
        (old, TlsVersion::V1_3, false),
        (new, TlsVersion::V1_2, true),
        (new, TlsVersion::V1_3, true),
    ] {
        let http = plain().ca_pem(authority.pem()).resolve("cloud.test", addr).min_tls(version);
        let result = client(&format!("https://cloud.test:{}", addr.port()), http).get("/").await;
        assert_eq!(
            result.as_ref().err().map(sanyun_core::Error::kind),
            (!works).then_some(ErrorKind::Tls),
            "{version:?}"
        );
    }
    let named = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", "SSLv3"].map(TlsVersion::named);
    let (old, new) = (Some(TlsVersion::V1_2), Some(TlsVersion::V1_3));
    assert_eq!(named, [old, old, old, new, None]);
}

#[tokio::test]
async fn certificates_are_looked_at_for_the_calls_that_want_it_in_any_order() {
    let authority = Authority::new();
    let addr = tls::start(&authority.issue("cloud.test", 2099), None, serve);
    let verifying = || plain().resolve("cloud.test", addr);
    let trusting = || verifying().ca_pem(authority.pem());
    let client = client(&format!("https://cloud.test:{}", addr.port()), verifying());
    for _ in 0..2 {
        assert_eq!(client.get("/").await.unwrap_err().kind(), ErrorKind::Tls);
        client.get("/").http(verifying().danger_accept_invalid_certificates()).await.unwrap();
        client.get("/").http(trusting()).await.unwrap();
    }
}

#[tokio::test]
async fn the_proxy_of_a_call_and_the_hosts_that_need_none() {
    let server = Server::answering(OK);
    let proxy = Proxy::http(&[("plain.test:80", server.addr), ("plain.test", server.addr)]);
    let client = client("http://plain.test", plain().resolve("plain.test", server.addr));
    let through = |no: &str| {
        Http::default()
            .resolve("plain.test", server.addr)
            .proxy(format!("http://user:password@{}", proxy.addr))
            .no_proxy(no)
    };
    for (no, used) in [
        ("", 1),
        ("plain.test", 0),
        (".test", 0),
        ("other.test, plain.test", 0),
        ("*", 0),
        ("other.test, 10.0.0.0/8", 1),
    ] {
        let before = proxy.seen().len();
        client.get("/").http(through(no)).await.unwrap();
        assert_eq!(proxy.seen().len() - before, used, "no_proxy {no:?}");
    }
    // Addresses and networks.
    let endpoint = format!("http://{}", server.addr);
    for no in ["127.0.0.1", "127.0.0.0/8", "10.0.0.0/8,127.0.0.0/8"] {
        let before = proxy.seen().len();
        client.get("/").endpoint(&endpoint).http(through(no)).await.unwrap();
        assert_eq!(proxy.seen().len(), before, "no_proxy {no:?}");
    }
}

#[tokio::test]
async fn parameters_of_a_call_replace_those_of_the_same_name() {
    let server = Server::answering(OK);
    let client = client(&server.url(), plain());
    let call = client.call(Method::GET, "/x", "b=2&a=%2F&b=3", Body::empty());
    call.query("b", "x y").query("ä", "+").query("b", "last").await.unwrap();
    client.call(Method::GET, "/x", "b=2&a=%2F&b=3", Body::empty()).await.unwrap();
    let targets: Vec<_> = server.received().iter().map(|seen| seen.target().to_owned()).collect();
    assert_eq!(targets, ["/x?a=%2F&b=last&%C3%A4=%2B", "/x?b=2&a=%2F&b=3"]);
}
