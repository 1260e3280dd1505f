//! Trying again: how often, when, and after which failures.

mod backoff;
mod budget;
mod condition;

use std::num::NonZeroU32;
use std::time::Duration;

use crate::error::{Error, Result};
pub use backoff::Backoff;
pub use budget::RetryBudget;
use condition::{Condition, Rule};

/// A retry policy. The default, [`Retry::standard`], makes at most three attempts and tries again only where that is
/// safe: when nothing was sent, when the cloud throttles, and after other passing failures of idempotent calls.
///
/// ```
/// use sanyun_core::{Backoff, ErrorKind, Retry};
///
/// // Retry failed connections and nothing else, at most three times, waiting as equal jitter says.
/// let retry = Retry::standard()
///     .attempts(4)
///     .backoff(Backoff::EQUAL_JITTER)
///     .when(|error| error.kind() == ErrorKind::Connect);
/// assert_eq!(retry.max_attempts(), 4);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    attempts: NonZeroU32,
    backoff: Backoff,
    max_retry_after: Duration,
    condition: Option<Condition>,
    rule: Option<Rule>,
}

/// The most retries that [`Retry::max_retries`] takes.
const MOST_RETRIES: u32 = 10;

impl Retry {
    /// At most three attempts; full jitter from 200 ms, doubling, capped at 20 s; a `Retry-After` of up to 60 s is
    /// obeyed.
    pub const fn standard() -> Self {
        Self::of(NonZeroU32::MIN.saturating_add(2))
    }

    /// One attempt. Only what an immediate repetition mends is still repeated, once: a kept connection that was found
    /// closed (idempotent calls), and a clock that the cloud says is wrong.
    pub const fn none() -> Self {
        Self::of(NonZeroU32::MIN)
    }

    const fn of(attempts: NonZeroU32) -> Self {
        Self {
            attempts,
            backoff: Backoff::full_jitter(Duration::from_millis(200), Duration::from_secs(20)),
            max_retry_after: Duration::from_secs(60),
            condition: None,
            rule: None,
        }
    }

    /// Like [`standard`](Self::standard) with a first attempt and up to `retries` more, where 0 and more than 10 are
    /// mistakes: for a number that comes from a configuration, as the vendors' SDKs take it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if `retries` is not between 1 and 10.
    pub fn max_retries(retries: u32) -> Result<Self> {
        match NonZeroU32::new(retries) {
            Some(some) if retries <= MOST_RETRIES => Ok(Self::of(some.saturating_add(1))),
            _ => Err(Error::config(format!("max retries is {retries}, which is not between 1 and {MOST_RETRIES}"))),
        }
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

    /// Says which failures are worth another attempt, instead of the policy's own rules. The condition's word counts for
    /// every call, also for one that is not idempotent: what may have been done is then done twice.
    ///
    /// What it cannot change: the number of attempts and the call's time limit hold; a body that can be read only once
    /// is never sent twice; what was wrong before anything was sent (parameters, credentials) is final; trying the next
    /// endpoint because one cannot be reached, taking a new connection for one that was closed while unused, and
    /// correcting the clock or an expired key happen first, without asking.
    ///
    /// Retries of what may be a sign of an outage are paid for from the client's [`RetryBudget`] here too: the condition
    /// knows what the call needs, not how many others are being repeated at this moment. A refusal of the request itself
    /// ([`ServiceClass::Client`](crate::ServiceClass::Client), such as a 404 of what is still being made) costs nothing.
    #[must_use]
    pub fn when(mut self, condition: impl Fn(&Error) -> bool + Send + Sync + 'static) -> Self {
        self.condition = Some(Condition::new(condition));
        self
    }

    /// Lets a rule decide instead of number, backoff, condition and the cloud's wish: for policies that treat one failure
    /// otherwise than another. It gets the failure, how many attempts have failed so far, and a random number in
    /// `0.0..1.0`; it says how long to wait before the next attempt, or `None` to stop.
    ///
    /// Like the word of a [condition](Self::when), the rule's counts for every call, and it cannot change what a condition
    /// cannot change.
    #[must_use]
    pub fn by(mut self, rule: impl Fn(&Error, u32, f64) -> Option<Duration> + Send + Sync + 'static) -> Self {
        self.rule = Some(Rule::new(rule));
        self.attempts = NonZeroU32::MAX;
        self
    }

    /// The longest wait the cloud may ask for; a longer one ends the call with the cloud's error. Default 60 s.
    #[must_use]
    pub fn max_retry_after(mut self, limit: Duration) -> Self {
        self.max_retry_after = limit;
        self
    }

    /// The total number of attempts, the first included; `u32::MAX` where a [rule](Self::by) decides.
    pub fn max_attempts(&self) -> u32 {
        self.attempts.get()
    }

    /// The wait before attempt `failed + 1`, given the cloud's own wish and a number in `0.0..1.0`. `None` if the
    /// cloud asks for more than is allowed.
    pub fn delay(&self, failed: u32, retry_after: Option<Duration>, unit: f64) -> Option<Duration> {
        self.delay_after(failed, Duration::ZERO, retry_after, unit)
    }

    /// The same, knowing the wait before.
    pub(crate) fn delay_after(
        &self,
        failed: u32,
        previous: Duration,
        retry_after: Option<Duration>,
        unit: f64,
    ) -> Option<Duration> {
        match retry_after {
            Some(wish) if wish > self.max_retry_after => None,
            Some(wish) => Some(wish),
            None => Some(self.backoff.delay_after(failed, previous, unit)),
        }
    }

    /// The same numbers with our own rules: for calls that the user's condition does not know of.
    pub(crate) fn without_condition(&self) -> Self {
        match self.rule {
            Some(_) => Self::standard(),
            None => Self { condition: None, ..self.clone() },
        }
    }

    /// The rule that decides, if one does.
    pub(crate) fn rule(&self) -> Option<&Rule> {
        self.rule.as_ref()
    }

    /// What the user's condition says of a failure; `None` if there is no condition.
    pub(crate) fn is_wanted(&self, error: &Error) -> Option<bool> {
        self.condition.as_ref().map(|condition| condition.holds(error))
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
    fn max_retries_has_bounds() {
        assert!(Retry::max_retries(0).is_err() && Retry::max_retries(11).is_err());
        assert_eq!(Retry::max_retries(10).ok().map(|retry| retry.max_attempts()), Some(11));
        assert_eq!(Retry::max_retries(2).ok(), Some(Retry::standard()));
    }

    #[test]
    fn zero_attempts_count_as_one() {
        assert_eq!(Retry::standard().attempts(0), Retry::standard().attempts(1));
    }
}
