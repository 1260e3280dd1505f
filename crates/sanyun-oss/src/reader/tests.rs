use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use sanyun_core::{Backoff, Credential, RawReply, Request, Retry, StreamBody, Transport, TransportError};

use super::*;
use crate::client::{Builder, Client};
use crate::crc::checksum;
use crate::error::OssError as _;
use crate::range::ByteRange;

/// What happens to a GET.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The connection breaks after so many bytes.
    BreaksAfter(usize),
    /// The object is another one from now on.
    Changes,
    /// The answer begins somewhere else.
    Shifted,
    /// The object is gone.
    Gone,
    /// Nothing happens.
    No,
}

/// One object, and what was asked of it.
#[derive(Clone)]
struct Store(Arc<Mutex<State>>);

struct State {
    content: Bytes,
    crc: u64,
    etag: &'static str,
    faults: VecDeque<Fault>,
    ranges: Vec<String>,
    under_way: usize,
    most_under_way: usize,
}

impl Store {
    fn of(content: &[u8], faults: impl IntoIterator<Item = Fault>) -> Self {
        Self(Arc::new(Mutex::new(State {
            content: Bytes::copy_from_slice(content),
            crc: checksum(content),
            etag: "\"1\"",
            faults: faults.into_iter().collect(),
            ranges: Vec::new(),
            under_way: 0,
            most_under_way: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn ranges(&self) -> Vec<String> {
        self.state().ranges.clone()
    }

    fn builder(&self) -> Builder {
        let retry = Retry::standard().backoff(Backoff::NONE);
        let keys = Credential::keys("ak", "sk");
        Client::builder().region("cn-hangzhou").credentials(keys).retry(retry).transport(self.clone())
    }

    async fn reader(&self) -> Reader {
        self.builder().build().unwrap().bucket("photos").reader("k").open().await.unwrap()
    }

    fn answer(&self, request: &Request) -> RawReply {
        let mut state = self.state();
        let fault =
            if request.method == Method::GET { state.faults.pop_front().unwrap_or(Fault::No) } else { Fault::No };
        match fault {
            Fault::Changes => state.etag = "\"2\"",
            Fault::Gone => return refusal(404, "NoSuchKey"),
            _ => {}
        }
        if !["", state.etag].contains(&request.header("if-match")) {
            return refusal(412, "PreconditionFailed");
        }
        let size = state.content.len() as u64;
        let mut headers = HeaderMap::new();
        set(&mut headers, "etag", state.etag);
        set(&mut headers, "x-oss-hash-crc64ecma", &state.crc.to_string());
        set(&mut headers, "x-oss-object-type", "Normal");
        if request.method == Method::HEAD {
            set(&mut headers, "content-length", &size.to_string());
            return RawReply::new(StatusCode::OK, headers, Bytes::new());
        }
        state.ranges.push(request.header("range").trim_start_matches("bytes=").to_owned());
        let (mut first, last) = match ByteRange::parse(request.header("range")) {
            Some(ByteRange::Between(first, last)) => (first, last),
            Some(ByteRange::From(first)) => (first, size - 1),
            range => panic!("{range:?}"),
        };
        first += u64::from(matches!(fault, Fault::Shifted));
        set(&mut headers, "content-range", &format!("bytes {first}-{last}/{size}"));
        set(&mut headers, "content-length", &(last + 1 - first).to_string());
        let mut left = state.content.slice(first as usize..last as usize + 1);
        let breaks = if let Fault::BreaksAfter(bytes) = fault { Some(bytes) } else { None };
        left.truncate(breaks.unwrap_or(usize::MAX));
        state.under_way += 1;
        state.most_under_way = state.most_under_way.max(state.under_way);
        let pieces = Pieces { store: self.clone(), left, breaks: breaks.is_some() };
        let body = StreamBody::new(Box::pin(pieces), Some(last + 1 - first));
        RawReply { status: StatusCode::PARTIAL_CONTENT, headers, body }
    }
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
}

fn refusal(status: u16, code: &str) -> RawReply {
    let body = format!("<Error><Code>{code}</Code></Error>");
    RawReply::new(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), body)
}

impl Transport for Store {
    fn send(&self, request: Request) -> sanyun_core::BoxFuture<'_, std::result::Result<RawReply, TransportError>> {
        Box::pin(async move { Ok(self.answer(&request)) })
    }
}

/// A body in pieces of 1000 bytes.
struct Pieces {
    store: Store,
    left: Bytes,
    breaks: bool,
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left.is_empty() {
            let broke = std::mem::take(&mut self.breaks);
            return Poll::Ready(broke.then(|| Err(io::ErrorKind::ConnectionReset.into())));
        }
        let len = self.left.len().min(1000);
        Poll::Ready(Some(Ok(self.left.split_to(len))))
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.store.state().under_way -= 1;
    }
}

fn content(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at * 7 % 251) as u8).collect()
}

