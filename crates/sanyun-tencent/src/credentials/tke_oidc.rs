//! Keys of a role for the holder of an OpenID Connect token: a pod in TKE, or any other workload.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sanyun_core::credentials::{GivenToken, needed, token_file};
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Result, Secret, SourceError};
use serde_json::json;

use super::ask::{Question, some};
use super::session::{Session, session_setters};
use super::temporary;

const NAME: &str = "tke oidc";
const REGION: &str = "TKE_REGION";
const PROVIDER_ID: &str = "TKE_PROVIDER_ID";
const TOKEN_FILE: &str = "TKE_WEB_IDENTITY_TOKEN_FILE";
const ROLE_ARN: &str = "TKE_ROLE_ARN";

/// Temporary keys of a role, which STS gives to the holder of an OpenID Connect token (`AssumeRoleWithWebIdentity`):
/// the identity of a pod. What is not said in code is read from the variables that TKE sets in its pods, `TKE_REGION`,
/// `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE` and `TKE_ROLE_ARN`. Variables and file are read at every fetch,
/// because Kubernetes keeps the token fresh.
///
/// ```no_run
/// use sanyun_tencent::{Client, credentials::TkeOidc};
///
/// let source = TkeOidc::new()
///     .region("ap-guangzhou")
///     .provider_id("github")
///     .role_arn("qcs::cam::uin/100000000001:roleName/deploy")
///     .token_file("/var/run/secrets/id-token");
/// let client = Client::builder().region("ap-guangzhou").credentials(source).build()?;
/// # Ok::<(), sanyun_tencent::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TkeOidc {
    region: Option<String>,
    provider_id: Option<String>,
    role_arn: Option<String>,
    token: GivenToken,
    session_name: Option<String>,
    session: Session,
}

impl TkeOidc {
    /// What the variables say.
    pub fn new() -> Self {
        Self::default()
    }

    /// The region that the question to STS names.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = some(region);
        self
    }

    /// The identity provider, by the name that it has in access management (CAM).
    #[must_use]
    pub fn provider_id(mut self, id: impl Into<String>) -> Self {
        self.provider_id = some(id);
        self
    }

    /// The role, by its ARN.
    #[must_use]
    pub fn role_arn(mut self, arn: impl Into<String>) -> Self {
        self.role_arn = some(arn);
        self
    }

    /// The token itself, which nobody renews. It wins over a file.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token.set_token(token);
        self
    }

    /// A file with the token, which somebody else keeps fresh.
    #[must_use]
    pub fn token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.token.set_file(path);
        self
    }

    /// The name of the session in the audit trail; `sanyun-` and the time in microseconds if unset.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = some(name);
        self
    }

    session_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let region = needed(context, self.region.as_deref(), REGION)?;
        let provider_id = needed(context, self.provider_id.as_deref(), PROVIDER_ID)?;
        let role_arn = needed(context, self.role_arn.as_deref(), ROLE_ARN)?;
        let token = self.token_in(context)?;
        let body = json!({
            "ProviderId": provider_id,
            "WebIdentityToken": token.expose(),
            "RoleArn": role_arn,
            "RoleSessionName": self.session_name.clone().unwrap_or_else(|| session_name(context)),
            "DurationSeconds": self.session.seconds()?,
        });
        let sts = self.session.sts(context)?;
        let question = Question::sts(context, NAME, sts, &region, "AssumeRoleWithWebIdentity", &body)?;
        let reply = question.unsigned().hiding(&token).ask().await?;
        Ok(temporary::of_sts(NAME, &reply, self.session.duration)?)
    }

    /// The token in code, else the file in code, else that of the environment.
    fn token_in(&self, context: &Context) -> Result<Secret, SourceError> {
        if let Some(token) = self.token.read(context, NAME)? {
            return Ok(token);
        }
        let file = needed(context, None, TOKEN_FILE)?;
        Ok(token_file(context, NAME, Path::new(&file))?)
    }
}

fn session_name(context: &Context) -> String {
    let since = context.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("sanyun-{}", since.as_micros())
}

impl CredentialSource for TkeOidc {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
