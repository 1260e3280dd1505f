//! OSS: objects that grow, links, attributes, archives, retention, copies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use http::Method;
use sanyun_core::encode;
use sanyun_local::Local;
use support::oss::{assert_refused, get, put, request, with_bucket};
use support::{NOW, Reply, at};

async fn append(local: &Local, key: &str, position: u64, data: &str) -> Reply {
    request(Method::POST, "bkt", key, &format!("append&position={position}")).body(data).send(local).await
}

#[tokio::test]
async fn objects_grow_at_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let local = with_bucket(|builder| builder.data_dir(folder.path())).await;
    assert_refused(&append(&local, "k", 1, "x").await, 409, "PositionNotEqualToLength");
    let first = append(&local, "k", 0, "1234").await;
    assert_eq!((first.status, first.header("x-oss-next-append-position")), (200, "4"), "{}", first.text());
    let early = append(&local, "k", 0, "x").await;
    assert_refused(&early, 409, "PositionNotEqualToLength");
    assert_eq!(early.header("x-oss-next-append-position"), "4");
    local.shutdown().await;
    let local = at(NOW, |builder| builder.data_dir(folder.path())).await.0;
    let second = append(&local, "k", 4, "56789").await;
    assert_eq!(second.header("x-oss-hash-crc64ecma"), "11051210869376104954");
    let got = request(Method::GET, "bkt", "k", "").ok(&local).await;
    assert_eq!((got.text().as_str(), got.header("x-oss-object-type")), ("123456789", "Appendable"));
    assert_eq!((got.header("x-oss-next-append-position"), got.header("etag")), ("9", second.header("etag")));
    // A copy does not grow with it.
    request(Method::PUT, "bkt", "copy", "").header("x-oss-copy-source", "/bkt/k").ok(&local).await;
    assert_refused(&append(&local, "copy", 9, "x").await, 409, "ObjectNotAppendable");
    assert_refused(&append(&local, "k", 10, "x").await, 409, "PositionNotEqualToLength");
    let seal = async |position: u64| {
        request(Method::POST, "bkt", "k", &format!("seal&position={position}")).send(&local).await
    };
    assert_refused(&seal(3).await, 409, "PositionNotEqualToLength");
    assert_eq!(seal(9).await.header("x-oss-sealed-time"), "Fri, 15 Jan 2027 08:00:00 GMT");
    assert_refused(&append(&local, "k", 9, "x").await, 409, "ObjectNotAppendable");
    let head = request(Method::HEAD, "bkt", "k", "").ok(&local).await;
    assert_eq!(head.header("x-oss-sealed-time"), "Fri, 15 Jan 2027 08:00:00 GMT");
    assert_eq!(get(&local, "copy").await, b"123456789");
    let forgotten = request(Method::POST, "bkt", "k", "append").body("x").send(&local).await;
    assert_refused(&forgotten, 400, "InvalidArgument");
}

#[tokio::test]
async fn the_md5_is_told_of_what_was_stored_in_one_piece() {
    let local = with_bucket(|builder| builder).await;
    let md5 = "eB5eJF1ptWaXm4bijSPyxw==";
    assert_eq!(put(&local, "k", "0123456789").await.header("content-md5"), md5);
    append(&local, "grown", 0, "0123456789").await;
    let of = async |method: Method, key: &'static str, range: &'static str| {
        let read = request(method, "bkt", key, "");
        let read = if range.is_empty() { read } else { read.header("range", range) };
        read.ok(&local).await.header("content-md5").to_owned()
    };
    assert_eq!(of(Method::GET, "k", "").await, md5);
    assert_eq!(of(Method::HEAD, "k", "").await, md5);
    assert_eq!(of(Method::GET, "k", "bytes=0-3").await, "", "that would be of other bytes");
    assert_eq!(of(Method::HEAD, "grown", "").await, "");
}

#[tokio::test]
async fn appends_at_the_same_time_are_all_or_nothing() {
    let local = with_bucket(|builder| builder).await;
    append(&local, "k", 0, "").await;
    let replies = [append(&local, "k", 0, "aaaa"), append(&local, "k", 0, "bbbb"), append(&local, "k", 0, "cccc")];
    let [a, b, c] = replies;
    let (a, b, c) = tokio::join!(a, b, c);
    let won = [&a, &b, &c].iter().filter(|reply| reply.status == 200).count();
    assert_eq!((won, get(&local, "k").await.len()), (1, 4));
}

