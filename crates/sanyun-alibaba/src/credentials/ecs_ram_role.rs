//! Keys of the machine, from the metadata service of the cloud that it runs in.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use sanyun_core::credentials::MetadataService;
use sanyun_core::{
    BoxFuture, Context, Credential, CredentialSource, Endpoint, Env, Reply, Request, Retry, Scheme, Secret,
    SourceError, encode,
};

use super::{PROVIDER, flag, some, temporary};

const NAME: &str = "ecs_ram_role";
/// The metadata service, an address of the cloud's own network.
const HOST: &str = "100.100.100.200";
const TOKEN: &str = "/latest/api/token";
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token");
const TOKEN_LIFE_HEADER: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token-ttl-seconds");
/// The longest life that a token may have, in seconds.
const TOKEN_SECONDS: u32 = 21_600;
/// How long before its end a token is no longer used.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);

/// Names the role where the code does not. That it is set, even empty, tells the older chain to ask the service.
pub(super) const ROLE_VARIABLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED_VARIABLE: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const HARDENED_VARIABLE: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";
const PLACE_VARIABLE: &str = "SANYUN_ALIBABA_METADATA_ENDPOINT";
/// How often the service is asked, once it is known that there is one.
const ATTEMPTS: u32 = 2;

/// Temporary keys of the role that the machine (ECS) was given, from the metadata service at `http://100.100.100.200`,
/// which is never asked through a proxy. Whatever goes wrong, there is no credential *here*: a chain goes on.
///
/// The service is asked with a token (version 2), which is kept for its life, and where it takes none, without (version
/// 1); with [`hardened`](Self::hardened), or `ALIBABA_CLOUD_IMDSV1_DISABLED` (`true`), only with one. `SANYUN_METADATA_DISABLED`
/// (`true` or `1`) or `ALIBABA_CLOUD_ECS_METADATA_DISABLED` (`true`) switch it off; `SANYUN_ALIBABA_METADATA_ENDPOINT`
/// names another address.
///
/// ```no_run
/// use sanyun_alibaba::{Client, credentials::EcsRamRole};
///
/// let client = Client::builder().region("cn-hangzhou").credentials(EcsRamRole::new()).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct EcsRamRole {
    role: Option<String>,
    endpoint: Option<String>,
    is_hardened: bool,
    service: MetadataService,
    state: Mutex<State>,
}

/// What the service has said.
#[derive(Debug, Default)]
struct State {
    /// With the moment until which it is used, on the clock that never jumps.
    token: Option<(Secret, Duration)>,
    role: Option<String>,
}

impl EcsRamRole {
    /// The service of a machine that surely has one: an attempt may take three seconds, and there are two.
    pub fn new() -> Self {
        Self::default()
    }

    /// The service of a machine that may be elsewhere, for chains: the first answer may take one second, and if none
    /// comes, three minutes pass before the next question.
    pub fn probing() -> Self {
        Self { service: MetadataService::probing(), ..Self::default() }
    }

