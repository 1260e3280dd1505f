//! A client with a region breaker, a region that fails in every way, and its backup. What counts: calls that are safe
//! to repeat are all served, a dead region is left alone but for the few calls that may try it, and it is used again soon
//! after it works.
//!
//! `SANYUN_BREAKER_SECONDS=7200 cargo test -p sanyun-conformance --test tencent_breaker -- --nocapture` makes it
//! longer, in simulated seconds, and shows the figures.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/region.rs"]
mod region;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use region::{Mode, Region, Reply};
use sanyun_core::{AttemptView, BreakerChange, Clock as _, Hook, ManualClock, SeededChance};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use sanyun_tencent::{BreakerPolicy, BreakerState, Client, Credential, Error, Http, Input, RegionBreaker, Scheme};

const AT_ONCE: u64 = 64;
/// An attempt that takes longer is given up, in real time.
const LIMIT: Duration = Duration::from_secs(1);
/// Between two rounds of calls, in simulated time.
const STEP: Duration = Duration::from_secs(1);
const POLICY: BreakerPolicy = BreakerPolicy {
    failures: 5,
    failure_share: 0.5,
    consecutive_failures: 5,
    window: Duration::from_secs(60),
    open_for: Duration::from_secs(10),
    successes: 5,
};

/// What happens to the primary region, one after the other, each after a time in which it works.
const TROUBLES: [Mode; 7] = [
    Mode::Refuses,
    Mode::Swallows,
    Mode::Answers(Reply::Page500, Duration::ZERO),
    Mode::Answers(Reply::Good, Duration::from_secs(3)),
    Mode::Answers(Reply::Page200, Duration::ZERO),
    Mode::Answers(Reply::InternalError, Duration::ZERO),
    Mode::Wavers(Reply::Page500),
];
const GOOD_SECONDS: u64 = 20;
const BAD_SECONDS: u64 = 40;

/// What the client did, as its hooks tell it.
#[derive(Default)]
struct Watch {
    to_primary: AtomicU64,
    to_backup: AtomicU64,
    changes: Mutex<Vec<(u64, BreakerState)>>,
}

impl Hook for Watch {
    fn before_attempt(&self, attempt: &AttemptView<'_>) {
        let backup = attempt.request.url().contains("ap-guangzhou");
        let count = if backup { &self.to_backup } else { &self.to_primary };
        count.fetch_add(1, Relaxed);
    }

    fn breaker_changed(&self, change: &BreakerChange<'_>) {
        self.changes.lock().unwrap().push((change.generation, change.to));
    }
}

impl Watch {
    /// The states that the breaker went through since this was last asked, in order.
    fn changes(&self) -> Vec<BreakerState> {
        let mut changes = std::mem::take(&mut *self.changes.lock().unwrap());
        changes.sort_by_key(|(generation, _)| *generation);
        changes.into_iter().map(|(_, state)| state).collect()
    }
}

struct World {
    client: Client,
    clock: Arc<ManualClock>,
    watch: Arc<Watch>,
    primary: Region,
    state: BreakerState,
    /// The backup's server and the one behind the primary region.
    _servers: [Local; 2],
}

