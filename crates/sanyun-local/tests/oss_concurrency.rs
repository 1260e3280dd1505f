//! OSS: many at one key at the same time. Whoever reads gets all of one write, whatever the others do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};

use http::Method;
use sanyun_local::Local;
use support::oss::{put, request, with_bucket};

/// Large enough to be sent in several pieces.
const SIZE: usize = 700_000;
const ROUNDS: usize = 20;

async fn put_parts(local: &Local, fill: u8) {
    let id = request(Method::POST, "bkt", "k", "uploads").ok(local).await.element("UploadId");
    for (number, len) in [(1, SIZE / 2), (2, SIZE - SIZE / 2)] {
        let query = format!("partNumber={number}&uploadId={id}");
        request(Method::PUT, "bkt", "k", &query).body(vec![fill; len]).ok(local).await;
    }
    request(Method::POST, "bkt", "k", &format!("uploadId={id}")).header("x-oss-complete-all", "yes").ok(local).await;
}

async fn tag(local: &Local, value: u8) {
    let document = format!("<Tagging><TagSet><Tag><Key>a</Key><Value>{value}</Value></Tag></TagSet></Tagging>");
    request(Method::PUT, "bkt", "k", "tagging").body(document).ok(local).await;
}

async fn copy(local: &Local) {
    request(Method::PUT, "bkt", "copy", "").header("x-oss-copy-source", "/bkt/k").ok(local).await;
}

async fn read(local: &Local, key: &str) {
    let object = request(Method::GET, "bkt", key, "").ok(local).await;
    assert_eq!(object.body.len(), SIZE);
    assert!(object.body.iter().all(|byte| *byte == object.body[0]), "a mixture of writes");
    assert_eq!(object.header("x-oss-hash-crc64ecma"), sanyun_oss::crc::checksum(&object.body).to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_and_writers_of_one_key_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let local = with_bucket(|builder| builder.data_dir(folder.path())).await;
    put(&local, "k", vec![0; SIZE]).await;
    copy(&local).await;
    let done = AtomicBool::new(false);
    let write = async |first: u8, parts: bool| {
        for round in 0..ROUNDS as u8 {
            let fill = first + round;
            if parts { put_parts(&local, fill).await } else { drop(put(&local, "k", vec![fill; SIZE]).await) }
        }
    };
    let writers = async {
        tokio::join!(write(1, false), write(100, true));
        done.store(true, Ordering::Relaxed);
    };
    let readers = async {
        while !done.load(Ordering::Relaxed) {
            tokio::join!(read(&local, "k"), read(&local, "copy"), read(&local, "k"));
        }
    };
    let changers = async {
        let mut value = 0;
        while !done.load(Ordering::Relaxed) {
            tokio::join!(tag(&local, value), copy(&local));
            value = value.wrapping_add(1);
        }
    };
    tokio::join!(writers, readers, changers);
    read(&local, "k").await;
    read(&local, "copy").await;
    for key in ["k", "copy"] {
        request(Method::DELETE, "bkt", key, "").ok(&local).await;
    }
    let left = std::fs::read_dir(folder.path().join("oss/bkt/data")).unwrap().count();
    assert_eq!((left, std::fs::read_dir(folder.path().join("tmp")).unwrap().count()), (0, 0));
}
