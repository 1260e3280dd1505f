//! What a cloud answers when it refuses.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::redact;

/// Who refused: the gateway in front (signature, key, routing, throttling) or the service behind it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Side {
    /// The gateway: the request never reached the service.
    Gateway,
    /// The service itself.
    #[default]
    Service,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gateway => "gateway",
            Self::Service => "service",
        })
    }
}

/// What a service's error means for a retry.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ServiceClass {
    /// Too many requests: nothing was done, always retried.
    Throttled,
    /// The request's time is off: retried once with the server's time, when the reply tells it.
    ClockSkew(Option<SystemTime>),
    /// A failure inside the cloud: retried if the call is idempotent.
    Server,
    /// The temporary key has expired: retried once if its source has a newer one.
    ExpiredCredential,
    /// The request itself is refused: never retried.
    #[default]
    Client,
}

impl ServiceClass {
    /// Whether the same call may succeed later.
    pub fn is_retryable(self) -> bool {
        !matches!(self, Self::Client)
    }
}

/// An error that a cloud answered with.
#[derive(Clone, Default)]
pub struct ServiceError {
    status: u16,
    code: String,
    message: String,
    request_id: Option<String>,
    side: Side,
    class: ServiceClass,
    retry_after: Option<Duration>,
    details: Vec<(String, String)>,
    raw: Bytes,
}

impl ServiceError {
    /// An error of an HTTP status, the cloud's code and its message. The class follows from the status: 429 is
    /// throttling, 5xx the server's fault, anything else the client's.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        let class = match status {
            429 => ServiceClass::Throttled,
            500..=599 => ServiceClass::Server,
            _ => ServiceClass::Client,
        };
        Self { status, code: code.into(), message: message.into(), class, ..Self::default() }
    }

    /// Sets the cloud's id of the request.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into()).filter(|id: &String| !id.is_empty());
        self
    }

    /// Says who refused.
    #[must_use]
    pub fn with_side(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    /// Says what it means for a retry, where the status alone does not.
    #[must_use]
    pub fn with_class(mut self, class: ServiceClass) -> Self {
        self.class = class;
        self
    }

    /// How long the cloud asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// Adds a further fact of the answer, such as `encoded_authorization_message` or `ec`.
    #[must_use]
    pub fn with_detail(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.details.push((name.into(), value.into()));
        self
    }

    /// Keeps the answer's body.
    #[must_use]
    pub fn with_raw(mut self, raw: Bytes) -> Self {
        self.raw = raw;
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The cloud's error code; the status as text when the answer had none.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The cloud's message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The cloud's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Who refused.
    pub fn side(&self) -> Side {
        self.side
    }

    /// What it means for a retry.
    pub fn class(&self) -> ServiceClass {
        self.class
    }

    /// How long the cloud asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// A further fact of the answer by its name.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All further facts, in the order of the answer.
    pub fn details(&self) -> impl Iterator<Item = (&str, &str)> {
        self.details.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The answer's body as it came. It may repeat what was sent: do not print it where secrets must not show.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Replaces every occurrence of `secret` in the texts: gateways repeat parts of the request in their messages.
    pub fn scrub(&mut self, secret: &str) {
        redact::scrub(&mut self.message, secret);
        self.details.iter_mut().for_each(|(_, value)| redact::scrub(value, secret));
        if let Ok(text) = std::str::from_utf8(&self.raw) {
            let mut clean = text.to_owned();
            redact::scrub(&mut clean, secret);
            if clean != text {
                self.raw = clean.into();
            }
        }
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("request_id", &self.request_id)
            .field("side", &self.side)
            .field("class", &self.class)
            .field("raw", &format_args!("{} bytes", self.raw.len()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_follows_the_status() {
        let class = |status| ServiceError::new(status, "x", "y").class();
        assert_eq!(class(429), ServiceClass::Throttled);
        assert_eq!(class(503), ServiceClass::Server);
        assert_eq!(class(404), ServiceClass::Client);
    }

    #[test]
    fn scrubbing_reaches_message_details_and_body() {
        let mut error = ServiceError::new(401, "c", "canonicalRequest:x-security-token:SECRET-TOKEN|")
            .with_detail("echo", "SECRET-TOKEN")
            .with_raw(Bytes::from_static(b"...SECRET-TOKEN..."));
        error.scrub("SECRET-TOKEN");
        assert!(!format!("{error:?} {:?} {:?}", error.detail("echo"), error.raw()).contains("SECRET"));
    }

    #[test]
    fn scrubbing_reaches_encoded_secrets() {
        let mut error = ServiceError::new(400, "c", "SecurityToken%3DCAIS%252B%252Ftoken%253D%26")
            .with_detail("echo", "t=CAIS%2B%2Ftoken%3D")
            .with_raw(Bytes::from_static(b"CAIS+/token="));
        error.scrub("CAIS+/token=");
        assert_eq!(error.message(), "SecurityToken%3D***%26");
        assert_eq!((error.detail("echo"), &**error.raw()), (Some("t=***"), &b"***"[..]));
    }
}
