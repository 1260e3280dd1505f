//! Keys of an agency for the holder of an OpenID Connect token.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sanyun_core::credentials::{GivenToken, needed, token_file};
use sanyun_core::{BoxFuture, Context, Credential, CredentialSource, Error, Result, Secret, SourceError};
use serde_json::{Map, Value};

use super::ask::Question;
use super::known::{Known, known_setters, some};
use super::session::{Session, account_of, session_setters};
use super::temporary;

const NAME: &str = "oidc";
const PROVIDER_URN: &str = "HUAWEICLOUD_OIDC_PROVIDER_URN";
const AGENCY_URN: &str = "HUAWEICLOUD_OIDC_AGENCY_URN";
const ID_TOKEN: &str = "HUAWEICLOUD_OIDC_ID_TOKEN";
const TOKEN_FILE: &str = "HUAWEICLOUD_OIDC_TOKEN_FILE";
const SESSION_NAME: &str = "HUAWEICLOUD_OIDC_SESSION_NAME";
const DURATION_SECONDS: &str = "HUAWEICLOUD_OIDC_DURATION_SECONDS";
const POLICY: &str = "HUAWEICLOUD_OIDC_POLICY";
const POLICY_IDS: &str = "HUAWEICLOUD_OIDC_POLICY_IDS";

/// Temporary keys of a trust agency, which STS gives to the holder of an OpenID Connect token
/// (`POST /v5/agencies/assume-with-oidc`). What is not said in code is read from variables:
///
/// | variable | |
/// |---|---|
/// | `HUAWEICLOUD_OIDC_PROVIDER_URN`, `HUAWEICLOUD_OIDC_AGENCY_URN` | needed |
/// | `HUAWEICLOUD_OIDC_ID_TOKEN`, or `HUAWEICLOUD_OIDC_TOKEN_FILE` | one is needed; the file is read at every fetch |
/// | `HUAWEICLOUD_OIDC_SESSION_NAME` | `oidc-sts-session` if unset |
/// | `HUAWEICLOUD_OIDC_DURATION_SECONDS` | 3600 if unset |
/// | `HUAWEICLOUD_OIDC_POLICY`, `HUAWEICLOUD_OIDC_POLICY_IDS` | narrow what the keys may do; ids are separated by commas |
/// | `HUAWEICLOUD_SDK_PROJECT_ID`, `HUAWEICLOUD_SDK_DOMAIN_ID` | go with the keys |
///
/// ```no_run
/// use std::time::Duration;
///
/// use sanyun_huawei::{Client, credentials::Oidc};
///
/// let source = Oidc::new()
///     .provider_urn("iam::fedcba9876543210:oidcProvider:github")
///     .agency_urn("iam::fedcba9876543210:agency:deploy")
///     .token_file("/var/run/secrets/id-token")
///     .duration(Duration::from_secs(1800));
/// let client = Client::builder().region("cn-north-4").credentials(source).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Oidc {
    provider_urn: Option<String>,
    agency_urn: Option<String>,
    token: GivenToken,
    session: Session,
    known: Known,
}

impl Oidc {
    /// What the variables say.
    pub fn new() -> Self {
        Self::default()
    }

    /// The URN of the identity provider, such as `iam::<account>:oidcProvider:<name>`.
    #[must_use]
    pub fn provider_urn(mut self, urn: impl Into<String>) -> Self {
        self.provider_urn = some(urn);
        self
    }

    /// The URN of the trust agency, such as `iam::<account>:agency:<name>`.
    #[must_use]
    pub fn agency_urn(mut self, urn: impl Into<String>) -> Self {
        self.agency_urn = some(urn);
        self
    }

    /// The token itself, which nobody renews. It wins over a file.
    #[must_use]
    pub fn id_token(mut self, token: impl Into<Secret>) -> Self {
        self.token.set_token(token);
        self
    }

    /// A file with the token, which somebody else keeps fresh.
    #[must_use]
    pub fn token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.token.set_file(path);
        self
    }

    /// The name of the session in the audit trail.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session.name = some(name);
        self
    }

    session_setters!();
    known_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        let provider_urn = needed(context, self.provider_urn.as_deref(), PROVIDER_URN)?;
        let agency_urn = needed(context, self.agency_urn.as_deref(), AGENCY_URN)?;
        let token = self.token(context)?;
        let session = self.session_in(context)?;
        let mut body = Map::new();
        body.insert("provider_urn".to_owned(), provider_urn.into());
        body.insert("agency_urn".to_owned(), agency_urn.clone().into());
        body.insert("id_token".to_owned(), token.expose().into());
        session.write(&mut body);
        let sts = session.sts(context)?;
        let question = Question::post(context, NAME, sts, "/v5/agencies/assume-with-oidc", &Value::Object(body));
        let reply = question.hiding(&token).ask().await?;
        let known = self.known.or(Known::of_environment(context)).or_domain(account_of(&agency_urn));
        Ok(session.attach(known.attach(temporary::read(NAME, &reply)?)))
    }

    /// The token in code, else the file in code, else those of the environment.
    fn token(&self, context: &Context) -> Result<Secret, SourceError> {
        if let Some(token) = self.token.read(context, NAME)? {
            return Ok(token);
        }
        if let Some(token) = context.var(ID_TOKEN) {
            return Ok(Secret::new(token));
        }
        match context.var(TOKEN_FILE) {
            Some(file) => Ok(token_file(context, NAME, Path::new(&file))?),
            None => Err(SourceError::absent(format!("neither {ID_TOKEN} nor {TOKEN_FILE} is set"))),
        }
    }

    /// The session with what the environment and the vendor's SDKs say where the code says nothing.
    fn session_in(&self, context: &Context) -> Result<Session> {
        let mut session = self.session.clone();
        session.name = session.name.or_else(|| context.var(SESSION_NAME)).or_else(|| some("oidc-sts-session"));
        session.policy = session.policy.or_else(|| context.var(POLICY));
        session.duration = Some(match session.duration {
            Some(duration) => duration,
            None => duration_in(context)?,
        });
        if session.policy_ids.is_empty() {
            let ids = context.var(POLICY_IDS).unwrap_or_default();
            session.policy_ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        }
        Ok(session)
    }
}

fn duration_in(context: &Context) -> Result<Duration> {
    let text = context.var(DURATION_SECONDS).unwrap_or_else(|| "3600".to_owned());
    let seconds = text.trim().parse();
    seconds
        .map(Duration::from_secs)
        .map_err(|_| Error::config(format!("{DURATION_SECONDS}: `{text}` is no number of seconds")))
}

impl CredentialSource for Oidc {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
