//! Where a request goes: scheme and authority.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::uri::Authority;

use crate::error::Error;

/// `http` or `https`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Scheme {
    /// Plain text: for the local cloud and for tests.
    Http,
    /// TLS, the default.
    #[default]
    Https,
}

impl Scheme {
    /// The text in front of `://`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port used when none is written.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A scheme and an authority such as `https://vpc.cn-north-4.myhuaweicloud.com` or `http://127.0.0.1:8080`.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Arc<str>,
    /// The same as the HTTP library wants it, read once; `None` if it cannot stand in a request.
    wire: Option<Authority>,
}

impl Endpoint {
    /// An endpoint of a scheme and a bare `host` or `host:port`, taken as they are.
    pub fn new(scheme: Scheme, authority: impl Into<String>) -> Self {
        let authority: Arc<str> = authority.into().into();
        let wire = Authority::try_from(&*authority).ok();
        Self { scheme, authority, wire }
    }

    /// Reads `host`, `host:port` or `scheme://host[:port][/]`. A text without a scheme gets `default_scheme`. The case
    /// of the host is kept, because it is signed as it is written.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for an empty host, another scheme, a bad port, user info, or a
    /// path, query or fragment: dropping those silently would send calls somewhere else than asked.
    pub fn parse(text: &str, default_scheme: Scheme) -> Result<Self, Error> {
        let refuse = |why: &str| Error::config(format!("endpoint `{text}`: {why}"));
        let trimmed = text.trim();
        let (scheme, rest) = match trimmed.split_once("://") {
            None => (default_scheme, trimmed),
            Some((name, rest)) if name.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            Some((name, rest)) if name.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            Some((name, _)) => {
                return Err(refuse(&format!("scheme `{name}` is neither http nor https")));
            }
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains('@') {
            return Err(refuse("user info is not allowed"));
        }
        if authority.contains(['/', '?', '#', '\\']) {
            return Err(refuse("a path, query or fragment is not allowed"));
        }
        let (host, port) = split_port(authority);
        if host.is_empty() {
            return Err(refuse("the host is missing"));
        }
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(refuse("the port is not a number from 0 to 65535"));
        }
        let endpoint = Self::new(scheme, authority);
        if endpoint.wire.is_none() {
            return Err(refuse("the host has characters that are not allowed"));
        }
        Ok(endpoint)
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host and port as they were written: the value of the `Host` header.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The authority as the HTTP library wants it; `None` if it cannot stand in a request.
    pub(crate) fn wire_authority(&self) -> Option<Authority> {
        self.wire.clone()
    }

    /// The host without its port; an IPv6 address keeps its brackets.
    pub fn host(&self) -> &str {
        split_port(&self.authority).0
    }

    /// The port, written or implied by the scheme.
    pub fn port(&self) -> u16 {
        split_port(&self.authority).1.and_then(|port| port.parse().ok()).unwrap_or(self.scheme.default_port())
    }

    /// Whether the host is an IPv4 address in dotted form or an IPv6 address in brackets.
    pub fn is_ip(&self) -> bool {
        let host = self.host();
        host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
    }

    /// The same endpoint with `label.` in front of the host: a bucket or a store name.
    #[must_use]
    pub fn with_label(&self, label: &str) -> Self {
        Self::new(self.scheme, format!("{label}.{}", self.authority))
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rfind(':') {
        // The colons of a bare IPv6 address lie inside its brackets.
        Some(at) if !authority.get(at..).is_some_and(|rest| rest.contains(']')) => {
            (authority.get(..at).unwrap_or_default(), authority.get(at + 1..))
        }
        _ => (authority, None),
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.authority)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_usual_forms() {
        for (text, shown) in [
            ("ecs.cn-hangzhou.aliyuncs.com", "https://ecs.cn-hangzhou.aliyuncs.com"),
            (" HTTP://Host:8080/ ", "http://Host:8080"),
            ("httpbin.corp", "https://httpbin.corp"),
            ("http://[::1]:9000", "http://[::1]:9000"),
        ] {
            assert_eq!(Endpoint::parse(text, Scheme::Https).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn refuses_what_it_would_have_to_drop() {
        for text in ["", "https://", "ftp://h", "h/path", "h?x=1", "u:p@h", "h:70000", "h:", "a b", "http://h#f"] {
            assert!(Endpoint::parse(text, Scheme::Https).is_err(), "{text}");
        }
    }

    #[test]
    fn knows_host_port_and_addresses() {
        let parse = |text| Endpoint::parse(text, Scheme::Https).unwrap();
        assert_eq!((parse("h").host(), parse("h").port()), ("h", 443));
        assert_eq!((parse("http://[::1]:9").host(), parse("http://[::1]:9").port()), ("[::1]", 9));
        assert!(parse("127.0.0.1:80").is_ip() && parse("[::1]").is_ip() && !parse("127.1").is_ip());
    }
}
