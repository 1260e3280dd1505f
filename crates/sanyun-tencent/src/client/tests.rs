//! Whole calls against a small server that checks signatures as Tencent Cloud does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sanyun_core::{Credential, ErrorKind, Fixed, ManualClock, Retry, Secret, time};
use serde_json::json;

use super::*;
use crate::sign;

const NOW: i64 = 1_700_000_000;
const SECRET: &str = "hush-key";

/// What arrived: the request line, headers with names in lower case, the body.
#[derive(Clone)]
struct Arrived {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Arrived {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let (method, rest) = line.split_once(' ')?;
        let target = rest.split(' ').next()?.to_owned();
        let mut arrived = Self { method: method.to_owned(), target, headers: Vec::new(), body: Vec::new() };
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            arrived.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        arrived.body = vec![0; arrived.header("content-length").parse().unwrap_or(0)];
        reader.read_exact(&mut arrived.body).ok()?;
        Some(arrived)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Rebuilds the signature from the bytes that arrived.
    fn verify(&self) -> Result<(), &'static str> {
        let authorization = self.header("authorization");
        let names = between(authorization, "SignedHeaders=", ",");
        let headers: Vec<_> = names.split(';').map(|name| (name, self.header(name))).collect();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let digest = sign::payload_sha256(&self.body);
        let canonical = sign::canonical_request(&self.method, path, query, &headers, &digest);
        let timestamp: i64 = self.header("x-tc-timestamp").parse().map_err(|_| "AuthFailure.InvalidAuthorization")?;
        if (timestamp - NOW).abs() > 300 {
            return Err("AuthFailure.SignatureExpire");
        }
        let key = sign::SigningKey::derive(&Secret::new(SECRET), "cvm", time::from_unix(timestamp));
        let signature = key.signature(&sign::string_to_sign(timestamp, key.scope(), &canonical));
        let expected = sign::authorization("AKIDTEST", key.scope(), names, &signature);
        if expected == authorization { Ok(()) } else { Err("AuthFailure.SignatureFailure") }
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split(after).next().unwrap_or_default()
}

/// A server that answers with the given bodies in turn once the signature is right, and remembers what arrived.
struct Server {
    address: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Server {
    fn start(answers: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut answers: Vec<(u16, String)> =
            answers.iter().rev().map(|(status, body)| (*status, (*body).to_owned())).collect();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&arrived);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = Arrived::read(&stream) else { continue };
                let (status, body) = match request.verify() {
                    Err(code) => (200, refusal(code)),
                    Ok(()) => answers.pop().unwrap_or((500, String::new())),
                };
                seen.lock().unwrap().push(request);
                answer(stream, status, &body);
            }
        });
        Self { address, arrived }
    }

    fn client(&self) -> Builder {
        Client::builder()
            .endpoint(&self.address)
            .region("ap-guangzhou")
            .credentials(Credential::keys("AKIDTEST", SECRET))
            .clock(ManualClock::at(time::from_unix(NOW)))
            .world(Fixed::default())
            .timeout(Duration::from_secs(20))
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
}

fn refusal(code: &str) -> String {
    json!({"Response": {"Error": {"Code": code, "Message": "no"}, "RequestId": "r-1"}}).to_string()
}

