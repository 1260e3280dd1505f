//! `error_parse`: what a reply means.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_alibaba::{Client, Input, Method, ReplyType, shape};
use sanyun_core::{Output, Protocol, Reply, ServiceError, Verdict};
use serde_json::{Value, json};

use super::bytes;
use super::sign::texts;
use crate::support::{member, same, same_json, some_text, text};

pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let params = member(input, "params");
    let reply_type = ReplyType::named(some_text(params, "body_type").unwrap_or("json"));
    let call = match text(params, "style") {
        "ROA" => Input::roa("ecs", "", "", Method::GET, "/"),
        _ => Input::rpc("ecs", "", ""),
    };
    let protocol = Client::builder().protocol().map_err(|error| error.to_string())?;
    let (call, reply) = (call.reply(reply_type), reply(input)?);
    match (protocol.judge(&call, &reply), expected.get("ok")) {
        (Verdict::Success, Some(ok)) => same_value(reply_type, reply, ok),
        (Verdict::Refused(error), None) => same_error(&error, expected),
        (verdict, _) => Err(format!("ours {verdict:?}, expected {expected}")),
    }
}

fn reply(input: &Value) -> Result<Reply, String> {
    let body = match input.get("body_base64") {
        Some(encoded) => bytes(&json!({ "$base64": encoded }))?,
        None => text(input, "body").as_bytes().to_vec(),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in texts(member(input, "headers")) {
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        headers.insert(name, HeaderValue::try_from(value).map_err(|error| error.to_string())?);
    }
    let status = member(input, "status_code").as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or("no status")?;
    Ok(Reply::new(status, headers, body))
}

fn same_value(reply_type: ReplyType, reply: Reply, expected: &Value) -> Result<(), String> {
    let status = reply.status.as_u16();
    let value = shape::decode(reply_type, &Output { reply, stream: None }).map_err(|error| error.to_string())?;
    let body = if reply_type == ReplyType::Bytes { json!({ "$base64": value }) } else { value };
    same_json("ok", &json!({"body": body, "statusCode": status}), expected)
}

fn same_error(error: &ServiceError, expected: &Value) -> Result<(), String> {
    same_class(error, text(expected, "class"))?;
    let detail = |names: [&str; 2]| names.iter().find_map(|name| error.detail(name));
    let denied = detail(["AccessDeniedDetail", "accessDeniedDetail"]);
    let ours = json!({
        "code": (error.code() != error.status().to_string()).then(|| error.code()),
        "status_code": error.status(),
        "request_id": error.request_id(),
        "retry_after": error.retry_after().map(|wait| wait.as_millis() as u64),
        "detail": detail(["Detail", "detail"]),
        "description": detail(["Description", "description"]),
        "access_denied_detail": denied.and_then(|text| serde_json::from_str::<Value>(text).ok()),
    });
    for (name, wanted) in expected.as_object().into_iter().flatten() {
        if let Some(value) = ours.get(name) {
            same_json(name, value, wanted)?;
        }
    }
    if let Some(message) = some_text(expected, "service_message") {
        same("service_message", error.message(), message)?;
    }
    let data = member(expected, "data").as_object().into_iter().flatten();
    data.into_iter().try_for_each(|(name, wanted)| same_datum(error, name, wanted))
}

/// The official classes follow the status and the wait that the gateway asks for. Ours are finer: a code that begins
/// with `Throttling` is throttling with and without that wait, so that the official client error of that code is met
/// by its status.
fn same_class(error: &ServiceError, wanted: &str) -> Result<(), String> {
    let throttled = matches!(error.class(), sanyun_core::ServiceClass::Throttled);
    let by_status = if error.status() < 500 { "ClientException" } else { "ServerException" };
    let says_so = error.code().starts_with("Throttling");
    let ours = match throttled {
        true if wanted == "ThrottlingException" || !says_so => "ThrottlingException",
        _ => by_status,
    };
    same("class", ours, wanted)
}

/// A member of the answer's body.
fn same_datum(error: &ServiceError, name: &str, wanted: &Value) -> Result<(), String> {
    let ours = match name {
        "Code" | "code" => Some(error.code()),
        "Message" | "message" => Some(error.message()),
        "RequestId" | "requestId" | "requestid" => error.request_id(),
        "statusCode" => return same("statusCode", &error.status().to_string(), &wanted.to_string()),
        other => error.detail(other),
    };
    same(name, ours.unwrap_or_default(), &shape::text(wanted))
}
