//! Kind `error_parse`: what a reply means.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::Reply;
use sanyun_huawei::{ServiceError, error};
use serde_json::{Value, json};

use crate::support::{body_bytes, member, same_json};

pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = match error::parse(&reply(input)?) {
        None => json!({"class": null}),
        Some(error) => shown(&error),
    };
    let mut expected = expected.clone();
    if let Some(members) = expected.as_object_mut() {
        // The text form is our own; a number as code is a defect that may stand as the text of it.
        members.remove("display");
    }
    same_json("error", &ours, &expected)
}

fn reply(input: &Value) -> Result<Reply, String> {
    let status = member(input, "status").as_u64().and_then(|status| StatusCode::from_u16(status as u16).ok());
    let mut headers = HeaderMap::new();
    for (name, value) in member(input, "headers").as_object().into_iter().flatten() {
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default()).map_err(|error| error.to_string())?;
        headers.insert(name, value);
    }
    let body = body_bytes(member(input, "body"))?.unwrap_or_default();
    Ok(Reply::new(status.ok_or("no status")?, headers, body))
}

fn shown(error: &ServiceError) -> Value {
    let class = if error.status() < 500 { "ClientRequestException" } else { "ServerResponseException" };
    json!({
        "class": class,
        "status_code": error.status(),
        "error_code": error.code(),
        "error_msg": error.message(),
        "request_id": error.request_id(),
        "encoded_authorization_message": error.detail(error::ENCODED_AUTHORIZATION_MESSAGE),
    })
}
