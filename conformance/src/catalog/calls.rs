//! A call of an operation with random values by our client, answered by a random reply that fits.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_alibaba::sign::SignatureVersion;
use sanyun_catalog::{Cloud, Operation, Type};
use sanyun_core::{
    BoxFuture, Fixed, ManualClock, RawReply, Request, Response, Retry, SeededChance, Settings, Transport,
    TransportError, TransportErrorKind, encode,
};
use serde_json::{Map, Value, json};

use super::values::{Parameters, Values};
use crate::generate::Random;

const KEY_ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "SecretExample";
const PROJECT: &str = "0a1b2c3d4e5f";
const DOMAIN: &str = "d0d1d2d3d4d5";
/// Where services answer that have no table of regions.
const ENDPOINT: &str = "https://service.example.com";
/// 2026-01-02T03:04:05Z.
const NOW: u64 = 1_767_323_045;

/// What our side made of one operation.
pub struct Ours {
    /// The request that reached the transport.
    pub request: Option<Seen>,
    /// The value of the reply, or why there is none.
    pub value: Result<Value, String>,
    /// Headers of the reply that carry facts, as the caller can read them.
    pub headers: Vec<(String, String)>,
    /// The case that the oracle has to answer.
    pub case: Value,
}

/// A request as it arrived at the transport.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// Scheme, host and path.
    pub place: String,
    /// The query as it stands in the URL.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Seen {
    /// A header as text; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok()).unwrap_or_default()
    }
}

/// Which signature our client of Alibaba Cloud makes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Signing {
    /// Its own choice.
    #[default]
    Default,
    /// Version 1.0, which packages of the older form are fixed to.
    Version1,
}

/// Makes the call of an operation with values from `seed`.
pub fn make(operation: &Operation<'_>, seed: u64, signing: Signing) -> Ours {
    let given = Given::new(operation, seed);
    let (request, outcome) = given.send(|settings| invoke(operation, settings, &given, signing));
    let value = outcome.as_ref().map(|response| (**response).clone()).map_err(ToString::to_string);
    let headers = outcome.as_ref().ok().map(|response| fact_headers(operation, response)).unwrap_or_default();
    let case = case(operation, &given, request.as_ref());
    Ours { request, value, headers, case }
}

/// What a call is made with, and what it is answered.
pub(super) struct Given {
    seed: u64,
    pub(super) parameters: Parameters,
    reply: Reply,
    token: &'static str,
    region: Option<String>,
}

impl Given {
    /// Random values from `seed`.
    pub(super) fn new(operation: &Operation<'_>, seed: u64) -> Self {
        let chance = SeededChance::new(seed);
        let random = Random::new(&chance);
        Self {
            seed,
            parameters: Values::new(&random, operation.service).parameters(operation),
            reply: Reply::random(operation, &random),
            token: if random.one_in(3) { "Token/+=Example" } else { "" },
            region: region(operation, &random),
        }
    }

    /// Makes a call; gives the request that reached the transport, and what became of the call.
    pub(super) fn send<T, F>(&self, call: impl FnOnce(Settings) -> F) -> (Option<Seen>, sanyun_core::Result<T>)
    where
        F: Future<Output = sanyun_core::Result<T>>,
    {
        let script = Script { reply: self.reply.clone(), seen: Arc::default() };
        let settings = Settings { retry: Retry::none(), ..settings(self.seed, script.clone()) };
        let outcome = block_on(call(settings));
        let request = script.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        (request, outcome)
    }

    /// The body of the reply.
    pub(super) fn body(&self) -> &[u8] {
        &self.reply.body
    }

    /// Changes the body of the reply.
    pub(super) fn set_body(&mut self, body: &Value) {
        self.reply.body = body.to_string().into_bytes();
    }

    fn credential(&self) -> sanyun_core::Credential {
        sanyun_core::Credential::session(KEY_ID, SECRET, self.token)
    }

    pub(super) fn huawei(&self, settings: Settings) -> sanyun_core::Result<sanyun_huawei::Client> {
        let builder = sanyun_huawei::Client::builder().settings(settings).credentials(self.credential());
        let builder = builder.project_id(PROJECT).domain_id(DOMAIN);
        match &self.region {
            Some(region) => builder.region(region).build(),
            None => builder.endpoint(ENDPOINT).build(),
        }
    }

    pub(super) fn tencent(&self, settings: Settings) -> sanyun_core::Result<sanyun_tencent::Client> {
        let builder = sanyun_tencent::Client::builder().settings(settings).credentials(self.credential());
        builder.region(self.region.as_deref().unwrap_or_default()).build()
    }

    pub(super) fn alibaba(&self, settings: Settings, signing: Signing) -> sanyun_core::Result<sanyun_alibaba::Client> {
        let builder = sanyun_alibaba::Client::builder().settings(settings).credentials(self.credential());
        // As the vendor's Python SDK signs.
        let builder = builder.sign_all_headers(true).region(self.region.as_deref().unwrap_or_default());
        match signing {
            Signing::Default => builder.build(),
            Signing::Version1 => builder.signature(SignatureVersion::V1).build(),
        }
    }
}

fn settings(seed: u64, script: Script) -> Settings {
    let mut settings = Settings {
        transport: Some(Arc::new(script)),
        clock: Arc::new(ManualClock::at_unix(NOW)),
        chance: Arc::new(SeededChance::new(seed)),
        ..Settings::default()
    };
    settings.set_fixed(Fixed::default());
    settings
}

/// Runs a future that waits for nothing outside.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    #[allow(clippy::expect_used, reason = "a runtime without threads has nothing that could fail")]
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(future)
}

