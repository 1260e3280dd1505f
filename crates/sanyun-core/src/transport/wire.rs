//! Bodies on their way in and out of the HTTP library.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::OwnedSemaphorePermit;

use super::RawReply;
use crate::body::{ByteStream, OpenBody};
use crate::reply::StreamBody;

/// A request's body as the HTTP library wants it.
pub(super) enum Outgoing {
    Bytes(Option<Bytes>),
    Stream { stream: ByteStream, left: Option<u64> },
}

impl From<OpenBody> for Outgoing {
    fn from(body: OpenBody) -> Self {
        match body {
            OpenBody::Empty => Self::Bytes(None),
            OpenBody::Bytes(bytes) => Self::Bytes(Some(bytes)),
            OpenBody::Stream(stream, left) => Self::Stream { stream, left },
        }
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Self::Bytes(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Stream { stream, left } => {
                let piece = ready!(stream.as_mut().poll_next(cx)).transpose()?;
                let moved = piece.as_ref().map_or(0, Bytes::len) as u64;
                match (left.as_mut(), &piece) {
                    // Less or more than announced would be read by the other side as the wrong object.
                    (Some(left), None) if *left > 0 => {
                        return Poll::Ready(Some(Err(io::Error::new(
                            io::ErrorKind::UnexpectedEof,
                            format!("the body ended {left} bytes before its announced length"),
                        ))));
                    }
                    (Some(left), Some(_)) => match left.checked_sub(moved) {
                        Some(rest) => *left = rest,
                        None => {
                            return Poll::Ready(Some(Err(io::Error::other("the body is longer than announced"))));
                        }
                    },
                    _ => {}
                }
                Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.is_none(),
            Self::Stream { left, .. } => *left == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Stream { left: Some(left), .. } => SizeHint::with_exact(*left),
            Self::Stream { left: None, .. } => SizeHint::default(),
        }
    }
}

/// A reply whose body is read as it comes; `place` among the connections is given back when it is dropped.
pub(super) fn raw_reply(reply: http::Response<Incoming>, place: Option<OwnedSemaphorePermit>) -> RawReply {
    let (head, incoming) = reply.into_parts();
    let len = incoming.size_hint().exact();
    let stream = IncomingStream { incoming, _place: place };
    RawReply { status: head.status, headers: head.headers, body: StreamBody::new(Box::pin(stream), len) }
}

/// A reply's body as a stream; it gives its place among the connections back when it is dropped.
struct IncomingStream {
    incoming: Incoming,
    _place: Option<OwnedSemaphorePermit>,
}

impl Stream for IncomingStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.incoming).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => {
                    return Poll::Ready(Some(Err(super::client::body_error(error))));
                }
                // Trailers carry nothing that a cloud documents.
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }
}
