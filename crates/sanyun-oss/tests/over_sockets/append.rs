//! Appending: answers that are lost, checksums that differ, somebody else who writes.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::server::{Answer, Server};
use bytes::Bytes;
use sanyun_oss::{Appender, Body, ErrorKind, OssError as _, crc};
use tokio::io::AsyncWrite as _;

fn appended(text: &str) -> Answer {
    let (len, crc) = (text.len(), crc::checksum(text.as_bytes()));
    Answer::new(200, &format!("x-oss-next-append-position: {len}\r\nx-oss-hash-crc64ecma: {crc}\r\n"), "")
}

/// An answer to HEAD.
fn head(text: &str) -> Answer {
    let (len, crc) = (text.len(), crc::checksum(text.as_bytes()));
    let headers = format!("content-length: {len}\r\nx-oss-hash-crc64ecma: {crc}\r\nx-oss-object-type: Appendable\r\n");
    Answer::raw(format!("HTTP/1.1 200 OK\r\n{headers}connection: close\r\n\r\n"))
}

fn none() -> Answer {
    Answer::raw("HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n")
}

fn refused(code: &str) -> Answer {
    Answer::new(409, "", format!("<Error><Code>{code}</Code><Message>m</Message></Error>"))
}

async fn open(server: &Server) -> Appender {
    server.client().bucket("logs").appender("k").content_type("text/plain").meta("owner", "li").open().await.unwrap()
}

