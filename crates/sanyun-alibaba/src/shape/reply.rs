//! From a reply to a value.

use sanyun_core::{Output, Result, encode};
use serde_json::Value;

use super::input::ReplyType;

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
