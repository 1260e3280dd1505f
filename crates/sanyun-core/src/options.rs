//! Wishes of one call, the same on every cloud.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::credentials::CredentialSource;
use crate::encode;
use crate::endpoint::Endpoint;
use crate::request::Request;
use crate::retry::Retry;
use crate::transport::Http;

/// What one call does differently from its client.
#[derive(Clone, Default)]
pub struct CallOptions {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) credentials: Option<Arc<dyn CredentialSource>>,
    pub(crate) http: Option<Http>,
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

    /// Wishes of a call that another call needs: the credentials, the limits and the connection options of that one,
    /// nothing else of it.
    #[must_use]
    pub fn of_caller(&self) -> Self {
        Self {
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            retry: self.retry.as_ref().map(Retry::without_condition),
            credentials: self.credentials.clone(),
            http: self.http.clone(),
            ..Self::default()
        }
    }

    /// The same wishes with an endpoint of the call's own.
    #[must_use]
    pub fn with_endpoint(self, endpoint: Endpoint) -> Self {
        Self { endpoint: Some(endpoint), ..self }
    }

    /// Puts the caller's headers into a request; each replaces one of the same name.
    pub fn apply_headers(&self, request: &mut Request) {
        self.apply_headers_to(&mut request.headers);
    }

    /// Puts the caller's parameters into a request's query; each replaces those of the same name. The query is then
    /// sorted and encoded as all clouds sign it.
    pub(crate) fn apply_query(&self, request: &mut Request) {
        if self.query.is_empty() {
            return;
        }
        let decoded = |text: &str| encode::form_decode(text);
        let mut pairs: Vec<_> =
            encode::pairs(&request.query).map(|(name, value)| (decoded(name), decoded(value))).collect();
        for (name, value) in &self.query {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name.clone(), value.clone()));
        }
        pairs.sort();
        let encoded = pairs.iter().map(|(name, value)| format!("{}={}", encode::percent(name), encode::percent(value)));
        request.query = encoded.collect::<Vec<_>>().join("&");
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
