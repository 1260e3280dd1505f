//! A writer that appends to one object.
//!
//! Each append names the position it goes to, so sending it twice cannot write it twice: the second is refused with
//! `PositionNotEqualToLength`. After such a refusal, or when no answer came at all, the object's length and checksum tell
//! whether the bytes are there.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use sanyun_core::{Body, BoxFuture, Error, ErrorKind, Response, Result};
use tokio::io::AsyncWrite;

use super::Appended;
use crate::action::Action;
use crate::client::Client;
use crate::crc::{checksum, combine};
use crate::error::{self, OssError as _};
use crate::input::Input;
use crate::object::ObjectMeta;
use crate::operation::Request as _;
use crate::operation::object::HeadObject;

/// How many bytes a writer gathers before it sends them, if nothing else is said.
pub const DEFAULT_APPEND_BUFFER: usize = 1 << 20;

/// The headers of the first write that later ones repeat: they are about the call and not about the object.
const OF_EACH_CALL: &[&str] = &["x-oss-request-payer", "x-oss-traffic-limit"];

impl Action<Appender> {
    /// Looks whether the object exists, how long it is and what its checksum is.
    ///
    /// # Errors
    /// The object is there and no append made it, or a refusal other than "no such key".
    pub async fn open(self) -> Result<Appender> {
        let target = Target { client: self.client, template: self.input?, position: 0, crc: Some(0), exists: false };
        let target = match target.head().await? {
            None => target,
            Some(meta) if meta.object_type() == Some("Appendable") => {
                Target { position: length(&meta)?, crc: meta.crc64(), exists: true, ..target }
            }
            Some(meta) => {
                let kind = meta.object_type().unwrap_or("of an unknown kind");
                return Err(Error::input(format!("the object is {kind}: only one that appending made can grow"))
                    .with_hint("copy its bytes to an object of another key with an appender"));
            }
        };
        Ok(Appender {
            state: State::Idle(Box::new(target)),
            buffer: BytesMut::new(),
            in_flight: Bytes::new(),
            buffer_size: DEFAULT_APPEND_BUFFER,
            is_closed: false,
        })
    }
}

/// Appends to an object, one write after the other. As [`AsyncWrite`] it gathers small writes; `flush` or `shutdown` sends
/// what was gathered, and makes an empty object where nothing was written. Dropping it loses what was not sent.
///
/// The checksum of the whole object is compared after every append. When that differs, and when nobody can say whether
/// bytes were written, the writer is of no use any more: open the object again.
pub struct Appender {
    state: State,
    buffer: BytesMut,
    /// What is being sent from the buffer: it returns there if it surely was not written.
    in_flight: Bytes,
    buffer_size: usize,
    is_closed: bool,
}

enum State {
    Idle(Box<Target>),
    Busy(BoxFuture<'static, Sent>),
    /// Nobody knows what the object holds, for this reason.
    Lost(String),
}

type Sent = (Box<Target>, std::result::Result<(), Failure>);

/// Why bytes were not appended.
enum Failure {
    /// They surely were not: the object is as before.
    NotWritten(Error),
    /// They may have been, or other bytes were.
    Unknown(Error),
}

impl Appender {
    /// How many bytes are gathered before they are sent; at least one.
    #[must_use]
    pub fn with_buffer(mut self, bytes: usize) -> Self {
        self.buffer_size = bytes.max(1);
        self
    }

    /// The object's length, without what was gathered and not sent. `None` while an append is under way that nobody waits
    /// for, and when the length is not known any more.
    pub fn position(&self) -> Option<u64> {
        match &self.state {
            State::Idle(target) => Some(target.position),
            State::Busy(_) | State::Lost(_) => None,
        }
    }

    /// The CRC-64 of what the object holds; `None` if it is not known.
    pub fn crc64(&self) -> Option<u64> {
        match &self.state {
            State::Idle(target) => target.crc,
            State::Busy(_) | State::Lost(_) => None,
        }
    }

