//! The vendor's retry options. Without a word a client follows [`Retry::standard`]: throttling is waited for whatever
//! the call, broken connections and failures of the server are repeated only where the call can be repeated. The vendor's
//! SDKs repeat nothing by default; [`none`] does the same.
//!
//! ```
//! use std::time::Duration;
//! use sanyun_alibaba::{Client, retry};
//!
//! let policy = retry::Policy::named("FullJitter", Duration::from_millis(100), None).unwrap();
//! let condition = retry::Condition::default().attempts(5).exception("ServerException").backoff(policy);
//! let builder = Client::builder().retry(retry::Options::default().retry(condition).into());
//! ```

use std::time::Duration;

use sanyun_core::{Error, ErrorKind, Result, Retry};
use serde_json::Value;

/// The wait where a condition names no policy.
const WITHOUT_BACKOFF: Duration = Duration::from_millis(100);
/// The longest wait where a condition names none.
const MAX_DELAY: Duration = Duration::from_secs(120);
/// The attempts of a condition that names no number. The vendor's Python SDK fails there.
const ATTEMPTS: u32 = 3;

/// When to try again (`RetryOptions`). Whether a failure is one of those that are never retried is looked at first; then
/// the first condition that names the failure decides.
///
/// The names of failures (`exception`) are `ThrottlingException`, `ClientException` and `ServerException` for refusals, by
/// the wait that the gateway asks for and the status, and `RetryError` for networks that fail and time-outs. Throttling
/// that only its code tells has two names, the one of its status too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    off: bool,
    retried: Vec<Condition>,
    never: Vec<Condition>,
}

/// Failures, and what to do about them (`RetryCondition`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    attempts: Option<u32>,
    exceptions: Vec<String>,
    codes: Vec<String>,
    backoff: Option<Policy>,
    max_delay: Option<Duration>,
}

/// How long to wait. *n* is the number of failed attempts, so that the first exponential wait is twice the period.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Policy {
    /// The period.
    Fixed {
        /// The wait.
        period: Duration,
    },
    /// Evenly from nothing to *n* periods.
    Random {
        /// The first upper bound.
        period: Duration,
        /// The longest wait.
        cap: Duration,
    },
    /// `period * 2^n`.
    Exponential {
        /// Half of the first wait.
        period: Duration,
        /// The longest wait.
        cap: Duration,
    },
    /// Half of the exponential wait, and evenly from nothing to as much again.
    EqualJitter {
        /// Half of the first upper bound.
        period: Duration,
        /// The longest wait.
        cap: Duration,
    },
    /// Evenly from nothing to the exponential wait.
    FullJitter {
        /// Half of the first upper bound.
        period: Duration,
        /// The longest wait.
        cap: Duration,
    },
}

/// The cap of [`Policy::Random`] if none is given.
const RANDOM_CAP: Duration = Duration::from_secs(20);
/// The cap of the exponential policies if none is given: three days.
const EXPONENTIAL_CAP: Duration = Duration::from_secs(3 * 24 * 3600);

impl Policy {
    /// The policy of that name in the vendor's SDKs (`Fixed`, `Random`, `Exponential`, `EqualJitter`,
    /// `ExponentialWithEqualJitter`, `FullJitter`, `ExponentialWithFullJitter`); `None` for another name.
    pub fn named(name: &str, period: Duration, cap: Option<Duration>) -> Option<Self> {
        let random = cap.unwrap_or(RANDOM_CAP);
        let cap = cap.unwrap_or(EXPONENTIAL_CAP);
        Some(match name {
            "Fixed" => Self::Fixed { period },
            "Random" => Self::Random { period, cap: random },
            "Exponential" => Self::Exponential { period, cap },
            "EqualJitter" | "ExponentialWithEqualJitter" => Self::EqualJitter { period, cap },
            "FullJitter" | "ExponentialWithFullJitter" => Self::FullJitter { period, cap },
            _ => return None,
        })
    }

    /// The wait after `failed` failures, in whole milliseconds; `unit` is a random number in `0.0..1.0`.
    pub fn delay(self, failed: u32, unit: f64) -> Duration {
        match self {
            Self::Fixed { period } => period,
            Self::Random { period, cap } => up_to(period.saturating_mul(failed), unit).min(cap),
            Self::Exponential { period, cap } => exponential(period, cap, failed),
            Self::EqualJitter { period, cap } => {
                let half = Duration::from_millis(millis(exponential(period, cap, failed)) / 2);
                half + up_to(half, unit)
            }
            Self::FullJitter { period, cap } => up_to(exponential(period, cap, failed), unit),
        }
    }
}

fn exponential(period: Duration, cap: Duration, failed: u32) -> Duration {
    let factor = 1_u32.checked_shl(failed).unwrap_or(u32::MAX);
    period.saturating_mul(factor).min(cap)
}

/// Whole milliseconds from nothing to `most`, each as likely as any other.
fn up_to(most: Duration, unit: f64) -> Duration {
    let most = millis(most);
    let drawn = (unit.clamp(0.0, 1.0) * (most as f64 + 1.0)) as u64;
    Duration::from_millis(drawn.min(most))
}

fn millis(wait: Duration) -> u64 {
    wait.as_millis().try_into().unwrap_or(u64::MAX)
}

impl Options {
    /// Adds failures that are tried again. Of several conditions that name a failure the one added first decides.
    #[must_use]
    pub fn retry(mut self, condition: Condition) -> Self {
        self.retried.push(condition);
        self
    }

    /// Adds failures that are never tried again, whatever the other conditions say. Their names and codes count, nothing
    /// else of them.
    #[must_use]
    pub fn never(mut self, condition: Condition) -> Self {
        self.never.push(condition);
        self
    }

