//! Bytes that go to a server and come from one.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::server::{Answer, Server};
use bytes::Bytes;
use sanyun_core::{Body, ByteStream};
use sanyun_oss::{ErrorKind, OssError as _, crc};

const TEXT: &[u8] = b"hello world";

fn crc_header(bytes: &[u8]) -> String {
    format!("x-oss-hash-crc64ecma: {}\r\nx-oss-request-id: R1\r\netag: \"e\"\r\n", crc::checksum(bytes))
}

/// Pieces as a stream, as a program would make one.
struct Pieces(Vec<&'static [u8]>);

impl futures_core::Stream for Pieces {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = if self.0.is_empty() { None } else { Some(Bytes::from_static(self.0.remove(0))) };
        Poll::Ready(next.map(Ok))
    }
}

fn pieces() -> ByteStream {
    Box::pin(Pieces(vec![b"hello ", b"", b"world"]))
}

#[tokio::test]
async fn hostile_keys_arrive_byte_for_byte() {
    let server = Server::new([Answer::new(200, "", "")]);
    let bucket = server.client().bucket("photos");
    for (key, path) in [
        ("a/../b", "a/../b"),
        ("..", ".."),
        (".", "."),
        ("a//b", "a//b"),
        ("/lead", "/lead"),
        ("a%2Fb", "a%252Fb"),
        ("ü +", "%C3%BC%20%2B"),
        ("tab\tline\n", "tab%09line%0A"),
        ("?#&=;", "%3F%23%26%3D%3B"),
    ] {
        bucket.put(key, TEXT).await.unwrap();
        let arrived = server.arrived().pop().unwrap();
        assert_eq!(arrived.line, format!("PUT /photos/{path} HTTP/1.1"));
        assert_eq!(arrived.body, TEXT);
    }
}

#[tokio::test]
async fn a_put_sends_what_was_set_and_compares_the_checksum() {
    let server = Server::new([Answer::new(200, &crc_header(TEXT), "")]);
    let stored = server
        .client()
        .bucket("photos")
        .put("a/b.jpg", TEXT)
        .meta("Owner", " 李 ")
        .storage_class("IA")
        .forbid_overwrite()
        .await
        .unwrap();
    assert_eq!((stored.etag(), stored.crc64(), stored.request_id()), (Some("\"e\""), Some(crc::checksum(TEXT)), "R1"));
    let arrived = server.arrived().pop().unwrap();
    assert_eq!(arrived.header("content-type"), "image/jpeg");
    assert_eq!(arrived.header("x-oss-meta-owner"), "李");
    assert_eq!((arrived.header("x-oss-storage-class"), arrived.header("x-oss-forbid-overwrite")), ("IA", "true"));
    assert_eq!(arrived.header("content-length"), "11");
    assert!(arrived.header("accept-encoding").is_empty() && arrived.header("user-agent").starts_with("sanyun/"));
}

#[tokio::test]
async fn bytes_that_were_changed_on_the_way_are_sent_again() {
    let server = Server::new([Answer::new(200, &crc_header(b"other"), ""), Answer::new(200, &crc_header(TEXT), "")]);
    let stored = server.client().bucket("photos").put("k", TEXT).await.unwrap();
    assert_eq!(stored.attempts(), 2);

    let server = Server::new([Answer::new(200, &crc_header(b"other"), "")]);
    let error = server.client().bucket("photos").put("k", TEXT).await.unwrap_err();
    let mismatch = error.crc_mismatch().unwrap();
    assert_eq!((mismatch.ours, mismatch.theirs), (crc::checksum(TEXT), crc::checksum(b"other")));
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn a_broken_upload_of_a_file_sends_the_same_bytes_again() {
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &content).unwrap();
    let server = Server::new([Answer::broken(1_000_000), Answer::new(200, &crc_header(&content), "")]);
    let body = Body::file(file.path()).unwrap();
    let stored = server.client().bucket("photos").put("big", body).await.unwrap();
    assert_eq!(stored.attempts(), 2);
    let arrived = server.arrived();
    assert_eq!(arrived[0].body, content[..1_000_000]);
    assert!(arrived[1].body == content, "the second attempt sends the whole file");
    assert_eq!(arrived[1].header("content-length"), "3000000");
}

