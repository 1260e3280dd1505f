//! Objects as files, queries, forms and links, against the local cloud: what is said to it and what it does fit together.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::SeekFrom;
use std::time::Duration;

use bytes::Bytes;
use sanyun_core::Chance as _;
use sanyun_local::{ACCESS_KEY, Fault, FaultRule, Local, SECRET_KEY};
use sanyun_oss::ops::{
    CSVInput, CompleteMultipartUpload, CompletedMultipartUpload, InitiateMultipartUpload, JSONInput, UploadPart,
    UploadedPart,
};
use sanyun_oss::{
    Backoff, Bucket, Client, Credential, OssError as _, Prefetch, Presigned, Reader, Retry, SignatureVersion, crc,
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn cloud() -> (tempfile::TempDir, Local) {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::builder().data_dir(folder.path()).start().await.unwrap();
    (folder, local)
}

fn builder(local: &Local) -> sanyun_oss::Builder {
    Client::builder()
        .region("cn-hangzhou")
        .endpoint(local.url())
        .credentials(Credential::keys(ACCESS_KEY, SECRET_KEY))
        .retry(Retry::standard().backoff(Backoff::NONE))
}

async fn bucket(local: &Local) -> Bucket {
    let bucket = builder(local).build().unwrap().bucket("photos");
    bucket.create().await.unwrap();
    bucket
}

/// Bytes that do not repeat.
fn content(bytes: usize) -> Bytes {
    let chance = sanyun_core::SeededChance::new(3);
    let words = std::iter::repeat_with(|| chance.next_u64().to_le_bytes());
    let mut all: Vec<u8> = words.take(bytes / 8 + 1).flatten().collect();
    all.truncate(bytes);
    all.into()
}

async fn rest(reader: &mut Reader) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    reader.read_to_end(&mut all).await.map(|_| all)
}

#[tokio::test]
async fn an_object_is_read_like_a_file() {
    let (_folder, local) = cloud().await;
    let bucket = bucket(&local).await;
    let text = content(3_000_001);
    bucket.put("a/../b", text.clone()).await.unwrap();
    let mut file = bucket.reader("a/../b").open().await.unwrap();
    assert_eq!(file.size(), 3_000_001);
    assert!(rest(&mut file).await.unwrap() == text);
    file.seek(SeekFrom::End(-7)).await.unwrap();
    assert_eq!(rest(&mut file).await.unwrap(), text[2_999_994..]);
    assert!(file.seek(SeekFrom::Start(3_000_002)).await.is_err());
    // What comes before the break is wrong: the checksum of the whole tells.
    file.seek(SeekFrom::Start(0)).await.unwrap();
    local.inject(Fault::Truncate);
    let error = rest(&mut file).await.unwrap_err().into_inner().unwrap();
    assert!(error.downcast_ref::<sanyun_oss::Error>().unwrap().crc_mismatch().is_some(), "{error:?}");
    // No answer, twice.
    file.seek(SeekFrom::Start(0)).await.unwrap();
    local.inject(FaultRule::new(Fault::LoseAnswer).times(2));
    assert!(rest(&mut file).await.unwrap() == text);
    // Two parts at once, one of which gets no answer.
    let ahead = Prefetch { workers: 2, chunk_bytes: 300_000, after_bytes: 500_000 };
    let mut file = bucket.reader("a/../b").open().await.unwrap().with_prefetch(ahead);
    let mut start = vec![0; 600_000];
    file.read_exact(&mut start).await.unwrap();
    local.inject(Fault::LoseAnswer);
    let end = rest(&mut file).await.unwrap();
    assert!(file.is_prefetching() && [start, end].concat() == text);
    local.shutdown().await;
}

#[tokio::test]
async fn an_object_that_is_replaced_is_not_read_on() {
    let (_folder, local) = cloud().await;
    let bucket = bucket(&local).await;
    bucket.put("k", content(100_000)).await.unwrap();
    let mut file = bucket.reader("k").open().await.unwrap();
    let mut start = [0; 100];
    file.read_exact(&mut start).await.unwrap();
    bucket.put("k", content(100_001)).await.unwrap();
    file.seek(SeekFrom::Start(90_000)).await.unwrap();
    let error = rest(&mut file).await.unwrap_err().into_inner().unwrap();
    assert!(error.downcast_ref::<sanyun_oss::Error>().unwrap().is_source_changed(), "{error:?}");
    local.shutdown().await;
}

