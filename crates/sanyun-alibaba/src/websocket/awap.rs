//! The sub-protocol `awap`: lines `name:value`, an empty line, the payload.

use std::time::SystemTime;

use bytes::{BufMut as _, Bytes, BytesMut};
use sanyun_core::{Error, Result};

use super::message::{Frame, Message, Payload};

pub(super) fn build(message: &Message, now: SystemTime) -> Result<Frame> {
    let mut head = head(message, now)?;
    match &message.payload {
        Payload::Bytes(bytes) => {
            let mut frame = BytesMut::with_capacity(head.len() + bytes.len());
            frame.put_slice(head.as_bytes());
            frame.put_slice(bytes);
            return Ok(Frame::Binary(frame.freeze()));
        }
        Payload::None if message.is_binary => return Ok(Frame::Binary(head.into())),
        Payload::None => head.push_str("{}"),
        Payload::Json(value) if value.is_null() => head.push_str("{}"),
        Payload::Json(value) => head.push_str(&value.to_string()),
        Payload::Text(text) => head.push_str(text),
    }
    Ok(if message.is_binary { Frame::Binary(head.into()) } else { Frame::Text(head) })
}

fn head(message: &Message, now: SystemTime) -> Result<String> {
    let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut head = String::with_capacity(128);
    push_line(&mut head, "type", &message.kind)?;
    push_line(&mut head, "timestamp", &since_1970.as_millis().to_string())?;
    if !message.id.is_empty() {
        push_line(&mut head, "id", &message.id)?;
    }
    if message.wants_answer() && !message.is_binary {
        push_line(&mut head, "ack", "required")?;
    }
    for (name, value) in &message.headers {
        push_line(&mut head, name, value)?;
    }
    head.push('\n');
    Ok(head)
}

/// Appends a line, unless it would become another one, or several.
fn push_line(head: &mut String, name: &str, value: &str) -> Result<()> {
    if name.is_empty() || name.contains([':', '\n', '\r']) || value.contains(['\n', '\r']) {
        return Err(Error::input(format!("header `{name}` of the message: a line break, or a colon in its name")));
    }
    for part in [name, ":", value, "\n"] {
        head.push_str(part);
    }
    Ok(())
}

pub(super) fn parse(frame: Frame) -> Result<Message> {
    let (bytes, is_binary) = match frame {
        Frame::Text(text) => (Bytes::from(text), false),
        Frame::Binary(bytes) => (bytes, true),
    };
    let unreadable = |what: &str| Error::decode(format!("the message {what}"));
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or_else(|| unreadable("has no empty line"))?;
    let head = bytes.slice(..end);
    let head = std::str::from_utf8(&head).map_err(|_| unreadable("has a head that is not UTF-8"))?;
    let payload = Payload::read(bytes.slice(end + 2..), is_binary);
    let mut message = Message { payload, is_binary, ..Message::default() };
    for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
        match (name.trim(), value.trim()) {
            ("", _) => {}
            ("type", kind) => kind.clone_into(&mut message.kind),
            ("id", id) => id.clone_into(&mut message.id),
            (name, value) => message.headers.push((name.to_owned(), value.to_owned())),
        }
    }
    Ok(message)
}
