//! A transport that answers each path from a list of its own, and remembers what it was sent.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "where the script fails, the test fails")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::{BoxFuture, RawReply, Request, Transport, TransportError, TransportErrorKind};

/// A status, headers (`name: value` a line) and a body.
pub(crate) type Answer = (u16, &'static str, &'static str);

/// The cloud: answers by path, of which the last repeats, and the requests so far. Without an answer it cannot be reached.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: HashMap<&'static str, Vec<Answer>>,
    seen: Vec<Request>,
}

impl Script {
    /// Answers a path, from now on, with these in turn.
    pub(crate) fn on(self, path: &'static str, answers: &[Answer]) -> Self {
        self.now(path, answers);
        self
    }

    /// The same while it is in use.
    pub(crate) fn now(&self, path: &'static str, answers: &[Answer]) {
        let mut state = self.0.lock().unwrap();
        state.answers.insert(path, answers.iter().rev().copied().collect());
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.0.lock().unwrap().seen.clone()
    }

    /// The URLs so far.
    pub(crate) fn urls(&self) -> Vec<String> {
        self.seen().iter().map(Request::url).collect()
    }

    fn answer(&self, request: Request) -> Result<RawReply, TransportError> {
        let mut state = self.0.lock().unwrap();
        let path = request.path.clone();
        state.seen.push(request);
        let refused = || TransportError::new(TransportErrorKind::Connect, "scripted");
        let answers = state.answers.get_mut(&*path).ok_or_else(refused)?;
        let (status, headers, body) = if answers.len() > 1 { answers.pop() } else { answers.last().copied() }.unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap())
        };
        let headers: HeaderMap = headers.lines().map(header).collect();
        Ok(RawReply::new(StatusCode::from_u16(status).unwrap(), headers, body))
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(async move {
            // Whoever else is ready runs meanwhile, as on a real connection.
            tokio::task::yield_now().await;
            self.answer(request)
        })
    }
}
