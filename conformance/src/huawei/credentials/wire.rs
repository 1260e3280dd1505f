//! A network that answers from a list and remembers what it was asked.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::{BoxFuture, RawReply, Request, Transport, TransportError, TransportErrorKind};
use serde_json::Value;

use crate::support::{member, same, same_headers, text};

/// The answers that are left, and the requests so far.
#[derive(Clone, Default)]
pub(super) struct Script(Arc<Mutex<(VecDeque<Value>, Vec<Asked>)>>);

/// A request as it arrived.
#[derive(Clone)]
pub(super) struct Asked {
    method: String,
    url: String,
    headers: HeaderMap,
    pub(super) body: Value,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn compare(&self, expected: &Value) -> Result<(), String> {
        same("method", &self.method, text(expected, "method"))?;
        same("url", &self.url, text(expected, "url"))?;
        same_headers(&self.headers, member(expected, "headers"))?;
        self.no_other_header(member(expected, "headers"))?;
        let wanted = expected.get("body").and_then(Value::as_str).map_or(Value::Null, as_json);
        if self.body == wanted { Ok(()) } else { Err(format!("body: ours {}, expected {wanted}", self.body)) }
    }

    /// Of the headers that mean something to the cloud, no further ones.
    fn no_other_header(&self, expected: &Value) -> Result<(), String> {
        let known = |name: &str| {
            expected.as_object().is_some_and(|headers| headers.keys().any(|key| key.eq_ignore_ascii_case(name)))
        };
        let other = self.headers.keys().map(HeaderName::as_str);
        let mut other = other.filter(|name| name.starts_with("x-") || *name == "authorization");
        other.find(|name| !known(name)).map_or(Ok(()), |name| Err(format!("header {name} is not expected")))
    }
}

impl Script {
    /// A script of these replies: `status`, `headers`, `body`.
    pub(super) fn of(replies: &Value) -> Self {
        let replies = replies.as_array().cloned().unwrap_or_default();
        Self(Arc::new(Mutex::new((replies.into(), Vec::new()))))
    }

    pub(super) fn requests(&self) -> Vec<Asked> {
        self.state().1.clone()
    }

    /// Compares the requests, all and in their order.
    pub(super) fn compare(&self, expected: &[Value]) -> Result<(), String> {
        let ours = self.requests();
        if ours.len() != expected.len() {
            let urls: Vec<_> = ours.iter().map(|asked| format!("{} {}", asked.method, asked.url)).collect();
            return Err(format!("{} requests, expected {}: {urls:?}", ours.len(), expected.len()));
        }
        let mut pairs = ours.iter().zip(expected).enumerate();
        pairs.try_for_each(|(at, (ours, wanted))| {
            ours.compare(wanted).map_err(|difference| format!("request {at}: {difference}"))
        })
    }

    fn state(&self) -> MutexGuard<'_, (VecDeque<Value>, Vec<Asked>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, request: Request) -> Result<RawReply, TransportError> {
        let unreadable = |error: std::io::Error| TransportError::new(TransportErrorKind::Body, error.to_string());
        let body = request.body.collect().await.map_err(unreadable)?;
        let url = request.url();
        let asked = Asked {
            method: request.method.to_string(),
            url,
            headers: request.headers,
            body: as_json(&String::from_utf8_lossy(&body)),
        };
        let mut state = self.state();
        state.1.push(asked);
        let reply = state.0.pop_front();
        drop(state);
        match reply {
            Some(reply) => raw_reply(&reply),
            None => Err(TransportError::new(TransportErrorKind::Request, "the script has ended")),
        }
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(self.answer(request))
    }
}

/// JSON, or what is not JSON as a string; nothing as null.
fn as_json(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { serde_json::from_str(text).unwrap_or_else(|_| text.into()) }
}

fn raw_reply(reply: &Value) -> Result<RawReply, TransportError> {
    let status = member(reply, "status").as_u64().and_then(|status| StatusCode::from_u16(status as u16).ok());
    let mut headers = HeaderMap::new();
    for (name, value) in member(reply, "headers").as_object().into_iter().flatten() {
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), value) {
            headers.append(name, value);
        }
    }
    Ok(RawReply::new(status.unwrap_or(StatusCode::OK), headers, text(reply, "body").to_owned()))
}

/// Runs a future that waits for nothing outside.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    Ok(runtime.map_err(|error| error.to_string())?.block_on(future))
}
