//! Real sockets for the tests: a scripted HTTP server, TLS, proxies, and the plainest possible cloud.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

pub mod cloud;
pub mod proxy;
pub mod tls;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as the server saw it, byte for byte.
#[derive(Clone, Debug)]
pub struct Received {
    pub connection: usize,
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }
}

/// A server whose behaviour is a function of the connection.
pub struct Server {
    pub addr: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Runs `serve` on a thread of its own for every connection.
    pub fn start(serve: impl Fn(&mut Conn) + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), serve)
    }

    /// The same on a given address.
    pub fn start_at(addr: SocketAddr, serve: impl Fn(&mut Conn) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(addr).unwrap();
        let addr = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (serve, log) = (Arc::new(serve), Arc::clone(&received));
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { return };
                let (serve, log) = (Arc::clone(&serve), Arc::clone(&log));
                std::thread::spawn(move || serve(&mut Conn { stream: Box::new(stream), number, log }));
            }
        });
        Self { addr, received }
    }

    /// Answers every request with the same bytes.
    pub fn answering(reply: &'static str) -> Self {
        Self::start(move |conn| {
            while conn.request().is_some() {
                conn.write(reply.as_bytes());
            }
        })
    }

    /// Answers the n-th request (over all connections, from 0) with what `reply` says; an empty text closes.
    pub fn replying(reply: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        let count = Mutex::new(0);
        Self::start(move |conn| {
            while conn.request().is_some() {
                let number = {
                    let mut count = count.lock().unwrap();
                    *count += 1;
                    *count - 1
                };
                let text = reply(number);
                if text.is_empty() {
                    return;
                }
                conn.write(text.as_bytes());
            }
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

pub trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

/// One connection on the server's side.
pub struct Conn {
    pub stream: Box<dyn Wire>,
    pub number: usize,
    log: Arc<Mutex<Vec<Received>>>,
}

impl Conn {
    pub fn new(stream: Box<dyn Wire>, number: usize) -> Self {
        Self { stream, number, log: Arc::default() }
    }

    /// Reads a whole request and notes it.
    pub fn request(&mut self) -> Option<Received> {
        let mut received = self.head()?;
        let length = received.header("content-length").map_or(0, |text| text.parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        if received.header("transfer-encoding").is_some() {
            body = self.chunks()?;
        }
        received.body = body;
        self.log.lock().unwrap().push(received.clone());
        Some(received)
    }

    /// Reads only the head.
    pub fn head(&mut self) -> Option<Received> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.stream.read_exact(&mut byte).ok()?;
            head.push(byte[0]);
        }
        let text = String::from_utf8(head).unwrap();
        let mut lines = text.trim_end().split("\r\n");
        let line = lines.next()?.to_owned();
        let pair = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Some(Received { connection: self.number, line, headers: lines.filter_map(pair).collect(), body: Vec::new() })
    }

    fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.line()?, 16).unwrap();
            let mut chunk = vec![0; size + 2];
            self.stream.read_exact(&mut chunk).ok()?;
            body.extend_from_slice(&chunk[..size]);
            if size == 0 {
                return Some(body);
            }
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\r\n") {
            self.stream.read_exact(&mut byte).ok()?;
            line.push(byte[0]);
        }
        Some(String::from_utf8(line).unwrap().trim_end().to_owned())
    }

    pub fn write(&mut self, bytes: &[u8]) {
        // A client that went away is part of some tests.
        let _ = self.stream.write_all(bytes).and_then(|()| self.stream.flush());
    }
}

/// A complete reply.
pub fn reply(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

/// An address on which nobody listens.
pub fn refused() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// An address that never completes a handshake: a listener whose queue is full.
pub struct BlackHole {
    pub addr: SocketAddr,
    _listener: tokio::net::TcpListener,
    _fillers: Vec<tokio::task::JoinHandle<std::io::Result<tokio::net::TcpStream>>>,
}

impl BlackHole {
    pub async fn open() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let addr = listener.local_addr().unwrap();
        let mut fillers = Vec::new();
        for _ in 0..4 {
            fillers.push(tokio::spawn(tokio::net::TcpStream::connect(addr)));
            tokio::task::yield_now().await;
        }
        Self { addr, _listener: listener, _fillers: fillers }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

/// A body that can be read once.
pub fn one_shot(text: &'static str) -> sanyun_core::Body {
    sanyun_core::Body::once(
        sanyun_core::StreamBody::from(bytes::Bytes::from(text)).into_stream(),
        Some(text.len() as u64),
    )
}

/// Copies bytes both ways until one side ends.
pub fn splice(mut a: TcpStream, mut b: TcpStream) {
    let (mut a2, mut b2) = (a.try_clone().unwrap(), b.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut a2, &mut b2);
        let _ = b2.shutdown(std::net::Shutdown::Write);
    });
    let _ = std::io::copy(&mut b, &mut a);
    let _ = a.shutdown(std::net::Shutdown::Write);
}