fn answer(mut stream: TcpStream, status: u16, body: &str) {
    let date = time::http_date(time::from_unix(NOW));
    let head =
        format!("HTTP/1.1 {status} X\r\nDate: {date}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

fn zones() -> Input {
    Input::new("cvm", "2017-03-12", "DescribeZones").params(json!({"Name": "三云 ü"}))
}

const ZONES: &str = r#"{"Response":{"TotalCount":2,"RequestId":"r-2"}}"#;

#[tokio::test]
async fn a_signed_call_is_accepted_and_its_answer_unwrapped() {
    let server = Server::start(&[(200, ZONES), (200, ZONES)]);
    let reply = server.client().build().unwrap().send(zones()).await.unwrap();
    assert_eq!(*reply, json!({"TotalCount": 2, "RequestId": "r-2"}));
    assert_eq!((reply.request_id(), reply.attempts(), reply.status().as_u16()), ("r-2", 1, 200));
    server.client().use_get().build().unwrap().send(zones()).await.unwrap();
    let arrived = server.arrived();
    assert_eq!(arrived[0].body, r#"{"Name":"三云 ü"}"#.as_bytes());
    assert_eq!(arrived[1].target, "/?Name=%E4%B8%89%E4%BA%91+%C3%BC");
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_advice() {
    let server = Server::start(&[]);
    let client = server.client().credentials(Credential::keys("AKIDTEST", "wrong-key")).build().unwrap();
    let error = client.send(zones()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.attempts()),
        (ErrorKind::Service, Some("AuthFailure.SignatureFailure"), 1)
    );
    assert_eq!(
        error.to_string(),
        "cvm DescribeZones: AuthFailure.SignatureFailure: no (HTTP 200, request id r-1, 1 attempt, from the gateway)"
    );
    assert!(error.hint().unwrap().contains("SecretKey"));
    assert!(!format!("{error:?}").contains("wrong-key"));
}

#[tokio::test]
async fn throttling_is_retried_with_a_new_signature_and_the_same_trace_id() {
    let server = Server::start(&[(200, &refusal("RequestLimitExceeded")), (503, "busy"), (200, ZONES)]);
    let reply = server.client().build().unwrap().send(zones()).await.unwrap();
    assert_eq!(reply.attempts(), 3);
    let arrived = server.arrived();
    assert_eq!(arrived[0].header("x-tc-traceid"), arrived[2].header("x-tc-traceid"));
    assert_eq!(arrived[0].header("x-tc-traceid").len(), 36);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_done_again() {
    let server = Server::start(&[(503, "busy"), (200, ZONES)]);
    let run = Input::new("cvm", "2017-03-12", "RunInstances");
    let error = server.client().build().unwrap().send(run).await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("ServerNetworkError"), 1));
    assert_eq!((error.message(), error.service().map(|service| service.status())), ("busy", Some(503)));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_and_remembered() {
    let server = Server::start(&[(200, ZONES), (200, ZONES)]);
    let client = server.client().clock(ManualClock::at(time::from_unix(NOW - 7200))).build().unwrap();
    assert_eq!(client.send(zones()).await.unwrap().attempts(), 2);
    assert_eq!(client.send(zones()).await.unwrap().attempts(), 1);
    let stamps: Vec<_> = server.arrived().iter().map(|request| request.header("x-tc-timestamp").to_owned()).collect();
    assert_eq!(stamps, [(NOW - 7200).to_string(), NOW.to_string(), NOW.to_string()]);
}

#[tokio::test]
async fn garbage_is_a_decode_error() {
    let server = Server::start(&[(200, "<html>login</html>")]);
    let error = server.client().retry(Retry::none()).build().unwrap().send(zones()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.hint().unwrap().contains("proxy"));
}

#[tokio::test]
async fn an_action_is_called_by_name() {
    let server = Server::start(&[(200, ZONES), (200, ZONES)]);
    let client = server.client().build().unwrap();
    let reply = client.invoke("cvm", "", "DescribeInstances", json!({"Limit": 1})).await.unwrap();
    assert_eq!(reply["TotalCount"], 2);
    let error = client.invoke("cvm", "2017-03-12", "DescribeInstances", json!({"Limti": 1})).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Input, 0));
    client.invoke_unchecked("cvm", "2017-03-12", "DescribeInstances", json!({"Limti": 1})).await.unwrap();
    let arrived = server.arrived();
    assert_eq!(arrived[0].header("x-tc-version"), "2017-03-12");
    assert_eq!(arrived[1].body, br#"{"Limti":1}"#);
}

#[tokio::test]
async fn a_client_token_is_made_up_where_there_is_none() {
    let server = Server::start(&[(503, "busy"), (200, ZONES), (200, ZONES), (200, ZONES)]);
    let client = server.client().build().unwrap();
    let run = |client: &Client, params| client.invoke_unchecked("cvm", "2017-03-12", "RunInstances", params);
    assert_eq!(run(&client, json!({})).await.unwrap().attempts(), 2);
    run(&client, json!({"ClientToken": "mine"})).await.unwrap();
    run(&server.client().retry(Retry::none()).build().unwrap(), json!({})).await.unwrap();
    let bodies: Vec<_> =
        server.arrived().iter().map(|request| String::from_utf8(request.body.clone()).unwrap()).collect();
    assert_eq!(between(&bodies[0], "\"ClientToken\":\"", "\"").len(), 36);
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[2..], [r#"{"ClientToken":"mine"}"#, "{}"]);
}

#[test]
fn a_builder_reports_what_is_wrong() {
    for builder in [
        Client::builder().endpoint("http://u:p@h/"),
        Client::builder().gateway("h/path"),
        Client::builder().root_domain("a/b"),
        Client::builder().product("a\r\nb"),
    ] {
        assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::Config);
    }
}
