//! What STS is told of a session with an agency, whoever asks for it.

use std::time::Duration;

use sanyun_core::{Context, Credential, Endpoint, Result};
use serde_json::{Map, Value};

use super::{STS_ENDPOINT, ask};

/// The wishes for a session; STS has its own defaults for what is missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    pub(super) name: Option<String>,
    pub(super) duration: Option<Duration>,
    pub(super) policy: Option<String>,
    pub(super) policy_ids: Vec<String>,
    pub(super) endpoint: Option<String>,
}

impl Session {
    /// Puts them into the body of a request.
    pub(super) fn write(&self, body: &mut Map<String, Value>) {
        let mut put = |name: &str, value: Option<Value>| value.map(|value| body.insert(name.to_owned(), value));
        put("agency_session_name", self.name.clone().map(Value::from));
        put("duration_seconds", self.duration.map(|duration| Value::from(duration.as_secs())));
        put("policy", self.policy.clone().map(Value::from));
        put("policy_ids", (!self.policy_ids.is_empty()).then(|| Value::from(self.policy_ids.clone())));
    }

    /// The credential with the STS that gave it, if that was named.
    pub(super) fn attach(&self, credential: Credential) -> Credential {
        credential.with_attribute(STS_ENDPOINT, self.endpoint.clone().unwrap_or_default())
    }

    /// Where STS answers.
    pub(super) fn sts(&self, context: &Context) -> Result<Endpoint> {
        ask::sts(context, self.endpoint.as_deref())
    }
}

/// The account in the URN of an agency: `iam::<account>:agency:<name>`.
pub(super) fn account_of(urn: &str) -> Option<String> {
    urn.split(':').nth(2).filter(|account| !account.is_empty()).map(str::to_owned)
}

/// Gives a source that has a field `session: Session` its setters.
macro_rules! session_setters {
    () => {
        /// How long the keys live, 15 minutes to 12 hours; one hour if unset.
        #[must_use]
        pub fn duration(mut self, duration: std::time::Duration) -> Self {
            self.session.duration = Some(duration);
            self
        }

        /// A policy (JSON) that narrows what the keys may do.
        #[must_use]
        pub fn policy(mut self, policy: impl Into<String>) -> Self {
            self.session.policy = crate::credentials::known::some(policy);
            self
        }

        /// The ids of ready policies that narrow what the keys may do.
        #[must_use]
        pub fn policy_ids<T: Into<String>>(mut self, ids: impl IntoIterator<Item = T>) -> Self {
            self.session.policy_ids = ids.into_iter().map(Into::into).collect();
            self
        }

        /// Where STS answers. Else the variable `HUAWEICLOUD_SDK_STS_ENDPOINT` says it, else it is that of
        /// `cn-north-4`.
        #[must_use]
        pub fn sts_endpoint(mut self, endpoint: impl Into<String>) -> Self {
            self.session.endpoint = crate::credentials::known::some(endpoint);
            self
        }
    };
}
pub(super) use session_setters;
