//! Client-side encryption: the cipher, and reading encrypted objects.

use sanyun_core::{ErrorKind, encode};
use sanyun_oss::encryption::{DataKey, MasterKey};
use sanyun_oss::{ByteRange, Error};
use serde_json::{Value, json};

use super::client::{block_on, client, clock, outcome};
use super::script::{Script, Seen};
use crate::Outcome;
use crate::support::{member, same, same_member, text};

/// Kind `cse_ctr`.
pub(super) fn ctr(input: &Value, expected: &Value) -> Result<(), String> {
    let key = DataKey::new(&hex(input, "key_hex")?, &hex(input, "iv_hex")?).ok_or("another length")?;
    let mut bytes = hex(input, "plaintext_hex")?;
    key.apply(member(input, "offset").as_u64().unwrap_or_default(), &mut bytes);
    same("ciphertext", &encode::hex(&bytes), text(expected, "ciphertext_hex"))
}

/// Kind `cse_get`.
pub(super) fn get(input: &Value, expected: &Value) -> Outcome {
    outcome(get_of(input, expected))
}

fn get_of(input: &Value, expected: &Value) -> Result<(), String> {
    let script = Script::new([reply(input, expected)?]);
    let client = client(input, &clock(input)?, &script)?.map_err(|error| error.to_string())?;
    let key = MasterKey::rsa_private(text(input, "private_key_pem")).map_err(|error| error.to_string())?;
    let photos = client.bucket("examplebucket").encrypted(key.description(member(input, "mat_desc").clone()));
    let read = async {
        let action = photos.get("exampleobject.txt");
        let action = match text(input, "range") {
            "" => action,
            range => action.header("range", range),
        };
        let mut object = action.await?.into_inner();
        let bytes = object.bytes().await?;
        Ok((bytes, object))
    };
    let (bytes, object) = match (block_on(read)?, expected.get("error")) {
        (Ok(_), Some(wanted)) => return Err(format!("ours succeeds, expected error {wanted}")),
        (Ok(read), None) => read,
        (Err(error), Some(wanted)) => return same_error(&error, wanted),
        (Err(error), None) => return Err(format!("ours fails: {error:?}")),
    };
    same("plaintext", &encode::hex(&bytes), text(expected, "plaintext_hex"))?;
    let length = object.content_length().unwrap_or_default();
    same_member(expected, "content_length", &length.to_string())?;
    same("content_range", object.header("content-range").unwrap_or_default(), text(expected, "content_range"))?;
    let sent = script.seen();
    same("number of requests", &sent.len().to_string(), "1")?;
    for (name, wanted) in [("range", "wire_range"), ("x-oss-range-behavior", "wire_range_behavior")] {
        same(name, sent.first().map_or("", |sent| header(sent, name)), text(expected, wanted))?;
    }
    Ok(())
}

/// What OSS answers to the range that is to be sent.
fn reply(input: &Value, expected: &Value) -> Result<Value, String> {
    let whole = hex(input, "ciphertext_hex")?;
    let last = whole.len().saturating_sub(1);
    let range = match ByteRange::parse(text(expected, "wire_range")) {
        Some(ByteRange::Between(first, end)) => Some((first as usize, last.min(end as usize))),
        Some(ByteRange::From(first)) => Some((first as usize, last)),
        _ => None,
    };
    let mut headers: Vec<_> = member(input, "object_headers")
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| json!([name, value]))
        .collect();
    let (first, last) = range.unwrap_or((0, last));
    let part = whole.get(first..=last).unwrap_or_default();
    headers.push(json!(["content-length", part.len().to_string()]));
    if range.is_some() {
        headers.push(json!(["content-range", format!("bytes {first}-{last}/{}", whole.len())]));
    }
    let status = if range.is_some() { 206 } else { 200 };
    Ok(json!({"status": status, "headers": headers, "body_b64": encode::base64(part)}))
}

/// The official error names the field of its own class; ours names the header that the field comes from.
fn same_error(error: &Error, wanted: &Value) -> Result<(), String> {
    let header = match text(wanted, "field") {
        "envelope.cek_algorithm" => "x-oss-meta-client-side-encryption-cek-alg",
        field => return Err(format!("a field that nobody knows: {field}")),
    };
    let fits = error.kind() == ErrorKind::Decode && error.message().contains(header);
    if fits { Ok(()) } else { Err(format!("error: ours {error:?}, expected {wanted}")) }
}

fn header<'a>(sent: &'a Seen, name: &str) -> &'a str {
    sent.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn hex(input: &Value, name: &str) -> Result<Vec<u8>, String> {
    let digits = text(input, name).as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(byte).collect::<Option<_>>().ok_or_else(|| format!("`{name}` is not hexadecimal"))
}
