//! A machine's environment, files and network, as a set-up describes them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sanyun_core::{
    BoxFuture, Fixed, Keys, OpenBody, RawReply, Request, Transport, TransportError, TransportErrorKind, time,
};
use sanyun_huawei::sign::{Algorithm, Scope, Signer};
use serde_json::{Map, Value, json};

use crate::support::{member, text};

/// Where the `{root}` of a set-up is on our side: nowhere, since files are given.
const ROOT: &str = "/setups";
/// Headers that say who asks and for whom; the oracle keeps the same.
const TELLING: &[&str] = &[
    "x-idp-id",
    "x-security-token",
    "x-project-id",
    "x-domain-id",
    "x-metadata-token",
    "x-metadata-token-ttl-seconds",
];

pub(super) struct World {
    fixed: Fixed,
    network: Arc<Network>,
}

struct Network(Mutex<State>);

struct State {
    /// What is left to answer, by `METHOD /path`; the last reply stays.
    replies: HashMap<String, Vec<Value>>,
    sent: Vec<Sent>,
}

/// A request that reached the network.
#[derive(Clone)]
pub(super) struct Sent {
    request: Request,
    /// Scheme and authority.
    pub(super) place: String,
    /// As the oracle shows one.
    pub(super) shown: Value,
    /// Whether the script had an answer.
    answered: bool,
}

impl World {
    pub(super) fn new(setup: &Value) -> Self {
        let placed = |value: &Value| value.as_str().unwrap_or_default().replace("{root}", ROOT);
        let members = |name| member(setup, name).as_object().into_iter().flatten();
        let mut fixed = Fixed::default();
        for (name, value) in members("env") {
            fixed = fixed.var(name, placed(value));
        }
        for (path, content) in members("files") {
            fixed = fixed.file(path.replace("{root}", ROOT), placed(content));
        }
        let replies = members("network").map(|(route, replies)| {
            let replies = replies.as_array().cloned().unwrap_or_default();
            (route.clone(), replies)
        });
        let state = State { replies: replies.collect(), sent: vec![] };
        Self { fixed, network: Arc::new(Network(Mutex::new(state))) }
    }

    pub(super) fn fixed(&self) -> Fixed {
        self.fixed.clone()
    }

    pub(super) fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.network) as Arc<dyn Transport>
    }

    /// All requests so far.
    pub(super) fn sent(&self) -> Vec<Sent> {
        self.network.0.lock().unwrap_or_else(PoisonError::into_inner).sent.clone()
    }

    /// Those of the call itself: nothing answers them.
    pub(super) fn calls(&self) -> Vec<Sent> {
        let is_identity = |sent: &Sent| IDENTITY_PATHS.contains(&sent.request.path.as_str());
        self.sent().into_iter().filter(|sent| !sent.answered && !is_identity(sent)).collect()
    }
}

/// Paths on which services hand out keys and ids.
pub(super) const IDENTITY_PATHS: &[&str] = &[
    "/v3/projects",
    "/v3/auth/domains",
    "/v5/caller-identity",
    "/v3.0/OS-AUTH/id-token/tokens",
    "/v3.0/OS-CREDENTIAL/securitytokens",
    "/v5/agencies/assume-with-oidc",
    "/pod/credentials",
    "/meta-data/latest/api/token",
    "/openstack/latest/securitykey",
];

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = state.next(&format!("{} {}", request.method, request.path));
        let sent =
            Sent { place: request.endpoint.to_string(), shown: shown(&request), answered: reply.is_some(), request };
        state.sent.push(sent);
        let unreachable = || TransportError::new(TransportErrorKind::Resolve, "the name does not resolve");
        let answer = reply.filter(|reply| !reply.is_null()).map(|reply| raw_reply(&reply)).ok_or_else(unreachable);
        Box::pin(std::future::ready(answer))
    }
}

impl State {
    fn next(&mut self, route: &str) -> Option<Value> {
        let replies = self.replies.get_mut(route)?;
        if replies.len() > 1 { Some(replies.remove(0)) } else { replies.first().cloned() }
    }
}

impl Sent {
    /// Whether signing the same request with these keys gives the same authorization.
    pub(super) fn is_signed_with(&self, keys: &Keys) -> bool {
        let mut again = self.request.clone();
        let Some(authorization) = again.headers.remove(header::AUTHORIZATION) else { return false };
        let text = String::from_utf8_lossy(authorization.as_bytes());
        let signed = text.split("SignedHeaders=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
        // What was added behind the signature is not in it.
        let added: Vec<_> =
            again.headers.keys().filter(|name| !signed.split(';').any(|one| one == name.as_str())).cloned().collect();
        added.iter().for_each(|name| drop(again.headers.remove(name)));
        // The date of the request is used, not this one.
        let signed = Signer::default().sign(
            &mut again,
            keys,
            Algorithm::HmacSha256,
            Scope { region: "", service: "" },
            time::from_unix(0),
        );
        signed.is_ok() && again.headers.get(header::AUTHORIZATION) == Some(&authorization)
    }
}

fn shown(request: &Request) -> Value {
    let mut headers = Map::new();
    for name in TELLING.iter().filter(|name| request.headers.contains_key(**name)) {
        headers.insert((*name).to_owned(), Value::from(request.header(name)));
    }
    if let Some((access, _)) = request.header("authorization").split_once(", SignedHeaders") {
        headers.insert("authorization".to_owned(), Value::from(access));
    } else if request.headers.contains_key(header::AUTHORIZATION) {
        headers.insert("authorization".to_owned(), Value::from(request.header("authorization")));
    }
    let body = match request.body.open() {
        Ok(OpenBody::Bytes(bytes)) => serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        _ => Value::Null,
    };
    json!({"method": request.method.as_str(), "url": request.url(), "headers": headers, "body": body})
}

fn raw_reply(reply: &Value) -> RawReply {
    let status = member(reply, "status").as_u64().and_then(|status| StatusCode::from_u16(status as u16).ok());
    let headers = member(reply, "headers").as_object().into_iter().flatten();
    let headers: HeaderMap = headers
        .filter_map(|(name, value)| {
            Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value.as_str()?).ok()?))
        })
        .collect();
    RawReply::new(status.unwrap_or(StatusCode::OK), headers, text(reply, "body").to_owned())
}
