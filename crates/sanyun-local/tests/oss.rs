//! OSS: objects and buckets, ranges, conditions, listings, signatures in URLs, hostile keys.

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
use support::oss::{assert_refused, put, request, with_bucket};
use support::{NOW, Request, at};

#[tokio::test]
async fn an_object_comes_back_as_it_went() {
    let local = with_bucket(|builder| builder).await;
    let stored = request(Method::PUT, "bkt", "k", "")
        .header("content-type", "text/x-test")
        .header("cache-control", "no-cache")
        .header("content-disposition", "attachment; filename=\"ü\"")
        .header("x-oss-meta-name", "三云")
        .header("x-oss-storage-class", "IA")
        .header("content-md5", &encode::base64(&sanyun_core::hash::md5(b"123456789")))
        .body("123456789")
        .send(&local)
        .await;
    assert_eq!(stored.header("etag"), "\"25F9E794323B453885F5181F1B624D0B\"");
    assert_eq!(stored.header("x-oss-hash-crc64ecma"), "11051210869376104954");
    assert_eq!(stored.header("x-oss-request-id").len(), 24);
    assert_eq!(stored.header("date"), "Fri, 15 Jan 2027 08:00:00 GMT");

    let got = request(Method::GET, "bkt", "k", "").send(&local).await;
    assert_eq!((got.status, got.text().as_str()), (200, "123456789"));
    for (name, value) in [
        ("content-type", "text/x-test"),
        ("cache-control", "no-cache"),
        ("content-disposition", "attachment; filename=\"ü\""),
        ("x-oss-meta-name", "三云"),
        ("x-oss-storage-class", "IA"),
        ("x-oss-object-type", "Normal"),
        ("x-oss-hash-crc64ecma", "11051210869376104954"),
        ("last-modified", "Fri, 15 Jan 2027 08:00:00 GMT"),
        ("content-length", "9"),
    ] {
        assert_eq!(got.header(name), value, "{name}");
    }
    let head = request(Method::HEAD, "bkt", "k", "").send(&local).await;
    assert_eq!((head.status, head.header("content-length"), head.header("x-oss-meta-name")), (200, "9", "三云"));
    let meta = request(Method::HEAD, "bkt", "k", "objectMeta").send(&local).await;
    assert_eq!((meta.header("content-length"), meta.header("x-oss-meta-name")), ("9", ""));
    let other =
        request(Method::GET, "bkt", "k", "response-content-type=a%2Fb&response-expires=never").send(&local).await;
    assert_eq!((other.header("content-type"), other.header("expires")), ("a/b", "never"));

    assert_eq!(request(Method::DELETE, "bkt", "k", "").send(&local).await.status, 204);
    assert_eq!(request(Method::DELETE, "bkt", "k", "").send(&local).await.status, 204);
    assert_refused(&request(Method::GET, "bkt", "k", "").send(&local).await, 404, "NoSuchKey");
    let head = request(Method::HEAD, "bkt", "k", "").send(&local).await;
    assert_refused(&head, 404, "NoSuchKey");
    assert_eq!((head.header("x-oss-ec"), head.element("EC").as_str()), ("0026-00000001", "0026-00000001"));
}

