//! Server-sent events: a body that tells, bit by bit, what an answer grows to.
//!
//! [`EventParser`] is pure: bytes in, events out. [`EventStream`] reads a body through it.

mod parser;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use serde_json::Value;

use crate::body::ByteStream;
use crate::codec::{self, Field};
use crate::error::{Error, Result};
use crate::reply::StreamBody;
use crate::transport::{TransportError, TransportErrorKind};

pub use parser::{EventParser, MAX_EVENT_BYTES};

/// One event. What the server did not send is `None`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Event {
    /// What happened: the `data` lines, joined by line feeds. Usually JSON; what it means is the operation's own matter.
    pub data: Option<String>,
    /// The kind of event.
    pub event: Option<String>,
    /// The event's id.
    pub id: Option<String>,
    /// After how many milliseconds a browser would connect again.
    pub retry: Option<u64>,
}

impl Event {
    /// An event that consists of its data.
    pub fn of(data: impl Into<String>) -> Self {
        Self { data: Some(data.into()), ..Self::default() }
    }

    /// The data; empty if there is none.
    pub fn data(&self) -> &str {
        self.data.as_deref().unwrap_or_default()
    }

    /// The data as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is not JSON, as the `[DONE]` that ends many streams.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(self.data())
            .map_err(|error| Error::decode(format!("the event's data is not JSON: {error}")))
    }

    /// The data as a type of generated code, such as the answer of the operation that streams.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode), naming the member that is wrong.
    pub fn decode<T: Field + Default>(&self) -> Result<T> {
        let mut value = T::default();
        codec::from_json(&mut value, self.data())?;
        Ok(value)
    }
}

/// Looks at each event before the caller does: an error that a cloud sends as an event becomes one.
type Check = Box<dyn Fn(&Event) -> Result<()> + Send>;

/// The events of a reply, as they arrive. Dropping it closes the connection.
///
/// It is a [`Stream`]; [`next`](Self::next) needs no other crate. A connection that breaks or falls silent for the read
/// time-out ([`Http::read_timeout`](crate::Http::read_timeout)), and an error of the cloud's, are the last item. The
/// limits of a call ([`Call::timeout`](crate::Call::timeout)) end with the head of its reply: they do not bound the
/// stream.
///
/// ```no_run
/// # async fn example(call: sanyun_core::Call<sanyun_core::events::EventStream>) -> sanyun_core::Result<()> {
/// let mut events = call.await?;
/// while let Some(event) = events.next().await {
///     print!("{}", event?.data());
/// }
/// # Ok(())
/// # }
/// ```
pub struct EventStream {
    /// `None` once it has ended.
    body: Option<ByteStream>,
    /// Bytes that were announced and have not come.
    left: Option<u64>,
    parser: EventParser,
    /// Said after the events that came before it.
    failed: Option<Error>,
    check: Option<Check>,
    only_with_data: bool,
    operation: String,
    answer: bool,
}

impl EventStream {
    /// The events of a body.
    pub fn new(body: StreamBody) -> Self {
        let left = body.len();
        Self { body: Some(body.into_stream()), left, ..Self::ended() }
    }

    /// An answer that came whole although events were asked for, as one event. For the clouds' crates.
    pub fn of_answer(data: impl Into<String>) -> Self {
        let mut stream = Self { answer: true, ..Self::ended() };
        stream.parser.add(Event::of(data));
        stream
    }

    fn ended() -> Self {
        Self {
            body: None,
            left: None,
            parser: EventParser::new(),
            failed: None,
            check: None,
            only_with_data: false,
            operation: String::new(),
            answer: false,
        }
    }

    /// Names the call, such as `hunyuan ChatCompletions`, in errors. For the clouds' crates.
    #[must_use]
    pub fn during(mut self, operation: impl Into<String>) -> Self {
        self.operation = operation.into();
        self
    }

    /// Has each event looked at; an error ends the stream in its place. For the clouds' crates.
    #[must_use]
    pub fn checked(mut self, check: impl Fn(&Event) -> Result<()> + Send + 'static) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    /// Leaves out events without data, as browsers do. For the clouds' crates.
    #[must_use]
    pub fn only_with_data(mut self) -> Self {
        self.only_with_data = true;
        self
    }

    /// Bounds the bytes of one event; [`MAX_EVENT_BYTES`] if unset.
    #[must_use]
    pub fn max_event_bytes(mut self, most: usize) -> Self {
        self.parser = self.parser.max_event_bytes(most);
        self
    }

    /// Whether the cloud gave one whole answer instead of events. It is then the data of the only event.
    pub fn is_answer(&self) -> bool {
        self.answer
    }

    /// The next event; `None` at the end and after an error.
    ///
    /// # Errors
    /// The connection broke, fell silent or ended too early; the cloud sent an error
    /// ([`ErrorKind::Service`](crate::ErrorKind::Service)); an event is longer than allowed
    /// ([`ErrorKind::Decode`](crate::ErrorKind::Decode)).
    pub async fn next(&mut self) -> Option<Result<Event>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// [`next`](Self::next) on a thread without an async runtime, for what [`Call::block`](crate::Call::block) gave.
    /// Feature `blocking`.
    ///
    /// # Errors
    /// As [`next`](Self::next); [`ErrorKind::Config`](crate::ErrorKind::Config) on an async runtime's thread.
    #[cfg(feature = "blocking")]
    pub fn next_blocking(&mut self) -> Option<Result<Event>> {
        let next = crate::blocking::block_on(async { Ok(self.next().await) });
        next.unwrap_or_else(|error| Some(Err(error)))
    }

    /// Takes a piece of the body, or its end.
    fn take(&mut self, piece: Option<std::io::Result<Bytes>>) {
        let result = match piece {
            Some(Ok(piece)) => {
                self.left = self.left.map(|left| left.saturating_sub(piece.len() as u64));
                return self.parser.push(&piece).unwrap_or_else(|error| self.end(Err(error)));
            }
            Some(Err(error)) => Err(TransportError::from_body(error).into()),
            None if self.left.is_some_and(|left| left > 0) => {
                Err(TransportError::new(TransportErrorKind::Garbage, "the answer is shorter than it said").into())
            }
            None => self.parser.finish(),
        };
        self.end(result);
    }

    /// Gives the connection back.
    fn end(&mut self, result: Result<()>) {
        self.body = None;
        self.failed = result.err();
    }

    /// What is there already.
    fn ready(&mut self) -> Option<Result<Event>> {
        let wanted = |event: &Event| !self.only_with_data || event.data.is_some();
        let Some(event) = std::iter::from_fn(|| self.parser.next_event()).find(wanted) else {
            return self.failed.take().map(|error| Err(self.named(error)));
        };
        match self.check.as_ref().map_or(Ok(()), |check| check(&event)) {
            Ok(()) => Some(Ok(event)),
            Err(error) => {
                let named = self.named(error);
                *self = Self::ended();
                Some(Err(named))
            }
        }
    }

    fn named(&self, error: Error) -> Error {
        if self.operation.is_empty() { error } else { error.during(&self.operation, 0) }
    }
}

impl Stream for EventStream {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.ready() {
                return Poll::Ready(Some(item));
            }
            let Some(body) = &mut self.body else { return Poll::Ready(None) };
            let piece = std::task::ready!(body.as_mut().poll_next(cx));
            self.take(piece);
        }
    }
}

/// Shows how far it is, never what was said.
impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (&self.body, self.answer) {
            (Some(_), _) => "open",
            (None, true) => "one answer",
            (None, false) => "ended",
        };
        write!(f, "EventStream({state})")
    }
}

#[cfg(test)]
mod tests;
