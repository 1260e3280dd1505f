//! Streams of events and raw bodies, over a network that answers from a list.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode};
use sanyun_core::{
    BoxFuture, Credential, ErrorKind, Event, Fixed, ManualClock, RawReply, Request, Retry, StreamBody, Transport,
    TransportError,
};
use serde_json::{Value, json};

use super::*;
use crate::typed as sdk;
use crate::{Builder, Part};

/// The pieces of a body.
struct Pieces(VecDeque<io::Result<Bytes>>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

/// Status, content type, and the pieces of the body, of which `!` breaks the connection.
type Answer = (u16, &'static str, &'static [&'static str]);

/// What was sent, and what is still to be answered.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<(Vec<Request>, VecDeque<Answer>)>>);

impl Script {
    fn of(answers: &[Answer]) -> Self {
        Self(Arc::new(Mutex::new((Vec::new(), answers.iter().copied().collect()))))
    }

    fn builder(&self) -> Builder {
        Client::builder()
            .transport(self.clone())
            .credentials(Credential::keys("AKIDTEST", "hush-key"))
            .region("ap-guangzhou")
            .clock(ManualClock::at_unix(1_700_000_000))
            .world(Fixed::default())
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    fn sent(&self) -> Request {
        self.0.lock().unwrap().0.pop().unwrap()
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let mut state = self.0.lock().unwrap();
        state.0.push(request);
        let (status, content_type, pieces) = state.1.pop_front().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("content-type", content_type.parse().unwrap());
        headers.insert("x-tc-requestid", "r-head".parse().unwrap());
        let piece = |text: &&'static str| match *text {
            "!" => Err(io::Error::other("gone")),
            text => Ok(Bytes::from_static(text.as_bytes())),
        };
        let body = StreamBody::new(Box::pin(Pieces(pieces.iter().map(piece).collect())), None);
        let reply = RawReply { status: StatusCode::from_u16(status).unwrap(), headers, body };
        Box::pin(std::future::ready(Ok(reply)))
    }
}

const EVENTS: &str = "text/event-stream";
const REFUSED: &str = r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"no"},"RequestId":"r-body"}}"#;

fn chat() -> Input {
    Input::new("hunyuan", "2023-09-01", "ChatCompletions").params(json!({"Stream": true}))
}

/// The data of all events, and the code of the error that may end them.
async fn read(mut events: EventStream) -> (Vec<String>, Option<String>) {
    let mut data = Vec::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => data.push(event.data().to_owned()),
            Err(error) => {
                assert!(events.next().await.is_none());
                return (data, Some(error.to_string()));
            }
        }
    }
    (data, None)
}

async fn data_of(answer: Answer) -> (Vec<String>, Option<String>) {
    read(Script::of(&[answer]).client().send_events(chat()).await.unwrap().into_inner()).await
}

#[tokio::test]
async fn events_come_in_pieces() {
    let script =
        Script::of(&[(200, "Text/Event-Stream; charset=utf-8", &["data: {\"a\"", ":1}\n\ndata: [DO", "NE]\n\n"])]);
    let reply = script.client().send_events(chat()).await.unwrap();
    assert_eq!((reply.request_id(), reply.is_answer()), ("r-head", false));
    assert_eq!(read(reply.into_inner()).await, (vec!["{\"a\":1}".to_owned(), "[DONE]".to_owned()], None));
    let sent = script.sent();
    // What is packed does not come bit by bit.
    assert!(!sent.headers.contains_key("accept-encoding"));
    assert_eq!(sent.header("x-tc-action"), "ChatCompletions");
}

