//! Several endpoints: when the next one is tried and when not, through the whole pipeline and real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{ErrorKind, Http, ManualClock, Retry, SeededChance, Settings, TimeoutPhase};
use support::cloud::Client;
use support::tls::Authority;
use support::{BlackHole, Server, one_shot, refused, reply, tls};

fn settings() -> (Arc<ManualClock>, Settings) {
    let clock = Arc::new(ManualClock::at_unix(1_700_000_000));
    let http = Http::default().without_proxy().connect_timeout(Duration::from_millis(200));
    let chance = Arc::new(SeededChance::new(3));
    let settings = Settings { clock: clock.clone(), chance, http, ..Settings::default() };
    (clock, settings)
}

fn once() -> Settings {
    Settings { retry: Retry::none(), ..settings().1 }
}

fn good() -> Server {
    Server::replying(|_| reply(200, "", "ok"))
}

fn dead() -> String {
    format!("http://{}", refused())
}

/// Takes every request and never answers.
fn silent() -> Server {
    Server::start(|conn| {
        conn.request();
        conn.request();
    })
}

/// Answers one request.
fn back(conn: &mut support::Conn) {
    conn.request();
    conn.write(reply(200, "", "back").as_bytes());
}

#[tokio::test]
async fn whatever_fails_before_anything_is_sent_moves_on_at_once() {
    let hole = BlackHole::open().await;
    let secure = tls::start(&Authority::new().issue("127.0.0.1", 2099), None, |conn| _ = conn.request());
    let untrusted = format!("https://127.0.0.1:{}", secure.port());
    for endpoint in [dead(), hole.url(), "http://does-not-exist.invalid".to_owned(), untrusted] {
        let (good, (clock, settings)) = (good(), settings());
        let client = Client::new(&[&endpoint, &good.url()], Settings { retry: Retry::none(), ..settings });
        // Not idempotent, and with a body that can be sent once: nothing of it was.
        let got = client.post(one_shot("body")).await.unwrap();
        assert_eq!((got.attempts(), got.endpoint().to_string()), (2, good.url()), "{endpoint}");
        assert_eq!(good.received()[0].body, b"body");
        assert!(clock.sleeps().is_empty());
        assert_eq!(client.post("x").await.unwrap().attempts(), 1, "{endpoint} is tried last for a while");
    }
}

#[tokio::test]
async fn a_silent_endpoint_is_left_only_if_sending_again_is_safe() {
    let client = |silent: &Server, good: &Server| {
        let mut settings = settings().1;
        settings.http = settings.http.read_timeout(Duration::from_millis(250));
        Client::new(&[&silent.url(), &good.url()], settings)
    };
    let (first, second) = (silent(), good());
    let got = client(&first, &second).put("x").await.unwrap();
    assert_eq!((got.attempts(), got.endpoint().to_string()), (2, second.url()));
    assert_eq!((first.received().len(), second.received().len()), (1, 1));

    let (first, second) = (silent(), good());
    let client = client(&first, &second);
    for call in [client.post("x"), client.put(one_shot("x"))] {
        let error = call.await.unwrap_err();
        assert_eq!((error.timeout_phase(), error.attempts()), (Some(TimeoutPhase::Read), 1), "{error}");
    }
    assert!(second.received().is_empty());
    // The user's own word counts for the call that is not idempotent.
    let got = client.post("x").retry(Retry::standard().when(|error| error.is_timeout())).await.unwrap();
    assert_eq!((got.attempts(), second.received().len()), (2, 1));
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_moves_on_too() {
    let (first, second) = (silent(), good());
    let client = Client::new(&[&first.url(), &second.url()], settings().1);
    let got = client.get("/").attempt_timeout(Duration::from_millis(250)).await.unwrap();
    assert_eq!((got.attempts(), got.endpoint().to_string()), (2, second.url()));
}

#[tokio::test]
async fn a_status_never_moves_to_another_endpoint() {
    for status in [302, 400, 401, 404, 429, 500, 502, 503, 504] {
        let (bad, good) = (Server::replying(move |_| reply(status, "", "no")), good());
        let error = Client::new(&[&bad.url(), &good.url()], settings().1).get("/").await.unwrap_err();
        assert_eq!(error.service().unwrap().status(), status);
        assert_eq!(bad.received().len(), if matches!(status, 429 | 500..) { 3 } else { 1 });
        assert!(good.received().is_empty(), "{status}");
    }
}

#[tokio::test]
async fn the_first_endpoint_is_preferred_again_when_it_recovers() {
    let (good, address) = (good(), refused());
    let (clock, settings) = settings();
    let client = Client::new(&[&format!("http://{address}"), &good.url()], settings);
    assert_eq!(client.post("x").await.unwrap().attempts(), 2);
    clock.advance(Duration::from_secs(29));
    assert_eq!(client.post("x").await.unwrap().attempts(), 1, "it is avoided for a while");
    clock.advance(Duration::from_secs(2));
    assert_eq!(client.post("x").await.unwrap().attempts(), 2, "then it gets another chance");

    let recovered = Server::start_at(address, back);
    assert_eq!(*client.post("x").await.unwrap(), "ok");
    clock.advance(Duration::from_secs(31));
    let got = client.post("x").await.unwrap();
    assert_eq!((got.as_str(), got.attempts(), recovered.received().len()), ("back", 1, 1));
}

#[tokio::test]
async fn an_avoided_endpoint_is_the_last_resort() {
    let (address, other) = (refused(), refused());
    // The other one answers once and is gone for good.
    let listener = std::net::TcpListener::bind(other).unwrap();
    let served = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        drop(listener);
        back(&mut support::Conn::new(Box::new(stream), 0));
    });
    let client = Client::new(&[&format!("http://{address}"), &format!("http://{other}")], once());
    assert_eq!(client.post("x").await.unwrap().attempts(), 2);
    served.join().unwrap();
    let first = Server::start_at(address, back);
    let got = client.get("/").retry(Retry::standard()).await.unwrap();
    assert_eq!((got.as_str(), got.endpoint().to_string()), ("back", first.url()));
}

