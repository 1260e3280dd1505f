//! Wishes of one call, the same on every cloud.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::credentials::CredentialSource;
use crate::endpoint::Endpoint;
use crate::request::Request;
use crate::retry::Retry;

/// What one call does differently from its client.
#[derive(Clone, Default)]
pub struct CallOptions {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) credentials: Option<Arc<dyn CredentialSource>>,
}

impl CallOptions {
    /// The caller's extra headers, in the order they were given.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// The region of this call, if it has one of its own.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The endpoint of this call, if it has one of its own.
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.endpoint.as_ref()
    }

    /// Whether this call is made with other credentials than the client's.
    pub fn has_own_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// Wishes of a call that another call needs: the credentials and the limits of that one, nothing else of it.
    #[must_use]
    pub fn of_caller(&self) -> Self {
        Self {
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            retry: self.retry.as_ref().map(Retry::without_condition),
            credentials: self.credentials.clone(),
            ..Self::default()
        }
    }

    /// Puts the caller's headers into a request; each replaces one of the same name.
    pub fn apply_headers(&self, request: &mut Request) {
        self.apply_headers_to(&mut request.headers);
    }

    fn apply_headers_to(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
    }
}

impl std::fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallOptions")
            .field("headers", &self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
