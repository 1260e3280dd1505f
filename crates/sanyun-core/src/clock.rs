//! Time through a door, so that tests set it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant, SystemTime};

/// A boxed future, the return type of every asynchronous trait method here.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What time it is, and how to wait. Every signature date, expiry and backoff asks a clock.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, for signatures and expiry.
    fn now(&self) -> SystemTime;

    /// A clock that never jumps, for durations: the time since a moment that stays the same while the program runs.
    fn elapsed(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    /// Waits for `duration`. A test's clock returns at once and moves its own time instead.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> SystemTime {
        (**self).now()
    }

    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        (**self).sleep(duration)
    }
}

/// The machine's own clock, waiting on tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that stands still until it is moved; sleeping moves it. It remembers every wait, so that a test can read
/// the delays of a retry.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<(SystemTime, Vec<Duration>)>,
}

impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: SystemTime) -> Self {
        Self { state: Mutex::new((now, Vec::new())) }
    }

    /// A clock that shows this many seconds after 1970-01-01T00:00:00Z.
    pub fn at_unix(seconds: u64) -> Self {
        Self::at(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.state().0 += by;
    }

    /// The waits so far, in order.
    pub fn sleeps(&self) -> Vec<Duration> {
        self.state().1.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, (SystemTime, Vec<Duration>)> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.state().0
    }

    fn elapsed(&self) -> Duration {
        self.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let mut state = self.state();
        state.0 += duration;
        state.1.push(duration);
        drop(state);
        // Yielding once lets whoever else is ready run, as a real wait would.
        Box::pin(tokio::task::yield_now())
    }
}
