//! Where credentials come from on Alibaba Cloud: one file a source, and the order in which they are asked. Keys and tokens
//! given in code are made with [`Credential`] itself.

mod ask;
mod chain;
mod cli_profile;
mod cloud_sso;
mod credentials_uri;
mod ecs_ram_role;
mod environment;
mod ini;
mod oauth;
mod oidc_role_arn;
mod process;
mod ram_role_arn;
mod rsa_key_pair;
mod sts;
mod temporary;

pub use chain::{default_chain, seed_chain};
pub use cli_profile::{CliProfile, CliSettings};
pub use cloud_sso::CloudSso;
pub use credentials_uri::CredentialsUri;
pub use ecs_ram_role::{EcsRamRole, metadata_host};
pub use environment::Environment;
pub use ini::IniProfile;
pub use oidc_role_arn::OidcRoleArn;
pub use process::ExternalProcess;
pub use ram_role_arn::RamRoleArn;
pub use rsa_key_pair::RsaKeyPair;

use std::borrow::Cow;
use std::time::Duration;

use sanyun_core::{Context, Credential, Error, Keys, Material, RefreshPolicy, Secret};

/// The attribute of a credential that is an identity token rather than a bearer token.
pub(crate) const ID_TOKEN: &str = "alibaba.id_token";

/// The attribute of a credential with the vendor's name of where it comes from, such as `default/env` or
/// `default/cli_profile/ram_role_arn/static_sts`: who asked whom, the last one first. It is sent as
/// `x-acs-credentials-provider`, as the vendor's SDKs do. Keys given in code have none.
pub const PROVIDER: &str = "alibaba.provider";

/// The attribute of a credential with the region that stands beside it in its profile.
pub const REGION: &str = "alibaba.region";

/// The attribute of a token with the header that it is sent in, where that is another one than `x-acs-bearer-token`.
pub(crate) const TOKEN_HEADER: &str = "alibaba.token_header";

/// Names the profile of several sources where the code does not.
const PROFILE_VARIABLE: &str = "ALIBABA_CLOUD_PROFILE";

/// Names the role of several sources where the code does not.
const ROLE_ARN_VARIABLE: &str = "ALIBABA_CLOUD_ROLE_ARN";

/// When temporary keys are fetched again: 15 minutes before they expire, but never earlier than half of their life. Where
/// that fails, the old keys serve on as long as they are valid, and a second passes before the next try.
pub const REFRESH: RefreshPolicy = RefreshPolicy {
    ahead: Duration::from_secs(900),
    jitter: Duration::from_secs(60),
    cool_down: Duration::from_secs(1),
};

/// An identity token of a zero-trust set-up, sent instead of a signature.
pub fn id_token(token: impl Into<Secret>) -> Credential {
    Credential::bearer(token).with_attribute(ID_TOKEN, "true")
}

/// The vendor's name of where a credential comes from.
fn provider(credential: &Credential) -> Cow<'_, str> {
    let given = match credential.material() {
        Material::Keys(Keys { token: Some(_), .. }) => "static_sts",
        Material::Keys(_) => "static_ak",
        Material::Bearer(_) => "bearer",
        Material::Anonymous => "anonymous",
    };
    Cow::Borrowed(credential.attribute(PROVIDER).unwrap_or(given))
}

/// Says that a credential was found by way of something: `way/` in front of where it comes from.
fn by_way_of(way: &str, credential: Credential) -> Credential {
    let provider = format!("{way}/{}", provider(&credential));
    credential.with_attribute(PROVIDER, provider)
}

/// Whether a variable switches something on: only `true` does, in any case.
fn flag(context: &Context, variable: &str) -> bool {
    context.var(variable).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// A text that says something.
fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text: &String| !text.is_empty())
}

/// Refuses keys that were copied with a blank or a line break.
pub(crate) fn check(keys: &Keys, source: &str) -> Result<(), Error> {
    keys.check(["access key id", "access key secret", "security token"], source)
}

#[cfg(test)]
mod tests;