    /// Whether there are retries at all. Default true.
    #[must_use]
    pub fn retryable(mut self, retryable: bool) -> Self {
        self.off = !retryable;
        self
    }

    /// The options that the vendor's SDKs take as a map: `retryable`, `retryCondition`, `noRetryCondition` with
    /// `maxAttempts`, `exception`, `errorCode`, `maxDelay` (milliseconds) and `backoff` (`policy`, `period`, `cap`).
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if a policy is not known.
    pub fn from_json(options: &Value) -> Result<Self> {
        let conditions = |name: &str| {
            let listed = options.get(name).and_then(Value::as_array).into_iter().flatten();
            listed.map(Condition::from_json).collect::<Result<Vec<_>>>()
        };
        Ok(Self {
            off: options.is_null() || options.get("retryable") == Some(&Value::Bool(false)),
            retried: conditions("retryCondition")?,
            never: conditions("noRetryCondition")?,
        })
    }

    /// How long to wait before another attempt after `failed` ones; `None` if there is to be none.
    pub fn delay(&self, error: &Error, failed: u32, unit: f64) -> Option<Duration> {
        if self.off || self.never.iter().any(|condition| condition.names(error)) {
            return None;
        }
        let condition = self.retried.iter().find(|condition| condition.names(error))?;
        (failed < condition.attempts.unwrap_or(ATTEMPTS)).then(|| condition.delay(error, failed, unit))
    }
}

impl From<Options> for Retry {
    fn from(options: Options) -> Self {
        Self::standard().by(move |error, failed, unit| options.delay(error, failed, unit))
    }
}

impl Condition {
    /// How many attempts are made at most, the first included. Default 3.
    #[must_use]
    pub fn attempts(mut self, total: u32) -> Self {
        self.attempts = Some(total);
        self
    }

    /// Names a kind of failure, such as `ThrottlingException`.
    #[must_use]
    pub fn exception(mut self, name: impl Into<String>) -> Self {
        self.exceptions.push(name.into());
        self
    }

    /// Names an error code, such as `InternalError`.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.codes.push(code.into());
        self
    }

    /// How long to wait where the gateway says nothing about it. Default 100 ms.
    #[must_use]
    pub fn backoff(mut self, policy: Policy) -> Self {
        self.backoff = Some(policy);
        self
    }

    /// The longest wait, also where the gateway asks for a longer one. Default 120 s.
    #[must_use]
    pub fn max_delay(mut self, limit: Duration) -> Self {
        self.max_delay = Some(limit);
        self
    }

    fn from_json(condition: &Value) -> Result<Self> {
        let texts = |name: &str| {
            let listed = condition.get(name).and_then(Value::as_array).into_iter().flatten();
            listed.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let attempts = condition.get("maxAttempts").and_then(Value::as_u64);
        let backoff = condition.get("backoff").filter(|backoff| !backoff.is_null());
        Ok(Self {
            attempts: attempts.map(|total| total.try_into().unwrap_or(u32::MAX)),
            exceptions: texts("exception"),
            codes: texts("errorCode"),
            backoff: backoff.map(policy_from_json).transpose()?,
            max_delay: duration(condition, "maxDelay").filter(|limit| !limit.is_zero()),
        })
    }

    fn names(&self, error: &Error) -> bool {
        let by_name =
            exception_names(error).into_iter().flatten().any(|name| self.exceptions.iter().any(|it| it == name));
        by_name || error.code().is_some_and(|code| self.codes.iter().any(|it| it == code))
    }

    fn delay(&self, error: &Error, failed: u32, unit: f64) -> Duration {
        let asked = error.service().and_then(|service| service.retry_after());
        let own = || self.backoff.map_or(WITHOUT_BACKOFF, |policy| policy.delay(failed, unit));
        asked.unwrap_or_else(own).min(self.max_delay.unwrap_or(MAX_DELAY))
    }
}

fn policy_from_json(backoff: &Value) -> Result<Policy> {
    let name = backoff.get("policy").and_then(Value::as_str).unwrap_or_default();
    let period = duration(backoff, "period").unwrap_or_default();
    let policy = Policy::named(name, period, duration(backoff, "cap"));
    policy.ok_or_else(|| Error::config(format!("the backoff policy `{name}` is not known")))
}

fn duration(object: &Value, name: &str) -> Option<Duration> {
    object.get(name).and_then(Value::as_u64).map(Duration::from_millis)
}

/// What the vendor's SDKs call a failure; nothing for one that they never retry.
fn exception_names(error: &Error) -> [Option<&'static str>; 2] {
    use ErrorKind as Kind;
    let Some(service) = error.service() else {
        let network = matches!(error.kind(), Kind::Resolve | Kind::Connect | Kind::Tls | Kind::Timeout | Kind::Io);
        return [network.then_some("RetryError"), None];
    };
    let by_status = if service.status() < 500 { "ClientException" } else { "ServerException" };
    match (error.is_throttled(), service.retry_after()) {
        (_, Some(_)) => [Some("ThrottlingException"), None],
        (true, None) => [Some("ThrottlingException"), Some(by_status)],
        (false, None) => [Some(by_status), None],
    }
}

/// The older options of the vendor's SDKs (`autoretry`, `max_attempts`, `backoff_policy`, `backoff_period`), which repeat
/// a call only where the network failed: up to `max_retries` more attempts, each after `wait`.
pub fn network(max_retries: u32, wait: Duration) -> Retry {
    let failures = Condition::default().exception("RetryError").backoff(Policy::Fixed { period: wait });
    Options::default().retry(failures.attempts(max_retries.saturating_add(1))).into()
}

/// What the vendor's SDKs do without options: one attempt.
pub fn none() -> Retry {
    Retry::none()
}

#[cfg(test)]
mod tests;
