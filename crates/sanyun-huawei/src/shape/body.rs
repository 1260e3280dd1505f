//! Bodies and their content types.

use http::HeaderValue;
use sanyun_core::{Body, Chance, Error, Result, encode};
use serde_json::Value;

use super::input::Payload;
use super::query::plain_text;
use super::{JSON, bson, multipart, xml};

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const BSON: HeaderValue = HeaderValue::from_static("application/bson");
const XML: HeaderValue = HeaderValue::from_static("application/xml");

/// The bytes of a payload and the content type they need; none for a raw body, whose caller names it. `given` is the
/// content type that the caller set, or empty.
pub(super) fn encode(payload: &Payload, given: &str, chance: &dyn Chance) -> Result<(Body, Option<HeaderValue>)> {
    Ok(match payload {
        Payload::None => (Body::empty(), None),
        Payload::Json(value) => (Body::json(value), Some(JSON)),
        Payload::Form(members) => (form(members)?.into(), Some(FORM)),
        Payload::Xml(root) => (xml::to_text(root)?.into(), Some(XML)),
        Payload::Bson(document) => (bson::to_bytes(document)?.into(), Some(BSON)),
        Payload::Raw(body) => (body.clone(), None),
        Payload::Multipart(parts) => {
            let boundary = multipart::boundary(given).map_or_else(|| chance.hex32(), str::to_owned);
            let content_type = HeaderValue::try_from(["multipart/form-data; boundary=", &boundary].concat());
            let content_type = content_type.map_err(|_| Error::input("the boundary is not a header value"))?;
            (multipart::encode(parts, &boundary), Some(content_type))
        }
    })
}

fn form(members: &Value) -> Result<String> {
    let Value::Object(members) = members else {
        return Err(Error::input("a form body is an object of its members"));
    };
    let mut out = String::new();
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::Array(items) => items.iter().for_each(|item| push_field(&mut out, name, item)),
            value => push_field(&mut out, name, value),
        }
    }
    Ok(out)
}

fn push_field(out: &mut String, name: &str, value: &Value) {
    if !out.is_empty() {
        out.push('&');
    }
    encode::push_form(out, name);
    out.push('=');
    encode::push_form(out, &plain_text(value).unwrap_or_else(|| value.to_string().into()));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_repeat_lists_and_leave_nulls_out() {
        let members = json!({"s": "x y&", "i": 1, "b": true, "n": null, "l": [1, "ü"], "o": {"a": 1}});
        assert_eq!(form(&members).unwrap(), "s=x+y%26&i=1&b=true&l=1&l=%C3%BC&o=%7B%22a%22%3A1%7D");
        assert!(form(&json!([1])).is_err());
    }
}
