//! A WebSocket that awaits being opened.

use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{BoxFuture, Result};
use tokio::sync::mpsc;

use super::driver::Driver;
use super::handshake::Handshake;
use super::line::Line;
use super::{Sender, SubProtocol, WebSocket};
use crate::client::Client;
use crate::shape::Input;

/// Messages that wait for being written; more wait with their senders.
const COMMANDS: usize = 16;

/// A WebSocket to be opened, with its settings; awaiting it opens it.
#[must_use = "nothing is opened until it is awaited"]
pub struct Connect {
    client: Client,
    input: Result<Input>,
    protocol: SubProtocol,
    options: Options,
}

#[derive(Clone, Debug)]
pub(super) struct Options {
    handshake_timeout: Duration,
    pub(super) ping_interval: Duration,
    pub(super) pong_timeout: Duration,
    pub(super) write_timeout: Duration,
    pub(super) ack_timeout: Duration,
    pub(super) reconnects: u32,
    pub(super) reconnect_interval: Duration,
}

impl Connect {
    pub(super) fn new(client: Client, input: Result<Input>, protocol: SubProtocol) -> Self {
        let half_a_minute = Duration::from_secs(30);
        let options = Options {
            handshake_timeout: half_a_minute,
            ping_interval: half_a_minute,
            pong_timeout: Duration::from_secs(5),
            write_timeout: half_a_minute,
            ack_timeout: half_a_minute,
            reconnects: 0,
            reconnect_interval: Duration::from_secs(5),
        };
        Self { client, input, protocol, options }
    }

    /// The longest that one attempt to open the connection may take, the signed request included. Default 30 s.
    pub fn handshake_timeout(mut self, limit: Duration) -> Self {
        self.options.handshake_timeout = limit;
        self
    }

    /// How often the server is pinged. Default 30 s.
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.options.ping_interval = interval;
        self
    }

    /// How long nothing may come after a ping before the connection counts as lost. Default 5 s.
    pub fn pong_timeout(mut self, limit: Duration) -> Self {
        self.options.pong_timeout = limit;
        self
    }

    /// The longest that sending a message may take. Default 30 s.
    pub fn write_timeout(mut self, limit: Duration) -> Self {
        self.options.write_timeout = limit;
        self
    }

    /// How long [`request`](WebSocket::request) waits for an answer. Default 30 s.
    pub fn ack_timeout(mut self, limit: Duration) -> Self {
        self.options.ack_timeout = limit;
        self
    }

    /// How many attempts in a row are made to open the connection again after it was lost; the count begins anew with
    /// every message that comes. Default 0: none; the vendor's SDKs make 5 where they are told to.
    ///
    /// A server that asks for it (message `RECONNECT` of the sub-protocol `awap`) gets a new connection at once, with
    /// the id of the session, and requests keep waiting for their answers; without this setting the message is one like
    /// any other. Any other loss fails the requests and begins a new session. What the server closes as complete (code
    /// 1000) is not opened again, and a refusal that is no passing one ends the attempts.
    pub fn reconnects(mut self, most: u32) -> Self {
        self.options.reconnects = most;
        self
    }

    /// The wait before each attempt to reconnect, but the first one that the server asked for. Default 5 s.
    pub fn reconnect_interval(mut self, interval: Duration) -> Self {
        self.options.reconnect_interval = interval;
        self
    }

    async fn open(self) -> Result<WebSocket> {
        let Self { client, input, protocol, options } = self;
        let input = input.and_then(Input::checked)?;
        let pipeline = Arc::clone(client.pipeline());
        let handshake = Handshake { client, input, protocol, timeout: options.handshake_timeout };
        let opened = handshake.open().await?;
        let (options, line) = (Arc::new(options), Arc::new(Line::default()));
        let (commands, given) = mpsc::channel(COMMANDS);
        let driver = Driver::new(handshake, opened, Arc::clone(&line), given, Arc::clone(&options)).await;
        let driver = Some(tokio::spawn(driver.run()));
        Ok(WebSocket { line, sender: Sender { commands, pipeline, protocol, options }, driver })
    }
}

impl IntoFuture for Connect {
    type Output = Result<WebSocket>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.open())
    }
}

impl std::fmt::Debug for Connect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connect({:?}, {}, {:?})", self.input, self.protocol.as_str(), self.options)
    }
}
