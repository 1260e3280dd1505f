//! One error for everything: what happened, where, whether trying again helps, and what to do next.

mod service;

use std::error::Error as StdError;
use std::fmt;

use crate::reply::Reply;

pub use service::{ServiceClass, ServiceError, Side};

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure an [`Error`] is, for matching.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option, endpoint, region or profile is wrong. Nothing was sent.
    Config,
    /// The parameters do not fit the operation. Nothing was sent.
    Input,
    /// No usable credential was found, or a refresh failed after the old one had expired. Nothing was sent.
    Credentials,
    /// The host name does not resolve. Nothing was sent.
    Resolve,
    /// No connection: refused, unreachable, or the proxy would not. Nothing was sent.
    Connect,
    /// The TLS handshake failed: an unknown issuer, another host's certificate, an expired one. Nothing was sent.
    Tls,
    /// A redirect that is not followed, though [`Http::follow_redirects`](crate::Http::follow_redirects) is set: too
    /// many, no address, or away from TLS. Without that option a redirect is the cloud's answer, [`Self::Service`].
    Redirect,
    /// Something took too long; [`Error::timeout_phase`] says what.
    Timeout,
    /// The cloud answered with an error; [`Error::service`] has it.
    Service,
    /// The answer is not what it should be: not HTTP, cut short, or not decodable.
    Decode,
    /// Reading or writing failed: a local file, or a connection that broke.
    Io,
}

/// What took too long.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Opening the connection, TLS and proxy included.
    Connect,
    /// No byte moved in either direction for the read time-out.
    Read,
    /// One attempt as a whole.
    Attempt,
    /// The call with all its attempts.
    Call,
    /// A condition that was waited for did not come true.
    Wait,
}

