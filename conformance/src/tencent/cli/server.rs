//! A server at a real socket that shows what arrived. The tests of the command share this file.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The first line: method, target and version.
    pub(super) line: String,
    headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) at: Instant,
}

impl Seen {
    /// A header; the name is in small letters.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The id of the key that signed it.
    pub(super) fn key_id(&self) -> &str {
        let found = self.header("authorization").and_then(|text| text.split_once("Credential=")?.1.split('/').next());
        found.unwrap_or_default()
    }
}

/// A server that gives one answer after the other, the last one again and again. Without answers it keeps silent.
pub(super) struct Server {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Starts it with these bodies of answers.
    ///
    /// # Errors
    /// There is no free port.
    pub(super) fn start(bodies: &[String]) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let (seen, bodies) = (Arc::new(Mutex::new(Vec::new())), bodies.to_vec());
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for (count, stream) in listener.incoming().flatten().enumerate() {
                let body = bodies.get(count).or(bodies.last());
                let Ok(request) = read(&stream) else { continue };
                log.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                match body {
                    Some(body) => drop(answer(&stream, body)),
                    None => silent.push(stream),
                }
            }
        });
        Ok(Self { url, seen })
    }

    /// Starts it with answers of an API.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(super) fn of_api(contents: &[Value]) -> io::Result<Self> {
        Self::start(&contents.iter().map(|content| json!({"Response": content}).to_string()).collect::<Vec<_>>())
    }

    /// What has arrived.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(stream: &TcpStream) -> io::Result<Seen> {
    let at = Instant::now();
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let split =
        |line: &String| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let headers = lines.iter().skip(1).filter_map(split).collect();
    let mut seen = Seen { line: lines.first().cloned().unwrap_or_default(), headers, body: String::new(), at };
    let length = seen.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    seen.body = String::from_utf8_lossy(&body).into_owned();
    Ok(seen)
}

fn answer(mut stream: &TcpStream, body: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes())
}
