//! Transfers that something breaks.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderValue, Method};
use sanyun_core::transport::HttpTransport;
use sanyun_core::{BoxFuture, ErrorKind, Fixed, Http, RawReply, Request, Retry, Transport, TransportError};
use sanyun_local::{Fault, FaultRule};
use sanyun_oss::{OssError as _, crc};

use crate::world::{PART, World, content, names};

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_on_the_way_is_sent_again() {
    let world = World::without_waits(|builder| builder).await;
    let bytes = content(10 * PART as usize);
    let path = world.file("in", &bytes);
    for fault in [
        Fault::BreakRequest { after_bytes: 50_000 },
        Fault::Status(500),
        Fault::Throttle { limit: 1, retry_after: None },
        Fault::LoseAnswer,
    ] {
        for times in [1, 5] {
            // The call that begins it has only its own retries.
            world.local.inject(FaultRule::new(Fault::Delay(Duration::ZERO)).path("/photos/k"));
            world.local.inject(FaultRule::new(fault).path("/photos/k").times(times));
            let stored = world.bucket.upload_file("k", &path).part_size(PART).parallel(4).await.unwrap();
            assert_eq!(stored.crc64, Some(crc::checksum(&bytes)), "{fault:?}");
            assert_eq!(world.object("k").await, bytes);
        }
    }
    for fault in [Fault::Truncate, Fault::Garbage, Fault::Status(503), Fault::LoseAnswer] {
        for times in [1, 5] {
            // Behind HEAD, which has only its own retries.
            let path = world.path("out");
            world.local.inject(FaultRule::new(Fault::Delay(Duration::ZERO)).path("/photos/k"));
            world.local.inject(FaultRule::new(fault).path("/photos/k").times(times));
            let saved = world.bucket.download_file("k", &path).part_size(PART).parallel(4).await;
            let saved = saved.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
            assert_eq!((saved.bytes, saved.verified), (bytes.len() as u64, true));
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
    }
    assert_eq!(names(world.folder.path()), ["in", "out"]);
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_answer_is_lost_counts() {
    for retry in [Retry::none(), Retry::standard()] {
        let world = World::without_waits(|builder| builder.retry(retry)).await;
        let bytes = content(2 * PART as usize);
        let path = world.file("in", &bytes);
        // Initiate and two parts pass; then the answer to completion is lost.
        world.local.inject(FaultRule::new(Fault::Delay(Duration::ZERO)).path("/photos/k").times(3));
        world.local.inject(FaultRule::new(Fault::LoseAnswer).path("/photos/k"));
        let stored = world.bucket.upload_file("k", &path).part_size(PART).parallel(1).await.unwrap();
        assert_eq!((stored.crc64, stored.parts), (Some(crc::checksum(&bytes)), 2));
        assert!(!stored.etag.is_empty());
        assert_eq!(world.object("k").await, bytes);
        assert_eq!(world.unfinished().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_failure_leaves_nothing_behind() {
    let world = World::new().await;
    let bytes = content(5 * PART as usize);
    let path = world.file("in", &bytes);
    let forbid = || world.bucket.upload_file("k", &path).part_size(PART).forbid_overwrite();
    forbid().await.unwrap();
    let error = forbid().await.unwrap_err();
    assert_eq!(error.code(), Some("FileAlreadyExists"));
    assert_eq!(world.unfinished().await, 0);

    // A folder is in the way of the file.
    std::fs::create_dir(world.path("out")).unwrap();
    let error = world.bucket.download_file("k", world.path("out")).part_size(PART).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(names(world.folder.path()), ["in", "out"]);
    assert!(world.bucket.upload_file("k", world.path("out")).await.is_err(), "a folder is no file");
    assert!(world.bucket.upload_file("k", world.path("none")).await.is_err());
    assert!(world.bucket.upload_file("k", &path).part_size(PART - 1).await.is_err(), "OSS takes no such part");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_changes_is_never_a_mixture() {
    let world = World::new().await;
    let bytes = content(20 * PART as usize);
    world.bucket.put("k", bytes.clone()).await.unwrap();
    let bucket = world.bucket.clone();
    let changed = Arc::new(AtomicU64::new(0));
    let (begun, begin) = tokio::sync::mpsc::unbounded_channel();
    let once = Arc::clone(&changed);
    let download = world.bucket.download_file("k", world.path("out")).part_size(PART).bandwidth(20 * PART);
    let download = download.progress(move |progress| {
        if progress.transferred > PART && once.fetch_add(1, Ordering::Relaxed) == 0 {
            begun.send(()).unwrap();
        }
    });
    let change = tokio::spawn(async move {
        let mut begin = begin;
        begin.recv().await.unwrap();
        bucket.put("k", "other").await.unwrap();
    });
    let error = download.await.unwrap_err();
    change.await.unwrap();
    assert!(error.is_precondition_failed(), "{error}");
    assert_eq!(names(world.folder.path()), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_written_to_is_not_uploaded() {
    let world = World::new().await;
    let path = world.file("in", &content(10 * PART as usize));
    let (file, done) = (path.clone(), AtomicU64::new(0));
    let upload = world.bucket.upload_file("k", &path).part_size(PART).parallel(1).progress(move |progress| {
        if progress.transferred > PART && done.fetch_add(1, Ordering::Relaxed) == 0 {
            std::fs::OpenOptions::new()
                .append(true)
                .open(&file)
                .and_then(|mut file| std::io::Write::write_all(&mut file, b"more"))
                .unwrap();
        }
    });
    let error = upload.await.unwrap_err();
    assert!(error.to_string().contains("was changed"), "{error}");
    assert!(!*world.bucket.contains("k").await.unwrap());
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_to_the_end_and_never_goes_back() {
    let world = World::without_waits(|builder| builder).await;
    let path = world.file("in", &content(10 * PART as usize));
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    world.local.inject(FaultRule::new(Fault::Delay(Duration::ZERO)).path("/photos/k"));
    world.local.inject(FaultRule::new(Fault::BreakRequest { after_bytes: 60_000 }).path("/photos/k").times(4));
    let upload = world.bucket.upload_file("k", &path).part_size(PART);
    upload.progress(move |progress| seen.lock().unwrap().push(progress)).await.unwrap();
    let told = told.lock().unwrap();
    assert!(told.windows(2).all(|two| two[0].transferred <= two[1].transferred));
    let last = told.last().unwrap();
    assert_eq!((last.transferred, last.total, last.finished), (10 * PART, Some(10 * PART), true));
    assert_eq!(told.iter().filter(|progress| progress.finished).count(), 1);
}

/// A transport that lies about the next requests with this method and this in their query: it says that the checksum is
/// another one, or that the object is too large.
struct Liar {
    inner: HttpTransport,
    lies: Mutex<VecDeque<(Method, &'static str)>>,
    refuses: bool,
}

impl Liar {
    fn new(lies: impl IntoIterator<Item = (Method, &'static str)>) -> Self {
        let inner = HttpTransport::new(&Http::default(), &Fixed::default()).unwrap();
        Self { inner, lies: Mutex::new(lies.into_iter().collect()), refuses: false }
    }
}

impl Transport for Liar {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let mut lies = self.lies.lock().unwrap();
        let fits = lies.front().is_some_and(|(method, query)| {
            request.method == *method && request.query.contains(query) && request.path.ends_with("/k")
        });
        if fits {
            lies.pop_front();
        }
        drop(lies);
        Box::pin(async move {
            if fits && self.refuses {
                let text = "<Error><Code>EntityTooLarge</Code></Error>";
                return Ok(RawReply::new(http::StatusCode::BAD_REQUEST, http::HeaderMap::new(), text));
            }
            let mut reply = self.inner.send(request).await?;
            if fits {
                reply.headers.insert("x-oss-hash-crc64ecma", HeaderValue::from_static("7"));
            }
            Ok(reply)
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_was_changed_on_the_way_is_sent_again() {
    let liar = Liar::new([(Method::PUT, "partNumber=2"), (Method::PUT, "partNumber=2")]);
    let world = World::without_waits(|builder| builder.transport(liar)).await;
    let bytes = content(4 * PART as usize);
    let path = world.file("in", &bytes);
    let stored = world.bucket.upload_file("k", &path).part_size(PART).parallel(4).await.unwrap();
    assert_eq!((stored.crc64, world.object("k").await), (Some(crc::checksum(&bytes)), bytes.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_that_is_not_the_sum_of_its_parts_is_an_error() {
    let liar = Liar::new([(Method::POST, "uploadId"), (Method::HEAD, ""), (Method::POST, "uploadId")]);
    let world = World::with(|builder| builder.transport(liar)).await;
    let bytes = content(4 * PART as usize);
    let path = world.file("in", &bytes);
    let error = world.bucket.upload_file("k", &path).part_size(PART).await.unwrap_err();
    assert_eq!(error.crc_mismatch().unwrap().theirs, 7);

    let download = world.bucket.download_file("k", world.path("out")).part_size(PART);
    let error = download.checkpoint(world.path("resume")).await.unwrap_err();
    assert_eq!(error.crc_mismatch().unwrap().ours, crc::checksum(&bytes));
    assert_eq!(names(world.folder.path()), ["in", "resume"]);
    assert_eq!(names(&world.path("resume")), [""; 0], "what is wrong is no beginning");

    let copy = world.bucket.copy_from("photos", "k", "k").part_size(PART).threshold(0).disable_shallow_copy();
    assert!(copy.await.unwrap_err().crc_mismatch().is_some());
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_copied_at_once_is_copied_in_parts() {
    let liar = Liar { refuses: true, ..Liar::new([(Method::PUT, "")]) };
    let world = World::without_waits(|builder| builder.transport(liar)).await;
    let bytes = content(3 * PART as usize);
    world.bucket.put("source", bytes.clone()).await.unwrap();
    let copied = world.bucket.copy_from("photos", "source", "k").part_size(PART).threshold(PART).await.unwrap();
    assert_eq!((copied.parts, world.object("k").await), (3, bytes.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_is_final() {
    let world = World::new().await;
    world.bucket.put("k", content(4 * PART as usize)).await.unwrap();
    let error = world.bucket.download_file("k", world.path("none/out")).part_size(PART).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Io && !error.is_retryable());
    let path = world.file("file", b"");
    let error = world.bucket.download_file("k", world.path("out")).checkpoint(path).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Io && error.to_string().contains("checkpoints"), "{error}");
    let download = world.bucket.download_file("k", world.path("out")).part_size(PART);
    let download = download.progress(|progress| assert!(progress.transferred < PART, "the callback's own"));
    assert!(tokio::spawn(download.into_future()).await.unwrap_err().is_panic());
    assert_eq!(names(world.folder.path()), ["file"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_outage_at_the_end_does_not_cost_the_parts() {
    let world = World::without_waits(|builder| builder).await;
    let bytes = content(2 * PART as usize);
    let path = world.file("in", &bytes);
    let outage = |times| {
        world.local.inject(FaultRule::new(Fault::Delay(Duration::ZERO)).path("/photos/k").times(3));
        world.local.inject(FaultRule::new(Fault::Status(503)).path("/photos/k").times(times));
    };
    outage(8);
    let upload = || world.bucket.upload_file("k", &path).part_size(PART).parallel(1);
    assert_eq!(upload().await.unwrap().crc64, Some(crc::checksum(&bytes)));

    // It lasts longer than our patience.
    outage(100);
    let error = upload().leave_parts().await.unwrap_err();
    world.local.clear_faults();
    let hint = error.hint().unwrap().to_owned();
    let (_, upload_id) = hint.split_once("upload id ").unwrap();
    let stored = upload().resume(upload_id.split(':').next().unwrap()).await.unwrap();
    assert_eq!((stored.resumed, stored.crc64), (2 * PART, Some(crc::checksum(&bytes))));
}
