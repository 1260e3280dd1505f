//! Faults that a test asks for: each happens to the next request that fits, once or as often as is said.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::arrival::{Head, host_name};

/// Something that goes wrong on purpose. See [`Builder::fault`](crate::Builder::fault) and
/// [`Local::inject`](crate::Local::inject).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The connection breaks after this many bytes of the request's body have been read; with 0 before any is read. The
    /// request is not carried out.
    BreakRequest {
        /// Bytes of the body.
        after_bytes: u64,
    },
    /// The request waits this long before it is carried out.
    Delay(Duration),
    /// The request is not carried out and answered with an empty body and this HTTP status.
    Status(u16),
    /// The request is not carried out and answered as its cloud does it when somebody calls too often: Huawei Cloud 429
    /// with `APIGW.0308`, Tencent Cloud with `RequestLimitExceeded` (and 200), Alibaba Cloud 400 with `Throttling.User`, OSS
    /// 503 with `QpsLimitExceeded`.
    Throttle {
        /// The number of calls a second that the message tells, where it tells one.
        limit: u32,
        /// What `Retry-After` says, in whole seconds (`x-acs-retry-after` of Alibaba Cloud: milliseconds); without one
        /// the header is missing, as it usually is.
        retry_after: Option<Duration>,
    },
    /// The request is carried out, and the answer's body is replaced by bytes that no cloud sends.
    Garbage,
    /// The request is carried out, and the connection breaks after half of the answer's body.
    Truncate,
    /// The request is carried out, and the connection breaks before the answer.
    LoseAnswer,
}

/// A fault, how often it happens and to which requests: all, unless a host or a path is named.
///
/// ```
/// use sanyun_local::{Fault, FaultRule};
///
/// let iam_is_down = FaultRule::new(Fault::Status(503)).path("/v3").always();
/// let one_endpoint_is_slow = FaultRule::new(Fault::LoseAnswer).host("vpc.localhost").times(3);
/// # let _ = (iam_is_down, one_endpoint_is_slow);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    pub(crate) fault: Fault,
    /// `None`: without end.
    pub(crate) times: Option<u32>,
    pub(crate) host: Option<String>,
    pub(crate) path: Option<String>,
}

impl FaultRule {
    /// A fault that happens once, to whatever comes next.
    pub fn new(fault: Fault) -> Self {
        Self { fault, times: Some(1), host: None, path: None }
    }

    /// It happens to so many requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// It happens to every request that fits, until the faults are cleared.
    #[must_use]
    pub fn always(self) -> Self {
        Self { times: None, ..self }
    }

    /// Only requests to this host, without a port, whatever its case.
    #[must_use]
    pub fn host(self, host: impl Into<String>) -> Self {
        Self { host: Some(host_name(&host.into())), ..self }
    }

    /// Only requests whose path begins with this.
    #[must_use]
    pub fn path(self, prefix: impl Into<String>) -> Self {
        Self { path: Some(prefix.into()), ..self }
    }

    fn fits(&self, head: &Head) -> bool {
        self.host.as_ref().is_none_or(|host| *host == head.host_name())
            && self.path.as_ref().is_none_or(|path| head.path.starts_with(path))
    }
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

/// The faults that are still to happen, in order.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<VecDeque<FaultRule>>);

impl Faults {
    pub(crate) fn push(&self, rule: FaultRule) {
        self.lock().push_back(rule);
    }

    /// The fault of the first rule that fits, which then has one time less.
    pub(crate) fn take(&self, head: &Head) -> Option<Fault> {
        let mut rules = self.lock();
        rules.retain(|rule| rule.times != Some(0));
        let at = rules.iter().position(|rule| rule.fits(head))?;
        let rule = rules.get_mut(at)?;
        rule.times = rule.times.map(|times| times - 1);
        let fault = rule.fault;
        rules.retain(|rule| rule.times != Some(0));
        Some(fault)
    }

    /// What is still to happen.
    pub(crate) fn pending(&self) -> Vec<FaultRule> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<FaultRule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    fn head(host: &str, path: &str) -> Head {
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        Head { method: Method::GET, path: path.to_owned(), query: String::new(), headers, authority: None }
    }

    #[test]
    fn a_rule_waits_for_the_requests_that_it_is_for() {
        let faults = Faults::default();
        faults.push(FaultRule::new(Fault::Status(500)).host("A.localhost:1").times(2));
        faults.push(FaultRule::new(Fault::Status(501)).path("/v1/").always());
        faults.push(FaultRule::new(Fault::Status(502)).times(0));
        faults.push(Fault::Garbage.into());
        let take = |host, path| faults.take(&head(host, path));
        assert_eq!(take("a.localhost:9", "/v1/x"), Some(Fault::Status(500)));
        assert_eq!(take("b", "/v1/x"), Some(Fault::Status(501)));
        assert_eq!(take("b", "/v2"), Some(Fault::Garbage));
        assert_eq!(take("b", "/v2"), None);
        assert_eq!(take("a.localhost", "/v2"), Some(Fault::Status(500)));
        assert_eq!(take("a.localhost", "/v2"), None);
        assert_eq!(take("a.localhost", "/v1/"), Some(Fault::Status(501)));
        assert_eq!(faults.pending(), [FaultRule::new(Fault::Status(501)).path("/v1/").always()]);
        faults.clear();
        assert_eq!(take("b", "/v1/x"), None);
    }
}
