//! Large uploads over real sockets: memory stays bounded whatever the size, and an upload that is repeated after a broken
//! connection is whole.
//!
//! `SANYUN_UPLOAD_MIB=2048 cargo test --release -p sanyun-conformance --test alibaba_upload -- --nocapture` makes the
//! bodies 2 GiB long and shows the figures. Nothing of that size lies on the disk: streams are made up as they are read,
//! and the file is a sparse one.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/receiver.rs"]
mod receiver;

use std::future::IntoFuture as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_core::Stream;
use http::Method;
use receiver::{Received, Receiver};
use sanyun_alibaba::{Backoff, Body, Client, Credential, Http, Input, Retry, Scheme};
use sanyun_core::hash::Sha256;
use sanyun_core::{ByteStream, Chance, SeededChance, encode};
use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
use serde_json::json;

const MIB: u64 = 1 << 20;
/// What a client may take beyond what the process had before it was built.
const MAX_GROWTH_KIB: u64 = 32 * 1024;
/// More than that, so that a body which is kept whole is noticed.
const DEFAULT_MIB: u64 = 36;
const PIECE_BYTES: usize = 256 * 1024;

fn size() -> u64 {
    let wanted = std::env::var("SANYUN_UPLOAD_MIB").ok().and_then(|mib| mib.parse().ok());
    // Not a round number of anything.
    wanted.unwrap_or(DEFAULT_MIB) * MIB + 1023
}

/// Bytes that follow from a seed; every piece is another.
struct Made {
    block: Arc<[u8]>,
    at: u64,
    len: u64,
}

impl Made {
    fn new(len: u64) -> Self {
        let chance = SeededChance::new(7);
        Self { block: (0..PIECE_BYTES / 8).flat_map(|_| chance.next_u64().to_le_bytes()).collect(), at: 0, len }
    }

    /// The same bytes each time it is opened.
    fn body(len: u64) -> Body {
        let block = Self::new(len).block;
        Body::factory(Some(len), move || {
            let stream: ByteStream = Box::pin(Self { block: Arc::clone(&block), at: 0, len });
            Ok(stream)
        })
    }

    fn hash(len: u64) -> String {
        let (mut made, mut hash) = (Self::new(len), Sha256::new());
        while let Some(piece) = made.piece() {
            hash.update(&piece);
        }
        encode::hex(&hash.finish())
    }

    fn piece(&mut self) -> Option<Bytes> {
        let wanted = (self.len - self.at).min(PIECE_BYTES as u64) as usize;
        let mut piece = self.block[..wanted].to_vec();
        piece.iter_mut().zip(self.at.to_le_bytes()).for_each(|(byte, number)| *byte ^= number);
        self.at += wanted as u64;
        (wanted > 0).then(|| piece.into())
    }
}

impl Stream for Made {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.piece().map(Ok))
    }
}

fn client(receiver: &Receiver) -> Client {
    Client::builder()
        .region("cn-shanghai")
        .endpoint(receiver.url())
        .credentials(Credential::keys("id", "secret"))
        .retry(Retry::standard().backoff(Backoff::Fixed(Duration::from_millis(1))))
        .build()
        .unwrap()
}

/// A call whose body is the bytes themselves.
fn octets(body: Body) -> Input {
    Input::roa("x", "2020-01-01", "PutThing", Method::PUT, "/thing").octets(body).idempotent(true)
}