#[tokio::test]
async fn hostile_keys_are_as_good_as_any_and_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let local = with_bucket(|builder| builder.data_dir(folder.path())).await;
    let long = "ü".repeat(511) + "x";
    let keys = [
        "..",
        ".",
        "a/../b",
        "../../etc/passwd",
        "a//b",
        "a%2Fb",
        "/lead",
        "tail/",
        "a/./b",
        "ü +",
        "A",
        "a",
        "con",
        "nul.txt",
        "a\\b",
        "tab\tline\nnul\u{0}",
        "\u{7f}",
        "😀",
        "?x=1",
        "#x",
        "a&b=c",
        "x-oss-x",
        long.as_str(),
    ];
    for key in keys {
        put(&local, key, format!("content of {key}")).await;
    }
    local.shutdown().await;
    let local = at(NOW, |builder| builder.data_dir(folder.path())).await.0;
    for key in keys {
        let got = request(Method::GET, "bkt", key, "").send(&local).await;
        assert_eq!((got.status, got.text()), (200, format!("content of {key}")), "{key:?}");
    }
    let listed =
        all_keys(&local, "list-type=2&encoding-type=url&max-keys=4", "NextContinuationToken", "continuation-token");
    let mut expected: Vec<_> = keys.iter().map(|key| encode::percent(key).into_owned()).collect();
    expected.sort_by_key(|key| encode::percent_decode(key).into_owned());
    assert_eq!(listed.await, expected);
    assert!(std::fs::read_dir(folder.path()).unwrap().all(|entry| {
        ["oss", "tmp", "lock", "resources.json"].contains(&entry.unwrap().file_name().to_str().unwrap())
    }));
}

/// The keys of all pages, as they stand in the documents.
async fn all_keys(local: &Local, query: &str, next: &str, marker: &str) -> Vec<String> {
    let (mut keys, mut from) = (Vec::new(), String::new());
    loop {
        let page = request(Method::GET, "bkt", "", &format!("{query}{from}")).send(local).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let text = page.text();
        keys.extend(text.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()));
        match page.element("IsTruncated").as_str() {
            // What the document has is url-encoded once, and the query wants it encoded once more.
            "true" => from = format!("&{marker}={}", encode::percent(&encode::percent_decode(&page.element(next)))),
            _ => return keys,
        }
    }
}

#[tokio::test]
async fn ranges_and_conditions_decide_what_is_sent() {
    let local = with_bucket(|builder| builder).await;
    let etag = put(&local, "k", "0123456789").await.header("etag").to_owned();
    let get = |headers: &'static [(&'static str, &'static str)]| {
        headers.iter().fold(request(Method::GET, "bkt", "k", ""), |request, (name, value)| request.header(name, value))
    };
    let part = get(&[("range", "bytes=2-5")]).send(&local).await;
    assert_eq!((part.status, part.text().as_str(), part.header("content-range")), (206, "2345", "bytes 2-5/10"));
    let last = get(&[("range", "bytes=-3")]).send(&local).await;
    assert_eq!((last.status, last.text().as_str(), last.header("content-range")), (206, "789", "bytes 7-9/10"));
    let legacy = get(&[("range", "bytes=20-30")]).send(&local).await;
    assert_eq!((legacy.status, legacy.text().as_str()), (200, "0123456789"));
    let standard = get(&[("range", "bytes=20-30"), ("x-oss-range-behavior", "standard")]).send(&local).await;
    assert_refused(&standard, 416, "InvalidRange");
    assert_eq!(standard.header("content-range"), "bytes */10");
    let clipped = get(&[("range", "bytes=8-30"), ("x-oss-range-behavior", "standard")]).send(&local).await;
    assert_eq!((clipped.status, clipped.text().as_str(), clipped.header("content-range")), (206, "89", "bytes 8-9/10"));

    assert_eq!(request(Method::GET, "bkt", "k", "").header("if-match", &etag).send(&local).await.status, 200);
    assert_refused(&get(&[("if-match", "\"X\"")]).send(&local).await, 412, "PreconditionFailed");
    let same = request(Method::GET, "bkt", "k", "").header("if-none-match", &etag).send(&local).await;
    assert_eq!((same.status, same.text().as_str(), same.header("etag")), (304, "", etag.as_str()));
    let head = request(Method::HEAD, "bkt", "k", "").header("if-modified-since", "Fri, 15 Jan 2027 08:00:00 GMT");
    assert_eq!(head.send(&local).await.status, 304);
}

