//! Keys from environment variables.

use std::borrow::Cow;

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, SourceError};

use super::{DOMAIN_ID, PROJECT_ID};

const AK: &str = "HUAWEICLOUD_SDK_AK";
const SK: &str = "HUAWEICLOUD_SDK_SK";
const SECURITY_TOKEN: &str = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
const IDP_ID: &str = "HUAWEICLOUD_SDK_IDP_ID";
const ID_TOKEN_FILE: &str = "HUAWEICLOUD_SDK_ID_TOKEN_FILE";

/// `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`, with `HUAWEICLOUD_SDK_SECURITY_TOKEN`, `HUAWEICLOUD_SDK_PROJECT_ID`
/// and `HUAWEICLOUD_SDK_DOMAIN_ID` if they are set. An empty variable counts as none; nothing is trimmed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment;

impl CredentialSource for Environment {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("environment")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(std::future::ready(read(context)))
    }
}

fn read(context: &Context) -> Result<Credential, SourceError> {
    if context.var(IDP_ID).is_some() && context.var(ID_TOKEN_FILE).is_some() {
        // It takes precedence over keys; using them instead would call as somebody else.
        return Err(Error::credentials(format!(
            "{IDP_ID} and {ID_TOKEN_FILE} ask for federation, which is not supported"
        ))
        .with_hint(format!("unset {IDP_ID} to use the keys in {AK} and {SK}"))
        .into());
    }
    let (Some(id), Some(secret)) = (context.var(AK), context.var(SK)) else {
        return Err(SourceError::absent(format!("{AK} and {SK} are not both set")));
    };
    let token = context.var(SECURITY_TOKEN).unwrap_or_default();
    Ok(Credential::session(id, secret, token)
        .from_source("environment")
        .with_attribute(PROJECT_ID, context.var("HUAWEICLOUD_SDK_PROJECT_ID").unwrap_or_default())
        .with_attribute(DOMAIN_ID, context.var("HUAWEICLOUD_SDK_DOMAIN_ID").unwrap_or_default()))
}