    /// Appends a body of any kind with one call, behind what was gathered before. When it fails because the object is as
    /// before, the same can be tried again.
    ///
    /// # Errors
    /// The writer is closed, or the call fails: see [`Appender`].
    pub async fn append(&mut self, body: impl Into<Body>) -> Result<()> {
        let body = body.into();
        poll_fn(|cx| self.poll_send_buffer(cx)).await?;
        self.begin(body, Bytes::new())?;
        poll_fn(|cx| self.poll_idle(cx)).await
    }

    /// Sends what was gathered; makes an empty object if there is none.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub async fn flush(&mut self) -> Result<()> {
        poll_fn(|cx| self.poll_flush_all(cx)).await
    }

    fn begin(&mut self, body: Body, from_buffer: Bytes) -> Result<()> {
        if self.is_closed {
            return Err(Error::input("the writer is closed"));
        }
        match std::mem::replace(&mut self.state, State::Lost("an append was dropped".to_owned())) {
            State::Idle(target) => {
                self.in_flight = from_buffer;
                self.state = State::Busy(Box::pin(target.append(body)));
                Ok(())
            }
            state => {
                self.state = state;
                Err(self.lost())
            }
        }
    }

    fn lost(&self) -> Error {
        let why = if let State::Lost(why) = &self.state { why } else { "an append is under way" };
        Error::input(format!("nobody knows what the object holds after an append that failed ({why}): open it again"))
    }

