//! WebSockets against a real server.
#![cfg(feature = "websocket")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here fails the test")]

#[allow(dead_code, reason = "its server answers with HTTP alone")]
mod support;

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sanyun_alibaba::sign::SignatureVersion;
use sanyun_alibaba::websocket::{Message, Payload, SubProtocol, WebSocket};
use sanyun_alibaba::{Builder, Client, Credential, Error, ErrorKind, Input, Method};
use sanyun_core::{Fixed, ManualClock, Retry, encode, hash};
use serde_json::{Value, json};
use support::Arrival;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message as Wire, Role, WebSocket as Socket};

const SECRET: &str = "a-secret-that-never-shows";

/// A connection with its request, before it is answered.
struct Peer {
    arrival: Arrival,
    stream: TcpStream,
}

type Script = fn(Peer);

struct Server {
    url: String,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
}

impl Server {
    /// Serves one connection after the other by one function each.
    fn start<const N: usize>(scripts: [Script; N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&arrivals);
        std::thread::spawn(move || {
            for script in scripts {
                let (stream, _) = listener.accept().unwrap();
                let arrival = support::read(&stream);
                kept.lock().unwrap().push(arrival.clone());
                script(Peer { arrival, stream });
            }
        });
        Self { url, arrivals }
    }

    fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap().clone()
    }

    fn builder(&self) -> Builder {
        Client::builder()
            .endpoint(&*self.url)
            .credentials(Credential::keys("testId", SECRET))
            .clock(ManualClock::at_unix(1_714_979_289))
            .retry(Retry::none())
            .world(Fixed::default())
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }
}

impl Peer {
    fn accept_key(&self) -> String {
        let key = format!("{}258EAFA5-E914-47DA-95CA-C5AB0DC85B11", self.arrival.header("sec-websocket-key"));
        encode::base64(&hash::sha1(key.as_bytes()))
    }

    /// Agrees; `headers` are further ones in their wire form.
    fn accept_with(mut self, key: &str, headers: &str) -> Socket<TcpStream> {
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {key}\r\n{headers}\r\n"
        );
        self.stream.write_all(head.as_bytes()).unwrap();
        Socket::from_raw_socket(self.stream, Role::Server, None)
    }

    fn accept(self, session: &str) -> Socket<TcpStream> {
        let key = self.accept_key();
        let headers = format!("x-acs-ws-session-id: {session}\r\nx-acs-request-id: r-{session}\r\n");
        self.accept_with(&key, &headers)
    }

    fn refuse(mut self, status: u16, body: &str) {
        let length = body.len();
        let reply = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nx-acs-request-id: r-1\r\n\r\n{body}");
        self.stream.write_all(reply.as_bytes()).unwrap();
    }
}

fn chat() -> Input {
    Input::roa("chat", "2024-01-01", "Chat", Method::GET, "/chat/{Room}").path_arg("Room", "1").query(json!({"a": "ü"}))
}

async fn fails(connect: sanyun_alibaba::websocket::Connect) -> Error {
    connect.await.expect_err("a failure")
}

/// What is left of a stream: how many messages, and the error that ended it.
async fn rest(mut socket: WebSocket) -> (usize, Option<Error>) {
    let mut messages = 0;
    while let Some(message) = socket.next().await {
        match message {
            Ok(_) => messages += 1,
            Err(error) => return (messages, Some(error)),
        }
    }
    (messages, None)
}

fn text(frame: Wire) -> String {
    frame.into_text().unwrap().as_str().to_owned()
}

fn line(frame: &str, name: &str) -> String {
    let line = frame.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
    line.unwrap_or_else(|| panic!("no {name} in {frame}")).to_owned()
}

/// Sends everything back until the other side closes.
fn echo(peer: Peer) {
    let mut socket = peer.accept("s-1");
    while let Ok(frame) = socket.read() {
        if frame.is_text() || frame.is_binary() {
            socket.send(frame).unwrap();
        }
    }
}

