use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;
use crate::clock::{BoxFuture, ManualClock};
use crate::credentials::SourceError;
use crate::testing::{World, settle};
use crate::{Chain, ErrorKind};

/// Counts its fetches; each gives keys that live an hour, unless it is told to fail.
struct Counting {
    fetches: AtomicUsize,
    fails: AtomicBool,
}

impl Counting {
    fn new() -> Arc<Self> {
        Arc::new(Self { fetches: AtomicUsize::new(0), fails: AtomicBool::new(false) })
    }

    fn count(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

impl CredentialSource for Counting {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("counting")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(async move {
            let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::task::yield_now().await;
            if self.fails.load(Ordering::SeqCst) {
                return Err(SourceError::absent("the service is down"));
            }
            let expiry = context.clock.now() + Duration::from_secs(3600);
            Ok(Credential::session(format!("id{number}"), "secret", "token").expiring(expiry))
        })
    }
}

fn world() -> (Arc<ManualClock>, Context) {
    let world = World::new().refusing();
    (world.clock.clone(), world.context())
}

fn cache(source: &Arc<Counting>) -> (Arc<ManualClock>, Arc<CredentialCache>) {
    let (clock, context) = world();
    (clock, Arc::new(CredentialCache::new(source.clone(), context)))
}

async fn id(cache: &CredentialCache) -> String {
    cache.get("").await.unwrap().signing_keys().unwrap().id.clone()
}

#[tokio::test]
async fn a_hundred_callers_cause_one_fetch() {
    let source = Counting::new();
    let (_, cache) = cache(&source);
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { id(&cache).await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), "id1");
    }
    assert_eq!(source.count(), 1);
}

#[tokio::test]
async fn refresh_runs_ahead_and_nobody_waits_for_it() {
    let source = Counting::new();
    let (clock, cache) = cache(&source);
    assert_eq!(id(&cache).await, "id1");
    clock.advance(Duration::from_secs(44 * 60));
    assert_eq!(id(&cache).await, "id1");
    settle().await;
    assert_eq!(source.count(), 1, "44 minutes into an hour nothing is due");
    clock.advance(Duration::from_secs(3 * 60));
    assert_eq!(id(&cache).await, "id1", "the old one serves while the new one is fetched");
    settle().await;
    assert_eq!(id(&cache).await, "id2");
    assert_eq!(source.count(), 2);
}

#[tokio::test]
async fn a_failed_refresh_keeps_a_valid_credential_and_cools_down() {
    let source = Counting::new();
    let (clock, cache) = cache(&source);
    id(&cache).await;
    source.fails.store(true, Ordering::SeqCst);
    clock.advance(Duration::from_secs(50 * 60));
    for _ in 0..5 {
        assert_eq!(id(&cache).await, "id1");
        settle().await;
    }
    assert_eq!(source.count(), 2, "one failed refresh, then a pause");
    clock.advance(Duration::from_secs(11));
    assert_eq!(id(&cache).await, "id1");
    settle().await;
    assert_eq!(source.count(), 3);
}

#[tokio::test]
async fn an_expired_credential_with_a_failing_source_is_an_error() {
    let source = Counting::new();
    let (clock, cache) = cache(&source);
    id(&cache).await;
    source.fails.store(true, Ordering::SeqCst);
    clock.advance(Duration::from_secs(3601));
    let error = cache.get("").await.unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Credentials, "counting: the service is down".to_owned()));
    let again = cache.get("").await.unwrap_err();
    assert_eq!(again.to_string(), error.to_string());
    assert_eq!(source.count(), 2, "the second caller is told without another fetch");
}