/// What one kind of trouble came to.
#[derive(Debug, Default)]
struct Figures {
    rounds: u64,
    calls: u64,
    /// Of calls that are safe to repeat.
    errors: u64,
    /// Of calls that are not: what failed after it was sent is told to the caller.
    unsafe_errors: u64,
    to_primary: u64,
    arrived: u64,
    to_backup: u64,
    opened: u64,
    half_opened: u64,
    /// Attempts at the primary in rounds that began with the breaker open or half open.
    probes: u64,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::at_unix(1_700_000_000));
        let start = || Local::builder().port(0).clock(Arc::clone(&clock)).start();
        let servers = [start().await.unwrap(), start().await.unwrap()];
        let primary = Region::before(servers[1].addr()).await;
        let watch = Arc::new(Watch::default());
        let http = Http::default()
            .without_proxy()
            .resolve("cvm.tencentcloudapi.com", primary.addr())
            .resolve("cvm.ap-guangzhou.tencentcloudapi.com", servers[0].addr());
        let client = Client::builder()
            .region("ap-guangzhou")
            .scheme(Scheme::Http)
            .http(http)
            .credentials(Credential::keys(ACCESS_KEY, SECRET_KEY))
            .region_breaker(RegionBreaker { policy: POLICY, ..RegionBreaker::default() })
            .attempt_timeout(LIMIT)
            .clock(Arc::clone(&clock))
            .chance(SeededChance::new(5))
            .hook(Arc::clone(&watch))
            .build()
            .unwrap();
        Self { client, clock, watch, primary, state: BreakerState::Closed, _servers: servers }
    }

    /// Many calls at once, of which every eighth is not safe to repeat.
    async fn round(&mut self, figures: &mut Figures) {
        let call = |number: u64| {
            let input = Input::new("cvm", "2017-03-12", "DescribeZones");
            tokio::spawn(self.client.send(input).idempotent(!number.is_multiple_of(8)).into_future())
        };
        let before = (self.watch.to_primary.load(Relaxed), self.watch.to_backup.load(Relaxed), self.primary.arrived());
        let calls: Vec<_> = (0..AT_ONCE).map(|number| (number, call(number))).collect();
        let mut errors: Vec<(u64, Error)> = Vec::new();
        for (number, call) in calls {
            errors.extend(call.await.unwrap().err().map(|error| (number, error)));
        }
        let attempts = self.watch.to_primary.load(Relaxed) - before.0;
        figures.rounds += 1;
        figures.calls += AT_ONCE;
        figures.unsafe_errors += errors.iter().filter(|(number, _)| number.is_multiple_of(8)).count() as u64;
        figures.errors += errors.iter().filter(|(number, _)| !number.is_multiple_of(8)).count() as u64;
        figures.to_primary += attempts;
        figures.to_backup += self.watch.to_backup.load(Relaxed) - before.1;
        let arrived = self.primary.arrived() - before.2;
        figures.arrived += arrived;
        self.judge(attempts.max(arrived), figures, &errors);
        self.clock.advance(STEP);
    }

    /// Checks the half open rule: while the primary is dead and the breaker not closed, no more than the allowed try it
    /// each time it is half open. `attempts` is what was sent there or what arrived there, whichever is more.
    fn judge(&mut self, attempts: u64, figures: &mut Figures, errors: &[(u64, Error)]) {
        let changes = self.watch.changes();
        let count = |wanted: BreakerState| changes.iter().filter(|state| **state == wanted).count() as u64;
        let half_open = count(BreakerState::HalfOpen) + u64::from(self.state == BreakerState::HalfOpen);
        let dead = self.primary.mode() != Mode::Works;
        if dead && self.state != BreakerState::Closed && count(BreakerState::Closed) == 0 {
            figures.probes += attempts;
            let allowed = half_open * u64::from(POLICY.successes);
            assert!(attempts <= allowed, "{attempts} attempts at the primary, {allowed} allowed: {changes:?}");
        }
        if let Some((_, error)) = errors.iter().find(|(number, _)| !number.is_multiple_of(8)) {
            panic!("a call that the backup could have served: {error} (breaker: {changes:?})");
        }
        figures.opened += count(BreakerState::Open);
        figures.half_opened += count(BreakerState::HalfOpen);
        self.state = changes.last().copied().unwrap_or(self.state);
    }

    /// Lets calls run for some simulated seconds.
    async fn run(&mut self, mode: Mode, seconds: u64) -> Figures {
        self.primary.set(mode).await;
        let mut figures = Figures::default();
        let end = self.clock.elapsed() + Duration::from_secs(seconds);
        while self.clock.elapsed() < end {
            self.round(&mut figures).await;
        }
        figures
    }

    /// How long after it works again the primary region is used again.
    async fn recover(&mut self) -> Duration {
        self.primary.set(Mode::Works).await;
        let start = self.clock.elapsed();
        loop {
            // The first round also finds out which kept connections are dead.
            self.round(&mut Figures::default()).await;
            let passed = self.clock.elapsed() - start;
            if self.state == BreakerState::Closed {
                return passed;
            }
            assert!(passed < Duration::from_secs(60), "it is never used again");
        }
    }
}

fn seconds() -> u64 {
    std::env::var("SANYUN_BREAKER_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(420)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_backup_serves_what_the_primary_does_not() {
    let mut world = World::new().await;
    let start = world.clock.elapsed();
    let (mut calls, mut number) = (0, 0);
    while world.clock.elapsed() - start < Duration::from_secs(seconds()) {
        let good = world.run(Mode::Works, GOOD_SECONDS).await;
        assert_eq!((good.errors, good.unsafe_errors, good.opened), (0, 0, 0), "{good:?}");
        let mode = TROUBLES[number % TROUBLES.len()];
        let bad = world.run(mode, BAD_SECONDS).await;
        // Told to the caller is only what may have been sent to the primary and is not safe to repeat: of one round,
        // after which the breaker is open, and of those who try while it is half open.
        let wavers = matches!(mode, Mode::Wavers(_));
        let allowed = if wavers { bad.to_primary } else { AT_ONCE / 8 + bad.probes };
        assert!(bad.unsafe_errors <= allowed, "{mode:?} {bad:?}");
        // Half of the calls are too few where the window remembers good times.
        assert!(wavers || (bad.opened > 0 && bad.half_opened > 0), "{mode:?} {bad:?}");
        assert!(bad.arrived <= bad.to_primary, "{mode:?} {bad:?}");
        let back = world.recover().await;
        println!("{mode:?}: {bad:?}, used again after {back:?}");
        // At most one more time to stay open, the rounds of that second included.
        assert!(back <= POLICY.open_for + 5 * STEP, "{mode:?}: {back:?}");
        (calls, number) = (calls + good.calls + bad.calls, number + 1);
    }
    println!("{calls} calls in {:?} of simulated time, {number} times of trouble", world.clock.elapsed() - start);
}
