//! OSS: multipart uploads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use http::Method;
use sanyun_core::{encode, hash};
use sanyun_local::Local;
use support::oss::{assert_refused, get, put, request, with_bucket};
use support::{NOW, Reply, at};

/// The least size of every part but the last.
const LEAST: usize = 100 * 1024;

async fn begin(local: &Local, key: &str) -> String {
    request(Method::POST, "bkt", key, "uploads").ok(local).await.element("UploadId")
}

async fn part(local: &Local, key: &str, id: &str, number: u32, data: &[u8]) -> Reply {
    request(Method::PUT, "bkt", key, &format!("partNumber={number}&uploadId={id}")).body(data).send(local).await
}

fn list_of(parts: &[(u32, &str)]) -> String {
    let part =
        |(number, etag): &(u32, &str)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    let parts: String = parts.iter().map(part).collect();
    format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>")
}

async fn complete(local: &Local, key: &str, id: &str, parts: &[(u32, &str)]) -> Reply {
    request(Method::POST, "bkt", key, &format!("uploadId={id}")).body(list_of(parts)).send(local).await
}

/// The ETag of a part's data, as a client writes it into the list.
fn etag(data: &[u8]) -> String {
    format!("\"{}\"", encode::hex(&hash::md5(data)).to_uppercase())
}

