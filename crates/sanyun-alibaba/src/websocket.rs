//! Products that are spoken to over a WebSocket. Feature `websocket`.
//!
//! The handshake is a signed call like any other: through the client's proxy and TLS settings, with its credentials,
//! retries and hooks, and a refusal is the cloud's error. Behind it messages go both ways ([`WebSocket`]), in one of two
//! forms ([`SubProtocol`]).
//!
//! ```no_run
//! # async fn example(client: sanyun_alibaba::Client) -> sanyun_alibaba::Result<()> {
//! use sanyun_alibaba::websocket::SubProtocol;
//! use serde_json::json;
//!
//! let workspace = json!({"workspace_id": "w-1"});
//! let dialog = client.connect_to("dianjin", "", "EndToEndRealTimeDialog", workspace, SubProtocol::Awap);
//! let mut socket = dialog.reconnects(5).await?;
//! socket.send_text(json!({"question": "Hello"})).await?;
//! while let Some(message) = socket.next().await {
//!     println!("{:?}", message?.payload);
//! }
//! # Ok(())
//! # }
//! ```

mod awap;
mod connect;
mod driver;
mod general;
mod handshake;
mod line;
mod message;

use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use bytes::Bytes;
use futures_core::Stream;
use sanyun_core::{Error, Pipeline, Result, TimeoutPhase};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use connect::Connect;
pub use message::{Frame, Message, Payload};

use connect::Options;
use line::Line;

use crate::client::Client;
use crate::shape::{Input, Name};

/// How messages are written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SubProtocol {
    /// `awap`: a head of lines, an empty line, and the payload; it knows acknowledgements and graceful reconnects.
    Awap,
    /// `general`: JSON texts and plain bytes.
    General,
}

impl SubProtocol {
    /// Its name in `Sec-WebSocket-Protocol`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Awap => "awap",
            Self::General => "general",
        }
    }

    /// Writes a message; `now` is the moment that its head names.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a head that cannot be written: a line break in it, or a name
    /// with a colon.
    pub fn build(self, message: &Message, now: SystemTime) -> Result<Frame> {
        match self {
            Self::Awap => awap::build(message, now),
            Self::General => Ok(general::build(message)),
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) for a frame of [`Awap`](Self::Awap) without an empty line, or
    /// with a head that is not UTF-8.
    pub fn parse(self, frame: Frame) -> Result<Message> {
        match self {
            Self::Awap => awap::parse(frame),
            Self::General => Ok(general::parse(frame)),
        }
    }
}

/// Reads `awap` or `general`; any other name is an error of the kind [`Input`](crate::ErrorKind::Input).
impl FromStr for SubProtocol {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "awap" => Ok(Self::Awap),
            "general" => Ok(Self::General),
            other => Err(Error::input(format!("the sub-protocol `{other}` is neither `awap` nor `general`"))),
        }
    }
}

impl Client {
    /// Opens a WebSocket: a handshake with GET, signed like every call, and anew for every reconnect. The call has no
    /// body; its scheme is that of the client's endpoint, where `http` stands for `ws` and `https` for `wss`.
    ///
    /// # Errors
    /// Awaiting gives those of [`send`](Self::send); [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the server
    /// answers, but not with a WebSocket.
    pub fn connect(&self, input: Input, protocol: SubProtocol) -> Connect {
        Connect::new(self.clone(), Ok(input), protocol)
    }

    /// Opens the WebSocket of an operation by name, as [`connect`](Self::connect) does; names and parameters are checked
    /// as [`invoke`](Self::invoke) checks them. `version` may be empty for the newest.
    ///
    /// # Errors
    /// Those of [`invoke`](Self::invoke) and of [`connect`](Self::connect).
    pub fn connect_to(
        &self,
        service: &str,
        version: &str,
        operation: &str,
        params: impl Into<Value>,
        protocol: SubProtocol,
    ) -> Connect {
        let name = Name { service: service.into(), version: version.into(), operation: operation.into() };
        Connect::new(self.clone(), name.handshake(&params.into()), protocol)
    }
}

/// An open WebSocket. A task in the background answers and sends pings, and reconnects if
/// [`Connect::reconnects`] allows it; dropping this closes the connection.
///
/// It is a [`Stream`] of messages; [`next`](Self::next) needs no other crate. Messages that nobody takes are kept, up to
/// 256 of them; then no more are read, answers to [`request`](Self::request) neither. [`sender`](Self::sender) gives the
/// half that sends, for other tasks.
pub struct WebSocket {
    line: Arc<Line>,
    sender: Sender,
    driver: Option<JoinHandle<()>>,
}

/// The half of a [`WebSocket`] that sends. Cheap to clone; it does not keep the connection open.
#[derive(Clone)]
pub struct Sender {
    commands: mpsc::Sender<Command>,
    pipeline: Arc<Pipeline>,
    protocol: SubProtocol,
    options: Arc<Options>,
}

/// Something to send, and who waits for it.
struct Command {
    frame: Frame,
    /// Told once it is written.
    written: oneshot::Sender<Result<()>>,
    /// Told what answers the message of this id.
    answer: Option<(String, Answer)>,
}