/// The one error of the SDK. It is one word on the stack, says everything in one line of `Display`, and holds no secret.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Option<String>,
    context: Option<String>,
    message: String,
    hint: Option<String>,
    service: Option<ServiceError>,
    /// What came and could not be read, with the cloud's id of the request.
    reply: Option<(Reply, Option<String>)>,
    timeout: Option<TimeoutPhase>,
    retryable: bool,
    attempts: u32,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with its message: lower case, no full stop, naming the offender.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            context: None,
            message: message.into(),
            hint: None,
            service: None,
            reply: None,
            timeout: None,
            retryable: false,
            attempts: 0,
            source: None,
        }))
    }

    /// A wrong option, endpoint, region or profile.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Parameters that do not fit the operation.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// No usable credential.
    pub fn credentials(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Credentials, message)
    }

    /// An answer that is not what it should be.
    pub fn decode(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, message)
    }

    /// A local file or stream that failed; `what` says which.
    pub fn io(what: impl fmt::Display, error: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("{what}: {error}"))
    }

    /// What the cloud answered.
    pub fn from_service(service: ServiceError) -> Self {
        let mut error = Self::new(ErrorKind::Service, String::new());
        error.0.retryable = service.class().is_retryable();
        error.0.service = Some(service);
        error
    }

    /// Something that took too long.
    pub fn timed_out(phase: TimeoutPhase, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Timeout, message);
        error.0.timeout = Some(phase);
        error.0.retryable = !matches!(phase, TimeoutPhase::Call | TimeoutPhase::Wait);
        error
    }

    /// Adds advice: one sentence that a person can act on.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the cause. Its text is shown through [`source`](StdError::source), not repeated in `Display`.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says what failed, where it was not the call itself but something on its way, such as `looking up the project`:
    /// stands in front of the message in `Display`.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.0.context = Some(context.into());
        self
    }

    /// The same error once more, without its cause: for whoever waited for the same thing.
    #[must_use]
    pub fn without_source(&self) -> Self {
        let inner = &*self.0;
        Self(Box::new(Inner {
            kind: inner.kind,
            operation: inner.operation.clone(),
            context: inner.context.clone(),
            message: inner.message.clone(),
            hint: inner.hint.clone(),
            service: inner.service.clone(),
            reply: inner.reply.clone(),
            timeout: inner.timeout,
            retryable: inner.retryable,
            attempts: inner.attempts,
            source: None,
        }))
    }

    /// Keeps the reply that could not be read, with the cloud's id of the request.
    #[must_use]
    pub fn with_reply(mut self, reply: Reply, request_id: Option<String>) -> Self {
        self.0.reply = Some((reply, request_id));
        self
    }

    /// Says whether the same call may succeed when it is made again.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// Names the call, such as `cvm DescribeInstances`, and how often it was attempted.
    #[must_use]
    pub fn during(mut self, operation: impl Into<String>, attempts: u32) -> Self {
        self.0.operation = Some(operation.into());
        self.0.attempts = attempts;
        self
    }

    /// Replaces the message.
    #[must_use]
    pub(crate) fn with_message(mut self, message: String) -> Self {
        self.0.message = message;
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The cloud's answer, if it is the cloud that refused.
    pub fn service(&self) -> Option<&ServiceError> {
        self.0.service.as_ref()
    }

    /// The cloud's error code, such as `AuthFailure.SignatureFailure`.
    pub fn code(&self) -> Option<&str> {
        self.service().map(ServiceError::code)
    }

    /// The cloud's id of the request, to give to its support.
    pub fn request_id(&self) -> Option<&str> {
        let of_reply = || self.0.reply.as_ref().and_then(|(_, id)| id.as_deref());
        self.service().map_or_else(of_reply, ServiceError::request_id)
    }

    /// The reply that could not be read: its status, headers and body as they came. The call may have done what it was to
    /// do. The body may repeat what was sent: do not print it where secrets must not show.
    pub fn reply(&self) -> Option<&Reply> {
        self.0.reply.as_ref().map(|(reply, _)| reply)
    }

    /// What took too long, if something did.
    pub fn timeout_phase(&self) -> Option<TimeoutPhase> {
        self.0.timeout
    }

    /// The call, such as `cvm DescribeInstances`, if the error happened in one.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// How many attempts were made; 0 when nothing was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// One sentence on what to do next, where the failure is a known one.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Whether the same call may succeed when it is made again later.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether the cloud asks to slow down. Wait before calling again; the retry policy does so on its own.
    pub fn is_throttled(&self) -> bool {
        self.service().is_some_and(|service| matches!(service.class(), ServiceClass::Throttled))
    }

    /// Whether something took too long.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether the service says that the thing asked for does not exist. An unknown key or path, which the gateway
    /// refuses, is something else.
    pub fn is_not_found(&self) -> bool {
        let says_so = |service: &ServiceError| service.status() == 404 || service.code().contains("NotFound");
        self.service().is_some_and(|service| service.side() == Side::Service && says_so(service))
    }

    /// The message without the call and the figures around it.
    pub fn message(&self) -> &str {
        self.service().map_or(&self.0.message, |service| service.message())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = &inner.operation {
            write!(f, "{operation}: ")?;
        }
        if let Some(context) = &inner.context {
            write!(f, "{context}: ")?;
        }
        let Some(service) = &inner.service else {
            f.write_str(&inner.message)?;
            if let Some((reply, id)) = &inner.reply {
                let id = id.as_ref().map(|id| format!(", request id {id}")).unwrap_or_default();
                write!(f, " (HTTP {}{id})", reply.status.as_u16())?;
            }
            return if inner.attempts > 1 { write!(f, " ({} attempts)", inner.attempts) } else { Ok(()) };
        };
        write!(f, "{}: {} (HTTP {}", service.code(), service.message(), service.status())?;
        if let Some(id) = service.request_id() {
            write!(f, ", request id {id}")?;
        }
        if inner.attempts > 0 {
            write!(f, ", {} {}", inner.attempts, if inner.attempts == 1 { "attempt" } else { "attempts" })?;
        }
        write!(f, ", from the {})", service.side())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut shown = f.debug_struct("Error");
        shown.field("kind", &inner.kind).field("message", &self.to_string());
        if let Some(service) = &inner.service {
            shown.field("service", service);
        }
        if let Some(hint) = &inner.hint {
            shown.field("hint", hint);
        }
        if let Some(source) = &inner.source {
            shown.field("source", source);
        }
        shown.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn display_is_one_line_for_a_ticket() {
        let service = ServiceError::new(200, "AuthFailure.SecretIdNotFound", "The SecretId is not found")
            .with_request_id("8a5d")
            .with_side(Side::Gateway);
        let error = Error::from_service(service).during("cvm DescribeInstances", 1);
        assert_eq!(
            error.to_string(),
            "cvm DescribeInstances: AuthFailure.SecretIdNotFound: The SecretId is not found \
             (HTTP 200, request id 8a5d, 1 attempt, from the gateway)"
        );
    }

    #[test]
    fn what_failed_on_the_way_stands_in_front() {
        let error = Error::config("none").with_context("looking up x").during("vpc ListVpcs", 0);
        assert_eq!((error.to_string().as_str(), error.message()), ("vpc ListVpcs: looking up x: none", "none"));
    }

    #[test]
    fn a_reply_that_cannot_be_read_is_kept() {
        let reply = Reply::new(http::StatusCode::OK, http::HeaderMap::new(), "<garbage");
        let error =
            Error::decode("it is not JSON").with_reply(reply, Some("8a5d".to_owned())).during("vpc ListVpcs", 1);
        assert_eq!(error.to_string(), "vpc ListVpcs: it is not JSON (HTTP 200, request id 8a5d)");
        assert_eq!((error.request_id(), &*error.reply().unwrap().body), (Some("8a5d"), &b"<garbage"[..]));
    }

    #[test]
    fn the_cause_is_not_said_twice() {
        let cause = std::io::Error::other("disk on fire");
        let error = Error::new(ErrorKind::Io, "reading the profile").with_source(cause);
        assert_eq!(error.to_string(), "reading the profile");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk on fire"));
    }
}