#[tokio::test]
async fn parallel_failures_skip_nothing() {
    let (hole, good) = (BlackHole::open().await, good());
    let client = Arc::new(Client::new(&[&dead(), &hole.url(), &dead(), &good.url()], once()));
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.post("x").await })
        })
        .collect();
    for call in calls {
        let got = call.await.unwrap().unwrap();
        assert!(got.attempts() <= 4);
        assert_eq!(got.endpoint().to_string(), good.url());
    }
    assert_eq!(good.received().len(), 32);
}

#[tokio::test]
async fn when_all_fail_the_error_names_them_all() {
    let (hole, dead) = (BlackHole::open().await, dead());
    let endpoints = ["http://does-not-exist.invalid", &hole.url(), &dead];
    let error = Client::new(&endpoints, once()).post("x").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3), "the kind of the last");
    let text = error.to_string();
    let parts: Vec<_> = text.trim_start_matches("thing Do: ").split("; ").collect();
    assert_eq!(parts.len(), 3, "{text}");
    // A slow name server makes it a time-out.
    assert!(parts[0].contains("does-not-exist.invalid"), "{text}");
    assert_eq!(parts[1], format!("connecting to {} took longer than 200ms", hole.addr));
    let refused = format!("connecting to {}: Connection refused", dead.trim_start_matches("http://"));
    assert_eq!(parts[2], format!("{refused} (3 attempts)"));

    // Three rounds, and each endpoint once in the text.
    let error = Client::new(&[&dead, &self::dead()], settings().1).post("x").await.unwrap_err();
    assert_eq!((error.attempts(), error.message().matches("refused").count()), (6, 2), "{error}");
    // What a server said is said as it is.
    let bad = Server::replying(|_| reply(500, "", "no"));
    let error = Client::new(&[&dead, &bad.url()], once()).get("/").await.unwrap_err();
    assert_eq!((error.message(), error.attempts()), ("no", 2));
    // A silent one after a dead one: both.
    let mut settings = once();
    settings.http = settings.http.read_timeout(Duration::from_millis(250));
    let error = Client::new(&[&dead, &silent().url()], settings).get("/").await.unwrap_err();
    assert_eq!(error.timeout_phase(), Some(TimeoutPhase::Read));
    assert!(error.message().starts_with(&format!("{refused}; ")), "{error}");
    // Two silent ones, each after the other.
    let mut settings = self::settings().1;
    settings.http = settings.http.read_timeout(Duration::from_millis(250));
    let (first, second) = (silent(), silent());
    let error = Client::new(&[&first.url(), &second.url()], settings).get("/").await.unwrap_err();
    assert_eq!((error.attempts(), first.received().len(), second.received().len()), (3, 2, 1));
    let places: Vec<_> = error.message().split("; ").collect();
    assert!(places.len() == 2 && places[0].contains(&second.addr.to_string()), "{error}");
    assert!(places[1].contains(&first.addr.to_string()), "{error}");
}

#[cfg(feature = "blocking")]
#[test]
fn a_blocking_call_moves_on_alike() {
    let (good, (clock, settings)) = (good(), settings());
    let client = Client::new(&["http://does-not-exist.invalid", &dead(), &good.url()], settings);
    assert_eq!(client.post("x").block().unwrap().attempts(), 3);
    assert_eq!(client.post("x").block().unwrap().attempts(), 1);
    assert!(clock.sleeps().is_empty());
    let error = Client::new(&[&dead(), &dead()], once()).post("x").block().unwrap_err();
    assert_eq!((error.kind(), error.message().matches("refused").count()), (ErrorKind::Connect, 2));
}
