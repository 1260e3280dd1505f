//! What is said, apart from how it is written.

use bytes::Bytes;
use serde_json::Value;

/// The type of a message that wants an answer.
const ACK_REQUIRED: &str = "AckRequiredTextEvent";

/// A message. Type, id and headers are those of the sub-protocol `awap`; `general` has a payload alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// The type, such as `UpstreamTextEvent`.
    pub kind: String,
    /// The id; a message that is sent without one gets a random one.
    pub id: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub payload: Payload,
    /// Whether it travels in a binary frame.
    pub is_binary: bool,
}

/// The content of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Payload {
    /// Nothing.
    #[default]
    None,
    /// JSON.
    Json(Value),
    /// Text that is no JSON.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
}

/// A message as it travels.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Frame {
    /// In a text frame.
    Text(String),
    /// In a binary frame.
    Binary(Bytes),
}

impl Message {
    /// A JSON value of the type `UpstreamTextEvent`.
    pub fn text(payload: impl Into<Value>) -> Self {
        Self { kind: "UpstreamTextEvent".to_owned(), payload: Payload::Json(payload.into()), ..Self::default() }
    }

    /// A JSON value of the type `AckRequiredTextEvent`, which the server answers.
    pub fn ack_required(payload: impl Into<Value>) -> Self {
        Self::text(payload).kind(ACK_REQUIRED)
    }

    /// Bytes of the type `UpstreamBinaryEvent`.
    pub fn binary(payload: impl Into<Bytes>) -> Self {
        let payload = Payload::Bytes(payload.into());
        Self { kind: "UpstreamBinaryEvent".to_owned(), payload, is_binary: true, ..Self::default() }
    }

    /// The same with another type.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = kind.into();
        self
    }

    /// The same with this id.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A header's value; the last one, if there are several of this name.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        self.headers.iter().rev().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// The JSON value; `None` if it is something else.
    pub fn json(&self) -> Option<&Value> {
        if let Payload::Json(value) = &self.payload { Some(value) } else { None }
    }

    pub(super) fn wants_answer(&self) -> bool {
        self.kind == ACK_REQUIRED
    }
}

/// A request ([`Message::ack_required`]).
impl From<Value> for Message {
    fn from(payload: Value) -> Self {
        Self::ack_required(payload)
    }
}

impl Payload {
    /// JSON if it is, else what came.
    pub(super) fn read(bytes: Bytes, is_binary: bool) -> Self {
        match (serde_json::from_slice(&bytes), std::str::from_utf8(&bytes)) {
            _ if bytes.is_empty() => Self::None,
            (Ok(value), _) => Self::Json(value),
            (Err(_), Ok(text)) if !is_binary => Self::Text(text.to_owned()),
            _ => Self::Bytes(bytes),
        }
    }
}