#[tokio::test]
async fn the_first_write_makes_the_object_and_the_others_go_on() {
    let server = Server::new([none(), appended("one "), appended("one two")]);
    let mut log = open(&server).await;
    log.append("one ").await.unwrap();
    log.append("two").await.unwrap();
    assert_eq!((log.position(), log.crc64()), (Some(7), Some(crc::checksum(b"one two"))));
    let arrived = server.arrived();
    let lines: Vec<_> = arrived.iter().map(|arrived| arrived.line.as_str()).collect();
    let expected = [
        "HEAD /logs/k HTTP/1.1",
        "POST /logs/k?append=&position=0 HTTP/1.1",
        "POST /logs/k?append=&position=4 HTTP/1.1",
    ];
    assert_eq!(lines, expected);
    let owners: Vec<_> = arrived.iter().map(|arrived| arrived.header("x-oss-meta-owner")).collect();
    assert_eq!(owners, ["", "li", ""]);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_out() {
    // The connection breaks after the body, the second attempt is refused: the first one did it.
    let server = Server::new([
        head("one "),
        Answer::broken(3),
        refused("PositionNotEqualToLength"),
        head("one two"),
        appended("one two three"),
    ]);
    let mut log = open(&server).await;
    log.append("two").await.unwrap();
    log.append(" three").await.unwrap();
    assert_eq!(log.position(), Some(13));
    // Bytes of a stream have no checksum here: their length tells.
    let server = Server::new([head("one "), Answer::broken(3), head("one two")]);
    let mut log = open(&server).await;
    let body = Body::once(Box::pin(Once(Some(Bytes::from("two")))), Some(3));
    log.append(body).await.unwrap();
    assert_eq!(log.position(), Some(7));
}

struct Once(Option<Bytes>);

impl futures_core::Stream for Once {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

#[tokio::test]
async fn what_was_not_written_can_be_written_again() {
    let unavailable = || Answer::new(503, "", "<Error><Code>ServiceUnavailable</Code></Error>");
    let server =
        Server::new([head("one "), unavailable(), unavailable(), unavailable(), head("one "), appended("one two")]);
    let mut log = open(&server).await;
    assert_eq!(log.append("two").await.unwrap_err().code(), Some("ServiceUnavailable"));
    assert_eq!(log.position(), Some(4));
    log.append("two").await.unwrap();
    assert_eq!(log.position(), Some(7));
}

#[tokio::test]
async fn what_was_gathered_and_not_written_is_kept() {
    let unavailable = || Answer::new(503, "", "<Error><Code>ServiceUnavailable</Code></Error>");
    let answers = [none(), unavailable(), unavailable(), unavailable(), none(), appended("one two")];
    let server = Server::new(answers);
    let mut log = open(&server).await;
    poll_fn(|cx| Pin::new(&mut log).poll_write(cx, b"one ")).await.unwrap();
    assert!(log.flush().await.is_err());
    poll_fn(|cx| Pin::new(&mut log).poll_write(cx, b"two")).await.unwrap();
    log.flush().await.unwrap();
    assert_eq!((server.arrived()[5].body.as_slice(), log.position()), (&b"one two"[..], Some(7)));
}

#[tokio::test]
async fn an_append_of_somebody_else_is_noticed() {
    // As long as ours would be, but other bytes.
    let server = Server::new([head("one "), refused("PositionNotEqualToLength"), head("one TWO")]);
    let mut log = open(&server).await;
    assert_eq!(log.append("two").await.unwrap_err().code(), Some("PositionNotEqualToLength"));
    assert_eq!(log.position(), None);
    let error = log.append("three").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(server.arrived().len(), 3);
}

#[tokio::test]
async fn a_wrong_checksum_is_final() {
    let server = Server::new([head("one "), appended("one TWO"), head("one TWO")]);
    let mut log = open(&server).await;
    let error = log.append("two").await.unwrap_err();
    assert!(error.crc_mismatch().is_some() && !error.is_retryable() && error.attempts() == 1, "{error:?}");
    assert_eq!((server.arrived().len(), log.position()), (2, None));

    let server = Server::new([appended("one TWO")]);
    let bucket = server.client().bucket("logs");
    let call = || bucket.append("k", 4, "two");
    assert_eq!(call().await.unwrap().next_position(), Some(7));
    let error = call().previous_crc(crc::checksum(b"one ")).await.unwrap_err();
    assert_eq!(error.crc_mismatch().unwrap().ours, crc::checksum(b"one two"));
    assert!(bucket.append("k", 0, "two").await.unwrap_err().crc_mismatch().is_some());
    let lenient = server.builder().skip_upload_crc().build().unwrap();
    assert!(lenient.bucket("logs").append("k", 0, "two").await.is_ok());
}

#[tokio::test]
async fn only_objects_that_appending_made_can_grow() {
    let normal = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nx-oss-object-type: Normal\r\nconnection: close\r\n\r\n";
    let server = Server::new([Answer::raw(normal), refused("AccessDenied")]);
    let bucket = server.client().bucket("logs");
    let error = bucket.appender("k").open().await.unwrap_err();
    assert!(error.message().contains("Normal"), "{error:?}");
}

#[tokio::test]
async fn small_writes_are_gathered() {
    let server = Server::new([none(), appended("0123456789"), appended("0123456789ab")]);
    let mut log = open(&server).await.with_buffer(10);
    let mut left: &[u8] = b"0123456789ab";
    while !left.is_empty() {
        let piece = &left[..left.len().min(4)];
        let written = poll_fn(|cx| Pin::new(&mut log).poll_write(cx, piece)).await.unwrap();
        left = &left[written..];
    }
    poll_fn(|cx| Pin::new(&mut log).poll_shutdown(cx)).await.unwrap();
    assert!(poll_fn(|cx| Pin::new(&mut log).poll_write(cx, b"x")).await.is_err());
    let bodies: Vec<_> = server.arrived().into_iter().map(|arrived| arrived.body).collect();
    assert_eq!(bodies, [&b""[..], b"0123456789", b"ab"]);
}

#[tokio::test]
async fn flushing_nothing_makes_an_empty_object() {
    let server = Server::new([none(), appended("")]);
    let mut log = open(&server).await;
    log.flush().await.unwrap();
    log.flush().await.unwrap();
    assert_eq!((server.arrived().len(), log.position()), (2, Some(0)));

    let server = Server::new([head("one "), none()]);
    open(&server).await.flush().await.unwrap();
    assert_eq!(server.arrived().len(), 1);
}

#[tokio::test]
async fn a_dropped_append_goes_on_with_the_next_one() {
    let server = Server::new([head("one "), appended("one two"), appended("one two three")]);
    let mut log = open(&server).await;
    let mut first = Box::pin(log.append("two"));
    assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(first);
    log.append(" three").await.unwrap();
    assert_eq!(log.position(), Some(13));
}
