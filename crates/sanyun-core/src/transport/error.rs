//! Failures below HTTP, sorted by what they mean for a retry.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, TimeoutPhase};

/// What failed on the way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The name does not resolve. Nothing was sent: the next endpoint, or a retry.
    Resolve,
    /// Refused or unreachable. Nothing was sent: the next endpoint, or a retry.
    Connect,
    /// The proxy refused or failed. Nothing was sent: a retry; another endpoint goes through the same proxy.
    Proxy,
    /// The TLS handshake failed. Nothing was sent: the next endpoint; a retry would fail alike.
    Tls,
    /// Connecting took too long. Nothing was sent: the next endpoint, or a retry.
    ConnectTimeout,
    /// No byte moved for the read time-out. Retried if idempotent.
    ReadTimeout,
    /// The connection broke after the request may have arrived. Retried if idempotent.
    Broken,
    /// The answer is not HTTP, or shorter than it said. Retried if idempotent.
    Garbage,
    /// A redirect that is not followed, though redirects are: too many, no address, or away from TLS. Not retried.
    Redirect,
    /// The request's own body could not be read. Not retried.
    Body,
    /// The request cannot be put on the wire. Not retried.
    Request,
}

/// A failure below HTTP. It holds no header and no query.
#[derive(Clone)]
pub struct TransportError {
    kind: TransportErrorKind,
    message: String,
    reused: bool,
    behind_redirect: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// A failure with its message, which names host or file and no secret.
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), reused: false, behind_redirect: false, source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
    }

    /// Says that the connection had served a request before: it may have been closed while it was idle, so an
    /// immediate second try on a new one is in order.
    #[must_use]
    pub fn on_reused_connection(mut self, reused: bool) -> Self {
        self.reused = reused;
        self
    }

    /// Says that a server has seen the request and sent it elsewhere, where this happened.
    pub(super) fn behind_redirect(mut self) -> Self {
        self.message = format!("behind a redirect: {}", self.message);
        self.behind_redirect = true;
        self
    }

    /// What failed.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the connection had served a request before.
    pub fn is_on_reused_connection(&self) -> bool {
        self.reused
    }

    /// Whether surely no byte of the request has reached a server.
    pub fn is_unsent(&self) -> bool {
        use TransportErrorKind as K;
        let before = matches!(self.kind, K::Resolve | K::Connect | K::Proxy | K::Tls | K::ConnectTimeout | K::Request);
        before && !self.behind_redirect
    }

    /// Whether another endpoint may answer where this one did not.
    pub fn is_endpoint_failure(&self) -> bool {
        use TransportErrorKind as K;
        !self.behind_redirect && matches!(self.kind, K::Resolve | K::Connect | K::Tls | K::ConnectTimeout)
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        use TransportErrorKind as K;
        let message = error.message.clone();
        let retryable = !matches!(error.kind, K::Tls | K::Redirect | K::Body | K::Request);
        let made = match error.kind {
            K::Resolve => Self::new(ErrorKind::Resolve, message).with_hint(
                "there is no network, the region id is wrong, or the endpoint's host is: check them in this order",
            ),
            K::Connect | K::Proxy => Self::new(ErrorKind::Connect, message),
            K::Tls => Self::new(ErrorKind::Tls, message)
                .with_hint("add the issuer's certificate with `ca_file`, or check the host and the clock"),
            K::ConnectTimeout => Self::timed_out(TimeoutPhase::Connect, message),
            K::ReadTimeout => Self::timed_out(TimeoutPhase::Read, message),
            K::Broken | K::Body => Self::new(ErrorKind::Io, message),
            K::Garbage => Self::new(ErrorKind::Decode, message),
            K::Redirect => Self::new(ErrorKind::Redirect, message),
            K::Request => Self::new(ErrorKind::Input, message),
        };
        let made = made.with_retryable(retryable);
        match error.source {
            Some(source) => made.with_source(Cause(source)),
            None => made,
        }
    }
}

/// A shared cause, as an error of its own.
#[derive(Debug)]
struct Cause(Arc<dyn StdError + Send + Sync>);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransportError({:?}: {})", self.kind, self.message)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_does_not_resolve_says_what_may_be_wrong() {
        let failed =
            TransportError::new(TransportErrorKind::Resolve, "ecs.nowhere-1.myhuaweicloud.com does not resolve");
        let error = Error::from(failed);
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Resolve, true));
        let hint = error.hint().unwrap_or_default();
        for part in ["no network", "region id", "endpoint's host"] {
            assert!(hint.contains(part), "{hint}");
        }
    }
}
