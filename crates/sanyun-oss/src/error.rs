//! What a refusal of OSS says, in whichever form it comes.

mod hint;

use std::io;

use bytes::Bytes;
use sanyun_core::{Error, ErrorKind, Reply, ServiceClass, ServiceError, TransportError, encode};
use serde_json::Value;

pub(crate) use hint::hint;

use crate::crc::CrcMismatch;
use crate::reader::SourceChanged;
use crate::xml::Document;

/// The code of an answer that is none that OSS gives.
pub const BAD_ERROR_RESPONSE: &str = "BadErrorResponse";

/// How much of an unknown answer is quoted.
const QUOTED_BYTES: usize = 256;

/// What OSS tells about a failure that the SDK's error has no method for.
pub trait OssError {
    /// Whether the object has not changed since the condition of the call (HTTP 304), so that nothing was sent.
    fn is_not_modified(&self) -> bool;

    /// Whether a condition of the call does not hold (HTTP 412).
    fn is_precondition_failed(&self) -> bool;

    /// The two checksums, if the bytes on both sides differ.
    fn crc_mismatch(&self) -> Option<CrcMismatch>;

    /// Whether an object that is read as a [file](crate::Reader) was changed or deleted since it was opened.
    fn is_source_changed(&self) -> bool;

    /// OSS's finer error code (EC), which its support and its documentation know.
    fn ec(&self) -> Option<&str>;
}

impl OssError for Error {
    fn is_not_modified(&self) -> bool {
        self.service().is_some_and(|service| service.status() == 304)
    }

    fn is_precondition_failed(&self) -> bool {
        self.service().is_some_and(|service| service.status() == 412)
    }

    fn crc_mismatch(&self) -> Option<CrcMismatch> {
        std::error::Error::source(self)?.downcast_ref().copied()
    }

    fn is_source_changed(&self) -> bool {
        std::error::Error::source(self).is_some_and(|source| source.is::<SourceChanged>())
    }

    fn ec(&self) -> Option<&str> {
        self.service()?.detail("EC")
    }
}

/// Whether there is no object of the key. A refusal to HEAD may have no code.
pub(crate) fn is_no_such_key(error: &Error) -> bool {
    error.service().is_some_and(|refused| {
        refused.code() == "NoSuchKey" || (refused.status() == 404 && refused.code() == BAD_ERROR_RESPONSE)
    })
}

/// Reads the error of a reply. It cannot fail: what is not understood becomes [`BAD_ERROR_RESPONSE`].
pub(crate) fn read(reply: &Reply) -> ServiceError {
    let raw = raw_error(reply);
    let text = String::from_utf8_lossy(raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&raw));
    let found = if reply.header("content-type") == Some("application/json") {
        from_json(&text, reply.header("x-oss-error-type"))
    } else {
        from_xml(&text)
    };
    let found = found.unwrap_or_else(|| unknown(reply, &text));
    let request_id = found.some("RequestId").or(reply.header("x-oss-request-id")).unwrap_or_default().to_owned();
    let ec = found.some("EC").or(reply.header("x-oss-ec")).map(str::to_owned);

    let status = reply.status.as_u16();
    let class = class(status, &found.code, reply);
    let mut error = ServiceError::new(status, found.code, found.message)
        .with_class(class)
        .with_request_id(request_id)
        .with_retry_after(reply.retry_after());
    for (name, value) in found.details.into_iter().filter(|(name, _)| name != "EC") {
        error = error.with_detail(name, value);
    }
    if let Some(ec) = ec {
        error = error.with_detail("EC", ec);
    }
    error.with_raw(raw)
}

/// The body, or for replies to HEAD, which have none, the header that stands for it.
fn raw_error(reply: &Reply) -> Bytes {
    if !reply.body.is_empty() {
        return reply.body.clone();
    }
    reply.header("x-oss-err").and_then(|text| encode::base64_decode(text.trim())).map(Bytes::from).unwrap_or_default()
}

#[derive(Default)]
struct Found {
    code: String,
    message: String,
    details: Vec<(String, String)>,
}