#[tokio::test]
async fn links_stand_for_other_objects() {
    let local = with_bucket(|builder| builder).await;
    let link = |key: &'static str, target: &'static str| {
        request(Method::PUT, "bkt", key, "symlink").header("x-oss-symlink-target", target)
    };
    link("l", "t%20%C3%BC").header("x-oss-meta-a", "b").ok(&local).await;
    assert_refused(&request(Method::GET, "bkt", "l", "").send(&local).await, 404, "SymlinkTargetNotExist");
    let etag = put(&local, "t ü", "data").await.header("etag").to_owned();
    let got = request(Method::GET, "bkt", "l", "").ok(&local).await;
    assert_eq!(
        (got.text().as_str(), got.header("x-oss-object-type"), got.header("etag")),
        ("data", "Symlink", etag.as_str())
    );
    let read = request(Method::GET, "bkt", "l", "symlink").ok(&local).await;
    assert_eq!((read.header("x-oss-symlink-target"), read.header("x-oss-meta-a")), ("t%20%C3%BC", "b"));
    link("m", "l").ok(&local).await;
    assert_refused(&request(Method::GET, "bkt", "m", "").send(&local).await, 400, "InvalidTargetType");
    assert_refused(&link("n", "").send(&local).await, 400, "InvalidArgument");
    assert_refused(
        &link("l", "x").header("x-oss-forbid-overwrite", "true").send(&local).await,
        409,
        "FileAlreadyExists",
    );
    assert_refused(&request(Method::GET, "bkt", "t ü", "symlink").send(&local).await, 400, "NotSymlink");
}

#[tokio::test]
async fn an_objects_own_acl_comes_before_the_buckets() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "k", "x").await;
    put(&local, "hidden", "x").await;
    let anonymous = async |key: &'static str| {
        request(Method::GET, "bkt", key, "").unsigned(&local).send(local.addr()).await.unwrap()
    };
    let set = async |key: &'static str, acl: &'static str| {
        request(Method::PUT, "bkt", key, "acl").header("x-oss-object-acl", acl).send(&local).await
    };
    assert_refused(&anonymous("k").await, 403, "AccessDenied");
    assert_refused(&anonymous("none").await, 403, "AccessDenied");
    assert_eq!(set("k", "public-read").await.status, 200);
    assert_eq!(anonymous("k").await.text(), "x");
    assert_eq!(request(Method::GET, "bkt", "k", "acl").ok(&local).await.element("Grant"), "public-read");
    assert_eq!(set("hidden", "private").await.status, 200);
    request(Method::PUT, "bkt", "", "acl").header("x-oss-acl", "public-read").ok(&local).await;
    assert_refused(&anonymous("hidden").await, 403, "AccessDenied");
    assert_refused(&anonymous("none").await, 404, "NoSuchKey");
    assert_refused(&set("k", "wrong").await, 400, "InvalidArgument");
    assert_refused(&set("none", "private").await, 404, "NoSuchKey");
}

#[tokio::test]
async fn tags_are_set_read_and_removed() {
    let local = with_bucket(|builder| builder).await;
    request(Method::PUT, "bkt", "k", "").header("x-oss-tagging", "a=1&b%20c=%26").body("data").ok(&local).await;
    let read = async || request(Method::GET, "bkt", "k", "tagging").ok(&local).await.text();
    assert!(
        read().await.contains("<Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b c</Key><Value>&amp;</Value></Tag>")
    );
    let set = |document: &'static str| request(Method::PUT, "bkt", "k", "tagging").body(document);
    set("<Tagging><TagSet><Tag><Key>ü</Key><Value>v</Value></Tag></TagSet></Tagging>").ok(&local).await;
    assert!(read().await.contains("<TagSet><Tag><Key>ü</Key><Value>v</Value></Tag></TagSet>"));
    let got = request(Method::GET, "bkt", "k", "").ok(&local).await;
    assert_eq!((got.text().as_str(), got.header("x-oss-tagging-count")), ("data", "1"));
    for (document, code) in [
        ("<Tagging/>", "MalformedXML"),
        ("<Other/>", "MalformedXML"),
        ("<Tagging><TagSet><Tag><Key></Key></Tag></TagSet></Tagging>", "InvalidTag"),
    ] {
        assert_refused(&set(document).send(&local).await, 400, code);
    }
    let copy = |directive: &'static str| {
        let copy = request(Method::PUT, "bkt", "copy", "").header("x-oss-copy-source", "/bkt/k");
        copy.header("x-oss-tagging-directive", directive).header("x-oss-tagging", "n=1&m=2")
    };
    let count =
        async || request(Method::HEAD, "bkt", "copy", "").ok(&local).await.header("x-oss-tagging-count").to_owned();
    copy("COPY").ok(&local).await;
    assert_eq!(count().await, "1");
    copy("REPLACE").ok(&local).await;
    assert_eq!(count().await, "2");
    assert_eq!(request(Method::DELETE, "bkt", "k", "tagging").send(&local).await.status, 204);
    assert!(read().await.contains("<TagSet></TagSet>"));
}

