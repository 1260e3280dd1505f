//! What a request asks for, in whichever of the three forms it came: JSON, a query, or a form with an old signature.

use http::Method;
use sanyun_core::encode;
use serde_json::Value;

use super::refusal::Refusal;
use crate::arrival::Head;
use crate::{flat, multipart};

/// The largest body, in bytes.
const BODY_LIMIT: usize = 10 * 1024 * 1024;
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

/// What is asked for, and by whom.
#[derive(Debug)]
pub(super) struct Request {
    /// The service's signing name; empty where the request does not tell it.
    pub(super) service: String,
    pub(super) version: String,
    pub(super) action: String,
    pub(super) region: String,
    pub(super) timestamp: String,
    pub(super) token: String,
    pub(super) parameters: Value,
    /// All parameters of an old signature, decoded; `None` for TC3.
    pub(super) signed_form: Option<Vec<(String, String)>>,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// It is too large, of another method, or neither JSON nor a form.
    pub(super) fn read(head: &Head, body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > BODY_LIMIT {
            return Err(crate::arrival::BodyError::TooLarge.into());
        }
        let form: Vec<(String, String)> = match (&head.method, head.media_type().as_str()) {
            (&Method::GET, _) => decoded(&head.query),
            (&Method::POST, "application/x-www-form-urlencoded") => decoded(&String::from_utf8_lossy(body)),
            (&Method::POST, _) => Vec::new(),
            _ => return Err(Refusal::new("UnsupportedProtocol", "Only the methods GET and POST are supported.")),
        };
        if head.headers.contains_key("x-tc-action") || head.headers.contains_key("authorization") {
            let parameters = match head.media_type().as_str() {
                "multipart/form-data" => parts(head, body),
                _ if form.is_empty() => json(head, body)?,
                _ => flat::nested(&form),
            };
            return Ok(Self::of_headers(head, parameters));
        }
        Ok(Self::of_form(head, form))
    }

    fn of_headers(head: &Head, parameters: Value) -> Self {
        let header = |name: &str| head.header(name).to_owned();
        let scope = head.header("authorization").split_once("Credential=").map_or("", |(_, rest)| rest);
        let service = scope.split(['/', ',']).nth(2).unwrap_or_default().to_owned();
        Self {
            service: if service.is_empty() { service_of_host(head) } else { service },
            version: header("x-tc-version"),
            action: header("x-tc-action"),
            region: header("x-tc-region"),
            timestamp: header("x-tc-timestamp"),
            token: header("x-tc-token"),
            parameters,
            signed_form: None,
        }
    }

    fn of_form(head: &Head, form: Vec<(String, String)>) -> Self {
        let common = |name: &str| {
            let found = form.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let own: Vec<_> = form.iter().filter(|(name, _)| !COMMON.contains(&name.as_str())).cloned().collect();
        Self {
            service: service_of_host(head),
            version: common("Version"),
            action: common("Action"),
            region: common("Region"),
            timestamp: common("Timestamp"),
            token: common("Token"),
            parameters: flat::nested(&own),
            signed_form: Some(form),
        }
    }
}

/// The first label of Tencent's own host names; empty on any other host.
fn service_of_host(head: &Head) -> String {
    let host = head.host_name();
    let of_tencent = host.ends_with(".tencentcloudapi.com");
    host.split('.').next().filter(|_| of_tencent).unwrap_or_default().to_owned()
}

fn decoded(form: &str) -> Vec<(String, String)> {
    encode::pairs(form).map(|(name, value)| (encode::form_decode(name), encode::form_decode(value))).collect()
}

/// The parameters of a multipart body: lists and objects are JSON.
fn parts(head: &Head, body: &[u8]) -> Value {
    let value = |text: String| match serde_json::from_str(&text) {
        Ok(value @ (Value::Array(_) | Value::Object(_))) => value,
        _ => Value::String(text),
    };
    let pairs = multipart::pairs(head.header("content-type"), body);
    Value::Object(pairs.into_iter().map(|(name, text)| (name, value(text))).collect())
}

/// The parameters of a JSON body. Raw bodies have none that are looked at.
fn json(head: &Head, body: &[u8]) -> Result<Value, Refusal> {
    let is_json = head.method == Method::POST && head.media_type() == "application/json";
    if !is_json || body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Null) => Ok(Value::Object(serde_json::Map::new())),
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(Refusal::new("InvalidParameter", "The request body is not a JSON object.")),
    }
}
