//! What the task in the background and the owner of a WebSocket share.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use sanyun_core::Result;

use super::message::Message;

/// Messages that are kept for the owner before no more are read.
const ROOM: usize = 256;

#[derive(Default)]
pub(super) struct Line(Mutex<State>);

#[derive(Default)]
struct State {
    messages: VecDeque<Result<Message>>,
    has_ended: bool,
    has_left: bool,
    owner: Option<Waker>,
    driver: Option<Waker>,
    session_id: Option<String>,
    request_id: String,
    close_reason: Option<(u16, String)>,
}

/// The owner's side.
impl Line {
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Message>>> {
        let mut state = self.state();
        if let Some(message) = state.messages.pop_front() {
            wake(&mut state.driver);
            return Poll::Ready(Some(message));
        }
        if state.has_ended {
            return Poll::Ready(None);
        }
        state.owner = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Asks for the connection to be closed.
    pub(super) fn leave(&self) {
        let mut state = self.state();
        state.has_left = true;
        wake(&mut state.driver);
    }

    pub(super) fn session_id(&self) -> Option<String> {
        self.state().session_id.clone()
    }

    pub(super) fn request_id(&self) -> String {
        self.state().request_id.clone()
    }

    pub(super) fn close_reason(&self) -> Option<(u16, String)> {
        self.state().close_reason.clone()
    }
}

/// The driver's side.
impl Line {
    pub(super) fn push(&self, message: Result<Message>) {
        let mut state = self.state();
        state.messages.push_back(message);
        wake(&mut state.owner);
    }

    /// Ready once the owner has left.
    pub(super) fn poll_left(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.has_left {
            return Poll::Ready(());
        }
        state.driver = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Whether another message can be kept. Where [`poll_left`](Self::poll_left) was polled before, taking one wakes
    /// the driver.
    pub(super) fn has_room(&self) -> bool {
        self.state().messages.len() < ROOM
    }

    pub(super) fn opened(&self, session_id: Option<String>, request_id: String) {
        let mut state = self.state();
        (state.session_id, state.request_id, state.close_reason) = (session_id, request_id, None);
    }

    pub(super) fn closed(&self, code: u16, reason: String) {
        self.state().close_reason = Some((code, reason));
    }

    pub(super) fn end(&self) {
        let mut state = self.state();
        state.has_ended = true;
        wake(&mut state.owner);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}
