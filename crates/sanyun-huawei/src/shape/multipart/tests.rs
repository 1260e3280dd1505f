use std::io;

use bytes::Bytes;
use sanyun_core::{OpenBody, StreamBody};
use serde_json::json;

use super::*;

/// The length of the longest piece that a body is sent in.
async fn longest_piece(body: &Body) -> usize {
    let OpenBody::Stream(stream, len) = body.open().unwrap() else { panic!("it lies in memory") };
    let (mut stream, mut longest) = (StreamBody::new(stream, len), 0);
    while let Some(piece) = stream.chunk().await {
        longest = longest.max(piece.unwrap().len());
    }
    longest
}

fn text(parts: &[Part]) -> String {
    String::from_utf8(encode(parts, "b").as_bytes().unwrap().to_vec()).unwrap()
}

#[test]
fn files_follow_the_members() {
    let parts = [
        Part::file("f", "photos/a\\demo.jpg", "bytes").content_type("image/jpeg"),
        Part::text("flag", true),
        Part::file("f", "second", Vec::from(*b"more")),
        Part::text("nested", json!({"a": true})),
    ];
    assert_eq!(
        text(&parts),
        "--b\r\nContent-Disposition: form-data; name=\"flag\"\r\n\r\ntrue\r\n\
         --b\r\nContent-Disposition: form-data; name=\"nested\"\r\n\r\n{\"a\":true}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"demo.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\nbytes\r\n\
         --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"second\"\r\n\r\nmore\r\n--b--\r\n"
    );
}

#[test]
fn no_members_are_an_empty_body_with_an_end() {
    assert_eq!(text(&[]), "--b--\r\n");
}

#[test]
fn a_given_boundary_is_found() {
    assert_eq!(boundary("multipart/form-data; charset=x; Boundary=\"ab c\""), Some("ab c"));
    for none in ["", "multipart/form-data", "multipart/form-data; boundary=", "a; b"] {
        assert_eq!(boundary(none), None, "{none}");
    }
}

#[test]
fn names_cannot_break_out() {
    let part = Part::file("a\"\r\nX: y", "f\"\n", "").content_type("t\r\nX: y");
    let head = text(&[part]);
    assert!(head.starts_with("--b\r\nContent-Disposition: form-data; name=\"a%22%0D%0AX: y\"; filename=\"f%22%0A\"\r\nContent-Type: t  X: y\r\n\r\n"));
}

#[tokio::test]
async fn files_are_streamed_in_pieces_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    let content: Vec<u8> = (0..5_000_000_u32).map(|at| (at % 251) as u8).collect();
    std::fs::write(&path, &content).unwrap();
    let parts = [Part::text("n", 1), Part::file("f", "large", Body::file(&path).unwrap())];
    let body = encode(&parts, "b");
    assert!(body.is_replayable() && body.as_bytes().is_none());
    let in_memory = [Part::text("n", 1), Part::file("f", "large", content)];
    for body in [&body, &body, &encode(&in_memory, "b")] {
        let bytes = body.collect().await.unwrap();
        assert_eq!(body.len(), Some(bytes.len() as u64));
        assert_eq!(
            bytes,
            pieces(&in_memory, "b").iter().flat_map(|piece| piece.as_bytes().unwrap()).copied().collect::<Vec<_>>()
        );
    }
    let longest = longest_piece(&body).await;
    assert!(longest <= 256 * 1024, "{longest}");
}

#[tokio::test]
async fn a_part_that_is_read_once_makes_a_body_that_is_sent_once() {
    let part = Part::file("f", "f", Body::once(StreamBody::from(Bytes::from("once")).into_stream(), None));
    let body = encode(&[part, Part::text("n", 1)], "b");
    assert_eq!((body.len(), body.is_replayable()), (None, false));
    let bytes = body.collect().await.unwrap();
    assert!(String::from_utf8(bytes.into()).unwrap().ends_with("\r\n\r\nonce\r\n--b--\r\n"));
    assert!(body.collect().await.is_err());
}

#[tokio::test]
async fn a_part_that_cannot_be_opened_is_an_error() {
    let part = Part::file("f", "f", Body::factory(Some(9), || Err(io::ErrorKind::NotFound.into())));
    let body = encode(&[part], "b");
    assert_eq!(body.len(), Some(63 + 9 + 9));
    assert_eq!(body.collect().await.unwrap_err().kind(), io::ErrorKind::NotFound);
}
