//! A server that answers each request with the next of its fixed replies, and remembers what arrived.

#![allow(clippy::unwrap_used, reason = "where the server fails, the test fails")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

/// A request as it arrived.
pub(crate) struct Arrived {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Arrived {
    /// A header's value; empty if it did not arrive.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// A server on this machine. It answers one request a connection.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    arrived: Receiver<Arrived>,
}

impl Server {
    /// Starts one; each reply is a status line, headers and body with `\n` for line ends.
    pub(crate) fn answering(replies: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let replies: Vec<String> = replies.iter().map(|reply| (*reply).to_owned()).collect();
        let (sender, arrived) = channel();
        std::thread::spawn(move || {
            for reply in replies {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read(&mut BufReader::new(&stream));
                let (head, body) = reply.split_once("\n\n").unwrap();
                let head = head.replace('\n', "\r\n");
                let length = body.len();
                write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                    .unwrap();
                sender.send(request).unwrap();
            }
        });
        Self { endpoint, arrived }
    }

    /// The next request that arrived.
    pub(crate) fn request(&self) -> Arrived {
        self.arrived.recv_timeout(std::time::Duration::from_secs(10)).unwrap()
    }
}

fn read(reader: &mut impl BufRead) -> Arrived {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Arrived { method, path: path.to_owned(), query: query.to_owned(), headers, body }
}
