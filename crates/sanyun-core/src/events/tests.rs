#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io;

use super::*;
use crate::error::ErrorKind;

/// Pieces of a body, one after the other.
struct Pieces(std::vec::IntoIter<io::Result<Bytes>>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next())
    }
}

fn body(pieces: Vec<io::Result<&'static str>>, len: Option<u64>) -> StreamBody {
    let pieces: Vec<_> = pieces.into_iter().map(|piece| piece.map(Bytes::from)).collect();
    StreamBody::new(Box::pin(Pieces(pieces.into_iter())), len)
}

fn parsed<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Event> {
    let mut parser = EventParser::new();
    pieces.into_iter().for_each(|piece| parser.push(piece).unwrap());
    parser.finish().unwrap();
    std::iter::from_fn(|| parser.next_event()).collect()
}

fn data(text: &str) -> Vec<String> {
    parsed([text.as_bytes()]).iter().map(|event| event.data().to_owned()).collect()
}

/// However a body is cut, its events stay the same.
#[test]
fn pieces_may_end_anywhere() {
    let body =
        "\u{feff}: hi\r\ndata: 你好\rdata:  b\n\nevent: x\r\nid: 7\rretry: 30\ndata\r\n\r\ndata: 🌥\n\n".as_bytes();
    let whole = parsed([body]);
    assert_eq!(whole.len(), 3);
    assert_eq!(whole[0], Event::of("你好\n b"));
    let second = Event { data: Some(String::new()), event: Some("x".into()), id: Some("7".into()), retry: Some(30) };
    assert_eq!(whole[1], second);
    for at in 0..=body.len() {
        let (left, right) = body.split_at(at);
        assert_eq!(parsed([left, &[], right]), whole, "cut at {at}");
    }
    assert_eq!(parsed(body.chunks(1)), whole);
}

#[test]
fn a_byte_order_mark_counts_at_the_start_alone() {
    assert_eq!(data("\u{feff}data: a\n\n\u{feff}data: b\n\ndata: c\n\n"), ["a", "c"]);
}

#[test]
fn nothing_makes_no_event() {
    for text in
        ["", "\n\n\n", ": a\n\n: b\n\n", "retry: soon\n\n", "retry: +5\n\n", "retry:\n\n", "other: 1\n\nfoo\n\n"]
    {
        assert!(parsed([text.as_bytes()]).is_empty(), "{text:?}");
    }
    assert_eq!(data("data\n\ndata:\n\n"), ["", ""]);
}

#[test]
fn a_retry_that_is_no_number_is_left_out() {
    let events = parsed([&b"retry: 10\nretry: 1x\nretry: 99999999999999999999999\ndata: a\n\n"[..]]);
    assert_eq!(events, [Event { retry: Some(10), ..Event::of("a") }]);
}

#[test]
fn an_event_at_the_end_needs_no_empty_line() {
    for text in ["data: a", "data: a\n", "data: a\r", "data: a\r\n", "data: a\n\n"] {
        assert_eq!(data(text), ["a"], "{text:?}");
    }
}

#[test]
fn an_event_that_ends_with_cr_is_not_held_back() {
    let mut parser = EventParser::new();
    parser.push(b"data: a\r\n\r").unwrap();
    assert_eq!(parser.next_event(), Some(Event::of("a")));
    parser.push(b"\ndata: b\n\n").unwrap();
    assert_eq!(parser.next_event(), Some(Event::of("b")));
    assert_eq!(parser.next_event(), None);
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    assert_eq!(parsed([&b"data: a\xffb\n\n"[..]]), [Event::of("a\u{fffd}b")]);
}

#[test]
fn a_body_that_is_one_json_text_is_one_event() {
    assert_eq!(data("{\"a\":\n 1}\n"), ["{\"a\":\n 1}\n"]);
    assert!(data("<html>\n").is_empty());
    assert_eq!(data("{\"a\":1}\ndata: b\n\n"), ["b"]);
}

