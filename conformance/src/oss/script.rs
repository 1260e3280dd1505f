//! A transport that answers from a list and remembers what it was sent.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::{BoxFuture, RawReply, Request, Transport, TransportError, TransportErrorKind, encode};
use serde_json::Value;

use crate::support::{member, text};

/// The answers, the last of which repeats, and the requests so far.
#[derive(Clone, Default)]
pub(super) struct Script(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: Vec<Value>,
    seen: Vec<Seen>,
}

/// A request as it arrived.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Script {
    /// A script of these replies (`status`, `headers`, `body` or `body_b64`) and failures (`transport_error`).
    pub(super) fn new(answers: impl IntoIterator<Item = Value>) -> Self {
        let state = State { answers: answers.into_iter().collect(), seen: Vec::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// The requests so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seen.clone()
    }

    fn answer(&self, seen: Seen) -> Result<RawReply, TransportError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = state.seen.len().min(state.answers.len().saturating_sub(1));
        state.seen.push(seen);
        let answer = state.answers.get(at).cloned().unwrap_or(Value::Null);
        drop(state);
        match text(&answer, "transport_error") {
            "" => Ok(raw_reply(&answer)),
            "response" => Err(TransportError::new(TransportErrorKind::ReadTimeout, "scripted")),
            _ => Err(TransportError::new(TransportErrorKind::Connect, "scripted")),
        }
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(async move {
            let body = body(&request).await?;
            let Request { method, query, headers, .. } = request;
            self.answer(Seen { method: method.to_string(), query, headers, body })
        })
    }
}

/// A request's body, read to its end.
pub(super) async fn body(request: &Request) -> Result<Bytes, TransportError> {
    let unreadable = |error: std::io::Error| TransportError::new(TransportErrorKind::Body, error.to_string());
    request.body.collect().await.map_err(unreadable)
}

fn raw_reply(answer: &Value) -> RawReply {
    let status = member(answer, "status").as_u64().and_then(|status| StatusCode::from_u16(status as u16).ok());
    let body = match answer.get("body_b64").and_then(Value::as_str) {
        Some(text) => encode::base64_decode(text).unwrap_or_default(),
        None => text(answer, "body").as_bytes().to_vec(),
    };
    RawReply::new(status.unwrap_or(StatusCode::OK), headers(member(answer, "headers")), body)
}

fn headers(pairs: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for pair in pairs.as_array().into_iter().flatten() {
        let part = |at: usize| pair.get(at).and_then(Value::as_str).unwrap_or_default();
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(part(0)), HeaderValue::from_bytes(part(1).as_bytes())) {
            headers.append(name, value);
        }
    }
    headers
}
