//! A client of bare sockets: it sends exactly the bytes it is given.
#![allow(dead_code, unreachable_pub, reason = "every test file uses another part")]

pub mod fit;
pub mod oss;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use sanyun_core::{ManualClock, time};
use sanyun_local::{Builder, Local};

/// The time at which the tests of OSS play.
pub const NOW: i64 = 1_800_000_000;

/// A reply, taken apart.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The pieces in which the body came, if it was sent without a length.
    pub chunks: Vec<Vec<u8>>,
}

impl Reply {
    /// A header's value; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The text of an element of an XML body, or of the XML in `x-oss-err`.
    pub fn element(&self, name: &str) -> String {
        let document = match sanyun_core::encode::base64_decode(self.header("x-oss-err")) {
            Some(bytes) if !bytes.is_empty() => String::from_utf8(bytes).unwrap(),
            _ => self.text(),
        };
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let rest = document.split_once(&open).map_or("", |(_, rest)| rest);
        rest.split_once(&close).map_or("", |(text, _)| text).to_owned()
    }
}

/// A request, as it goes to the wire. `Content-Length` and `Connection: close` are added.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), ..Self::default() }
    }

    /// A request that one of our clients made and signed.
    pub fn of(request: &sanyun_core::Request) -> Self {
        let headers = request.headers.iter();
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        Self {
            method: request.method.to_string(),
            target: request.target(),
            headers: headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
            body: request.body.as_bytes().unwrap().to_vec(),
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The bytes of the request line and the headers.
    pub fn head(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len()));
        head.into_bytes()
    }

    /// Sends the request and reads the reply. `None` if the connection broke before a whole reply was there.
    pub async fn send(&self, addr: SocketAddr) -> Option<Reply> {
        let request = self.clone();
        let exchange = move || {
            let mut socket = connect(addr);
            // A server that answers early may close before it has read everything: the reply still counts.
            let _ = socket.write_all(&request.head()).and_then(|()| socket.write_all(&request.body));
            read_reply(&mut socket, request.method == "HEAD")
        };
        tokio::task::spawn_blocking(exchange).await.unwrap()
    }
}

pub fn connect(addr: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(addr).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    socket
}

/// Reads a reply that ends with the connection.
pub fn read_reply(socket: &mut TcpStream, is_head: bool) -> Option<Reply> {
    let mut bytes = Vec::new();
    let complete = socket.read_to_end(&mut bytes).is_ok();
    let at = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut reply = Reply { status, headers, body: bytes[at + 4..].to_vec(), chunks: Vec::new() };
    if reply.header("transfer-encoding") == "chunked" {
        reply.chunks = chunks(&reply.body)?;
        reply.body = reply.chunks.concat();
        return complete.then_some(reply);
    }
    let announced = reply.header("content-length").parse().unwrap_or(0);
    let whole = is_head || reply.body.len() == announced;
    (complete && whole).then_some(reply)
}

/// The chunks of a body (`SIZE CRLF BYTES CRLF`); `None` without the last one, whose size is 0.
fn chunks(mut body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut chunks = Vec::new();
    loop {
        let at = body.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&body[..at]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(chunks);
        }
        chunks.push(body.get(at + 2..at + 2 + size)?.to_vec());
        body = body.get(at + 2 + size + 2..)?;
    }
}

/// A clock that stands at a moment, and a local cloud that reads it.
pub async fn at(unix: i64, build: impl FnOnce(Builder) -> Builder) -> (Local, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(time::from_unix(unix)));
    let local = build(Local::builder().clock(Arc::clone(&clock))).start().await.unwrap();
    (local, clock)
}

/// `2024-05-06T07:08:09Z` or `20240506T070809Z` as Unix seconds.
pub fn unix(text: &str) -> i64 {
    let moment = time::parse_rfc3339(text).or_else(|| time::parse_iso_basic(text));
    time::unix_seconds(moment.unwrap_or_else(|| panic!("`{text}` is no time")))
}

/// The lines of a vector file whose kind is one of these.
pub fn vectors(cloud: &str, kinds: &[&str]) -> Vec<serde_json::Value> {
    let path = format!("{}/../../conformance/vectors/{cloud}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter(|line| kinds.contains(&line["kind"].as_str().unwrap())).collect()
}
