//! The options of the default transport.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::secret::Secret;

/// How connections are made and kept: proxy, TLS, pool, time-outs. The same options for every cloud.
///
/// ```
/// use std::time::Duration;
/// use sanyun_core::Http;
///
/// let http = Http::default().proxy("http://user:pw@proxy:80").connect_timeout(Duration::from_secs(10));
/// assert!(!format!("{http:?}").contains("pw"));
/// ```
#[derive(Clone, PartialEq)]
pub struct Http {
    pub(super) connect_timeout: Duration,
    pub(super) read_timeout: Duration,
    pub(super) keep_alive: bool,
    pub(super) idle_timeout: Duration,
    pub(super) max_idle_per_host: usize,
    pub(super) max_connections: Option<usize>,
    pub(super) proxy: ProxyChoice,
    pub(super) http_proxy: Option<Secret>,
    pub(super) https_proxy: Option<Secret>,
    pub(super) no_proxy: Option<String>,
    pub(super) direct: Vec<String>,
    pub(super) authorities: Vec<Pem>,
    pub(super) identity: Option<(Pem, Pem)>,
    pub(super) accept_invalid_certificates: bool,
    pub(super) resolve: Vec<(String, Vec<SocketAddr>)>,
    pub(super) redirects: u32,
    pub(super) local_address: Option<IpAddr>,
    pub(super) min_tls: TlsVersion,
}

/// A version of TLS. Older ones than 1.2 are broken, and no cloud needs them.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    V1_2,
    /// TLS 1.3.
    V1_3,
}

impl TlsVersion {
    /// The version of a name such as `TLSv1.3`; the older `TLSv1` and `TLSv1.1`, meant as the oldest that is allowed,
    /// become 1.2. `None` for a name that is not known.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "TLSv1" | "TLSv1.0" | "TLSv1.1" | "TLSv1.2" => Some(Self::V1_2),
            "TLSv1.3" => Some(Self::V1_3),
            _ => None,
        }
    }
}

/// Which proxy to use.
#[derive(Clone, PartialEq)]
pub(super) enum ProxyChoice {
    /// What `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    Environment,
    /// None.
    Off,
    /// This URL.
    Url(Secret),
}

/// A certificate or key in PEM form, or the file it stands in.
#[derive(Clone, PartialEq)]
pub(super) enum Pem {
    File(PathBuf),
    Text(Secret),
}

impl Default for Http {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            keep_alive: true,
            idle_timeout: Duration::from_secs(8),
            max_idle_per_host: 64,
            max_connections: None,
            proxy: ProxyChoice::Environment,
            http_proxy: None,
            https_proxy: None,
            no_proxy: None,
            direct: Vec::new(),
            authorities: Vec::new(),
            identity: None,
            accept_invalid_certificates: false,
            resolve: Vec::new(),
            redirects: 0,
            local_address: None,
            min_tls: TlsVersion::V1_2,
        }
    }
}

