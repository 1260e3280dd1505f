//! How much all transfers of a client may do at a time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sanyun_core::Clock;
use tokio::sync::Semaphore;

use super::plan::MIN_PART_BYTES;

/// How many parts all transfers of a client send or receive at a time, unless another number is set.
pub const DEFAULT_LANES: usize = 64;

/// Limits that several transfers share. A client has one ([`Builder::transfers`](crate::Builder::transfers)); a clone
/// given to another client shares what it counts.
///
/// ```
/// use sanyun_oss::{Client, Transfers};
///
/// # fn example() -> sanyun_oss::Result<Client> {
/// let limits = Transfers::new().lanes(16).bandwidth(50 << 20);
/// Client::builder().region("cn-hangzhou").transfers(limits).build()
/// # }
/// # assert!(example().is_ok());
/// ```
#[derive(Clone)]
pub struct Transfers {
    pub(super) lanes: Arc<Semaphore>,
    pub(super) bandwidth: Option<Arc<Bandwidth>>,
    pub(super) smallest_part: u64,
}

impl Default for Transfers {
    fn default() -> Self {
        Self::new()
    }
}

impl Transfers {
    /// At most [`DEFAULT_LANES`] parts at a time, as fast as it goes.
    pub fn new() -> Self {
        Self { lanes: Arc::new(Semaphore::new(DEFAULT_LANES)), bandwidth: None, smallest_part: MIN_PART_BYTES }
    }

    /// The most parts that are sent or received at a time, of all transfers together; 0 counts as 1.
    #[must_use]
    pub fn lanes(mut self, most: usize) -> Self {
        self.lanes = Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)));
        self
    }

    /// The most bytes a second, of all transfers together; 0 is no limit. Copies inside OSS do not count.
    #[must_use]
    pub fn bandwidth(mut self, bytes_per_second: u64) -> Self {
        self.bandwidth = Bandwidth::new(bytes_per_second);
        self
    }

    /// The shortest part of uploads and copies, in bytes, for servers that take shorter ones than OSS (100 KiB).
    #[must_use]
    pub fn smallest_part(mut self, bytes: u64) -> Self {
        self.smallest_part = bytes;
        self
    }
}

impl fmt::Debug for Transfers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfers")
            .field("free_lanes", &self.lanes.available_permits())
            .field("bandwidth", &self.bandwidth.as_ref().map(|it| it.bytes_per_second))
            .finish_non_exhaustive()
    }
}

/// A number of bytes a second, shared by whoever moves bytes. Everyone is given a moment from which on his bytes may
/// pass, one behind the other, so that nobody is passed over.
pub(super) struct Bandwidth {
    bytes_per_second: u64,
    /// When the bytes that were let pass so far have had their time.
    due: Mutex<Duration>,
}

/// Time that was not used and may be made up for: what a pause of the disk or the network costs.
const BURST: Duration = Duration::from_millis(100);

impl Bandwidth {
    pub(super) fn new(bytes_per_second: u64) -> Option<Arc<Self>> {
        (bytes_per_second > 0).then(|| Arc::new(Self { bytes_per_second, due: Mutex::new(Duration::ZERO) }))
    }

    /// How long these bytes have to wait, from `now` on.
    fn reserve(&self, bytes: u64, now: Duration) -> Duration {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let start = (*due).max(now.saturating_sub(BURST));
        *due = start + Duration::from_secs_f64(bytes as f64 / self.bytes_per_second as f64);
        due.saturating_sub(now)
    }
}

/// The bandwidths that one transfer must keep to: its own and its client's.
#[derive(Clone)]
pub(super) struct Throttle {
    clock: Arc<dyn Clock>,
    limits: Vec<Arc<Bandwidth>>,
}

/// Bytes that are let pass at a time.
const PIECE_BYTES: u64 = 256 << 10;

impl Throttle {
    pub(super) fn new(clock: Arc<dyn Clock>, limits: impl IntoIterator<Item = Arc<Bandwidth>>) -> Self {
        Self { clock, limits: limits.into_iter().collect() }
    }

    pub(super) fn is_open(&self) -> bool {
        self.limits.is_empty()
    }

    /// The longest piece that should pass at once: with a low limit a long one would keep its connection silent for so
    /// long that it is given up.
    pub(super) fn piece_bytes(&self) -> usize {
        let slowest = self.limits.iter().map(|limit| limit.bytes_per_second).min().unwrap_or(u64::MAX);
        slowest.clamp(1 << 10, PIECE_BYTES) as usize
    }

    /// Waits until this many bytes may pass.
    pub(super) async fn pass(&self, bytes: usize) {
        let now = self.clock.elapsed();
        let wait = self.limits.iter().map(|limit| limit.reserve(bytes as u64, now)).max().unwrap_or_default();
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sanyun_core::ManualClock;

    #[tokio::test]
    async fn bytes_pass_as_fast_as_the_slower_limit_says() {
        let clock = Arc::new(ManualClock::at_unix(1_000));
        let limits = [Bandwidth::new(1_000), Bandwidth::new(100)].into_iter().flatten();
        let throttle = Throttle::new(Arc::new(Arc::clone(&clock)), limits);
        let started = clock.elapsed();
        for _ in 0..20 {
            throttle.pass(100).await;
        }
        // The first tenth of a second is a gift.
        assert_eq!((clock.elapsed() - started).as_millis(), 19_900);
        assert_eq!(throttle.piece_bytes(), 1024);
    }

    #[test]
    fn what_was_not_used_is_lost() {
        let limit = Bandwidth::new(100).unwrap();
        assert_eq!(limit.reserve(100, Duration::from_secs(100)), Duration::from_millis(900));
        assert_eq!(limit.reserve(100, Duration::from_secs(200)), Duration::from_millis(900));
        assert_eq!(limit.reserve(100, Duration::from_secs(200)), Duration::from_millis(1_900));
        assert!(Bandwidth::new(0).is_none());
    }
}
