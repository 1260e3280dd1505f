//! The task that reads and writes.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream as _;
use futures_sink::Sink as _;
use sanyun_core::transport::Connection;
use sanyun_core::{Error, ErrorKind, Result, TimeoutPhase};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message as Wire, Role};
use tokio_tungstenite::tungstenite::{Bytes, Error as WireError};

use super::connect::Options;
use super::handshake::{Handshake, Opened};
use super::line::Line;
use super::message::{Frame, Message};
use super::{Command, Waiting};

/// The type of the message with which a server asks for a new connection.
const RECONNECT: &str = "RECONNECT";

/// How long a closed connection may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

pub(super) struct Driver {
    socket: WebSocketStream<Connection>,
    handshake: Handshake,
    options: Arc<Options>,
    line: Arc<Line>,
    commands: mpsc::Receiver<Command>,
    waiting: Waiting,
    writing: Option<Writing>,
    alarm: Pin<Box<Sleep>>,
    next_ping: Instant,
    pong_due: Option<Instant>,
    /// Attempts to reconnect since the last message.
    attempts: u32,
}

/// A message on its way, until it is flushed.
struct Writing {
    /// `None` once it is handed over.
    frame: Option<Wire>,
    /// Told when it is out; pings have nobody to tell.
    written: Option<oneshot::Sender<Result<()>>>,
    due: Instant,
}

/// What happens next.
enum Event {
    Came(Wire),
    /// The server has closed the connection in good order.
    Ended,
    Lost(Error),
    /// The owner has left.
    Left,
}

impl Driver {
    pub(super) async fn new(
        handshake: Handshake,
        opened: Opened,
        line: Arc<Line>,
        commands: mpsc::Receiver<Command>,
        options: Arc<Options>,
    ) -> Self {
        let next_ping = Instant::now() + options.ping_interval;
        line.opened(opened.session_id, opened.request_id);
        Self {
            socket: WebSocketStream::from_raw_socket(opened.connection, Role::Client, None).await,
            handshake,
            options,
            line,
            commands,
            waiting: Waiting::new(),
            writing: None,
            alarm: Box::pin(sleep_until(next_ping)),
            next_ping,
            pong_due: None,
            attempts: 0,
        }
    }