impl Found {
    fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), details: Vec::new() }
    }

    fn some(&self, name: &str) -> Option<&str> {
        self.details
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|it| !it.is_empty())
    }

    fn add(&mut self, name: &str, value: &str) {
        match name {
            "Code" => self.code = value.to_owned(),
            "Message" => self.message = value.to_owned(),
            _ => self.details.push((name.to_owned(), value.to_owned())),
        }
    }
}

/// `{"Error": {"Code": …}}`, or of the tables service the code in a header and the message alone in the body.
fn from_json(text: &str, code: Option<&str>) -> Option<Found> {
    let value: Value = serde_json::from_str(text).ok()?;
    if let Some(code) = code {
        return Some(Found::new(code, value.get("message").and_then(Value::as_str).unwrap_or_default()));
    }
    let mut found = Found::default();
    for (name, value) in value.get("Error")?.as_object()? {
        found.add(name, value.as_str().unwrap_or_default());
    }
    Some(found)
}

fn from_xml(text: &str) -> Option<Found> {
    let Ok(document) = Document::parse(text) else { return cut_out(text) };
    let root = document.root();
    if root.name() != "Error" {
        return None;
    }
    let mut found = Found::default();
    root.children().for_each(|child| found.add(child.name(), child.content()));
    Some(found)
}

/// Code and message of an answer that is nearly XML: OSS has forgotten to escape what it quotes.
fn cut_out(text: &str) -> Option<Found> {
    let inside = text.split_once("<Error>")?.1.split_once("</Error>")?.0;
    let element = |open: &str, close: &str| Some(inside.split_once(open)?.1.split_once(close)?.0.to_owned());
    let (code, message) = (element("<Code>", "</Code>"), element("<Message>", "</Message>"));
    Some(Found::new(code.unwrap_or_default(), message.unwrap_or_default()))
}

fn unknown(reply: &Reply, text: &str) -> Found {
    let message = match (reply.status.as_u16(), text) {
        (304, _) => "the object has not changed".to_owned(),
        (_, "") => "the answer has no body".to_owned(),
        (_, text) => format!(
            "the answer is none of OSS's: {}",
            text.get(..text.floor_char_boundary(QUOTED_BYTES)).unwrap_or_default()
        ),
    };
    Found::new(BAD_ERROR_RESPONSE, message)
}

/// What an error means for a retry. As the official SDKs do, code `BadRequest` and status 408 count as passing; unlike
/// them, status 401 helps only with another key.
fn class(status: u16, code: &str, reply: &Reply) -> ServiceClass {
    match (status, code) {
        (_, "RequestTimeTooSkewed") => ServiceClass::ClockSkew(reply.date()),
        (_, "SecurityTokenExpired") | (401, _) => ServiceClass::ExpiredCredential,
        (429, _) | (_, "SlowDown") => ServiceClass::Throttled,
        (503, code) if code.ends_with("LimitExceeded") => ServiceClass::Throttled,
        (408 | 500..=599, _) | (_, "BadRequest") => ServiceClass::Server,
        _ => ServiceClass::Client,
    }
}

/// The two sides have different bytes.
pub(crate) fn inconsistent(mismatch: CrcMismatch) -> Error {
    Error::decode(format!("the bytes were changed on the way: {mismatch}"))
        .with_retryable(true)
        .with_source(mismatch)
        .with_hint("make the call again; if it fails again, something between here and OSS changes the bytes")
}

/// An error of a body that was being read, as the SDK's own: the one that lies inside, if one does.
pub(crate) fn from_body(error: io::Error) -> Error {
    let kind = error.kind();
    let Some(inner) = error.into_inner() else { return Error::io("reading the object", kind.into()) };
    match inner.downcast::<Error>() {
        Ok(error) => *error,
        Err(inner) => match inner.downcast::<TransportError>() {
            Ok(error) => (*error).into(),
            Err(inner) => Error::new(ErrorKind::Io, format!("reading the object: {inner}")),
        },
    }
}

#[cfg(test)]
mod tests;
