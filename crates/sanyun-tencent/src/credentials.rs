//! Where credentials come from: one file a source, and the order in which they are asked.

mod ask;
mod assume_role;
mod cvm_role;
mod environment;
mod ini;
mod profile;
mod session;
mod tccli;
mod temporary;
mod tke_oidc;

pub use assume_role::AssumeRole;
pub use cvm_role::CvmRole;
pub(crate) use cvm_role::metadata_host;
pub use environment::Environment;
pub use profile::Profile;
pub use tccli::TccliProfile;
pub use tke_oidc::TkeOidc;

use std::time::Duration;

use sanyun_core::{Chain, Error, Keys, RefreshPolicy};

/// When temporary keys are fetched again whose source does not say it: 12 minutes before they expire, a tenth of the two
/// hours that STS gives by default, but never earlier than half of their life. [`AssumeRole`] and [`TkeOidc`] say a tenth
/// of the life that was asked for, [`CvmRole`] and [`TccliProfile`] five minutes.
pub const REFRESH: RefreshPolicy = RefreshPolicy {
    ahead: Duration::from_secs(720),
    jitter: Duration::from_secs(60),
    cool_down: Duration::from_secs(10),
};

/// The sources that are asked when a client is given none, in the order of the vendor's SDK: [`Environment`],
/// [`Profile`], [`CvmRole`] (with a short probe), [`TkeOidc`]. The first that has a credential is kept. A source that has
/// something broken ends the search with an error; where none has anything, the error says why of each of them.
///
/// ```
/// use sanyun_tencent::{Chain, Client, credentials::{Environment, Profile, default_chain}};
///
/// // A chain of one's own, and one with a source in front of the usual ones.
/// let own = Chain::new().then(Profile::named("staging")).then(Environment);
/// let more = Chain::new().then(Profile::named("staging")).append(default_chain());
/// let client = Client::builder().region("ap-guangzhou").credentials(more).build()?;
/// # let _ = own;
/// # Ok::<(), sanyun_tencent::Error>(())
/// ```
pub fn default_chain() -> Chain {
    chain(TkeOidc::new())
}

/// The default chain of a client whose services have their names under this domain: so has its STS.
pub(crate) fn default_chain_under(root_domain: Option<&str>) -> Chain {
    match root_domain.map(str::trim).filter(|domain| !domain.is_empty()) {
        Some(domain) => chain(TkeOidc::new().sts_endpoint(format!("sts.{domain}"))),
        None => default_chain(),
    }
}

fn chain(pod: TkeOidc) -> Chain {
    Chain::new().then(Environment).then(Profile::default()).then(CvmRole::probing()).then(pod).keeping().with_hint(
        "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, write secret_id and secret_key under [default] into \
         ~/.tencentcloud/credentials, or give the keys in code",
    )
}

/// Refuses keys that were copied with a blank or a line break.
pub(crate) fn check(keys: &Keys, source: &str) -> Result<(), Error> {
    keys.check(["secret id", "secret key", "token"], source)
}

#[cfg(test)]
mod tests;