async fn read(reader: &mut Reader, bytes: usize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    while out.len() < bytes {
        let mut buffer = vec![0; (bytes - out.len()).min(777)];
        let mut into = ReadBuf::new(&mut buffer);
        poll_fn(|cx| Pin::new(&mut *reader).poll_read(cx, &mut into)).await?;
        match into.filled() {
            [] => break,
            filled => out.extend_from_slice(filled),
        }
    }
    Ok(out)
}

fn seek(reader: &mut Reader, to: SeekFrom) -> io::Result<()> {
    Pin::new(reader).start_seek(to)
}

fn inner(error: io::Error) -> Error {
    *error.into_inner().unwrap().downcast().unwrap()
}

#[tokio::test]
async fn one_request_reads_it_all() {
    let text = content(100_000);
    let store = Store::of(&text, []);
    let mut reader = store.reader().await;
    assert_eq!((reader.size(), reader.position(), reader.meta().etag()), (100_000, 0, Some("\"1\"")));
    assert_eq!(read(&mut reader, 200_000).await.unwrap(), text);
    assert_eq!(read(&mut reader, 1).await.unwrap(), b"");
    assert_eq!(store.ranges(), ["0-"]);
    let mut pieces = pin!(store.reader().await);
    let mut len = 0;
    while let Some(piece) = poll_fn(|cx| pieces.as_mut().poll_next(cx)).await {
        len += piece.unwrap().len();
    }
    assert_eq!(len, text.len());
}

#[tokio::test]
async fn an_empty_object_needs_no_request() {
    let store = Store::of(b"", []);
    assert_eq!(read(&mut store.reader().await, 10).await.unwrap(), b"");
    assert!(store.ranges().is_empty());
}