    /// The role, by its name. Else the variable `ALIBABA_CLOUD_ECS_METADATA` says it, else the service is asked for it,
    /// once.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = some(name);
        self
    }

    /// Whether the service must give a token: then it is never asked without one.
    #[must_use]
    pub fn hardened(mut self, hardened: bool) -> Self {
        self.is_hardened = hardened;
        self
    }

    /// Another address, for tests. A host name given here is reached as the client reaches any host, which may be through
    /// a proxy.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = some(endpoint);
        self
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        if flag(context, DISABLED_VARIABLE) {
            return Err(SourceError::absent(format!("switched off by {DISABLED_VARIABLE}")));
        }
        self.service.check(context)?;
        let named = self.endpoint.clone().or_else(|| context.var(PLACE_VARIABLE));
        let place = Endpoint::parse(named.as_deref().unwrap_or(HOST), Scheme::Http)?;
        let role = self.role_name(context, &place).await?;
        let answered = self.keys(context, &place, &role).await;
        if answered.is_err() {
            // The machine may have been given another one.
            self.state().role = None;
        }
        answered
    }

    async fn role_name(&self, context: &Context, place: &Endpoint) -> Result<String, SourceError> {
        let known = self.role.clone().or_else(|| context.var(ROLE_VARIABLE)).or_else(|| self.state().role.clone());
        if let Some(role) = known {
            return Ok(role);
        }
        let text = self.get(context, place, "").await?.text().into_owned();
        let role = text.trim();
        if role.is_empty() || role.contains(|c: char| c.is_whitespace() || c == '<') {
            return Err(SourceError::absent("the metadata service gave no name of a role"));
        }
        self.state().role = Some(role.to_owned());
        Ok(role.to_owned())
    }

    async fn keys(&self, context: &Context, place: &Endpoint, role: &str) -> Result<Credential, SourceError> {
        let reply = self.get(context, place, &encode::percent(role)).await?;
        let content = temporary::object(NAME, &reply);
        let read = content.and_then(|content| temporary::of_machine(NAME, &content));
        let credential =
            read.map_err(|error| SourceError::absent(error.message().trim_start_matches("ecs_ram_role: ")))?;
        Ok(credential.with_attribute(PROVIDER, NAME))
    }

    /// Reads below the place of the roles, with a token; if the service does not want that one, once more: with a new one
    /// if it was an old one, else without.
    async fn get(&self, context: &Context, place: &Endpoint, role: &str) -> Result<Reply, SourceError> {
        let mut request = Request::new(Method::GET, place.clone(), format!("{ROLES}{role}"));
        if let Some(token) = self.kept_token(context) {
            let reply = self.exchange(context, with_token(&request, &token)?).await?;
            if reply.status.is_success() {
                return Ok(reply);
            }
            self.state().token = None;
        }
        if let Some(token) = self.new_token(context, place).await? {
            let reply = self.exchange(context, with_token(&request, &token)?).await?;
            if reply.status.is_success() || self.is_hardened(context) {
                return checked(reply);
            }
        }
        request.headers.remove(TOKEN_HEADER);
        checked(self.exchange(context, request).await?)
    }

    fn kept_token(&self, context: &Context) -> Option<Secret> {
        let state = self.state();
        let (token, until) = state.token.as_ref()?;
        (context.clock.elapsed() < *until).then(|| token.clone())
    }

    /// A new token; `None` if the service gives none and may be asked without.
    async fn new_token(&self, context: &Context, place: &Endpoint) -> Result<Option<Secret>, SourceError> {
        let mut request = Request::new(Method::PUT, place.clone(), TOKEN);
        request.headers.insert(TOKEN_LIFE_HEADER, HeaderValue::from(TOKEN_SECONDS));
        let until = context.clock.elapsed() + Duration::from_secs(TOKEN_SECONDS.into()) - TOKEN_MARGIN;
        let answered = self.exchange(context, request).await.and_then(token);
        match answered {
            Ok(token) => {
                self.state().token = Some((token.clone(), until));
                Ok(Some(token))
            }
            // A probe that found nobody is not repeated without a token.
            Err(reason) if self.is_hardened(context) || self.service.check(context).is_err() => Err(reason),
            Err(_) => Ok(None),
        }
    }

    async fn exchange(&self, context: &Context, request: Request) -> Result<Reply, SourceError> {
        self.service.exchange(context, &request, &Retry::standard().attempts(ATTEMPTS)).await
    }

    fn is_hardened(&self, context: &Context) -> bool {
        self.is_hardened || flag(context, HARDENED_VARIABLE)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn token(reply: Reply) -> Result<Secret, SourceError> {
    let text = reply.text();
    match reply.status.as_u16() {
        200..=299 if !text.trim().is_empty() => Ok(Secret::new(text.trim())),
        200..=299 => Err(SourceError::absent("the metadata service gave an empty token")),
        status => Err(SourceError::absent(format!("the metadata service gave no token (HTTP {status})"))),
    }
}

fn with_token(request: &Request, token: &Secret) -> Result<Request, SourceError> {
    let mut request = request.clone();
    let mut value = HeaderValue::try_from(token.expose())
        .map_err(|_| SourceError::absent("the metadata service gave a token that cannot be sent"))?;
    value.set_sensitive(true);
    request.headers.insert(TOKEN_HEADER, value);
    Ok(request)
}

fn checked(reply: Reply) -> Result<Reply, SourceError> {
    match reply.status.as_u16() {
        200..=299 => Ok(reply),
        404 => Err(SourceError::absent("no role is bound to this machine; bind one in the console of ECS")),
        status => Err(SourceError::absent(format!("the metadata service refused with HTTP {status}"))),
    }
}

/// The host of the metadata service, where the environment does not name another: to be reached directly, whatever proxy
/// a client has. For other crates whose clients ask these sources.
pub fn metadata_host(env: &dyn Env) -> String {
    let named = env.get(PLACE_VARIABLE).and_then(|text| Endpoint::parse(&text, Scheme::Http).ok());
    named.map_or_else(|| HOST.to_owned(), |place| place.host().to_owned())
}

impl CredentialSource for EcsRamRole {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
