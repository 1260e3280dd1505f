use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sanyun_core::{ManualClock, SeededChance, ServiceClass, ServiceError};

use super::*;
use crate::transfer::Transfers;

struct Numbered(u64);

impl Part for Numbered {}

fn client(clock: &Arc<ManualClock>, lanes: usize) -> Client {
    let builder = Client::builder().region("cn-hangzhou").transfers(Transfers::new().lanes(lanes));
    builder.clock(Arc::clone(clock)).chance(SeededChance::new(1)).build().unwrap()
}

fn throttled() -> Error {
    Error::from_service(ServiceError::new(503, "SlowDown", "").with_class(ServiceClass::Throttled))
}

/// Runs 100 parts, each of which fails as often as `failures` says, and gives the most that ran at a time, at first and in
/// the last quarter, and how often each part was tried.
async fn run(
    lanes: usize,
    most: usize,
    failures: impl Fn(u64) -> u32 + Send + Sync + 'static,
) -> (Result<()>, [usize; 2], BTreeMap<u64, u32>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at_unix(1_000));
    let client = client(&clock, lanes);
    let tries = Arc::new(Mutex::new(BTreeMap::<u64, u32>::new()));
    let (running, peaks) = (Arc::new(AtomicUsize::new(0)), Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]));
    let (counted, seen) = (Arc::clone(&tries), Arc::clone(&peaks));
    let failures = Arc::new(failures);
    let lanes = Lanes::new(&client, most, move |part: Numbered| {
        let (tries, running, peaks) = (Arc::clone(&counted), Arc::clone(&running), Arc::clone(&seen));
        let failures = Arc::clone(&failures);
        async move {
            let now = running.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(peak) = peaks.get(usize::from(part.0 >= 75)) {
                peak.fetch_max(now, Ordering::Relaxed);
            }
            tokio::task::yield_now().await;
            running.fetch_sub(1, Ordering::Relaxed);
            let tried = {
                let mut tries = tries.lock().unwrap_or_else(PoisonError::into_inner);
                let tried = tries.entry(part.0).or_default();
                *tried += 1;
                *tried
            };
            let result = if tried <= failures(part.0) { Err(throttled()) } else { Ok(part.0) };
            (part, result)
        }
    });
    let mut done = Vec::new();
    let result = lanes
        .run(Each((0..100).map(Numbered)), &Cancel::new(), |part, value| {
            assert_eq!(part.0, value);
            done.push(value);
            Ok(())
        })
        .await;
    done.sort_unstable();
    done.dedup();
    assert!(result.is_err() || done.len() == 100);
    let peaks = [peaks[0].load(Ordering::Relaxed), peaks[1].load(Ordering::Relaxed)];
    let tries = tries.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (result, peaks, tries, clock)
}

#[tokio::test]
async fn as_many_parts_run_at_a_time_as_both_limits_say() {
    let (result, peaks, tries, clock) = run(64, 5, |_| 0).await;
    assert!(result.is_ok() && tries.values().all(|tries| *tries == 1));
    assert_eq!((peaks, clock.sleeps().len()), ([5, 5], 0));
    assert_eq!(run(2, 5, |_| 0).await.1, [2, 2]);
}

#[tokio::test]
async fn an_overloaded_service_gets_fewer_parts_at_a_time() {
    let (result, peaks, tries, clock) = run(64, 16, |part| if part < 75 { 0 } else { 1 }).await;
    assert!(result.is_ok());
    assert_eq!(peaks[0], 16);
    assert_eq!((tries[&0], tries[&99]), (1, 2));
    assert_eq!(clock.sleeps().len(), 25, "each part waits before it is tried again");
    // All that are on their way when it begins fail; from then on there are few.
    let (_, peaks, _, _) = run(64, 16, |part| u32::from(part < 16)).await;
    assert!(peaks[1] < 16, "{peaks:?}");
}

#[tokio::test]
async fn a_part_that_never_succeeds_ends_everything() {
    let (result, _, tries, clock) = run(64, 4, |part| if part == 50 { u32::MAX } else { 0 }).await;
    assert!(result.unwrap_err().is_throttled());
    assert_eq!((tries[&50], clock.sleeps().len()), (RETRIES + 1, RETRIES as usize));
    assert!(tries.len() < 100);
}

#[tokio::test]
async fn a_callback_that_panics_does_so_in_front_of_its_caller() {
    let clock = Arc::new(ManualClock::at_unix(1_000));
    let client = client(&clock, 8);
    let lanes: Lanes<Numbered, ()> = Lanes::new(&client, 2, |part: Numbered| async move {
        assert!(part.0 != 3, "the callback's own");
        (part, Ok(()))
    });
    let running =
        tokio::spawn(async move { lanes.run(Each((0..10).map(Numbered)), &Cancel::new(), |_, ()| Ok(())).await });
    assert!(running.await.unwrap_err().is_panic());
}