#[tokio::test]
async fn what_is_sent_wrong_is_not_stored() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "k", "old").await;
    let forbidden = request(Method::PUT, "bkt", "k", "").header("x-oss-forbid-overwrite", "true").body("new");
    assert_refused(&forbidden.send(&local).await, 409, "FileAlreadyExists");
    for digest in ["1B2M2Y8AsgTpgAmY7PhCfg==", "not base64"] {
        let wrong = request(Method::PUT, "bkt", "k", "").header("content-md5", digest).body("new");
        assert_refused(&wrong.send(&local).await, 400, "InvalidDigest");
    }
    // The client goes away in the middle of its upload.
    let mut broken = request(Method::PUT, "bkt", "k", "").body("new".repeat(100_000)).signed(&local);
    let whole = std::mem::replace(&mut broken.body, vec![0; 300_000]);
    let head = broken.head();
    let addr = local.addr();
    let cut = tokio::task::spawn_blocking(move || {
        let mut socket = support::connect(addr);
        std::io::Write::write_all(&mut socket, &head).unwrap();
        std::io::Write::write_all(&mut socket, &whole[..150_000]).unwrap();
    });
    cut.await.unwrap();
    assert_eq!(request(Method::GET, "bkt", "k", "").send(&local).await.text(), "old");
}

#[tokio::test]
async fn listings_group_page_and_encode() {
    let local = with_bucket(|builder| builder).await;
    for key in ["a", "b/1", "b/2/x", "c&d", "c/\u{1}", "ü"] {
        put(&local, key, "x").await;
    }
    let list = async |query: &str| request(Method::GET, "bkt", "", query).send(&local).await;
    let grouped = list("list-type=2&delimiter=%2F&fetch-owner=true").await;
    assert_eq!(grouped.element("KeyCount"), "5");
    assert!(grouped.text().contains("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>c/"));
    assert!(grouped.text().contains("<Key>c&amp;d</Key>") && grouped.text().contains("<Owner><ID>"));
    let below = list("list-type=2&delimiter=%2F&prefix=b%2F&encoding-type=url").await;
    assert!(
        below.text().contains("<Prefix>b%2F2%2F</Prefix>") && below.text().contains("<Key>b%2F1</Key>"),
        "{}",
        below.text()
    );
    assert!(list("list-type=2").await.text().contains("<Key>c/&#1;</Key>"));
    let after = list("list-type=2&start-after=c&max-keys=1").await;
    assert_eq!((after.element("Key").as_str(), after.element("StartAfter").as_str()), ("c&amp;d", "c"));
    let first = list("max-keys=2").await;
    assert_eq!((first.element("IsTruncated").as_str(), first.element("NextMarker").as_str()), ("true", "b/1"));
    let keys = all_keys(&local, "max-keys=1&encoding-type=url", "NextMarker", "marker").await;
    assert_eq!(keys, ["a", "b%2F1", "b%2F2%2Fx", "c%26d", "c%2F%01", "%C3%BC"]);
    for query in
        ["max-keys=0", "max-keys=1001", "max-keys=x", "encoding-type=base64", "list-type=2&continuation-token=%21"]
    {
        assert_refused(&list(query).await, 400, "InvalidArgument");
    }
}

#[tokio::test]
async fn many_objects_are_deleted_at_once() {
    let local = with_bucket(|builder| builder).await;
    for key in ["a", "b&c", "tab\t\u{1}"] {
        put(&local, key, "x").await;
    }
    let delete = |document: &'static str| request(Method::POST, "bkt", "", "delete&encoding-type=url").body(document);
    let reply = delete("<Delete><Object><Key>b&amp;c</Key></Object><Object><Key>tab&#09;&#01;</Key></Object></Delete>");
    let reply = reply.send(&local).await;
    assert!(
        reply.text().contains("<Deleted><Key>b%26c</Key></Deleted><Deleted><Key>tab%09%01</Key>"),
        "{}",
        reply.text()
    );
    let quiet = delete("<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>").send(&local).await;
    assert!(!quiet.text().contains("<Deleted>"));
    assert_eq!(request(Method::DELETE, "bkt", "", "").send(&local).await.status, 204, "the bucket is empty now");
    put_bucket_again(&local).await;
    for document in ["", "<Delete/>", "<Delete><Object/></Delete>", "<Other><Object><Key>a</Key></Object></Other>"] {
        assert_refused(&delete(document).send(&local).await, 400, "MalformedXML");
    }
}