#[tokio::test]
async fn archives_are_cold_until_they_are_restored() {
    let (local, clock) = at(NOW, |builder| builder).await;
    request(Method::PUT, "bkt", "", "").ok(&local).await;
    // The signature's time stands still, and so a new client signs at the clock's time: days pass between two requests.
    request(Method::PUT, "bkt", "k", "").header("x-oss-storage-class", "Archive").body("data").ok(&local).await;
    let get = async || request(Method::GET, "bkt", "k", "").send(&local).await;
    assert_refused(&get().await, 403, "InvalidObjectState");
    assert_eq!(request(Method::HEAD, "bkt", "k", "").send(&local).await.status, 200);
    let restore = async || {
        let document = "<RestoreRequest><Days>2</Days></RestoreRequest>";
        request(Method::POST, "bkt", "k", "restore").body(document).send(&local).await.status
    };
    assert_eq!((restore().await, restore().await), (202, 200));
    let got = get().await;
    let state = "ongoing-request=\"false\", expiry-date=\"Sun, 17 Jan 2027 08:00:00 GMT\"";
    assert_eq!((got.text().as_str(), got.header("x-oss-restore")), ("data", state));
    request(Method::POST, "bkt", "k", "cleanRestoredObject").ok(&local).await;
    assert_refused(&get().await, 403, "InvalidObjectState");
    restore().await;
    let link = request(Method::GET, "bkt", "k", "").presigned(&local, 3 * 86_400);
    clock.advance(Duration::from_secs(2 * 86_400 - 1));
    assert_eq!(link.send(local.addr()).await.unwrap().text(), "data");
    clock.advance(Duration::from_secs(1));
    assert_refused(&link.send(local.addr()).await.unwrap(), 403, "InvalidObjectState");
    let local = with_bucket(|builder| builder).await;
    put(&local, "warm", "x").await;
    assert_refused(&request(Method::POST, "bkt", "warm", "restore").send(&local).await, 400, "OperationNotSupported");
}

#[tokio::test]
async fn what_must_be_kept_is_kept() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "k", "x").await;
    assert_refused(
        &request(Method::GET, "bkt", "k", "retention").send(&local).await,
        404,
        "NoSuchObjectLockConfiguration",
    );
    let retain = |mode: &str, until: &str| {
        let document = format!("<Retention><Mode>{mode}</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>");
        request(Method::PUT, "bkt", "k", "retention").body(document)
    };
    let hold = |status: &str| {
        request(Method::PUT, "bkt", "k", "legalHold").body(format!("<LegalHold><Status>{status}</Status></LegalHold>"))
    };
    let delete = || request(Method::DELETE, "bkt", "k", "");
    retain("GOVERNANCE", "2027-02-01T00:00:00.000Z").ok(&local).await;
    let read = request(Method::GET, "bkt", "k", "retention").ok(&local).await;
    assert_eq!(
        (read.element("Mode").as_str(), read.element("RetainUntilDate").as_str()),
        ("GOVERNANCE", "2027-02-01T00:00:00.000Z")
    );
    assert_refused(&delete().send(&local).await, 409, "FileImmutable");
    assert_refused(&request(Method::PUT, "bkt", "k", "").body("y").send(&local).await, 409, "FileImmutable");
    assert_refused(&retain("GOVERNANCE", "2027-01-16T00:00:00Z").send(&local).await, 409, "FileImmutable");
    retain("COMPLIANCE", "2027-03-01T00:00:00Z").ok(&local).await;
    let bypass = || delete().header("x-oss-bypass-governance-retention", "true");
    assert_refused(&bypass().send(&local).await, 409, "FileImmutable");
    assert_eq!(get(&local, "k").await, b"x");

    put(&local, "h", "x").await;
    request(Method::PUT, "bkt", "h", "legalHold").body("<LegalHold><Status>ON</Status></LegalHold>").ok(&local).await;
    assert_eq!(request(Method::GET, "bkt", "h", "legalHold").ok(&local).await.element("Status"), "ON");
    assert_refused(&request(Method::DELETE, "bkt", "h", "").send(&local).await, 409, "FileImmutable");
    request(Method::PUT, "bkt", "h", "legalHold").body("<LegalHold><Status>OFF</Status></LegalHold>").ok(&local).await;
    request(Method::DELETE, "bkt", "h", "").ok(&local).await;
    assert_refused(&hold("MAYBE").send(&local).await, 400, "InvalidArgument");

    let until = "2027-02-01T00:00:00Z";
    let made = request(Method::PUT, "bkt", "g", "").header("x-oss-object-worm-mode", "GOVERNANCE");
    made.header("x-oss-object-worm-retain-until-date", until).body("x").ok(&local).await;
    let head = request(Method::HEAD, "bkt", "g", "").ok(&local).await;
    assert_eq!(head.header("x-oss-object-worm-retain-until-date"), until);
    assert_refused(&request(Method::DELETE, "bkt", "g", "").send(&local).await, 409, "FileImmutable");
    let bypass = request(Method::DELETE, "bkt", "g", "").header("x-oss-bypass-governance-retention", "true");
    assert_eq!(bypass.send(&local).await.status, 204);
}

