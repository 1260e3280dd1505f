//! A client whose network answers from a list.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use sanyun_core::{
    BoxFuture, Fixed, ManualClock, RawReply, Request, StreamBody, Transport, TransportError, TransportErrorKind,
};
use sanyun_tencent::{Builder, Client, Credential};

/// What comes of one attempt.
#[derive(Clone)]
pub(super) enum Answer {
    /// No reply.
    Broken,
    /// Status, content type, and the pieces of the body.
    Reply(u16, String, Vec<Bytes>),
}

impl Answer {
    /// A JSON text as the whole reply.
    pub(super) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::Reply(status, "application/json".to_owned(), vec![body.into()])
    }
}

/// Answers to come, and a count of the requests so far.
#[derive(Clone)]
pub(super) struct Script {
    clock: Arc<ManualClock>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    attempts: usize,
}

impl Script {
    pub(super) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let state = State { answers: answers.into_iter().collect(), attempts: 0 };
        Self { clock: Arc::new(ManualClock::at_unix(1_700_000_000)), state: Arc::new(Mutex::new(state)) }
    }

    /// A builder of a client that signs, and waits on a clock that only waiting moves.
    pub(super) fn builder(&self) -> Builder {
        Client::builder()
            .credentials(Credential::keys("AKIDTEST", "secret"))
            .region("ap-guangzhou")
            .world(Fixed::default())
            .transport(self.clone())
            .clock(Arc::clone(&self.clock))
    }

    /// How many requests went out.
    pub(super) fn attempts(&self) -> usize {
        self.state().attempts
    }

    /// The waits so far, in seconds.
    pub(super) fn waits(&self) -> Vec<u64> {
        self.clock.sleeps().iter().map(Duration::as_secs).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Script {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let mut state = self.state();
        state.attempts += 1;
        let answer = state.answers.pop_front().unwrap_or(Answer::Broken);
        Box::pin(std::future::ready(reply(answer)))
    }
}

fn reply(answer: Answer) -> Result<RawReply, TransportError> {
    let scripted = |text: String| TransportError::new(TransportErrorKind::Broken, text);
    let Answer::Reply(status, content_type, pieces) = answer else { return Err(scripted("scripted".to_owned())) };
    let status = StatusCode::from_u16(status).map_err(|error| scripted(error.to_string()))?;
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::try_from(content_type).map_err(|error| scripted(error.to_string()))?);
    Ok(RawReply { status, headers, body: StreamBody::new(Box::pin(Pieces(pieces.into_iter())), None) })
}

/// The pieces of a body.
struct Pieces(std::vec::IntoIter<Bytes>);

impl futures_core::Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}
