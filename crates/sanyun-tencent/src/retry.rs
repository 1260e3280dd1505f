//! The vendor's retry policies. Without a word a client follows [`Retry::standard`], which knows Tencent Cloud's codes
//! too: the throttling ones are repeated whatever the action, replies that are not the API's own and broken connections
//! only where the action can be repeated.
//!
//! Repeated safely are actions that only read (`Describe…`, `Get…`, `List…`, `Query…`, `Check…`, `Search…`,
//! `Inquiry…`) and those with a `ClientToken`, which the client makes up once for all attempts where the action has the
//! parameter and the caller gives none. [`Call::idempotent`](crate::Call::idempotent) says so of any other call.
//!
//! ```
//! use sanyun_tencent::{Client, retry};
//!
//! let builder = Client::builder().retry(retry::official(3)); // StandardRetryer(max_attempts=3)
//! ```

use std::time::Duration;

use sanyun_core::{Backoff, Error, Retry};

use crate::error::official_code;

/// The codes after which the vendor's `StandardRetryer` tries again.
pub const RETRIED_CODES: &[&str] = &[
    "ClientNetworkError",
    "ServerNetworkError",
    "RequestLimitExceeded",
    "RequestLimitExceeded.UinLimitExceeded",
    "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
];

/// Waits of 1 s, 2 s, 4 s and so on, without chance and without a cap.
pub const BACKOFF: Backoff =
    Backoff::Exponential { base: Duration::from_millis(500), cap: Duration::from_secs(u32::MAX as u64) };

/// The vendor's `StandardRetryer(max_attempts)`: after [`RETRIED_CODES`], with its [`BACKOFF`]. What differs from the
/// Python SDK: the first success ends the call, there is no wait after the last attempt, and what may have been done
/// already is repeated only if that does no harm.
pub fn official(max_attempts: u32) -> Retry {
    Retry::standard().attempts(max_attempts).backoff(BACKOFF)
}

/// [`official`] for every action, as the Python SDK has it: a `RunInstances` whose answer was lost is sent once more, and
/// may then have run twice.
pub fn official_for_all(max_attempts: u32) -> Retry {
    official(max_attempts).when(is_retried)
}

/// The Go SDK's `RateLimitExceededMaxRetries`: after throttling alone, which has done nothing yet.
pub fn rate_limits(max_retries: u32) -> Retry {
    official(max_retries.saturating_add(1)).when(Error::is_throttled)
}

/// The vendor's `NoopRetryer`: one attempt.
pub fn none() -> Retry {
    Retry::none()
}

/// Whether the vendor's `StandardRetryer` tries again after this error: for conditions of your own.
pub fn is_retried(error: &Error) -> bool {
    RETRIED_CODES.contains(&official_code(error))
}

#[cfg(test)]
mod tests {
    use sanyun_core::{ErrorKind, ServiceError};

    use super::*;

    #[test]
    fn waits_double_from_a_second_on() {
        let waits: Vec<_> = (1..=4).map(|failed| official(9).delay(failed, None, 0.7).map(|it| it.as_secs())).collect();
        assert_eq!(waits, [Some(1), Some(2), Some(4), Some(8)]);
        assert_eq!((official(3).max_attempts(), rate_limits(3).max_attempts(), none().max_attempts()), (3, 4, 1));
    }

    #[test]
    fn the_vendors_codes_are_retried_and_no_others() {
        let service = |code: &str| is_retried(&Error::from_service(ServiceError::new(200, code, "")));
        assert!(RETRIED_CODES.iter().all(|code| service(code)));
        for code in ["InternalError", "RequestLimitExceeded.IPLimitExceeded", "LimitExceeded", "AuthFailure"] {
            assert!(!service(code), "{code}");
        }
        assert!(is_retried(&Error::new(ErrorKind::Resolve, "")) && !is_retried(&Error::input("")));
    }
}
