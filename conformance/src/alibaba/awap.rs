//! `awap_build` and `awap_parse`: messages of a WebSocket.

use std::time::{Duration, SystemTime};

use sanyun_alibaba::websocket::{Frame, Message, Payload, SubProtocol};
use sanyun_core::encode;
use serde_json::{Map, Value, json};

use super::bytes;
use crate::support::{member, same, same_json, text};

pub(super) fn build(input: &Value, expected: &Value) -> Result<(), String> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(member(input, "now_ms").as_u64().unwrap_or_default());
    let frame = SubProtocol::Awap.build(&message(input)?, now).map_err(|error| error.to_string())?;
    match frame {
        Frame::Text(ours) => {
            let (head, payload) = split(&ours)?;
            let (expected_head, expected_payload) = split(text(expected, "text"))?;
            same("head", head, expected_head)?;
            same_json("payload", &json(payload)?, &json(expected_payload)?)
        }
        Frame::Binary(ours) => same("frame", &encode::base64(&ours), text(expected, "base64")),
    }
}

fn message(input: &Value) -> Result<Message, String> {
    let given = member(input, "message");
    let is_binary = member(input, "binary") == true;
    let payload = member(given, "payload");
    let payload = if is_binary { Payload::Bytes(bytes(payload)?.into()) } else { Payload::Json(payload.clone()) };
    let headers = member(given, "headers").as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    let (kind, id) = (text(given, "type").to_owned(), text(given, "id").to_owned());
    Ok(Message { kind, id, headers: headers.collect(), payload, is_binary })
}

fn split(frame: &str) -> Result<(&str, &str), String> {
    frame.split_once("\n\n").ok_or_else(|| format!("no empty line in {frame:?}"))
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

pub(super) fn parse(input: &Value, expected: &Value) -> Result<(), String> {
    let bytes = bytes(&json!({ "$base64": member(input, "base64") }))?;
    let frame = match member(input, "binary") == true {
        true => Frame::Binary(bytes.into()),
        false => Frame::Text(String::from_utf8(bytes).map_err(|error| error.to_string())?),
    };
    let message = SubProtocol::Awap.parse(frame).map_err(|error| error.to_string())?;
    let headers: Map<_, _> = message.headers.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    let format = if message.is_binary { "binary" } else { "text" };
    let payload = match message.payload {
        Payload::None => Value::Null,
        Payload::Json(value) => value,
        Payload::Text(text) => Value::String(text),
        Payload::Bytes(bytes) => json!({ "$base64": encode::base64(&bytes) }),
    };
    let ours =
        json!({"type": message.kind, "id": message.id, "headers": headers, "payload": payload, "format": format});
    same_json("message", &ours, expected)
}
