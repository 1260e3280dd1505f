//! Temporary keys of somebody who is logged in through CloudSSO.

use std::borrow::Cow;
use std::time::SystemTime;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use sanyun_core::{
    Body, BoxFuture, Context, Credential, CredentialSource, Endpoint, Error, Request, Result, Scheme, Secret,
    SourceError, header_value,
};
use serde_json::{Value, json};

use super::PROVIDER;
use super::ask::exchange;
use super::cli_profile::Profile;
use super::temporary::{self, NAMES, wrong};

const NAME: &str = "cloud_sso";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Temporary keys that CloudSSO gives to somebody who is logged in, for an account and an access configuration. The login
/// cannot be renewed here; when it has expired the error's hint says what to do.
///
/// ```
/// use sanyun_alibaba::{Client, credentials::CloudSso};
///
/// let token = std::env::var("CLOUD_SSO_TOKEN").unwrap_or_default();
/// let source = CloudSso::new("https://signin-cn-shanghai.alibabacloudsso.com/start/login", "1234567890", "ac-1", token);
/// let client = Client::builder().region("cn-hangzhou").credentials(source).build()?;
/// # Ok::<(), sanyun_alibaba::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CloudSso {
    sign_in_url: String,
    account_id: String,
    access_configuration: String,
    token: Secret,
    expiry: Option<SystemTime>,
    advice: String,
}

impl CloudSso {
    /// The URL of the login, the account, the access configuration and the login's token.
    pub fn new(
        sign_in_url: impl Into<String>,
        account_id: impl Into<String>,
        access_configuration: impl Into<String>,
        token: impl Into<Secret>,
    ) -> Self {
        Self {
            sign_in_url: sign_in_url.into(),
            account_id: account_id.into(),
            access_configuration: access_configuration.into(),
            token: token.into(),
            expiry: None,
            advice: "log in again".to_owned(),
        }
    }

    /// When the login expires: after that nothing is asked.
    #[must_use]
    pub fn token_expiring(mut self, at: SystemTime) -> Self {
        self.expiry = Some(at);
        self
    }

    /// The login of a profile.
    pub(super) fn of(profile: Profile<'_>) -> Result<Self> {
        let text = |member: &str| profile.wanted(member);
        let advice = format!("log in again: `aliyun configure --profile {} --mode CloudSSO`", profile.name());
        let token = text("access_token").map_err(|error| error.with_hint(advice.clone()))?;
        let [url, account] = [text("cloud_sso_sign_in_url")?, text("cloud_sso_account_id")?];
        let source = Self::new(url, account, text("cloud_sso_access_config")?, token);
        // A login without an end has never been finished.
        let end = profile.moment("cloud_sso_access_token_expire").unwrap_or(SystemTime::UNIX_EPOCH);
        Ok(Self { advice, ..source.token_expiring(end) })
    }

    async fn fetch(&self, context: &Context) -> Result<Credential, SourceError> {
        if self.expiry.is_some_and(|end| context.clock.now() >= end) {
            return Err(self.over("has expired").into());
        }
        let reply = exchange(context, NAME, &self.request()?).await?;
        // Nothing of an answer is shown: it may hold keys.
        match reply.status.as_u16() {
            200 => {}
            status @ (401 | 403) => return Err(self.over(&format!("is not accepted (HTTP {status})")).into()),
            status => return Err(wrong(NAME, &format!("is HTTP {status}")).with_retryable(status >= 500).into()),
        }
        let content = temporary::object(NAME, &reply)?;
        let keys = content.get("CloudCredential").unwrap_or(&Value::Null);
        Ok(temporary::read(NAME, NAMES, keys)?.with_attribute(PROVIDER, NAME))
    }

    fn request(&self) -> Result<Request> {
        let place = self.sign_in_url.split_once("://").and_then(|(scheme, rest)| {
            let authority = rest.split(['/', '?', '#']).next()?;
            Endpoint::parse(&format!("{scheme}://{authority}"), Scheme::Https).ok()
        });
        let place = place.ok_or_else(|| Error::config(format!("{NAME}: the URL of the login cannot be used")))?;
        let mut request = Request::new(Method::POST, place, "/cloud-credentials");
        request.headers.insert(ACCEPT, JSON);
        request.headers.insert(CONTENT_TYPE, JSON);
        request.headers.insert(AUTHORIZATION, bearer(NAME, &self.token)?);
        let body = json!({"AccountId": self.account_id, "AccessConfigurationId": self.access_configuration});
        request.body = Body::json(&body);
        Ok(request)
    }

    fn over(&self, why: &str) -> Error {
        Error::credentials(format!("{NAME}: the login {why}")).with_hint(self.advice.clone())
    }
}

/// The header of a token.
pub(super) fn bearer(source: &str, token: &Secret) -> Result<HeaderValue> {
    let value = header_value(&AUTHORIZATION, &format!("Bearer {}", token.expose()));
    // The error would show the value.
    let mut value = value
        .map_err(|_| Error::credentials(format!("{source}: the login's token has a character that cannot be sent")))?;
    value.set_sensitive(true);
    Ok(value)
}

impl CredentialSource for CloudSso {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.fetch(context))
    }
}

#[cfg(test)]
mod tests;
