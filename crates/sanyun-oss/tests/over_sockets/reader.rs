//! Reading an object like a file over connections that break.

use std::future::poll_fn;
use std::pin::Pin;

use crate::server::{Answer, Server};
use bytes::Bytes;
use futures_core::Stream as _;
use sanyun_oss::{OssError as _, Reader, crc};

const TEXT: &[u8] = b"0123456789abcdef";

fn head() -> Answer {
    let crc = crc::checksum(TEXT);
    let headers =
        format!("content-length: 16\r\netag: \"e\"\r\nx-oss-hash-crc64ecma: {crc}\r\nconnection: close\r\n\r\n");
    Answer::raw(format!("HTTP/1.1 200 OK\r\n{headers}"))
}

/// The end of the text from `first`, cut short after some bytes.
fn from(first: usize, bytes: usize) -> Answer {
    let (left, part) = (&TEXT[first..], &TEXT[first..][..bytes]);
    let headers = format!("content-length: {}\r\ncontent-range: bytes {first}-15/16\r\netag: \"e\"", left.len());
    Answer::raw([format!("HTTP/1.1 206 X\r\n{headers}\r\n\r\n").as_bytes(), part].concat())
}

async fn read(reader: &mut Reader) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(piece) = poll_fn(|cx| Pin::new(&mut *reader).poll_next(cx)).await {
        let piece: Bytes = piece?;
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

#[tokio::test]
async fn reading_goes_on_where_a_connection_broke() {
    let server = Server::new([head(), from(0, 5), Answer::raw(""), from(5, 1), from(6, 10)]);
    let mut reader = server.client().bucket("photos").reader("k").version("v").open().await.unwrap();
    assert_eq!(read(&mut reader).await.unwrap(), TEXT);
    let arrived = server.arrived();
    assert!(arrived.iter().all(|arrived| arrived.line.contains(" /photos/k?versionId=v ")));
    let asked: Vec<_> = arrived.iter().map(|it| (it.header("range"), it.header("if-match"))).collect();
    let expected =
        [("", ""), ("bytes=0-", "\"e\""), ("bytes=5-", "\"e\""), ("bytes=5-", "\"e\""), ("bytes=6-", "\"e\"")];
    assert_eq!(asked, expected);
    assert!(arrived[1..].iter().all(|arrived| arrived.header("x-oss-range-behavior") == "standard"));
}

#[tokio::test]
async fn an_object_that_is_replaced_ends_the_reading() {
    let refused = Answer::new(412, "", "<Error><Code>PreconditionFailed</Code></Error>");
    let server = Server::new([head(), from(0, 5), refused]);
    let mut reader = server.client().bucket("photos").reader("k").open().await.unwrap();
    let error = read(&mut reader).await.unwrap_err().into_inner().unwrap();
    assert!(error.downcast_ref::<sanyun_oss::Error>().unwrap().is_source_changed(), "{error:?}");
    assert_eq!(reader.position(), 5);
}
