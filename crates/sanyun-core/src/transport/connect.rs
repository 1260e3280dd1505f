//! Opening a connection: name, TCP, proxy, TLS.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::error::{TransportError, TransportErrorKind as Kind};
use super::idle::IdleLimit;
use super::proxy::{Hop, Proxies, ProxyKind};
use super::tls::Tls;
use crate::clock::BoxFuture;
use crate::endpoint::{Endpoint, Scheme};

/// Opens connections for the pool.
#[derive(Clone)]
pub(super) struct Connector(pub(super) Arc<Options>);

/// What connections are opened with.
pub(super) struct Options {
    pub(super) connect_timeout: Duration,
    pub(super) read_timeout: Duration,
    pub(super) local_address: Option<IpAddr>,
    pub(super) resolve: Vec<(String, Vec<SocketAddr>)>,
    pub(super) proxies: Proxies,
    pub(super) tls: Tls,
}

/// Any byte stream.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

type BoxStream = Box<dyn Stream>;

/// An open connection.
pub(super) struct Conn {
    io: TokioIo<IdleLimit<ConnIo>>,
    absolute_form: bool,
    used: Used,
}

/// How a proxy is asked for plain connections.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Way {
    /// Each request is one to the proxy.
    Http,
    /// Through a tunnel, because what follows is not HTTP.
    Tunnel,
}

impl Conn {
    /// The connection without its limits.
    pub(super) fn into_inner(self) -> impl AsyncRead + AsyncWrite + Unpin + Send {
        self.io.into_inner().into_inner()
    }
}

/// Plain TCP is what the local cloud and tests use; everything else goes through one box.
enum ConnIo {
    Tcp(TcpStream),
    Boxed(BoxStream),
}

/// Whether a connection has answered a request before.
#[derive(Clone, Default)]
pub(super) struct Used(Arc<AtomicBool>);

impl Used {
    /// Notes that a request was answered.
    pub(super) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether one was.
    pub(super) fn before(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Service<Uri> for Connector {
    type Response = Conn;
    type Error = TransportError;
    type Future = BoxFuture<'static, Result<Conn, TransportError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let options = Arc::clone(&self.0);
        Box::pin(async move { options.dial(&uri, Way::Http).await })
    }
}

impl Options {
    /// Opens a connection within the time limit.
    pub(super) async fn dial(&self, uri: &Uri, way: Way) -> Result<Conn, TransportError> {
        let limit = self.connect_timeout;
        match tokio::time::timeout(limit, self.connect(uri, way)).await {
            Ok(result) => result,
            Err(_) => {
                let place = uri.authority().map_or("", |authority| authority.as_str());
                let reason = format!("connecting to {place} took longer than {limit:?}");
                Err(TransportError::new(Kind::ConnectTimeout, reason))
            }
        }
    }

    async fn connect(&self, uri: &Uri, way: Way) -> Result<Conn, TransportError> {
        let scheme = if uri.scheme_str() == Some("http") { Scheme::Http } else { Scheme::Https };
        let endpoint = Endpoint::new(scheme, uri.authority().map_or("", |authority| authority.as_str()));
        let (io, absolute_form) = match self.proxies.for_endpoint(&endpoint) {
            None => (ConnIo::Tcp(self.tcp(endpoint.host(), endpoint.port()).await?), false),
            Some(proxy) => self.through(&proxy, &endpoint, way).await?,
        };
        let io = match endpoint.scheme() {
            Scheme::Http => io,
            Scheme::Https => ConnIo::Boxed(self.handshake(io, endpoint.host(), "TLS with").await?),
        };
        Ok(Conn { io: TokioIo::new(IdleLimit::new(io, self.read_timeout)), absolute_form, used: Used::default() })
    }

