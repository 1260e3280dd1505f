//! How long to wait before trying again.

use std::time::Duration;

/// A way of spacing attempts. `n` is the number of failed attempts so far, 1 before the first retry.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Backoff {
    /// The same wait every time.
    Fixed(Duration),
    /// `base * 2^n`, at most `cap`.
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
    /// Half of the exponential wait, plus anything up to the other half.
    EqualJitter {
        /// Half of the first wait's upper bound.
        base: Duration,
        /// The longest wait.
        cap: Duration,
    },
}

impl Backoff {
    /// Full jitter.
    pub const fn full_jitter(base: Duration, cap: Duration) -> Self {
        Self::FullJitter { base, cap }
    }

    /// The wait after `failed` failures; `unit` is a random number in `0.0..1.0`.
    pub fn delay(self, failed: u32, unit: f64) -> Duration {
        match self {
            Self::Fixed(wait) => wait,
            Self::Exponential { base, cap } => exponential(base, cap, failed),
            Self::FullJitter { base, cap } => exponential(base, cap, failed).mul_f64(unit.clamp(0.0, 1.0)),
            Self::EqualJitter { base, cap } => {
                let half = exponential(base, cap, failed) / 2;
                half + half.mul_f64(unit.clamp(0.0, 1.0))
            }
        }
    }
}

fn exponential(base: Duration, cap: Duration, failed: u32) -> Duration {
    let factor = 1_u32.checked_shl(failed).unwrap_or(u32::MAX);
    base.checked_mul(factor).map_or(cap, |wait| wait.min(cap))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn waits_double_up_to_the_cap() {
        let backoff = Backoff::Exponential { base: 10 * MS, cap: 60_000 * MS };
        let waits: Vec<_> = [1, 2, 3, 12, 13, 64, u32::MAX].map(|n| backoff.delay(n, 0.0).as_millis()).into();
        assert_eq!(waits, [20, 40, 80, 40_960, 60_000, 60_000, 60_000]);
    }

    #[test]
    fn jitter_stays_in_its_half() {
        let full = Backoff::full_jitter(100 * MS, 1000 * MS);
        let equal = Backoff::EqualJitter { base: 100 * MS, cap: 1000 * MS };
        assert_eq!((full.delay(1, 0.0), full.delay(1, 0.5)), (Duration::ZERO, 100 * MS));
        assert_eq!((equal.delay(1, 0.0), equal.delay(1, 0.5)), (100 * MS, 150 * MS));
    }
}
