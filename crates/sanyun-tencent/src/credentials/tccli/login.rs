//! Keys of somebody who logged in with `tccli`, and their renewal while the login lasts.

use std::path::Path;
use std::time::{Duration, SystemTime};

use sanyun_core::{Context, Credential, Endpoint, Error, Result, Scheme, Secret};
use serde_json::{Map, Value, json};

use super::super::ask::Question;
use super::super::temporary::{self, moment};
use super::{NAME, text};

/// The vendor's service behind its command line's logins.
const HELPER: &str = "cli.cloud.tencent.com";
/// Less than this is not worth beginning with: keys are renewed, and a login counts as expired.
const AHEAD: Duration = Duration::from_secs(300);
/// How long renewed keys of an SSO login live at most.
const LIFE: Duration = Duration::from_secs(7200);

#[derive(Clone, Copy)]
enum Kind {
    OAuth,
    Sso,
}

/// The profile of a login.
pub(super) struct Login<'a> {
    kind: Kind,
    context: &'a Context,
    profile: &'a str,
    path: &'a Path,
    file: &'a Map<String, Value>,
}

impl<'a> Login<'a> {
    /// A login in the browser, `tccli auth login`.
    pub(super) fn oauth(context: &'a Context, profile: &'a str, path: &'a Path, file: &'a Map<String, Value>) -> Self {
        Self { kind: Kind::OAuth, context, profile, path, file }
    }

    /// A login through a company's identity provider, `tccli sso login`.
    pub(super) fn sso(context: &'a Context, profile: &'a str, path: &'a Path, file: &'a Map<String, Value>) -> Self {
        Self { kind: Kind::Sso, context, profile, path, file }
    }

    /// The keys in the file, or newer ones when those near their end.
    pub(super) async fn fetch(&self) -> Result<Credential> {
        let stored = self.stored().map(|keys| keys.refreshing(AHEAD));
        if let Some(keys) = stored.as_ref().filter(|keys| self.lasts(keys.expires_at(), AHEAD)) {
            return Ok(keys.clone());
        }
        let renewed = match self.kind {
            Kind::OAuth => self.renew_oauth().await,
            Kind::Sso => self.renew_sso().await,
        };
        // A failed renewal is no failure while the old keys hold.
        match (renewed, stored.filter(|keys| self.lasts(keys.expires_at(), Duration::ZERO))) {
            (Ok(renewed), _) => Ok(renewed.refreshing(AHEAD)),
            (Err(_), Some(stored)) => Ok(stored),
            (Err(error), None) => Err(error),
        }
    }

    fn stored(&self) -> Option<Credential> {
        let file = Value::Object(self.file.clone());
        temporary::read(NAME, ["secretId", "secretKey", "token"], &file, moment(self.file.get("expiresAt"))).ok()
    }

    fn lasts(&self, end: Option<SystemTime>, beyond: Duration) -> bool {
        end.is_some_and(|end| self.left(end) > beyond)
    }

    fn left(&self, end: SystemTime) -> Duration {
        end.duration_since(self.context.clock.now()).unwrap_or_default()
    }

    async fn renew_oauth(&self) -> Result<Credential> {
        let login = self.object("oauth")?;
        let (access, site) = (text(login, "accessToken"), self.wanted(login, "site")?);
        let access = match access.filter(|_| self.lasts(moment(login.get("expiresAt")), AHEAD)) {
            Some(access) => Secret::new(access),
            None => self.renew_access(login, site).await?,
        };
        let body = json!({"AccessToken": access.expose(), "Site": site});
        let answer = self.ask("/get_temp_cred", body, &[&access]).await?;
        temporary::read(NAME, ["SecretId", "SecretKey", "Token"], &answer, moment(answer.get("ExpiresAt")))
    }

    async fn renew_access(&self, login: &Map<String, Value>, site: &str) -> Result<Secret> {
        let refresh = Secret::new(self.wanted(login, "refreshToken")?);
        let body = json!({"RefreshToken": refresh.expose(), "OpenId": self.wanted(login, "openId")?, "Site": site});
        let answer = self.ask("/refresh_user_token", body, &[&refresh]).await?;
        self.part(&answer, "AccessToken").map(Secret::new)
    }

