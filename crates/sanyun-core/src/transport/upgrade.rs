//! Connections that leave HTTP, as those of WebSocket do.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http::header::PROXY_AUTHORIZATION;
use hyper::client::conn::http1;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::client::{HttpTransport, sort};
use super::connect::{Conn, Way};
use super::error::{TransportError, TransportErrorKind as Kind};
use super::{RawReply, wire};
use crate::reply::StreamBody;
use crate::request::Request;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A connection that a server has agreed to use for another protocol (HTTP 101): bytes in both directions, without the
/// read time-out. Dropping it closes the connection.
pub struct Connection {
    io: Box<dyn Stream>,
    /// What arrived together with the head of the reply.
    early: Bytes,
}

impl Connection {
    /// A connection over any byte stream: for transports of tests and of other libraries.
    pub fn new(io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        Self { io: Box::new(io), early: Bytes::new() }
    }
}

impl HttpTransport {
    /// Sends a request that asks for another protocol, on a connection of its own: it is never pooled, does not count
    /// towards the most connections, and goes through a proxy's tunnel even without TLS.
    pub(super) async fn upgrade(&self, request: Request) -> Result<RawReply, TransportError> {
        let mut wire = self.to_wire(request)?;
        // The tunnel has its own.
        wire.headers_mut().remove(PROXY_AUTHORIZATION);
        let conn = self.options.dial(wire.uri(), Way::Tunnel).await?;
        let place = wire.uri().authority().map(ToString::to_string).unwrap_or_default();
        let failed = |error: hyper::Error| {
            let (kind, reason) = sort(&error);
            TransportError::new(kind, format!("{place}: {reason}"))
        };
        let target = wire.uri().path_and_query().cloned();
        *wire.uri_mut() = target.map(Into::into).unwrap_or_default();
        let (mut sender, connection) = http1::handshake(conn).await.map_err(failed)?;
        // What becomes of it is told to the sender.
        tokio::spawn(connection.with_upgrades());
        let mut reply = sender.send_request(wire).await.map_err(failed)?;
        if reply.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(wire::raw_reply(reply, None));
        }
        let upgraded = hyper::upgrade::on(&mut reply).await.map_err(failed)?;
        let parts = upgraded
            .downcast::<Conn>()
            .map_err(|_| TransportError::new(Kind::Broken, format!("{place}: the connection was lost")))?;
        let connection = Connection { io: Box::new(parts.io.into_inner()), early: parts.read_buf };
        let (head, _) = reply.into_parts();
        Ok(RawReply { status: head.status, headers: head.headers, body: StreamBody::of_connection(connection) })
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.early.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buf);
        }
        let fits = buf.remaining().min(self.early.len());
        buf.put_slice(&self.early.split_to(fits));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}