    /// A connection through a proxy, and whether requests on it must name the whole URL.
    async fn through(&self, proxy: &Hop, endpoint: &Endpoint, way: Way) -> Result<(ConnIo, bool), TransportError> {
        let (host, port) = proxy.address();
        let as_proxy = |error: TransportError| TransportError::new(Kind::Proxy, format!("proxy: {error}"));
        let tcp = ConnIo::Tcp(self.tcp(host, port).await.map_err(as_proxy)?);
        let target: Uri = format!("http://{}:{}", endpoint.host(), endpoint.port())
            .parse()
            .map_err(|_| TransportError::new(Kind::Request, format!("`{endpoint}` is not a host")))?;
        let failed =
            |error: &dyn std::fmt::Display| TransportError::new(Kind::Proxy, format!("proxy {host}:{port}: {error}"));
        match &proxy.kind {
            ProxyKind::Socks { auth } => {
                let mut socks = SocksV5::new(proxy.uri.clone(), Ready::new(tcp));
                if let Some((user, password)) = auth {
                    socks = socks.with_auth(user.clone(), password.clone());
                }
                let io = socks.call(target).await.map_err(|error| failed(&error))?;
                Ok((io.into_inner(), false))
            }
            ProxyKind::Http { tls, auth } => {
                let io = if *tls {
                    ConnIo::Boxed(self.handshake(tcp, host, "TLS with proxy").await.map_err(as_proxy)?)
                } else {
                    tcp
                };
                // Plain HTTP is sent to the proxy itself, with the whole URL in the request line.
                if endpoint.scheme() == Scheme::Http && way == Way::Http {
                    return Ok((io, true));
                }
                let mut tunnel = Tunnel::new(proxy.uri.clone(), Ready::new(io));
                if let Some(auth) = auth {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                let io = tunnel.call(target).await.map_err(|error| failed(&error))?;
                Ok((io.into_inner(), false))
            }
        }
    }

    async fn tcp(&self, host: &str, port: u16) -> Result<TcpStream, TransportError> {
        let mut last = None;
        for address in self.addresses(host, port).await? {
            match self.open(address).await {
                Ok(stream) => {
                    // Requests are written whole: waiting for more would only delay them. A failure costs speed alone.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => last = Some(error),
            }
        }
        let reason = last.unwrap_or_else(|| io::Error::other("the name has no address"));
        Err(TransportError::new(Kind::Connect, format!("connecting to {host}:{port}: {}", plain(&reason)))
            .with_source(reason))
    }

    async fn open(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let Some(from) = self.local_address else {
            return TcpStream::connect(to).await;
        };
        let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.bind(SocketAddr::new(from, 0))?;
        socket.connect(to).await
    }

    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, TransportError> {
        let name = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = name.parse() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        if let Some((_, addresses)) = self.resolve.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Ok(addresses.clone());
        }
        match tokio::net::lookup_host((name, port)).await {
            Ok(found) => Ok(found.collect()),
            Err(error) => {
                Err(TransportError::new(Kind::Resolve, format!("`{name}` does not resolve: {}", plain(&error)))
                    .with_source(error))
            }
        }
    }

    async fn handshake(&self, io: ConnIo, host: &str, what: &str) -> Result<BoxStream, TransportError> {
        let config =
            self.tls.config().map_err(|error| TransportError::new(Kind::Tls, format!("TLS settings: {error}")))?;
        let name = ServerName::try_from(host.trim_start_matches('[').trim_end_matches(']').to_owned())
            .map_err(|_| TransportError::new(Kind::Request, format!("`{host}` is not a host name")))?;
        match TlsConnector::from(config).connect(name, io).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => {
                Err(TransportError::new(Kind::Tls, format!("{what} {host}: {}", plain(&error))).with_source(error))
            }
        }
    }

    /// The `Proxy-Authorization` that a plain HTTP request needs.
    pub(super) fn proxy_authorization(&self, endpoint: &Endpoint) -> Option<http::HeaderValue> {
        if endpoint.scheme() == Scheme::Https {
            return None;
        }
        match self.proxies.for_endpoint(endpoint)?.kind {
            ProxyKind::Http { auth, .. } => auth,
            ProxyKind::Socks { .. } => None,
        }
    }
}

/// An I/O error without the number that means nothing to a reader.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

impl Connection for Conn {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.absolute_form).extra(self.used.clone())
    }
}

impl Read for Conn {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Conn {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, pieces)
    }
}

macro_rules! forward {
    ($self:ident, $inner:ident => $call:expr) => {
        match $self.get_mut() {
            ConnIo::Tcp($inner) => {
                let $inner = Pin::new($inner);
                $call
            }
            ConnIo::Boxed($inner) => {
                let $inner = Pin::new($inner);
                $call
            }
        }
    };
}

impl AsyncRead for ConnIo {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut tokio::io::ReadBuf<'_>) -> Poll<io::Result<()>> {
        forward!(self, io => io.poll_read(cx, buf))
    }
}

impl AsyncWrite for ConnIo {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        forward!(self, io => io.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        forward!(self, io => io.poll_write_vectored(cx, pieces))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(io) => io.is_write_vectored(),
            Self::Boxed(io) => io.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self, io => io.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self, io => io.poll_shutdown(cx))
    }
}

/// A "connector" that hands out a connection which is already open, for the library's proxy handshakes.
struct Ready(Option<ConnIo>);

impl Ready {
    fn new(io: ConnIo) -> Self {
        Self(Some(io))
    }
}

impl Service<Uri> for Ready {
    type Response = TokioIo<ConnIo>;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<TokioIo<ConnIo>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        std::future::ready(self.0.take().map(TokioIo::new).ok_or_else(|| io::Error::other("already handed out")))
    }
}
