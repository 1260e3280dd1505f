//! How long to wait before trying again.

use std::time::Duration;

/// A way of spacing attempts. `n` is the number of failed attempts so far, 1 before the first retry. *Exponential* means
/// `base * 2^n`, at most `cap`.
///
/// The constants are the strategies of the vendors' SDKs for calls that a person waits for: from 10 ms on, at most 60 s.
/// [`Retry::standard`](crate::Retry::standard) waits longer, with full jitter, which spreads callers best.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Backoff {
    /// The same wait every time.
    Fixed(Duration),
    /// The exponential wait.
    Exponential {
        /// Half of the first wait.
        base: Duration,
        /// The longest wait.
        cap: Duration,
    },
    /// Anything from zero to the exponential wait: spreads callers best.
    FullJitter {
        /// Half of the first wait's upper bound.
        base: Duration,
        /// The longest wait.
        cap: Duration,
    },
    /// Half of the exponential wait, plus at least one and at most as many milliseconds again; never zero.
    EqualJitter {
        /// Half of the first wait's upper bound.
        base: Duration,
        /// The longest wait.
        cap: Duration,
    },
    /// Half of the exponential wait, plus anything from zero to as much again and `extra`: equal jitter as clients of
    /// object stores have it, with a second on top.
    HalfJitter {
        /// Half of the first wait.
        base: Duration,
        /// The longest exponential wait.
        cap: Duration,
        /// By how much the longest wait is longer.
        extra: Duration,
    },
    /// Full jitter in whole milliseconds, at least one.
    RandomJitter {
        /// Half of the first wait's upper bound.
        base: Duration,
        /// The longest wait.
        cap: Duration,
    },
    /// Whole milliseconds from `base` to three times the wait before, so that a long wait makes a long one likely.
    DecorrelatedJitter {
        /// The shortest wait; the first is at most three times as long.
        base: Duration,
        /// The longest wait.
        cap: Duration,
    },
    /// Whole milliseconds between two bounds, both included, however many attempts have failed.
    Uniform {
        /// The shortest wait.
        min: Duration,
        /// The longest wait.
        max: Duration,
    },
}

const BASE: Duration = Duration::from_millis(10);
const CAP: Duration = Duration::from_secs(60);

impl Backoff {
    /// No wait at all.
    pub const NONE: Self = Self::Fixed(Duration::ZERO);
    /// 20 ms, 40 ms, 80 ms, and so on, up to 60 s.
    pub const EXPONENTIAL: Self = Self::Exponential { base: BASE, cap: CAP };
    /// 11 to 20 ms, 21 to 40 ms, 41 to 80 ms, and so on, up to 60 s.
    pub const EQUAL_JITTER: Self = Self::EqualJitter { base: BASE, cap: CAP };
    /// 1 to 20 ms, 1 to 40 ms, 1 to 80 ms, and so on, up to 60 s.
    pub const RANDOM_JITTER: Self = Self::RandomJitter { base: BASE, cap: CAP };
    /// 10 to 30 ms, then from 10 ms to three times the wait before, up to 60 s.
    pub const DECORRELATED_JITTER: Self = Self::DecorrelatedJitter { base: BASE, cap: CAP };

    /// Full jitter.
    pub const fn full_jitter(base: Duration, cap: Duration) -> Self {
        Self::FullJitter { base, cap }
    }

    /// The wait after `failed` failures; `unit` is a random number in `0.0..1.0`. Decorrelated jitter, which goes by the
    /// wait before, gives a first wait; see [`delay_after`](Self::delay_after).
    pub fn delay(self, failed: u32, unit: f64) -> Duration {
        self.delay_after(failed, Duration::ZERO, unit)
    }

