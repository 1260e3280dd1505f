//! Who asks for what, in whichever form it came: headers beside a body, a query, or a form with an old signature.

use http::Method;
use sanyun_core::encode;

use super::refusal::Refusal;
use crate::arrival::{BodyError, Head};

/// The largest body, in bytes.
const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// The form of queries and of old signatures.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// What is asked for, and by whom. The operation's own parameters are read once the signature is checked.
#[derive(Debug)]
pub(super) struct Request {
    /// The service's signing name; empty where the request does not tell it.
    pub(super) service: String,
    pub(super) version: String,
    pub(super) action: String,
    pub(super) region: String,
    pub(super) timestamp: String,
    pub(super) token: String,
    /// All parameters of an old signature, decoded; `None` for TC3.
    pub(super) signed_form: Option<Vec<(String, String)>>,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// It is too large, or of another method.
    pub(super) fn read(head: &Head, body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > BODY_LIMIT {
            return Err(BodyError::TooLarge.into());
        }
        if ![Method::GET, Method::POST].contains(&head.method) {
            return Err(Refusal::new("UnsupportedProtocol", "Only the methods GET and POST are supported."));
        }
        if head.headers.contains_key("x-tc-action") || head.headers.contains_key("authorization") {
            return Ok(Self::of_headers(head));
        }
        Ok(Self::of_form(head, form(head, body)))
    }

    fn of_headers(head: &Head) -> Self {
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
            signed_form: None,
        }
    }

    fn of_form(head: &Head, form: Vec<(String, String)>) -> Self {
        let common = |name: &str| {
            let found = form.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Self {
            service: service_of_host(head),
            version: common("Version"),
            action: common("Action"),
            region: common("Region"),
            timestamp: common("Timestamp"),
            token: common("Token"),
            signed_form: Some(form),
        }
    }
}

/// The pairs of a query or of a form, decoded; none for other bodies.
pub(super) fn form(head: &Head, body: &[u8]) -> Vec<(String, String)> {
    let decoded = |text: &str| -> Vec<(String, String)> {
        encode::pairs(text).map(|(name, value)| (encode::form_decode(name), encode::form_decode(value))).collect()
    };
    match (&head.method, head.media_type().as_str()) {
        (&Method::GET, _) => decoded(&head.query),
        (_, FORM) => decoded(&String::from_utf8_lossy(body)),
        _ => Vec::new(),
    }
}

/// The first label of Tencent's own host names; empty on any other host.
fn service_of_host(head: &Head) -> String {
    let host = head.host_name();
    let of_tencent = host.ends_with(".tencentcloudapi.com");
    host.split('.').next().filter(|_| of_tencent).unwrap_or_default().to_owned()
}
