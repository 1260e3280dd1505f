//! Tokens of Huawei Cloud Meeting, whose users are its own.

use std::borrow::Cow;
use std::time::Duration;

use http::header::AUTHORIZATION;
use sanyun_core::{
    BoxFuture, Context, Credential, CredentialSource, Error, Material, Result, Secret, SourceError, encode, hash, time,
};
use serde_json::{Map, Value};

use super::ask::Question;
use crate::endpoint;

/// Where users of the mainland's sites log in.
const ENDPOINT: &str = "https://api.meeting.huaweicloud.com";
/// How long a token is used.
const LIFE: Duration = Duration::from_secs(12 * 3600);
/// How long the signature of an application is good, in seconds.
const SIGNATURE_SECONDS: i64 = 600;
/// What calls itself so is a program that uses the interface.
const CLIENT_TYPE: u8 = 72;

/// Logs in to Huawei Cloud Meeting and gives a token, which calls of the service `meeting` send as `X-Access-Token`
/// instead of a signature. The client keeps it for twelve hours and then gets another.
///
/// ```
/// use sanyun_huawei::credentials::Meeting;
/// use sanyun_huawei::{Client, Secret};
///
/// # fn main() -> sanyun_huawei::Result<()> {
/// let key = Secret::new("from a safe place, never from the source text");
/// let app = Meeting::app("application-id", key).user("alice");
/// let client = Client::builder().region("cn-north-4").credentials(app).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a source does nothing until a client has it"]
pub struct Meeting {
    login: Login,
    endpoint: Option<String>,
}

#[derive(Clone, Debug)]
enum Login {
    Password { user: String, password: Secret },
    App(App),
}

/// An application, and for whom it logs in.
#[derive(Clone, Debug)]
struct App {
    id: String,
    key: Secret,
    user: String,
    corporation: Option<String>,
    department: Option<String>,
}

impl Meeting {
    /// Logs in with the account and the password of a user of the service.
    pub fn password(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self { login: Login::Password { user: user.into(), password: password.into() }, endpoint: None }
    }

    /// Logs in as an application, by its id and key; for its administrator unless a [`user`](Self::user) is named.
    pub fn app(id: impl Into<String>, key: impl Into<Secret>) -> Self {
        let app = App { id: id.into(), key: key.into(), user: String::new(), corporation: None, department: None };
        Self { login: Login::App(app), endpoint: None }
    }

    /// The user for whom the application logs in; nothing for a login with a password.
    pub fn user(mut self, id: impl Into<String>) -> Self {
        if let Login::App(app) = &mut self.login {
            app.user = id.into();
        }
        self
    }

    /// The corporation of the user, for an application of several corporations.
    pub fn corporation(mut self, id: impl Into<String>) -> Self {
        if let Login::App(app) = &mut self.login {
            app.corporation = Some(id.into());
        }
        self
    }

    /// The department in which a user is made who does not exist yet.
    pub fn department(mut self, code: impl Into<String>) -> Self {
        if let Login::App(app) = &mut self.login {
            app.department = Some(code.into());
        }
        self
    }

    /// Where the user logs in; `https://api.meeting.huaweicloud.com` if unset.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    async fn log_in(&self, context: &Context) -> Result<Credential> {
        let endpoint = endpoint::parse(self.endpoint.as_deref().unwrap_or(ENDPOINT))?;
        let Prepared { path, authorization, mut body, secret } = self.login.prepare(context)?;
        body.insert("clientType".to_owned(), CLIENT_TYPE.into());
        let question = Question::post(context, "meeting", endpoint, path, &Value::Object(body)).hiding(secret);
        let reply = question.secret_header(AUTHORIZATION, &Secret::new(authorization))?.ask().await?;
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let token = answer.get("accessToken").and_then(Value::as_str).filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| Error::credentials("meeting: the answer has no access token"))?;
        let credential = Credential::new(Material::Bearer(Secret::new(token)));
        Ok(credential.expiring(context.clock.now() + LIFE).from_source("meeting"))
    }
}

/// What differs between the two ways to log in.
struct Prepared<'a> {
    path: &'static str,
    authorization: String,
    body: Map<String, Value>,
    secret: &'a Secret,
}

impl Login {
    fn prepare(&self, context: &Context) -> Result<Prepared<'_>> {
        match self {
            Self::Password { user, password } if user.is_empty() || password.is_empty() => {
                Err(Error::credentials("meeting: user and password must not be empty"))
            }
            Self::App(App { id, key, .. }) if id.is_empty() || key.is_empty() => {
                Err(Error::credentials("meeting: id and key of the application must not be empty"))
            }
            Self::Password { user, password } => Ok(Prepared {
                path: "/v1/usg/acs/auth/account",
                authorization: format!("Basic {}", encode::base64(format!("{user}:{}", password.expose()).as_bytes())),
                body: Map::from_iter([("account".to_owned(), user.clone().into())]),
                secret: password,
            }),
            Self::App(app) => {
                let expiry = time::unix_seconds(context.clock.now()) + SIGNATURE_SECONDS;
                Ok(app.prepare(expiry, &context.chance.uuid()))
            }
        }
    }
}

impl App {
    fn prepare(&self, expiry: i64, nonce: &str) -> Prepared<'_> {
        let text = |text: &str| Some(Value::from(text));
        let members = [
            ("appId", text(&self.id)),
            ("userId", text(&self.user)),
            ("corpId", self.corporation.as_deref().and_then(text)),
            ("expireTime", Some(expiry.into())),
            ("nonce", text(nonce)),
            ("deptCode", self.department.as_deref().and_then(text)),
        ];
        let (signature, access) = (self.signature(expiry, nonce), encode::base64(self.id.as_bytes()));
        Prepared {
            path: "/v2/usg/acs/auth/appauth",
            authorization: format!("HMAC-SHA256 signature={signature},access={access}"),
            body: members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect(),
            secret: &self.key,
        }
    }

    /// Over id, corporation, user, expiry and nonce, joined by colons.
    fn signature(&self, expiry: i64, nonce: &str) -> String {
        let expiry = expiry.to_string();
        let corporation = self.corporation.as_deref();
        let signed = [&[&*self.id], corporation.as_slice(), &[&self.user, &expiry, nonce]].concat().join(":");
        encode::hex(&hash::hmac_sha256(self.key.expose().as_bytes(), signed.as_bytes())).to_ascii_uppercase()
    }
}

impl CredentialSource for Meeting {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("meeting")
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(async move { self.log_in(context).await.map_err(SourceError::Failed) })
    }
}
