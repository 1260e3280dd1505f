//! A server of a few lines: it answers each request with the next of its replies and remembers what arrived.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use sanyun_oss::{Client, Credential};

/// A reply: the bytes that are written, and what happens around them.
#[derive(Clone)]
pub(crate) struct Answer {
    bytes: Vec<u8>,
    /// Reads only this many bytes of the body and closes without an answer.
    breaks_after: Option<usize>,
}

impl Answer {
    /// A reply with these headers, each line with its `\r\n`. The length is added.
    pub(crate) fn new(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
        Self { bytes: [head.as_bytes(), body].concat(), breaks_after: None }
    }

    /// These bytes and the end of the connection.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), breaks_after: None }
    }

    /// The end of the connection after so many bytes of the request's body.
    pub(crate) fn broken(after: usize) -> Self {
        Self { bytes: Vec::new(), breaks_after: Some(after) }
    }
}

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrived {
    /// The request line, such as `GET /b/k HTTP/1.1`.
    pub(crate) line: String,
    /// The headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

pub(crate) struct Server {
    pub(crate) url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Server {
    /// A server with these replies; the last one repeats. It lives as long as the process.
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let (answers, seen) = (Arc::new(answers.into_iter().collect::<Vec<_>>()), Arc::clone(&arrived));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answers, seen) = (Arc::clone(&answers), Arc::clone(&seen));
                thread::spawn(move || serve(stream.unwrap(), &answers, &seen));
            }
        });
        Self { url, arrived }
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> sanyun_oss::Builder {
        Client::builder()
            .region("cn-hangzhou")
            .endpoint(&self.url)
            .credentials(Credential::session("ak", "s3cr3t-key", "t0k3n-text"))
            .retry(sanyun_oss::Retry::standard().backoff(sanyun_core::Backoff::Fixed(std::time::Duration::ZERO)))
    }
}

fn serve(stream: TcpStream, answers: &[Answer], arrived: &Mutex<Vec<Arrived>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some(mut request) = read_head(&mut reader) {
        let at = arrived.lock().unwrap().len().min(answers.len() - 1);
        let answer = answers[at].clone();
        let chunked = request.header("transfer-encoding").contains("chunked");
        let length: usize = request.header("content-length").parse().unwrap_or(0);
        match answer.breaks_after {
            _ if chunked => request.body = read_chunks(&mut reader),
            Some(after) => request.body = read_bytes(&mut reader, after.min(length)),
            None => request.body = read_bytes(&mut reader, length),
        }
        arrived.lock().unwrap().push(request);
        if answer.breaks_after.is_some() || writer.write_all(&answer.bytes).is_err() {
            return;
        }
        // A reply that is shorter than it says, or no HTTP at all, ends the connection.
        if !is_whole(&answer.bytes) {
            return;
        }
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|text| text.parse().ok());
    length.is_none_or(|length: usize| length <= body.len() || head.starts_with("HTTP/1.1 304"))
}

fn read_head(reader: &mut impl BufRead) -> Option<Arrived> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut request = Arrived { line: line.trim_end().to_owned(), ..Arrived::default() };
    loop {
        let mut bytes = Vec::new();
        reader.read_until(b'\n', &mut bytes).ok()?;
        let text = String::from_utf8(bytes).unwrap();
        let Some((name, value)) = text.trim_end().split_once(": ") else { return Some(request) };
        request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
}

fn read_bytes(reader: &mut impl Read, length: usize) -> Vec<u8> {
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    body
}

fn read_chunks(reader: &mut impl BufRead) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        body.extend(read_bytes(reader, size));
        let mut end = String::new();
        reader.read_line(&mut end).unwrap();
        if size == 0 {
            return body;
        }
    }
}