#[tokio::test]
async fn a_log_grows_over_lost_answers() {
    let (_folder, local) = cloud().await;
    let bucket = bucket(&local).await;
    let open = || bucket.appender("app.log").content_type("text/plain").meta("owner", "li").open();
    let mut log = open().await.unwrap().with_buffer(1000);
    let mut expected = Vec::new();
    for n in 0..300 {
        let line = format!("line {n}\n");
        expected.extend_from_slice(line.as_bytes());
        log.write_all(line.as_bytes()).await.unwrap();
        // It is done, and nobody hears of it; and another time it is not done.
        match n % 60 {
            0 => local.inject(FaultRule::new(Fault::LoseAnswer).times(1 + n / 60 % 2)),
            30 => local.inject(Fault::BreakRequest { after_bytes: 5 }),
            _ => continue,
        }
        log.flush().await.unwrap();
    }
    log.shutdown().await.unwrap();
    assert_eq!(log.position(), Some(expected.len() as u64));
    assert_eq!(log.crc64(), Some(crc::checksum(&expected)));
    let mut again = open().await.unwrap();
    again.append("the end").await.unwrap();
    let mut object = bucket.get("app.log").await.unwrap();
    assert_eq!((object.content_type(), object.meta("owner")), (Some("text/plain"), Some("li")));
    assert_eq!(object.bytes().await.unwrap(), [&expected[..], b"the end"].concat());
    // Two writers: the second one notices.
    let (mut one, mut other) = (open().await.unwrap(), open().await.unwrap());
    one.append("one").await.unwrap();
    assert_eq!(other.append("two").await.unwrap_err().code(), Some("PositionNotEqualToLength"));
    bucket.seal("app.log", one.position().unwrap()).await.unwrap();
    assert!(one.append("more").await.is_err(), "it does not grow any more");
    bucket.put("plain", "v").await.unwrap();
    assert!(bucket.appender("plain").open().await.is_err());
    let mut empty = bucket.appender("empty").open().await.unwrap();
    empty.flush().await.unwrap();
    assert_eq!(bucket.head("empty").await.unwrap().object_type(), Some("Appendable"));
    local.shutdown().await;
}

#[tokio::test]
async fn queries_find_rows() {
    let (_folder, local) = cloud().await;
    let bucket = bucket(&local).await;
    bucket.put("people.csv", "Name,Age\nli,41\nwu,39\nma,77\n").await.unwrap();
    let format = || CSVInput::new().file_header_info("Use");
    let query = || bucket.select("people.csv", "select Name from ossobject").csv(format());
    let mut rows = query().payload_crc().await.unwrap();
    assert_eq!(rows.bytes().await.unwrap(), "li\nwu\nma\n");
    assert_eq!(rows.end().unwrap().status, 200);
    assert_eq!(query().raw_output().await.unwrap().bytes().await.unwrap(), "li\nwu\nma\n");
    let broken = async { bucket.select("people.csv", "selekt everything").await?.bytes().await };
    assert!(broken.await.is_err());
    let meta = bucket.select_meta("people.csv").csv(CSVInput::new()).await.unwrap();
    assert_eq!((meta.rows, meta.columns), (4, 2));
    bucket.put("people.json", "{\"name\":\"li\",\"age\":41}\n{\"name\":\"wu\",\"age\":39}\n").await.unwrap();
    let lines = || JSONInput::new().r#type("LINES");
    let meta = bucket.select_meta("people.json").json(lines()).await.unwrap();
    assert_eq!((meta.rows, meta.columns), (2, 0));
    let mut rows = bucket.select("people.json", "select name from ossobject limit 1").json(lines()).await;
    let found = rows.as_mut().unwrap().bytes().await.unwrap();
    assert!(found.starts_with(b"{\"name\":\"li\"}"), "{found:?}");
    local.shutdown().await;
}