#[tokio::test]
async fn an_object_can_be_copied_onto_itself_with_other_headers() {
    let local = with_bucket(|builder| builder).await;
    for (key, data) in [("small", vec![1; 1000]), ("large", vec![2; 1_000_000])] {
        let stored = put(&local, key, data.clone()).await;
        let copy = request(Method::PUT, "bkt", key, "").header("x-oss-copy-source", &format!("/bkt/{key}"));
        let copied = copy
            .header("x-oss-metadata-directive", "REPLACE")
            .header("content-type", "a/b")
            .header("x-oss-meta-n", "1")
            .header("x-oss-server-side-encryption", "AES256")
            .ok(&local)
            .await;
        assert_eq!(copied.header("x-oss-hash-crc64ecma"), stored.header("x-oss-hash-crc64ecma"));
        assert_eq!(copied.header("x-oss-server-side-encryption"), "AES256");
        let got = request(Method::GET, "bkt", key, "").ok(&local).await;
        assert!(got.body == data);
        assert_eq!(
            (got.header("content-type"), got.header("x-oss-meta-n"), got.header("etag")),
            ("a/b", "1", stored.header("etag"))
        );
        assert_eq!(got.header("x-oss-server-side-encryption"), "AES256");
    }
    let wrong = request(Method::PUT, "bkt", "small", "").header("x-oss-copy-source", "/bkt/small");
    assert_refused(&wrong.header("x-oss-metadata-directive", "MAYBE").send(&local).await, 400, "InvalidArgument");
}

#[tokio::test]
async fn rows_are_selected() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "t.csv", "name,age\nli,3\n\"w,u\",4\n").await;
    put(&local, "t.json", "{\"a\":1,\"b\":{\"c\":2}}\n{\"a\":3}\n").await;
    let select = |key: &'static str, query: &str, input: &str, output: &str| {
        let kind = key.split('.').next_back().unwrap();
        let expression = encode::base64(query.as_bytes());
        let document = format!(
            "<SelectRequest><Expression>{expression}</Expression><InputSerialization>{input}</InputSerialization>\
             <OutputSerialization>{output}</OutputSerialization></SelectRequest>"
        );
        request(Method::POST, "bkt", key, &format!("x-oss-process={kind}%2Fselect")).body(document)
    };
    let raw = "<OutputRawData>true</OutputRawData>";
    let csv = "<CSV><FileHeaderInfo>Use</FileHeaderInfo></CSV>";
    let plain = select("t.csv", "select age, name from ossobject", csv, raw).ok(&local).await;
    assert_eq!((plain.text().as_str(), plain.header("x-oss-select-output-raw")), ("3,li\n4,\"w,u\"\n", "true"));
    let json =
        select("t.json", "select b.c from ossobject limit 1", "<JSON><Type>LINES</Type></JSON>", raw).ok(&local).await;
    assert_eq!(json.text(), "{\"c\":2}\n");
    let framed = select("t.csv", "select _1 from ossobject limit 1", csv, "").ok(&local).await;
    assert_eq!(framed.body.len(), 12 + 8 + 3 + 4 + 12 + 20 + 4);
    assert_eq!((&framed.body[..4], &framed.body[20..23]), (&b"\x01\x80\x00\x01"[..], &b"li\n"[..]));
    let condition = select("t.csv", "select * from ossobject where age > 3", csv, raw).send(&local).await;
    assert_refused(&condition, 501, "NotImplemented");
}
