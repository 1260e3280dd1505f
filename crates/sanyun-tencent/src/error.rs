//! What a reply means: success, a refusal with its class, or no reply of Tencent Cloud's at all.
//!
//! The body decides, not the content type: gateways send errors as `text/plain`, with a charset, or without a type.

mod envelope;
mod hint;
mod official;

pub(crate) use hint::hint;
pub use official::official_code;

use sanyun_core::codec::Field;
use sanyun_core::{Api, Error, Event, Json, Output, Reply, ServiceClass, ServiceError, Side, Verdict, read_reply};
use serde_json::Value;

use crate::shape::Input;
use envelope::Envelope;

/// The code of an answer that is not Tencent Cloud's own: an error page of a proxy or of a load balancer.
pub const SERVER_NETWORK_ERROR: &str = "ServerNetworkError";
/// The header that repeats the request id.
const REQUEST_ID_HEADER: &str = "x-tc-requestid";

/// Codes that the gateway gives before the service has seen the request, by their major part.
const GATEWAY_CODES: &[&str] = &[
    "ActionOffline",
    "AuthFailure",
    "InvalidAction",
    "InvalidRequest",
    "IpInBlacklist",
    "IpNotInWhitelist",
    "NoSuchProduct",
    "NoSuchVersion",
    "RequestLimitExceeded",
    "RequestSizeLimitExceeded",
    "ResponseSizeLimitExceeded",
    SERVER_NETWORK_ERROR,
    "UnsupportedProtocol",
    "UnsupportedRegion",
];

/// The codes of throttling. Other minor parts, such as `IPLimitExceeded`, do not go away by waiting a little.
const THROTTLING_CODES: &[&str] = &[
    "RequestLimitExceeded",
    "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
    "RequestLimitExceeded.UinLimitExceeded",
];

/// Reads a complete reply: the content of `Response`, or the error that it is.
///
/// ```
/// use sanyun_core::{Reply, http};
///
/// let body = r#"{"Response":{"Error":{"Code":"InvalidParameter","Message":"no"},"RequestId":"r"}}"#;
/// let error = sanyun_tencent::error::read(&Reply::new(http::StatusCode::OK, Default::default(), body)).unwrap_err();
/// assert_eq!((error.code(), error.request_id()), (Some("InvalidParameter"), Some("r")));
/// ```
///
/// # Errors
/// [`ErrorKind::Service`](sanyun_core::ErrorKind::Service) for a refusal;
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) for a reply with status 2xx that is no answer.
pub fn read(reply: &Reply) -> Result<Value, Error> {
    match judge(reply) {
        Verdict::Success => content(reply),
        Verdict::Refused(error) => Err(Error::from_service(*error)),
        Verdict::Broken(error) => Err(error),
    }
}

/// What a complete reply means.
pub(crate) fn judge(reply: &Reply) -> Verdict {
    let envelope = Envelope::scan(&reply.body);
    if let Some(answer) = envelope.as_ref().and_then(Envelope::answer) {
        return match &answer.error {
            Some(error) => {
                let code = error.code.as_deref().unwrap_or_default();
                let message = error.message.as_deref().unwrap_or_default();
                refused(reply, code, message, answer.request_id.as_deref()).into()
            }
            None if reply.status.is_success() => Verdict::Success,
            None => refused(reply, SERVER_NETWORK_ERROR, &reply.text(), answer.request_id.as_deref()).into(),
        };
    }
    if !reply.status.is_success() {
        return refused(reply, SERVER_NETWORK_ERROR, &reply.text(), None).into();
    }
    match envelope.as_ref().and_then(Envelope::legacy) {
        Some(legacy) => refused(reply, &legacy.code, legacy.message, None).into(),
        None => Verdict::Broken(not_an_answer(reply)),
    }
}

/// Whether a successful reply's body is a stream of events.
pub(crate) fn is_event_stream(head: &Reply) -> bool {
    head.status.is_success() && head.media_type() == "text/event-stream"
}

/// Finds the envelope of an error in an event: what goes wrong once the stream has begun has no other way. `head` is the
/// reply of the stream, `input` the call.
///
/// # Errors
/// [`ErrorKind::Service`](sanyun_core::ErrorKind::Service) for a refusal.
pub(crate) fn check_event(input: &Input, head: &Reply, event: &Event) -> Result<(), Error> {
    // Nearly all events are parts of an answer, and this is said of each.
    if !event.data().contains("\"Response\"") {
        return Ok(());
    }
    let reply = Reply { body: event.data().to_owned().into(), ..head.clone() };
    match judge(&reply) {
        Verdict::Refused(refused) => {
            let hint = hint(input, &refused);
            let error = Error::from_service(*refused);
            Err(hint.into_iter().fold(error, Error::with_hint))
        }
        Verdict::Success | Verdict::Broken(_) => Ok(()),
    }
}

