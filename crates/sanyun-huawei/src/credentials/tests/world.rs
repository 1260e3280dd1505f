//! A world of given variables, files and replies.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::{
    BoxFuture, Context, Credential, CredentialSource, Error, Fixed, ManualClock, OpenBody, RawReply, Request,
    SeededChance, Settings, SourceError, StreamBody, Transport, TransportError, TransportErrorKind,
};

/// 2026-01-02T03:04:05Z.
pub(super) const NOW: u64 = 1_767_323_045;

/// A request as it arrived.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Script {
    replies: VecDeque<RawParts>,
    asked: Vec<Asked>,
    refuses: bool,
    echoes: Option<u16>,
}

type RawParts = (u16, Vec<(String, String)>, String);

/// The world; clones share the network.
#[derive(Clone)]
pub(super) struct World {
    fixed: Fixed,
    script: Arc<Mutex<Script>>,
    pub(super) clock: Arc<ManualClock>,
    kind: &'static str,
}

impl World {
    pub(super) fn new() -> Self {
        let clock = Arc::new(ManualClock::at_unix(NOW));
        Self { fixed: Fixed::default(), script: Arc::default(), clock, kind: super::BASIC }
    }

    pub(super) fn var(mut self, name: &str, text: &str) -> Self {
        self.fixed = self.fixed.var(name, text);
        self
    }

    pub(super) fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.fixed = self.fixed.file(path, content.as_ref());
        self
    }

    /// Adds a reply, after those added before.
    pub(super) fn reply(self, status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.script.lock().unwrap().replies.push_back((status, headers, body.to_owned()));
        self
    }

    /// Nobody answers once the replies are used up.
    pub(super) fn refusing(self) -> Self {
        self.script.lock().unwrap().refuses = true;
        self
    }

    /// Once the replies are used up, requests are refused with all that was in them.
    pub(super) fn echoing(self, status: u16) -> Self {
        self.script.lock().unwrap().echoes = Some(status);
        self
    }

    pub(super) fn kind(&self, kind: &'static str) -> Self {
        Self { kind, ..self.clone() }
    }

    pub(super) fn requests(&self) -> Vec<Asked> {
        self.script.lock().unwrap().asked.clone()
    }

    pub(super) fn settings(&self) -> Settings {
        let mut settings = Settings {
            transport: Some(Arc::new(Network(Arc::clone(&self.script)))),
            clock: self.clock.clone(),
            chance: Arc::new(SeededChance::new(1)),
            ..Settings::default()
        };
        settings.set_fixed(self.fixed.clone());
        settings
    }

    pub(super) fn context(&self) -> Context {
        Context { kind: self.kind, ..self.settings().context().unwrap() }
    }

    pub(super) fn load(&self, source: &dyn CredentialSource) -> Result<Credential, SourceError> {
        let context = self.context();
        ready(source.load(&context))
    }

    /// Why there is nothing.
    pub(super) fn absent(&self, source: &dyn CredentialSource) -> String {
        match self.load(source) {
            Err(SourceError::Absent(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    /// What is broken.
    pub(super) fn failed(&self, source: &dyn CredentialSource) -> Error {
        match self.load(source) {
            Err(SourceError::Failed(error)) => error,
            other => panic!("{other:?}"),
        }
    }
}

/// The id of a credential's key.
pub(super) fn key(credential: &Credential) -> &str {
    &credential.signing_keys().unwrap().id
}

/// Runs a future to its end.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

struct Network(Arc<Mutex<Script>>);

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let body = match request.body.open().unwrap() {
            OpenBody::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            _ => String::new(),
        };
        let (method, url) = (request.method.to_string(), request.url());
        Box::pin(async move {
            // Others run before the answer comes.
            tokio::task::yield_now().await;
            let mut script = self.0.lock().unwrap();
            let echo = format!("{:?} {body}", plain(&request.headers));
            script.asked.push(Asked { method, url, headers: request.headers, body });
            let echoes = script.echoes;
            match script.replies.pop_front() {
                Some(parts) => Ok(raw(parts)),
                None if echoes.is_some() => Ok(raw((echoes.unwrap(), Vec::new(), echo))),
                None if script.refuses => Err(TransportError::new(TransportErrorKind::Connect, "connection refused")),
                None => panic!("the script has ended"),
            }
        })
    }
}

/// Headers with their values, also those that hold secrets.
fn plain(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect()
}

fn raw((status, headers, body): RawParts) -> RawReply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
    }
    let body = StreamBody::new(Box::pin(Once(Some(body.into()))), None);
    RawReply { status: StatusCode::from_u16(status).unwrap(), headers: map, body }
}

struct Once(Option<Bytes>);

impl futures_core::Stream for Once {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut task::Context<'_>) -> task::Poll<Option<Self::Item>> {
        task::Poll::Ready(self.0.take().map(Ok))
    }
}
