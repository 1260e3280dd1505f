//! A network with a metadata service and an STS, which remembers what it was asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use sanyun_core::{BoxFuture, Clock, ManualClock, RawReply, Request, Transport, TransportError, time};
use serde_json::{Value, json};

use crate::support::{member, text};

const METADATA: &str = "http://metadata.tencentyun.com/latest/meta-data/";

/// The network; clones share what it answers and what it was asked.
#[derive(Clone)]
pub(super) struct Network(Arc<Mutex<State>>);

struct State {
    clock: Arc<ManualClock>,
    /// The content of `cam/security-credentials/`, by name.
    metadata: Value,
    /// What STS always answers; keys numbered anew at each question if null.
    answer: Value,
    lifetime: Duration,
    granted: u32,
    asked: Vec<Asked>,
}

/// A request as it arrived.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The path below the metadata service's root.
    pub(super) fn metadata_path(&self) -> Option<&str> {
        self.url.strip_prefix(METADATA)
    }
}

impl Network {
    /// A network without a metadata service, whose STS grants two hours.
    pub(super) fn new(clock: Arc<ManualClock>) -> Self {
        let lifetime = Duration::from_secs(7200);
        let state =
            State { clock, metadata: Value::Null, answer: Value::Null, lifetime, granted: 0, asked: Vec::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// STS always gives these keys.
    pub(super) fn answering(self, answer: &Value) -> Self {
        self.state().answer = answer.clone();
        self
    }

    /// STS grants keys for so long, whatever the wish.
    pub(super) fn granting(self, lifetime: Duration) -> Self {
        self.state().lifetime = lifetime;
        self
    }

    pub(super) fn set_metadata(&self, metadata: &Value) {
        self.state().metadata = metadata.clone();
    }

    /// What was asked since the last look.
    pub(super) fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state().asked)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn answer(&mut self, asked: &Asked) -> (StatusCode, String) {
        match asked.metadata_path().and_then(|path| path.strip_prefix("cam/security-credentials/")) {
            Some(name) => match self.metadata.get(name).and_then(Value::as_str) {
                Some(content) => (StatusCode::OK, content.to_owned()),
                None => (StatusCode::NOT_FOUND, String::new()),
            },
            None => (StatusCode::OK, json!({"Response": self.keys()}).to_string()),
        }
    }

    fn keys(&mut self) -> Value {
        self.granted += 1;
        let number = self.granted;
        let expiry = time::unix_seconds(self.clock.now() + self.lifetime);
        let numbered = json!({
            "TmpSecretId": format!("i{number}"),
            "TmpSecretKey": format!("k{number}"),
            "Token": format!("t{number}"),
            "ExpiredTime": expiry,
        });
        let keys = if self.answer.is_null() { &numbered } else { &self.answer };
        let part = |name: &str| text(keys, name).to_owned();
        json!({
            "Credentials": {
                "TmpSecretId": part("TmpSecretId"), "TmpSecretKey": part("TmpSecretKey"), "Token": part("Token"),
            },
            "ExpiredTime": member(keys, "ExpiredTime"),
            "RequestId": "r",
        })
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let asked = Asked {
            method: request.method.to_string(),
            url: request.url(),
            body: request.body.as_bytes().unwrap_or_default().to_vec(),
            headers: request.headers,
        };
        let mut state = self.state();
        let (status, content) = state.answer(&asked);
        state.asked.push(asked);
        Box::pin(std::future::ready(Ok(RawReply::new(status, HeaderMap::new(), content))))
    }
}