/// One exchange without any SDK: status and body.
async fn plain(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let fields: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let head = format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    let head = format!("{head}content-length: {length}\r\n{fields}\r\n");
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    let reply = String::from_utf8_lossy(&reply).into_owned();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

async fn use_link(link: &Presigned, body: &[u8]) -> (u16, String) {
    let headers: Vec<_> = link.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    plain(link.method().as_str(), link.url(), &headers, body).await
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn links_work_without_keys() {
    let (_folder, local) = cloud().await;
    bucket(&local).await;
    for version in [SignatureVersion::V4, SignatureVersion::V1] {
        let mut builder = builder(&local).signature(version);
        if version == SignatureVersion::V4 {
            builder = builder.additional_headers(["x-mine"]);
        }
        let client = builder.build().unwrap();
        let bucket = client.bucket("photos");
        let put = bucket.put("a b/ü", "").content_type("text/plain").meta("owner", "li").header("x-mine", "1");
        let put = put.presign(HOUR).await.unwrap();
        assert_eq!(use_link(&put, b"hello").await.0, 200);
        assert_eq!(plain("PUT", put.url(), &[], b"hello").await.0, 403, "headers that are signed have to be sent");
        let get = bucket.get("a b/ü").presign(HOUR).await.unwrap();
        assert_eq!(plain("GET", get.url(), &[], b"").await, (200, "hello".to_owned()));
        assert_eq!(plain("GET", get.url(), &[("range", "bytes=1-2")], b"").await, (206, "el".to_owned()));
        // An upload in parts, each step by its own link.
        let begin = client.call(InitiateMultipartUpload::new("photos", "big")).presign(HOUR).await.unwrap();
        let (status, reply) = use_link(&begin, b"").await;
        let id = reply.split_once("<UploadId>").unwrap().1.split_once("</UploadId>").unwrap().0;
        assert_eq!(status, 200);
        let part = client.call(UploadPart::new("photos", "big", "1", id)).presign(HOUR).await.unwrap();
        assert_eq!(use_link(&part, b"part").await.0, 200);
        let etag = "8D7B3FC4B9E1B5D4D3D6F0E3F0A9D1A5";
        let done = CompletedMultipartUpload::new().parts([UploadedPart::new().part_number(1).etag(etag)]);
        let done = CompleteMultipartUpload::new("photos", "big", id).complete_multipart_upload(done);
        let done = client.call(done).presign(HOUR).await.unwrap();
        let md5 = sanyun_core::encode::hex(&sanyun_core::hash::md5(b"part")).to_ascii_uppercase();
        let body = format!(
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"{md5}\"</ETag></Part>\
                            </CompleteMultipartUpload>"
        );
        let (status, reply) = use_link(&done, body.as_bytes()).await;
        assert_eq!(status, 200, "{reply}");
        assert_eq!(bucket.get("big").await.unwrap().bytes().await.unwrap(), "part");
    }
    local.shutdown().await;
}

/// A form as a browser sends it.
fn form_body(fields: &[(String, String)], file: &str) -> String {
    let parts = fields.iter().map(|(name, value)| {
        format!("--BOUNDARY\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let disposition = "form-data; name=\"file\"; filename=\"cat.txt\"";
    let last = format!("--BOUNDARY\r\nContent-Disposition: {disposition}\r\n\r\n{file}\r\n--BOUNDARY--\r\n");
    parts.collect::<String>() + &last
}

#[tokio::test]
async fn forms_store_objects() {
    let (_folder, local) = cloud().await;
    bucket(&local).await;
    for version in [SignatureVersion::V4, SignatureVersion::V1] {
        let client = builder(&local).signature(version).build().unwrap();
        let policy = client.bucket("photos").post_policy("in/${filename}").content_length(1..=10);
        let form =
            policy.field("x-oss-meta-owner", "li").field("success_action_status", "201").sign(HOUR).await.unwrap();
        let headers = [("content-type", "multipart/form-data; boundary=BOUNDARY")];
        let send = async |fields: &[(String, String)], file: &str| {
            plain("POST", form.url(), &headers, form_body(fields, file).as_bytes()).await
        };
        let (status, reply) = send(form.fields(), "0123456789").await;
        assert_eq!(status, 201, "{reply}");
        let object = client.bucket("photos").head("in/cat.txt").await.unwrap();
        assert_eq!((object.meta("owner"), object.content_length()), (Some("li"), Some(10)));
        assert!(send(form.fields(), "0123456789a").await.0 >= 400, "too long");
        let mut other = form.fields().to_vec();
        other.iter_mut().for_each(|(name, value)| {
            if name == "key" {
                "elsewhere".clone_into(value);
            }
        });
        assert_eq!(send(&other, "v").await.0, 403);
    }
    local.shutdown().await;
}

#[tokio::test]
async fn copies_tags_links_and_versions() {
    let (_folder, local) = cloud().await;
    let bucket = bucket(&local).await;
    bucket.put("a", "text").meta("owner", "li").tags([("k", "v w")]).await.unwrap();
    let copied = bucket.copy("a", "b ü").await.unwrap();
    assert_eq!(copied.crc64(), Some(crc::checksum(b"text")));
    assert_eq!(bucket.head("b ü").await.unwrap().meta("owner"), Some("li"));
    let replaced = bucket.copy("b ü", "c").replace_meta().meta("owner", "wu").if_source_match(copied.etag().unwrap());
    replaced.await.unwrap();
    assert_eq!(bucket.head("c").await.unwrap().meta("owner"), Some("wu"));
    assert!(bucket.copy("a", "d").if_source_match("\"no\"").await.unwrap_err().is_precondition_failed());

    assert_eq!(bucket.tags("a").await.unwrap().get("k"), Some("v w"));
    bucket.set_tags("a", [("x", "1"), ("y", "<2>")]).await.unwrap();
    assert_eq!(bucket.tags("a").await.unwrap().iter().collect::<Vec<_>>(), [("x", "1"), ("y", "<2>")]);
    bucket.delete_tags("a").await.unwrap();
    assert!(bucket.tags("a").await.unwrap().is_empty());

    bucket.put_symlink("link", "b ü").await.unwrap();
    assert_eq!(bucket.symlink("link").await.unwrap().target(), "b ü");
    let mut linked = bucket.reader("link").open().await.unwrap();
    assert_eq!(rest(&mut linked).await.unwrap(), b"text");

    bucket.set_acl("public-read").await.unwrap();
    assert_eq!(bucket.acl().await.unwrap().acl.as_deref(), Some("public-read"));
    bucket.set_object_acl("a", "private").await.unwrap();
    assert_eq!(bucket.object_acl("a").await.unwrap().acl.as_deref(), Some("private"));

    bucket.set_versioning("Enabled").await.unwrap();
    assert_eq!(bucket.versioning().await.unwrap().version_status.as_deref(), Some("Enabled"));
    bucket.put("v", "1").await.unwrap();
    bucket.put("v", "2").await.unwrap();
    bucket.delete("v").await.unwrap();
    let page = bucket.versions("v").next().await.unwrap().unwrap();
    assert_eq!((page.version.len(), page.delete_marker.len()), (2, 1));
    let first = page.version.iter().find(|version| version.is_latest == Some(false)).unwrap();
    let mut old = bucket.reader("v").version(first.version_id.clone().unwrap()).open().await.unwrap();
    assert_eq!(rest(&mut old).await.unwrap().len(), 1);
    let all = page.version.iter().map(|it| ("v", it.version_id.clone().unwrap()));
    let summary = bucket.delete_many(all).await.unwrap();
    assert!(summary.is_complete() && summary.deleted.len() == 2, "{summary:?}");
    let hostile = ["a&b<c>\"d\"", "tab\there", "line\nbreak", "ü/../x"];
    for key in hostile {
        bucket.put(key, "v").await.unwrap();
    }
    let summary = bucket.delete_many(hostile).await.unwrap();
    assert!(summary.is_complete(), "{summary:?}");
    for key in hostile {
        assert!(!*bucket.contains(key).await.unwrap(), "{key}");
    }
    local.shutdown().await;
}
