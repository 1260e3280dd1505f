//! URLs that carry their signature, for whoever has no keys: a browser, `curl`, a partner.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sanyun_core::{Error, Request, Result, encode, time};

use crate::sign::v4::is_signed_by_default;

/// How long a URL is good when nothing else is said: 15 minutes.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// The longest that signature V4 allows: 7 days. V1 has no limit.
pub const MAX_V4_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A presigned URL, and what has to be sent to it. Whoever has the URL can make the call, so `Debug` hides its query.
#[derive(Clone)]
pub struct Presigned {
    method: Method,
    url: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    expires_at: Option<SystemTime>,
}

impl Presigned {
    /// The method to use.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers that are signed: they have to be sent with exactly these values.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// When the URL stops being good; `None` for one that is not signed. Temporary keys may expire before it.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// What a signed request is as a URL.
    pub(crate) fn of(request: Request) -> Self {
        Self {
            url: request.url(),
            headers: signed_headers(&request.headers, &request.query),
            expires_at: expires_at(&request.query),
            method: request.method,
        }
    }
}

impl fmt::Debug for Presigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.url.split('?').next().unwrap_or_default();
        write!(f, "Presigned({} {place}?***)", self.method)
    }
}

fn signed_headers(headers: &HeaderMap, query: &str) -> Vec<(HeaderName, HeaderValue)> {
    let additional = parameter(query, "x-oss-additional-headers").unwrap_or_default();
    // Signature V1 has no additional headers, and covers the date where there is one.
    let is_v1 = parameter(query, "OSSAccessKeyId").is_some();
    let signed = |name: &str| {
        is_signed_by_default(name) || additional.split(';').any(|known| known == name) || (is_v1 && name == "date")
    };
    let headers = headers.iter().filter(|(name, _)| signed(name.as_str()));
    headers.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn expires_at(query: &str) -> Option<SystemTime> {
    let number = |name| parameter(query, name)?.parse::<u64>().ok();
    match number("x-oss-expires") {
        Some(seconds) => {
            time::parse_iso_basic(&parameter(query, "x-oss-date")?)?.checked_add(Duration::from_secs(seconds))
        }
        None => SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(number("Expires")?)),
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    encode::pairs(query).find(|(known, _)| *known == name).map(|(_, value)| encode::percent_decode(value).into_owned())
}

/// The whole seconds of a lifetime, if signature V4 allows it.
pub(crate) fn v4_seconds(lifetime: Duration) -> Result<Duration> {
    if lifetime > MAX_V4_LIFETIME {
        return Err(Error::input("a presigned URL is good for at most 7 days (604800 seconds)"));
    }
    Ok(Duration::from_secs(lifetime.as_secs()))
}