#[test]
fn memory_is_bounded() {
    for text in ["data: 0123456789", "data: 01\ndata: 23\ndata: 45\ndata: 67\n", "id: 0123456789\n", ": 0123456789\n"] {
        let mut parser = EventParser::new().max_event_bytes(9);
        parser.push(b"data: a\n\n").unwrap();
        let error = text.as_bytes().chunks(4).find_map(|piece| parser.push(piece).err());
        assert_eq!(error.unwrap().kind(), ErrorKind::Decode, "{text}");
        assert_eq!(parser.next_event(), Some(Event::of("a")));
    }
    let html = "<p>\n".repeat(10);
    assert!(EventParser::new().max_event_bytes(20).push(html.as_bytes()).is_err());
    let mut parser = EventParser::new().max_event_bytes(20);
    for _ in 0..1000 {
        parser.push(b": keep-alive\ndata: 0123456789\n\n").unwrap();
        assert!(parser.next_event().is_some());
    }
}

#[test]
fn data_can_be_read_as_what_it_is() {
    assert_eq!(Event::of("{\"a\":1}").json().unwrap()["a"], 1);
    assert_eq!(Event::of("[DONE]").json().unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(Event::of("\"b\"").decode::<String>().unwrap(), "b");
}

async fn items(mut stream: EventStream) -> Vec<Result<String, String>> {
    let mut items = Vec::new();
    while let Some(item) = stream.next().await {
        items.push(item.map(|event| event.data().to_owned()).map_err(|error| error.to_string()));
    }
    assert!(stream.next().await.is_none());
    items
}

#[tokio::test]
async fn a_stream_gives_events_as_they_come() {
    let stream = EventStream::new(body(vec![Ok("data: a\n\nda"), Ok(""), Ok("ta: b\n\ndata: c")], None));
    assert_eq!(format!("{stream:?}"), "EventStream(open)");
    assert!(!stream.is_answer());
    assert_eq!(items(stream).await, [Ok("a".into()), Ok("b".into()), Ok("c".into())]);
}

#[tokio::test]
async fn a_broken_connection_is_the_last_item_and_drops_what_is_unfinished() {
    let stream = EventStream::new(body(vec![Ok("data: a\n\ndata: b"), Err(io::Error::other("gone")), Ok("x")], None));
    let stream = stream.during("hunyuan ChatCompletions");
    let broken = "hunyuan ChatCompletions: reading the answer: gone";
    assert_eq!(items(stream).await, [Ok("a".into()), Err(broken.into())]);
    let short = EventStream::new(body(vec![Ok("data: a\n\ndata: b\n\n")], Some(100)));
    let cut = "the answer is shorter than it said";
    assert_eq!(items(short).await, [Ok("a".into()), Ok("b".into()), Err(cut.into())]);
}

#[tokio::test]
async fn an_event_that_is_too_long_ends_the_stream() {
    let stream = EventStream::new(body(vec![Ok("data: a\n\ndata: 0123456789"), Ok("\n\ndata: b\n\n")], None));
    let items = items(stream.max_event_bytes(10)).await;
    assert_eq!(items, [Ok("a".into()), Err("an event of the stream is longer than 10 bytes".into())]);
}

#[tokio::test]
async fn a_check_turns_an_event_into_an_error() {
    let stream = EventStream::new(body(vec![Ok("data: a\n\ndata: bad\n\ndata: b\n\n")], None));
    let check = |event: &Event| if event.data() == "bad" { Err(Error::decode("no")) } else { Ok(()) };
    assert_eq!(items(stream.checked(check).during("x Y")).await, [Ok("a".into()), Err("x Y: no".into())]);
}

#[tokio::test]
async fn a_whole_answer_is_one_event() {
    let stream = EventStream::of_answer("{}");
    assert!(stream.is_answer());
    assert_eq!(items(stream).await, [Ok("{}".into())]);
}
