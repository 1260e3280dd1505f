//! Where credentials of Huawei Cloud come from.

mod agency;
mod ask;
mod environment;
mod federation;
mod known;
mod meeting;
mod metadata;
mod oidc;
mod pod_identity;
mod profile;
mod security_token;
mod session;
mod temporary;
mod token;

pub use agency::{Agency, AssumeAgency};
pub use environment::Environment;
pub use federation::Federation;
pub use meeting::Meeting;
pub use metadata::Metadata;
pub use oidc::Oidc;
pub use pod_identity::PodIdentity;
pub use profile::Profile;
pub use security_token::SecurityToken;
pub use token::Token;

use std::time::Duration;

use sanyun_core::{Chain, Credential, RefreshPolicy};

/// The attribute of a [`Credential`] that holds the id of its project, an account's part of one region.
pub const PROJECT_ID: &str = "project_id";
/// The attribute of a [`Credential`] that holds the id of its account.
pub const DOMAIN_ID: &str = "domain_id";
/// The attribute of a [`Credential`] that holds the endpoint of the IAM that knows it.
pub const IAM_ENDPOINT: &str = "iam_endpoint";
/// The attribute of a [`Credential`] that holds the endpoint of the STS that knows it.
pub const STS_ENDPOINT: &str = "sts_endpoint";

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

/// The sources that are asked when a client is given none, in the order of the vendor's SDK: [`Oidc`], [`Environment`],
/// [`Profile`], [`Metadata`] (with a short probe), [`PodIdentity`]. Where none has a credential, the error says why of
/// each of them.
///
/// ```
/// use sanyun_huawei::{Chain, Client, credentials::{Environment, Profile, default_chain}};
///
/// // A chain of one's own, and one with a source in front of the usual ones.
/// let own = Chain::new().then(Profile::section("staging")).then(Environment);
/// let more = Chain::new().then(Profile::section("staging")).append(default_chain());
/// let client = Client::builder().region("cn-north-4").credentials(more).build()?;
/// # let _ = own;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
pub fn default_chain() -> Chain {
    Chain::new()
        .then(Oidc::new())
        .then(Environment)
        .then(Profile::new())
        .then(Metadata::probing())
        .then(PodIdentity::new())
        .with_hint(
            "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, write them under [basic] into ~/.huaweicloud/credentials, \
             or give the keys in code",
        )
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
mod tests;
