//! Keys of a role for the holder of an OpenID Connect token: a pod, or any other workload.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use sanyun_core::credentials::{GivenToken, needed, token_file};
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Result, Secret, SourceError};

use super::ask::Question;
use super::sts::{Sts, session_name, sts_setters};
use super::{PROVIDER, ROLE_ARN_VARIABLE, some, temporary};

const NAME: &str = "oidc_role_arn";
const HOST: &str = "sts.aliyuncs.com";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";

/// Temporary keys of a role, which STS gives to the holder of an OpenID Connect token (`AssumeRoleWithOIDC`): the
/// identity of a pod (RRSA). What is not said in code is read from the variables that the platform sets,
/// `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and `ALIBABA_CLOUD_OIDC_TOKEN_FILE`. Variables and file are
/// read at every fetch, because the platform keeps the token fresh.
///
/// ```no_run
/// use sanyun_alibaba::{Client, credentials::OidcRoleArn};
///
/// let source = OidcRoleArn::new()
///     .role_arn("acs:ram::1000000000000001:role/deploy")
///     .provider_arn("acs:ram::1000000000000001:oidc-provider/github")
///     .token_file("/var/run/secrets/id-token");
/// let client = Client::builder().region("cn-hangzhou").credentials(source).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct OidcRoleArn {
    role_arn: Option<String>,
    provider_arn: Option<String>,
    token: GivenToken,
    session_name: Option<String>,
    policy: Option<String>,
    sts: Sts,
}

impl OidcRoleArn {
    /// What the variables say.
    pub fn new() -> Self {
        Self::default()
    }

    /// The role, by its ARN.
    #[must_use]
    pub fn role_arn(mut self, arn: impl Into<String>) -> Self {
        self.role_arn = some(arn);
        self
    }

    /// The identity provider, by the ARN that it has in access management (RAM).
    #[must_use]
    pub fn provider_arn(mut self, arn: impl Into<String>) -> Self {
        self.provider_arn = some(arn);
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

    /// The name of the session in the audit trail. Else the variable `ALIBABA_CLOUD_ROLE_SESSION_NAME` says it, else it is
    /// `sanyun-` and the time in seconds.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = some(name);
        self
    }

    /// A policy (JSON) that narrows what the keys may do.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = some(policy);
        self
    }

    sts_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let role_arn = needed(context, self.role_arn.as_deref(), ROLE_ARN_VARIABLE)?;
        let provider_arn = needed(context, self.provider_arn.as_deref(), PROVIDER_ARN)?;
        let token = self.token_in(context)?;
        let form = [
            ("DurationSeconds", Some(&*self.sts.seconds()?.to_string())),
            ("RoleArn", Some(&*role_arn)),
            ("OIDCProviderArn", Some(&*provider_arn)),
            ("OIDCToken", Some(token.expose())),
            ("RoleSessionName", Some(&*session_name(context, self.session_name.as_deref()))),
            ("Policy", self.policy.as_deref()),
        ];
        let place = self.sts.place(context, HOST)?;
        let question = Question::new(context, NAME, place, "AssumeRoleWithOIDC", &form).hiding(&token);
        let content = question.ask().await?;
        Ok(temporary::of_sts(NAME, &content)?.with_attribute(PROVIDER, NAME))
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

impl CredentialSource for OidcRoleArn {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
