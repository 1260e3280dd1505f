//! Which proxy a connection goes through.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use super::http::{Http, ProxyChoice};
use crate::context::Env;
use crate::encode;
use crate::endpoint::{Endpoint, Scheme};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A proxy given in parts: text that needs no encoding, for [`Http::proxy`](crate::Http::proxy).
///
/// ```
/// use sanyun_core::{Http, Proxy};
///
/// let proxy = Proxy::new("proxy.example.com").port(8080).credentials("user", "p@ss:w/d");
/// assert_eq!(proxy.url().expose(), "http://user:p%40ss%3Aw%2Fd@proxy.example.com:8080");
/// let http = Http::default().proxy(proxy);
/// ```
#[derive(Clone)]
pub struct Proxy {
    scheme: Cow<'static, str>,
    host: String,
    port: Option<u16>,
    user: Option<(String, Option<Secret>)>,
}

impl Proxy {
    /// A proxy on `host`, a name or an address without scheme and port; spoken to in plain HTTP.
    pub fn new(host: impl Into<String>) -> Self {
        Self { scheme: Cow::Borrowed("http"), host: host.into(), port: None, user: None }
    }

    /// The port. Default: the scheme's own, 80, 443 or 1080.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// How to speak to the proxy: `http` (the default), `https` or `socks5`.
    #[must_use]
    pub fn scheme(mut self, scheme: impl Into<Cow<'static, str>>) -> Self {
        self.scheme = scheme.into();
        self
    }

    /// The user's name, for a proxy that asks for no password.
    #[must_use]
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.user = Some((name.into(), None));
        self
    }

    /// The user's name and password.
    #[must_use]
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.user = Some((user.into(), Some(password.into())));
        self
    }

    /// The whole URL, which holds the password.
    pub fn url(&self) -> Secret {
        let user = match &self.user {
            None => String::new(),
            Some((name, None)) => format!("{}@", encode::percent(name)),
            Some((name, Some(password))) => {
                format!("{}:{}@", encode::percent(name), encode::percent(password.expose()))
            }
        };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let is_bare_ipv6 = self.host.parse::<Ipv6Addr>().is_ok();
        let [open, close] = if is_bare_ipv6 { ["[", "]"] } else { ["", ""] };
        Secret::new(format!("{}://{user}{open}{}{close}{port}", self.scheme, self.host))
    }
}

impl From<Proxy> for Secret {
    fn from(proxy: Proxy) -> Self {
        proxy.url()
    }
}

/// Shows where it is, and of user and password only whether there are any.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = if self.user.is_some() { "***@" } else { "" };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        write!(f, "Proxy({}://{user}{}{port})", self.scheme, self.host)
    }
}

/// The proxies of a client, read once.
pub(super) struct Proxies {
    matcher: Option<Matcher>,
    /// The schemes whose proxies the environment names; those do not apply to this machine's own addresses.
    from_environment: Vec<Scheme>,
    direct: Vec<String>,
}

/// The proxy of one connection.
#[derive(Clone)]
pub(super) struct Hop {
    pub(super) uri: Uri,
    pub(super) kind: ProxyKind,
}

#[derive(Clone)]
pub(super) enum ProxyKind {
    Http { tls: bool, auth: Option<HeaderValue> },
    Socks { auth: Option<(String, String)> },
}

