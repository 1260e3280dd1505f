//! `flatten` and `multipart`.

use sanyun_alibaba::shape::{self, ArrayStyle, Multipart};
use sanyun_core::encode;
use serde_json::{Value, json};

use super::sign::texts;
use super::{bytes, with_bytes_as_text};
use crate::support::{member, same, same_json, same_member, text};

pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let value = with_bytes_as_text(member(input, "value"))?;
    let plain = text(input, "value");
    let flat = || shape::flatten(&value).map_err(|error| error.to_string());
    match text(input, "fn") {
        "query" => {
            let pairs = flat()?.into_iter().map(|(name, text)| (name, Value::String(text)));
            let ours = Value::Object(pairs.collect());
            same_json("pairs", &ours, expected)?;
            let count = |value: &Value| value.as_object().map_or(0, serde_json::Map::len).to_string();
            same("number of pairs", &count(&ours), &count(expected))
        }
        "form" => same_text("form", &shape::form(&flat()?), expected),
        "array_to_string" => array_to_string(input, &value, expected),
        "map_to_flat_style" => same_json("value", &shape::flat_style(&value), expected),
        "encode_path" => same_text("path", &encode::percent_path(plain), expected),
        "encode_param" => same_text("parameter", &encode::percent(plain), expected),
        other => Err(format!("unknown function `{other}`")),
    }
}

fn array_to_string(input: &Value, value: &Value, expected: &Value) -> Result<(), String> {
    let style = ArrayStyle::named(text(input, "style"));
    let ours = style.map(|style| style.text(text(input, "prefix"), value)).transpose();
    let ours = ours.map_err(|error| error.to_string())?.unwrap_or_default();
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (style, json(&ours), expected.as_str().and_then(json)) {
        (Some(ArrayStyle::Json), Some(ours), Some(expected)) => same_json("text", &ours, &expected),
        _ => same_text("text", &ours, expected),
    }
}

fn same_text(what: &str, ours: &str, expected: &Value) -> Result<(), String> {
    same(what, ours, expected.as_str().unwrap_or_default())
}

pub(super) fn multipart(input: &Value, expected: &Value) -> Result<(), String> {
    let (fields, file) = (texts(member(input, "fields")), member(input, "file"));
    let fields = fields.iter().map(|(name, value)| (&**name, &**value));
    let form = Multipart::new(text(input, "boundary"), fields, text(file, "filename"), text(file, "content_type"));
    let content = bytes(&json!({ "$base64": member(file, "content_base64") }))?;
    same_member(expected, "content_type", form.content_type())?;
    same_member(expected, "content_length", &form.len_bytes(content.len() as u64).to_string())?;
    same_member(expected, "body_base64", &encode::base64(&form.body(&content)))?;
    let streamed = form.stream(content.into());
    same_member(expected, "content_length", &streamed.len().unwrap_or_default().to_string())?;
    same_member(expected, "body_base64", &encode::base64(streamed.as_bytes().unwrap_or_default()))
}
