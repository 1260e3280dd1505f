//! Tokens that a user's name and password are exchanged for.

use std::borrow::Cow;
use std::time::Duration;

use http::Method;
use http::header::CONTENT_TYPE;
use sanyun_core::credentials::failed;
use sanyun_core::{
    BoxFuture, Context, Credential, CredentialSource, Endpoint, Error, ErrorKind, Material, Reply, Request, Result,
    Retry, Secret, SourceError, time,
};
use serde_json::{Value, json};

use super::{DOMAIN_ID, GLOBAL, IAM_ENDPOINT, PROJECT_ID};
use crate::{endpoint, error};

/// How long one attempt to log in may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Logs in with the name and the password of a user and gives a token, which is sent as `X-Auth-Token` instead of a
/// signature: `POST /v3/auth/tokens`. The client keeps the token and gets another before it expires (tokens live 24
/// hours), and once more if the cloud says that it has expired.
///
/// A token is good for one project or for the whole account. If nothing else is said the services of a region get a token
/// of the region's project and those of the whole account one of the account, so that one source serves both.
///
/// ```
/// use sanyun_huawei::credentials::Token;
/// use sanyun_huawei::{Client, Secret};
///
/// # fn main() -> sanyun_huawei::Result<()> {
/// let password = Secret::new("from a safe place, never from the source text");
/// let token = Token::password("operator", password, "my-account");
/// let client = Client::builder().region("cn-north-4").credentials(token).build()?;
/// # Ok(())
/// # }
/// ```
///
/// A token from elsewhere is a [`Credential::bearer`]; [`with_attribute`](Credential::with_attribute) tells its
/// [`PROJECT_ID`].
#[derive(Clone, Debug)]
#[must_use = "a source does nothing until a client has it"]
pub struct Token {
    user: String,
    password: Secret,
    domain: String,
    scope: Scope,
    region: Option<String>,
    iam_endpoint: Option<String>,
}

/// For what a token is good.
#[derive(Clone, Debug)]
enum Scope {
    /// What the services of the call need.
    Needed,
    ProjectName(String),
    ProjectId(String),
    Domain,
}

impl Token {
    /// A source for a user of an account. `domain` is the name of the account; for its first user both names are the same.
    pub fn password(user: impl Into<String>, password: impl Into<Secret>, domain: impl Into<String>) -> Self {
        let (user, password, domain) = (user.into(), password.into(), domain.into());
        Self { user, password, domain, scope: Scope::Needed, region: None, iam_endpoint: None }
    }

    /// Tokens for the project of this name, such as `cn-north-4_team`.
    pub fn project_name(mut self, name: impl Into<String>) -> Self {
        self.scope = Scope::ProjectName(name.into());
        self
    }

    /// Tokens for the project of this id.
    pub fn project_id(mut self, id: impl Into<String>) -> Self {
        self.scope = Scope::ProjectId(id.into());
        self
    }

    /// Tokens for the whole account. Services of a region refuse them.
    pub fn domain_scope(mut self) -> Self {
        self.scope = Scope::Domain;
        self
    }