    /// Waits for the append that is under way.
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let State::Busy(sending) = &mut self.state else {
            let is_lost = matches!(self.state, State::Lost(_));
            return Poll::Ready(if is_lost { Err(self.lost()) } else { Ok(()) });
        };
        let (target, result) = ready!(sending.as_mut().poll(cx));
        let sent = std::mem::take(&mut self.in_flight);
        self.state = State::Idle(target);
        Poll::Ready(match result {
            Ok(()) => Ok(()),
            Err(Failure::NotWritten(error)) => {
                let later = std::mem::replace(&mut self.buffer, sent.into());
                self.buffer.extend_from_slice(&later);
                Err(error)
            }
            Err(Failure::Unknown(error)) => {
                self.state = State::Lost(error.message().to_owned());
                Err(error)
            }
        })
    }

    fn poll_send_buffer(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_idle(cx))?;
        while !self.buffer.is_empty() {
            let bytes = self.buffer.split().freeze();
            self.begin(bytes.clone().into(), bytes)?;
            ready!(self.poll_idle(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_flush_all(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_send_buffer(cx))?;
        while matches!(&self.state, State::Idle(target) if !target.exists) {
            self.begin(Body::empty(), Bytes::new())?;
            ready!(self.poll_idle(cx))?;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Appender {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.is_closed {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, "the writer is closed")));
        }
        if this.buffer.len() >= this.buffer_size {
            ready!(this.poll_send_buffer(cx)).map_err(io::Error::other)?;
        }
        let room = this.buffer_size - this.buffer.len().min(this.buffer_size);
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        this.buffer.extend_from_slice(taken);
        Poll::Ready(Ok(taken.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_closed {
            return Poll::Ready(Ok(()));
        }
        this.poll_flush_all(cx).map_err(io::Error::other)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(cx))?;
        self.is_closed = true;
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for Appender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (position, gathered) = (self.position(), self.buffer.len());
        f.debug_struct("Appender").field("position", &position).field("gathered", &gathered).finish_non_exhaustive()
    }
}

/// The object as it is known.
struct Target {
    client: Client,
    /// The first write, with what is said of the object.
    template: Input,
    position: u64,
    crc: Option<u64>,
    exists: bool,
}

impl Target {
    async fn append(mut self: Box<Self>, body: Body) -> Sent {
        let result = self.try_append(body).await;
        (self, result)
    }

    async fn try_append(&mut self, body: Body) -> std::result::Result<(), Failure> {
        if self.exists && body.is_empty() {
            return Ok(());
        }
        // Sending it twice does no more than sending it once: the second is refused.
        match self.call(body.clone()).call().idempotent(true).await {
            Ok(appended) => self.advance(&appended, &body),
            Err(error) if error.crc_mismatch().is_some() => Err(Failure::Unknown(error)),
            Err(error) if may_be_written(&error) => self.find_out(error, &body).await,
            Err(error) => Err(Failure::NotWritten(error)),
        }
    }

    fn call(&self, body: Body) -> Action<Appended> {
        let mut input = self.template.clone();
        if self.exists {
            input.headers.retain(|(name, _)| OF_EACH_CALL.contains(&name.as_str()));
        }
        input.set_query("position".into(), self.position.to_string());
        input.crc_before = self.crc;
        input.body = body;
        Action::new(self.client.clone(), Ok(input))
    }

    fn advance(&mut self, appended: &Response<Appended>, body: &Body) -> std::result::Result<(), Failure> {
        let computed = || self.position.checked_add(body.len()?);
        let missing = || Failure::Unknown(Error::decode("the reply does not say how long the object is"));
        self.position = appended.next_position().or_else(computed).ok_or_else(missing)?;
        self.crc = appended.crc64();
        self.exists = true;
        Ok(())
    }

    /// Asks what became of an append whose answer does not tell it.
    async fn find_out(&mut self, error: Error, body: &Body) -> std::result::Result<(), Failure> {
        let Ok(found) = self.head().await else { return Err(Failure::Unknown(error)) };
        let Some(meta) = found else {
            return Err(if self.exists { Failure::Unknown(error) } else { Failure::NotWritten(error) });
        };
        let Ok(length) = length(&meta) else { return Err(Failure::Unknown(error)) };
        if self.is_ours(&error, length, meta.crc64(), body) {
            (self.position, self.crc, self.exists) = (length, meta.crc64(), true);
            return Ok(());
        }
        let as_before = self.exists && length == self.position && (self.crc.is_none() || meta.crc64() == self.crc);
        Err(if as_before { Failure::NotWritten(error) } else { Failure::Unknown(error) })
    }

    /// Whether the object is what it was and this body behind it. The checksum tells; where it cannot, an answer that was
    /// lost is likely if the call was tried more than once, and an append of somebody else if not.
    fn is_ours(&self, error: &Error, length: u64, theirs: Option<u64>, body: &Body) -> bool {
        let Some(added) = body.len().filter(|added| self.position.checked_add(*added) == Some(length)) else {
            return false;
        };
        match (self.crc, theirs, body.as_bytes()) {
            (Some(before), Some(theirs), Some(bytes)) => combine(before, checksum(bytes), added) == theirs,
            _ => error.attempts() > 1 || error.service().is_none(),
        }
    }

    /// What OSS says of the object; `None` if there is none.
    async fn head(&self) -> Result<Option<ObjectMeta>> {
        let mut input = Input::new(HeadObject::OPERATION);
        (input.bucket, input.key) = (self.template.bucket.clone(), self.template.key.clone());
        let payer = self.template.headers.iter().find(|(name, _)| name.as_str() == "x-oss-request-payer");
        input.headers.extend(payer.cloned());
        match Action::<ObjectMeta>::new(self.client.clone(), Ok(input)).await {
            Ok(meta) => Ok(Some(meta.into_inner())),
            Err(error) if error::is_no_such_key(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn length(meta: &ObjectMeta) -> Result<u64> {
    meta.content_length().ok_or_else(|| Error::decode("the reply does not say how long the object is"))
}

/// Whether an append that ended so may have been done: no answer came, OSS failed, or an earlier attempt may have won.
fn may_be_written(error: &Error) -> bool {
    match error.service() {
        Some(service) => service.code() == "PositionNotEqualToLength" || service.status() >= 500,
        None if error.attempts() == 1 => {
            !matches!(error.kind(), ErrorKind::Resolve | ErrorKind::Connect | ErrorKind::Tls)
        }
        None => error.attempts() > 1,
    }
}
