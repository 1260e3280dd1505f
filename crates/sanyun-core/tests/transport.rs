//! The default transport against real sockets: what arrives, and what each failure is called.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::time::{Duration, Instant};

use http::Method;
use sanyun_core::{Body, ErrorKind, Http, Retry, Settings, TimeoutPhase};
use support::cloud::Client;
use support::proxy::{Proxy, SPECIAL_PASSWORD};
use support::tls::Authority;
use support::{BlackHole, Server, refused, reply, tls};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn once(http: Http) -> Settings {
    Settings { http: http.without_proxy(), retry: Retry::none(), ..Settings::default() }
}

async fn kind_of(endpoint: &str, http: Http) -> (ErrorKind, String) {
    let error = Client::new(&[endpoint], once(http)).get("/").await.unwrap_err();
    (error.kind(), error.to_string())
}

#[tokio::test]
async fn hostile_targets_arrive_byte_for_byte() {
    let server = Server::answering(OK);
    let client = Client::new(&[&server.url()], Settings::default());
    let paths =
        ["/a/../b", "/..", "/.", "/a//b", "/a%2Fb", "/%C3%BC%20%2B", "//lead", "/a%2fb%zz", "/a;b=c,d@e:f", "/*"];
    for path in paths {
        client.call(Method::GET, path, "z=1&a=%2F..&empty=&bare", Body::empty()).await.unwrap();
    }
    for (seen, path) in server.received().iter().zip(paths) {
        assert_eq!(seen.line, format!("GET {path}?z=1&a=%2F..&empty=&bare HTTP/1.1"));
    }
    assert_eq!(server.received().len(), paths.len());
}

#[tokio::test]
async fn connections_are_kept_and_reused() {
    let server = Server::answering(OK);
    let client = Client::new(&[&server.url()], Settings::default());
    for _ in 0..5 {
        client.get("/").await.unwrap();
    }
    assert!(server.received().iter().all(|seen| seen.connection == 0));

    let server = Server::answering(OK);
    let client = Client::new(&[&server.url()], once(Http::default().keep_alive(false)));
    for _ in 0..3 {
        client.get("/").await.unwrap();
    }
    let connections: Vec<_> = server.received().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1, 2]);
}

#[tokio::test]
async fn a_connection_that_was_unused_for_too_long_is_not_used_again() {
    let server = Server::answering(OK);
    let client = Client::new(&[&server.url()], once(Http::default().idle_timeout(Duration::from_nanos(1))));
    for _ in 0..3 {
        client.get("/").await.unwrap();
    }
    let connections: Vec<_> = server.received().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1, 2]);
}

#[tokio::test]
async fn max_connections_is_a_limit_on_requests_under_way() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counter, peak) = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::start(move |conn| {
        while conn.request().is_some() {
            peak.fetch_max(counter.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            counter.fetch_sub(1, Ordering::SeqCst);
            conn.write(OK.as_bytes());
        }
    });
    let client = Arc::new(Client::new(&[&server.url()], once(Http::default().max_connections(2))));
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.get("/").await.map(|reply| reply.into_inner()) })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "ok");
    }
    assert!(most.load(Ordering::SeqCst) <= 2);
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    let (kind, text) = kind_of("http://does-not-exist.invalid", Http::default()).await;
    assert_eq!(kind, ErrorKind::Resolve);
    assert!(text.starts_with("thing Do: `does-not-exist.invalid` does not resolve"), "{text}");
}

#[tokio::test]
async fn a_refused_connection() {
    let (kind, text) = kind_of(&format!("http://{}", refused()), Http::default()).await;
    assert_eq!(kind, ErrorKind::Connect);
    assert!(text.contains("Connection refused") && !text.contains("os error"), "{text}");
}

#[tokio::test]
async fn a_connection_that_is_never_answered_times_out() {
    let hole = BlackHole::open().await;
    let http = Http::default().connect_timeout(Duration::from_millis(200));
    let error = Client::new(&[&hole.url()], once(http)).get("/").await.unwrap_err();
    assert_eq!((error.kind(), error.timeout_phase()), (ErrorKind::Timeout, Some(TimeoutPhase::Connect)), "{error}");
}

