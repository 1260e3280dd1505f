//! Retries, fail-over, clock, hooks and secrets, through the whole pipeline and real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use sanyun_core::{
    AccessLog, AttemptOutcome, AttemptView, Body, CallInfo, CallOutcome, Clock as _, ErrorKind, Hook, ManualClock,
    Retry, SeededChance, Settings, StreamBody,
};
use support::cloud::{Client, SECRET, TOKEN};
use support::{Server, refused, reply};

const NOW: u64 = 1_700_000_000;

fn settings() -> (Arc<ManualClock>, Settings) {
    let clock = Arc::new(ManualClock::at_unix(NOW));
    let settings = Settings { clock: clock.clone(), chance: Arc::new(SeededChance::new(3)), ..Settings::default() };
    (clock, settings)
}

/// Fails `times` times with `status`, then succeeds.
fn failing(times: usize, status: u16, headers: &'static str) -> Server {
    Server::replying(move |number| if number < times { reply(status, headers, "no") } else { reply(200, "", "ok") })
}

#[tokio::test]
async fn server_errors_of_idempotent_calls_are_retried_with_growing_waits() {
    let server = failing(2, 503, "");
    let (clock, settings) = settings();
    let got = Client::new(&[&server.url()], settings).get("/").await.unwrap();
    assert_eq!((got.as_str(), got.attempts()), ("ok", 3));
    let waits = clock.sleeps();
    assert_eq!(waits.len(), 2);
    assert!(waits[0] <= Duration::from_millis(400) && waits[1] <= Duration::from_millis(800), "{waits:?}");
}

#[tokio::test]
async fn what_may_have_been_done_is_not_done_twice() {
    let server = failing(1, 503, "");
    let error = Client::new(&[&server.url()], settings().1).post("x").await.unwrap_err();
    assert_eq!((error.attempts(), server.received().len()), (1, 1));
    let server = failing(1, 503, "");
    let told = Client::new(&[&server.url()], settings().1).post("x").idempotent(true).await.unwrap();
    assert_eq!(told.attempts(), 2);
}

#[tokio::test]
async fn throttling_is_always_retried_and_retry_after_obeyed() {
    let server = failing(1, 429, "Retry-After: 7\r\n");
    let (clock, settings) = settings();
    Client::new(&[&server.url()], settings.clone()).post("x").await.unwrap();
    assert_eq!(clock.sleeps(), [Duration::from_secs(7)]);

    let patient = failing(1, 429, "Retry-After: 3600\r\n");
    let error = Client::new(&[&patient.url()], settings).post("x").await.unwrap_err();
    assert!(error.is_throttled() && error.attempts() == 1, "an hour is longer than anybody waits");
}

