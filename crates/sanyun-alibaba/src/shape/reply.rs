//! From a reply to a value.

use std::borrow::Cow;

use sanyun_core::codec::Field;
use sanyun_core::{Api, Error, Json, Output, Result, encode, read_reply};
use serde_json::Value;

use super::input::ReplyType;

/// Reads the reply of a typed operation.
///
/// # Errors
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it should be JSON and is none, or a member is wrong.
pub(crate) fn read(api: &Api, output: &Output, value: &mut dyn Field) -> Result<()> {
    let text = json_text(ReplyType::named(api.produces), output)?;
    read_reply(api, output, Json::Whole(&text), value)
}

fn json_text(reply: ReplyType, output: &Output) -> Result<Cow<'_, str>> {
    let body = output.reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&output.reply.body);
    match reply {
        _ if body.is_empty() => Ok(Cow::Borrowed("")),
        ReplyType::Json => match std::str::from_utf8(body) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => Err(Error::decode(format!("the reply is not JSON: {error}"))),
        },
        ReplyType::Any | ReplyType::Text | ReplyType::None | ReplyType::Bytes => {
            decode(reply, output).map(|value| Cow::Owned(value.to_string()))
        }
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
        ReplyType::Any => Ok(output.json().unwrap_or_else(|_| text(output))),
        ReplyType::Text | ReplyType::None => Ok(text(output)),
        ReplyType::Bytes => Ok(Value::String(encode::base64(&output.reply.body))),
    }
}

fn text(output: &Output) -> Value {
    Value::String(output.reply.text().into_owned())
}
