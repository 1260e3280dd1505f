//! A server of a few lines: answers each request by a function and keeps what arrived.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use sanyun_alibaba::sign::{self, Algorithm, Authorization, Key};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Arrival {
    /// A header by its lower-case name; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The string to sign, rebuilt from the bytes that arrived, and the signature that came with them.
    pub(crate) fn string_to_sign(&self) -> (String, String) {
        let parsed = Authorization::parse(self.header("authorization")).expect("an authorization");
        let algorithm = Algorithm::named(parsed.algorithm).expect("a known algorithm");
        assert_eq!(algorithm.hash_hex(&self.body), self.header("x-acs-content-sha256"));
        let value = |name: &str| Some(self.header(name)).filter(|value| !value.is_empty()).map(Into::into);
        let headers = sign::signed_headers(parsed.signed_headers, value).expect("all signed headers");
        let query = sign::canonical_query(&self.query);
        let hash = self.header("x-acs-content-sha256");
        let canonical = sign::canonical_request(&self.method, &self.path, &query, &headers, hash);
        (sign::string_to_sign(algorithm, &canonical), parsed.signature.to_owned())
    }

    /// Whether the signature of version 3 is the one of this secret.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let (text, signature) = self.string_to_sign();
        let algorithm = text.lines().next().and_then(Algorithm::named).expect("an algorithm");
        Key::new(algorithm, &secret.into()).unwrap().sign(&text).unwrap() == signature
    }
}

/// Status, headers in their wire form, body.
pub(crate) type Answer = (u16, String, String);

pub(crate) struct Server {
    pub(crate) url: String,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
}

impl Server {
    /// Serves until the test ends. `answer` gets the number of the request, from 0.
    pub(crate) fn start(answer: impl Fn(usize, &Arrival) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&arrivals);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let stream = stream.unwrap();
                let arrival = read(&stream);
                let answer = answer(number, &arrival);
                kept.lock().unwrap().push(arrival);
                write(stream, &answer);
            }
        });
        Self { url, arrivals }
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap().clone()
    }
}

pub(crate) fn read(stream: &TcpStream) -> Arrival {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let first = line();
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let headers: Vec<_> = std::iter::from_fn(|| {
        line().split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
    })
    .collect();
    let mut arrival = Arrival { method, path, query, headers, body: Vec::new() };
    arrival.body = vec![0; arrival.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut arrival.body).unwrap();
    arrival
}

fn write(mut stream: TcpStream, (status, headers, body): &Answer) {
    let length = if *status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n{length}{headers}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
}