    /// The wait after `failed` failures and a wait of `previous`, which is zero after the first failure.
    pub fn delay_after(self, failed: u32, previous: Duration, unit: f64) -> Duration {
        match self {
            Self::Fixed(wait) => wait,
            Self::Exponential { base, cap } => exponential(base, cap, failed),
            Self::FullJitter { base, cap } => exponential(base, cap, failed).mul_f64(unit.clamp(0.0, 1.0)),
            Self::EqualJitter { base, cap } => {
                let half = millis(exponential(base, cap, failed)) / 2;
                Duration::from_millis(half) + between(1, half, unit)
            }
            Self::HalfJitter { base, cap, extra } => {
                let half = exponential(base, cap, failed) / 2;
                half + (half + extra).mul_f64(unit.clamp(0.0, 1.0))
            }
            Self::RandomJitter { base, cap } => between(1, millis(exponential(base, cap, failed)), unit),
            Self::DecorrelatedJitter { base, cap } => {
                let longest = millis(previous.max(base)).saturating_mul(3);
                between(millis(base), longest, unit).min(cap)
            }
            Self::Uniform { min, max } => between(millis(min), millis(max), unit),
        }
    }
}

fn exponential(base: Duration, cap: Duration, failed: u32) -> Duration {
    let factor = 1_u32.checked_shl(failed).unwrap_or(u32::MAX);
    base.checked_mul(factor).map_or(cap, |wait| wait.min(cap))
}

fn millis(wait: Duration) -> u64 {
    wait.as_millis().try_into().unwrap_or(u64::MAX)
}

/// A whole number of milliseconds from `low` to `high`, each as likely as any other.
fn between(low: u64, high: u64, unit: f64) -> Duration {
    let count = high.saturating_sub(low).saturating_add(1);
    let step = (unit.clamp(0.0, 1.0) * count as f64) as u64;
    Duration::from_millis(low.saturating_add(step).min(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    /// The largest number below 1.
    const ALMOST_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

    fn bounds(backoff: Backoff, failed: u32) -> [u128; 2] {
        [0.0, ALMOST_ONE].map(|unit| backoff.delay(failed, unit).as_millis())
    }

    #[test]
    fn waits_double_up_to_the_cap() {
        let waits: Vec<_> =
            [1, 2, 3, 12, 13, 64, u32::MAX].map(|n| Backoff::EXPONENTIAL.delay(n, 0.0).as_millis()).into();
        assert_eq!(waits, [20, 40, 80, 40_960, 60_000, 60_000, 60_000]);
    }

    #[test]
    fn jitter_has_both_its_bounds() {
        let full = Backoff::full_jitter(100 * MS, 1000 * MS);
        assert_eq!((full.delay(1, 0.0), full.delay(1, 0.5)), (Duration::ZERO, 100 * MS));
        assert_eq!([1, 3, 13].map(|n| bounds(Backoff::EQUAL_JITTER, n)), [[11, 20], [41, 80], [30_001, 60_000]]);
        assert_eq!([1, 3, 13].map(|n| bounds(Backoff::RANDOM_JITTER, n)), [[1, 20], [1, 80], [1, 60_000]]);
        let half = Backoff::HalfJitter { base: 100 * MS, cap: 1000 * MS, extra: 1000 * MS };
        assert_eq!([half.delay(1, 0.0), half.delay(1, 0.5), half.delay(9, 1.0)], [100 * MS, 650 * MS, 2000 * MS]);
        assert_eq!(bounds(Backoff::Uniform { min: 10 * MS, max: 30 * MS }, 9), [10, 30]);
    }

    #[test]
    fn decorrelated_waits_grow_with_the_wait_before() {
        let backoff = Backoff::DECORRELATED_JITTER;
        assert_eq!(bounds(backoff, 1), [10, 30]);
        let mut wait = Duration::ZERO;
        let waits: Vec<_> = (1..10)
            .map(|failed| {
                wait = backoff.delay_after(failed, wait, ALMOST_ONE);
                wait.as_millis()
            })
            .collect();
        assert_eq!(waits, [30, 90, 270, 810, 2430, 7290, 21_870, 60_000, 60_000]);
        assert_eq!(backoff.delay_after(5, 2430 * MS, 0.0), 10 * MS);
    }

    #[test]
    fn a_wait_of_nothing_stays_nothing() {
        let zero = Duration::ZERO;
        for backoff in [
            Backoff::EqualJitter { base: zero, cap: zero },
            Backoff::RandomJitter { base: zero, cap: zero },
            Backoff::DecorrelatedJitter { base: zero, cap: zero },
            Backoff::NONE,
        ] {
            assert_eq!(backoff.delay(3, ALMOST_ONE), zero, "{backoff:?}");
        }
    }
}