fn some_bytes(len: usize, seed: u32) -> Vec<u8> {
    (0..len as u32).map(|n| ((n ^ seed).wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[tokio::test]
async fn parts_become_one_object() {
    let local = with_bucket(|builder| builder).await;
    let begun = request(Method::POST, "bkt", "ü k", "uploads&encoding-type=url")
        .header("content-type", "text/x-test")
        .header("x-oss-meta-a", "b")
        .header("x-oss-tagging", "x=1")
        .header("x-oss-storage-class", "IA")
        .ok(&local)
        .await;
    assert_eq!((begun.element("Key").as_str(), begun.element("Bucket").as_str()), ("%C3%BC%20k", "bkt"));
    let id = begun.element("UploadId");
    let parts = [some_bytes(LEAST, 1), some_bytes(LEAST + 7, 2), b"end".to_vec()];
    // In any order, and one of them twice.
    for number in [3, 1, 2, 1] {
        let data = &parts[number - 1];
        let reply = part(&local, "ü k", &id, number as u32, data).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.header("etag"), etag(data));
        assert_eq!(reply.header("x-oss-hash-crc64ecma"), sanyun_oss::crc::checksum(data).to_string());
    }
    assert_refused(&request(Method::GET, "bkt", "ü k", "").send(&local).await, 404, "NoSuchKey");
    let etags: Vec<_> = parts.iter().map(|data| etag(data)).collect();
    let list: Vec<_> = (1..).zip(etags.iter().map(String::as_str)).collect();
    let done = complete(&local, "ü k", &id, &list).await;
    let digests: Vec<u8> = parts.iter().flat_map(|data| hash::md5(data)).collect();
    let whole_etag = format!("\"{}-3\"", encode::hex(&hash::md5(&digests)).to_uppercase());
    let whole = parts.concat();
    assert_eq!((done.status, done.header("etag")), (200, whole_etag.as_str()), "{}", done.text());
    assert_eq!(done.header("x-oss-hash-crc64ecma"), sanyun_oss::crc::checksum(&whole).to_string());
    assert_eq!((done.element("Bucket").as_str(), done.element("Key").as_str()), ("bkt", "ü k"));
    assert!(done.element("Location").ends_with("/bkt/%C3%BC%20k"), "{}", done.text());

    let got = request(Method::GET, "bkt", "ü k", "").ok(&local).await;
    assert!(got.body == whole);
    for (name, value) in [
        ("content-type", "text/x-test"),
        ("x-oss-meta-a", "b"),
        ("x-oss-tagging-count", "1"),
        ("x-oss-storage-class", "IA"),
        ("x-oss-object-type", "Multipart"),
        ("etag", &whole_etag),
    ] {
        assert_eq!(got.header(name), value, "{name}");
    }
    let across = request(Method::GET, "bkt", "ü k", "").header("range", "bytes=102390-204809").ok(&local).await;
    assert!(across.status == 206 && across.body == whole[102_390..=204_809]);
    assert_refused(&complete(&local, "ü k", &id, &list).await, 404, "NoSuchUpload");
    assert_refused(&part(&local, "ü k", &id, 1, b"x").await, 404, "NoSuchUpload");
}

#[tokio::test]
async fn a_list_must_be_right() {
    let local = with_bucket(|builder| builder).await;
    let id = begin(&local, "k").await;
    let (small, large) = (b"small".to_vec(), some_bytes(LEAST, 3));
    for (number, data) in [(1, &large), (2, &small), (5, &large)] {
        assert_eq!(part(&local, "k", &id, number, data).await.status, 200);
    }
    let (small, large) = (etag(&small), etag(&large));
    for (list, status, code) in [
        (&[(1, large.as_str()), (2, &small), (5, &large)][..], 400, "EntityTooSmall"),
        (&[(5, &large), (1, &large)], 400, "InvalidPartOrder"),
        (&[(1, &large), (1, &large)], 400, "InvalidPartOrder"),
        (&[(1, &small)], 400, "InvalidPart"),
        (&[(3, &large)], 400, "InvalidPart"),
        (&[], 400, "MalformedXML"),
    ] {
        assert_refused(&complete(&local, "k", &id, list).await, status, code);
    }
    for number in ["0", "10001", "x"] {
        let query = format!("partNumber={number}&uploadId={id}");
        let reply = request(Method::PUT, "bkt", "k", &query).body("x").send(&local).await;
        assert_refused(&reply, 400, "InvalidArgument");
    }
    let wrong = request(Method::PUT, "bkt", "k", &format!("partNumber=1&uploadId={id}"));
    assert_refused(
        &wrong.header("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==").body("x").send(&local).await,
        400,
        "InvalidDigest",
    );
    // An ETag without quotes and in lower case is the same.
    let bare = large.trim_matches('"').to_lowercase();
    assert_eq!(complete(&local, "k", &id, &[(1, &bare), (5, &large)]).await.status, 200);
    assert_eq!(get(&local, "k").await.len(), 2 * LEAST);
}

#[tokio::test]
async fn all_parts_can_be_completed_without_a_list() {
    let local = with_bucket(|builder| builder).await;
    let id = begin(&local, "k").await;
    let query = format!("uploadId={id}");
    let all = || request(Method::POST, "bkt", "k", &query).header("x-oss-complete-all", "yes");
    assert_refused(&all().send(&local).await, 400, "InvalidPart");
    part(&local, "k", &id, 7, b"a").await;
    assert_refused(&all().body(list_of(&[(7, &etag(b"a"))])).send(&local).await, 400, "InvalidArgument");
    put(&local, "k", "old").await;
    assert_refused(&all().header("x-oss-forbid-overwrite", "true").send(&local).await, 409, "FileAlreadyExists");
    all().header("x-oss-object-acl", "public-read").ok(&local).await;
    assert_eq!(get(&local, "k").await, b"a");
    assert_eq!(request(Method::GET, "bkt", "k", "acl").ok(&local).await.element("Grant"), "public-read");
}

#[tokio::test]
async fn parts_are_copied_from_objects() {
    let local = with_bucket(|builder| builder).await;
    let data = some_bytes(2 * LEAST, 4);
    let source_etag = put(&local, "source ü", data.clone()).await.header("etag").to_owned();
    let id = begin(&local, "k").await;
    let copy = |number: u32, range: &'static str| {
        let query = format!("partNumber={number}&uploadId={id}");
        let request = request(Method::PUT, "bkt", "k", &query).header("x-oss-copy-source", "/bkt/source%20%C3%BC");
        if range.is_empty() { request } else { request.header("x-oss-copy-source-range", range) }
    };
    let first = copy(1, "bytes=0-102399").header("x-oss-copy-source-if-match", &source_etag).ok(&local).await;
    assert_eq!(first.element("ETag"), format!("&quot;{}&quot;", etag(&data[..LEAST]).trim_matches('"')));
    copy(2, "").ok(&local).await;
    copy(3, "bytes=204790-").ok(&local).await;
    assert_refused(&copy(4, "bytes=204800-").send(&local).await, 416, "InvalidRange");
    let failed = copy(4, "").header("x-oss-copy-source-if-match", "X").send(&local).await;
    assert_refused(&failed, 412, "PreconditionFailed");
    request(Method::POST, "bkt", "k", &format!("uploadId={id}")).header("x-oss-complete-all", "yes").ok(&local).await;
    assert!(get(&local, "k").await == [&data[..LEAST], &data, &data[204_790..]].concat());
}

#[tokio::test]
async fn parts_are_listed_page_by_page() {
    let local = with_bucket(|builder| builder).await;
    let begun = request(Method::POST, "bkt", "k", "uploads")
        .header("x-oss-meta-client-side-encryption-part-size", "1024")
        .ok(&local)
        .await;
    let id = begun.element("UploadId");
    for number in [2, 4, 9] {
        part(&local, "k", &id, number, b"data").await;
    }
    let list = async |more: &str| request(Method::GET, "bkt", "k", &format!("uploadId={id}{more}")).ok(&local).await;
    let first = list("&max-parts=2").await;
    assert_eq!(first.text().matches("<Part>").count(), 2);
    for (name, value) in [
        ("IsTruncated", "true"),
        ("NextPartNumberMarker", "4"),
        ("PartNumber", "2"),
        ("Size", "4"),
        ("ClientEncryptionPartSize", "1024"),
        ("HashCrc64ecma", &sanyun_oss::crc::checksum(b"data").to_string()),
    ] {
        assert_eq!(first.element(name), value, "{name}");
    }
    let rest = list("&max-parts=2&part-number-marker=4").await;
    assert_eq!((rest.element("IsTruncated").as_str(), rest.element("PartNumber").as_str()), ("false", "9"));
    let none = request(Method::GET, "bkt", "k", "uploadId=none").send(&local).await;
    assert_refused(&none, 404, "NoSuchUpload");
}

#[tokio::test]
async fn uploads_are_listed_page_by_page_and_given_up() {
    let local = with_bucket(|builder| builder).await;
    let mut ids = Vec::new();
    for key in ["a", "a", "b/1", "b/2", "c\u{1}"] {
        ids.push((key, begin(&local, key).await));
    }
    ids.sort();
    let list = async |query: &str| request(Method::GET, "bkt", "", query).ok(&local).await;
    let (mut seen, mut from) = (Vec::new(), String::new());
    loop {
        let page = list(&format!("uploads&encoding-type=url&max-uploads=1{from}")).await;
        seen.push((encode::percent_decode(&page.element("Key")).into_owned(), page.element("UploadId")));
        if page.element("IsTruncated") == "false" {
            break;
        }
        from = format!(
            "&key-marker={}&upload-id-marker={}",
            page.element("NextKeyMarker"),
            page.element("NextUploadIdMarker")
        );
    }
    assert_eq!(seen, ids.iter().map(|(key, id)| ((*key).to_owned(), id.clone())).collect::<Vec<_>>());
    let grouped = list("uploads&delimiter=%2F").await.text();
    assert!(grouped.contains("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>"), "{grouped}");
    assert_eq!(grouped.matches("<Upload>").count(), 3);
    assert_eq!(list("uploads&prefix=b").await.text().matches("<Upload>").count(), 2);
    assert_eq!(list("uploads&key-marker=a").await.text().matches("<Upload>").count(), 3);
    assert_refused(&request(Method::DELETE, "bkt", "", "").send(&local).await, 409, "BucketNotEmpty");
    for (key, id) in &ids {
        let abort = || request(Method::DELETE, "bkt", key, &format!("uploadId={id}"));
        assert_eq!(abort().send(&local).await.status, 204);
        assert_refused(&abort().send(&local).await, 404, "NoSuchUpload");
    }
    assert_eq!(list("uploads").await.text().matches("<Upload>").count(), 0);
    assert_eq!(request(Method::DELETE, "bkt", "", "").send(&local).await.status, 204);
}

#[tokio::test]
async fn uploads_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let local = with_bucket(|builder| builder.data_dir(folder.path())).await;
    let data = some_bytes(LEAST, 5);
    let id = begin(&local, "k").await;
    part(&local, "k", &id, 1, &data).await;
    local.shutdown().await;
    let local = at(NOW, |builder| builder.data_dir(folder.path())).await.0;
    part(&local, "k", &id, 2, b"end").await;
    assert_eq!(complete(&local, "k", &id, &[(1, &etag(&data)), (2, &etag(b"end"))]).await.status, 200);
    let copied = request(Method::PUT, "bkt", "copy", "").header("x-oss-copy-source", "/bkt/k").ok(&local).await;
    assert!(copied.element("ETag").len() > 32);
    request(Method::DELETE, "bkt", "k", "").ok(&local).await;
    local.shutdown().await;
    let local = at(NOW, |builder| builder.data_dir(folder.path())).await.0;
    assert!(get(&local, "copy").await == [&data[..], b"end"].concat());
    let kept = std::fs::read_dir(folder.path().join("oss/bkt/data")).unwrap().count();
    assert!(kept <= 1, "{kept} folders of data for one object");
}
