//! Temporary keys of somebody who logged in with the vendor's command line in a browser, and the renewal of that login.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use sanyun_core::{
    Body, BoxFuture, Context, Credential, CredentialSource, Endpoint, Error, Keys, Material, Request, Result, Scheme,
    Secret, SourceError, time,
};
use serde_json::{Map, Value};

use super::ask::exchange;
use super::cli_profile::{Place, Profile};
use super::cloud_sso::bearer;
use super::temporary::{self, NAMES, wrong};
use super::{PROVIDER, some};
use crate::shape::push_query;

const NAME: &str = "oauth";
/// What is left of an access token's life when it is renewed.
const AHEAD: Duration = Duration::from_secs(1200);
/// How long an access token lives that does not say it.
const USUAL_LIFE: i64 = 3600;

/// The login of a profile. The file is read at every fetch: somebody else may have renewed it.
pub(super) struct OAuth {
    place: Place,
}

/// What the profile knows.
#[derive(Clone, PartialEq)]
struct Login {
    profile: String,
    host: &'static str,
    client: &'static str,
    access: Option<Secret>,
    access_end: Option<SystemTime>,
    refresh: Option<Secret>,
}

/// The host of a site, and the id by which the command line is known there.
fn site(profile: Profile<'_>) -> Result<(&'static str, &'static str)> {
    match profile.get("oauth_site_type").unwrap_or("CN").to_ascii_uppercase().as_str() {
        "CN" => Ok(("oauth.aliyun.com", "4038181954557748008")),
        "INTL" => Ok(("oauth.alibabacloud.com", "4103531455503354461")),
        _ => Err(profile.wrong("has an `oauth_site_type` that is neither `CN` nor `INTL`")),
    }
}

impl Login {
    fn of(profile: Profile<'_>) -> Result<Self> {
        let (host, client) = site(profile)?;
        let secret = |member: &str| profile.get(member).map(Secret::new);
        Ok(Self {
            profile: profile.name().to_owned(),
            host,
            client,
            access: secret("oauth_access_token"),
            access_end: profile.moment("oauth_access_token_expire"),
            refresh: secret("oauth_refresh_token"),
        })
    }

    /// The tokens, renewed if the access token nears its end.
    async fn renewed(&self, context: &Context) -> Result<Self> {
        let lasts = self.access.is_some() && self.access_end.is_some_and(|end| end > context.clock.now() + AHEAD);
        let Some(refresh) = self.refresh.as_ref().filter(|_| !lasts) else { return Ok(self.clone()) };
        let mut form = String::new();
        for (name, value) in [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose()),
            ("client_id", self.client),
            ("Timestamp", &time::iso_extended(context.clock.now())),
        ] {
            push_query(&mut form, name, value);
        }
        let mut request = self.request("/v1/token");
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = Body::from(form);
        let answer = self.ask(context, request).await?;
        let token = |name: &str| answer.get(name).and_then(Value::as_str).and_then(some).map(Secret::new);
        let (access, refresh) = (token("access_token"), token("refresh_token"));
        let (Some(access), Some(refresh)) = (access, refresh) else {
            return Err(wrong(NAME, "has no access_token or no refresh_token"));
        };
        let life = answer.get("expires_in").and_then(Value::as_i64).unwrap_or(USUAL_LIFE);
        let end = context.clock.now() + Duration::from_secs(u64::try_from(life).unwrap_or_default());
        Ok(Self { access: Some(access), access_end: Some(end), refresh: Some(refresh), ..self.clone() })
    }

    /// Keys for the access token.
    async fn keys(&self, context: &Context) -> Result<Credential> {
        let token = self.access.as_ref().ok_or_else(|| self.over("was never finished"))?;
        let mut request = self.request("/v1/exchange");
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers.insert(AUTHORIZATION, bearer(NAME, token)?);
        let answer = self.ask(context, request).await?;
        temporary::read(NAME, NAMES, &with_usual_names(&answer))
    }

    fn request(&self, path: &str) -> Request {
        Request::new(Method::POST, Endpoint::new(Scheme::Https, self.host), path)
    }

    /// Nothing of an answer is shown: it may hold keys.
    async fn ask(&self, context: &Context, request: Request) -> Result<Map<String, Value>> {
        let reply = exchange(context, NAME, &request).await?;
        let content: Option<Map<String, Value>> = serde_json::from_str(&reply.text()).ok();
        match (reply.status.as_u16(), content) {
            (200, Some(content)) if !content.contains_key("error") => Ok(content),
            (200, None) => Err(wrong(NAME, "is no JSON object")),
            (status @ (200 | 400..=499), _) => Err(self.over(&format!("is not accepted (HTTP {status})"))),
            (status, _) => Err(wrong(NAME, &format!("is HTTP {status}")).with_retryable(true)),
        }
    }

    fn over(&self, why: &str) -> Error {
        let advice = format!("log in again: `aliyun configure --profile {} --mode OAuth`", self.profile);
        Error::credentials(format!("{NAME}: the login of profile {} {why}", self.profile)).with_hint(advice)
    }
}

