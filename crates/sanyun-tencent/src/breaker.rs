//! The region breaker: while the host of a service fails, its calls go to a backup region.

use sanyun_core::{BreakerPolicy, Error};

use crate::endpoint::ROOT_DOMAIN;

/// The backup region of a client, and when it is used; see [`Builder::region_breaker`](crate::Builder::region_breaker).
///
/// ```
/// use sanyun_tencent::{BreakerPolicy, Client, RegionBreaker};
/// use std::time::Duration;
///
/// let breaker = RegionBreaker {
///     backup_endpoint: "ap-beijing.tencentcloudapi.com".to_owned(),
///     policy: BreakerPolicy {
///         failures: 3,                       // max_fail_num of the vendor's SDKs
///         failure_share: 0.5,                // max_fail_percent
///         window: Duration::from_secs(60),   // window_interval
///         open_for: Duration::from_secs(30), // timeout
///         successes: 3,                      // max_requests
///         ..BreakerPolicy::default()         // consecutive_failures: 5, which those cannot change
///     },
/// };
/// assert!(Client::builder().region_breaker(breaker).build().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RegionBreaker {
    /// Where the backup is: `tencentcloudapi.com`, or a region in front of it, such as
    /// `ap-guangzhou.tencentcloudapi.com`; `intl.` or `internal.` may stand between the two. The name of the service is
    /// put in front of it for each call.
    pub backup_endpoint: String,
    /// When the breaker opens and closes.
    pub policy: BreakerPolicy,
}

impl Default for RegionBreaker {
    fn default() -> Self {
        Self { backup_endpoint: format!("ap-guangzhou.{ROOT_DOMAIN}"), policy: BreakerPolicy::default() }
    }
}

impl RegionBreaker {
    /// Checks the backup's name; the policy is checked with the other settings of all clouds.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        if is_backup(&self.backup_endpoint) {
            return Ok(self);
        }
        let message = format!("`{}` is no backup endpoint", self.backup_endpoint);
        let hint = format!("name a region without a service, such as `ap-guangzhou.{ROOT_DOMAIN}`");
        Err(Error::config(message).with_hint(hint))
    }
}

/// The root domain, or a region below it, perhaps of one of the separate networks.
fn is_backup(text: &str) -> bool {
    let Some(front) = text.strip_suffix(ROOT_DOMAIN) else { return false };
    let Some(front) = front.strip_suffix('.') else { return front.is_empty() };
    let region = ["intl", "internal"].iter().find_map(|network| front.strip_suffix(network)?.strip_suffix('.'));
    is_region(region.unwrap_or(front))
}

/// Two or more parts with hyphens between them, such as `ap-shanghai-fsi`.
fn is_region(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.contains('-') && text.split('-').all(is_part)
}

#[cfg(test)]
mod tests;