impl Http {
    /// The longest that opening a connection may take: name, TCP, proxy and TLS together. Default 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// The longest that a connection may stand still in both directions while a call waits on it. Default 60 s.
    #[must_use]
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.read_timeout = limit;
        self
    }

    /// Whether connections are kept for further calls. Default true.
    #[must_use]
    pub fn keep_alive(mut self, keep: bool) -> Self {
        self.keep_alive = keep;
        self
    }

    /// The longest that a connection may have been unused when a call takes it up again; an older one is closed and
    /// another opened. Default 8 s: some gateways drop theirs after about 10 s without a word.
    #[must_use]
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// How many unused connections are kept for a host. Default 64.
    #[must_use]
    pub fn max_idle_per_host(mut self, most: usize) -> Self {
        self.max_idle_per_host = most;
        self
    }

    /// How many requests may be under way at once over all hosts, until the reply's body has been read or dropped;
    /// further ones wait. Default unlimited; 0 counts as 1.
    #[must_use]
    pub fn max_connections(mut self, most: usize) -> Self {
        self.max_connections = Some(most.max(1));
        self
    }

    /// A proxy for every host that [`no_proxy`](Self::no_proxy) does not name: `http://`, `https://` or `socks5://`
    /// (names are resolved by the proxy), with `user:password@` where needed. Default: the environment variables
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` (or in lower case), which do not apply to this machine's own addresses.
    ///
    /// The URL may be given in parts, unencoded: see [`Proxy`](crate::Proxy).
    #[must_use]
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.proxy = ProxyChoice::Url(url.into());
        self
    }

    /// As [`proxy`](Self::proxy), which wins over it, for endpoints without TLS alone, instead of the variable
    /// `HTTP_PROXY`.
    #[must_use]
    pub fn http_proxy(mut self, url: impl Into<Secret>) -> Self {
        self.http_proxy = Some(url.into());
        self
    }

    /// As [`proxy`](Self::proxy), which wins over it, for endpoints with TLS alone, instead of the variable
    /// `HTTPS_PROXY`.
    #[must_use]
    pub fn https_proxy(mut self, url: impl Into<Secret>) -> Self {
        self.https_proxy = Some(url.into());
        self
    }

    /// No proxy, whatever the environment says.
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::Off;
        self
    }

    /// Hosts that are reached without the proxy, separated by commas: names (with their subdomains), addresses,
    /// networks such as `10.0.0.0/8`, or `*`. Default: the environment variable `NO_PROXY` (or in lower case).
    #[must_use]
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = Some(hosts.into());
        self
    }

    /// Never reaches this host through a proxy, whatever the other options and the environment say: a service that
    /// answers this machine alone.
    #[must_use]
    pub fn direct(mut self, host: impl Into<String>) -> Self {
        self.direct.push(host.into());
        self
    }

    /// A file of certificates (PEM) to trust besides the system's.
    #[must_use]
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Self {
        self.authorities.push(Pem::File(path.as_ref().to_owned()));
        self
    }

    /// Certificates (PEM) to trust besides the system's.
    #[must_use]
    pub fn ca_pem(mut self, pem: impl Into<String>) -> Self {
        self.authorities.push(Pem::Text(Secret::new(pem)));
        self
    }

    /// The client's certificate chain and key, as files (PEM). Both may stand in one file.
    #[must_use]
    pub fn client_certificate_files(mut self, certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Self {
        self.identity = Some((Pem::File(certificate.as_ref().to_owned()), Pem::File(key.as_ref().to_owned())));
        self
    }

    /// The client's certificate chain and key (PEM).
    #[must_use]
    pub fn client_certificate_pem(mut self, certificate: impl Into<String>, key: impl Into<Secret>) -> Self {
        self.identity = Some((Pem::Text(Secret::new(certificate)), Pem::Text(key.into())));
        self
    }

    /// Accepts every certificate, whatever [`ca_file`](Self::ca_file) says: anybody between here and the cloud can read
    /// and change everything.
    #[must_use]
    pub fn danger_accept_invalid_certificates(mut self) -> Self {
        self.accept_invalid_certificates = true;
        self
    }

    /// The oldest version of TLS that is spoken. Default 1.2.
    #[must_use]
    pub fn min_tls(mut self, version: TlsVersion) -> Self {
        self.min_tls = version;
        self
    }

    /// The address of this machine from which connections are opened, for machines with several. Only hosts of the same
    /// kind of address, IPv4 or IPv6, are then reached. Default: what the system chooses.
    #[must_use]
    pub fn local_address(mut self, address: IpAddr) -> Self {
        self.local_address = Some(address);
        self
    }

    /// Follows up to this many redirects in a row; more are an error of the kind
    /// [`Redirect`](crate::ErrorKind::Redirect). Default 0: a redirect is the cloud's refusal and names the target.
    ///
    /// GET and HEAD follow 301, 302, 303, 307 and 308; any other method follows 303 as a GET, and 307 and 308 with its
    /// body if that can be sent again and the target has the same scheme, host and port. A target elsewhere gets only
    /// the headers that are surely harmless, so neither `Authorization` nor tokens nor cookies; one that leaves TLS is an
    /// error. A signature made for one address rarely holds for another: this serves targets that carry their own, such
    /// as presigned links. All of it counts as one attempt.
    #[must_use]
    pub fn follow_redirects(mut self, most: u32) -> Self {
        self.redirects = most;
        self
    }

    /// Connects to this address wherever `host` is asked for; for tests and for private networks. Several addresses of
    /// one host are tried in order.
    #[must_use]
    pub fn resolve(mut self, host: impl Into<String>, address: SocketAddr) -> Self {
        let host = host.into().to_ascii_lowercase();
        match self.resolve.iter_mut().find(|(known, _)| *known == host) {
            Some((_, addresses)) => addresses.push(address),
            None => self.resolve.push((host, vec![address])),
        }
        self
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("accept_invalid_certificates", &self.accept_invalid_certificates)
            .field("redirects", &self.redirects)
            .finish_non_exhaustive()
    }
}
