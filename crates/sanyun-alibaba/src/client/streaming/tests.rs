//! Streams of events over a real socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use sanyun_core::{Credential, ErrorKind, Fixed, ManualClock};
use serde_json::json;

use super::*;
use crate::Builder;
use crate::typed as sdk;

const EVENTS: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-acs-request-id: r-1\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Answers one connection after the other with pieces of bytes, each sent on its own; keeps the heads that arrived.
#[derive(Clone)]
struct Server {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

type Pieces = Vec<Vec<u8>>;

fn pieces(texts: &[&str]) -> Pieces {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

impl Server {
    fn start(answers: Vec<Pieces>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        std::thread::spawn(move || {
            for pieces in answers {
                let (mut stream, _) = listener.accept().unwrap();
                stream.set_nodelay(true).unwrap();
                kept.lock().unwrap().push(head(&stream));
                pieces.iter().for_each(|piece| stream.write_all(piece).unwrap());
            }
        });
        Self { url, heads }
    }

    fn builder(&self) -> Builder {
        Client::builder()
            .endpoint(&*self.url)
            .credentials(Credential::keys("testId", "hush-key"))
            .clock(ManualClock::at_unix(1_714_979_289))
            .world(Fixed::default())
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

/// Reads a request; gives its head in lower case.
fn head(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    reader.read_exact(&mut vec![0; length.parse().unwrap()]).unwrap();
    head
}

fn list() -> Input {
    Input::rpc("chat", "2024-01-01", "ListWords")
}

/// The data of all events, and the kind of error that may end them.
async fn read(mut events: EventStream) -> (Vec<String>, Option<ErrorKind>) {
    let mut data = Vec::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => data.push(event.data().to_owned()),
            Err(error) => {
                assert!(error.to_string().contains("chat ListWords"), "{error}");
                assert!(events.next().await.is_none());
                return (data, Some(error.kind()));
            }
        }
    }
    (data, None)
}

#[tokio::test]
async fn events_survive_cuts_anywhere() {
    let body =
        "\u{feff}data: 你好，世界\r\n\r\n: a comment\nevent: end\n\nid: 7\ndata:  two \ndata: lines\n\ndata: last";
    let mut answer = pieces(&[EVENTS]);
    // Byte by byte, so that every character is cut.
    answer.extend(body.bytes().map(|byte| vec![byte]));
    let server = Server::start(vec![answer]);
    let reply = server.client().send_events(list()).await.unwrap();
    assert_eq!((reply.request_id(), reply.attempts()), ("r-1", 1));
    let (data, error) = read(reply.into_inner()).await;
    assert_eq!((data, error), (vec!["你好，世界".into(), " two \nlines".into(), "last".into()], None));
    let [head] = &server.heads()[..] else { panic!("one request") };
    assert!(head.contains("authorization: acs3-hmac-sha256 ") && head.contains("x-acs-action: listwords"), "{head}");
    // What is packed does not come bit by bit.
    assert!(!head.contains("accept-encoding"), "{head}");
}

#[tokio::test]
async fn an_error_instead_of_events_is_the_error_of_the_call() {
    let refusal = r#"{"Code":"InvalidParameter","Message":"no","RequestId":"r-2"}"#;
    let reply = format!("HTTP/1.1 400 X\r\nContent-Length: {}\r\n\r\n{refusal}", refusal.len());
    let server = Server::start(vec![pieces(&[&reply])]);
    let error = server.client().send_events(list()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some("InvalidParameter")));
    assert_eq!(error.request_id(), Some("r-2"));
}

#[tokio::test]
async fn a_stream_is_repeated_before_its_first_byte_and_never_after() {
    let busy = "HTTP/1.1 503 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let cut = [CHUNKED, "9\r\ndata: a\n\n\r\n9\r\ndata:"];
    let server = Server::start(vec![pieces(&[busy]), pieces(&cut), pieces(&[EVENTS, "data: again\n\n"])]);
    let reply = server.client().send_events(list()).await.unwrap();
    assert_eq!(reply.attempts(), 2);
    let (data, error) = read(reply.into_inner()).await;
    assert_eq!(data, ["a"]);
    assert!(matches!(error, Some(ErrorKind::Io | ErrorKind::Decode)), "{error:?}");
    assert_eq!(server.heads().len(), 2);
}

#[tokio::test]
async fn a_call_by_name_is_checked_and_signed_anew_whatever_the_clients_signature() {
    let server = Server::start(vec![pieces(&[EVENTS, "data: 1\n\n"])]);
    let client = server.builder().signature(SignatureVersion::V1).build().unwrap();
    let wrong = client.events("ecs", "2014-05-26", "DescribeRegions", json!({"Nonsense": 1})).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Input);
    let params = json!({"AcceptLanguage": "en-US"});
    let mut events = client.events("ecs", "2014-05-26", "DescribeRegions", params).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().json().unwrap(), json!(1));
    let [head] = &server.heads()[..] else { panic!("one request") };
    assert!(head.starts_with("post /?acceptlanguage=en-us http/1.1"), "{head}");
    assert!(head.contains("authorization: acs3-hmac-sha256 "), "{head}");
}

static CHAT: sdk::Service = sdk::Service::new("chat", "2024-01-01");

struct ListWords;

impl sdk::Record for ListWords {
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> Result<()> {
        by.record(&[], &mut [])
    }
}

impl Operation for ListWords {
    type Cloud = Cloud;
    type Output = Value;
    const API: sdk::Api = sdk::Api::new(&CHAT, "ListWords", "POST", "/");
}

#[tokio::test]
async fn typed_operations_stream_too() {
    let server = Server::start(vec![pieces(&[EVENTS, "data: {\"Word\":\"a\"}\n\n"])]);
    let mut events = server.client().events_of(ListWords).await.unwrap();
    let value: Value = events.next().await.unwrap().unwrap().decode().unwrap();
    assert_eq!(value, json!({"Word": "a"}));
    assert!(server.heads()[0].contains("x-acs-action: listwords"));
}