#[tokio::test]
async fn messages_come_back_as_they_were_sent() {
    let server = Server::start([echo as Script]);
    let mut socket = server.client().connect(chat(), SubProtocol::Awap).await.unwrap();
    assert_eq!((socket.session_id().as_deref(), &*socket.request_id()), (Some("s-1"), "r-s-1"));

    let message = Message::text(json!({"a": [1, "中"]})).id("m1").header("h", "v:w");
    socket.send(message.clone()).await.unwrap();
    let back = socket.next().await.unwrap().unwrap();
    assert_eq!(back.header_value("timestamp"), Some("1714979289000"));
    assert_eq!((&*back.kind, &*back.id, back.header_value("h")), ("UpstreamTextEvent", "m1", Some("v:w")));
    assert_eq!(back.json(), Some(&json!({"a": [1, "中"]})));

    let bytes: Vec<u8> = (0..200_000).map(|at| (at % 251) as u8).collect();
    socket.send_binary(bytes.clone()).await.unwrap();
    let back = socket.next().await.unwrap().unwrap();
    assert_eq!((&*back.kind, back.id.len(), back.is_binary), ("UpstreamBinaryEvent", 32, true));
    assert_eq!(back.payload, Payload::Bytes(bytes.into()));
    socket.close().await;

    let [arrival] = &server.arrivals()[..] else { panic!("one handshake") };
    assert!(arrival.is_signed_with(SECRET));
    assert_eq!((&*arrival.method, &*arrival.path, &*arrival.query), ("GET", "/chat/1", "a=%C3%BC"));
    assert_eq!(arrival.header("sec-websocket-protocol"), "awap");
    assert_eq!(arrival.header("sec-websocket-version"), "13");
    assert_eq!(encode::base64_decode(arrival.header("sec-websocket-key")).unwrap().len(), 16);
    assert_eq!((arrival.header("x-acs-action"), arrival.header("x-acs-version")), ("Chat", "2024-01-01"));
}

#[tokio::test]
async fn an_operation_of_the_catalog_is_connected_to_by_name() {
    let server = Server::start([echo as Script]);
    let connect = |params: Value| {
        server.client().connect_to("dianjin", "2024-06-28", "EndToEndRealTimeDialog", params, SubProtocol::Awap)
    };
    let error = fails(connect(json!({"workspace_id": "w/1", "pitch": 1}))).await;
    assert_eq!((error.kind(), server.arrivals().len()), (ErrorKind::Input, 0));
    let mut socket = connect(json!({"workspace_id": "w/1", "pitchRate": 1})).await.unwrap();
    socket.send_text("hello").await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().json(), Some(&json!("hello")));
    let [arrival] = &server.arrivals()[..] else { panic!("one handshake") };
    assert_eq!((&*arrival.path, &*arrival.query), ("/w%2F1/ws/realtime/dialog", "pitchRate=1"));
    assert_eq!((&*arrival.method, arrival.is_signed_with(SECRET)), ("GET", true));
    // It is no call like others.
    let error = server.client().invoke("dianjin", "", "EndToEndRealTimeDialog", json!({})).await.unwrap_err();
    assert!(error.hint().is_some_and(|hint| hint.contains("connect_to")), "{error}");
}