impl Proxies {
    /// Reads the options and, where they say so, the environment.
    pub(super) fn new(http: &Http, env: &dyn Env) -> Result<Self> {
        // The lower-case name comes first: some web servers set HTTP_PROXY from a request's header.
        let var = |name: &str| {
            let get = |name: &str| env.get(name).filter(|text| !text.is_empty());
            get(&name.to_ascii_lowercase()).or_else(|| get(name)).unwrap_or_default()
        };
        let no = http.no_proxy.clone().unwrap_or_else(|| var("NO_PROXY"));
        // The library compares `*` with names only; here it means addresses as well.
        if no.split(',').any(|entry| entry.trim() == "*") {
            return Ok(Self::none());
        }
        let builder = Matcher::builder().no(no);
        let direct = http.direct.clone();
        Ok(match &http.proxy {
            ProxyChoice::Off => Self::none(),
            ProxyChoice::Url(url) => {
                check(url.expose())?;
                let matcher = Some(builder.all(url.expose().to_owned()).build());
                Self { matcher, from_environment: Vec::new(), direct }
            }
            ProxyChoice::Environment => {
                let own = |url: &Option<Secret>| -> Result<Option<String>> {
                    let Some(url) = url else { return Ok(None) };
                    check(url.expose())?;
                    Ok(Some(url.expose().to_owned()))
                };
                let (own_http, own_https) = (own(&http.http_proxy)?, own(&http.https_proxy)?);
                let of_schemes = [(Scheme::Http, &own_http), (Scheme::Https, &own_https)];
                let from_environment = of_schemes.into_iter().filter(|(_, own)| own.is_none());
                let from_environment = from_environment.map(|(scheme, _)| scheme).collect();
                let all = var("ALL_PROXY");
                let http = own_http.unwrap_or_else(|| var("HTTP_PROXY"));
                let https = own_https.unwrap_or_else(|| var("HTTPS_PROXY"));
                let any = [&all, &http, &https].iter().any(|url| !url.is_empty());
                let matcher = any.then(|| builder.all(all).http(http).https(https).build());
                Self { matcher, from_environment, direct }
            }
        })
    }

    fn none() -> Self {
        Self { matcher: None, from_environment: Vec::new(), direct: Vec::new() }
    }

    /// The proxy for an endpoint.
    pub(super) fn for_endpoint(&self, endpoint: &Endpoint) -> Option<Hop> {
        let matcher = self.matcher.as_ref()?;
        let address = address(endpoint.host());
        // A metadata service answers the machine itself alone.
        if self.direct.iter().any(|host| host.eq_ignore_ascii_case(endpoint.host())) {
            return None;
        }
        let spares_loopback = self.from_environment.contains(&endpoint.scheme());
        if address.is_some_and(is_link_local) || (spares_loopback && is_loopback(endpoint.host(), address)) {
            return None;
        }
        matcher.intercept(&endpoint.to_string().parse().ok()?).map(|intercept| Hop::from_intercept(&intercept))
    }
}

impl Hop {
    fn from_intercept(intercept: &Intercept) -> Self {
        let kind = match intercept.uri().scheme_str() {
            Some("socks5" | "socks5h" | "socks4" | "socks4a") => ProxyKind::Socks {
                auth: intercept.raw_auth().map(|(user, password)| (user.to_owned(), password.to_owned())),
            },
            scheme => ProxyKind::Http { tls: scheme == Some("https"), auth: intercept.basic_auth().cloned() },
        };
        Self { uri: intercept.uri().clone(), kind }
    }

    /// Host and port of the proxy.
    pub(super) fn address(&self) -> (&str, u16) {
        let default = match &self.kind {
            ProxyKind::Http { tls: true, .. } => 443,
            ProxyKind::Http { tls: false, .. } => 80,
            ProxyKind::Socks { .. } => 1080,
        };
        (self.uri.host().unwrap_or_default(), self.uri.port_u16().unwrap_or(default))
    }
}

