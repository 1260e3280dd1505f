//! Asking STS for credentials: one question, the whole answer, and a refusal that says who refused whom.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use sanyun_core::credentials::failed;
use sanyun_core::{
    Body, Context, Endpoint, Error, Keys, Reply, Request, Result, Retry, Secret, ServiceClass, Signature, redact, time,
};
use serde_json::Value;

use super::temporary;
use crate::error;
use crate::shape::push_query;
use crate::sign::v1;

const STS_VERSION: &str = "2015-04-01";
/// The longest one attempt may take: services that hand out credentials answer within a second.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(10);

/// Sends a request to whoever else hands out keys; passing failures are tried again. The reply may be a refusal.
pub(super) async fn exchange(context: &Context, source: &str, request: &Request) -> Result<Reply> {
    let sent = context.exchange(request, ATTEMPT_LIMIT, &Retry::standard()).await;
    sent.map_err(|error| failed(source, error))
}

/// A question to STS.
pub(super) struct Question<'a> {
    /// The source's name, which stands in front of every error.
    source: &'static str,
    context: &'a Context,
    place: Endpoint,
    action: &'static str,
    form: String,
    signer: Option<Signer<'a>>,
    /// What must not come back in the text of a refusal.
    secrets: Vec<Secret>,
}

/// Who signs, and how.
struct Signer<'a> {
    key_id: &'a str,
    /// The parameters that say how.
    parameters: Vec<(&'static str, &'a str)>,
    sign: Box<Sign<'a>>,
}

/// Makes the signature of a string to sign.
type Sign<'a> = dyn Fn(&str) -> Result<String> + Send + Sync + 'a;

impl<'a> Question<'a> {
    /// An action of STS with its parameters. They go into the body, where no access log sees them and nothing is too
    /// long.
    pub(super) fn new(
        context: &'a Context,
        source: &'static str,
        place: Endpoint,
        action: &'static str,
        parameters: &[(&str, Option<&str>)],
    ) -> Self {
        let mut form = String::with_capacity(512);
        for (name, value) in parameters {
            if let Some(value) = value {
                push_query(&mut form, name, value);
            }
        }
        Self { source, context, place, action, form, signer: None, secrets: Vec::new() }
    }

    /// Names a secret of the question.
    pub(super) fn hiding(mut self, secret: &Secret) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Signs with keys.
    pub(super) fn signed(self, keys: &'a Keys) -> Self {
        let mut parameters = vec![("SignatureMethod", "HMAC-SHA1")];
        parameters.extend(keys.token.as_ref().map(|token| ("SecurityToken", token.expose())));
        let secret = &keys.secret;
        let question = self.signed_by(&keys.id, parameters, |text| Ok(v1::rpc_signature(secret.expose(), text)));
        keys.token.iter().fold(question.hiding(secret), Question::hiding)
    }

    /// Signs with a way of one's own, which the parameters name.
    pub(super) fn signed_by(
        mut self,
        key_id: &'a str,
        parameters: Vec<(&'static str, &'a str)>,
        sign: impl Fn(&str) -> Result<String> + Send + Sync + 'a,
    ) -> Self {
        self.signer = Some(Signer { key_id, parameters, sign: Box::new(sign) });
        self
    }

    /// Sends it; passing failures are tried again. A refusal is an error of kind
    /// [`Credentials`](sanyun_core::ErrorKind::Credentials), never of kind `Service`: a caller must not take the "not
    /// found" of a role for that of the thing it asked for. The refusal is the error's source.
    pub(super) async fn ask(self) -> Result<Value> {
        let (reply, signature) = self.send().await.map_err(|error| failed(self.source, error))?;
        // The answer may hold keys: nothing of it is shown.
        if reply.status.is_success() {
            return temporary::object(self.source, &reply);
        }
        // The advice compares what was signed, secrets included, and names no value.
        let hint = error::hint(&error::parse(&reply), &signature);
        let refusal = Error::from_service(error::parse(&self.without_secrets(reply)));
        Err(failed(self.source, hint.into_iter().fold(refusal, Error::with_hint)))
    }

    /// The reply as it may be shown. Secrets go before it is read: reading shortens what is long, maybe amid one.
    fn without_secrets(&self, mut reply: Reply) -> Reply {
        let mut text = reply.text().into_owned();
        self.secrets.iter().for_each(|secret| redact::scrub(&mut text, secret.expose()));
        reply.body = text.into();
        reply
    }

    async fn send(&self) -> Result<(Reply, Signature)> {
        let (retry, once) = (Retry::standard(), Retry::none());
        let mut attempts = 0;
        loop {
            let (request, signature) = self.request()?;
            let result = self.context.exchange(&request, ATTEMPT_LIMIT, &once).await;
            attempts += 1;
            let passes = result.as_ref().map_or_else(Error::is_retryable, is_passing);
            let wish = result.as_ref().ok().and_then(Reply::retry_after);
            let wait = retry.delay(attempts, wish, self.context.chance.unit());
            match wait.filter(|_| passes && attempts < retry.max_attempts()) {
                Some(wait) => self.context.clock.sleep(wait).await,
                None => return Ok((result?, signature)),
            }
        }
    }

    /// The request of one attempt: STS takes a nonce once, and a moment that is near.
    fn request(&self) -> Result<(Request, Signature)> {
        let mut request = Request::new(Method::POST, self.place.clone(), "/");
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = Body::from(self.form.clone());
        let timestamp = time::iso_extended(self.context.clock.now());
        let query = &mut request.query;
        let own = [("Action", self.action), ("Format", "JSON"), ("Version", STS_VERSION), ("Timestamp", &timestamp)];
        push_all(query, &own);
        let Some(Signer { key_id, parameters, sign }) = &self.signer else {
            return Ok((request, Signature::default()));
        };
        let nonce = self.context.chance.hex32();
        push_all(query, parameters);
        push_all(query, &[("SignatureVersion", "1.0"), ("SignatureNonce", &nonce), ("AccessKeyId", key_id)]);
        let string_to_sign = v1::rpc_string_to_sign(Method::POST.as_str(), query, &self.form);
        push_query(query, "Signature", &sign(&string_to_sign)?);
        Ok((request, Signature { canonical_request: String::new(), string_to_sign }))
    }
}

fn push_all(query: &mut String, pairs: &[(&str, &str)]) {
    pairs.iter().for_each(|(name, value)| push_query(query, name, value));
}

/// Whether another attempt may have more luck. STS slows callers down with statuses of its own.
fn is_passing(reply: &Reply) -> bool {
    match reply.status.as_u16() {
        200..=299 => false,
        429 | 500..=599 => true,
        _ => error::parse(reply).class() == ServiceClass::Throttled,
    }
}