async fn put_bucket_again(local: &Local) {
    assert_eq!(request(Method::PUT, "bkt", "", "").send(local).await.status, 200);
}

#[tokio::test]
async fn buckets_are_made_listed_and_deleted() {
    let local = at(NOW, |builder| builder).await.0;
    let document = "<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>";
    let make = |body: &'static str| request(Method::PUT, "bkt", "", "").header("x-oss-acl", "public-read").body(body);
    assert_eq!(make(document).send(&local).await.status, 200);
    assert_eq!(make(document).send(&local).await.status, 200, "one's own bucket can be made again");
    assert_refused(&make("").send(&local).await, 409, "BucketAlreadyExists");
    assert_eq!(request(Method::PUT, "other", "", "").send(&local).await.status, 200);
    for name in ["ab", "A-b", "a_b", "-ab"] {
        assert_refused(&request(Method::PUT, name, "", "").send(&local).await, 400, "InvalidBucketName");
    }
    let list = request(Method::GET, "", "", "max-keys=1").send(&local).await;
    assert_eq!((list.element("Name").as_str(), list.element("IsTruncated").as_str()), ("bkt", "true"));
    assert_eq!(list.element("ExtranetEndpoint"), local.addr().to_string());
    assert_eq!(list.element("CreationDate"), "2027-01-15T08:00:00.000Z");
    let rest = request(Method::GET, "", "", "marker=bkt").send(&local).await;
    assert_eq!((rest.element("Name").as_str(), rest.element("IsTruncated").as_str()), ("other", "false"));
    let info = request(Method::GET, "bkt", "", "bucketInfo").send(&local).await;
    assert_eq!((info.element("StorageClass").as_str(), info.element("Grant").as_str()), ("IA", "public-read"));
    assert_eq!(request(Method::GET, "bkt", "", "acl").send(&local).await.element("Grant"), "public-read");
    let location = request(Method::GET, "bkt", "", "location").send(&local).await;
    assert_eq!(location.element("LocationConstraint"), "oss-cn-hangzhou");
    put(&local, "k", "12345").await;
    let stat = request(Method::GET, "bkt", "", "stat").send(&local).await;
    assert_eq!((stat.element("Storage").as_str(), stat.element("ObjectCount").as_str()), ("5", "1"));
    assert_refused(&request(Method::DELETE, "bkt", "", "").send(&local).await, 409, "BucketNotEmpty");
    assert_refused(&request(Method::DELETE, "none", "", "").send(&local).await, 404, "NoSuchBucket");
    assert_eq!(request(Method::DELETE, "other", "", "").send(&local).await.status, 204);
}

#[tokio::test]
async fn the_world_may_read_what_is_public_and_nothing_else() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "k", "x").await;
    let anonymous = |method: Method, key: &'static str| request(method, "bkt", key, "").unsigned(&local);
    let send = async |request: Request| request.send(local.addr()).await.unwrap();
    assert_refused(&send(anonymous(Method::GET, "k")).await, 403, "AccessDenied");
    assert_refused(&send(request(Method::GET, "", "", "").unsigned(&local)).await, 403, "AccessDenied");
    let opened = request(Method::PUT, "bkt", "", "acl").header("x-oss-acl", "public-read").send(&local).await;
    assert_eq!(opened.status, 200);
    assert_eq!(send(anonymous(Method::GET, "k")).await.text(), "x");
    assert_refused(&send(anonymous(Method::PUT, "k")).await, 403, "AccessDenied");
    assert_refused(&send(anonymous(Method::DELETE, "")).await, 403, "AccessDenied");
}

