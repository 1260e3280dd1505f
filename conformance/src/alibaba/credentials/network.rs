//! A network with a metadata service, an STS, a credentials URI and the services of logins, which remembers what it was
//! asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, StatusCode};
use sanyun_core::{BoxFuture, RawReply, Request, Transport, TransportError, TransportErrorKind, time};
use serde_json::{Map, Value, json};

use crate::support::{member, some_text};

pub(super) const METADATA_HOST: &str = "100.100.100.200";
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN_HEADER: &str = "x-aliyun-ecs-metadata-token";
/// How long keys live where the case does not say it, in seconds.
const LIFE: i64 = 3600;

/// The network of a case; clones share what it was asked.
#[derive(Clone)]
pub(super) struct Network(Arc<Mutex<State>>);

struct State {
    world: Value,
    expiration: String,
    granted: u32,
    asked: Vec<Asked>,
}

/// A request as it arrived.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) scheme: &'static str,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Network {
    pub(super) fn new(input: &Value) -> Self {
        let world = member(input, "world").clone();
        let later = member(input, "now").as_i64().unwrap_or_default() + LIFE;
        let expiration = some_text(&world, "expiration").map(str::to_owned);
        let expiration = expiration.unwrap_or_else(|| time::iso_extended(time::from_unix(later)));
        Self(Arc::new(Mutex::new(State { world, expiration, granted: 0, asked: Vec::new() })))
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Status and content; `None` if nobody answers.
    fn answer(&mut self, asked: &Asked) -> Option<(u16, String)> {
        match asked.host.as_str() {
            METADATA_HOST => {
                let service = self.world.get("imds")?.clone();
                self.metadata(&service, asked)
            }
            host if host.starts_with("sts") => Some(self.sts(asked)),
            _ if asked.path == "/cloud-credentials" => Some((200, json!({"CloudCredential": self.keys()}).to_string())),
            host if host.starts_with("oauth.") => Some((200, self.login(&asked.path).to_string())),
            _ => self.world.get("uri").is_some().then(|| (200, self.successful_keys("Success"))),
        }
    }

    fn metadata(&mut self, service: &Value, asked: &Asked) -> Option<(u16, String)> {
        if asked.method == "PUT" {
            return match service.get("token") {
                None => Some((200, "TOK".to_owned())),
                Some(Value::Number(status)) => Some((status.as_u64()? as u16, String::new())),
                Some(text) => Some((200, text.as_str()?.to_owned())),
            };
        }
        let (has_token, wants) = (asked.headers.contains_key(TOKEN_HEADER), |name: &str| member(service, name) == true);
        if (has_token && wants("reject_token")) || (!has_token && wants("require_token")) {
            return Some((403, String::new()));
        }
        Some(match asked.path.strip_prefix(ROLES)? {
            "" => (200, some_text(service, "role").unwrap_or("DiscoveredRole").to_owned()),
            _ => (200, self.successful_keys(some_text(service, "code").unwrap_or("Success"))),
        })
    }

    fn sts(&mut self, asked: &Asked) -> (u16, String) {
        if let Some(status) = member(&self.world, "sts_status").as_u64() {
            return (status as u16, some_text(&self.world, "sts_body").unwrap_or_default().to_owned());
        }
        let pair = json!({
            "SessionAccessKeyId": "SAK.id", "SessionAccessKeySecret": "sak", "Expiration": self.expiration,
        });
        let answer = match asked.query.contains("GenerateSessionAccessKey") {
            true => json!({ "SessionAccessKey": pair }),
            false => json!({"Credentials": self.keys()}),
        };
        (200, answer.to_string())
    }

    fn login(&mut self, path: &str) -> Value {
        match path {
            "/v1/token" => json!({"access_token": "AT2", "refresh_token": "RT2", "expires_in": 3600}),
            _ => Value::Object(self.keys()),
        }
    }

    fn successful_keys(&mut self, code: &str) -> String {
        let mut keys = self.keys();
        keys.insert("Code".to_owned(), code.into());
        Value::Object(keys).to_string()
    }

    fn keys(&mut self) -> Map<String, Value> {
        self.granted += 1;
        let number = self.granted;
        let part = |name: &str, text: String| (name.to_owned(), Value::from(text));
        [
            part("AccessKeyId", format!("STS.id{number}")),
            part("AccessKeySecret", format!("secret{number}")),
            part("SecurityToken", format!("token{number}")),
            part("Expiration", self.expiration.clone()),
        ]
        .into_iter()
        .collect()
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let (place, scheme) = (&request.endpoint, request.endpoint.scheme());
        let asked = Asked {
            method: request.method.to_string(),
            scheme: scheme.as_str(),
            host: place.host().to_owned(),
            port: Some(place.port()).filter(|port| *port != scheme.default_port()),
            body: String::from_utf8_lossy(request.body.as_bytes().unwrap_or_default()).into_owned(),
            path: request.path,
            query: request.query,
            headers: request.headers,
        };
        let mut state = self.state();
        let answer = state.answer(&asked);
        state.asked.push(asked);
        let refused = || TransportError::new(TransportErrorKind::Connect, "nobody is there");
        let reply = answer.and_then(|(status, content)| Some((StatusCode::from_u16(status).ok()?, content)));
        let reply = reply.map(|(status, content)| RawReply::new(status, HeaderMap::new(), content));
        Box::pin(std::future::ready(reply.ok_or_else(refused)))
    }
}
