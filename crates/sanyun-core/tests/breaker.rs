//! A breaker in the pipeline: where calls go in each state, what counts, what hooks and callers see; over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sanyun_core::{
    Body, BreakerPolicy, BreakerState, Chain, Credential, ErrorKind, Hook, ManualClock, Retry, Settings, hook,
};
use support::cloud::Client;
use support::{Server, one_shot, refused, reply};

/// What a breaker went through, as a hook tells it.
#[derive(Clone, Default)]
struct Changes(Arc<Mutex<Vec<String>>>);

impl Changes {
    fn hook(&self) -> Arc<dyn Hook> {
        let changes = Arc::clone(&self.0);
        Arc::new(hook::on_breaker(move |change| {
            let (from, to) = (change.from.as_str(), change.to.as_str());
            let text = format!("{} {} {from}>{to} {}", change.call.operation, change.primary, change.generation);
            changes.lock().unwrap().push(text);
        }))
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct World {
    client: Client,
    clock: Arc<ManualClock>,
    changes: Changes,
}

const POLICY: BreakerPolicy = BreakerPolicy {
    failures: 3,
    failure_share: 0.5,
    consecutive_failures: 3,
    window: Duration::from_secs(60),
    open_for: Duration::from_secs(30),
    successes: 2,
};

impl World {
    fn new(primary: &str, backup: &str, retry: Retry) -> Self {
        let (clock, changes) = (Arc::new(ManualClock::at_unix(1_700_000_000)), Changes::default());
        let settings = Settings {
            clock: clock.clone(),
            breaker: Some(POLICY),
            hooks: vec![changes.hook()],
            retry,
            ..Settings::default()
        };
        Self { client: Client::with_backup(&[primary], Some(backup), settings), clock, changes }
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// Answers with a status that a test can change.
fn switched(status: &Arc<AtomicUsize>) -> Server {
    let status = Arc::clone(status);
    Server::replying(move |_| reply(status.load(Ordering::Relaxed) as u16, "", "primary"))
}

fn backup() -> Server {
    Server::replying(|_| reply(200, "", "backup"))
}

#[tokio::test]
async fn calls_go_where_the_state_says() {
    let status = Arc::new(AtomicUsize::new(500));
    let (primary, backup) = (switched(&status), backup());
    let world = World::new(&primary.url(), &backup.url(), Retry::none());
    for _ in 0..3 {
        let error = world.client.post("x").await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Service, 1));
    }
    let opened = format!("Do {} closed>open 1", primary.url());
    assert_eq!(world.changes.take(), [opened]);

    // Open: the backup alone, with its own name in `Host`; a dry run says so too.
    let got = world.client.post("x").await.unwrap();
    assert_eq!((got.as_str(), got.attempts(), got.endpoint().to_string()), ("backup", 1, backup.url()));
    assert_eq!(backup.received()[0].header("host"), backup.url().strip_prefix("http://"));
    assert_eq!(world.client.post("x").preview().await.unwrap().request.endpoint.to_string(), backup.url());
    assert_eq!(primary.received().len(), 3);

    // Half open: a failure opens it again.
    world.pass(30);
    world.client.post("x").await.unwrap_err();
    assert_eq!(*world.client.post("x").await.unwrap(), "backup");
    let [half, again] = world.changes.take().try_into().unwrap();
    assert!(half.ends_with(" open>half_open 2") && again.ends_with(" half_open>open 3"), "{half} {again}");

    // Half open: enough successes close it.
    status.store(200, Ordering::Relaxed);
    world.pass(30);
    for _ in 0..3 {
        assert_eq!(*world.client.post("x").await.unwrap(), "primary");
    }
    let [half, closed] = world.changes.take().try_into().unwrap();
    assert!(half.ends_with(" open>half_open 4") && closed.ends_with(" half_open>closed 5"), "{half} {closed}");
}

#[tokio::test]
async fn a_call_that_is_safe_to_repeat_is_served_by_the_backup() {
    for status in [200, 500, 503] {
        let (primary, backup) = (Server::replying(move |_| reply(status, "", "primary")), backup());
        let world = World::new(&primary.url(), &backup.url(), Retry::standard());
        let got = world.client.get("/").await.unwrap();
        let expected = if status == 200 { ("primary", 1) } else { ("backup", 2) };
        assert_eq!((got.as_str(), got.attempts()), expected, "{status}");
        assert!(world.changes.take().is_empty(), "one failure is not enough");
        // Not this one.
        let got = world.client.post("x").await;
        assert_eq!(got.is_ok(), status == 200);
    }
    // How long the endpoint wants to be left alone says nothing about the backup.
    let primary = Server::replying(|_| reply(503, "Retry-After: 3600\r\n", "later"));
    let backup = backup();
    let world = World::new(&primary.url(), &backup.url(), Retry::standard());
    assert_eq!(*world.client.get("/").await.unwrap(), "backup");
    assert!(world.clock.sleeps().iter().all(|wait| *wait < Duration::from_secs(1)));
}

#[tokio::test]
async fn what_could_not_be_sent_goes_to_the_backup_at_once() {
    let backup = backup();
    let dead = format!("http://{}", refused());
    let world = World::new(&dead, &backup.url(), Retry::none());
    for number in 0..5 {
        let got = world.client.post(one_shot("x")).await.unwrap();
        // The breaker decides, not the memory of endpoints that were unreachable: it sees each failure until it opens.
        assert_eq!((got.as_str(), got.attempts()), ("backup", if number < 3 { 2 } else { 1 }), "{number}");
    }
    assert!(world.clock.sleeps().is_empty());
    assert_eq!(world.changes.take().len(), 1);
}

#[tokio::test]
async fn an_open_breaker_leaves_the_endpoint_alone_whatever_becomes_of_the_backup() {
    let primary = Server::replying(|_| reply(500, "", "no"));
    let dead = format!("http://{}", refused());
    let world = World::new(&primary.url(), &dead, Retry::standard());
    while world.changes.0.lock().unwrap().is_empty() {
        world.client.post("x").await.unwrap_err();
    }
    let before = primary.received().len();
    for _ in 0..5 {
        let error = world.client.get("/").await.unwrap_err();
        assert!(error.kind() == ErrorKind::Connect && error.to_string().contains(&dead[7..]), "{error}");
    }
    assert_eq!(primary.received().len(), before);
}

#[tokio::test]
async fn answers_and_our_own_mistakes_do_not_count() {
    let status = Arc::new(AtomicUsize::new(404));
    let (primary, backup) = (switched(&status), backup());
    let world = World::new(&primary.url(), &backup.url(), Retry::none());
    for refusal in [400, 401, 404, 429] {
        status.store(refusal, Ordering::Relaxed);
        for _ in 0..3 {
            assert_eq!(world.client.get("/").await.unwrap_err().service().unwrap().status() as usize, refusal);
        }
    }
    // No credential, a body that cannot be read: these say nothing about the endpoint.
    for _ in 0..4 {
        let nobody = Chain::new();
        assert_eq!(world.client.get("/").credentials(nobody).await.unwrap_err().kind(), ErrorKind::Credentials);
        let gone = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(gone.path(), "x").unwrap();
        let body = Body::file(gone.path()).unwrap();
        drop(gone);
        assert_eq!(world.client.put(body).await.unwrap_err().kind(), ErrorKind::Io);
    }
    assert!(world.changes.take().is_empty());
}

#[tokio::test]
async fn a_call_that_names_its_endpoint_has_no_breaker() {
    let (primary, backup, other) = (Server::replying(|_| reply(500, "", "no")), backup(), backup());
    let world = World::new(&primary.url(), &backup.url(), Retry::none());
    for _ in 0..5 {
        world.client.get("/").endpoint(&primary.url()).await.unwrap_err();
    }
    assert!(world.changes.take().is_empty());
    assert_eq!(*world.client.get("/").endpoint(&other.url()).await.unwrap(), "backup");
    assert!(backup.received().is_empty());
    // An endpoint that is its own backup has none either.
    let world = World::new(&primary.url(), &primary.url(), Retry::none());
    for _ in 0..5 {
        world.client.get("/").await.unwrap_err();
    }
    assert!(world.changes.take().is_empty());
}

/// A call that is given up in the middle holds no place among those who try the endpoint.
#[tokio::test]
async fn a_call_that_is_dropped_gives_its_place_back() {
    let (hanging, backup) = (Arc::new(AtomicUsize::new(0)), backup());
    let served = Arc::clone(&hanging);
    let primary = Server::start(move |conn| {
        while conn.request().is_some() {
            let status = served.load(Ordering::Relaxed);
            if status == 0 {
                std::thread::sleep(Duration::from_secs(3));
                return;
            }
            conn.write(reply(status as u16, "", "primary").as_bytes());
        }
    });
    let world = World::new(&primary.url(), &backup.url(), Retry::none());
    hanging.store(500, Ordering::Relaxed);
    for _ in 0..3 {
        world.client.post("x").await.unwrap_err();
    }
    world.pass(30);
    hanging.store(0, Ordering::Relaxed);
    {
        let mut calls: Vec<_> =
            (0..2).map(|_| Box::pin(std::future::IntoFuture::into_future(world.client.get("/")))).collect();
        for call in &mut calls {
            assert!(tokio::time::timeout(Duration::from_millis(200), call.as_mut()).await.is_err());
        }
        // Two may try, so the third does not wait for them.
        assert_eq!(*world.client.get("/").await.unwrap(), "backup");
    }
    hanging.store(200, Ordering::Relaxed);
    for _ in 0..2 {
        assert_eq!(*world.client.get("/").await.unwrap(), "primary");
    }
    assert!(world.changes.take().last().unwrap().ends_with("half_open>closed 3"));
}

#[tokio::test]
async fn a_policy_that_cannot_work_builds_no_client() {
    let policy = BreakerPolicy { failure_share: 2.0, ..BreakerPolicy::default() };
    let settings = Settings { breaker: Some(policy), ..Settings::default() };
    let source = Arc::new(Credential::keys("id", "key"));
    let error = settings.into_pipeline(source, sanyun_core::RefreshPolicy::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(BreakerState::default(), BreakerState::Closed);
}
