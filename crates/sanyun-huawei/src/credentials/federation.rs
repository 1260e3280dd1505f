//! Keys for the users of another identity provider.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use http::HeaderName;
use sanyun_core::credentials::token_file;
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Endpoint, Error, Result, Secret, SourceError};
use serde_json::json;

use super::ask::Question;
use super::known::{Known, known_setters};
use super::security_token;

const NAME: &str = "federation";
const X_IDP_ID: HeaderName = HeaderName::from_static("x-idp-id");
/// How long the vendor's SDKs let such keys live.
const LIFE: Duration = Duration::from_secs(6 * 3600);

/// Temporary keys for whoever holds an id token of an identity provider that the account trusts. The token is in a file
/// that somebody else keeps fresh; it is read again whenever keys are fetched. IAM is asked twice: for a token of its
/// own (`POST /v3.0/OS-AUTH/id-token/tokens`), and for keys that live six hours.
///
/// ```no_run
/// use sanyun_huawei::{Client, credentials::Federation};
///
/// let source = Federation::new("my-provider", "/var/run/secrets/id-token")
///     .iam_endpoint("https://iam.eu-west-101.myhuaweicloud.eu")
///     .project_id("0123456789abcdef0123456789abcdef");
/// let client = Client::builder().region("eu-west-101").credentials(source).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Federation {
    idp_id: String,
    token_file: PathBuf,
    known: Known,
}

impl Federation {
    /// The provider's id in IAM, and the file with the id token.
    pub fn new(idp_id: impl Into<String>, token_file: impl Into<PathBuf>) -> Self {
        Self { idp_id: idp_id.into(), token_file: token_file.into(), known: Known::default() }
    }

    known_setters!();

    pub(super) fn knowing(self, known: Known) -> Self {
        Self { known, ..self }
    }

    pub(super) async fn fetch(&self, context: &Context) -> Result<Credential> {
        if self.idp_id.is_empty() || self.token_file.as_os_str().is_empty() {
            return Err(Error::credentials("federation wants an identity provider's id and a token file"));
        }
        let iam = self.known.iam(context)?;
        let subject = self.subject_token(context, iam.clone()).await?;
        let keys = security_token::keys(context, NAME, iam, &subject, LIFE).ask().await?;
        Ok(self.known.attach(super::temporary::read(NAME, &keys)?))
    }

    /// IAM's own token for the holder of the id token.
    async fn subject_token(&self, context: &Context, iam: Endpoint) -> Result<Secret> {
        let id_token = token_file(context, NAME, &self.token_file)?;
        let body = json!({"auth": {"id_token": {"id": id_token.expose()}}});
        let question = Question::post(context, NAME, iam, "/v3.0/OS-AUTH/id-token/tokens", &body);
        let reply = question.header(X_IDP_ID, &self.idp_id)?.hiding(&id_token).ask().await?;
        match reply.header("x-subject-token").filter(|token| !token.is_empty()) {
            Some(token) => Ok(Secret::new(token)),
            None => Err(Error::credentials(format!(
                "{NAME}: IAM's answer to the id token has no header X-Subject-Token (provider `{}`)",
                self.idp_id
            ))),
        }
    }
}

impl CredentialSource for Federation {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(async move { Ok(self.fetch(context).await?) })
    }
}
