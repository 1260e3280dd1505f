//! The parameters of an operation, from whichever form they came in: JSON, a query or a form, parts, headers.

use http::Method;
use sanyun_catalog::Operation;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::request::{self, Request};
use crate::arrival::Head;
use crate::{flat, multipart};

const OCTET_STREAM: &str = "application/octet-stream";

/// Parameters of old signatures that are no parameters of the operation.
const COMMON: [&str; 11] = [
    "Action",
    "Version",
    "Region",
    "Timestamp",
    "Nonce",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Token",
    "Language",
    "RequestClient",
];

/// The parameters of a request.
///
/// # Errors
/// JSON that is no object; a multipart body without its boundary, or with files that are none; raw bytes for an
/// operation that takes none, or something else for one that takes nothing else.
pub(super) fn read(
    head: &Head,
    body: &[u8],
    request: &Request,
    operation: &Operation<'static>,
) -> Result<Value, Refusal> {
    let media_type = head.media_type();
    let takes_bytes = operation.flags.octet_stream;
    if takes_bytes != (media_type == OCTET_STREAM) {
        let expected = if takes_bytes { OCTET_STREAM } else { "application/json" };
        return Err(malformed(&format!("The content type must be `{expected}` for this action.")));
    }
    match (&request.signed_form, &head.method, media_type.as_str()) {
        (Some(form), ..) => Ok(own(form)),
        (None, _, OCTET_STREAM) => Ok(headers(head, operation)),
        (None, &Method::GET, _) | (None, _, request::FORM) => Ok(flat::nested(&request::form(head, body))),
        (None, _, "multipart/form-data") => parts(head, body, operation),
        (None, _, "application/json") => json(body),
        _ => Ok(Value::Object(Map::new())),
    }
}

/// Those of a form with an old signature.
fn own(form: &[(String, String)]) -> Value {
    let own: Vec<_> = form.iter().filter(|(name, _)| !COMMON.contains(&name.as_str())).cloned().collect();
    flat::nested(&own)
}

/// Those of a multipart body: a file must come as one, and nothing else may; lists and objects are JSON.
fn parts(head: &Head, body: &[u8], operation: &Operation<'static>) -> Result<Value, Refusal> {
    let parts = multipart::parts(head.header("content-type"), body);
    if parts.is_empty() && !body.is_empty() {
        return Err(malformed("The body is not a form with the boundary of `Content-Type`."));
    }
    let should_be_file = |name: &str| operation.rare.multipart.iter().any(|file| file == name);
    if let Some(part) = parts.iter().find(|part| part.is_file != should_be_file(&part.name)) {
        let must = if part.is_file { "must not" } else { "must" };
        return Err(malformed(&format!("The part `{}` {must} be a file.", part.name)));
    }
    let value = |content: &[u8]| match serde_json::from_slice(content) {
        Ok(value @ (Value::Array(_) | Value::Object(_))) => value,
        _ => String::from_utf8_lossy(content).into(),
    };
    Ok(Value::Object(parts.into_iter().map(|part| (part.name, value(part.content))).collect()))
}

/// Those beside a body of bytes, in headers `X-<SERVICE>-<Member>`.
fn headers(head: &Head, operation: &Operation<'static>) -> Value {
    let service = operation.service.name();
    let fields = operation.body_fields();
    let given = fields.iter().filter_map(|field| {
        let header = format!("x-{service}-{}", field.name).to_ascii_lowercase();
        head.headers.contains_key(&header).then(|| (field.name.to_owned(), head.header(&header).into()))
    });
    Value::Object(given.collect::<Map<_, _>>())
}

fn json(body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Null) => Ok(Value::Object(Map::new())),
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(malformed("The request body is not a JSON object.")),
    }
}

fn malformed(message: &str) -> Refusal {
    Refusal::new("InvalidParameter", message)
}
