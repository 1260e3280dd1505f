//! Trying again: how often, when, and after which failures.

mod backoff;
mod budget;

use std::num::NonZeroU32;
use std::time::Duration;

pub use backoff::Backoff;
pub use budget::RetryBudget;

/// A retry policy. The default, [`Retry::standard`], makes at most three attempts and tries again only where that is
/// safe: when nothing was sent, when the cloud throttles, and after other passing failures of idempotent calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    attempts: NonZeroU32,
    backoff: Backoff,
    max_retry_after: Duration,
}

impl Retry {
    /// At most three attempts; full jitter from 200 ms, doubling, capped at 20 s; a `Retry-After` of up to 60 s is
    /// obeyed.
    pub const fn standard() -> Self {
        Self {
            attempts: NonZeroU32::MIN.saturating_add(2),
            backoff: Backoff::full_jitter(Duration::from_millis(200), Duration::from_secs(20)),
            max_retry_after: Duration::from_secs(60),
        }
    }

    /// One attempt. Only what an immediate repetition mends is still repeated, once: a kept connection that was found
    /// closed (idempotent calls), and a clock that the cloud says is wrong.
    pub const fn none() -> Self {
        Self { attempts: NonZeroU32::MIN, ..Self::standard() }
    }

    /// The total number of attempts, the first included; 0 counts as 1.
    #[must_use]
    pub fn attempts(mut self, total: u32) -> Self {
        self.attempts = NonZeroU32::new(total).unwrap_or(NonZeroU32::MIN);
        self
    }

    /// How long to wait between attempts.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// The longest wait the cloud may ask for; a longer one ends the call with the cloud's error. Default 60 s.
    #[must_use]
    pub fn max_retry_after(mut self, limit: Duration) -> Self {
        self.max_retry_after = limit;
        self
    }

    /// The total number of attempts, the first included.
    pub fn max_attempts(&self) -> u32 {
        self.attempts.get()
    }

    /// The wait before attempt `failed + 1`, given the cloud's own wish and a number in `0.0..1.0`. `None` if the
    /// cloud asks for more than is allowed.
    pub fn delay(&self, failed: u32, retry_after: Option<Duration>, unit: f64) -> Option<Duration> {
        match retry_after {
            Some(wish) if wish > self.max_retry_after => None,
            Some(wish) => Some(wish),
            None => Some(self.backoff.delay(failed, unit)),
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::standard()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_obeyed_up_to_its_limit() {
        let retry = Retry::standard().max_retry_after(Duration::from_secs(5));
        assert_eq!(retry.delay(1, Some(Duration::from_secs(5)), 0.5), Some(Duration::from_secs(5)));
        assert_eq!(retry.delay(1, Some(Duration::from_secs(6)), 0.5), None);
        assert_eq!(retry.delay(1, None, 0.5), Some(Duration::from_millis(200)));
    }

    #[test]
    fn zero_attempts_count_as_one() {
        assert_eq!(Retry::standard().attempts(0), Retry::standard().attempts(1));
    }
}
