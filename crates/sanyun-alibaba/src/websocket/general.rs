//! The sub-protocol `general`: texts are JSON objects with one member `body`, bytes are plain.

use bytes::Bytes;
use serde_json::{Value, json};

use super::message::{Frame, Message, Payload};

pub(super) fn build(message: &Message) -> Frame {
    let body = match &message.payload {
        Payload::Bytes(bytes) => return Frame::Binary(bytes.clone()),
        Payload::None => Value::Null,
        Payload::Json(value) => value.clone(),
        Payload::Text(text) => Value::String(text.clone()),
    };
    Frame::Text(json!({ "body": body }).to_string())
}

/// What comes is not wrapped.
pub(super) fn parse(frame: Frame) -> Message {
    let (payload, is_binary) = match frame {
        Frame::Text(text) => (Payload::read(Bytes::from(text), false), false),
        Frame::Binary(bytes) => (Payload::Bytes(bytes), true),
    };
    Message { payload, is_binary, ..Message::default() }
}
