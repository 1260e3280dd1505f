use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use super::*;
use crate::chance::{Chance as _, SeededChance};

fn at(second: u64) -> Duration {
    Duration::from_secs(second)
}

fn breaker(policy: BreakerPolicy) -> Breaker {
    Breaker::new(policy, at(0)).unwrap()
}

/// Opens a breaker with five failures at once.
fn open(breaker: &Breaker, now: u64) {
    for _ in 0..5 {
        breaker.begin(at(now)).end(false, at(now));
    }
    assert_eq!(breaker.status().state, BreakerState::Open);
}

#[test]
fn a_policy_that_cannot_work_is_refused_and_named() {
    let good = BreakerPolicy::default();
    for (policy, part) in [
        (BreakerPolicy { failure_share: -0.01, ..good }, "share of failures"),
        (BreakerPolicy { failure_share: f64::NAN, ..good }, "share of failures"),
        (BreakerPolicy { failures: 0, ..good }, "number of failures"),
        (BreakerPolicy { consecutive_failures: 0, ..good }, "in a row"),
        (BreakerPolicy { successes: 0, ..good }, "number of successes"),
        (BreakerPolicy { window: Duration::ZERO, ..good }, "window"),
        (BreakerPolicy { open_for: Duration::ZERO, ..good }, "stay open"),
    ] {
        let error = Breaker::new(policy, at(0)).unwrap_err();
        assert!(error.kind() == crate::ErrorKind::Config && error.message().contains(part), "{error}");
    }
    for policy in [
        BreakerPolicy { failure_share: 0.0, ..good },
        BreakerPolicy { failure_share: 1.0, ..good },
        BreakerPolicy { window: Duration::MAX, open_for: Duration::MAX, failures: u32::MAX, ..good },
    ] {
        let breaker = Breaker::new(policy, at(1)).unwrap();
        open(&breaker, 1);
    }
}

#[test]
fn share_and_row_each_have_their_limit() {
    let policy = BreakerPolicy { failures: 4, failure_share: 0.5, consecutive_failures: 3, ..Default::default() };
    // Every second call fails: half of them is enough once there are four.
    let shared = breaker(policy);
    for number in 0..8 {
        assert_eq!(shared.status().state, BreakerState::Closed, "{number}");
        shared.begin(at(0)).end(number % 2 == 0, at(0));
    }
    assert_eq!(shared.status().state, BreakerState::Open);
    // Three in a row after many successes are a small share.
    let in_a_row = breaker(policy);
    for number in 0..100 {
        in_a_row.begin(at(0)).end(number < 97, at(0));
    }
    assert_eq!(in_a_row.status().state, BreakerState::Open);
}

#[test]
fn what_ends_in_another_generation_is_not_counted() {
    let breaker = breaker(BreakerPolicy::default());
    let (late_failure, late_success, in_window) = (breaker.begin(at(0)), breaker.begin(at(0)), breaker.begin(at(0)));
    open(&breaker, 1);
    assert_eq!(late_failure.end(false, at(2)), None);
    assert!(breaker.is_open(at(60)) && !breaker.is_open(at(61)));
    // The first one who looks after a minute makes it half open; one of the time before cannot close or open it.
    let moved = late_success.end(true, at(61)).unwrap();
    assert_eq!((moved.from, moved.to), (BreakerState::Open, BreakerState::HalfOpen));
    let status = BreakerStatus { state: BreakerState::HalfOpen, failures: 0, total: 0 };
    assert_eq!(breaker.status(), status);
    drop(in_window);
    assert_eq!(breaker.status(), status);
    // A window that has passed is another generation too.
    let windowed = Breaker::new(BreakerPolicy::default(), at(0)).unwrap();
    let early = windowed.begin(at(299));
    assert_eq!(early.end(false, at(300)), None);
    assert_eq!(windowed.status(), BreakerStatus { state: BreakerState::Closed, failures: 0, total: 0 });
}