/// The content of `Response`.
///
/// # Errors
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if there is none.
pub(crate) fn content(reply: &Reply) -> Result<Value, Error> {
    let mut value: Value = serde_json::from_slice(without_mark(&reply.body)).map_err(|_| not_an_answer(reply))?;
    match value.get_mut("Response").map(Value::take) {
        Some(content @ Value::Object(_)) => Ok(content),
        _ => Err(not_an_answer(reply)),
    }
}

/// Reads the content of `Response` into a value.
///
/// # Errors
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if the reply is no text, or a member is wrong.
pub(crate) fn read_typed(api: &Api, output: &Output, value: &mut dyn Field) -> Result<(), Error> {
    let reply = &output.reply;
    let text = std::str::from_utf8(without_mark(&reply.body)).map_err(|_| not_an_answer(reply))?;
    read_reply(api, output, Json::Member(text, "Response"), value)
}

/// The id of the request in a reply: the body's, else the header's.
pub(crate) fn request_id(reply: &Reply) -> Option<String> {
    let in_body = Envelope::scan(&reply.body).and_then(|envelope| envelope.answer()?.request_id.clone());
    in_body.or_else(|| reply.header(REQUEST_ID_HEADER).map(str::to_owned)).filter(|id| !id.is_empty())
}

/// The text by which Tencent Cloud announces that it is going to remove an action.
#[cfg(feature = "tracing")]
pub(crate) fn deprecation(reply: &Reply) -> Option<String> {
    Envelope::scan(&reply.body)?.answer()?.deprecated_warning.clone()
}

fn refused(reply: &Reply, code: &str, message: &str, request_id: Option<&str>) -> ServiceError {
    let request_id = request_id.or_else(|| reply.header(REQUEST_ID_HEADER)).unwrap_or_default();
    ServiceError::new(reply.status.as_u16(), code, message)
        .with_class(class(code, reply))
        .with_side(side(code))
        .with_request_id(request_id)
        .with_retry_after(reply.retry_after())
        .with_raw(reply.body.clone())
}

/// What a code means for a retry. The status says nothing: errors come with 200, and an `InternalError` is final.
fn class(code: &str, reply: &Reply) -> ServiceClass {
    match code {
        "AuthFailure.SignatureExpire" => ServiceClass::ClockSkew(reply.date()),
        "AuthFailure.TokenFailure" => ServiceClass::ExpiredCredential,
        SERVER_NETWORK_ERROR if reply.status.as_u16() == 429 => ServiceClass::Throttled,
        SERVER_NETWORK_ERROR => ServiceClass::Server,
        _ if THROTTLING_CODES.contains(&code) => ServiceClass::Throttled,
        _ => ServiceClass::Client,
    }
}

/// Whether a refusal means that the service's host does not work: an answer that is none of Tencent Cloud's, an internal
/// error, or a status of 5xx. Other codes, those of throttling among them, are answers of a host that works.
pub(crate) fn is_outage(error: &ServiceError) -> bool {
    let broken = [SERVER_NETWORK_ERROR, "InternalError"].contains(&error.code());
    broken || (error.status() >= 500 && error.class() != ServiceClass::Throttled)
}

fn side(code: &str) -> Side {
    let major = code.split('.').next().unwrap_or(code);
    if GATEWAY_CODES.contains(&major) { Side::Gateway } else { Side::Service }
}

fn not_an_answer(reply: &Reply) -> Error {
    const SHOWN_CHARACTERS: usize = 200;
    let id = reply.header(REQUEST_ID_HEADER).map(str::to_owned);
    if reply.media_type() == "text/event-stream" {
        return Error::decode("the reply is a stream of events, and this call reads one JSON answer")
            .with_hint(
                "read it with `Client::events` or `Client::events_of`, or leave the parameter `Stream` out or set it to \
                 false",
            )
            .with_reply(reply.clone(), id);
    }
    let text = reply.text();
    let start: String = text.chars().take(SHOWN_CHARACTERS).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    Error::decode(format!("the reply is not an answer of Tencent Cloud: {start:?}{more}"))
        .with_hint("something else answered in its place: check the endpoint and the proxy")
        .with_reply(reply.clone(), id)
}

/// A body without the byte order mark that some gateways put in front.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

#[cfg(test)]
mod tests;
