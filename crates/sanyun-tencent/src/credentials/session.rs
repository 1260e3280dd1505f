//! What STS is told of a session with a role, whoever asks for it.

use std::time::Duration;

use sanyun_core::{Context, Endpoint, Error, Result};

use super::ask;

/// The longest life of temporary keys that STS grants.
const LONGEST: Duration = Duration::from_secs(43_200);

/// The wishes for a session that all ways to a role share.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) duration: Duration,
    pub(super) endpoint: Option<String>,
}

impl Default for Session {
    fn default() -> Self {
        Self { duration: Duration::from_secs(7200), endpoint: None }
    }
}

impl Session {
    /// Where STS answers.
    pub(super) fn sts(&self, context: &Context) -> Result<Endpoint> {
        ask::sts(context, self.endpoint.as_deref())
    }

    /// How long the keys shall live, in seconds.
    pub(super) fn seconds(&self) -> Result<u64> {
        let seconds = self.duration.as_secs();
        if seconds == 0 || self.duration > LONGEST {
            return Err(Error::config(format!("temporary keys cannot live {seconds} s; 43200 s is the most")));
        }
        Ok(seconds)
    }
}

/// Gives a source that has a field `session: Session` its setters.
macro_rules! session_setters {
    () => {
        /// How long the keys live, at most 12 hours; two hours if unset. STS may shorten it.
        #[must_use]
        pub fn duration(mut self, duration: std::time::Duration) -> Self {
            self.session.duration = duration;
            self
        }

        /// Where STS answers, such as `sts.internal.tencentcloudapi.com`. Else the variable
        /// `SANYUN_TENCENT_STS_ENDPOINT` says it, else it is `sts.tencentcloudapi.com`.
        #[must_use]
        pub fn sts_endpoint(mut self, endpoint: impl Into<String>) -> Self {
            self.session.endpoint = crate::credentials::ask::some(endpoint);
            self
        }
    };
}
pub(super) use session_setters;