/// One of the regions of the service's table; `None` if it has none.
fn region(operation: &Operation<'_>, random: &Random<'_>) -> Option<String> {
    let known: Vec<_> = operation.service.regions().filter(|region| region.id != "default").collect();
    match operation.service.cloud() {
        Cloud::Tencent => Some("ap-guangzhou".to_owned()),
        _ if !known.is_empty() => Some(random.pick(&known).id.to_owned()),
        Cloud::Alibaba => Some("cn-hangzhou".to_owned()),
        Cloud::Huawei => None,
    }
}

async fn invoke(
    operation: &Operation<'_>,
    settings: Settings,
    given: &Given,
    signing: Signing,
) -> sanyun_core::Result<Response<Value>> {
    let (service, version, name) = (operation.service.name(), operation.service.version(), operation.name);
    let params = Value::Object(given.parameters.object.clone());
    match operation.service.cloud() {
        Cloud::Huawei => given.huawei(settings)?.invoke(service, version, name, params).await,
        Cloud::Tencent => given.tencent(settings)?.invoke(service, version, name, params).await,
        Cloud::Alibaba => given.alibaba(settings, signing)?.invoke(service, version, name, params).await,
    }
}

/// The case of the oracle: the same values, and everything that changes from call to call as our request has it.
fn case(operation: &Operation<'_>, given: &Given, request: Option<&Seen>) -> Value {
    let Given { parameters, reply, token, region, .. } = given;
    let header = |name: &str| request.map(|request| request.header(name)).unwrap_or_default();
    let boundary = header("content-type").split_once("boundary=").map_or("", |(_, boundary)| boundary);
    let in_query = |name: &str| {
        let query = request.map(|request| &*request.query).unwrap_or_default();
        encode::pairs(query).find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    };
    // An operation may have a parameter of its own named like that of signature 1.0.
    let nonce = match header("x-acs-signature-nonce") {
        "" => in_query("SignatureNonce").unwrap_or_default(),
        nonce => nonce.to_owned(),
    };
    let others: Vec<_> = operation.params.iter().map(|param| param.name).collect();
    let case = json!({
        "kind": "call",
        "operation": operation.name,
        "params": parameters.placed,
        "body": parameters.body.as_ref().map(|body| json!({"value": body, "others": others})),
        "reply": {"status": 200, "headers": reply.headers, "body": encode::base64(&reply.body)},
        "id": KEY_ID,
        "secret": SECRET,
        "token": token,
        "project_id": PROJECT,
        "domain_id": DOMAIN,
        "region": region,
        "endpoint": ENDPOINT,
        "now": NOW,
        "nonce": nonce,
        "boundary": boundary,
        "user_agent": header("user-agent"),
        "request_client": header("x-tc-requestclient"),
        "trace_id": header("x-tc-traceid"),
    });
    super::merged(case, super::package(operation))
}

fn fact_headers(operation: &Operation<'_>, response: &Response<Value>) -> Vec<(String, String)> {
    let names = operation.response_headers.iter().map(|(name, _)| *name);
    names.filter_map(|name| Some((name.to_owned(), response.header(&name.to_ascii_lowercase())?.to_owned()))).collect()
}

/// A random reply that fits an operation.
#[derive(Clone)]
struct Reply {
    headers: Map<String, Value>,
    body: Vec<u8>,
}

impl Reply {
    fn random(operation: &Operation<'_>, random: &Random<'_>) -> Self {
        let values = Values::of_reply(random, operation.service);
        let value = operation.response.as_ref().and_then(|ty| values.value(ty, 0));
        let mut headers = Map::from_iter([("Content-Type".to_owned(), json!("application/json"))]);
        let mut value = value.unwrap_or(Value::Null);
        for (name, ty) in &operation.response_headers {
            // Where a fact is both a header and a member of the body, either may carry it.
            if let Some(members) = value.as_object_mut()
                && (random.one_in(2) || !members.contains_key(*name))
            {
                members.remove(*name);
                let text = match ty {
                    Type::Bool => random.one_in(2).to_string(),
                    Type::Int | Type::Uint => random.below(1000).to_string(),
                    _ => random.word(12),
                };
                headers.insert((*name).to_owned(), json!(text));
            }
        }
        let body = match (operation.service.cloud(), operation.produces) {
            (Cloud::Tencent, _) => {
                if let Some(members) = value.as_object_mut() {
                    members.insert("RequestId".to_owned(), json!("0c2f4a5e-0000-4000-8000-000000000000"));
                }
                json!({ "Response": value }).to_string().into_bytes()
            }
            (Cloud::Alibaba, Some("string" | "byte" | "binary")) => match &value {
                Value::String(text) => text.clone().into_bytes(),
                _ => random.text(20).into_bytes(),
            },
            _ if operation.response.is_none() => Vec::new(),
            _ => value.to_string().into_bytes(),
        };
        Self { headers, body }
    }
}

/// A transport that gives one reply and keeps the request.
#[derive(Clone)]
struct Script {
    reply: Reply,
    seen: Arc<Mutex<Option<Seen>>>,
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(async move {
            let body = body(&request).await?;
            let seen = Seen {
                method: request.method.to_string(),
                place: format!("{}{}", request.endpoint, request.path),
                query: request.query,
                headers: request.headers,
                body,
            };
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
            Ok(self.reply.raw())
        })
    }
}

async fn body(request: &Request) -> Result<Bytes, TransportError> {
    let unreadable = |error: std::io::Error| TransportError::new(TransportErrorKind::Body, error.to_string());
    request.body.collect().await.map_err(unreadable)
}

impl Reply {
    fn raw(&self) -> RawReply {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let value = HeaderValue::from_bytes(value.as_str().unwrap_or_default().as_bytes());
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), value) {
                headers.insert(name, value);
            }
        }
        RawReply::new(StatusCode::OK, headers, self.body.clone())
    }
}