#[tokio::test]
async fn seeking_elsewhere_opens_it_anew_and_seeking_back_does_not() {
    let text = content(10_000);
    let store = Store::of(&text, []);
    let mut reader = store.reader().await;
    assert_eq!(read(&mut reader, 100).await.unwrap(), text[..100]);
    // Within what is there; to the end and back, as many programs do to learn the size.
    seek(&mut reader, SeekFrom::Current(400)).unwrap();
    assert_eq!(read(&mut reader, 100).await.unwrap(), text[500..600]);
    seek(&mut reader, SeekFrom::End(0)).unwrap();
    assert_eq!(reader.position(), 10_000);
    seek(&mut reader, SeekFrom::Start(600)).unwrap();
    assert_eq!(read(&mut reader, 1000).await.unwrap(), text[600..1600]);
    assert_eq!(store.ranges(), ["0-"]);
    seek(&mut reader, SeekFrom::End(-10)).unwrap();
    assert_eq!(read(&mut reader, 100).await.unwrap(), text[9990..]);
    seek(&mut reader, SeekFrom::Start(5)).unwrap();
    assert_eq!(read(&mut reader, 5).await.unwrap(), text[5..10]);
    assert_eq!(store.ranges(), ["0-", "9990-", "5-"]);
    for outside in [SeekFrom::Start(10_001), SeekFrom::End(1), SeekFrom::Current(-11)] {
        assert_eq!(seek(&mut reader, outside).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
    assert_eq!(reader.position(), 10);
}

#[tokio::test]
async fn a_broken_stream_is_opened_where_it_broke() {
    let text = content(50_000);
    let store = Store::of(&text, [Fault::BreaksAfter(12_345), Fault::BreaksAfter(0), Fault::BreaksAfter(30_000)]);
    assert_eq!(read(&mut store.reader().await, 50_000).await.unwrap(), text);
    assert_eq!(store.ranges(), ["0-", "12345-", "12345-", "42345-"]);

    let store = Store::of(&text, [Fault::BreaksAfter(10); 9]);
    let error = inner(read(&mut store.reader().await, 50_000).await.unwrap_err());
    assert!(error.is_retryable() || error.kind() == ErrorKind::Io, "{error:?}");
    assert_eq!(store.ranges(), ["0-", "10-", "20-", "30-"]);
    let store = Store::of(&text, [Fault::BreaksAfter(10); 9]);
    let mut once = store.reader().await.with_reopenings(0);
    assert!(read(&mut once, 50_000).await.is_err());
    assert_eq!(once.position(), 10);
    // The error is of one read: whoever reads on, reads on.
    store.state().faults.clear();
    assert_eq!(read(&mut once, 50_000).await.unwrap(), text[10..]);
}

#[tokio::test]
async fn bytes_of_two_objects_are_never_mixed() {
    let text = content(50_000);
    for fault in [Fault::Changes, Fault::Gone] {
        let store = Store::of(&text, [Fault::BreaksAfter(5000), fault]);
        let mut reader = store.reader().await;
        assert_eq!(read(&mut reader, 5000).await.unwrap(), text[..5000]);
        let error = inner(read(&mut reader, 1).await.unwrap_err());
        assert!(error.is_source_changed() && !error.is_retryable(), "{error:?}");
    }
    let store = Store::of(&text, [Fault::Shifted]);
    let error = inner(read(&mut store.reader().await, 10).await.unwrap_err());
    assert!(error.kind() == ErrorKind::Decode && !error.is_source_changed(), "{error:?}");
}

#[tokio::test]
async fn a_wrong_checksum_is_told_before_the_last_piece() {
    let text = content(10_500);
    let store = Store::of(&text, []);
    store.state().crc ^= 1;
    let mut reader = store.reader().await;
    assert_eq!(read(&mut reader, 10_000).await.unwrap(), text[..10_000]);
    assert!(inner(read(&mut reader, 1000).await.unwrap_err()).crc_mismatch().is_some());
    // A part has no checksum; and it can be switched off.
    seek(&mut reader, SeekFrom::Start(1)).unwrap();
    assert_eq!(read(&mut reader, 20_000).await.unwrap(), text[1..]);
    let lenient = store.builder().skip_download_crc().build().unwrap();
    let mut reader = lenient.bucket("photos").reader("k").open().await.unwrap();
    assert_eq!(read(&mut reader, 20_000).await.unwrap(), text);
}

const AHEAD: Prefetch = Prefetch { workers: 3, chunk_bytes: 10_000, after_bytes: 5_000 };

#[tokio::test]
async fn reading_on_in_sequence_reads_ahead() {
    let text = content(95_000);
    let store = Store::of(&text, [Fault::No, Fault::BreaksAfter(123)]);
    let mut reader = store.reader().await.with_prefetch(AHEAD);
    assert_eq!(read(&mut reader, 5000).await.unwrap(), text[..5000]);
    assert!(!reader.is_prefetching());
    assert_eq!(read(&mut reader, 90_000).await.unwrap(), text[5000..]);
    assert!(reader.is_prefetching());
    let mut ranges = store.ranges();
    assert_eq!(ranges.remove(0), "0-");
    // The part that broke went on where it broke.
    ranges.sort();
    assert_eq!(ranges.len(), 10, "{ranges:?}");
    assert!(ranges.contains(&"5123-14999".to_owned()) && ranges.contains(&"85000-".to_owned()), "{ranges:?}");
    assert!(store.state().most_under_way <= 3);
}

#[tokio::test]
async fn reading_ahead_in_vain_ends_it() {
    let text = content(200_000);
    let store = Store::of(&text, []);
    let mut reader = store.reader().await.with_prefetch(AHEAD);
    for round in 0..5_usize {
        assert_eq!(read(&mut reader, 9000).await.unwrap().len(), 9000);
        assert_eq!(reader.is_prefetching(), round < 3, "{round}");
        seek(&mut reader, SeekFrom::Start(round as u64 * 1000)).unwrap();
        assert_eq!(read(&mut reader, 10).await.unwrap(), text[round * 1000..][..10]);
    }
    tokio::task::yield_now().await;
    assert!(store.state().under_way <= 1, "the readers ahead have stopped");
}

#[tokio::test]
async fn a_reader_ahead_that_fails_leaves_it_to_the_other_way() {
    let text = content(60_000);
    let faults = [Fault::No, Fault::Shifted, Fault::Shifted, Fault::Shifted];
    let store = Store::of(&text, faults);
    let mut reader = store.reader().await.with_prefetch(AHEAD);
    assert_eq!(read(&mut reader, 60_000).await.unwrap(), text);
    assert!(store.ranges().contains(&"5000-".to_owned()), "{:?}", store.ranges());
}
