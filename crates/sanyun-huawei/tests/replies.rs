//! Replies of every media type, with and without types, and those that cannot be read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "support/script.rs"]
mod script;

use sanyun_core::codec::{Record, Visitor};
use sanyun_core::{Api, Error, Fixed, Operation, Service};
use sanyun_huawei::{Client, Credential, ErrorKind, Input, Response, Result, Retry, bson};
use script::{Answer, Script};
use serde_json::{Value, json};

/// The document `{"name": "x", "n": 7}`.
const DOCUMENT: &str = "\u{18}\0\0\0\u{2}name\0\u{2}\0\0\0x\0\u{10}n\0\u{7}\0\0\0\0";

fn client(answer: Answer) -> (Client, Script) {
    let script = Script::default().on("/things", &[answer]);
    let builder = Client::builder().world(Fixed::default()).transport(script.clone()).retry(Retry::none());
    let builder = builder.endpoint("https://example.com").credentials(Credential::keys("id", "secret"));
    (builder.project_id("p").build().unwrap(), script)
}

async fn by_path(answer: Answer) -> Result<Response<Value>> {
    client(answer).0.send(Input::get("kvs", "/things")).await
}

#[derive(Debug, Default, PartialEq)]
struct Thing {
    name: Option<String>,
    n: Option<i64>,
    total: Option<i64>,
    items: Option<Vec<String>>,
}

impl Record for Thing {
    fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
        let Self { name, n, total, items } = self;
        by.record(&["name", "n", "X-Total", "items"], &mut [name, n, total, items])
    }
}

struct ShowThing {
    body: Value,
}

impl Record for ShowThing {
    fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
        by.record(&["body"], &mut [&mut self.body])
    }
}

static SERVICE: Service = Service::new("kvs", "v1");

impl Operation for ShowThing {
    type Cloud = sanyun_huawei::typed::Cloud;
    type Output = Thing;
    const API: Api = Api {
        consumes: "application/bson",
        response_headers: &["X-Total"],
        ..Api::new(&SERVICE, "ShowThing", "POST", "/things")
    };
}

async fn typed(answer: Answer) -> Result<Response<Thing>> {
    client(answer).0.call(ShowThing { body: json!({"a": 1}) }).await
}

#[tokio::test]
async fn every_media_type_is_read() {
    for (headers, body, value) in [
        ("content-type: application/json;charset=UTF-8", r#"{"name":"x","n":7}"#, json!({"name": "x", "n": 7})),
        (
            "content-type: application/xml;charset=UTF-8",
            "<R><name>x</name><n>7</n></R>",
            json!({"name": "x", "n": "7"}),
        ),
        ("content-type: Application/BSON", DOCUMENT, json!({"name": "x", "n": 7})),
        ("content-type: text/plain", "plain", json!("plain")),
        ("x-other: 1", r#"{"name":"x","n":7}"#, json!({"name": "x", "n": 7})),
        ("content-type: application/json", "", json!(null)),
        ("content-type: application/xml", "", json!(null)),
        ("content-type: application/bson", "", json!(null)),
    ] {
        let reply = by_path((200, headers, body)).await.unwrap();
        assert_eq!(*reply, value, "{headers}");
        let thing = Thing { name: Some("x".to_owned()), n: Some(7), ..Thing::default() };
        match &value {
            Value::Object(_) => assert_eq!(*typed((200, headers, body)).await.unwrap(), thing, "{headers}"),
            Value::Null => assert_eq!(*typed((200, headers, body)).await.unwrap(), Thing::default(), "{headers}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn headers_and_single_items_are_members() {
    let answer = (200, "content-type: application/xml\nx-total: 12", "<R><name>x</name><items>one</items></R>");
    let thing = typed(answer).await.unwrap();
    assert_eq!((thing.total, thing.items.clone()), (Some(12), Some(vec!["one".to_owned()])));
    assert_eq!(by_path(answer).await.unwrap().header("x-total"), Some("12"));
}

#[tokio::test]
async fn bodies_of_bson_are_sent_and_hashed() {
    let (client, script) = client((200, "content-type: application/bson", DOCUMENT));
    client.call(ShowThing { body: json!({"name": "x", "n": 7}) }).await.unwrap();
    client.send(Input::post("kvs", "/things").bson(json!({"name": "x", "n": 7}))).await.unwrap();
    for request in script.seen() {
        assert_eq!(request.header("content-type"), "application/bson");
        assert_eq!(request.header("x-sdk-content-sha256"), "");
        assert_eq!(request.body.as_bytes(), Some(DOCUMENT.as_bytes()));
    }
    assert_eq!(bson::from_bytes(DOCUMENT.as_bytes()).unwrap(), json!({"name": "x", "n": 7}));
}

/// An error that keeps what came.
fn keeps(error: &Error, body: &str) {
    assert_eq!((error.kind(), error.request_id()), (ErrorKind::Decode, Some("r-1")), "{error}");
    let reply = error.reply().unwrap();
    assert_eq!((reply.status.as_u16(), &*reply.body), (200, body.as_bytes()));
    assert!(error.to_string().contains("(HTTP 200, request id r-1)"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_read_is_kept() {
    for (headers, body) in [
        ("content-type: application/json\nx-request-id: r-1", r#"{"n":"#),
        ("content-type: application/xml\nx-request-id: r-1", "<R>"),
        ("content-type: application/bson\nx-request-id: r-1", "\u{7}\0\0\0"),
    ] {
        keeps(&by_path((200, headers, body)).await.unwrap_err(), body);
        keeps(&typed((200, headers, body)).await.unwrap_err(), body);
    }
    let body = r#"{"n":"many"}"#;
    let error = typed((200, "content-type: application/json\nx-request-id: r-1", body)).await.unwrap_err();
    keeps(&error, body);
    assert!(error.to_string().contains("member `n`: expected an integer, found `many`"), "{error}");
}

#[tokio::test]
async fn redirects_are_errors_and_refusals_of_bson_are_read() {
    for (status, headers, code) in [(302, "location: https://elsewhere", "302"), (301, "x-other: 1", "301")] {
        assert_eq!(by_path((status, headers, "")).await.unwrap_err().code(), Some(code));
    }
    let refusal = "\u{28}\0\0\0\u{2}error_code\0\u{2}\0\0\0K\0\u{2}error_msg\0\u{2}\0\0\0m\0\0";
    let error = by_path((400, "content-type: application/bson", refusal)).await.unwrap_err();
    assert_eq!((error.code(), error.message()), (Some("K"), "m"));
}