/// The service may write the names of members in another case.
fn with_usual_names(answer: &Map<String, Value>) -> Value {
    let usual = |name: &str| NAMES.into_iter().chain(["Expiration"]).find(|usual| usual.eq_ignore_ascii_case(name));
    let members = answer.iter().map(|(name, value)| (usual(name).unwrap_or(name).to_owned(), value.clone()));
    Value::Object(members.collect())
}

impl OAuth {
    pub(super) fn new(place: Place) -> Self {
        Self { place }
    }

    async fn fetch(&self, context: &Context) -> Result<Credential> {
        let (login, stored) = self.read(context)?;
        if let Some(keys) = stored {
            return Ok(keys);
        }
        let failed = match self.renew(context, &login).await {
            Ok(keys) => return Ok(keys),
            Err(error) => error,
        };
        // Another program may have been faster, and a token for renewal may be good for one use.
        match self.read(context) {
            Ok((_, Some(keys))) => Ok(keys),
            Ok((other, None)) if other != login => self.renew(context, &other).await,
            _ => Err(failed),
        }
    }

    /// The login, and the keys that it has got already, if they are still valid.
    fn read(&self, context: &Context) -> Result<(Login, Option<Credential>)> {
        self.place.read(context, |profile| Ok((Login::of(profile)?, stored(context, profile))))?
    }

    async fn renew(&self, context: &Context, login: &Login) -> Result<Credential> {
        let renewed = login.renewed(context).await?;
        if renewed != *login {
            // At once: if the next step fails, the old token for renewal may be worth nothing any more.
            let kept = self.place.write(context, NAME, tokens(&renewed));
            if renewed.refresh != login.refresh {
                kept.map_err(|error| {
                    error.with_hint("the login was renewed and is lost: log in again, with a writable file")
                })?;
            }
        }
        let keys = renewed.keys(context).await?.with_attribute(PROVIDER, NAME);
        // The keys are good even where the file cannot be written.
        let _ = self.place.write(context, NAME, members(&keys)?);
        Ok(keys)
    }
}

/// Keys of an earlier exchange. They are used to their end, as the command line does.
fn stored(context: &Context, profile: Profile<'_>) -> Option<Credential> {
    let text = |member: &str| profile.get(member).map(str::to_owned);
    let end = profile.moment("sts_expiration").filter(|end| *end > context.clock.now())?;
    let keys = Keys::new(text("access_key_id")?, text("access_key_secret")?, Some(text("sts_token")?));
    super::check(&keys, NAME).ok()?;
    let credential = Credential::new(Material::Keys(keys)).expiring(end).refreshing(Duration::ZERO);
    Some(credential.with_attribute(PROVIDER, NAME))
}

fn tokens(login: &Login) -> Vec<(&'static str, Value)> {
    let text = |token: &Option<Secret>| token.as_ref().map_or("", Secret::expose).into();
    vec![
        ("oauth_access_token", text(&login.access)),
        ("oauth_refresh_token", text(&login.refresh)),
        ("oauth_access_token_expire", login.access_end.map_or(0, time::unix_seconds).into()),
    ]
}

fn members(credential: &Credential) -> Result<Vec<(&'static str, Value)>> {
    let keys = credential.signing_keys()?;
    Ok(vec![
        ("access_key_id", keys.id.as_str().into()),
        ("access_key_secret", keys.secret.expose().into()),
        ("sts_token", keys.token.as_ref().map_or("", Secret::expose).into()),
        ("sts_expiration", credential.expires_at().map_or(0, time::unix_seconds).into()),
    ])
}

impl CredentialSource for OAuth {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(NAME)
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(async { Ok(self.fetch(context).await?) })
    }
}

#[cfg(test)]
mod tests;