fn check(url: &str) -> Result<()> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let known = matches!(scheme, "http" | "https" | "socks5" | "socks5h");
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let is_place = !place.contains("://");
    if known && is_place && url.parse::<Uri>().is_ok() && Endpoint::parse(place, Scheme::Http).is_ok() {
        return Ok(());
    }
    // The URL itself may hold a password and is not repeated.
    Err(Error::config(format!(
        "the proxy's URL (scheme `{scheme}`) is not `http://`, `https://` or `socks5://` with a host"
    ))
    .with_hint("write it as http://user:password@host:port; percent-encode special characters of the password"))
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_loopback(host: &str, address: Option<IpAddr>) -> bool {
    host.eq_ignore_ascii_case("localhost") || address.is_some_and(|address| address.is_loopback())
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Fixed;

    fn proxy(http: &Http, env: &Fixed, endpoint: &str) -> Option<String> {
        let proxies = Proxies::new(http, env).unwrap();
        let endpoint = Endpoint::parse(endpoint, Scheme::Https).unwrap();
        proxies.for_endpoint(&endpoint).map(|proxy| {
            let (host, port) = proxy.address();
            format!("{host}:{port}")
        })
    }

    #[test]
    fn environment_chooses_by_scheme_and_spares_loopback() {
        let env = Fixed::default()
            .var("https_proxy", "http://a:1")
            .var("HTTP_PROXY", "http://b")
            .var("NO_PROXY", ".corp, 10.0.0.0/8");
        let http = Http::default();
        assert_eq!(proxy(&http, &env, "https://x.com").as_deref(), Some("a:1"));
        assert_eq!(proxy(&http, &env, "http://x.com").as_deref(), Some("b:80"));
        for direct in
            ["https://api.corp", "https://10.1.2.3", "http://127.0.0.1:80", "http://localhost", "https://[::1]"]
        {
            assert_eq!(proxy(&http, &env, direct), None, "{direct}");
        }
        assert_eq!(proxy(&Http::default().without_proxy(), &env, "https://x.com"), None);
    }

    #[test]
    fn an_explicit_proxy_serves_loopback_too_unless_excluded() {
        let http = Http::default().proxy("socks5://u:p%40ss@s");
        let env = Fixed::default();
        assert_eq!(proxy(&http, &env, "http://127.0.0.1:9").as_deref(), Some("s:1080"));
        assert_eq!(proxy(&http.no_proxy("*"), &env, "http://127.0.0.1:9"), None);
    }

    #[test]
    fn each_scheme_may_have_its_own_proxy() {
        let env = Fixed::default().var("HTTP_PROXY", "http://e").var("HTTPS_PROXY", "http://e");
        let own = Http::default().http_proxy("http://p:1");
        for (endpoint, expected) in [
            ("http://x.com", Some("p:1")),
            ("https://x.com", Some("e:80")),
            ("http://[::1]", Some("p:1")),
            ("https://[::1]", None),
        ] {
            assert_eq!(proxy(&own, &env, endpoint).as_deref(), expected, "{endpoint}");
        }
        let both = own.https_proxy("socks5://s").no_proxy(".corp,192.168.0.0/16");
        let none = Fixed::default();
        assert_eq!(proxy(&both, &none, "https://x.com").as_deref(), Some("s:1080"));
        assert_eq!(proxy(&both, &none, "http://x.com").as_deref(), Some("p:1"));
        assert_eq!((proxy(&both, &none, "https://a.corp"), proxy(&both, &none, "https://192.168.3.4")), (None, None));
        let wrong = Proxies::new(&Http::default().https_proxy("ftp://u:topsecret@h"), &none).err().unwrap();
        assert!(!format!("{wrong:?}").contains("topsecret"));
    }

    #[test]
    fn the_metadata_service_is_never_asked_through_a_proxy() {
        let http = Http::default().proxy("http://proxy");
        for own in ["http://169.254.169.254", "http://[fe80::1]"] {
            assert_eq!(proxy(&http, &Fixed::default(), own), None, "{own}");
        }
        let env = Fixed::default().var("HTTP_PROXY", "http://proxy");
        for http in [http, Http::default()] {
            let http = http.direct("meta.example");
            assert_eq!(proxy(&http, &env, "http://Meta.example:80"), None);
            assert!(proxy(&http, &env, "http://other.meta.example").is_some());
        }
    }

    #[test]
    fn a_bad_proxy_is_a_config_error_without_its_password() {
        let parts = |host: &str| Proxy::new(host).credentials("u", "topsecret").url();
        let urls = ["ftp://u:topsecret@h", "http://", "u:topsecret", "http://u:topsecret@http://h"].map(Secret::new);
        for url in urls.into_iter().chain(["", "http://h", "h/path", "h:1:2", "a b"].map(parts)) {
            let error = Proxies::new(&Http::default().proxy(url), &Fixed::default()).err().unwrap();
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            assert!(!format!("{error} {error:?}").contains("topsecret"));
        }
    }

    #[test]
    fn parts_become_a_url() {
        let url = |proxy: Proxy| proxy.url().expose().to_owned();
        assert_eq!(url(Proxy::new("p")), "http://p");
        assert_eq!(url(Proxy::new("p").user("me@home")), "http://me%40home@p");
        let all = Proxy::new("::1").scheme("socks5").port(9).credentials("ü", "a b+c%");
        assert_eq!(url(all.clone()), "socks5://%C3%BC:a%20b%2Bc%25@[::1]:9");
        assert_eq!(format!("{all:?}"), "Proxy(socks5://***@::1:9)");
        assert_eq!(proxy(&Http::default().proxy(all), &Fixed::default(), "https://x.com").as_deref(), Some("[::1]:9"));
    }
}
