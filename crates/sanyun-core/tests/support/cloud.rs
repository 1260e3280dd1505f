//! The plainest possible cloud: its signature is the secret itself, so that a test can look for it everywhere.

use std::sync::Arc;

use http::{HeaderName, Method};
use sanyun_core::paging::Named;
use sanyun_core::{
    Attempt, Body, Call, CallInfo, CallOptions, Credential, Endpoint, Pipeline, Protocol, RefreshPolicy, Reply,
    Request, Result, Scheme, ServiceClass, ServiceError, Settings, Signature, Verdict,
};
use serde_json::Value;

pub const SECRET: &str = "plain-secret-4711";
pub const TOKEN: &str = "plain-token-0815";

pub struct Plain {
    pub endpoints: Arc<[Endpoint]>,
    pub backup: Option<Endpoint>,
}

pub struct Input {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub body: Body,
    pub stream: bool,
}

impl Protocol for Plain {
    type Input = Input;

    fn info<'a>(&'a self, input: &'a Input) -> CallInfo<'a> {
        CallInfo {
            cloud: "plain",
            service: "thing",
            operation: "Do",
            idempotent: input.method != Method::POST,
            signed: true,
            credential_kind: "",
            accepts_gzip: true,
            shown_headers: &["x-plain-date"],
        }
    }

    fn endpoints(&self, _: &Input, options: &CallOptions) -> Result<Arc<[Endpoint]>> {
        Ok(options.endpoint().map_or_else(|| Arc::clone(&self.endpoints), |one| Arc::new([one.clone()])))
    }

    fn backup(&self, _: &Input, options: &CallOptions) -> Option<Endpoint> {
        self.backup.clone().filter(|_| options.endpoint().is_none())
    }

    fn shape(&self, input: &Input, attempt: &Attempt<'_>) -> Result<Request> {
        let mut request = Request::new(input.method.clone(), attempt.endpoint.clone(), input.path.clone());
        request.query.clone_from(&input.query);
        request.body = input.body.clone();
        attempt.options.apply_headers(&mut request);
        Ok(request)
    }

    fn sign(&self, _: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature> {
        let keys = attempt.credential.signing_keys()?;
        let name = HeaderName::from_static;
        request.set_header(name("x-plain-date"), &sanyun_core::time::iso_basic(attempt.now))?;
        request.set_header(name("x-plain-token"), TOKEN)?;
        request.set_header(http::header::AUTHORIZATION, &format!("PLAIN {} {}", keys.id, keys.secret.expose()))?;
        Ok(Signature::default())
    }

    fn judge(&self, _: &Input, reply: &Reply) -> Verdict {
        if reply.status.is_success() {
            return Verdict::Success;
        }
        let code = reply.header("x-code").unwrap_or("Refused");
        let error = ServiceError::new(reply.status.as_u16(), code, reply.text()).with_raw(reply.body.clone());
        let error = match code {
            "Skew" => error.with_class(ServiceClass::ClockSkew(None)),
            "Expired" => error.with_class(ServiceClass::ExpiredCredential),
            _ => error,
        };
        error.with_retry_after(reply.retry_after()).into()
    }

    fn streams(&self, input: &Input, _: &Reply) -> bool {
        input.stream
    }

    fn request_id(&self, _: &Input, reply: &Reply) -> Option<String> {
        reply.header("x-request-id").map(str::to_owned)
    }
}

/// A client of the plain cloud.
pub struct Client {
    pub pipeline: Arc<Pipeline>,
    protocol: Arc<Plain>,
}

impl Client {
    pub fn new(endpoints: &[&str], settings: Settings) -> Self {
        Self::with_backup(endpoints, None, settings)
    }

    pub fn with_backup(endpoints: &[&str], backup: Option<&str>, settings: Settings) -> Self {
        let parse = |text: &&str| Endpoint::parse(text, Scheme::Https).unwrap();
        let credential = Credential::session("plain-id", SECRET, TOKEN);
        Self {
            pipeline: settings.into_pipeline(Arc::new(credential), RefreshPolicy::default()).unwrap(),
            protocol: Arc::new(Plain {
                endpoints: endpoints.iter().map(parse).collect(),
                backup: backup.as_ref().map(parse),
            }),
        }
    }

    pub fn call(&self, method: Method, path: &str, query: &str, body: Body) -> Call<String> {
        let input = Input { method, path: path.to_owned(), query: query.to_owned(), body, stream: false };
        Call::new(&self.pipeline, &self.protocol, Ok(input), |output| Ok(output.reply.text().into_owned()))
    }

    /// A call whose operation a loop over pages can change: its parameters go into the query, the reply is JSON.
    pub fn list(&self, operation: Named) -> Call<Value, Named> {
        let input = |operation: &mut Named| {
            let members = operation.parameters().as_object().into_iter().flatten();
            let pairs: Vec<_> = members.map(|(name, value)| format!("{name}={value}")).collect();
            let (method, path) = (Method::GET, "/list".to_owned());
            Ok(Input { method, path, query: pairs.join("&"), body: Body::empty(), stream: false })
        };
        Call::of(&self.pipeline, &self.protocol, operation, input, |output| output.json())
    }

    pub fn get(&self, path: &str) -> Call<String> {
        self.call(Method::GET, path, "", Body::empty())
    }

    pub fn post(&self, body: impl Into<Body>) -> Call<String> {
        self.call(Method::POST, "/", "", body.into())
    }

    pub fn put(&self, body: impl Into<Body>) -> Call<String> {
        self.call(Method::PUT, "/", "", body.into())
    }

    pub fn stream(&self, path: &str) -> Call<sanyun_core::StreamBody> {
        let input = Input {
            method: Method::GET,
            path: path.to_owned(),
            query: String::new(),
            body: Body::empty(),
            stream: true,
        };
        Call::new(&self.pipeline, &self.protocol, Ok(input), |output| {
            output.stream.take().ok_or_else(|| sanyun_core::Error::decode("no stream"))
        })
    }
}