    /// Serves until the connection is closed or lost for good.
    pub(super) async fn run(mut self) {
        loop {
            let goes_on = match poll_fn(|cx| self.poll_event(cx)).await {
                Event::Came(frame) => self.take(frame).await,
                Event::Ended => self.ended().await,
                Event::Lost(error) => self.lost(error).await,
                Event::Left => {
                    self.farewell(CloseCode::Normal, "").await;
                    break;
                }
            };
            if !goes_on {
                break;
            }
        }
        self.line.end();
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if self.line.poll_left(cx).is_ready() {
            return Poll::Ready(Event::Left);
        }
        if let Err(error) = self.poll_write(cx) {
            return Poll::Ready(Event::Lost(error));
        }
        let reads = self.line.has_room();
        if reads && let Poll::Ready(event) = self.poll_read(cx) {
            return Poll::Ready(event);
        }
        self.poll_alarm(cx, reads).map(Event::Lost)
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        Poll::Ready(match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
            Some(Ok(frame)) => {
                // Whatever comes shows that somebody is there.
                self.pong_due = None;
                Event::Came(frame)
            }
            Some(Err(error)) => Event::Lost(lost(&error)),
            None => Event::Ended,
        })
    }

    /// Writes what there is to write, as far as the connection takes it.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Result<()> {
        while let Some(mut writing) = self.writing.take().or_else(|| self.next_writing(cx)) {
            match poll_out(&mut self.socket, &mut writing, cx) {
                Poll::Pending => {
                    self.writing = Some(writing);
                    break;
                }
                Poll::Ready(Ok(())) => writing.tell(Ok(())),
                Poll::Ready(Err(error)) => {
                    writing.tell(Err(lost(&error)));
                    return Err(lost(&error));
                }
            }
        }
        Ok(())
    }

    fn next_writing(&mut self, cx: &mut Context<'_>) -> Option<Writing> {
        let Poll::Ready(Some(command)) = self.commands.poll_recv(cx) else { return None };
        // Whoever waited for it has given up, so that it is not sent late.
        if command.written.is_closed() {
            return self.next_writing(cx);
        }
        if let Some((id, answer)) = command.answer {
            self.waiting.retain(|_, answer| !answer.is_closed());
            self.waiting.insert(id, answer);
        }
        Some(Writing::new(wire(command.frame), Some(command.written), &self.options))
    }

    /// Pings when it is time, and fails when a limit is over.
    fn poll_alarm(&mut self, cx: &mut Context<'_>, reads: bool) -> Poll<Error> {
        loop {
            let now = Instant::now();
            if self.writing.as_ref().is_some_and(|writing| writing.due <= now) {
                return Poll::Ready(silent("took nothing", self.options.write_timeout));
            }
            if self.pong_due.is_some_and(|due| due <= now) {
                if reads {
                    return Poll::Ready(silent("did not answer a ping", self.options.pong_timeout));
                }
                // Nobody could have seen the answer.
                self.pong_due = Some(now + self.options.pong_timeout);
            }
            if self.next_ping <= now && self.writing.is_none() {
                self.ping(now);
                if let Err(error) = self.poll_write(cx) {
                    return Poll::Ready(error);
                }
            }
            let limits = [self.writing.as_ref().map(|writing| writing.due), self.pong_due];
            let ping = self.writing.is_none().then_some(self.next_ping);
            let Some(next) = limits.into_iter().chain([ping]).flatten().min() else { return Poll::Pending };
            if self.alarm.deadline() != next {
                self.alarm.as_mut().reset(next);
            }
            ready!(self.alarm.as_mut().poll(cx));
        }
    }

    fn ping(&mut self, now: Instant) {
        self.next_ping = now + self.options.ping_interval;
        self.pong_due.get_or_insert(now + self.options.pong_timeout);
        self.writing = Some(Writing::new(Wire::Ping(Bytes::new()), None, &self.options));
    }

    /// Takes what came; whether the connection is still good.
    async fn take(&mut self, frame: Wire) -> bool {
        match self.read(frame) {
            None => true,
            Some(Ok(message)) if message.kind == RECONNECT && self.options.reconnects > 0 => self.renew().await,
            Some(message) => {
                self.attempts = 0;
                self.deliver(message);
                true
            }
        }
    }

    /// The message in a frame, if it has one.
    fn read(&self, frame: Wire) -> Option<Result<Message>> {
        let frame = match frame {
            Wire::Text(text) => Frame::Text(text.as_str().to_owned()),
            Wire::Binary(bytes) => Frame::Binary(bytes),
            Wire::Close(frame) => {
                let (code, reason) = frame.map_or((1005, String::new()), |it| (it.code.into(), it.reason.to_string()));
                self.line.closed(code, reason);
                return None;
            }
            Wire::Ping(_) | Wire::Pong(_) | Wire::Frame(_) => return None,
        };
        Some(self.handshake.protocol.parse(frame))
    }

    fn deliver(&mut self, message: Result<Message>) {
        let id = message.as_ref().ok().and_then(|message| message.header_value("ack-id"));
        match id.and_then(|id| self.waiting.remove(id)) {
            // Whoever gave up waiting gets nothing.
            Some(answer) => drop(answer.send(message)),
            None => self.line.push(message),
        }
    }

    /// Goes on over a new connection, because the server asked for it.
    async fn renew(&mut self) -> bool {
        let session = self.line.session_id();
        for frame in self.farewell(CloseCode::Away, "Reconnecting").await {
            if let Some(message) = self.read(frame) {
                self.deliver(message);
            }
        }
        self.reconnect(session, None).await
    }

    /// The server has closed the connection.
    async fn ended(&mut self) -> bool {
        let (code, reason) = self.line.close_reason().unwrap_or((1005, String::new()));
        let error = || Error::new(ErrorKind::Io, format!("the server closed the WebSocket with code {code}: {reason}"));
        match code {
            1000 => false,
            1001 | 1005 if self.options.reconnects == 0 => false,
            _ => self.lost(error()).await,
        }
    }

    /// The connection is lost; whether there is another one.
    async fn lost(&mut self, error: Error) -> bool {
        if let Some(writing) = self.writing.take() {
            writing.tell(Err(broken()));
        }
        for (_, answer) in self.waiting.drain() {
            // Whoever gave up waiting is not told.
            let _ = answer.send(Err(broken()));
        }
        self.reconnect(None, Some(error)).await
    }

    /// Opens another connection, if that is allowed and while the owner wants it. `error` is why.
    async fn reconnect(&mut self, session: Option<String>, mut error: Option<Error>) -> bool {
        while self.attempts < self.options.reconnects {
            let at_once = error.is_none() && self.attempts == 0;
            let wait = if at_once { Duration::ZERO } else { self.options.reconnect_interval };
            self.attempts += 1;
            match open_again(&self.handshake, &self.line, session.as_deref(), wait).await {
                None => return false,
                Some(Ok(opened)) => {
                    self.adopt(opened).await;
                    return true;
                }
                Some(Err(refused)) => {
                    let is_final = !refused.is_retryable();
                    error = Some(refused.with_context("reconnecting"));
                    if is_final {
                        break;
                    }
                }
            }
        }
        let asked_again = || Error::new(ErrorKind::Io, "the server asked for one new connection after the other");
        self.line.push(Err(error.unwrap_or_else(asked_again)));
        false
    }

    async fn adopt(&mut self, opened: Opened) {
        self.socket = WebSocketStream::from_raw_socket(opened.connection, Role::Client, None).await;
        self.line.opened(opened.session_id, opened.request_id);
        self.next_ping = Instant::now() + self.options.ping_interval;
        self.pong_due = None;
    }

    /// Closes the connection in good order, and waits a little for the server to do the same; gives what it still said.
    async fn farewell(&mut self, code: CloseCode, reason: &'static str) -> Vec<Wire> {
        let frame = CloseFrame { code, reason: reason.into() };
        let closing = Writing::new(Wire::Close(Some(frame)), None, &self.options);
        let pending = self.writing.take();
        let socket = &mut self.socket;
        let mut said = Vec::new();
        let all = async {
            for mut writing in pending.into_iter().chain([closing]) {
                poll_fn(|cx| poll_out(socket, &mut writing, cx)).await?;
                writing.tell(Ok(()));
            }
            while let Some(frame) = poll_fn(|cx| Pin::new(&mut *socket).poll_next(cx)).await {
                said.push(frame?);
            }
            Ok::<(), WireError>(())
        };
        // Whether or not it ended in good order, it has ended.
        let _ = timeout(FAREWELL, all).await;
        said
    }
}