/// Told the answer to a message.
type Answer = oneshot::Sender<Result<Message>>;

/// Who waits for which answer.
type Waiting = HashMap<String, Answer>;

impl WebSocket {
    /// The next message; `None` once the connection is closed. An answer to a [`request`](Self::request) is not among
    /// them.
    ///
    /// # Errors
    /// A message that cannot be read ([`ErrorKind::Decode`](crate::ErrorKind::Decode)), after which the stream goes on;
    /// or, as the last item, why the connection was lost.
    pub async fn next(&mut self) -> Option<Result<Message>> {
        poll_fn(|cx| self.line.poll_next(cx)).await
    }

    /// Sends a text message: a JSON value as `UpstreamTextEvent`, or as the `body` of the sub-protocol `general`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_text(&self, payload: impl Into<Value>) -> Result<()> {
        self.sender.send(Message::text(payload)).await
    }

    /// Sends bytes: as `UpstreamBinaryEvent`, or plain in the sub-protocol `general`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_binary(&self, payload: impl Into<Bytes>) -> Result<()> {
        self.sender.send(Message::binary(payload)).await
    }

    /// Sends a message and waits until it is written. During a reconnect it waits for the new connection.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) after the write time-out; [`ErrorKind::Io`](crate::ErrorKind::Io)
    /// if the connection is closed or breaks: then the message may have arrived or not.
    pub async fn send(&self, message: Message) -> Result<()> {
        self.sender.send(message).await
    }

    /// Sends a message and waits for its answer, the one whose header `ack-id` is the id of this message. A JSON value
    /// is sent as `AckRequiredTextEvent`.
    ///
    /// # Errors
    /// As [`send`](Self::send); a time-out as well if no answer comes in time; [`ErrorKind::Input`](crate::ErrorKind::Input)
    /// for the sub-protocol `general`, which has no answers.
    pub async fn request(&self, message: impl Into<Message>) -> Result<Message> {
        self.sender.request(message).await
    }

    /// The half that sends.
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// The id of the session, if the server named one; another one after a reconnect.
    pub fn session_id(&self) -> Option<String> {
        self.line.session_id()
    }

    /// The id of the handshake's request; empty if the server named none; another one after a reconnect.
    pub fn request_id(&self) -> String {
        self.line.request_id()
    }

    /// With which code and reason the server closed the connection, once it has.
    pub fn close_reason(&self) -> Option<(u16, String)> {
        self.line.close_reason()
    }

    /// Closes the connection and waits until the server has, for at most five seconds.
    pub async fn close(mut self) {
        self.line.leave();
        if let Some(driver) = self.driver.take() {
            // It can neither panic nor be aborted but together with the runtime.
            let _ = driver.await;
        }
    }
}

impl Sender {
    /// As [`WebSocket::send`].
    ///
    /// # Errors
    /// As [`WebSocket::send`].
    pub async fn send(&self, message: Message) -> Result<()> {
        let message = self.with_id(message);
        self.write(&message, None).await
    }

    /// As [`WebSocket::request`].
    ///
    /// # Errors
    /// As [`WebSocket::request`].
    pub async fn request(&self, message: impl Into<Message>) -> Result<Message> {
        if self.protocol != SubProtocol::Awap {
            return Err(Error::input("messages have no answers in the sub-protocol `general`"));
        }
        let message = self.with_id(message.into());
        let (answer, answered) = oneshot::channel();
        self.write(&message, Some((message.id.clone(), answer))).await?;
        let limit = self.options.ack_timeout;
        match timeout(limit, answered).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(closed())),
            Err(_) => {
                let reason = format!("no answer to the message `{}` within {limit:?}", message.id);
                Err(Error::timed_out(TimeoutPhase::Wait, reason))
            }
        }
    }

    async fn write(&self, message: &Message, answer: Option<(String, Answer)>) -> Result<()> {
        let frame = self.protocol.build(message, self.pipeline.context().clock.now())?;
        let (written, done) = oneshot::channel();
        let writing = async {
            self.commands.send(Command { frame, written, answer }).await.map_err(|_| closed())?;
            done.await.unwrap_or_else(|_| Err(closed()))
        };
        let limit = self.options.write_timeout;
        let late =
            || Err(Error::timed_out(TimeoutPhase::Read, format!("the message was not written within {limit:?}")));
        timeout(limit, writing).await.unwrap_or_else(|_| late())
    }

    fn with_id(&self, mut message: Message) -> Message {
        if message.id.is_empty() {
            message.id = self.pipeline.context().chance.hex32();
        }
        message
    }
}

fn closed() -> Error {
    Error::new(sanyun_core::ErrorKind::Io, "the WebSocket is closed")
}

impl Stream for WebSocket {
    type Item = Result<Message>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.line.poll_next(cx)
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        self.line.leave();
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebSocket({}, session {:?})", self.sender.protocol.as_str(), self.session_id())
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({})", self.protocol.as_str())
    }
}

#[cfg(test)]
mod tests;
