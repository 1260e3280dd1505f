//! Transfers that nothing stands in the way of.

use std::time::Duration;

use sanyun_core::{Body, ErrorKind};
use sanyun_oss::ops::{
    GetObjectAcl, PutBucketVersioning, PutObjectTagging, Tag, TagSet, Tagging, VersioningConfiguration,
};
use sanyun_oss::{Transfers, crc};

use crate::world::{PART, World, content, names, stream};

#[tokio::test(flavor = "multi_thread")]
async fn files_of_all_lengths_go_there_and_back() {
    let world = World::new().await;
    for (at, len) in [0, 1, PART - 1, PART, PART + 1, 5 * PART, 5 * PART + 77].into_iter().enumerate() {
        let (bytes, key) = (content(len as usize), format!("a/{at} ü.txt"));
        let path = world.file("in.txt", &bytes);
        let parallel = at + 1;
        let stored = world.bucket.upload_file(&*key, &path).part_size(PART).parallel(parallel).await.unwrap();
        let parts = if len < PART { 0 } else { len.div_ceil(PART) };
        assert_eq!((stored.bytes, stored.parts, stored.resumed), (len, parts, 0));
        assert_eq!(stored.crc64, Some(crc::checksum(&bytes)));
        assert_eq!(world.object(&key).await, bytes);
        let head = world.bucket.head(&*key).await.unwrap();
        assert_eq!((head.etag(), head.content_type()), (Some(&*stored.etag), Some("text/plain")));

        let out = world.path("out");
        let saved = world.bucket.download_file(&*key, &out).part_size(PART).parallel(parallel).await.unwrap();
        assert_eq!((saved.bytes, saved.size, saved.parts), (len, len, len.div_ceil(PART)));
        assert!(saved.verified && saved.crc64 == crc::checksum(&bytes) && saved.etag == stored.etag);
        assert_eq!(std::fs::read(&out).unwrap(), bytes);
    }
    assert_eq!(names(world.folder.path()), ["in.txt", "out"]);
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_of_unknown_length_make_full_parts() {
    let world = World::new().await;
    for (len, parts) in [(0, 0), (1, 0), (PART as usize, 1), (3 * PART as usize + 5, 4)] {
        let bytes = content(len);
        let stored = world.bucket.upload("k", Body::once(stream(bytes.clone()), None)).part_size(PART).await.unwrap();
        assert_eq!((stored.bytes, stored.parts, stored.crc64), (len as u64, parts, Some(crc::checksum(&bytes))));
        assert_eq!(world.object("k").await, bytes);

        let reader = std::io::Cursor::new(bytes.clone());
        let stored = world.bucket.upload_from("r", reader).part_size(PART).await.unwrap();
        assert_eq!((stored.parts, world.object("r").await), (parts, bytes.clone().into()));

        let stored = world.bucket.upload("b", bytes.clone()).part_size(PART).parallel(8).await.unwrap();
        assert_eq!((stored.parts, world.object("b").await), (parts, bytes.into()));
    }
    let short = Body::once(stream(content(3 * PART as usize)), Some(3 * PART + 1));
    assert!(world.bucket.upload("short", short).part_size(PART).await.is_err());
    assert!(!*world.bucket.contains("short").await.unwrap());
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_range_of_an_object_becomes_a_file() {
    let world = World::new().await;
    let bytes = content(3 * PART as usize + 10);
    world.bucket.put("k", bytes.clone()).await.unwrap();
    let (out, len) = (world.path("out"), bytes.len());
    for range in [0..1, 5..len as u64, 10..PART + 10, PART..2 * PART, 0..len as u64 + 99] {
        let saved = world.bucket.download_file("k", &out).range(range.clone()).part_size(PART).await.unwrap();
        let wanted = &bytes[range.start as usize..(range.end as usize).min(len)];
        assert_eq!((saved.bytes, saved.crc64), (wanted.len() as u64, crc::checksum(wanted)));
        assert_eq!(std::fs::read(&out).unwrap(), wanted);
    }
    let saved = world.bucket.download_file("k", &out).last(PART + 3).part_size(PART).await.unwrap();
    assert_eq!((saved.parts, saved.verified), (2, false));
    assert_eq!(std::fs::read(&out).unwrap(), bytes[len - PART as usize - 3..]);
    let error = world.bucket.download_file("k", &out).range(len as u64..).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    let missing = world.bucket.download_file("none", world.path("none")).await.unwrap_err();
    assert_eq!(missing.service().unwrap().status(), 404);
    assert_eq!(names(world.folder.path()), ["out"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_share_their_clients_limits() {
    let world = World::with(|builder| builder.transfers(Transfers::new().lanes(1).bandwidth(20 * PART))).await;
    let path = world.file("in", &content(4 * PART as usize));
    let started = std::time::Instant::now();
    let upload = |key: &str| world.bucket.upload_file(key, &path).part_size(PART).parallel(8).into_future();
    let (a, b) = tokio::join!(upload("a"), upload("b"));
    assert_eq!((a.unwrap().parts, b.unwrap().parts), (4, 4));
    // 8 parts at 20 a second, the first two of them for nothing.
    assert!(started.elapsed() >= Duration::from_millis(290), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_take_along_what_their_source_has() {
    let world = World::new().await;
    let bytes = content(5 * PART as usize + 1);
    world.bucket.put("source ü", bytes.clone()).content_type("image/png").meta("owner", "li").await.unwrap();
    let tags = Tagging::new().tag_set(TagSet::new().tags([Tag::new().key("a b").value("1&2")]));
    world.bucket.client().call(PutObjectTagging::new("photos", "source ü").tagging(tags)).await.unwrap();

    let copy = |key: &str| world.bucket.copy_from("photos", "source ü", key).part_size(PART);
    let at_once = copy("at-once").await.unwrap();
    assert_eq!((at_once.parts, at_once.crc64), (0, Some(crc::checksum(&bytes))));
    let shallow = copy("shallow").threshold(PART).await.unwrap();
    assert_eq!(shallow.parts, 0);
    let in_parts = copy("in-parts").threshold(PART).disable_shallow_copy().parallel(8).await.unwrap();
    assert_eq!((in_parts.parts, in_parts.crc64), (6, Some(crc::checksum(&bytes))));
    for key in ["at-once", "shallow", "in-parts"] {
        let head = world.bucket.head(key).await.unwrap();
        assert_eq!((head.content_type(), head.meta("owner")), (Some("image/png"), Some("li")), "{key}");
        assert_eq!(head.header("x-oss-tagging-count"), Some("1"), "{key}");
        assert_eq!(world.object(key).await, bytes);
    }
    let replaced = copy("replaced").threshold(PART).disable_shallow_copy().replace_metadata().meta("x", "y");
    replaced.replace_tags("").await.unwrap();
    let head = world.bucket.head("replaced").await.unwrap();
    assert_eq!((head.meta("owner"), head.meta("x"), head.header("x-oss-tagging-count")), (None, Some("y"), None));
    assert!(copy("k").header("x-oss-metadata-directive", "MOVE").await.is_err());
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_told_and_asked_for() {
    let world = World::new().await;
    let versioning = VersioningConfiguration::new().status("Enabled");
    let put = PutBucketVersioning::new("photos").versioning_configuration(versioning);
    world.bucket.client().call(put).await.unwrap();
    let (old, new) = (content(3 * PART as usize), content(PART as usize - 1));
    let upload = |bytes: &[u8]| world.bucket.upload_file("k", world.file("in", bytes)).part_size(PART).into_future();
    let first = upload(&old).await.unwrap().version_id.unwrap();
    let second = upload(&new).await.unwrap().version_id.unwrap();
    assert_ne!(first, second);
    let out = world.path("out");
    for (version, bytes) in [(&first, &old), (&second, &new)] {
        let saved = world.bucket.download_file("k", &out).version(version).part_size(PART).await.unwrap();
        assert_eq!((saved.version_id.as_ref(), saved.verified), (Some(version), true));
        assert_eq!(std::fs::read(&out).unwrap(), *bytes);
    }
    let copy = world.bucket.copy_from("photos", "k", "copy").source_version(&first).part_size(PART).threshold(0);
    let copied = copy.disable_shallow_copy().await.unwrap();
    assert!(copied.version_id.is_some());
    assert_eq!(world.object("copy").await, old);
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_get_what_was_set() {
    let world = World::new().await;
    world.bucket.client().bucket("other").create().await.unwrap();
    let bytes = content(2 * PART as usize);
    let path = world.file("in.html", &bytes);
    for key in ["at-once", "in-parts"] {
        let part_size = if key == "at-once" { 10 * PART } else { PART };
        let upload = world.bucket.upload_file(key, &path).part_size(part_size).meta("owner", "李").acl("public-read");
        upload.with(|put| put.tags([("a", "b c")]).cache_control("no-cache")).await.unwrap();
        let head = world.bucket.head(key).await.unwrap();
        assert_eq!((head.content_type(), head.meta("owner")), (Some("text/html"), Some("李")));
        assert_eq!((head.header("x-oss-tagging-count"), head.header("cache-control")), (Some("1"), Some("no-cache")));
        let acl = world.bucket.client().call(GetObjectAcl::new("photos", key)).await.unwrap();
        assert_eq!(acl.acl.as_deref(), Some("public-read"));
    }
    let other = world.bucket.client().bucket("other");
    let copied = other.copy_from("photos", "in-parts", "k").part_size(PART).threshold(0).await.unwrap();
    assert_eq!(copied.parts, 2, "nothing is shallow between buckets");
    assert_eq!(other.head("k").await.unwrap().meta("owner"), Some("李"));
    let nothing = world.bucket.upload_file("nothing", "/dev/null").await.unwrap();
    assert_eq!((nothing.bytes, nothing.crc64), (0, Some(0)));
}