#[tokio::test]
async fn a_silent_server_times_out_and_a_slow_one_does_not() {
    let silent = Server::start(|conn| {
        conn.request();
        // Holds the connection until the client gives up.
        conn.request();
    });
    let http = Http::default().read_timeout(Duration::from_millis(80));
    let error = Client::new(&[&silent.url()], once(http.clone())).get("/").await.unwrap_err();
    assert_eq!((error.kind(), error.timeout_phase()), (ErrorKind::Timeout, Some(TimeoutPhase::Read)), "{error}");

    let stalled = Server::start(|conn| {
        conn.request();
        conn.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        conn.request();
    });
    let error = Client::new(&[&stalled.url()], once(http)).get("/").await.unwrap_err();
    assert_eq!((error.kind(), error.timeout_phase()), (ErrorKind::Timeout, Some(TimeoutPhase::Read)), "{error}");
}

#[tokio::test]
async fn attempt_and_call_limits_end_a_drip() {
    let drip = Server::start(|conn| {
        conn.request();
        conn.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        loop {
            conn.write(b"x");
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let client = Client::new(&[&drip.url()], once(Http::default()));
    let started = Instant::now();
    let error = client.get("/").attempt_timeout(Duration::from_millis(60)).await.unwrap_err();
    assert_eq!(error.timeout_phase(), Some(TimeoutPhase::Attempt));
    let error = client.get("/").timeout(Duration::from_millis(60)).retry(Retry::standard()).await.unwrap_err();
    assert_eq!(error.timeout_phase(), Some(TimeoutPhase::Call));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn garbage_and_truncated_answers() {
    for (answer, expected) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", ErrorKind::Decode),
        ("HTTP/1.1 abc\r\n\r\n", ErrorKind::Decode),
        ("\u{0}\u{1}\u{2}", ErrorKind::Decode),
        ("HTTP/1.1 200 OK\r\nContent-Le", ErrorKind::Io),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", ErrorKind::Decode),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ErrorKind::Decode),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", ErrorKind::Decode),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", ErrorKind::Decode),
    ] {
        let server = Server::start(move |conn| {
            conn.request();
            conn.write(answer.as_bytes());
        });
        let (kind, text) = kind_of(&server.url(), Http::default()).await;
        assert_eq!(kind, expected, "{answer:?}: {text}");
    }
    let closing = Server::start(|conn| {
        conn.request();
    });
    assert_eq!(kind_of(&closing.url(), Http::default()).await.0, ErrorKind::Io);
}

#[tokio::test]
async fn gzip_is_asked_for_and_undone() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all("云".repeat(1000).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let server = Server::start(move |conn| {
        conn.request();
        conn.write(
            format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len()).as_bytes(),
        );
        conn.write(&packed);
    });
    let reply = Client::new(&[&server.url()], Settings::default()).get("/").await.unwrap();
    assert_eq!(*reply, "云".repeat(1000));
    assert_eq!(server.received()[0].header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Server::answering(OK);
    let location = format!("Location: {}/\r\n", elsewhere.url());
    let server = Server::replying(move |_| reply(307, &location, "moved"));
    let error = Client::new(&[&server.url()], Settings::default()).get("/").await.unwrap_err();
    assert_eq!(error.service().unwrap().status(), 307);
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn streams_arrive_in_pieces_and_end_with_an_error_when_cut() {
    let server = Server::start(|conn| {
        while let Some(request) = conn.request() {
            conn.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            if request.target() == "/whole" {
                conn.write(b"world");
            } else {
                return;
            }
        }
    });
    let client = Client::new(&[&server.url()], Settings::default());
    let body = client.stream("/whole").await.unwrap().into_inner();
    assert_eq!(body.len(), Some(10));
    assert_eq!(&body.collect().await.unwrap()[..], b"helloworld");
    let cut = client.stream("/cut").await.unwrap().into_inner().collect().await;
    assert!(cut.unwrap_err().to_string().contains("shorter"));
}

async fn tls_error(host: &str, addr: std::net::SocketAddr, http: Http) -> (ErrorKind, String) {
    kind_of(&format!("https://{host}:{}", addr.port()), http.resolve(host, addr)).await
}

#[tokio::test]
async fn tls_failures_are_told_apart() {
    let authority = Authority::new();
    let trusting = || Http::default().ca_pem(authority.pem());
    let serve = |conn: &mut support::Conn| {
        conn.request();
        conn.write(OK.as_bytes());
    };

    let good = tls::start(&authority.issue("cloud.test", 2099), None, serve);
    let (kind, text) = tls_error("cloud.test", good, Http::default()).await;
    assert_eq!(kind, ErrorKind::Tls);
    assert!(text.contains("UnknownIssuer"), "{text}");

    let (kind, text) = tls_error("other.test", good, trusting()).await;
    assert_eq!(kind, ErrorKind::Tls);
    assert!(text.contains("not valid for name"), "{text}");

    let old = tls::start(&authority.issue("cloud.test", 2021), None, serve);
    let (kind, text) = tls_error("cloud.test", old, trusting()).await;
    assert_eq!(kind, ErrorKind::Tls);
    assert!(text.contains("expired"), "{text}");

    let plain = Server::start(|conn| conn.write(OK.as_bytes()));
    let (kind, _) = tls_error("cloud.test", plain.addr, trusting()).await;
    assert_eq!(kind, ErrorKind::Tls);

    // Another authority alone does not help; accepting all does, whatever else is said.
    let other = || Http::default().ca_pem(Authority::new().pem());
    assert_eq!(tls_error("cloud.test", good, other()).await.0, ErrorKind::Tls);
    let danger = Http::danger_accept_invalid_certificates;
    for http in [trusting(), danger(Http::default()), danger(other()), danger(trusting())] {
        let client =
            Client::new(&[&format!("https://cloud.test:{}", good.port())], once(http.resolve("cloud.test", good)));
        assert_eq!(*client.get("/").await.unwrap(), "ok");
    }
}

#[tokio::test]
async fn client_certificates_are_shown_from_text_and_from_files() {
    let authority = Authority::new();
    let own = authority.issue("client", 2099);
    let addr = tls::start(&authority.issue("cloud.test", 2099), Some(&authority), |conn| {
        conn.request();
        conn.write(OK.as_bytes());
    });
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    std::fs::write(&certificate, &own.certificate).unwrap();
    std::fs::write(&key, &own.key).unwrap();
    let both = folder.path().join("both.pem");
    std::fs::write(&both, format!("{}{}", own.certificate, own.key)).unwrap();
    let trusting = || Http::default().ca_pem(authority.pem()).resolve("cloud.test", addr);
    let endpoint = format!("https://cloud.test:{}", addr.port());
    for http in [
        trusting().client_certificate_pem(own.certificate.clone(), own.key.clone()),
        trusting().client_certificate_files(&certificate, &key),
        trusting().client_certificate_files(&both, &both),
    ] {
        assert_eq!(*Client::new(&[&endpoint], once(http)).get("/").await.unwrap(), "ok");
    }
    assert!(Client::new(&[&endpoint], once(trusting())).get("/").await.is_err());
}

#[tokio::test]
async fn http_and_socks_proxies_carry_plain_and_tls_calls() {
    let authority = Authority::new();
    let plain = Server::answering(OK);
    let secure = tls::start(&authority.issue("cloud.test", 2099), None, |conn| {
        while conn.request().is_some() {
            conn.write(OK.as_bytes());
        }
    });
    let hosts = [("plain.test:80", plain.addr), ("plain.test", plain.addr), ("cloud.test:443", secure)];
    for (scheme, proxy) in [("http", Proxy::http(&hosts)), ("socks5", Proxy::socks5(&hosts))] {
        let through = |user: &str| {
            let http = Http::default().proxy(format!("{scheme}://{user}@{}", proxy.addr)).ca_pem(authority.pem());
            Settings { http, retry: Retry::none(), ..Settings::default() }
        };
        for endpoint in ["http://plain.test", "https://cloud.test"] {
            assert_eq!(
                *Client::new(&[endpoint], through("user:password")).get("/a/../b").await.unwrap(),
                "ok",
                "{scheme}"
            );
            let refused = Client::new(&[endpoint], through("user:wrong")).get("/").await.unwrap_err();
            // A plain request's refusal is the proxy's own HTTP answer; the rest never gets a connection.
            let expected = if (scheme, endpoint) == ("http", "http://plain.test") {
                ErrorKind::Service
            } else {
                ErrorKind::Connect
            };
            assert_eq!(refused.kind(), expected, "{scheme} {endpoint}: {refused}");
            assert!(!format!("{refused:?}").contains("wrong"));
        }
        assert!(proxy.seen().iter().any(|seen| seen.contains("cloud.test:443")), "{:?}", proxy.seen());
    }
    assert_eq!(plain.received().iter().filter(|seen| seen.target() == "/a/../b").count(), 2);
    assert!(plain.received().iter().all(|seen| seen.header("proxy-authorization").is_none()));
}

#[tokio::test]
async fn a_proxy_behind_tls_carries_tls_inside() {
    let authority = Authority::new();
    let secure = tls::start(&authority.issue("cloud.test", 2099), None, |conn| {
        while conn.request().is_some() {
            conn.write(OK.as_bytes());
        }
    });
    let proxy = support::proxy::https(&authority.issue("proxy.test", 2099), &[("cloud.test:443", secure)]).await;
    let through = |http: Http| {
        let http = http.proxy(format!("https://proxy.test:{}", proxy.port())).resolve("proxy.test", proxy);
        Settings { http, retry: Retry::none(), ..Settings::default() }
    };
    let client = Client::new(&["https://cloud.test"], through(Http::default().ca_pem(authority.pem())));
    assert_eq!(*client.get("/").await.unwrap(), "ok");
    let error = Client::new(&["https://cloud.test"], through(Http::default())).get("/").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "the proxy's own certificate is checked: {error}");
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let http = Http::default().proxy(format!("http://user:topsecret@{}", refused()));
    let settings = Settings { http, retry: Retry::none(), ..Settings::default() };
    let error = Client::new(&["https://cloud.test"], settings).get("/").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("proxy") && !format!("{error:?}").contains("topsecret"), "{error}");
}

#[tokio::test]
async fn a_proxy_in_parts_gets_the_password_as_it_is() {
    let authority = Authority::new();
    let plain = Server::answering(OK);
    let secure = tls::start(&authority.issue("cloud.test", 2099), None, |conn| {
        while conn.request().is_some() {
            conn.write(OK.as_bytes());
        }
    });
    let proxy = Proxy::http(&[("plain.test", plain.addr), ("cloud.test:443", secure)]);
    let parts =
        |password: &str| sanyun_core::Proxy::new("127.0.0.1").port(proxy.addr.port()).credentials("user", password);
    for endpoint in ["http://plain.test", "https://cloud.test"] {
        let through = |password: &str| {
            let http = Http::default().proxy(parts(password)).ca_pem(authority.pem());
            Client::new(&[endpoint], Settings { http, retry: Retry::none(), ..Settings::default() })
        };
        assert_eq!(*through(SPECIAL_PASSWORD).get("/").await.unwrap(), "ok");
        let error = through("top%secret").get("/").await.unwrap_err();
        assert!(!format!("{error:?} {:?}", parts("top%secret")).contains("top"), "{error:?}");
    }
}

/// Where the parent test listens, for its child.
const NETRC_SERVER: &str = "SANYUN_TEST_NETRC_SERVER";

#[test]
fn netrc_is_not_read() {
    let server = Server::answering(OK);
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".netrc");
    std::fs::write(&file, "machine 127.0.0.1 login thief password top\ndefault login thief password x\n").unwrap();
    // A process of its own, because the environment belongs to all tests of this one.
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_of_netrc_is_not_read", "--ignored"])
        .env("HOME", home.path())
        .env("NETRC", &file)
        .env(NETRC_SERVER, server.url())
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    let received = server.received();
    assert_eq!(received.len(), 1);
    let authorization = received[0].header("authorization").unwrap();
    assert_eq!(authorization, format!("PLAIN plain-id {}", support::cloud::SECRET));
}

#[tokio::test]
#[ignore = "the other half of `netrc_is_not_read`"]
async fn child_of_netrc_is_not_read() {
    // Alone it has no server to ask.
    if let Ok(server) = std::env::var(NETRC_SERVER) {
        Client::new(&[&server], Settings::default()).get("/").await.unwrap();
    }
}