#[tokio::test]
async fn signatures_are_checked_in_headers_and_urls() {
    let (local, clock) = at(NOW, |builder| builder).await;
    put_bucket_again(&local).await;
    put(&local, "ü k", "x").await;
    let send = async |request: Request| request.send(local.addr()).await.unwrap();
    let link = request(Method::GET, "bkt", "ü k", "").presigned(&local, 600);
    assert_eq!(send(link.clone()).await.text(), "x");
    let mut other = link.clone();
    other.method = "PUT".to_owned();
    assert_refused(&send(other).await, 403, "SignatureDoesNotMatch");
    let mut other = link.clone();
    other.target = other.target.replace("x-oss-expires=600", "x-oss-expires=6000");
    assert_refused(&send(other).await, 403, "SignatureDoesNotMatch");
    let too_long = request(Method::GET, "bkt", "ü k", "").presigned(&local, 604_801);
    assert_refused(&send(too_long).await, 400, "InvalidArgument");

    let wrong = request(Method::GET, "bkt", "ü k", "").signed_by(&local, sanyun_local::ACCESS_KEY, "wrong");
    let wrong = send(wrong).await;
    assert_refused(&wrong, 403, "SignatureDoesNotMatch");
    assert!(wrong.element("StringToSign").starts_with("OSS4-HMAC-SHA256\n20270115T080000Z\n20270115/cn-hangzhou/oss/"));
    assert!(wrong.element("CanonicalRequest").starts_with("GET\n/bkt/%C3%BC%20k\n"));
    assert!(wrong.element("StringToSignBytes").starts_with("4F 53 53 34 2D"));
    let nobody = request(Method::GET, "bkt", "ü k", "").signed_by(&local, "nobody", "wrong");
    assert_refused(&send(nobody).await, 403, "InvalidAccessKeyId");
    let no_bucket = request(Method::GET, "none", "k", "").signed_by(&local, "nobody", "wrong");
    assert_refused(&send(no_bucket).await, 404, "NoSuchBucket");
    let new_bucket = request(Method::PUT, "none", "", "").signed_by(&local, "nobody", "wrong");
    assert_refused(&send(new_bucket).await, 403, "InvalidAccessKeyId");

    let signed = request(Method::GET, "bkt", "ü k", "").signed(&local);
    clock.advance(Duration::from_secs(600));
    assert_eq!(send(link.clone()).await.status, 200);
    clock.advance(Duration::from_secs(1));
    let expired = send(link).await;
    assert_refused(&expired, 403, "AccessDenied");
    assert_eq!(
        (expired.element("Message").as_str(), expired.element("Expires").as_str()),
        ("Request has expired.", "2027-01-15T08:10:00Z")
    );
    clock.advance(Duration::from_secs(299));
    assert_eq!(send(signed.clone()).await.status, 200);
    clock.advance(Duration::from_secs(1));
    let late = send(signed).await;
    assert_refused(&late, 403, "RequestTimeTooSkewed");
    assert_eq!(late.element("ServerTime"), "2027-01-15T08:15:01Z");
}

