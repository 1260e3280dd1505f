//! Keys of the machine, from the metadata service of the cloud that it runs in.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use sanyun_core::credentials::MetadataService;
use sanyun_core::{
    BoxFuture, Context, Credential, CredentialSource, Endpoint, Env, Reply, Request, Retry, Scheme, SourceError, encode,
};
use serde_json::Value;

use super::ask::some;
use super::temporary;

const NAME: &str = "cvm role";
/// The metadata service; the name is known inside Tencent Cloud only.
const HOST: &str = "metadata.tencentyun.com";
const ROLES: &str = "/latest/meta-data/cam/security-credentials/";
const PLACE_VARIABLE: &str = "SANYUN_TENCENT_METADATA_ENDPOINT";

/// How long before their expiry keys are fetched again.
const AHEAD: Duration = Duration::from_secs(300);
/// How often the service is asked, once it is known that there is one.
const ATTEMPTS: u32 = 2;

/// Temporary keys of the role that the machine (CVM) was given, from the metadata service at
/// `http://metadata.tencentyun.com`, which is never asked through a proxy. Whatever goes wrong, there is no credential
/// *here*: a chain goes on.
///
/// `SANYUN_METADATA_DISABLED` (`true` or `1`) switches it off; `SANYUN_TENCENT_METADATA_ENDPOINT` names another address.
///
/// ```no_run
/// use sanyun_tencent::{Client, credentials::CvmRole};
///
/// let client = Client::builder().region("ap-guangzhou").credentials(CvmRole::new()).build()?;
/// # Ok::<(), sanyun_tencent::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct CvmRole {
    role: Option<String>,
    endpoint: Option<String>,
    service: MetadataService,
    /// The name of the role as the service gave it.
    found_role: Mutex<Option<String>>,
}

impl CvmRole {
    /// The service of a machine that surely has one: an attempt may take three seconds, and there are two.
    pub fn new() -> Self {
        Self::default()
    }

    /// The service of a machine that may be elsewhere, for chains: the first answer may take one second, and if none
    /// comes, three minutes pass before the next question.
    pub fn probing() -> Self {
        Self { service: MetadataService::probing(), ..Self::default() }
    }

    /// The role, by its name. If unset, the service is asked for it, once.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = some(name);
        self
    }

    /// Another address, for tests. A host name given here is reached as the client reaches any host, which may be through a
    /// proxy.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = some(endpoint);
        self
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        self.service.check(context)?;
        let named = self.endpoint.clone().or_else(|| context.var(PLACE_VARIABLE));
        let place = Endpoint::parse(named.as_deref().unwrap_or(HOST), Scheme::Http)?;
        let role = self.role_name(context, &place).await?;
        let answered = self.keys(context, &place, &role).await;
        if answered.is_err() {
            // The machine may have been given another one.
            *self.found_role() = None;
        }
        answered
    }

    async fn role_name(&self, context: &Context, place: &Endpoint) -> Result<String, SourceError> {
        let known = self.role.clone().or_else(|| self.found_role().clone());
        if let Some(role) = known {
            return Ok(role);
        }
        let reply = self.get(context, place, "").await?;
        let text = reply.text();
        let role = text.trim();
        if role.is_empty() || role.contains(|c: char| c.is_whitespace() || c == '<') {
            return Err(SourceError::absent("the metadata service gave no name of a role"));
        }
        *self.found_role() = Some(role.to_owned());
        Ok(role.to_owned())
    }

    async fn keys(&self, context: &Context, place: &Endpoint, role: &str) -> Result<Credential, SourceError> {
        let reply = self.get(context, place, &encode::percent(role)).await?;
        let content: Value = serde_json::from_str(&reply.text())
            .map_err(|_| SourceError::absent("the metadata service's answer is not JSON"))?;
        match content.get("Code").and_then(Value::as_str) {
            Some("Success") => temporary::of_metadata(NAME, &content, AHEAD)
                .map_err(|error| SourceError::absent(error.message().trim_start_matches("cvm role: "))),
            _ => Err(SourceError::absent("the metadata service has no keys of this role (`Code` is not `Success`)")),
        }
    }

    async fn get(&self, context: &Context, place: &Endpoint, role: &str) -> Result<Reply, SourceError> {
        let request = Request::new(Method::GET, place.clone(), format!("{ROLES}{role}"));
        let retry = Retry::standard().attempts(ATTEMPTS);
        let reply = self.service.exchange(context, &request, &retry).await?;
        match reply.status.as_u16() {
            200..=299 => Ok(reply),
            404 => Err(SourceError::absent("no role is bound to this machine; bind one in the console of CVM")),
            status => Err(SourceError::absent(format!("the metadata service refused with HTTP {status}"))),
        }
    }

    fn found_role(&self) -> MutexGuard<'_, Option<String>> {
        self.found_role.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The host of the service, where the environment does not name another: to be reached directly.
pub(crate) fn metadata_host(env: &dyn Env) -> String {
    let named = env.get(PLACE_VARIABLE).and_then(|text| Endpoint::parse(&text, Scheme::Http).ok());
    named.map_or_else(|| HOST.to_owned(), |place| place.host().to_owned())
}

impl CredentialSource for CvmRole {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}