    /// The region, if it is not the client's: its project is what tokens are for if no other is named, and its IAM is where
    /// the user logs in.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into()).filter(|region| !region.is_empty());
        self
    }

    /// Where the user logs in. If unset, the variable `HUAWEICLOUD_SDK_IAM_ENDPOINT`, then a table by region.
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.iam_endpoint = Some(endpoint.into());
        self
    }

    async fn log_in(&self, context: &Context) -> Result<Credential> {
        if self.user.is_empty() || self.password.is_empty() || self.domain.is_empty() {
            return Err(Error::credentials("user, password and the name of the account must not be empty"));
        }
        let endpoint = self.endpoint(context)?;
        let place = endpoint.to_string();
        let request = self.request(endpoint, self.scope(context.kind, self.place(context))?)?;
        let answered = context.exchange(&request, LIMIT, &Retry::standard()).await;
        let credential = answered.and_then(|reply| read(&reply)).map_err(|error| self.explained(error, &place))?;
        Ok(credential.with_attribute(IAM_ENDPOINT, self.iam_endpoint.as_deref().unwrap_or_default()))
    }

    fn endpoint(&self, context: &Context) -> Result<Endpoint> {
        match &self.iam_endpoint {
            Some(given) => endpoint::parse(given),
            None => endpoint::iam_endpoint(self.place(context), &*context.env),
        }
    }

    /// The source's own region, else the client's.
    fn place<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        self.region.as_deref().or(context.region.as_deref())
    }

    /// The scope that is asked for, as IAM wants it.
    fn scope(&self, kind: &str, region: Option<&str>) -> Result<Value> {
        let of_account = || json!({"domain": {"name": self.domain}});
        match (&self.scope, region) {
            (Scope::ProjectName(name), _) => Ok(json!({"project": {"name": name}})),
            (Scope::ProjectId(id), _) => Ok(json!({"project": {"id": id}})),
            (Scope::Domain, _) => Ok(of_account()),
            (Scope::Needed, _) if kind == GLOBAL => Ok(of_account()),
            (Scope::Needed, Some(region)) => Ok(json!({"project": {"name": region}})),
            (Scope::Needed, None) => {
                Err(Error::credentials("a token for services of a region needs the region's project").with_hint(
                    "name the region or the project where the token is configured: `.region(\"cn-north-4\")`, \
                     `.project_name(…)` or `.project_id(…)`",
                ))
            }
        }
    }

    fn request(&self, endpoint: Endpoint, scope: Value) -> Result<Request> {
        let mut request = Request::new(Method::POST, endpoint, "/v3/auth/tokens");
        request.set_header(CONTENT_TYPE, "application/json;charset=utf8")?;
        let user = json!({
            "name": self.user,
            "password": self.password.expose(),
            "domain": {"name": self.domain},
        });
        let identity = json!({"methods": ["password"], "password": {"user": user}});
        request.body = json!({"auth": {"identity": identity, "scope": scope}}).to_string().into();
        Ok(request)
    }

    /// The error with who logged in where; the password is not in it, even if the answer repeats it.
    fn explained(&self, error: Error, place: &str) -> Error {
        let error = match error.to_string().contains(self.password.expose()) {
            true => Error::credentials("refused; the answer repeats the password and is not shown"),
            false => error,
        };
        let hint = match error.service().map(|service| service.status()) {
            Some(401) => Some(
                "check user, password and the name of the account; users of an account log in with the account's name, and \
                 programming access must be allowed to them",
            ),
            Some(400 | 403 | 404) => Some(
                "check the project or the account that the token is for: does it exist, and may the user act for it?",
            ),
            _ => None,
        };
        let error = error.with_context(format!("logging in as `{}` of `{}` at {place}", self.user, self.domain));
        hint.map_or(error.without_source(), |hint| error.without_source().with_hint(hint))
    }
}

fn read(reply: &Reply) -> Result<Credential> {
    if let Some(refusal) = error::parse(reply) {
        return Err(Error::from_service(refusal));
    }
    let token = reply.header("x-subject-token").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| Error::decode("the answer has no header X-Subject-Token"))?;
    let answer: Value = serde_json::from_slice(&reply.body)
        .map_err(|error| Error::decode(format!("the answer is not JSON: {error}")))?;
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let expiry = text("/token/expires_at").and_then(time::parse_rfc3339);
    let expiry = expiry.ok_or_else(|| Error::decode("the answer does not say when the token expires"))?;
    let domains = ["/token/project/domain/id", "/token/domain/id", "/token/user/domain/id"];
    Ok(Credential::new(Material::Bearer(Secret::new(token)))
        .expiring(expiry)
        .from_source("token")
        .with_attribute(PROJECT_ID, text("/token/project/id").unwrap_or_default())
        .with_attribute(DOMAIN_ID, domains.into_iter().find_map(text).unwrap_or_default()))
}

impl CredentialSource for Token {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("token")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(async move {
            self.log_in(context).await.map_err(|error| match error.kind() {
                // Whoever makes a call must not take the refusal of a login for that of the call.
                ErrorKind::Service => SourceError::Failed(failed("token", error)),
                _ => SourceError::Failed(error),
            })
        })
    }
}