#[tokio::test]
async fn a_part_of_a_file_is_checked_as_well() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"xxhello worldyy").unwrap();
    let part = || Body::file_range(file.path(), 2, 11).unwrap();
    let server = Server::new([Answer::new(200, &crc_header(TEXT), "")]);
    server.client().bucket("photos").put("k", part()).await.unwrap();
    assert_eq!(server.arrived()[0].body, TEXT);

    let server = Server::new([Answer::new(200, &crc_header(b"hello"), "")]);
    assert!(server.client().bucket("photos").put("k", part()).await.unwrap_err().crc_mismatch().is_some());
}

#[tokio::test]
async fn streams_of_unknown_length_go_out_in_chunks() {
    let server = Server::new([Answer::new(200, &crc_header(b"wrong"), ""), Answer::new(200, &crc_header(TEXT), "")]);
    let body = Body::factory(None, || Ok(pieces()));
    let stored = server.client().bucket("photos").put("k", body).await.unwrap();
    assert_eq!(stored.attempts(), 2);
    assert!(server.arrived().iter().all(|arrived| arrived.body == TEXT && arrived.header("content-length").is_empty()));
}

#[tokio::test]
async fn a_one_shot_stream_is_sent_once() {
    let failure = Answer::new(500, "", "<Error><Code>InternalError</Code></Error>");
    let server = Server::new([failure, Answer::new(200, "", "")]);
    let body = Body::once(pieces(), Some(11));
    let error = server.client().bucket("photos").put("k", body).await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("InternalError"), 1));
    assert_eq!(server.arrived()[0].body, TEXT);
}

#[tokio::test]
async fn a_whole_object_is_verified_at_its_end() {
    let server =
        Server::new([Answer::new(200, &crc_header(TEXT), TEXT), Answer::new(200, &crc_header(b"other"), TEXT)]);
    let bucket = server.client().bucket("photos");
    let mut object = bucket.get("k").await.unwrap();
    assert_eq!((object.content_length(), object.etag()), (Some(11), Some("\"e\"")));
    assert_eq!(object.bytes().await.unwrap(), TEXT);
    assert_eq!(object.bytes().await.unwrap(), "");

    let mut object = bucket.get("k").await.unwrap();
    assert_eq!(object.chunk().await.unwrap().as_deref(), Some(TEXT));
    assert!(object.chunk().await.unwrap_err().crc_mismatch().is_some());
    assert_eq!(object.chunk().await.unwrap(), None);

    let lenient = server.builder().skip_download_crc().build().unwrap().bucket("photos");
    assert_eq!(lenient.get("k").await.unwrap().bytes().await.unwrap(), TEXT);
}

#[tokio::test]
async fn a_part_of_an_object_has_no_checksum_to_compare() {
    let headers = crc_header(b"the whole object") + "content-range: bytes 0-10/16\r\n";
    let server = Server::new([Answer::new(206, &headers, TEXT)]);
    let bucket = server.client().bucket("photos");
    let mut object = bucket.get("k").range(0..11).await.unwrap();
    assert_eq!(object.content_range().and_then(|range| range.total), Some(16));
    assert_eq!(object.bytes().await.unwrap(), TEXT);
    let arrived = server.arrived().pop().unwrap();
    assert_eq!((arrived.header("range"), arrived.header("x-oss-range-behavior")), ("bytes=0-10", "standard"));
    assert_eq!(bucket.get("k").range(7..7).await.unwrap_err().kind(), ErrorKind::Input);
}

#[tokio::test]
async fn a_body_that_ends_too_early_is_an_error() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello";
    let server = Server::new([Answer::raw(cut)]);
    let mut object = server.client().bucket("photos").get("k").await.unwrap();
    let error = object.bytes().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode | ErrorKind::Io), "{error:?}");
}

#[tokio::test]
async fn garbage_is_an_error_and_not_a_panic() {
    for garbage in ["", "\0\0\0", "HTTP/9 what", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"] {
        let server = Server::new([Answer::raw(garbage)]);
        let call = server.client().bucket("photos").get("k").call().timeout(Duration::from_secs(20));
        assert!(call.await.is_err(), "{garbage:?}");
    }
}
