//! What a refusal says, whatever its form, and what to do about it.

mod denied;
mod hint;
mod members;
mod mismatch;
mod xml;

use std::time::Duration;

use sanyun_core::{Reply, ServiceClass, ServiceError, Side};

pub use denied::{AccessDenied, DeniedReason, recommend};
pub(crate) use hint::hint;
use members::Members;

/// Characters of an unreadable answer that go into the message.
const SHOWN_CHARACTERS: usize = 200;

/// Reads a refusal: JSON or XML, recognised by their first character because content types are not to be relied on;
/// anything else (a proxy's page, nothing) becomes an error of the HTTP status with the beginning of the text.
pub(crate) fn parse(reply: &Reply) -> ServiceError {
    let status = reply.status.as_u16();
    let read = Members::read(&reply.text());
    let is_readable = read.is_some();
    let members = read.unwrap_or_default();
    let code = members.get(&["Code", "code"]).unwrap_or_default();
    let message = members.get(&["Message", "message"]).unwrap_or_default();
    let request_id = members.get(&["RequestId", "requestId", "requestid"]).map(str::to_owned);
    let shown_code = if code.is_empty() { status.to_string() } else { code.to_owned() };
    let shown_message = if message.is_empty() { described(reply, is_readable) } else { message.to_owned() };
    let error = ServiceError::new(status, shown_code, shown_message)
        .with_request_id(request_id.or_else(|| request_id_header(reply)).unwrap_or_default())
        .with_side(if code.is_empty() || is_of_gateway(code) { Side::Gateway } else { Side::Service })
        .with_retry_after(retry_after(reply))
        .with_raw(reply.body.clone());
    let error = classified(error, code, reply);
    members.others().fold(error, |error, (name, value)| error.with_detail(name, value))
}

/// What an answer without a message says: the beginning of its text, or its status.
fn described(reply: &Reply, is_readable: bool) -> String {
    let text = reply.text();
    let location = reply.header("location").filter(|_| reply.status.is_redirection());
    match (location, is_readable, text.trim()) {
        (Some(location), ..) => format!("a redirection to {location}, which is not followed"),
        (None, false, text) if !text.is_empty() => beginning(text),
        _ => reply.status.canonical_reason().unwrap_or("no message").to_owned(),
    }
}

fn beginning(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(SHOWN_CHARACTERS).collect()
}

fn classified(error: ServiceError, code: &str, reply: &Reply) -> ServiceError {
    let class = match code {
        "InvalidTimeStamp.Expired" | "IllegalTimestamp" => ServiceClass::ClockSkew(reply.date()),
        "InvalidSecurityToken.Expired" | "SecurityTokenExpired" => ServiceClass::ExpiredCredential,
        _ if code.starts_with("Throttling") || retry_after_ms(reply).is_some() => ServiceClass::Throttled,
        _ => return error,
    };
    error.with_class(class)
}

/// Codes with which the gateway refuses before the service has seen the request.
fn is_of_gateway(code: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "IllegalTimestamp",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidAction",
        "InvalidApi",
        "InvalidProduct",
        "InvalidProtocol",
        "InvalidSecurityToken",
        "InvalidTimeStamp",
        "InvalidVersion",
        "MissingSecurityToken",
        "SecurityTokenExpired",
        "SignatureDoesNotMatch",
        "SignatureNonceUsed",
        "Throttling",
        "UnsupportedHTTPMethod",
    ];
    PREFIXES.iter().any(|prefix| code.starts_with(prefix))
}

/// The gateway's own wish in milliseconds, else HTTP's.
fn retry_after(reply: &Reply) -> Option<Duration> {
    retry_after_ms(reply).map(Duration::from_millis).or_else(|| reply.retry_after())
}

fn retry_after_ms(reply: &Reply) -> Option<u64> {
    reply.header("x-acs-retry-after")?.trim().parse().ok().filter(|&ms| ms > 0)
}

/// The request id of the header that every gateway sends.
pub(crate) fn request_id_header(reply: &Reply) -> Option<String> {
    reply.header("x-acs-request-id").filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The member `RequestId` of an object, found without reading all of it.
pub(crate) fn request_id_in_json(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let behind = ["\"RequestId\"", "\"requestId\""].iter().find_map(|name| text.split_once(name))?.1;
    let id = behind.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split_once('"')?.0;
    (!id.is_empty() && !id.contains('\\')).then(|| id.to_owned())
}

#[cfg(test)]
mod tests;
