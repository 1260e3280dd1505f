//! Spans with the field names of OpenTelemetry's conventions, when the feature `tracing` is on. One span for the call
//! (`rpc.*`), inside it one for each attempt (`http.*`, `server.*`). No header, query or body is recorded.

use http::StatusCode;

use crate::breaker::BreakerState;
use crate::error::Error;
use crate::hook::BreakerChange;
use crate::protocol::CallInfo;
use crate::request::Request;

/// A span, or nothing at all without the feature.
#[derive(Clone)]
pub(crate) struct Span {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl Span {
    pub(crate) fn call(call: &CallInfo<'_>) -> Self {
        use tracing::field::Empty;
        Self {
            span: tracing::info_span!(
                "sanyun.call",
                rpc.system = call.cloud,
                rpc.service = call.service,
                rpc.method = call.operation,
                http.request.resend_count = Empty,
                error.type = Empty,
            ),
        }
    }

    pub(crate) fn none() -> Self {
        Self { span: tracing::Span::none() }
    }

    pub(crate) fn attempt(request: &Request) -> Self {
        use tracing::field::Empty;
        Self {
            span: tracing::debug_span!(
                "sanyun.attempt",
                http.request.method = request.method.as_str(),
                url.scheme = request.endpoint.scheme().as_str(),
                url.path = request.path.as_str(),
                server.address = request.endpoint.host(),
                server.port = request.endpoint.port(),
                http.response.status_code = Empty,
                sanyun.breaker.state = Empty,
                error.type = Empty,
            ),
        }
    }

    /// The state of the breaker that chose between endpoint and backup, if there was one to ask.
    pub(crate) fn routed(&self, breaker: Option<BreakerState>) {
        if let Some(state) = breaker {
            self.span.record("sanyun.breaker.state", state.as_str());
        }
    }

    /// The future inside this span. Not an `async fn`: that would hold the future twice.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> impl Future<Output = T> {
        use tracing::Instrument as _;
        future.instrument(self.span.clone())
    }

    pub(crate) fn answered(&self, status: StatusCode) {
        self.span.record("http.response.status_code", status.as_u16());
    }

    /// The error's type is the cloud's code, or the kind of the failure.
    pub(crate) fn failed(&self, error: &Error) {
        match error.code() {
            Some(code) => self.span.record("error.type", code),
            None => self.span.record("error.type", tracing::field::debug(error.kind())),
        };
    }

    pub(crate) fn resent(&self, times: u32) {
        if times > 0 {
            self.span.record("http.request.resend_count", times);
        }
    }
}

/// An event for a breaker's change of state: a warning if it opens.
#[cfg(feature = "tracing")]
pub(crate) fn breaker_changed(change: &BreakerChange<'_>) {
    macro_rules! event {
        ($level:ident) => {
            tracing::$level!(
                rpc.system = change.call.cloud,
                rpc.service = change.call.service,
                server.address = change.primary.host(),
                sanyun.breaker.backup = change.backup.host(),
                sanyun.breaker.from = change.from.as_str(),
                sanyun.breaker.state = change.to.as_str(),
                sanyun.breaker.generation = change.generation,
                "the breaker changed"
            )
        };
    }
    if change.to == BreakerState::Open { event!(warn) } else { event!(info) }
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn breaker_changed(_: &BreakerChange<'_>) {}

#[cfg(not(feature = "tracing"))]
impl Span {
    pub(crate) fn call(_: &CallInfo<'_>) -> Self {
        Self {}
    }

    pub(crate) fn none() -> Self {
        Self {}
    }

    pub(crate) fn attempt(_: &Request) -> Self {
        Self {}
    }

    pub(crate) fn run<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) fn routed(&self, _: Option<BreakerState>) {}

    pub(crate) fn answered(&self, _: StatusCode) {}

    pub(crate) fn failed(&self, _: &Error) {}

    pub(crate) fn resent(&self, _: u32) {}
}