#[tokio::test]
async fn client_errors_are_final_and_attempts_have_an_end() {
    let server = failing(9, 404, "");
    let client = Client::new(&[&server.url()], settings().1);
    assert_eq!(client.get("/").await.unwrap_err().attempts(), 1);
    let server = failing(9, 500, "");
    let client = Client::new(&[&server.url()], settings().1);
    assert_eq!(client.get("/").retry(Retry::standard().attempts(5)).await.unwrap_err().attempts(), 5);
    assert_eq!(client.get("/").retry(Retry::none()).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn an_outage_drains_the_budget() {
    let server = failing(usize::MAX, 500, "");
    let (_, settings) = settings();
    let client = Client::new(&[&server.url()], settings);
    for _ in 0..60 {
        let _ = client.get("/").await;
    }
    // 500 tokens pay for 100 retries; without a budget it would be 120.
    assert_eq!(server.received().len(), 160);
}

#[tokio::test]
async fn the_calls_limit_forbids_a_wait_that_would_outlast_it() {
    let server = failing(9, 429, "Retry-After: 30\r\n");
    let (clock, settings) = settings();
    let error = Client::new(&[&server.url()], settings).get("/").timeout(Duration::from_secs(20)).await.unwrap_err();
    assert!(error.is_throttled() && clock.sleeps().is_empty());
}

#[tokio::test]
async fn a_retried_upload_sends_the_same_bytes() {
    let content: Vec<u8> = (0..3_000_000_u32).map(|i| (i * 7 % 251) as u8).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("upload");
    std::fs::write(&path, &content).unwrap();
    let expected = content.clone();
    let bodies = [Body::from(content.clone()), Body::file(&path).unwrap(), factory(content)];
    for body in bodies {
        // The first connection breaks in the middle of the body.
        let server = Server::start(|conn| {
            if conn.number == 0 {
                conn.head();
                let mut half = vec![0; 1_000_000];
                conn.stream.read_exact(&mut half).unwrap();
                return;
            }
            conn.request();
            conn.write(reply(200, "", "ok").as_bytes());
        });
        let got = Client::new(&[&server.url()], settings().1).put(body).await.unwrap();
        assert_eq!(got.attempts(), 2);
        assert!(server.received().last().unwrap().body == expected);
    }
}

fn factory(content: Vec<u8>) -> Body {
    let content = Bytes::from(content);
    Body::factory(None, move || Ok(StreamBody::from(content.clone()).into_stream()))
}

#[tokio::test]
async fn a_one_shot_body_is_not_retried_after_its_first_byte() {
    let server = failing(1, 503, "");
    let client = Client::new(&[&server.url()], settings().1);
    let body = || Body::once(StreamBody::from(Bytes::from_static(b"once")).into_stream(), Some(4));
    let error = client.put(body()).await.unwrap_err();
    assert_eq!((error.attempts(), error.service().unwrap().status()), (1, 503));
    // When nothing was sent it is still whole.
    let client = Client::new(&[&format!("http://{}", refused()), &server.url()], settings().1);
    let got = client.put(body()).await.unwrap();
    assert_eq!((got.attempts(), server.received().last().unwrap().body.as_slice()), (2, &b"once"[..]));
}

#[tokio::test]
async fn a_wrong_length_is_an_error_and_not_another_object() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let client = Client::new(&[&server.url()], settings().1);
    for announced in [3, 5] {
        let body = Body::once(StreamBody::from(Bytes::from_static(b"four")).into_stream(), Some(announced));
        let error = client.put(body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    }
    assert!(server.received().iter().all(|seen| seen.body != b"four"));
}

#[tokio::test]
async fn a_connection_closed_while_idle_costs_no_attempt_of_the_policy() {
    // Each connection answers once and is closed when the second request arrives.
    let server = Server::start(|conn| {
        conn.request();
        conn.write(reply(200, "", "ok").as_bytes());
        conn.request();
    });
    let client = Client::new(&[&server.url()], settings().1);
    client.get("/").await.unwrap();
    let again = client.get("/").retry(Retry::none()).await.unwrap();
    assert_eq!(again.attempts(), 2);
    let (clock, settings) = settings();
    let client = Client::new(&[&server.url()], settings);
    client.get("/").await.unwrap();
    assert!(client.post("x").await.is_err(), "a POST that may have arrived is not sent twice");
    assert!(clock.sleeps().is_empty());
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_and_for_later_calls() {
    let date = |ahead: u64| sanyun_core::time::http_date(sanyun_core::time::from_unix((NOW + ahead) as i64));
    let headers = format!("x-code: Skew\r\nDate: {}\r\n", date(7200));
    let server =
        Server::replying(move |number| if number == 0 { reply(403, &headers, "") } else { reply(200, "", "ok") });
    let (clock, settings) = settings();
    let client = Client::new(&[&server.url()], settings);
    client.post("x").await.unwrap();
    client.post("x").await.unwrap();
    let dates: Vec<_> = server.received().iter().map(|seen| seen.header("x-plain-date").unwrap().to_owned()).collect();
    let [now, later] = [0, 7200].map(|ahead| sanyun_core::time::iso_basic(clock.now() + Duration::from_secs(ahead)));
    assert_eq!(dates, [now, later.clone(), later]);

    let stubborn = failing(9, 403, "x-code: Skew\r\nDate: Tue, 14 Nov 2023 23:13:20 GMT\r\n");
    let error = Client::new(&[&stubborn.url()], self::settings().1).post("x").await.unwrap_err();
    assert_eq!(error.attempts(), 2, "once is enough");
}

#[tokio::test]
async fn options_that_are_wrong_are_told_when_the_call_is_made() {
    let client = Client::new(&["http://127.0.0.1:1"], settings().1);
    assert_eq!(client.get("/").header("bad name", "x").await.unwrap_err().kind(), ErrorKind::Input);
    assert_eq!(client.get("/").header("x", "a\r\nb: c").await.unwrap_err().kind(), ErrorKind::Input);
    assert_eq!(client.get("/").endpoint("ftp://x").await.unwrap_err().kind(), ErrorKind::Config);
}

#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<u8>>>);

impl Notes {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Notes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Hook for Notes {
    fn before_attempt(&self, attempt: &AttemptView<'_>) {
        let view = attempt.request;
        let _ = writeln!(
            self.clone(),
            "before {} {} {:?} {} {attempt:?} {}",
            attempt.number,
            view.url(),
            view.headers(),
            view.body(),
            view.unmasked().is_some()
        );
    }

    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        let _ = writeln!(self.clone(), "after {} {:?} {outcome:?}", attempt.number, outcome.status());
    }

    fn call_done(&self, call: &CallInfo<'_>, outcome: &CallOutcome<'_>) {
        let _ = writeln!(self.clone(), "done {} {} {outcome:?}", call.operation, outcome.attempts);
    }
}

#[tokio::test]
async fn hooks_see_every_attempt_and_no_secret() {
    // The gateway repeats the whole request in its answer, as Huawei's does.
    let server = Server::start(|conn| {
        while let Some(request) = conn.request() {
            let echo = format!("canonicalRequest:{:?}", request.headers);
            let status = if request.target().contains("fail") { 401 } else { 200 };
            conn.write(reply(status, "X-Request-Id: r-1\r\n", &echo).as_bytes());
        }
    });
    let (notes, log) = (Notes::default(), Notes::default());
    let (clock, mut settings) = settings();
    settings.hooks = vec![Arc::new(notes.clone()), Arc::new(AccessLog::new(log.clone()).clock(clock))];
    let client = Client::new(&[&server.url()], settings);
    let query = format!("a=1&SecurityToken={TOKEN}&Signature=x");
    let body = Body::from(format!("{{\"user\":\"u\",\"password\":\"{SECRET}\"}}"));
    let call = |path: &str| client.call(http::Method::POST, path, &query, body.clone());
    call("/ok").await.unwrap();
    let error = call("/fail").await.unwrap_err();
    let shown = format!("{}\n{}\n{error} {error:?} {:?}", notes.text(), log.text(), error.service().unwrap().raw());
    assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
    assert!(notes.text().contains("PLAIN ***") && notes.text().contains("SecurityToken=***"));
    assert!(notes.text().contains("\"password\":\"***\""), "{shown}");
    for part in ["before 1", "after 1 Some(200)", "done Do 1", "after 1 Some(401)", "false"] {
        assert!(notes.text().contains(part), "{part} in {shown}");
    }
    let line = log.text();
    let id = std::process::id();
    let first = format!(
        "2023-11-14 22:13:20,000 {id} sanyun-plain thing.Do 1 INFO \"POST {}/ok?a=1&SecurityToken=***&Signature=***\" 200 ",
        server.url()
    );
    assert!(line.starts_with(&first), "{line}");
    assert!(line.contains(" 0:00:00.000000 r-1\n"), "{line}");
}

#[tokio::test]
async fn debug_of_everything_hides_secrets() {
    let client = Client::new(&["http://127.0.0.1:1"], settings().1);
    let call = client.post(format!("secret body {SECRET}")).header("x-plain-token", TOKEN);
    let shown = format!("{call:?} {:?}", client.pipeline);
    let shown = format!("{shown} {:?}", call.preview().await.unwrap());
    assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
}
