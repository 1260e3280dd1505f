//! Downloads to files and writers, and progress both ways, through the whole pipeline and real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use sanyun_core::{Body, ByteStream, ErrorKind, ManualClock, OpenBody, Progress, Settings, StreamBody};
use support::cloud::Client;
use support::{Server, reply};

const PIECE: u64 = 64 * 1024;

fn client(server: &Server) -> Client {
    Client::new(&[&server.url()], Settings { clock: Arc::new(ManualClock::at_unix(0)), ..Settings::default() })
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

/// Answers once with these bytes after a head, and closes.
fn sending(head: &'static str, body: Vec<u8>) -> Server {
    Server::start(move |conn| {
        conn.request();
        conn.write(head.as_bytes());
        conn.write(&body);
    })
}

fn whole(len: usize) -> Server {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n");
    sending(head.leak(), content(len))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What a callback was told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Progress>>>);

impl Told {
    fn listener(&self) -> impl Fn(Progress) + Send + Sync + 'static {
        let told = Arc::clone(&self.0);
        move |progress| told.lock().unwrap().push(progress)
    }

    fn all(&self) -> Vec<Progress> {
        self.0.lock().unwrap().clone()
    }

    fn of_attempt(&self, attempt: u32) -> Vec<Progress> {
        self.all().into_iter().filter(|progress| progress.attempt == attempt).collect()
    }
}

/// From 0 to `len` in steps of at most a piece, the last one complete, no other.
fn assert_whole(told: &[Progress], len: u64, announced: bool) {
    assert_eq!(told[0].transferred, 0);
    assert_eq!(told.iter().filter(|progress| progress.is_complete()).count(), 1, "{told:?}");
    let last = told.last().unwrap();
    assert!(last.is_complete() && last.transferred == len, "{last:?}");
    for pair in told.windows(2) {
        let step = pair[1].transferred.checked_sub(pair[0].transferred).unwrap();
        assert!(step <= PIECE && pair[0].elapsed <= pair[1].elapsed, "{pair:?}");
        assert_eq!(pair[0].total, announced.then_some(len));
    }
}

#[tokio::test]
async fn a_download_is_saved_and_replaces_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("result.jpg");
    std::fs::write(&target, "old").unwrap();
    let told = Told::default();
    let mut got = client(&whole(300_000)).stream("/").await.unwrap();
    assert_eq!(got.with_progress(told.listener()).save(&target).await.unwrap(), 300_000);
    assert!(std::fs::read(&target).unwrap() == content(300_000));
    assert_eq!(names(folder.path()), ["result.jpg"]);
    assert_whole(&told.all(), 300_000, true);
}

#[tokio::test]
async fn a_download_that_breaks_off_leaves_what_was_there() {
    let short = || sending("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n", content(200_000));
    let garbled = || sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"zz\r\n".to_vec());
    let unended = || sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Vec::new());
    for server in [short(), garbled(), unended()] {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("result.jpg");
        std::fs::write(&target, "old").unwrap();
        let told = Told::default();
        let mut got = client(&server).stream("/").await.unwrap();
        let error = got.with_progress(told.listener()).save(&target).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode | ErrorKind::Io), "{error:?}");
        assert!(told.all().len() > 1 && !told.all().iter().any(Progress::is_complete));
        assert_eq!(
            (names(folder.path()), std::fs::read(&target).unwrap()),
            (vec!["result.jpg".into()], b"old".to_vec())
        );
    }
}

#[tokio::test]
async fn a_download_that_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|conn| {
        conn.request();
        conn.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        // Waits until the client goes away.
        conn.request();
    });
    let mut got = client(&server).stream("/").await.unwrap();
    let (begun, begin) = tokio::sync::oneshot::channel();
    let (mut begun, place) = (Some(begun), folder.path().to_owned());
    got.with_progress(move |progress| {
        if progress.transferred == 5 {
            begun.take().map(|begun| begun.send(names(&place).len()));
        }
    });
    tokio::select! {
        _ = got.save(folder.path().join("x")) => panic!("half of it is missing"),
        there = begin => assert_eq!(there.unwrap(), 1, "the temporary file"),
    }
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn what_cannot_be_a_file_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    for target in [folder.path().to_owned(), folder.path().join("missing/x")] {
        let mut got = client(&whole(5)).stream("/").await.unwrap();
        let error = got.save(&target).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains(target.to_str().unwrap()), "{error}");
        assert!(names(folder.path()).is_empty());
    }
}

/// A transport of another kind may just stop.
#[tokio::test]
async fn the_announced_length_is_checked_whatever_the_transport() {
    let mut body = StreamBody::new(once(b"abc"), Some(4));
    let told = Told::default();
    let error = body.with_progress(told.listener()).write_to(&mut Vec::new()).await.unwrap_err();
    assert!(error.to_string().contains("shorter"), "{error}");
    assert!(!told.all().iter().any(Progress::is_complete));
}

