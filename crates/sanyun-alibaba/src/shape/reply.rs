//! From a reply to a value.

use sanyun_core::{Error, Output, Result, encode};
use serde_json::Value;

use super::input::ReplyType;

/// The JSON text of a successful reply's value, for typed operations.
///
/// # Errors
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it should be JSON and is not even text.
pub(crate) fn json_text(reply: ReplyType, output: &Output) -> Result<String> {
    let body = output.reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&output.reply.body);
    match reply {
        _ if body.is_empty() => Ok(String::new()),
        ReplyType::Json => match std::str::from_utf8(body) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(Error::decode(format!("the reply is not JSON: {error}"))),
        },
        ReplyType::Text | ReplyType::None | ReplyType::Bytes => decode(reply, output).map(|value| value.to_string()),
    }
}

/// The value of a successful reply. An empty one is null, whatever its type says.
///
/// # Errors
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it should be JSON and is none.
pub fn decode(reply: ReplyType, output: &Output) -> Result<Value> {
    if output.reply.body.is_empty() {
        return Ok(Value::Null);
    }
    match reply {
        ReplyType::Json => output.json(),
        ReplyType::Text | ReplyType::None => Ok(Value::String(output.reply.text().into_owned())),
        ReplyType::Bytes => Ok(Value::String(encode::base64(&output.reply.body))),
    }
}