#[tokio::test]
async fn objects_are_copied() {
    let local = with_bucket(|builder| builder).await;
    let made = request(Method::PUT, "bkt", "ü a", "").header("x-oss-meta-n", "1").header("content-type", "a/b");
    made.body("data").send(&local).await;
    let copy = |source: &'static str| request(Method::PUT, "bkt", "copy", "").header("x-oss-copy-source", source);
    let copied = copy("/bkt/%C3%BC%20a").send(&local).await;
    assert_eq!(
        (copied.status, copied.element("LastModified").as_str()),
        (200, "2027-01-15T08:00:00.000Z"),
        "{}",
        copied.text()
    );
    let got = request(Method::GET, "bkt", "copy", "").send(&local).await;
    assert_eq!((got.text().as_str(), got.header("x-oss-meta-n"), got.header("content-type")), ("data", "1", "a/b"));
    let replaced = copy("/bkt/%C3%BC%20a").header("x-oss-metadata-directive", "REPLACE").header("x-oss-meta-n", "2");
    assert_eq!(replaced.send(&local).await.status, 200);
    let got = request(Method::HEAD, "bkt", "copy", "").send(&local).await;
    assert_eq!((got.header("x-oss-meta-n"), got.header("content-type")), ("2", "application/octet-stream"));
    assert_refused(&copy("/bkt/none").send(&local).await, 404, "NoSuchKey");
    assert_refused(&copy("/none/k").send(&local).await, 404, "NoSuchBucket");
    let conditional = copy("/bkt/copy").header("x-oss-copy-source-if-match", "X");
    assert_refused(&conditional.send(&local).await, 412, "PreconditionFailed");
}

#[tokio::test]
async fn virtual_hosts_and_the_older_signature_are_understood() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "k", "x").await;
    let mut by_host = request(Method::GET, "bkt", "k", "").presigned(&local, 60);
    by_host.target = by_host.target.replace("/bkt/k?", "/k?");
    for (name, value) in &mut by_host.headers {
        if name == "host" {
            *value = "bkt.oss-cn-hangzhou.aliyuncs.com".to_owned();
        }
    }
    assert_eq!(by_host.send(local.addr()).await.unwrap().text(), "x");
    let client = sanyun_oss::Client::builder()
        .region("cn-hangzhou")
        .endpoint(local.url())
        .signature(sanyun_oss::SignatureVersion::V1)
        .clock(sanyun_core::ManualClock::at_unix(NOW as u64))
        .credentials(sanyun_core::Credential::session(
            sanyun_local::SESSION_ACCESS_KEY,
            sanyun_local::SESSION_SECRET_KEY,
            sanyun_local::SESSION_TOKEN,
        ))
        .build()
        .unwrap();
    let object = client.bucket("bkt").get("k").await.unwrap();
    assert_eq!(object.etag(), Some("\"9DD4E461268C8034F5C8564E155C67A6\""));
    let link = client.bucket("bkt").get("k").presign(Duration::from_secs(60)).await.unwrap();
    let target = link.url().strip_prefix(&local.url()).unwrap();
    assert_eq!(Request::new("GET", target).header("Host", "x").send(local.addr()).await.unwrap().text(), "x");
}

#[tokio::test]
async fn large_objects_pass_in_pieces() {
    let local = with_bucket(|builder| builder).await;
    let data: Vec<u8> = (0..5_000_003_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let stored = put(&local, "big", data.clone()).await;
    assert_eq!(stored.header("x-oss-hash-crc64ecma"), sanyun_oss::crc::checksum(&data).to_string());
    let got = request(Method::GET, "bkt", "big", "").send(&local).await;
    assert!(got.body == data, "{} bytes", got.body.len());
    let part = request(Method::GET, "bkt", "big", "").header("range", "bytes=262143-3000000").send(&local).await;
    assert!(part.body == data[262_143..=3_000_000], "{} bytes", part.body.len());
}

#[tokio::test]
async fn what_is_not_served_says_so() {
    let local = with_bucket(|builder| builder).await;
    put(&local, "k", "x").await;
    for (method, key, query) in [
        (Method::PUT, "", "qosInfo"),
        (Method::GET, "", "metaQuery"),
        (Method::GET, "k", "x-oss-process=image%2Finfo"),
        (Method::POST, "k", "x-oss-process"),
        (Method::PUT, "k", "partNumber=1"),
    ] {
        assert_refused(&request(method, "bkt", key, query).send(&local).await, 501, "NotImplemented");
    }
    assert_refused(&request(Method::POST, "bkt", "k", "").send(&local).await, 405, "MethodNotAllowed");
}
