//! Transfers that are stopped, and those that go on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use sanyun_oss::crc;
use sanyun_oss::ops::ListMultipartUploads;

use crate::world::{PART, World, content, names, stop_at};

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_is_stopped_cleans_up() {
    let world = World::new().await;
    let bytes = content(20 * PART as usize);
    let path = world.file("in", &bytes);
    let (cancel, stop) = stop_at(5 * PART);
    let upload = world.bucket.upload_file("k", &path).part_size(PART).progress(stop).cancel_with(&cancel);
    assert!(upload.await.unwrap_err().to_string().contains("cancelled"));
    assert_eq!(world.unfinished().await, 0);

    let (cancel, stop) = stop_at(5 * PART);
    let upload = world.bucket.upload_file("k", &path).part_size(PART).progress(stop).cancel_with(&cancel);
    upload.leave_parts().await.unwrap_err();
    assert_eq!(world.unfinished().await, 1, "on request the parts stay");
    let left = world.bucket.client().call(ListMultipartUploads::new("photos")).await.unwrap();
    let upload_id = left.uploads[0].upload_id.clone().unwrap();
    let stored = world.bucket.upload_file("k", &path).part_size(PART).resume(upload_id).await.unwrap();
    assert!(stored.resumed >= PART && stored.parts == 20, "{stored:?}");
    assert_eq!(world.object("k").await, bytes);

    let (cancel, stop) = stop_at(5 * PART);
    let download = world.bucket.download_file("k", world.path("out")).part_size(PART).progress(stop);
    download.cancel_with(&cancel).await.unwrap_err();
    assert_eq!(names(world.folder.path()), ["in"]);
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_nobody_waits_for_cleans_up() {
    let world = World::new().await;
    let path = world.file("in", &content(20 * PART as usize));
    let (seen, bytes) = (Arc::new(tokio::sync::Notify::new()), 3 * PART);
    let notify = Arc::clone(&seen);
    let upload = world.bucket.upload_file("k", &path).part_size(PART).bandwidth(10 * PART).progress(move |progress| {
        if progress.transferred > bytes {
            notify.notify_one();
        }
    });
    let task = tokio::spawn(upload.into_future());
    seen.notified().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    while world.unfinished().await > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_where_it_stopped() {
    let world = World::new().await;
    let bytes = content(20 * PART as usize);
    let (path, resume) = (world.file("in", &bytes), world.path("resume"));
    let upload = || world.bucket.upload_file("k", &path).part_size(PART).checkpoint(&resume);
    let (cancel, stop) = stop_at(8 * PART);
    upload().progress(stop).cancel_with(&cancel).await.unwrap_err();
    assert_eq!((names(&resume).len(), world.unfinished().await), (1, 1));

    let sent = Arc::new(AtomicU64::new(0));
    let (counted, first) = (Arc::clone(&sent), Arc::new(Mutex::new(None)));
    let begun = Arc::clone(&first);
    let stored = upload()
        .progress(move |progress| {
            begun.lock().unwrap().get_or_insert(progress);
            counted.store(progress.transferred - progress.resumed, Ordering::Relaxed);
        })
        .await
        .unwrap();
    assert!(stored.resumed >= 5 * PART && stored.parts == 20, "{stored:?}");
    assert_eq!(sent.load(Ordering::Relaxed), 20 * PART - stored.resumed);
    assert_eq!(first.lock().unwrap().unwrap().transferred, stored.resumed);
    assert_eq!(world.object("k").await, bytes);
    assert_eq!((names(&resume), world.unfinished().await), (vec![], 0));

    // Another file of the same name is another upload.
    let (cancel, stop) = stop_at(8 * PART);
    upload().progress(stop).cancel_with(&cancel).await.unwrap_err();
    world.file("in", &content(10 * PART as usize + 1));
    let stored = upload().await.unwrap();
    assert_eq!((stored.resumed, stored.parts), (0, 11));
    assert_eq!((names(&resume), world.unfinished().await), (vec![], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_where_it_stopped() {
    let world = World::new().await;
    let bytes = content(20 * PART as usize + 3);
    world.bucket.put("k", bytes.clone()).await.unwrap();
    let (out, resume) = (world.path("out"), world.path("resume"));
    let download = || world.bucket.download_file("k", &out).part_size(PART).checkpoint(&resume);
    let (cancel, stop) = stop_at(8 * PART);
    download().progress(stop).cancel_with(&cancel).await.unwrap_err();
    assert_eq!(names(&resume).len(), 1);
    let left = names(world.folder.path());
    assert!(left.len() == 2 && left[0].ends_with(".part"), "{left:?}");
    // What is on the disk is not what was downloaded: the first part counts as missing.
    let part = world.path(&left[0]);
    let mut there = std::fs::read(&part).unwrap();
    there[7] ^= 1;
    std::fs::write(&part, there).unwrap();
    let saved = download().await.unwrap();
    assert!(saved.resumed >= 4 * PART && saved.verified, "{saved:?}");
    assert_eq!(std::fs::read(&out).unwrap(), bytes);
    assert_eq!((names(&resume), names(world.folder.path())), (vec![], vec!["out".to_owned(), "resume".to_owned()]));

    // Another object of the same name is another download.
    let (cancel, stop) = stop_at(8 * PART);
    download().progress(stop).cancel_with(&cancel).await.unwrap_err();
    let other: Vec<u8> = bytes.iter().map(|byte| byte ^ 0xff).collect();
    world.bucket.put("k", other.clone()).await.unwrap();
    let saved = download().await.unwrap();
    assert_eq!((saved.resumed, std::fs::read(&out).unwrap()), (0, other));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_transfer_at_a_time_has_a_checkpoint() {
    let world = World::new().await;
    let (path, resume) = (world.file("in", &content(20 * PART as usize)), world.path("resume"));
    let upload = |rate| world.bucket.upload_file("k", &path).part_size(PART).checkpoint(&resume).bandwidth(rate);
    let begun = Arc::new(tokio::sync::Notify::new());
    let notify = Arc::clone(&begun);
    let first = tokio::spawn(upload(20 * PART).progress(move |_| notify.notify_one()).into_future());
    begun.notified().await;
    let error = upload(0).await.unwrap_err();
    assert!(error.to_string().contains("another transfer"), "{error}");
    first.await.unwrap().unwrap();
    assert_eq!(upload(0).await.unwrap().parts, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_of_the_official_sdk_are_finished() {
    use sanyun_oss::transfer::checkpoint::official::{DownloadFacts, DownloadedSoFar, UploadFacts};
    let world = World::new().await;
    let bytes = content(10 * PART as usize);
    let (path, resume) = (world.file("in", &bytes), world.path("resume"));
    std::fs::create_dir(&resume).unwrap();
    // What ours leaves behind, in the words of the other.
    let (cancel, stop) = stop_at(5 * PART);
    let upload = world.bucket.upload_file("k", &path).part_size(PART);
    upload.leave_parts().progress(stop).cancel_with(&cancel).await.unwrap_err();
    let left = world.bucket.client().call(ListMultipartUploads::new("photos")).await.unwrap();
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let modified = modified.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let facts = UploadFacts {
        bucket: "photos".to_owned(),
        key: "k".to_owned(),
        file_path: path.to_str().unwrap().to_owned(),
        file_size: bytes.len() as u64,
        file_mtime: modified.as_secs() as f64 + 1e-9 * f64::from(modified.subsec_nanos()),
        part_size: PART,
    };
    std::fs::write(resume.join(facts.file_name()), facts.text(left.uploads[0].upload_id.as_deref().unwrap())).unwrap();
    let stored = world.bucket.upload_file("k", &path).part_size(PART).checkpoint(&resume).await.unwrap();
    assert!(stored.resumed >= PART, "{stored:?}");
    assert_eq!((names(&resume), world.unfinished().await), (vec![], 0));

    let head = world.bucket.head("k").await.unwrap();
    let facts = DownloadFacts {
        bucket: "photos".to_owned(),
        key: "k".to_owned(),
        file_path: world.path("out.temp").to_str().unwrap().to_owned(),
        size: bytes.len() as u64,
        last_modified: head.header("last-modified").unwrap().to_owned(),
        etag: head.etag().unwrap().to_owned(),
        part_size: PART,
        ..DownloadFacts::default()
    };
    let there = &bytes[..4 * PART as usize];
    let so_far = DownloadedSoFar { offset: 4 * PART, crc64: crc::checksum(there) };
    world.file("out.temp", there);
    std::fs::write(resume.join(facts.file_name()), facts.text(so_far)).unwrap();
    let saved = world.bucket.download_file("k", world.path("out")).part_size(PART).checkpoint(&resume).await.unwrap();
    assert_eq!((saved.resumed, std::fs::read(world.path("out")).unwrap()), (4 * PART, bytes));
    assert_eq!(names(world.folder.path()), ["in", "out", "resume"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_goes_on_where_it_stopped() {
    let world = World::new().await;
    let bytes = content(20 * PART as usize);
    world.bucket.put("source", bytes.clone()).await.unwrap();
    let resume = world.path("resume");
    let copy = || {
        let copy = world.bucket.copy_from("photos", "source", "k").part_size(PART).threshold(PART);
        copy.disable_shallow_copy().checkpoint(&resume)
    };
    let (cancel, stop) = stop_at(6 * PART);
    copy().progress(stop).cancel_with(&cancel).await.unwrap_err();
    assert_eq!((names(&resume).len(), world.unfinished().await), (1, 1));
    let copied = copy().await.unwrap();
    assert!(copied.resumed >= 6 * PART && copied.parts == 20, "{copied:?}");
    assert_eq!((copied.crc64, world.object("k").await), (Some(crc::checksum(&bytes)), bytes.into()));
    assert_eq!((names(&resume), world.unfinished().await), (vec![], 0));

    // Parts of another object do not count.
    let (cancel, stop) = stop_at(6 * PART);
    copy().progress(stop).cancel_with(&cancel).await.unwrap_err();
    let other = content(11 * PART as usize);
    world.bucket.put("source", other.clone()).await.unwrap();
    let copied = copy().await.unwrap();
    assert_eq!((copied.resumed, copied.parts, world.object("k").await), (0, 11, other.into()));
    assert_eq!((names(&resume), world.unfinished().await), (vec![], 0));
}
