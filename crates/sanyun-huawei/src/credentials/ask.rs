//! Asking a service for credentials: one request, the whole answer, and a refusal that says who refused whom.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderName, Method};
use sanyun_core::credentials::failed;
use sanyun_core::{Body, Context, Endpoint, Error, Keys, Reply, Request, Result, Retry, Secret, Signature};
use serde_json::Value;

use crate::sign::{Algorithm, Scope, Signer, set_secret};
use crate::{endpoint, error};

/// The token of a user or an agency, in place of a signature.
pub(super) const X_AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// The longest one attempt may take: services that hand out credentials answer within a second.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);

/// A question to IAM or STS.
pub(super) struct Question<'a> {
    /// The source's name, which stands in front of every error.
    source: &'static str,
    context: &'a Context,
    request: Request,
    /// What must not come back in the text of a refusal.
    secrets: Vec<Secret>,
    signature: Signature,
    limit: Duration,
}

impl<'a> Question<'a> {
    /// A request without a body.
    pub(super) fn new(context: &'a Context, source: &'static str, request: Request) -> Self {
        Self { source, context, request, secrets: Vec::new(), signature: Signature::default(), limit: ATTEMPT_LIMIT }
    }

    /// A `POST` of JSON in the spelling of the vendor's SDKs.
    pub(super) fn post(
        context: &'a Context,
        source: &'static str,
        endpoint: Endpoint,
        path: &str,
        body: &Value,
    ) -> Self {
        let mut request = Request::new(Method::POST, endpoint, path);
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
        request.body = Body::json(body);
        Self::new(context, source, request)
    }

    /// Adds a header that holds no secret.
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Result<Self> {
        self.request.set_header(name, value)?;
        Ok(self)
    }

    /// Adds a header that holds a secret.
    pub(super) fn secret_header(mut self, name: HeaderName, secret: &Secret) -> Result<Self> {
        set_secret(&mut self.request, name, secret)?;
        Ok(self.hiding(secret))
    }

    /// Sets the longest time of one attempt.
    pub(super) fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Names a secret of the request.
    pub(super) fn hiding(mut self, secret: &Secret) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Signs with keys.
    pub(super) fn signed(mut self, keys: &Keys) -> Result<Self> {
        let scope = Scope { region: "", service: "" };
        let now = self.context.clock.now();
        self.signature = Signer::default().sign(&mut self.request, keys, Algorithm::HmacSha256, scope, now)?;
        self.secrets.extend(keys.token.clone());
        Ok(self.hiding(&keys.secret))
    }

    /// Sends it; passing failures are tried again. A refusal is an error of kind
    /// [`Credentials`](sanyun_core::ErrorKind::Credentials), never of kind `Service`: a caller must not take the "not
    /// found" of an agency for that of the thing it asked for. The refusal is the error's source.
    pub(super) async fn ask(self) -> Result<Reply> {
        let sent = self.context.exchange(&self.request, self.limit, &Retry::standard()).await;
        let reply = sent.map_err(|error| failed(self.source, error))?;
        match error::parse(&reply) {
            None => Ok(reply),
            Some(mut refusal) => {
                self.secrets.iter().for_each(|secret| refusal.scrub(secret.expose()));
                let hint = error::hint(&refusal, &self.signature);
                let refusal = Error::from_service(refusal);
                Err(failed(self.source, hint.into_iter().fold(refusal, Error::with_hint)))
            }
        }
    }
}

/// Where IAM answers: as the credential says, else the variable, else that of the client's region.
pub(super) fn iam(context: &Context, own: Option<&str>) -> Result<Endpoint> {
    own.map_or_else(|| endpoint::iam_endpoint(context.region.as_deref(), &*context.env), endpoint::parse)
}

/// Where STS answers: as the credential says, else the variable, else that of `cn-north-4`, which the vendor's SDK asks for
/// every region.
pub(super) fn sts(context: &Context, own: Option<&str>) -> Result<Endpoint> {
    own.map_or_else(|| endpoint::sts_endpoint(None, &*context.env), endpoint::parse)
}
