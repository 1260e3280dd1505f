//! Temporary keys of an agency, that is of another account that trusts ours: through IAM, and through STS.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Endpoint, Error, Material, Result, SourceError};
use serde_json::{Map, Value, json};

use super::ask::{Question, X_AUTH_TOKEN};
use super::known::{Known, known_setters, some};
use super::security_token::PATH;
use super::session::{Session, account_of, session_setters};
use super::temporary;

const NAME: &str = "agency";
const ASSUMED_NAME: &str = "trust agency";

/// Temporary keys of an agency that another account set up for ours: IAM's `CreateTemporaryAccessKeyByAgency`. The
/// question is signed with the keys, or carries the token, of a source that is asked anew each time.
///
/// ```no_run
/// use std::time::Duration;
///
/// use sanyun_huawei::{Client, credentials::{Agency, Environment}};
///
/// let source = Agency::new(Environment, "operations")
///     .domain_name("customer")
///     .duration(Duration::from_secs(3600))
///     .project_id("0123456789abcdef0123456789abcdef");
/// let client = Client::builder().region("cn-north-4").credentials(source).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Clone)]
pub struct Agency {
    base: Arc<dyn CredentialSource>,
    agency_name: String,
    domain_name: Option<String>,
    duration: Duration,
    session_user: Option<String>,
    policy: Option<Value>,
    known: Known,
}

impl Agency {
    /// An agency by its name in the other account. Name that account with [`domain_name`](Self::domain_name) or
    /// [`domain_id`](Self::domain_id). `base` is who asks.
    pub fn new(base: impl CredentialSource, agency_name: impl Into<String>) -> Self {
        Self {
            base: Arc::new(base),
            agency_name: agency_name.into(),
            domain_name: None,
            duration: Duration::from_secs(3600),
            session_user: None,
            policy: None,
            known: Known::default(),
        }
    }

    /// The name of the account that the agency belongs to.
    #[must_use]
    pub fn domain_name(mut self, name: impl Into<String>) -> Self {
        self.domain_name = some(name);
        self
    }

    /// How long the keys live, 15 minutes to 24 hours; one hour if unset.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// The name of the user in the other account's audit trail.
    #[must_use]
    pub fn session_user(mut self, name: impl Into<String>) -> Self {
        self.session_user = some(name);
        self
    }

    /// A policy that narrows what the keys may do, in IAM's form (`{"Version": "1.1", "Statement": […]}`).
    #[must_use]
    pub fn policy(mut self, policy: Value) -> Self {
        self.policy = Some(policy);
        self
    }

    known_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        if self.domain_name.is_none() && self.known.domain_id.is_none() {
            return Err(Error::config(format!("agency `{}`: which account's? no domain is named", self.agency_name))
                .with_hint("call `.domain_name(…)` or `.domain_id(…)`")
                .into());
        }
        let base = self.base.load(context).await?;
        let own = self.known.iam_endpoint.as_deref().or(base.attribute(super::IAM_ENDPOINT));
        let iam = super::ask::iam(context, own)?;
        let question = Question::post(context, NAME, iam, PATH, &self.body());
        let reply = authorized(question, &base)?.ask().await?;
        Ok(self.known.attach(temporary::read(NAME, &reply)?))
    }

    fn body(&self) -> Value {
        let mut role = json!({"agency_name": self.agency_name, "duration_seconds": self.duration.as_secs()});
        let user = self.session_user.as_ref().map(|name| json!({"name": name}));
        put(&mut role, "domain_name", self.domain_name.clone().map(Value::from));
        put(&mut role, "domain_id", self.known.domain_id.clone().map(Value::from));
        put(&mut role, "session_user", user);
        let mut identity = json!({"methods": ["assume_role"], "assume_role": role});
        put(&mut identity, "policy", self.policy.clone());
        json!({"auth": {"identity": identity}})
    }
}

fn put(object: &mut Value, name: &str, value: Option<Value>) {
    if let (Some(object), Some(value)) = (object.as_object_mut(), value) {
        object.insert(name.to_owned(), value);
    }
}

/// The question with the caller's token, or signed with its keys.
fn authorized<'a>(question: Question<'a>, caller: &Credential) -> Result<Question<'a>> {
    match caller.material() {
        Material::Bearer(token) => question.secret_header(X_AUTH_TOKEN, token),
        Material::Keys(_) | Material::Anonymous => question.signed(caller.signing_keys()?),
    }
}

/// Temporary keys of a trust agency by its URN: STS's `AssumeAgency` (`POST /v5/agencies/assume`). The question is
/// signed with the keys of a source that is asked anew each time.
///
/// ```no_run
/// use sanyun_huawei::{Client, credentials::{AssumeAgency, Metadata}};
///
/// let source = AssumeAgency::new(Metadata::new(), "iam::fedcba9876543210:agency:operations", "nightly")
///     .external_id("contract-7");
/// let client = Client::builder().region("cn-north-4").credentials(source).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Clone)]
pub struct AssumeAgency {
    base: Arc<dyn CredentialSource>,
    agency_urn: String,
    external_id: Option<String>,
    source_identity: Option<String>,
    session: Session,
    known: Known,
}

impl AssumeAgency {
    /// An agency by its URN, and the name of the session in the audit trail. `base` is who asks.
    pub fn new(base: impl CredentialSource, agency_urn: impl Into<String>, session_name: impl Into<String>) -> Self {
        Self {
            base: Arc::new(base),
            agency_urn: agency_urn.into(),
            external_id: None,
            source_identity: None,
            session: Session { name: some(session_name), ..Session::default() },
            known: Known::default(),
        }
    }

    /// The id that the agency's owner agreed with us, so that nobody else can make us use it.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = some(id);
        self
    }

    /// Who stands at the beginning of a chain of sessions.
    #[must_use]
    pub fn source_identity(mut self, identity: impl Into<String>) -> Self {
        self.source_identity = some(identity);
        self
    }

    session_setters!();
    known_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let base = self.base.load(context).await?;
        let sts: Endpoint = self.session.sts(context)?;
        let question = Question::post(context, ASSUMED_NAME, sts, "/v5/agencies/assume", &self.body());
        let reply = question.signed(base.signing_keys()?)?.ask().await?;
        let known = self.known.clone().or_domain(account_of(&self.agency_urn));
        Ok(self.session.attach(known.attach(temporary::read(ASSUMED_NAME, &reply)?)))
    }

    fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("agency_urn".to_owned(), self.agency_urn.clone().into());
        self.session.write(&mut body);
        let mut body = Value::Object(body);
        put(&mut body, "external_id", self.external_id.clone().map(Value::from));
        put(&mut body, "source_identity", self.source_identity.clone().map(Value::from));
        body
    }
}

impl CredentialSource for Agency {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{NAME} {}", self.agency_name))
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

impl CredentialSource for AssumeAgency {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{ASSUMED_NAME} {}", self.agency_urn))
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

impl std::fmt::Debug for Agency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Agency({} for {})", self.agency_name, self.base.name())
    }
}

impl std::fmt::Debug for AssumeAgency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AssumeAgency({} for {})", self.agency_urn, self.base.name())
    }
}
