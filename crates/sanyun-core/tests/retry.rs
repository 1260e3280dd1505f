//! The user's own retry: conditions, back-off, bounds, and waiting for an answer, through real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sanyun_core::{
    Backoff, Clock as _, Error, ErrorKind, ManualClock, Retry, SeededChance, Settings, TimeoutPhase, every,
};
use support::cloud::Client;
use support::{Server, one_shot, refused, reply};

const MS: Duration = Duration::from_millis(1);

fn settings() -> (Arc<ManualClock>, Settings) {
    let clock = Arc::new(ManualClock::at_unix(1_700_000_000));
    let settings = Settings { clock: clock.clone(), chance: Arc::new(SeededChance::new(3)), ..Settings::default() };
    (clock, settings)
}

/// Fails `times` times with `status`, then succeeds.
fn failing(times: usize, status: u16) -> Server {
    Server::replying(move |number| reply(if number < times { status } else { 200 }, "", "text"))
}

fn client(server: &Server) -> Client {
    Client::new(&[&server.url()], settings().1)
}

fn has_status(status: u16) -> impl Fn(&Error) -> bool + Send + Sync + 'static {
    move |error| error.service().is_some_and(|service| service.status() == status)
}

fn immediate(attempts: u32) -> Retry {
    Retry::standard().attempts(attempts).backoff(Backoff::NONE)
}

#[tokio::test]
async fn the_condition_decides_instead_of_our_rules() {
    // Ours would not repeat a POST after a 503, nor anything after a 404 or 409.
    for status in [503, 404, 409] {
        let got = client(&failing(3, status)).post("x").retry(immediate(4).when(has_status(status))).await.unwrap();
        assert_eq!(got.attempts(), 4);
    }
    // Ours would repeat both.
    for status in [503, 429] {
        let error = client(&failing(3, status)).get("/").retry(immediate(4).when(|_| false)).await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), error.attempts()), (status, 1));
    }
    let error = client(&failing(9, 503)).get("/").retry(immediate(4).when(|_| true)).await.unwrap_err();
    assert_eq!((error.service().unwrap().status(), error.attempts()), (503, 4));
}

#[tokio::test]
async fn a_rule_decides_about_number_and_waits() {
    let rule = |error: &Error, failed, _| {
        let status = error.service()?.status();
        (failed < 4 && status == 404).then_some(MS * 10 * failed)
    };
    let (clock, settings) = settings();
    let started = clock.elapsed();
    let got = Client::new(&[&failing(3, 404).url()], settings).post("x").retry(Retry::none().by(rule)).await.unwrap();
    assert_eq!((got.attempts(), clock.elapsed() - started), (4, 60 * MS));
    for (times, status, attempts) in [(9, 404, 4), (9, 503, 1)] {
        let error = client(&failing(times, status)).get("/").retry(Retry::standard().by(rule)).await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), error.attempts()), (status, attempts));
    }
    assert_eq!(Retry::none().by(rule).max_attempts(), u32::MAX);
}

#[tokio::test]
async fn the_condition_is_asked_only_while_attempts_are_left() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let retry = immediate(3).when(move |_| count.fetch_add(1, Ordering::Relaxed) < 100);
    client(&failing(9, 500)).get("/").retry(retry).await.unwrap_err();
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn the_condition_sees_failures_below_http() {
    let dead = Client::new(&[&format!("http://{}", refused())], settings().1);
    let connect = |error: &Error| error.kind() == ErrorKind::Connect;
    assert_eq!(dead.post("x").retry(immediate(4).when(connect)).await.unwrap_err().attempts(), 4);
    assert_eq!(dead.get("/").retry(immediate(4).when(has_status(503))).await.unwrap_err().attempts(), 1);
    // Nothing was sent, so the body is whole each time.
    assert_eq!(dead.put(one_shot("x")).retry(immediate(4).when(connect)).await.unwrap_err().attempts(), 4);
}

#[tokio::test]
async fn no_condition_sends_a_one_shot_body_twice() {
    for server in [failing(3, 503), failing(3, 429), Server::start(|conn| _ = conn.request())] {
        let error = client(&server).put(one_shot("once")).retry(immediate(4).when(|_| true)).await.unwrap_err();
        assert_eq!((error.attempts(), server.received().len()), (1, 1), "{error}");
    }
    // What fails before anything is sent is no attempt, and final.
    let error = client(&failing(0, 200)).get("/").header("x", "a\r\nb").retry(immediate(4).when(|_| true)).await;
    assert_eq!(error.unwrap_err().attempts(), 0);
}

