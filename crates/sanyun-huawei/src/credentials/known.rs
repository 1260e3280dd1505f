//! What a source was told of the account, besides how to get keys for it.

use sanyun_core::{Context, Credential, Endpoint, Result};

use super::{DOMAIN_ID, IAM_ENDPOINT, PROJECT_ID, ask};

/// The facts that a source gives on with its credentials.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) project_id: Option<String>,
    pub(super) domain_id: Option<String>,
    pub(super) iam_endpoint: Option<String>,
}

impl Known {
    /// The credential with these facts.
    pub(super) fn attach(&self, credential: Credential) -> Credential {
        let text = |fact: &Option<String>| fact.clone().unwrap_or_default();
        credential
            .with_attribute(PROJECT_ID, text(&self.project_id))
            .with_attribute(DOMAIN_ID, text(&self.domain_id))
            .with_attribute(IAM_ENDPOINT, text(&self.iam_endpoint))
    }

    /// The facts of another credential of the same account.
    pub(super) fn of(credential: &Credential) -> Self {
        let fact = |name| credential.attribute(name).map(str::to_owned);
        Self { project_id: fact(PROJECT_ID), domain_id: fact(DOMAIN_ID), iam_endpoint: fact(IAM_ENDPOINT) }
    }

    /// These facts, and where one is missing that of others.
    pub(super) fn or(&self, others: Self) -> Self {
        Self {
            project_id: self.project_id.clone().or(others.project_id),
            domain_id: self.domain_id.clone().or(others.domain_id),
            iam_endpoint: self.iam_endpoint.clone().or(others.iam_endpoint),
        }
    }

    /// These facts, with the account if it was not known.
    pub(super) fn or_domain(mut self, domain_id: Option<String>) -> Self {
        self.domain_id = self.domain_id.or(domain_id);
        self
    }

    /// The ids that the environment names.
    pub(super) fn of_environment(context: &Context) -> Self {
        Self {
            project_id: context.var("HUAWEICLOUD_SDK_PROJECT_ID"),
            domain_id: context.var("HUAWEICLOUD_SDK_DOMAIN_ID"),
            iam_endpoint: None,
        }
    }

    /// Where IAM answers.
    pub(super) fn iam(&self, context: &Context) -> Result<Endpoint> {
        ask::iam(context, self.iam_endpoint.as_deref())
    }
}

/// A text that says something.
pub(super) fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text: &String| !text.is_empty())
}

/// Gives a source that has a field `known: Known` its setters.
macro_rules! known_setters {
    () => {
        /// The id of the project that the keys are for; they do not say it themselves.
        #[must_use]
        pub fn project_id(mut self, id: impl Into<String>) -> Self {
            self.known.project_id = crate::credentials::known::some(id);
            self
        }

        /// The id of the account that the keys are for.
        #[must_use]
        pub fn domain_id(mut self, id: impl Into<String>) -> Self {
            self.known.domain_id = crate::credentials::known::some(id);
            self
        }

        /// Where IAM answers for this account, such as `https://iam.eu-west-101.myhuaweicloud.eu`. Else the variable
        /// `HUAWEICLOUD_SDK_IAM_ENDPOINT` says it, else it is the central one.
        #[must_use]
        pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
            self.known.iam_endpoint = crate::credentials::known::some(endpoint);
            self
        }
    };
}
pub(super) use known_setters;
