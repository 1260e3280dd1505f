//! Asking a service for credentials: one request, the whole answer, and a refusal that says who refused whom.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use sanyun_core::credentials::failed;
use sanyun_core::{
    Body, Context, Endpoint, Error, Keys, Reply, Request, Result, Retry, Scheme, Secret, ServiceClass, Verdict,
    header_value, time,
};
use serde_json::Value;

use crate::shape::{self, Input};
use crate::sign::{self, SigningKey};
use crate::{endpoint, error};

/// The service that hands out temporary keys, and its version.
const STS: &str = "sts";
const STS_VERSION: &str = "2018-08-13";
/// Names another STS where the code does not, such as that of the cloud's own network.
const STS_VARIABLE: &str = "SANYUN_TENCENT_STS_ENDPOINT";

const JSON: &str = "application/json";
/// The longest one attempt may take: services that hand out credentials answer within a second.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);

/// A question to STS, or to whoever else hands out keys.
pub(super) struct Question<'a> {
    /// The source's name, which stands in front of every error.
    source: &'static str,
    context: &'a Context,
    /// The action of STS; empty elsewhere.
    action: &'static str,
    request: Request,
    /// What must not come back in the text of a refusal.
    secrets: Vec<Secret>,
}

impl<'a> Question<'a> {
    /// A `POST` of JSON.
    pub(super) fn post(
        context: &'a Context,
        source: &'static str,
        endpoint: Endpoint,
        path: &str,
        body: &Value,
    ) -> Self {
        let mut request = Request::new(Method::POST, endpoint, path);
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        request.body = Body::json(body);
        Self { source, context, action: "", request, secrets: Vec::new() }
    }

    /// An action of STS. The region is where the question comes from, which changes nothing about the keys.
    pub(super) fn sts(
        context: &'a Context,
        source: &'static str,
        endpoint: Endpoint,
        region: &str,
        action: &'static str,
        body: &Value,
    ) -> Result<Self> {
        let mut question = Self::post(context, source, endpoint, "/", body);
        question.action = action;
        let timestamp = time::unix_seconds(context.clock.now()).to_string();
        let request = &mut question.request;
        request.set_header(shape::X_TC_ACTION, action)?;
        request.set_header(shape::X_TC_VERSION, STS_VERSION)?;
        request.set_header(shape::X_TC_REGION, region)?;
        request.set_header(shape::X_TC_TIMESTAMP, &timestamp)?;
        request.set_header(shape::X_TC_REQUESTCLIENT, shape::PRODUCT)?;
        Ok(question)
    }

    /// Names a secret of the request.
    pub(super) fn hiding(mut self, secret: &Secret) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Says that there is no signature: what the body holds speaks for the caller.
    pub(super) fn unsigned(mut self) -> Self {
        self.request.headers.insert(AUTHORIZATION, HeaderValue::from_static(sign::SKIP));
        self
    }

    /// Signs with keys.
    pub(super) fn signed(mut self, keys: &Keys) -> Result<Self> {
        let key = SigningKey::derive(&keys.secret, STS, self.context.clock.now());
        let request = &self.request;
        let headers = [("content-type", request.header(CONTENT_TYPE.as_str())), ("host", request.host())];
        let payload = sign::payload_sha256(request.body.as_bytes().unwrap_or_default());
        let canonical =
            sign::canonical_request(request.method.as_str(), &request.path, &request.query, &headers, &payload);
        let timestamp = request.header(shape::X_TC_TIMESTAMP.as_str());
        let to_sign = sign::string_to_sign_at(timestamp, key.scope(), &canonical);
        let authorization = sign::authorization(&keys.id, key.scope(), sign::SIGNED_HEADERS, &key.signature(&to_sign));
        self.set_secret(AUTHORIZATION, &authorization)?;
        match &keys.token {
            Some(token) => {
                self.set_secret(shape::X_TC_TOKEN, token.expose())?;
                Ok(self.hiding(&keys.secret).hiding(token))
            }
            None => Ok(self.hiding(&keys.secret)),
        }
    }

    fn set_secret(&mut self, name: HeaderName, text: &str) -> Result<()> {
        let mut value = header_value(&name, text).map_err(|error| Error::credentials(error.message()))?;
        value.set_sensitive(true);
        self.request.headers.insert(name, value);
        Ok(())
    }

    /// Sends it to STS; passing failures are tried again. A refusal is an error of kind
    /// [`Credentials`](sanyun_core::ErrorKind::Credentials), never of kind `Service`: a caller must not take the "not
    /// found" of a role for that of the thing it asked for. The refusal is the error's source.
    pub(super) async fn ask(self) -> Result<Reply> {
        let reply = self.send().await?;
        match error::judge(&reply) {
            Verdict::Success => Ok(reply),
            // The answer may hold keys: nothing of it is shown.
            Verdict::Broken(_) => {
                let status = reply.status.as_u16();
                Err(Error::credentials(format!("{}: the answer (HTTP {status}) is not one of STS", self.source)))
            }
            Verdict::Refused(mut refusal) => {
                self.secrets.iter().for_each(|secret| refusal.scrub(secret.expose()));
                let hint = error::hint(&Input::new(STS, STS_VERSION, self.action), &refusal);
                let refusal = Error::from_service(*refusal);
                Err(failed(self.source, hint.into_iter().fold(refusal, Error::with_hint)))
            }
        }
    }

    /// Sends it; passing failures are tried again. The reply may be a refusal.
    pub(super) async fn send(&self) -> Result<Reply> {
        let retry = Retry::standard();
        let sent = self.context.exchange_where(&self.request, ATTEMPT_LIMIT, &retry, &is_throttled).await;
        sent.map_err(|error| failed(self.source, error))
    }

    /// A text of a reply without what must not be shown.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose(), "***"))
    }
}

/// STS slows callers down with the status 200.
fn is_throttled(reply: &Reply) -> bool {
    matches!(error::judge(reply), Verdict::Refused(refusal) if refusal.class() == ServiceClass::Throttled)
}

/// Where STS answers: as the code says, else the variable, else the public one.
pub(super) fn sts(context: &Context, own: Option<&str>) -> Result<Endpoint> {
    match own.map(str::to_owned).or_else(|| context.var(STS_VARIABLE)) {
        Some(text) => Endpoint::parse(&text, Scheme::Https),
        None => Ok(Endpoint::new(Scheme::Https, format!("{STS}.{}", endpoint::ROOT_DOMAIN))),
    }
}

/// A text that says something.
pub(super) fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text: &String| !text.is_empty())
}
