//! Checksums, names, types, ranges and times.

use sanyun_core::encode;
use sanyun_oss::{ByteRange, ContentRange, crc, escape_xml, media_type, name};
use serde_json::{Value, json};

use super::client::{block_on, client, clock};
use super::script::Script;
use crate::Outcome;
use crate::support::{member, same, same_json, text};

/// Kind `crc64`.
pub(super) fn crc64(input: &Value, expected: &Value) -> Result<(), String> {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default();
    let ours = if let Some(parts) = input.get("combine") {
        let [first, second, len] = ["crc1", "crc2", "len2"].map(|name| number(member(parts, name)));
        crc::combine(first, second, len)
    } else if let Some(repeat) = input.get("repeat") {
        crc::checksum(&vec![number(member(repeat, "byte")) as u8; number(member(repeat, "count")) as usize])
    } else {
        let binary = input.get("data_b64").and_then(Value::as_str).and_then(encode::base64_decode);
        crc::checksum(&binary.unwrap_or_else(|| text(input, "data").as_bytes().to_vec()))
    };
    same("crc64", &ours.to_string(), text(expected, "crc64"))
}

/// Kind `validate`.
pub(super) fn validate(input: &Value, expected: &Value) -> Outcome {
    let value = text(input, "value");
    let valid = |is_valid: bool| json!({"valid": is_valid});
    let ours = match text(input, "what") {
        "bucket_name" => valid(name::check_bucket(value).is_ok()),
        "object_name" => valid(name::check_key(value).is_ok()),
        "bucket_arn" => valid(name::table_bucket(value).is_ok()),
        "region" => valid(name::is_region(value)),
        "http_range" => http_range(value),
        "content_range" => content_range(value),
        "content_type" => json!({"content_type": media_type::of_key(value)}),
        "xml_escape" => json!({"escaped": escape_xml(value)}),
        "http_date" => return time(value, |value| json!({"headers": [["last-modified", value]]}), expected).into(),
        "iso_date" if value.ends_with('Z') => return time(value, bucket_of_date, expected).into(),
        _ => return Outcome::NotImplemented,
    };
    same_json("", &ours, expected).into()
}

fn http_range(value: &str) -> Value {
    match ByteRange::parse(value) {
        Some(ByteRange::Between(first, last)) => json!({"valid": true, "start": first, "end": last}),
        Some(ByteRange::From(first)) => json!({"valid": true, "start": first, "end": -1}),
        Some(ByteRange::Last(count)) => json!({"valid": true, "start": -1, "end": count}),
        None => json!({"valid": false}),
    }
}

fn content_range(value: &str) -> Value {
    match ContentRange::parse(value) {
        Some(ContentRange { first, last, total }) => {
            let total = total.map_or(json!(-1), |total| json!(total));
            json!({"valid": true, "start": first, "end": last, "total": total})
        }
        None => json!({"valid": false}),
    }
}

fn bucket_of_date(value: &str) -> Value {
    json!({"body": format!("<BucketInfo><Bucket><CreationDate>{value}</CreationDate></Bucket></BucketInfo>")})
}

/// Times are read where they occur: in a header, or in an element.
fn time(value: &str, reply: impl Fn(&str) -> Value, expected: &Value) -> Result<(), String> {
    let reply = reply(value);
    let in_header = reply.get("headers").is_some();
    let script = Script::new([reply]);
    let client = client(&Value::Null, &clock(&Value::Null)?, &script)?.map_err(|error| error.to_string())?;
    let call = if in_header {
        client.invoke("GetObjectMeta", json!({"bucket": "examplebucket", "key": "k"}))
    } else {
        client.invoke("GetBucketInfo", json!({"bucket": "examplebucket"}))
    };
    let ours = match block_on(call.into_future())? {
        Ok(fields) if in_header => json!({"valid": true, "time": member(&fields, "last_modified")}),
        Ok(fields) => json!({"valid": true, "time": member(member(&fields, "bucket_info"), "creation_date")}),
        Err(_) => json!({"valid": false}),
    };
    same_json("", &ours, expected)
}
