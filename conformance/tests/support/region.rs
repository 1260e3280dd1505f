//! A region in front of a server, which fails in the way that a test says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What a region does with what comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mode {
    /// Passes it on.
    Works,
    /// Refuses connections.
    Refuses,
    /// Takes requests and never answers.
    Swallows,
    /// Answers so late that nobody waits for it.
    Answers(Reply, Duration),
    /// Answers so, and every second time as if all were well.
    Wavers(Reply),
}

/// An answer that is no good, or hardly any.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reply {
    /// A page of a load balancer with HTTP 500.
    Page500,
    /// A page with HTTP 200.
    Page200,
    /// Tencent Cloud's own `InternalError`.
    InternalError,
    /// An empty success.
    Good,
}

impl Reply {
    fn bytes(self) -> Vec<u8> {
        let (status, body) = match self {
            Self::Page500 => (500, "<html>out of order</html>"),
            Self::Page200 => (200, "<html>back soon</html>"),
            Self::InternalError => {
                (200, r#"{"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}}"#)
            }
            Self::Good => (200, r#"{"Response":{"TotalCount":0,"ZoneSet":[],"RequestId":"r"}}"#),
        };
        format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

/// The address stays the same whatever the mode.
pub(crate) struct Region {
    at: SocketAddr,
    server: SocketAddr,
    /// Requests that arrived while it did not work.
    arrived: Arc<AtomicU64>,
    mode: Mode,
    serving: Option<JoinHandle<()>>,
}

impl Region {
    /// A region that works.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut region = Self { at, server, arrived: Arc::default(), mode: Mode::Works, serving: None };
        region.serve(listener, Mode::Works);
        region
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.at
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// Requests that arrived while it did not work.
    pub(crate) fn arrived(&self) -> u64 {
        self.arrived.load(Relaxed)
    }

    /// Breaks what is there, and does with what comes as the mode says; nothing if it does so already.
    pub(crate) async fn set(&mut self, mode: Mode) {
        if std::mem::replace(&mut self.mode, mode) == mode {
            return;
        }
        if let Some(serving) = self.serving.take() {
            serving.abort();
            // Only then is the port free.
            let _ = serving.await;
        }
        if mode != Mode::Refuses {
            self.serve(TcpListener::bind(self.at).await.unwrap(), mode);
        }
    }

    fn serve(&mut self, listener: TcpListener, mode: Mode) {
        let (server, arrived) = (self.server, Arc::clone(&self.arrived));
        self.serving = Some(tokio::spawn(async move {
            // Dropped with this task, and the connections with it.
            let mut connections = JoinSet::new();
            while let Ok((from, _)) = listener.accept().await {
                connections.spawn(connection(from, server, mode, Arc::clone(&arrived)));
                while connections.try_join_next().is_some() {}
            }
        }));
    }
}

async fn connection(mut from: TcpStream, server: SocketAddr, mode: Mode, arrived: Arc<AtomicU64>) {
    if mode == Mode::Works {
        if let Ok(mut to) = TcpStream::connect(server).await {
            let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
        }
        return;
    }
    while request(&mut from).await.is_some() {
        let number = arrived.fetch_add(1, Relaxed);
        let (reply, delay) = match mode {
            Mode::Answers(reply, delay) => (reply, delay),
            Mode::Wavers(_) if number.is_multiple_of(2) => (Reply::Good, Duration::ZERO),
            Mode::Wavers(reply) => (reply, Duration::ZERO),
            _ => return std::future::pending().await,
        };
        tokio::time::sleep(delay).await;
        if from.write_all(&reply.bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads a request to its end.
async fn request(from: &mut TcpStream) -> Option<()> {
    let mut read = Vec::new();
    loop {
        if from.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
        if is_whole(&read) {
            return Some(());
        }
    }
}

fn is_whole(read: &[u8]) -> bool {
    let Some(head) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    read.len() >= head + 4 + length.unwrap_or(0_usize)
}