#[test]
fn half_open_lets_only_a_few_try() {
    let breaker = breaker(BreakerPolicy { successes: 3, ..Default::default() });
    open(&breaker, 0);
    let (one, two, three) = (breaker.begin(at(60)), breaker.begin(at(60)), breaker.begin(at(60)));
    assert_eq!(one.transition().map(|moved| moved.to), Some(BreakerState::HalfOpen));
    let other = breaker.begin(at(60));
    assert!(!three.uses_backup() && other.uses_backup() && other.state() == BreakerState::HalfOpen);
    // The backup's answers are not counted.
    assert_eq!(other.end(false, at(60)), None);
    // A success keeps its place: one who tries too much would be one too many for a dead endpoint.
    assert_eq!(one.end(true, at(61)), None);
    assert!(breaker.begin(at(61)).uses_backup());
    // One who gives up gives his place back.
    drop(two);
    let instead = breaker.begin(at(61));
    assert!(!instead.uses_backup());
    assert_eq!(three.end(true, at(62)), None);
    let closed = instead.end(true, at(63)).unwrap();
    assert_eq!((closed.to, closed.generation), (BreakerState::Closed, 3));
}

#[test]
fn a_failure_while_half_open_opens_for_the_whole_time_again() {
    let breaker = breaker(BreakerPolicy::default());
    open(&breaker, 0);
    let (failing, late) = (breaker.begin(at(100)), breaker.begin(at(100)));
    assert_eq!(failing.end(false, at(110)).map(|moved| moved.to), Some(BreakerState::Open));
    assert_eq!(late.end(true, at(111)), None);
    assert!(breaker.is_open(at(169)) && !breaker.is_open(at(170)));
    assert!(breaker.begin(at(169)).uses_backup());
}

/// Many threads, a clock that each of them moves, an endpoint that dies and comes back: in no half open generation do
/// more calls try it than may, and no transition is told twice or lost.
#[test]
fn many_threads_keep_the_rules() {
    const ROUNDS: u64 = 20_000;
    let policy = BreakerPolicy { window: at(50), open_for: at(10), successes: 4, ..Default::default() };
    let breaker = breaker(policy);
    let (clock, alive) = (AtomicU64::new(0), AtomicBool::new(true));
    // Who tries at the moment, and who has tried in which half open generation.
    let tried = Mutex::new(std::collections::HashMap::<u64, u32>::new());
    let transitions = Mutex::new(Vec::new());
    let finished = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let (breaker, clock, alive) = (&breaker, &clock, &alive);
            let (tried, transitions, finished) = (&tried, &transitions, &finished);
            scope.spawn(move || {
                let chance = SeededChance::new(seed);
                for _ in 0..ROUNDS {
                    match chance.next_u64() % 500 {
                        0 => alive.store(chance.next_u64().is_multiple_of(2), Ordering::Relaxed),
                        1..=50 => _ = clock.fetch_add(1, Ordering::Relaxed),
                        _ => {}
                    }
                    let now = || at(clock.load(Ordering::Relaxed));
                    let passage = breaker.begin(now());
                    transitions.lock().unwrap().extend(passage.transition());
                    if passage.state() == BreakerState::HalfOpen && !passage.uses_backup() {
                        *tried.lock().unwrap().entry(passage.generation).or_default() += 1;
                    }
                    if chance.next_u64().is_multiple_of(4) {
                        std::thread::yield_now();
                    }
                    let success = alive.load(Ordering::Relaxed);
                    transitions.lock().unwrap().extend(passage.end(success, now()));
                    finished.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(u64::from(finished.load(Ordering::Relaxed)), 4 * ROUNDS);
    assert!(tried.lock().unwrap().values().all(|tried| *tried <= policy.successes));
    let mut transitions = transitions.into_inner().unwrap();
    transitions.sort_by_key(|moved| moved.generation);
    assert!(transitions.len() > 10, "{}", transitions.len());
    for pair in transitions.windows(2) {
        assert!(pair[0].generation < pair[1].generation && pair[0].to == pair[1].from, "{pair:?}");
    }
}
