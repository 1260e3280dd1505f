//! A server that takes bodies of any length and keeps only their hashes. It answers as OpenPlatform, as the object store
//! and as any operation, and can break a connection in the middle of a body.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use sanyun_core::encode;
use sanyun_core::hash::Sha256;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A body that arrived whole; of a form, its file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Received {
    pub(crate) hash: String,
    /// The hash that the request said.
    pub(crate) said: Option<String>,
    pub(crate) len: u64,
}

#[derive(Default)]
struct State {
    received: Mutex<Vec<Received>>,
    /// After how many bytes the next long body is broken off; 0 for never.
    break_after: AtomicU64,
    broken: AtomicU64,
}

pub(crate) struct Receiver {
    at: SocketAddr,
    state: Arc<State>,
    /// Ends with this.
    _serving: JoinSet<()>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (at, state) = (listener.local_addr().unwrap(), Arc::new(State::default()));
        let mut serving = JoinSet::new();
        let shared = Arc::clone(&state);
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(Connection { stream, at, state: Arc::clone(&shared), read: Vec::new() }.serve());
            }
        });
        Self { at, state, _serving: serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// Breaks the next connection on which so much of a body has come.
    pub(crate) fn break_after(&self, bytes: u64) {
        self.state.break_after.store(bytes, Relaxed);
    }

    /// How many connections were broken.
    pub(crate) fn broken(&self) -> u64 {
        self.state.broken.load(Relaxed)
    }

    /// What has arrived since it was last asked; calls without a body do not count.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.state.received.lock().unwrap())
    }
}

struct Connection {
    stream: TcpStream,
    at: SocketAddr,
    state: Arc<State>,
    /// What was read and not yet looked at.
    read: Vec<u8>,
}

impl Connection {
    async fn serve(mut self) {
        while let Some(head) = self.until(b"\r\n\r\n").await {
            let head = String::from_utf8(head).unwrap();
            let Some(reply) = self.answer(&head).await else { return };
            let (status, body) = reply;
            let text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            if self.stream.write_all(text.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    async fn answer(&mut self, head: &str) -> Option<(u16, String)> {
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
        };
        let len = header("content-length").map_or(0, |len| len.parse().unwrap());
        if header("x-acs-action").as_deref() == Some("AuthorizeFileUpload") {
            let answer = json!({
                "Bucket": "bucket", "Endpoint": self.at.to_string(), "ObjectKey": "1/a b", "AccessKeyId": "LTAI",
                "EncodedPolicy": "eyJ9", "Signature": "s+/=", "UseAccelerate": false,
            });
            return Some((200, answer.to_string()));
        }
        let content_type = header("content-type").unwrap_or_default();
        if let Some((_, boundary)) = content_type.split_once("; boundary=") {
            return self.form(len, boundary).await;
        }
        let hash = self.body(len).await?;
        if content_type == "application/octet-stream" {
            self.keep(Received { hash, said: header("x-acs-content-sha256"), len });
        }
        Some((200, "{}".to_owned()))
    }

    /// Takes a form whose last part is the file.
    async fn form(&mut self, len: u64, boundary: &str) -> Option<(u16, String)> {
        let before = self.until(b"name=\"file\"").await?.len() + self.until(b"\r\n\r\n").await?.len();
        let tail = format!("\r\n--{boundary}--\r\n");
        let len = len - before as u64 - tail.len() as u64;
        let hash = self.body(len).await?;
        let end = self.until(tail.as_bytes()).await?;
        assert_eq!(end, tail.as_bytes());
        self.keep(Received { hash, said: None, len });
        Some((201, String::new()))
    }

    fn keep(&self, received: Received) {
        self.state.received.lock().unwrap().push(received);
    }

    /// Everything up to the end of a text; `None` if the connection ends.
    async fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.read.windows(end.len()).position(|bytes| bytes == end) {
                let rest = self.read.split_off(at + end.len());
                return Some(std::mem::replace(&mut self.read, rest));
            }
            self.more().await?;
        }
    }

    /// The hash of so many bytes; `None` if the connection ends, or is broken here.
    async fn body(&mut self, len: u64) -> Option<String> {
        let (mut hash, mut left) = (Sha256::new(), len);
        let limit = self.state.break_after.load(Relaxed);
        while left > 0 {
            if self.read.is_empty() {
                self.more().await?;
            }
            let taken = self.read.len().min(usize::try_from(left).unwrap());
            hash.update(&self.read[..taken]);
            self.read.drain(..taken);
            left -= taken as u64;
            if limit > 0 && len - left >= limit {
                self.state.break_after.store(0, Relaxed);
                self.state.broken.fetch_add(1, Relaxed);
                return None;
            }
        }
        Some(encode::hex(&hash.finish()))
    }

    async fn more(&mut self) -> Option<()> {
        self.read.reserve(128 * 1024);
        let read = self.stream.read_buf(&mut self.read).await.ok()?;
        (read > 0).then_some(())
    }
}
