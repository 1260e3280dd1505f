//! Temporary keys of a role, for somebody who has keys.

use std::borrow::Cow;
use std::sync::Arc;

use sanyun_core::credentials::needed;
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Result, SourceError};

use super::ask::Question;
use super::sts::{Sts, session_name, sts_setters};
use super::{PROVIDER, ROLE_ARN_VARIABLE, provider, some, temporary};

const NAME: &str = "ram_role_arn";
const HOST: &str = "sts.aliyuncs.com";

/// Temporary keys of a role: `AssumeRole` of STS. The question is signed with the keys of a source that is asked anew
/// each time, which may be another role.
///
/// ```no_run
/// use std::time::Duration;
///
/// use sanyun_alibaba::{Client, credentials::{Environment, RamRoleArn}};
///
/// let source = RamRoleArn::new(Environment, "acs:ram::1000000000000001:role/operations")
///     .session_name("nightly")
///     .duration(Duration::from_secs(3600))
///     .external_id("contract-7");
/// let client = Client::builder().region("cn-hangzhou").credentials(source).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Clone)]
pub struct RamRoleArn {
    base: Arc<dyn CredentialSource>,
    role_arn: Option<String>,
    session_name: Option<String>,
    policy: Option<String>,
    external_id: Option<String>,
    sts: Sts,
}

impl RamRoleArn {
    /// A role by its ARN; if that is empty, by the variable `ALIBABA_CLOUD_ROLE_ARN`. `base` is who asks.
    pub fn new(base: impl CredentialSource, role_arn: impl Into<String>) -> Self {
        Self {
            base: Arc::new(base),
            role_arn: some(role_arn),
            session_name: None,
            policy: None,
            external_id: None,
            sts: Sts::default(),
        }
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

    /// The id that the role's owner agreed with us, so that nobody else can make us use it.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = some(id);
        self
    }

    sts_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let role_arn = needed(context, self.role_arn.as_deref(), ROLE_ARN_VARIABLE)?;
        let (seconds, place) = (self.sts.seconds()?, self.sts.place(context, HOST)?);
        let base = self.base.load(context).await?;
        let keys = base.signing_keys()?;
        super::check(keys, base.source())?;
        let form = [
            ("DurationSeconds", Some(&*seconds.to_string())),
            ("RoleArn", Some(&*role_arn)),
            ("RoleSessionName", Some(&*session_name(context, self.session_name.as_deref()))),
            ("Policy", self.policy.as_deref()),
            ("ExternalId", self.external_id.as_deref()),
        ];
        let content = Question::new(context, NAME, place, "AssumeRole", &form).signed(keys).ask().await?;
        let credential = temporary::of_sts(NAME, &content)?;
        Ok(credential.with_attribute(PROVIDER, format!("{NAME}/{}", provider(&base))))
    }
}

impl CredentialSource for RamRoleArn {
    fn name(&self) -> Cow<'_, str> {
        let role = self.role_arn.as_deref().unwrap_or_default();
        Cow::Owned(format!("{NAME} {role}").trim_end().to_owned())
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

impl std::fmt::Debug for RamRoleArn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RamRoleArn({} for {})", self.role_arn.as_deref().unwrap_or_default(), self.base.name())
    }
}