#[tokio::test]
async fn a_json_answer_is_one_event() {
    let script = Script::of(&[(200, "application/json", &[r#"{"Response":{"Note":"x","RequestId":"r"}}"#])]);
    let reply = script.client().send_events(chat()).await.unwrap();
    assert!(reply.is_answer());
    assert_eq!(reply.request_id(), "r");
    let (data, error) = read(reply.into_inner()).await;
    assert_eq!((data, error), (vec![r#"{"Note":"x","RequestId":"r"}"#.to_owned()], None));
}

#[tokio::test]
async fn an_error_instead_of_events_is_the_calls() {
    for (status, content_type, body, code) in [
        (200, "application/json", REFUSED, "LimitExceeded"),
        (200, "text/plain", REFUSED, "LimitExceeded"),
        (400, EVENTS, REFUSED, "LimitExceeded"),
        (503, EVENTS, "data: busy\n\n", "ServerNetworkError"),
    ] {
        let script = Script(Arc::new(Mutex::new((Vec::new(), VecDeque::new()))));
        script.0.lock().unwrap().1.push_back((status, content_type, Box::leak(Box::new([body]))));
        let call = script.client().send_events(chat()).retry(Retry::none());
        let error = call.await.unwrap_err();
        assert_eq!(error.code(), Some(code), "{status} {content_type}");
    }
    let garbage = Script::of(&[(200, "text/html", &["<html>"])]);
    assert_eq!(garbage.client().send_events(chat()).await.unwrap_err().kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn an_error_among_the_events_ends_the_stream() {
    let refused = "hunyuan ChatCompletions: LimitExceeded: no (HTTP 200, request id r-body, from the service)";
    let event =
        "data: {\"Response\":{\"Error\":{\"Code\":\"LimitExceeded\",\"Message\":\"no\"},\"RequestId\":\"r-body\"}}\n\n";
    let answer = [(200, EVENTS, ["data: a\n\n", event, "data: b\n\n"])];
    let [(status, kind, pieces)] = &answer;
    let (data, error) = data_of((*status, kind, Box::leak(Box::new(*pieces)))).await;
    assert_eq!((data, error.as_deref()), (vec!["a".to_owned()], Some(refused)));
    // Gateways keep the content type of what should have come.
    let (data, error) = data_of((200, EVENTS, &[REFUSED])).await;
    assert_eq!((data.len(), error.as_deref()), (0, Some(refused)));
    let harmless = "data: the word \"Response\" alone\n\n";
    assert_eq!(data_of((200, EVENTS, Box::leak(Box::new([harmless])))).await.1, None);
}

#[tokio::test]
async fn a_broken_connection_is_the_last_item() {
    let (data, error) = data_of((200, EVENTS, &["data: a\n\ndata: b", "!"])).await;
    assert_eq!(
        (data, error.unwrap().as_str()),
        (vec!["a".to_owned()], "hunyuan ChatCompletions: reading the answer: gone")
    );
}

#[tokio::test]
async fn events_are_asked_for_by_name() {
    let script = Script::of(&[(200, EVENTS, &["data: a\n\n"])]);
    let params = json!({"Model": "m", "Messages": [{"Role": "user", "Content": "x"}], "Stream": true});
    let reply = script.client().events("hunyuan", "", "ChatCompletions", params.clone()).await.unwrap();
    assert_eq!(read(reply.into_inner()).await.0, ["a"]);
    assert_eq!(script.sent().body.as_bytes().unwrap(), params.to_string().as_bytes());
    let error = script.client().events("hunyuan", "", "ChatCompletion", json!({})).await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::Input && error.to_string().contains("did you mean `ChatCompletions`"),
        "{error}"
    );
}

#[tokio::test]
async fn an_action_with_its_own_host_streams_from_there() {
    let script = Script::of(&[(200, EVENTS, &["data: a\n\n"])]);
    let params = json!({"Messages": [{"Role": "user", "Content": "x"}], "ModelName": "m"});
    script.client().events("es", "2025-01-01", "ChatCompletions", params).await.unwrap();
    assert_eq!(script.sent().host(), "es.ai.tencentcloudapi.com");
}

static CLS: sdk::Service = sdk::Service::new("cls", "2020-10-16");
static CII: sdk::Service = sdk::Service::new("cii", "2021-04-08");

/// As the generator writes it.
#[derive(Default)]
struct UploadLog {
    topic_id: String,
    hash_key: Option<String>,
    body: Option<sdk::Body>,
}

impl sdk::Record for UploadLog {
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["TopicId", "HashKey", "stream"], &mut [&mut self.topic_id, &mut self.hash_key, &mut self.body])
    }
}

impl sdk::Operation for UploadLog {
    type Cloud = sdk::Cloud;
    type Output = Value;
    const API: sdk::Api = sdk::Api { octet_stream: true, ..sdk::Api::new(&CLS, "UploadLog", "POST", "/") };
}

struct UploadMedicalFile {
    file: Option<sdk::File>,
    file_url: Option<String>,
}

impl sdk::Record for UploadMedicalFile {
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["form File", "form FileURL"], &mut [&mut self.file, &mut self.file_url])
    }
}

impl sdk::Operation for UploadMedicalFile {
    type Cloud = sdk::Cloud;
    type Output = Value;
    const API: sdk::Api = sdk::Api::new(&CII, "UploadMedicalFile", "POST", "/");
}

const DONE: Answer = (200, "application/json", &[r#"{"Response":{"RequestId":"r"}}"#]);

#[tokio::test]
async fn raw_bytes_travel_beside_headers() {
    let script = Script::of(&[DONE; 3]);
    let client = script.client();
    let named = client.invoke_octet_stream("cls", "", "UploadLog", json!({"TopicId": "t-1"}), vec![0, 1, 2]);
    named.header("X-TC-TraceId", "mine").await.unwrap();
    let sent = script.sent();
    assert_eq!((sent.header("x-cls-topicid"), sent.header("x-tc-traceid")), ("t-1", "mine"));
    assert_eq!(
        (sent.header("content-type"), sent.body.as_bytes().unwrap()),
        ("application/octet-stream", &[0, 1, 2][..])
    );

    let typed = UploadLog { topic_id: "t-2".to_owned(), hash_key: None, body: Some(vec![3].into()) };
    client.call(typed).await.unwrap();
    let sent = script.sent();
    assert_eq!((sent.header("x-cls-topicid"), sent.body.as_bytes().unwrap()), ("t-2", &[3][..]));
    assert!(!sent.headers.contains_key("x-cls-hashkey") && !sent.headers.contains_key("x-tc-traceid"));

    client.call(UploadLog { topic_id: "t-3".to_owned(), ..UploadLog::default() }).await.unwrap();
    let sent = script.sent();
    assert_eq!((sent.header("content-type"), sent.body.len()), ("application/octet-stream", Some(0)));
}

#[tokio::test]
async fn raw_bytes_are_for_actions_that_take_them() {
    let client = Script::default().client();
    let refused = async |service: &str, action: &str, params: Value| {
        client.invoke_octet_stream(service, "", action, params, "x").await.unwrap_err().to_string()
    };
    assert!(refused("cls", "UploadLog", json!({})).await.contains("`TopicId` is missing"));
    assert!(refused("cls", "UploadLogs", json!({})).await.contains("did you mean `UploadLog`"));
    assert!(refused("cvm", "DescribeZones", json!({})).await.contains("`Client::invoke`"));
    let error = client.invoke("cls", "", "UploadLog", json!({"TopicId": "t"})).await.unwrap_err();
    assert!(error.to_string().contains("`Client::invoke_octet_stream`"));
}

#[tokio::test]
async fn a_body_that_is_not_in_memory_is_left_unsigned_or_refused() {
    let script = Script::of(&[DONE; 2]);
    let body = || Body::factory(Some(1), || Err(io::Error::other("not read here")));
    let typed = || UploadLog { topic_id: "t".to_owned(), hash_key: None, body: Some(body()) };
    assert!(script.client().call(typed()).await.unwrap_err().hint().unwrap().contains("unsigned_payload"));
    script.builder().unsigned_payload(true).build().unwrap().call(typed()).await.unwrap();
    assert_eq!(script.sent().header("x-tc-content-sha256"), "UNSIGNED-PAYLOAD");
    let form = Input::new("cii", "2021-04-08", "UploadMedicalFile").multipart([Part::file("File", body())]);
    script.client().send(form.unsigned_payload()).await.unwrap();
    let sent = script.sent();
    assert_eq!((sent.header("x-tc-content-sha256"), sent.body.as_bytes()), ("UNSIGNED-PAYLOAD", None));
    assert!(sent.body.len().unwrap() > 100);
}

#[tokio::test]
async fn a_typed_file_is_sent_whole() {
    let script = Script::of(&[DONE]);
    let typed = UploadMedicalFile { file: Some(sdk::File::from(vec![b'%', 0, 255])), file_url: None };
    script.client().call(typed).await.unwrap();
    let sent = script.sent();
    let body = sent.body.as_bytes().unwrap();
    let part = b"\r\nContent-Disposition: form-data; name=\"File\"; filename=\"File\"\r\n\r\n%\x00\xff\r\n--";
    assert!(body.windows(part.len()).any(|window| window == part));
    assert!(!String::from_utf8_lossy(body).contains("FileURL"));
}

#[tokio::test]
async fn a_typed_operation_streams() {
    struct Chat;

    impl sdk::Record for Chat {
        fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
            by.record(&[], &mut [])
        }
    }

    impl sdk::Operation for Chat {
        type Cloud = sdk::Cloud;
        type Output = Value;
        const API: sdk::Api = sdk::Api::new(&CLS, "ChatCompletions", "POST", "/");
    }

    let script = Script::of(&[(200, EVENTS, &["data: {\"A\":[1]}\n\n"]), (200, EVENTS, &["data: {}\n\n"])]);
    let mut events = script.client().events_of(Chat).await.unwrap();
    let event: Event = events.next().await.unwrap().unwrap();
    assert_eq!(event.decode::<Value>().unwrap(), json!({"A": [1]}));
    let error = script.client().call(Chat).await.unwrap_err();
    assert!(error.hint().unwrap().contains("`Client::events`"));
    assert_eq!((error.request_id(), error.reply().is_some()), (Some("r-head"), true));
}

/// Over a real connection: an event is there before the next one is sent, and whoever stops reading hangs up.
#[tokio::test]
async fn events_arrive_at_once_and_dropping_them_hangs_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (told, wait) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        assert!(stream.read(&mut request).unwrap() > 0);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(format!("{head}7\r\ndata: a\r\n2\r\n\n\n\r\n").as_bytes()).unwrap();
        wait.recv().unwrap();
        stream.write_all(b"9\r\ndata: b\n\n\r\n").unwrap();
        // Nothing more comes from a client that has hung up.
        stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
        let rest = stream.read(&mut request);
        assert!(matches!(&rest, Ok(0)) || rest.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset));
    });
    let builder = Client::builder().credentials(Credential::keys("AKIDTEST", "hush-key")).world(Fixed::default());
    let client = builder.endpoint(address).build().unwrap();
    let mut events = client.send_events(chat()).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap(), Event::of("a"));
    told.send(()).unwrap();
    assert_eq!(events.next().await.unwrap().unwrap(), Event::of("b"));
    drop(events);
    tokio::task::spawn_blocking(move || server.join().unwrap()).await.unwrap();
}