#[tokio::test]
async fn conditions_are_bound_by_budget_and_deadline() {
    let outage = failing(usize::MAX, 500);
    let client = client(&outage);
    for _ in 0..60 {
        client.post("x").retry(immediate(3).when(|_| true)).await.unwrap_err();
    }
    // 500 tokens pay for 100 retries.
    assert_eq!(outage.received().len(), 160);

    // What does not exist yet is no outage.
    let missing = failing(usize::MAX, 404);
    let client = self::client(&missing);
    for _ in 0..60 {
        client.get("/").retry(immediate(3).when(has_status(404))).await.unwrap_err();
    }
    assert_eq!(missing.received().len(), 180);

    let (clock, settings) = settings();
    let slow = Retry::standard().attempts(9).backoff(Backoff::Fixed(Duration::from_secs(4))).when(|_| true);
    let call = Client::new(&[&failing(9, 500).url()], settings).get("/").timeout(Duration::from_secs(10)).retry(slow);
    assert_eq!((call.await.unwrap_err().attempts(), clock.sleeps().len()), (3, 2));
}

/// The waits of a call that fails eight times.
async fn waits(backoff: Backoff) -> Vec<Duration> {
    let (clock, settings) = settings();
    let retry = Retry::standard().attempts(8).backoff(backoff).when(|_| true);
    Client::new(&[&failing(9, 500).url()], settings).get("/").retry(retry).await.unwrap_err();
    clock.sleeps()
}

#[tokio::test]
async fn waits_follow_the_strategy() {
    assert!(waits(Backoff::NONE).await.is_empty());
    assert_eq!(waits(Backoff::EXPONENTIAL).await, [20, 40, 80, 160, 320, 640, 1280].map(|ms| ms * MS));
    for (wait, half) in waits(Backoff::EQUAL_JITTER).await.into_iter().zip([10, 20, 40, 80, 160, 320, 640]) {
        assert!(wait > half * MS && wait <= 2 * half * MS, "{wait:?}");
    }
    for (wait, most) in waits(Backoff::RANDOM_JITTER).await.into_iter().zip([20, 40, 80, 160, 320, 640, 1280]) {
        assert!(wait >= MS && wait <= most * MS, "{wait:?}");
    }
    let decorrelated = waits(Backoff::DECORRELATED_JITTER).await;
    let mut before = 10 * MS;
    for wait in &decorrelated {
        assert!(*wait >= 10 * MS && *wait <= 3 * before, "{decorrelated:?}");
        before = *wait;
    }
    assert!(decorrelated.iter().any(|wait| *wait > 30 * MS), "it grows: {decorrelated:?}");
}

#[tokio::test]
async fn an_answer_is_waited_for_with_bounded_calls() {
    let counting = || Server::replying(|number| reply(200, "", &number.to_string()));
    let (clock, settings) = settings();
    let server = counting();
    let client = Client::new(&[&server.url()], settings);
    // As a condition on the reply, with at most three retries: true at the third call.
    let wait = every(Duration::ZERO).attempts(4).backoff(Backoff::EXPONENTIAL);
    let got = client.get("/").until(wait, |text| text == "2").await.unwrap();
    assert_eq!((got.as_str(), server.received().len()), ("2", 3));
    assert_eq!(clock.sleeps(), [20 * MS, 40 * MS]);

    let server = counting();
    let client = self::client(&server);
    let error = client.get("/").until(wait, |_| false).await.unwrap_err();
    assert_eq!((error.timeout_phase(), server.received().len()), (Some(TimeoutPhase::Wait), 4));
    assert!(error.to_string().contains("in 4 calls"), "{error}");
    let last = client.get("/").until(wait.or_last(), |_| false).await.unwrap();
    assert_eq!((last.as_str(), server.received().len()), ("7", 8));
    let last = client.get("/").until(every(Duration::ZERO).attempts(0).or_last(), |_| false).await.unwrap();
    assert_eq!(*last, "8");
}
