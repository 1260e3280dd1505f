//! Looking at calls as they happen, without seeing their secrets.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::Error;
use crate::protocol::CallInfo;
use crate::redact;
use crate::reply::Reply;
use crate::request::Request;

/// Called while a call is made, in the order in which hooks were added. A hook must not block: it runs on the thread
/// that makes the call.
pub trait Hook: Send + Sync + 'static {
    /// Before an attempt is sent, after it has been signed.
    fn before_attempt(&self, attempt: &AttemptView<'_>) {
        let _ = attempt;
    }

    /// After an attempt, whichever way it ended.
    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        let _ = (attempt, outcome);
    }

    /// When the call is done, once.
    fn call_done(&self, call: &CallInfo<'_>, outcome: &CallOutcome<'_>) {
        let _ = (call, outcome);
    }
}

impl<H: Hook + ?Sized> Hook for Arc<H> {
    fn before_attempt(&self, attempt: &AttemptView<'_>) {
        (**self).before_attempt(attempt);
    }

    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        (**self).after_attempt(attempt, outcome);
    }

    fn call_done(&self, call: &CallInfo<'_>, outcome: &CallOutcome<'_>) {
        (**self).call_done(call, outcome);
    }
}

/// An attempt as a hook sees it.
#[derive(Clone, Copy, Debug)]
pub struct AttemptView<'a> {
    /// Facts about the call.
    pub call: CallInfo<'a>,
    /// 1 for the first attempt.
    pub number: u32,
    /// The signed request, secrets masked.
    pub request: RequestView<'a>,
}

/// A request with its secrets masked.
#[derive(Clone, Copy, Debug)]
pub struct RequestView<'a> {
    request: &'a Request,
    shown_headers: &'static [&'static str],
    unmasked: bool,
}

impl<'a> RequestView<'a> {
    /// A view of a request. `shown_headers` are the cloud's own headers that may be shown.
    pub fn new(request: &'a Request, shown_headers: &'static [&'static str]) -> Self {
        Self { request, shown_headers, unmasked: false }
    }

    pub(crate) fn unmasked_if(mut self, unmasked: bool) -> Self {
        self.unmasked = unmasked;
        self
    }

    /// The method.
    pub fn method(&self) -> &'a http::Method {
        &self.request.method
    }

    /// Scheme and authority.
    pub fn endpoint(&self) -> &'a crate::Endpoint {
        &self.request.endpoint
    }

    /// The URL; values of query parameters that may be secret are `***`.
    pub fn url(&self) -> String {
        let path = format!("{}{}", self.request.endpoint, self.request.path);
        if self.request.query.is_empty() { path } else { format!("{path}?{}", redact::query(&self.request.query)) }
    }

    /// The headers; only those known to be harmless are shown, the others' values are `***`.
    pub fn headers(&self) -> Vec<(&'a str, String)> {
        redact::headers(&self.request.headers, self.shown_headers)
    }

    /// A JSON body with members that may be secret masked; any other body by its length alone. Empty for none.
    pub fn body(&self) -> String {
        match self.request.body.as_bytes() {
            Some([]) => String::new(),
            Some(bytes) => redact::body(bytes),
            None => format!("{:?}", self.request.body),
        }
    }

    /// The request itself, secrets included; only for clients built with `danger_unmasked_hooks`.
    pub fn unmasked(&self) -> Option<&'a Request> {
        self.unmasked.then_some(self.request)
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
pub struct AttemptOutcome<'a> {
    /// From before the request was sent until the reply was read (a streamed one: until its head was).
    pub elapsed: Duration,
    /// The reply, if there was one, whatever its status.
    pub reply: Option<&'a Reply>,
    /// The cloud's id of the request, where the reply told it.
    pub request_id: Option<&'a str>,
    /// The error, if the attempt failed.
    pub error: Option<&'a Error>,
    /// The wait before the next attempt, if there will be one.
    pub retry_in: Option<Duration>,
}

impl AttemptOutcome<'_> {
    /// The status, if there was a reply.
    pub fn status(&self) -> Option<StatusCode> {
        self.reply.map(|reply| reply.status)
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub struct CallOutcome<'a> {
    /// From the start of the call to its end, waits included.
    pub elapsed: Duration,
    /// How many attempts were made.
    pub attempts: u32,
    /// The error, if the call failed.
    pub error: Option<&'a Error>,
}
