//! A refusal as a [`ServiceError`]: every shape of body that Huawei Cloud's gateway and services answer with.

mod body;
mod hint;
mod skew;

pub(crate) use hint::hint;

use http::StatusCode;
use sanyun_core::{Reply, ServiceClass, ServiceError, Side};

use body::Found;

/// The detail of a [`ServiceError`] that says, encoded, which permission is missing. IAM decodes it for those who may
/// know.
pub const ENCODED_AUTHORIZATION_MESSAGE: &str = "encoded_authorization_message";

/// Headers that hold the id of a request, the usual one first.
const REQUEST_ID_HEADERS: [&str; 4] = ["x-request-id", "x-obs-request-id", "x-iam-trace-id", "x-openstack-request-id"];

/// The error that a reply stands for; `None` if it is none. Redirects are errors, because they are not followed; other
/// replies with a status below 400 are none.
pub fn parse(reply: &Reply) -> Option<ServiceError> {
    parse_of("", reply)
}

/// The same for a reply of this service: some write errors in a way of their own.
pub(crate) fn parse_of(service: &str, reply: &Reply) -> Option<ServiceError> {
    match reply.status.as_u16() {
        400.. => Some(refusal(service, reply)),
        301 | 302 | 303 | 307 | 308 => Some(redirect(reply)),
        _ => None,
    }
}

/// The id of the request, from the headers.
pub(crate) fn request_id(reply: &Reply) -> Option<&str> {
    REQUEST_ID_HEADERS.into_iter().find_map(|name| reply.header(name).filter(|id| !id.is_empty()))
}

fn redirect(reply: &Reply) -> ServiceError {
    let target = reply.header("location").filter(|target| !target.is_empty()).unwrap_or("nowhere");
    let message = format!("redirected to {target}; redirects are not followed");
    let error = ServiceError::new(reply.status.as_u16(), reply.status.as_str(), message);
    error.with_request_id(request_id(reply).unwrap_or_default()).with_raw(reply.body.clone())
}

fn refusal(service: &str, reply: &Reply) -> ServiceError {
    let text = reply.text();
    let found = body::read(service, reply);
    let understood = found.code.is_some() || found.message.is_some();
    let Found { code, message, request_id: body_id, authorization } = found;
    let code = code.unwrap_or_else(|| reply.status.as_str().to_owned());
    let message = message.unwrap_or_else(|| text.clone().into_owned());
    let side = side(reply.status, &code, understood);
    let class = class(reply.status, &code, &message);
    let id = request_id(reply).map(str::to_owned).or(body_id).unwrap_or_default();
    let mut error = ServiceError::new(reply.status.as_u16(), code, message)
        .with_request_id(id)
        .with_side(side)
        .with_retry_after(reply.retry_after())
        .with_raw(reply.body.clone());
    if let Some(class) = class {
        error = error.with_class(class);
    }
    match authorization {
        Some(encoded) => error.with_detail(ENCODED_AUTHORIZATION_MESSAGE, encoded),
        None => error,
    }
}

/// The gateway has codes of its own; what stands in front of it answers with pages.
fn side(status: StatusCode, code: &str, understood: bool) -> Side {
    let is_page = !understood && matches!(status.as_u16(), 502..=504);
    if gateway_number(code).is_some() || is_page { Side::Gateway } else { Side::Service }
}

/// The number of a gateway's code: `0301` of `APIGW.0301`, `APIG.0301` and `APIC.0301`.
fn gateway_number(code: &str) -> Option<&str> {
    let (prefix, number) = code.split_once('.')?;
    matches!(prefix, "APIGW" | "APIG" | "APIC").then_some(number)
}

/// What the error means for a retry, where the status does not say it.
fn class(status: StatusCode, code: &str, message: &str) -> Option<ServiceClass> {
    let is_unauthorized = status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN;
    match gateway_number(code) {
        Some("0308") => Some(ServiceClass::Throttled),
        Some("0307") => Some(ServiceClass::ExpiredCredential),
        _ if !is_unauthorized => None,
        _ if message.contains("signature expired") => Some(ServiceClass::ClockSkew(skew::server_time(message))),
        _ if is_expired_token(message) => Some(ServiceClass::ExpiredCredential),
        _ => None,
    }
}

fn is_expired_token(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    message.contains("token") && (message.contains("expires_at") || message.contains("expired"))
}

#[cfg(test)]
mod tests;
