//! Where credentials of Huawei Cloud come from.

mod environment;

pub use environment::Environment;

use std::time::Duration;

use sanyun_core::{Chain, Credential, RefreshPolicy};

/// The attribute of a [`Credential`] that holds the id of its project, an account's part of one region.
pub const PROJECT_ID: &str = "project_id";
/// The attribute of a [`Credential`] that holds the id of its account.
pub const DOMAIN_ID: &str = "domain_id";

/// The kind of credential that services of a region need ([`Context::kind`](sanyun_core::Context::kind)).
pub const BASIC: &str = "basic";
/// The kind of credential that services of the whole account need.
pub const GLOBAL: &str = "global";

/// When temporary keys are fetched again: 40 minutes before they expire, as the vendor's SDKs do, but never earlier than
/// half of their life.
pub const REFRESH: RefreshPolicy = RefreshPolicy {
    ahead: Duration::from_secs(2400),
    jitter: Duration::from_secs(60),
    cool_down: Duration::from_secs(10),
};

/// The sources that are asked when a client is given none: the environment.
pub fn default_chain() -> Chain {
    Chain::new().then(Environment)
}

/// The ids that a client was told, besides those that come with its credential.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    pub(crate) project_id: Option<String>,
    pub(crate) domain_id: Option<String>,
}

impl Ids {
    /// The ids of project and account for a call with this credential. What is written in code wins over what was found
    /// outside, and a credential's own id over the client's.
    pub(crate) fn of<'a>(&'a self, credential: &'a Credential) -> (Option<&'a str>, Option<&'a str>) {
        let given_in_code = credential.source() == "static";
        let choose = |own: Option<&'a str>, client: Option<&'a str>| {
            if given_in_code { own.or(client) } else { client.or(own) }
        };
        (
            choose(credential.attribute(PROJECT_ID), self.project_id.as_deref()),
            choose(credential.attribute(DOMAIN_ID), self.domain_id.as_deref()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_code_win() {
        let ids = Ids { project_id: Some("client".to_owned()), domain_id: None };
        let own = Credential::keys("a", "s").with_attribute(PROJECT_ID, "own").with_attribute(DOMAIN_ID, "d");
        assert_eq!(ids.of(&own), (Some("own"), Some("d")));
        assert_eq!(ids.of(&own.from_source("environment")), (Some("client"), Some("d")));
        assert_eq!(ids.of(&Credential::anonymous()), (Some("client"), None));
    }
}