async fn recognize(client: &Client, file: Body) {
    let call = client.invoke("ocr", "2019-12-30", "RecognizeBankCard", json!({}));
    call.file("ImageURL", file).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_is_bounded() {
    let (size, receiver) = (size(), Receiver::start().await);
    let hash = Made::hash(size);
    let sparse = tempfile::NamedTempFile::new().unwrap();
    sparse.as_file().set_len(size).unwrap();
    let memory = Memory::before();
    let client = client(&receiver);

    let started = Instant::now();
    client.send(octets(Made::body(size))).await.unwrap();
    assert_eq!(receiver.take(), [Received { hash: hash.clone(), said: Some(hash.clone()), len: size }]);
    memory.report("octet stream, read twice", size, started);

    let started = Instant::now();
    client.send(octets(Body::file(sparse.path()).unwrap())).await.unwrap();
    let received = receiver.take();
    assert_eq!((received.len(), received[0].len), (1, size));
    assert_eq!(received[0].said.as_ref(), Some(&received[0].hash));
    memory.report("octet stream, a file", size, started);

    let started = Instant::now();
    let once: ByteStream = Box::pin(Made::new(size));
    client.send(octets(Body::once(once, Some(size))).payload_hash(&hash)).await.unwrap();
    assert_eq!(receiver.take(), [Received { hash: hash.clone(), said: Some(hash.clone()), len: size }]);
    memory.report("octet stream, one-shot with its hash", size, started);

    let started = Instant::now();
    recognize(&client, Made::body(size)).await;
    assert_eq!(receiver.take(), [Received { hash: hash.clone(), said: None, len: size }]);
    memory.report("form to the object store", size, started);

    let started = Instant::now();
    let once: ByteStream = Box::pin(Made::new(size));
    recognize(&client, Body::once(once, Some(size))).await;
    assert_eq!(receiver.take(), [Received { hash, said: None, len: size }]);
    memory.report("form to the object store, one-shot", size, started);
    memory.check();
}

/// The connection breaks in the middle of the body; what is sent then is the whole of it.
#[tokio::test]
async fn a_repeated_upload_is_whole() {
    let (size, receiver) = (4 * MIB + 1023, Receiver::start().await);
    let (client, hash) = (client(&receiver), Made::hash(size));
    // Too long for memory, so that it goes through a temporary file.
    let once = || {
        let stream: ByteStream = Box::pin(Made::new(size));
        Body::once(stream, None)
    };
    for body in [Made::body(size), once()] {
        receiver.break_after(2 * MIB);
        let reply = client.send(octets(body)).await.unwrap();
        assert_eq!(reply.attempts(), 2);
        assert_eq!(receiver.take(), [Received { hash: hash.clone(), said: Some(hash.clone()), len: size }]);
    }
    for body in [Made::body(size), once()] {
        receiver.break_after(2 * MIB);
        recognize(&client, body).await;
        assert_eq!(receiver.take(), [Received { hash: hash.clone(), said: None, len: size }]);
    }
    assert_eq!(receiver.broken(), 4);
}

/// What can be read only once is not sent as a part of itself.
#[tokio::test]
async fn a_broken_one_shot_upload_is_an_error_that_says_why() {
    let (size, receiver) = (4 * MIB, Receiver::start().await);
    let stream: ByteStream = Box::pin(Made::new(size));
    receiver.break_after(2 * MIB);
    let error = client(&receiver).upload("ocr", Body::once(stream, Some(size))).await.unwrap_err();
    assert!(error.hint().is_some_and(|hint| hint.contains("can be read only once")), "{error:?}");
    assert_eq!((receiver.take().len(), receiver.broken()), (0, 1));
}

/// Lengths around those that the vendor's own form never gets to the end of.
#[tokio::test]
async fn forms_of_every_length_end() {
    let receiver = Receiver::start().await;
    let client = client(&receiver);
    for len in [0, 1, 1023, 1024, 1025, 2048, 65_536, 262_144] {
        let reply = client.upload("ocr", Made::body(len)).await.unwrap();
        assert!(reply.ends_with("/bucket/1/a%20b"), "{}", *reply);
        assert_eq!(receiver.take(), [Received { hash: Made::hash(len), said: None, len }]);
    }
}

/// The local cloud as the proxy for all hosts: it authorises, stores, and looks at the file that the operation names.
#[tokio::test]
async fn the_local_cloud_takes_uploads() {
    let local = Local::builder().start().await.unwrap();
    let client = Client::builder()
        .region("cn-shanghai")
        .scheme(Scheme::Http)
        .credentials(Credential::keys(ACCESS_KEY, SECRET_KEY))
        .http(Http::default().http_proxy(local.url()))
        .build()
        .unwrap();
    recognize(&client, Made::body(MIB)).await;
    let call = client.invoke("ocr", "2019-12-30", "RecognizeQrCode", json!({}));
    call.file("Tasks.1.ImageURL", "one").file("Tasks.2.ImageURL", Made::body(1024)).await.unwrap();
    let address = client.upload("ocr", "content").await.unwrap().into_inner();
    let call =
        |url: &str| client.invoke("ocr", "2019-12-30", "RecognizeBankCard", json!({"ImageURL": url})).into_future();
    call(&address).await.unwrap();
    assert_eq!(call(&format!("{address}x")).await.unwrap_err().code(), Some("InvalidFile.Download"));
}

/// The memory of this process, in KiB.
struct Memory {
    start: Option<u64>,
}

impl Memory {
    /// Forgets earlier peaks where the system allows it.
    fn before() -> Self {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self { start: status("VmRSS:") }
    }

    fn growth(&self) -> Option<u64> {
        Some(status("VmHWM:")?.saturating_sub(self.start?))
    }

    fn report(&self, what: &str, size: u64, started: Instant) {
        let (mib, seconds) = (size / MIB, started.elapsed().as_secs_f64());
        println!("{what}: {mib} MiB in {seconds:.1} s, {:?} KiB at most beyond {:?} KiB", self.growth(), self.start);
    }

    /// Only Linux says it.
    fn check(&self) {
        if let Some(growth) = self.growth() {
            assert!(growth < MAX_GROWTH_KIB, "{growth} KiB");
        }
    }
}

fn status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.trim().strip_suffix(" kB")?.parse().ok()
}
