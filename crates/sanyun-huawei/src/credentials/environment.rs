//! Keys, or an identity provider, from environment variables.

use std::borrow::Cow;

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, SourceError};

use super::Federation;
use super::known::Known;

const AK: &str = "HUAWEICLOUD_SDK_AK";
const SK: &str = "HUAWEICLOUD_SDK_SK";
const SECURITY_TOKEN: &str = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
const IDP_ID: &str = "HUAWEICLOUD_SDK_IDP_ID";
const ID_TOKEN_FILE: &str = "HUAWEICLOUD_SDK_ID_TOKEN_FILE";

/// What the environment says: `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`, with `HUAWEICLOUD_SDK_SECURITY_TOKEN` for
/// temporary keys; or `HUAWEICLOUD_SDK_IDP_ID` and `HUAWEICLOUD_SDK_ID_TOKEN_FILE` for [`Federation`], which wins over
/// keys. `HUAWEICLOUD_SDK_PROJECT_ID` and `HUAWEICLOUD_SDK_DOMAIN_ID` go with either. An empty variable counts as none;
/// nothing is trimmed.
///
/// ```
/// use sanyun_huawei::{Client, credentials::Environment};
///
/// let client = Client::builder().region("cn-north-4").credentials(Environment).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment;

const NAME: &str = "environment";

impl CredentialSource for Environment {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(async move {
            let known = Known::of_environment(context);
            if let (Some(idp), Some(file)) = (context.var(IDP_ID), context.var(ID_TOKEN_FILE)) {
                let federation = Federation::new(idp, file).knowing(known);
                return Ok(federation.fetch(context).await?.from_source(NAME));
            }
            let (Some(id), Some(secret)) = (context.var(AK), context.var(SK)) else {
                return Err(SourceError::absent(format!(
                    "neither {AK} and {SK} nor {IDP_ID} and {ID_TOKEN_FILE} are set"
                )));
            };
            let token = context.var(SECURITY_TOKEN).unwrap_or_default();
            Ok(known.attach(Credential::session(id, secret, token).from_source(NAME)))
        })
    }
}
