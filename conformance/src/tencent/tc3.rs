//! TC3-HMAC-SHA256: finished requests, parameters, multipart bodies.

use sanyun_core::{Preview, Secret, encode, time};
use sanyun_tencent::{Part, sign};
use serde_json::Value;

use super::world::{self, InTurn};
use crate::support::{member, moment, same_headers, same_json, same_member, some_text, text};

/// Runs a `sign_tc3` case: the whole way of a client where headers are expected, else the signature alone.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    if expected.get("headers").is_none() {
        return pure(input, expected);
    }
    let client = world::builder(input)?.build().map_err(world::shown)?;
    let headers = headers(input);
    let preview = world::preview(&client, call(input)?, &headers)?;
    same_member(expected, "method", preview.request.method.as_str())?;
    world::same_url(&preview.request, expected)?;
    if !same_body(&preview, expected)? {
        // JSON may be laid out differently; then nothing that depends on its bytes can be compared.
        return same_headers(&preview.request.headers, &without_authorization(member(expected, "headers")));
    }
    same_headers(&preview.request.headers, member(expected, "headers"))?;
    world::no_other_headers(&preview.request.headers, member(expected, "headers"))?;
    same_signature(&preview, expected)
}

/// The caller's headers. The trace id that the official SDK draws is given as the caller's here.
pub(super) fn headers(input: &Value) -> Vec<(&str, &str)> {
    let given = member(input, "extra_headers").as_object().into_iter().flatten();
    let given: Vec<_> = given.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
    let drawn = some_text(input, "trace_id")
        .filter(|_| !given.iter().any(|(name, _)| name.eq_ignore_ascii_case("x-tc-traceid")));
    drawn.map(|id| ("x-tc-traceid", id)).into_iter().chain(given).collect()
}

fn call(input: &Value) -> Result<sanyun_tencent::Input, String> {
    let call = unsigned_if(input, world::call(input));
    Ok(match input.get("params") {
        Some(params) => call.params(params.clone()),
        None if input.get("body_b64").is_some() => call.octet_stream(super::body(input)?),
        None if text(input, "method") == "GET" => call.query(text(input, "query")),
        None => call.json(super::body(input)?),
    })
}

/// Without a signature, if the case says so.
fn unsigned_if(input: &Value, call: sanyun_tencent::Input) -> sanyun_tencent::Input {
    if member(input, "skip_sign") == true { call.skip_signature() } else { call }
}

/// Whether the body is that of the case to the byte; an error if it is not even the same JSON.
fn same_body(preview: &Preview, expected: &Value) -> Result<bool, String> {
    if expected.get("body_b64").is_none() {
        return Ok(true);
    }
    let wanted = super::body(expected)?;
    let ours = preview.request.body.as_bytes().unwrap_or_default();
    if ours == wanted {
        return Ok(true);
    }
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).map_err(|error| format!("body: {error}"));
    same_json("body", &read(ours)?, &read(&wanted)?).map(|()| false)
}

fn without_authorization(headers: &Value) -> Value {
    let mut headers = headers.clone();
    if let Some(headers) = headers.as_object_mut() {
        headers.retain(|name, _| !name.eq_ignore_ascii_case("authorization"));
    }
    headers
}

fn same_signature(preview: &Preview, expected: &Value) -> Result<(), String> {
    let authorization = preview.request.header("authorization");
    same_member(expected, "authorization", authorization)?;
    same_steps(&preview.signature.canonical_request, &preview.signature.string_to_sign, authorization, expected)
}

/// Compares every step towards the signature, the first one first.
fn same_steps(canonical: &str, string_to_sign: &str, authorization: &str, expected: &Value) -> Result<(), String> {
    same_member(expected, "payload_sha256", canonical.rsplit('\n').next().unwrap_or_default())?;
    same_member(expected, "canonical_request", canonical)?;
    same_member(expected, "canonical_request_sha256", string_to_sign.rsplit('\n').next().unwrap_or_default())?;
    same_member(expected, "string_to_sign", string_to_sign)?;
    same_member(expected, "signature", authorization.rsplit("Signature=").next().unwrap_or_default())
}

