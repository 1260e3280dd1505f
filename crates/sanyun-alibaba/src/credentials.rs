//! Where credentials come from on Alibaba Cloud. Keys and tokens given in code are made with
//! [`Credential`] itself; each other source has a file here.

mod environment;

use sanyun_core::{Chain, Credential, Secret};

pub use environment::Environment;

/// The attribute of a credential that is an identity token rather than a bearer token.
pub(crate) const ID_TOKEN: &str = "alibaba.id_token";

/// The attribute of a credential whose value is sent as `x-acs-credentials-provider`, with which the vendor's SDKs report
/// where keys come from (`default/env`, `static_ak`). No source here sets it.
pub const PROVIDER: &str = "alibaba.provider";

/// The chain that is used when a client is given no credentials: the environment.
pub fn default_chain() -> Chain {
    Chain::new().then(Environment)
}

/// An identity token of a zero-trust set-up, sent instead of a signature.
pub fn id_token(token: impl Into<Secret>) -> Credential {
    Credential::bearer(token).with_attribute(ID_TOKEN, "true")
}