#[tokio::test]
async fn general_messages_are_texts_and_bytes() {
    let server = Server::start([echo as Script]);
    let mut socket = server.client().connect(chat(), SubProtocol::General).await.unwrap();
    socket.send_text("hello").await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().json(), Some(&json!({"body": "hello"})));
    socket.send_binary(&b"{}"[..]).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().payload, Payload::Bytes("{}".into()));
    let error = socket.request(json!(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(server.arrivals()[0].header("sec-websocket-protocol"), "general");
}

#[tokio::test]
async fn an_answer_finds_its_request() {
    let server = Server::start([(|peer| {
        let mut socket = peer.accept("s-1");
        let (first, second) = (text(socket.read().unwrap()), text(socket.read().unwrap()));
        assert_eq!((line(&first, "type"), line(&first, "ack")), ("AckRequiredTextEvent".into(), "required".into()));
        // The later one first, and something else between.
        let answer = |frame: &str, text: &str| {
            Wire::text(format!("type:DownstreamTextEvent\nack-id: {}\n\n\"{text}\"", line(frame, "id")))
        };
        let order = if first.ends_with("1") { [&second, &first] } else { [&first, &second] };
        socket.send(answer(order[0], "two")).unwrap();
        socket.send(Wire::text("type:News\n\n{}")).unwrap();
        socket.send(answer(order[1], "one")).unwrap();
        while socket.read().is_ok() {}
    }) as Script]);
    let mut socket = server.client().connect(chat(), SubProtocol::Awap).await.unwrap();
    let sender = socket.sender();
    let (one, two) = tokio::join!(socket.request(json!(1)), sender.request(Message::ack_required(2)));
    assert_eq!((one.unwrap().json(), two.unwrap().json()), (Some(&json!("one")), Some(&json!("two"))));
    assert_eq!(socket.next().await.unwrap().unwrap().kind, "News");
}

#[tokio::test]
async fn a_message_that_cannot_be_read_does_not_end_the_stream() {
    let server = Server::start([(|peer| {
        let mut socket = peer.accept("s-1");
        socket.send(Wire::text("no empty line")).unwrap();
        socket.send(Wire::text("type:News\n\nnot JSON")).unwrap();
        while socket.read().is_ok() {}
    }) as Script]);
    let mut socket = server.client().connect(chat(), SubProtocol::Awap).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(socket.next().await.unwrap().unwrap().payload, Payload::Text("not JSON".into()));
}

#[tokio::test]
async fn a_refused_handshake_is_the_clouds_error() {
    let server = Server::start([(|peer| {
        peer.refuse(403, r#"{"Code":"Forbidden.RAM","Message":"not allowed","RequestId":"r-9"}"#);
    }) as Script]);
    let error = fails(server.client().connect(chat(), SubProtocol::Awap)).await;
    assert_eq!(
        (error.kind(), error.code(), error.request_id()),
        (ErrorKind::Service, Some("Forbidden.RAM"), Some("r-9"))
    );
    assert_eq!(error.service().unwrap().status(), 403);
}

#[tokio::test]
async fn a_server_that_does_not_speak_websocket_is_told() {
    let server = Server::start([
        (|peer| peer.refuse(200, "{}")) as Script,
        |peer| drop(peer.accept_with("d3Jvbmc=", "")),
        |peer| {
            let key = peer.accept_key();
            drop(peer.accept_with(&key, "Sec-WebSocket-Protocol: chat\r\n"));
        },
    ]);
    for part in ["HTTP 200", "Sec-WebSocket-Accept", "sub-protocol `chat`"] {
        let error = fails(server.client().connect(chat(), SubProtocol::Awap)).await;
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn mistakes_are_told_before_anything_is_sent() {
    assert_eq!("soap".parse::<SubProtocol>().unwrap_err().kind(), ErrorKind::Input);
    assert_eq!("awap".parse::<SubProtocol>().unwrap(), SubProtocol::Awap);
    let server = Server::start([]);
    let error = fails(server.client().connect(chat().json(&json!({})), SubProtocol::Awap)).await;
    assert_eq!((error.kind(), server.arrivals().len()), (ErrorKind::Input, 0));
}

#[tokio::test]
async fn a_head_cannot_be_smuggled_into_a_message() {
    let server = Server::start([echo as Script]);
    let socket = server.client().connect(chat(), SubProtocol::Awap).await.unwrap();
    for (name, value) in [("a", "b\nack-id:1"), ("a\n\n", "b"), ("a:b", "c"), ("", "c")] {
        let error = socket.send(Message::text(1).header(name, value)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{name:?} {value:?}");
    }
}

#[tokio::test]
async fn a_server_that_closes_ends_the_stream() {
    let server = Server::start([(|peer| {
        let mut socket = peer.accept("s-1");
        socket.send(Wire::text("type:Last\n\n{}")).unwrap();
        socket.close(Some(CloseFrame { code: 1000.into(), reason: "done".into() })).unwrap();
        while socket.read().is_ok() {}
    }) as Script]);
    // Complete is complete, also where reconnects are allowed.
    let mut socket = server.client().connect(chat(), SubProtocol::Awap).reconnects(5).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().kind, "Last");
    assert!(socket.next().await.is_none());
    assert!(socket.next().await.is_none());
    assert_eq!(socket.close_reason(), Some((1000, "done".to_owned())));
    assert_eq!(socket.send_text("x").await.unwrap_err().kind(), ErrorKind::Io);
}

#[tokio::test]
async fn an_abrupt_end_is_an_error() {
    let server = Server::start([(|peer| drop(peer.accept("s-1"))) as Script, |peer| {
        let mut socket = peer.accept("s-1");
        socket.close(Some(CloseFrame { code: 1011.into(), reason: "out of order".into() })).unwrap();
        while socket.read().is_ok() {}
    }]);
    for part in ["broke", "1011: out of order"] {
        let socket = server.client().connect(chat(), SubProtocol::Awap).await.unwrap();
        let (messages, error) = rest(socket).await;
        let error = error.unwrap();
        assert_eq!((messages, error.kind()), (0, ErrorKind::Io));
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn closing_tells_the_server() {
    let (told, closed) = std::sync::mpsc::channel();
    static TOLD: Mutex<Option<std::sync::mpsc::Sender<Wire>>> = Mutex::new(None);
    *TOLD.lock().unwrap() = Some(told);
    let close = |peer: Peer| {
        let mut socket = peer.accept("s-1");
        let frame = socket.read().unwrap();
        TOLD.lock().unwrap().as_ref().unwrap().send(frame).unwrap();
        while socket.read().is_ok() {}
    };
    let server = Server::start([close as Script, close]);
    server.client().connect(chat(), SubProtocol::Awap).await.unwrap().close().await;
    drop(server.client().connect(chat(), SubProtocol::Awap).await.unwrap());
    let frames = tokio::task::spawn_blocking(move || [closed.recv().unwrap(), closed.recv().unwrap()]).await.unwrap();
    for frame in frames {
        let Wire::Close(Some(frame)) = frame else { panic!("{frame:?}") };
        assert_eq!(u16::from(frame.code), 1000);
    }
}

#[tokio::test]
async fn a_server_that_asks_for_it_gets_a_new_connection() {
    let server = Server::start([
        (|peer| {
            let mut socket = peer.accept("s-1");
            // The answer is given on the other connection.
            socket.read().unwrap();
            socket.send(Wire::text("type:RECONNECT\n\n{}")).unwrap();
            socket.send(Wire::text("type:Before\n\n{}")).unwrap();
            let Wire::Close(Some(frame)) = socket.read().unwrap() else { panic!("a close") };
            assert_eq!(u16::from(frame.code), 1001);
            while socket.read().is_ok() {}
        }) as Script,
        |peer| {
            let mut socket = peer.accept("s-2");
            socket.send(Wire::text("type:A\nack-id:m1\n\n\"late\"")).unwrap();
            socket.send(Wire::text("type:News\n\n{}")).unwrap();
            while socket.read().is_ok() {}
        },
    ]);
    let clock = Arc::new(ManualClock::at_unix(1_714_979_289));
    let client = server.builder().clock(Arc::clone(&clock)).build().unwrap();
    let mut socket = client.connect(chat(), SubProtocol::Awap).reconnects(5).await.unwrap();
    let answer = socket.request(Message::ack_required(Value::Null).id("m1")).await.unwrap();
    assert_eq!(answer.json(), Some(&json!("late")));
    assert_eq!(socket.next().await.unwrap().unwrap().kind, "Before");
    assert_eq!(socket.next().await.unwrap().unwrap().kind, "News");
    assert_eq!((socket.session_id().as_deref(), &*socket.request_id()), (Some("s-2"), "r-s-2"));
    assert!(clock.sleeps().is_empty());

    let [first, second] = &server.arrivals()[..] else { panic!("two handshakes") };
    assert_eq!((first.header("x-acs-ws-session-id"), second.header("x-acs-ws-session-id")), ("", "s-1"));
    assert!(second.is_signed_with(SECRET));
    assert!(second.header("authorization").contains("x-acs-ws-session-id"));
    for name in ["x-acs-signature-nonce", "authorization", "sec-websocket-key"] {
        assert_ne!(first.header(name), second.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_server_that_asks_without_end_is_left() {
    let ask = |peer: Peer| {
        let mut socket = peer.accept("s");
        socket.send(Wire::text("type:RECONNECT\n\n{}")).unwrap();
        while socket.read().is_ok() {}
    };
    let server = Server::start([ask as Script, ask, ask]);
    let clock = Arc::new(ManualClock::at_unix(1_714_979_289));
    let client = server.builder().clock(Arc::clone(&clock)).build().unwrap();
    let socket = client.connect(chat(), SubProtocol::Awap).reconnects(2).await.unwrap();
    let (messages, error) = rest(socket).await;
    assert_eq!((messages, error.unwrap().kind()), (0, ErrorKind::Io));
    assert_eq!((server.arrivals().len(), clock.sleeps()), (3, vec![Duration::from_secs(5)]));
}

#[tokio::test]
async fn a_wish_to_reconnect_is_a_message_where_reconnects_are_off() {
    let server = Server::start([(|peer| {
        let mut socket = peer.accept("s-1");
        socket.send(Wire::text("type:RECONNECT\n\n{}")).unwrap();
        while socket.read().is_ok() {}
    }) as Script]);
    let mut socket = server.client().connect(chat(), SubProtocol::Awap).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().kind, "RECONNECT");
}

#[tokio::test]
async fn a_lost_connection_is_opened_again() {
    let lose = |peer: Peer| {
        let mut socket = peer.accept("s");
        socket.send(Wire::text("type:News\n\n{}")).unwrap();
    };
    let fail = |peer: Peer| peer.refuse(503, "");
    let server = Server::start([lose as Script, fail, lose, fail, fail, fail]);
    let clock = Arc::new(ManualClock::at_unix(1_714_979_289));
    let client = server.builder().clock(Arc::clone(&clock)).build().unwrap();
    let socket = client.connect(chat(), SubProtocol::Awap).reconnects(3).await.unwrap();
    let (messages, error) = rest(socket).await;
    // The message in between begins the count anew.
    let error = error.unwrap();
    assert_eq!((messages, error.kind()), (2, ErrorKind::Service));
    assert!(error.to_string().contains("reconnecting"), "{error}");
    assert_eq!(clock.sleeps(), [Duration::from_secs(5); 5]);
    let arrivals = server.arrivals();
    assert_eq!(arrivals.len(), 6);
    assert!(arrivals.iter().all(|arrival| arrival.header("x-acs-ws-session-id").is_empty()));
}

#[tokio::test]
async fn a_final_refusal_ends_the_attempts() {
    let server = Server::start([(|peer| drop(peer.accept("s-1"))) as Script, |peer| {
        peer.refuse(403, r#"{"Code":"Forbidden","Message":"no"}"#)
    }]);
    let socket = server.client().connect(chat(), SubProtocol::Awap).reconnects(5).await.unwrap();
    let request = socket.sender();
    let (messages, error) = rest(socket).await;
    assert_eq!((messages, error.unwrap().code()), (0, Some("Forbidden")));
    assert_eq!(request.request(json!(1)).await.unwrap_err().kind(), ErrorKind::Io);
}

#[tokio::test]
async fn a_lost_connection_fails_the_requests() {
    let server = Server::start([(|peer| {
        let mut socket = peer.accept("s-1");
        socket.read().unwrap();
    }) as Script]);
    let socket = server.client().connect(chat(), SubProtocol::Awap).await.unwrap();
    assert_eq!(socket.request(json!(1)).await.unwrap_err().kind(), ErrorKind::Io);
}

#[tokio::test]
async fn all_headers_signed_or_the_older_signature_chosen_still_connects() {
    let server = Server::start([echo as Script, echo]);
    let all = server.builder().sign_all_headers(true).build().unwrap();
    drop(all.connect(chat(), SubProtocol::Awap).await.unwrap());
    let older = server.builder().signature(SignatureVersion::V1).build().unwrap();
    drop(older.connect(Input::rpc("chat", "2024-01-01", "Chat"), SubProtocol::Awap).await.unwrap());
    let arrivals = server.arrivals();
    assert!(arrivals.iter().all(|arrival| arrival.is_signed_with(SECRET)));
    let signed = arrivals[0].header("authorization").to_owned();
    assert!(signed.contains("sec-websocket-protocol") && signed.contains("user-agent"), "{signed}");
    for name in ["upgrade", "connection", "sec-websocket-key", "sec-websocket-version"] {
        assert!(!signed.contains(name), "{signed}");
    }
    assert_eq!(arrivals[1].method, "GET");
}