/// The signature of a finished request, without a client.
fn pure(input: &Value, expected: &Value) -> Result<(), String> {
    let now = moment(member(input, "timestamp"))?;
    let body = if text(input, "method") == "GET" { Vec::new() } else { super::body(input)? };
    let unsigned = member(input, "unsigned_payload") == true;
    let payload = if unsigned { sign::UNSIGNED_PAYLOAD.as_bytes() } else { &body };
    let headers = [("content-type", text(input, "content_type")), ("host", text(input, "host"))];
    let canonical = sign::canonical_request(
        text(input, "method"),
        text(input, "path"),
        text(input, "query"),
        &headers,
        &sign::payload_sha256(payload),
    );
    let key = sign::SigningKey::derive(&Secret::new(text(input, "secret_key")), text(input, "service"), now);
    let string_to_sign = sign::string_to_sign(time::unix_seconds(now), key.scope(), &canonical);
    let signature = key.signature(&string_to_sign);
    let authorization = sign::authorization(text(input, "secret_id"), key.scope(), sign::SIGNED_HEADERS, &signature);
    same_member(expected, "authorization", &authorization)?;
    same_steps(&canonical, &string_to_sign, &authorization, expected)
}

/// Runs a `multipart` case twice: with lists and objects in the layout of the case, where every byte must agree, and in
/// our own, where the parts must mean the same.
pub(super) fn multipart(input: &Value, expected: &Value) -> Result<(), String> {
    let theirs = send_parts(input, true)?;
    let body = theirs.request.body.as_bytes().unwrap_or_default();
    same_member(expected, "content_type", theirs.request.header("content-type"))?;
    same_member(expected, "body_b64", &encode::base64(body))?;
    same_signature(&theirs, expected)?;
    same_headers(&theirs.request.headers, member(expected, "headers"))?;
    let ours = send_parts(input, false)?;
    let boundary = text(input, "boundary");
    same_json("parts", &read_parts(&ours, boundary)?, &read_parts(&theirs, boundary)?)
}

fn send_parts(input: &Value, python_layout: bool) -> Result<Preview, String> {
    let number = |at: usize| {
        let digits = text(input, "boundary").get(at..at + 16).unwrap_or_default();
        u64::from_str_radix(digits, 16).map_err(|_| "the boundary is not made of 32 hex digits".to_owned())
    };
    let mut builder = world::builder(input)?.chance(InTurn::new(number(0)?, number(16)?));
    if let Some(method) = some_text(input, "sign_method") {
        builder = builder.signature_method(method.parse().map_err(world::shown)?);
    }
    let client = builder.build().map_err(world::shown)?;
    let binary = member(input, "binary_params").as_array().cloned().unwrap_or_default();
    let parts: Result<Vec<_>, String> = member(input, "params")
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, param)| part(name, param, binary.contains(&Value::from(name.as_str())), python_layout))
        .collect();
    world::preview(&client, unsigned_if(input, world::call(input).multipart(parts?)), &headers(input))
}

fn part(name: &str, param: &Value, is_file: bool, python_layout: bool) -> Result<Part, String> {
    let value = member(param, "value");
    Ok(match param.get("b64").and_then(Value::as_str) {
        Some(encoded) => Part::file(name, encode::base64_decode(encoded).ok_or("bad base64")?),
        None if is_file => Part::file(name, value.as_str().unwrap_or_default().to_owned()),
        None if python_layout && (value.is_object() || value.is_array()) => Part::json(name, python_json(value)),
        None => Part::value(name, value.clone()),
    })
}

/// The head and the content of every part, JSON ones as values.
fn read_parts(preview: &Preview, boundary: &str) -> Result<Value, String> {
    let body = preview.request.body.as_bytes().unwrap_or_default();
    let text = body.iter().map(|byte| char::from(*byte)).collect::<String>();
    let delimiter = format!("--{boundary}");
    let parts = text.split(&delimiter).filter_map(|part| part.split_once("\r\n\r\n"));
    let read = |(head, content): (&str, &str)| {
        let bytes: Vec<u8> = content.chars().map(|c| c as u8).collect();
        let is_json = head.contains("application/json");
        let value = if is_json { serde_json::from_slice(&bytes).unwrap_or_default() } else { Value::from(content) };
        Value::Array(vec![head.into(), value])
    };
    Ok(parts.map(read).collect())
}

/// JSON as Python's `json.dumps` lays it out: blanks after separators, ASCII only.
fn python_json(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(python_json).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", python_json(&Value::from(name.as_str())), python_json(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        scalar => scalar.to_string().chars().map(ascii).collect(),
    }
}

fn ascii(c: char) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}