    async fn renew_sso(&self) -> Result<Credential> {
        let login = self.object("sso")?;
        let left = moment(login.get("expiresAt")).map(|end| self.left(end)).unwrap_or_default();
        if left <= AHEAD {
            return Err(self.over("has expired"));
        }
        let [site, uin] = [self.wanted(login, "site")?, self.wanted(login, "uin")?];
        let token = Secret::new(self.wanted(login, "token")?);
        let question = json!({
            "Site": site,
            "LoginToken": token.expose(),
            "LoginType": "RoleSAML",
            "TargetUin": uin,
            "UserId": "",
            "RoleConfigurationId": self.wanted(login, "roleConfigurationId")?,
        });
        let answer = self.ask("/api/org/gen_saml_response", question, &[&token]).await?;
        let assertion = Secret::new(self.part(&answer, "SAMLResponse")?);
        let (role, zone) = (self.wanted(login, "roleConfigurationName")?, self.wanted(login, "zoneId")?);
        let question = json!({
            "Site": site,
            "SAMLAssertion": assertion.expose(),
            "PrincipalArn": format!("qcs::cam::uin/{uin}:saml-provider/TencentReservedSSO-{zone}"),
            "RoleArn": format!("qcs::cam::uin/{uin}:roleName/TencentCloudSSO-{role}"),
            "RoleSessionName": format!("ses-{}", self.context.chance.uuid()),
            "DurationSeconds": left.min(LIFE).as_secs(),
        });
        let answer = self.ask("/api/sts/assume_role_with_saml", question, &[&token, &assertion]).await?;
        temporary::of_helper(NAME, &answer)
    }

    /// A question to the helper: flat JSON both ways, and a member `Error` in a refusal.
    async fn ask(&self, path: &str, mut body: Value, secrets: &[&Secret]) -> Result<Value> {
        if let Some(body) = body.as_object_mut() {
            body.insert("TraceId".to_owned(), self.context.chance.uuid().into());
        }
        let place = Endpoint::new(Scheme::Https, HELPER);
        let question = Question::post(self.context, NAME, place, path, &body);
        let question = secrets.iter().fold(question, |question, secret| question.hiding(secret));
        let reply = question.send().await?;
        let answer: Option<Value> = serde_json::from_str(&reply.text()).ok();
        match answer {
            Some(answer) if answer.get("Error").is_some_and(|error| !error.is_null()) => {
                let code = answer.pointer("/Error/Code").and_then(Value::as_str).unwrap_or("an error");
                Err(self.over(&format!("is not accepted: {HELPER} answers {}", question.without_secrets(code))))
            }
            Some(answer) if reply.status.is_success() => Ok(answer),
            _ => {
                let status = reply.status.as_u16();
                Err(Error::credentials(format!("{NAME}: {HELPER} gave no answer to {path} (HTTP {status})"))
                    .with_retryable(status >= 500))
            }
        }
    }

    fn part(&self, answer: &Value, name: &str) -> Result<String> {
        let text = answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| Error::credentials(format!("{NAME}: the answer has no {name}")))
    }

    fn object(&self, name: &str) -> Result<&'a Map<String, Value>> {
        self.file.get(name).and_then(Value::as_object).ok_or_else(|| self.damaged(name))
    }

    fn wanted(&self, login: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
        text(login, name).ok_or_else(|| self.damaged(name))
    }

    fn damaged(&self, name: &str) -> Error {
        Error::config(format!("{} has no `{name}`", self.path.display())).with_hint(self.advice())
    }

    fn over(&self, why: &str) -> Error {
        Error::credentials(format!("{NAME}: the login of profile `{}` {why}", self.profile)).with_hint(self.advice())
    }

    fn advice(&self) -> String {
        let command = match self.kind {
            Kind::OAuth => "auth",
            Kind::Sso => "sso",
        };
        format!("log in again: `tccli {command} login --profile {}`", self.profile)
    }
}
