//! Keys of the machine, from the metadata service of the cloud that it runs in.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, StatusCode};
use sanyun_core::credentials::MetadataService;
use sanyun_core::{
    BoxFuture, Context, Credential, CredentialSource, Endpoint, Reply, Request, Retry, Secret, SourceError,
};

use super::known::{Known, known_setters, some};
use super::temporary;
use crate::endpoint;
use crate::sign::set_secret;

const NAME: &str = "metadata";
const PLACE: &str = "http://169.254.169.254";
const PLACE_VARIABLE: &str = "SANYUN_HUAWEI_METADATA_ENDPOINT";

const X_METADATA_TOKEN: HeaderName = HeaderName::from_static("x-metadata-token");
const X_METADATA_TOKEN_TTL: HeaderName = HeaderName::from_static("x-metadata-token-ttl-seconds");
const NO_AGENCY: &str = "Please configure Cloud Service Agency first";

/// How long a token of the service lives, the longest it allows, and the header that says it.
const TOKEN_LIFE: Duration = Duration::from_secs(21_600);
const TOKEN_LIFE_TEXT: HeaderValue = HeaderValue::from_static("21600");
/// How long a service that has no tokens (version 1) is not asked for one again.
const WITHOUT_TOKEN: Duration = Duration::from_secs(24 * 3600);
/// How long before its end a token is fetched again: an answer may take that long.
const TOKEN_AHEAD: Duration = Duration::from_secs(3);

/// Temporary keys of the agency that the machine (ECS, BMS) was given, from the metadata service at
/// `http://169.254.169.254`. A token of the service is fetched first (version 2), unless the service has none (version
/// 1). Whatever goes wrong, there is no credential *here*: a chain goes on.
///
/// `SANYUN_METADATA_DISABLED` (`true` or `1`) switches it off; `SANYUN_HUAWEI_METADATA_ENDPOINT` names another address.
///
/// ```no_run
/// use sanyun_huawei::{Client, credentials::Metadata};
///
/// let client = Client::builder().region("cn-north-4").credentials(Metadata::new()).build()?;
/// # Ok::<(), sanyun_huawei::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Metadata {
    endpoint: Option<String>,
    known: Known,
    service: MetadataService,
    state: Mutex<State>,
}

/// What was learned of the service's tokens.
#[derive(Debug, Default)]
struct State {
    token: Option<Secret>,
    /// When a token was last asked for, whether or not there are any, on the clock that never jumps.
    asked_at: Option<Duration>,
}

impl Metadata {
    /// The service of a machine that surely has one: an answer may take three seconds, each time.
    pub fn new() -> Self {
        Self::default()
    }

    /// The service of a machine that may be elsewhere, for chains: the first answer may take one second, and if none
    /// comes, three minutes pass before the next question.
    pub fn probing() -> Self {
        Self { service: MetadataService::probing(), ..Self::default() }
    }

    /// Another address, for private clouds and tests.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = some(endpoint);
        self
    }

    known_setters!();

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        self.service.check(context)?;
        let named = self.endpoint.clone().or_else(|| context.var(PLACE_VARIABLE));
        let place = endpoint::parse(named.as_deref().unwrap_or(PLACE))?;
        let reply = self.answer(context, &place).await?;
        let keys = temporary::read(NAME, &reply).map_err(|error| SourceError::absent(error.message()))?;
        Ok(self.known.attach(keys))
    }

    async fn answer(&self, context: &Context, place: &Endpoint) -> Result<Reply, SourceError> {
        if self.wants_token(context.clock.elapsed()) {
            self.renew_token(context, place, true).await?;
        }
        let reply = self.key(context, place).await?;
        if reply.status != StatusCode::UNAUTHORIZED || reply.text().contains(NO_AGENCY) {
            return self.accepted(reply);
        }
        self.renew_token(context, place, false).await?;
        self.accepted(self.key(context, place).await?)
    }

    fn wants_token(&self, now: Duration) -> bool {
        let state = self.state();
        let good_for = if state.token.is_some() { TOKEN_LIFE - TOKEN_AHEAD } else { WITHOUT_TOKEN };
        state.asked_at.is_none_or(|asked| now.saturating_sub(asked) > good_for)
    }

    /// Asks for a token. A service of version 1 has none, which is well unless it has just asked for one.
    async fn renew_token(&self, context: &Context, place: &Endpoint, may_have_none: bool) -> Result<(), SourceError> {
        let mut request = Request::new(Method::PUT, place.clone(), "/meta-data/latest/api/token");
        request.headers.insert(X_METADATA_TOKEN_TTL, TOKEN_LIFE_TEXT);
        let reply = self.service.exchange(context, &request, &Retry::none()).await?;
        let token = match reply.status.as_u16() {
            404 | 405 | 503 if may_have_none => None,
            _ => Some(self.accepted(reply)?.text().trim().to_owned()).filter(|token| !token.is_empty()),
        };
        let mut state = self.state();
        (state.token, state.asked_at) = (token.map(Secret::new), Some(context.clock.elapsed()));
        Ok(())
    }

    async fn key(&self, context: &Context, place: &Endpoint) -> Result<Reply, SourceError> {
        let mut request = Request::new(Method::GET, place.clone(), "/openstack/latest/securitykey");
        let token = self.state().token.clone();
        if let Some(token) = token {
            set_secret(&mut request, X_METADATA_TOKEN, &token)
                .map_err(|_| SourceError::absent("the service's token cannot stand in a header"))?;
        }
        self.service.exchange(context, &request, &Retry::none()).await
    }

    /// The reply, unless it is a refusal.
    fn accepted(&self, reply: Reply) -> Result<Reply, SourceError> {
        let status = reply.status.as_u16();
        if status < 400 {
            return Ok(reply);
        }
        let text = match &self.state().token {
            Some(token) => reply.text().replace(token.expose(), "***"),
            None => reply.text().into_owned(),
        };
        let text: String = text.chars().take(200).collect();
        let advice = if text.contains(NO_AGENCY) { " (in the console of ECS)" } else { "" };
        Err(SourceError::absent(format!("the metadata service refused with HTTP {status}: {text}{advice}")))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CredentialSource for Metadata {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
