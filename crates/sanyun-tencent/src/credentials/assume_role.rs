//! Temporary keys of a role, for somebody who has keys.

use std::borrow::Cow;
use std::sync::Arc;

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Result, Secret, SourceError};
use serde_json::{Map, Value, json};

use super::ask::{Question, some};
use super::session::{Session, session_setters};
use super::temporary;

const NAME: &str = "assume role";
/// STS answers everywhere alike; the vendor's SDKs ask from here.
const REGION: &str = "ap-guangzhou";

/// Temporary keys of a role: `AssumeRole` of STS. The question is signed with the keys of a source that is asked anew
/// each time.
///
/// ```no_run
/// use std::time::Duration;
///
/// use sanyun_tencent::{Client, credentials::{AssumeRole, Environment}};
///
/// let source = AssumeRole::new(Environment, "qcs::cam::uin/100000000001:roleName/operations", "nightly")
///     .duration(Duration::from_secs(3600))
///     .external_id("contract-7");
/// let client = Client::builder().region("ap-guangzhou").credentials(source).build()?;
/// # Ok::<(), sanyun_tencent::Error>(())
/// ```
#[derive(Clone)]
pub struct AssumeRole {
    base: Arc<dyn CredentialSource>,
    role_arn: String,
    session_name: String,
    policy: Option<String>,
    external_id: Option<String>,
    tags: Vec<(String, String)>,
    source_identity: Option<String>,
    mfa: Option<(String, Secret)>,
    session: Session,
}

impl AssumeRole {
    /// A role by its ARN, and the name of the session in the audit trail. `base` is who asks.
    pub fn new(base: impl CredentialSource, role_arn: impl Into<String>, session_name: impl Into<String>) -> Self {
        Self {
            base: Arc::new(base),
            role_arn: role_arn.into(),
            session_name: session_name.into(),
            policy: None,
            external_id: None,
            tags: Vec::new(),
            source_identity: None,
            mfa: None,
            session: Session::default(),
        }
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

    /// Adds a tag of the session, by which policies can tell sessions apart.
    #[must_use]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.push((key.into(), value.into()));
        self
    }

    /// Who stands at the beginning of a chain of sessions.
    #[must_use]
    pub fn source_identity(mut self, identity: impl Into<String>) -> Self {
        self.source_identity = some(identity);
        self
    }

    /// The serial number of a second factor and its present code. A code is good once: keys got with it cannot be
    /// fetched again when they expire.
    #[must_use]
    pub fn second_factor(mut self, serial_number: impl Into<String>, code: impl Into<Secret>) -> Self {
        self.mfa = Some((serial_number.into(), code.into()));
        self
    }

    session_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let (body, sts) = (self.body()?, self.session.sts(context)?);
        let base = self.base.load(context).await?;
        let keys = base.signing_keys()?;
        super::check(keys, base.source())?;
        let mut question = Question::sts(context, NAME, sts, REGION, "AssumeRole", &body)?;
        if let Some((_, code)) = &self.mfa {
            question = question.hiding(code);
        }
        let reply = question.signed(keys)?.ask().await?;
        Ok(temporary::of_sts(NAME, &reply, self.session.duration)?)
    }

    fn body(&self) -> Result<Value> {
        let tags: Vec<_> = self.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        let members = [
            ("RoleArn", Some(self.role_arn.clone().into())),
            ("RoleSessionName", Some(self.session_name.clone().into())),
            ("DurationSeconds", Some(self.session.seconds()?.into())),
            ("Policy", self.policy.clone().map(Value::from)),
            ("ExternalId", self.external_id.clone().map(Value::from)),
            ("Tags", (!tags.is_empty()).then(|| tags.into())),
            ("SourceIdentity", self.source_identity.clone().map(Value::from)),
            ("SerialNumber", self.mfa.as_ref().map(|(serial, _)| serial.clone().into())),
            ("TokenCode", self.mfa.as_ref().map(|(_, code)| code.expose().into())),
        ];
        let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Ok(Value::Object(present.collect::<Map<_, _>>()))
    }
}

impl CredentialSource for AssumeRole {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{NAME} {}", self.role_arn))
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

impl std::fmt::Debug for AssumeRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AssumeRole({} for {})", self.role_arn, self.base.name())
    }
}