impl Writing {
    fn new(frame: Wire, written: Option<oneshot::Sender<Result<()>>>, options: &Options) -> Self {
        Self { frame: Some(frame), written, due: Instant::now() + options.write_timeout }
    }

    fn tell(self, result: Result<()>) {
        if let Some(written) = self.written {
            // Whoever gave up waiting is not told.
            let _ = written.send(result);
        }
    }
}

/// A new connection after a wait; `None` if the owner left before.
async fn open_again(
    handshake: &Handshake,
    line: &Line,
    session: Option<&str>,
    wait: Duration,
) -> Option<Result<Opened>> {
    let mut opening = pin!(async {
        if !wait.is_zero() {
            handshake.client.pipeline().context().clock.sleep(wait).await;
        }
        handshake.open_again(session).await
    });
    poll_fn(|cx| match line.poll_left(cx) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => opening.as_mut().poll(cx).map(Some),
    })
    .await
}

/// Hands a frame over and flushes it.
fn poll_out(
    socket: &mut WebSocketStream<Connection>,
    writing: &mut Writing,
    cx: &mut Context<'_>,
) -> Poll<Result<(), WireError>> {
    if writing.frame.is_some() {
        ready!(Pin::new(&mut *socket).poll_ready(cx))?;
    }
    if let Some(frame) = writing.frame.take() {
        Pin::new(&mut *socket).start_send(frame)?;
    }
    Pin::new(socket).poll_flush(cx)
}

fn wire(frame: Frame) -> Wire {
    match frame {
        Frame::Text(text) => Wire::Text(text.into()),
        Frame::Binary(bytes) => Wire::Binary(bytes),
    }
}

fn lost(error: &WireError) -> Error {
    Error::new(ErrorKind::Io, format!("the WebSocket broke: {error}"))
}

fn broken() -> Error {
    Error::new(ErrorKind::Io, "the connection was lost: the message may have arrived or not")
}

fn silent(what: &str, limit: Duration) -> Error {
    Error::timed_out(TimeoutPhase::Read, format!("the server {what} for {limit:?}"))
}