#[tokio::test]
async fn a_cancelled_first_caller_does_not_block_the_next() {
    let source = Counting::new();
    let (_, cache) = cache(&source);
    {
        let first = cache.get("");
        let mut first = std::pin::pin!(first);
        // Polled once, dropped halfway.
        std::future::poll_fn(|cx| {
            assert!(first.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    }
    assert_eq!(id(&cache).await, "id2");
}

#[tokio::test]
async fn an_invalidated_credential_is_fetched_anew_once() {
    let source = Counting::new();
    let (_, cache) = cache(&source);
    let stale = cache.get("").await.unwrap();
    cache.invalidate(&stale);
    assert_eq!(id(&cache).await, "id2");
    cache.invalidate(&stale);
    assert_eq!(id(&cache).await, "id2", "a stale handle invalidates nothing that came after it");
}

#[tokio::test]
async fn a_chain_lists_every_source_and_stops_at_a_broken_one() {
    struct Named(&'static str, bool);
    impl CredentialSource for Named {
        fn name(&self) -> Cow<'_, str> {
            Cow::Borrowed(self.0)
        }

        fn load<'a>(&'a self, _: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
            let error = if self.1 {
                SourceError::Failed(Error::credentials("line 3 is no pair"))
            } else {
                SourceError::absent(format!("{} has nothing", self.0))
            };
            Box::pin(std::future::ready(Err(error)))
        }
    }
    let (_, context) = world();
    let chain = Chain::new().then(Named("environment", false)).then(Named("profile", false));
    let error = chain.load(&context).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "no credential found; tried in order:\n  environment: environment has nothing\n  profile: profile has nothing"
    );
    let broken = Chain::new().then(Named("profile", true)).then(Credential::keys("ak", "sk"));
    assert_eq!(broken.load(&context).await.unwrap_err().to_string(), "line 3 is no pair");
    let found = Chain::new().then(Named("environment", false)).then(Credential::keys("ak", "sk"));
    assert_eq!(found.load(&context).await.unwrap().signing_keys().unwrap().id, "ak");
}

#[test]
fn debug_shows_no_secret() {
    let credential = Credential::session("the-id", "the-secret", "the-token");
    let shown = format!("{credential:?} {:?}", credential.material());
    assert!(shown.contains("the-id") && !shown.contains("the-secret") && !shown.contains("the-token"));
}

#[tokio::test]
async fn a_source_may_know_better_when_to_fetch_again() {
    struct Knowing(u64);
    impl CredentialSource for Knowing {
        fn name(&self) -> Cow<'_, str> {
            Cow::Borrowed("knowing")
        }

        fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
            let expiry = context.clock.now() + Duration::from_secs(3600);
            let credential = Credential::keys("id", "secret").expiring(expiry);
            Box::pin(std::future::ready(Ok(credential.refreshing(Duration::from_secs(self.0)))))
        }
    }
    let policy = RefreshPolicy { jitter: Duration::ZERO, ..RefreshPolicy::default() };
    // Never more than half of the life.
    for (ahead, at) in [(300, 3300), (3000, 1800)] {
        let (clock, context) = world();
        let cache = CredentialCache::with_policy(Arc::new(Knowing(ahead)), context, policy);
        let first = cache.get("").await.unwrap();
        let is_first_after = async |seconds| {
            clock.advance(Duration::from_secs(seconds));
            cache.get("").await.unwrap();
            settle().await;
            Arc::ptr_eq(&first, &cache.get("").await.unwrap())
        };
        assert!(is_first_after(at - 1).await);
        assert!(!is_first_after(1).await);
    }
}

#[tokio::test]
async fn a_keeping_chain_asks_only_whom_it_found() {
    let (_, context) = world();
    for keeps in [false, true] {
        let source = Counting::new();
        let chain = Chain::new().then(source.clone()).append(Chain::new().then(Credential::keys("last", "s")));
        let chain = if keeps { chain.keeping() } else { chain };
        chain.load(&context).await.unwrap();
        source.fails.store(true, Ordering::SeqCst);
        match chain.load(&context).await {
            Ok(credential) => assert!(!keeps && credential.signing_keys().unwrap().id == "last"),
            Err(error) => assert!(keeps && error.to_string() == "counting: the service is down", "{error}"),
        }
    }
}
