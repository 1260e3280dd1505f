//! Time limits, over a connection in memory and a clock that moves when nothing else does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use sanyun_core::transport::Connection;
use sanyun_core::{
    BoxFuture, Credential, ErrorKind, Fixed, RawReply, Request, StreamBody, Transport, TransportError, encode, hash,
};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::Instant;

use super::*;

/// Agrees to every handshake with a connection in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<VecDeque<Connection>>>);

impl Memory {
    /// For as many handshakes, and their other ends.
    fn of(count: usize) -> (Self, Vec<DuplexStream>) {
        let (ours, theirs): (VecDeque<_>, _) = (0..count).map(|_| duplex(1024)).unzip();
        (Self(Arc::new(Mutex::new(ours.into_iter().map(Connection::new).collect()))), theirs)
    }
}

impl Transport for Memory {
    fn send(&self, request: Request) -> BoxFuture<'_, std::result::Result<RawReply, TransportError>> {
        let key = format!("{}258EAFA5-E914-47DA-95CA-C5AB0DC85B11", request.header("sec-websocket-key"));
        let mut headers = HeaderMap::new();
        headers.insert("sec-websocket-accept", encode::base64(&hash::sha1(key.as_bytes())).parse().unwrap());
        let body = StreamBody::of_connection(self.0.lock().unwrap().pop_front().unwrap());
        let reply = RawReply { status: StatusCode::SWITCHING_PROTOCOLS, headers, body };
        Box::pin(std::future::ready(Ok(reply)))
    }
}

/// A WebSocket and its other end, where frames are read and written by hand.
async fn pair(change: impl FnOnce(Connect) -> Connect) -> (WebSocket, DuplexStream) {
    let (memory, mut theirs) = Memory::of(1);
    (open(memory, change).await, theirs.remove(0))
}

async fn open(memory: Memory, change: impl FnOnce(Connect) -> Connect) -> WebSocket {
    let client = Client::builder()
        .transport(memory)
        .endpoint("http://h")
        .credentials(Credential::keys("id", "secret"))
        .world(Fixed::default())
        .build()
        .unwrap();
    let connect = client.connect(Input::rpc("chat", "2024-01-01", "Chat"), SubProtocol::Awap);
    change(connect).await.unwrap()
}

/// The opcode of the next frame; all of them are short.
async fn frame(theirs: &mut DuplexStream) -> u8 {
    let mut head = [0; 2];
    theirs.read_exact(&mut head).await.unwrap();
    let mut rest = vec![0; usize::from(head[1] & 0x7f) + 4];
    theirs.read_exact(&mut rest).await.unwrap();
    head[0] & 0x0f
}

const PING: u8 = 9;
const PONG: [u8; 2] = [0x8a, 0];

fn seconds(since: Instant) -> u64 {
    since.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_pings_is_kept() {
    let (mut socket, mut theirs) = pair(|connect| connect).await;
    let started = Instant::now();
    let reading = tokio::spawn(async move { socket.next().await });
    for round in 1..=3 {
        assert_eq!(frame(&mut theirs).await, PING);
        assert_eq!(seconds(started), 30 * round);
        theirs.write_all(&PONG).await.unwrap();
    }
    assert!(!reading.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_no_ping_is_lost() {
    let (mut socket, _theirs) = pair(|connect| connect.ping_interval(Duration::from_secs(10))).await;
    let started = Instant::now();
    let error = socket.next().await.unwrap().unwrap_err();
    assert_eq!((error.timeout_phase(), seconds(started)), (Some(TimeoutPhase::Read), 15));
    assert!(socket.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_does_not_read_is_not_a_server_that_does_not_answer() {
    let (mut socket, mut theirs) = pair(|connect| connect).await;
    let message = b"type:A\n\n1";
    let text = [&[0x81, message.len() as u8], &message[..]].concat();
    let writing = tokio::spawn(async move {
        for _ in 0..2_000 {
            theirs.write_all(&text).await.unwrap();
        }
        theirs
    });
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert!(!writing.is_finished());
    for _ in 0..2_000 {
        assert_eq!(socket.next().await.unwrap().unwrap().kind, "A");
    }
    writing.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn requests_wait_for_their_answers_no_longer_than_they_may() {
    let (socket, mut theirs) = pair(|connect| connect.ack_timeout(Duration::from_secs(7))).await;
    let started = Instant::now();
    let error = socket.request(json!(1)).await.unwrap_err();
    assert_eq!((error.timeout_phase(), seconds(started)), (Some(TimeoutPhase::Wait), 7));
    assert_eq!(frame(&mut theirs).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_nothing_is_lost() {
    let (mut socket, _theirs) = pair(|connect| connect.write_timeout(Duration::from_secs(3))).await;
    let started = Instant::now();
    let error = socket.send_binary(vec![0; 100_000]).await.unwrap_err();
    assert_eq!((error.kind(), seconds(started)), (ErrorKind::Timeout, 3));
    assert_eq!(socket.next().await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(socket.send_text("x").await.unwrap_err().kind(), ErrorKind::Io);
}

#[tokio::test(start_paused = true)]
async fn a_message_waits_for_the_new_connection() {
    let (memory, mut theirs) = Memory::of(2);
    let socket = open(memory, |connect| connect.reconnects(1)).await;
    drop(theirs.remove(0));
    sanyun_core::testing::settle().await;
    let started = Instant::now();
    socket.send_text("later").await.unwrap();
    assert_eq!((seconds(started), frame(&mut theirs[0]).await), (5, 1));
}

#[tokio::test(start_paused = true)]
async fn closing_does_not_wait_for_ever() {
    let (socket, _theirs) = pair(|connect| connect).await;
    let started = Instant::now();
    socket.close().await;
    assert_eq!(seconds(started), 5);
}

#[test]
fn messages_without_content() {
    let now = SystemTime::UNIX_EPOCH;
    let message = Message { payload: Payload::None, ..Message::text(0) };
    let Frame::Text(text) = SubProtocol::Awap.build(&message, now).unwrap() else { panic!("text") };
    assert_eq!(text, "type:UpstreamTextEvent\ntimestamp:0\n\n{}");
    let message = Message { payload: Payload::None, ..Message::binary("") };
    let frame = SubProtocol::Awap.build(&message, now).unwrap();
    assert_eq!(frame, Frame::Binary("type:UpstreamBinaryEvent\ntimestamp:0\n\n".into()));
    let parsed = SubProtocol::Awap.parse(frame).unwrap();
    assert_eq!((parsed.payload, parsed.is_binary), (Payload::None, true));
}

#[test]
fn the_first_empty_line_ends_the_head() {
    let frame = Frame::Text(" type : A \nno colon\n:nameless\nk: v:w \nk:last\n\n\n\n[1]".to_owned());
    let message = SubProtocol::Awap.parse(frame).unwrap();
    assert_eq!((&*message.kind, message.header_value("k")), ("A", Some("last")));
    assert_eq!(message.headers.len(), 2);
    assert_eq!(message.json(), Some(&json!([1])));
    let binary = Frame::Binary(Bytes::from_static(b"type:A\n\n\x00\xff"));
    assert_eq!(SubProtocol::Awap.parse(binary).unwrap().payload, Payload::Bytes(Bytes::from_static(b"\x00\xff")));
    for unreadable in [&b"type:A\n"[..], b"\xff\n\n", b""] {
        let error = SubProtocol::Awap.parse(Frame::Binary(Bytes::copy_from_slice(unreadable))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
}