#[tokio::test]
async fn what_was_not_read_yet_goes_to_a_writer() {
    let told = Told::default();
    let mut body = StreamBody::new(once(&[7; 100]), Some(100));
    body.with_progress(|_| {});
    let mut out = Vec::new();
    assert_eq!(body.write_to(&mut out).await.unwrap(), 100);
    assert_eq!(body.with_progress(told.listener()).write_to(&mut out).await.unwrap(), 0);
    assert_eq!((out.len(), told.all()[0].transferred), (100, 100));
}

#[tokio::test]
async fn the_progress_of_a_download_without_a_length_ends_with_it() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = sending(head, b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n".to_vec());
    let told = Told::default();
    let mut got = client(&server).stream("/").await.unwrap();
    let mut out = Vec::new();
    got.with_progress(told.listener()).write_to(&mut out).await.unwrap();
    assert_eq!(out, b"hello world");
    assert_whole(&told.all(), 11, false);
}

/// A stream of one piece.
fn once(bytes: &'static [u8]) -> ByteStream {
    StreamBody::from(Bytes::from_static(bytes)).into_stream()
}

#[tokio::test]
async fn uploads_of_every_kind_are_counted_to_the_last_byte() {
    const LEN: usize = 150_001;
    let bytes: &'static [u8] = content(LEN).leak();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.jpg");
    std::fs::write(&path, bytes).unwrap();
    for (body, announced) in [
        (Body::from(bytes), true),
        (Body::file(&path).unwrap(), true),
        (Body::factory(Some(LEN as u64), move || Ok(once(bytes))), true),
        (Body::factory(None, move || Ok(once(bytes))), false),
        (Body::once(once(bytes), Some(LEN as u64)), true),
        (Body::once(once(bytes), None), false),
    ] {
        let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        let told = Told::default();
        let kind = format!("{body:?}");
        client(&server).put(body.with_progress(told.listener())).await.unwrap();
        assert!(server.received()[0].body == bytes, "{kind}");
        assert_eq!(server.received()[0].header("content-length").is_some(), announced, "{kind}");
        assert_whole(&told.all(), LEN as u64, announced);
    }
}

#[tokio::test]
async fn an_empty_upload_is_complete_at_once() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    for body in [Body::empty(), Body::factory(Some(0), || Ok(once(b"")))] {
        let told = Told::default();
        client(&server).put(body.with_progress(told.listener())).await.unwrap();
        assert_eq!(told.all().len(), 1);
        assert_whole(&told.all(), 0, true);
    }
}

#[tokio::test]
async fn a_retry_of_an_upload_counts_from_the_beginning_and_says_so() {
    let server = Server::replying(|number| reply(if number == 0 { 503 } else { 200 }, "", ""));
    let told = Told::default();
    let body = Body::from(content(100_000)).with_progress(told.listener());
    assert_eq!(client(&server).put(body).await.unwrap().attempts(), 2);
    assert!(server.received().iter().all(|received| received.body == content(100_000)));
    for attempt in [1, 2] {
        assert_whole(&told.of_attempt(attempt), 100_000, true);
    }
    assert_eq!(told.all().len(), 6);
}

#[tokio::test]
async fn bytes_that_nobody_took_are_not_counted() {
    let nobody = format!("http://{}", support::refused());
    let told = Told::default();
    let settings = Settings { retry: sanyun_core::Retry::none(), ..Settings::default() };
    let body = Body::from(content(100_000)).with_progress(told.listener());
    let error = Client::new(&[&nobody], settings).put(body).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(told.all().iter().all(|progress| progress.transferred == 0), "{:?}", told.all());

    let broken = Body::file_range("Cargo.toml", 0, 10).unwrap().with_progress(told.listener());
    let OpenBody::Stream(stream, _) = broken.open().unwrap() else { panic!("a file is a stream") };
    drop(stream);
    assert!(told.all().iter().all(|progress| progress.transferred == 0));
}

#[test]
fn bytes_that_are_watched_can_still_be_signed() {
    let body = Body::from("abc").with_progress(|_| {});
    assert_eq!((body.as_bytes(), body.len(), body.is_replayable()), (Some(&b"abc"[..]), Some(3), true));
    assert!(body.has_progress() && !Body::from("abc").has_progress());
}

#[cfg(feature = "blocking")]
#[test]
fn a_program_without_async_saves_and_reads_downloads() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("result.jpg");
    let told = Told::default();
    let mut got = client(&whole(300_000)).stream("/").block().unwrap();
    assert_eq!(got.with_progress(told.listener()).save_blocking(&target).unwrap(), 300_000);
    assert!(std::fs::read(&target).unwrap() == content(300_000));
    assert_whole(&told.all(), 300_000, true);

    let mut got = client(&whole(300_000)).stream("/").block().unwrap();
    let mut all = Vec::new();
    while let Some(piece) = got.chunk_blocking() {
        all.extend_from_slice(&piece.unwrap());
    }
    assert!(all == content(300_000));
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn blocking_on_a_runtime_is_an_error_and_not_a_panic() {
    let mut body = StreamBody::new(once(b"abc"), Some(3));
    assert_eq!(body.save_blocking("never").unwrap_err().kind(), ErrorKind::Config);
    assert!(body.chunk_blocking().unwrap().unwrap_err().to_string().contains("await"));
}
