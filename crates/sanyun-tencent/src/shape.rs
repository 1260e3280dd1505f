//! A call as an HTTP request, before it is signed.

mod input;
mod multipart;
mod named;
mod query;

pub use input::Input;
pub use multipart::Part;
pub(crate) use named::{Name, Strictness};
pub use query::{Pairs, flatten, form};

use std::str::FromStr;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Method};
use sanyun_core::{Attempt, Body, Error, Request, header_value};

use crate::protocol::Tencent;
use crate::sign::{SignatureMethod, UNSIGNED_PAYLOAD};
use input::Payload;

pub(crate) const X_TC_ACTION: HeaderName = HeaderName::from_static("x-tc-action");
pub(crate) const X_TC_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-tc-content-sha256");
pub(crate) const X_TC_LANGUAGE: HeaderName = HeaderName::from_static("x-tc-language");
pub(crate) const X_TC_REGION: HeaderName = HeaderName::from_static("x-tc-region");
pub(crate) const X_TC_REQUESTCLIENT: HeaderName = HeaderName::from_static("x-tc-requestclient");
pub(crate) const X_TC_TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");
pub(crate) const X_TC_TOKEN: HeaderName = HeaderName::from_static("x-tc-token");
pub(crate) const X_TC_TRACEID: HeaderName = HeaderName::from_static("x-tc-traceid");
pub(crate) const X_TC_VERSION: HeaderName = HeaderName::from_static("x-tc-version");

/// This product, in front of the application's own text in `X-TC-RequestClient`.
pub(crate) const PRODUCT: &str = concat!("SDK_RUST_SANYUN_", env!("CARGO_PKG_VERSION"));
/// The longest text of the application in `X-TC-RequestClient`, in characters.
const REQUEST_CLIENT_CHARACTERS: usize = 128;

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const OCTET_STREAM: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// The largest requests that Tencent Cloud takes, in bytes (request structure guide).
const MAX_GET_BYTES: u64 = 32 * 1024;
const MAX_OLD_BYTES: u64 = 1024 * 1024;
const MAX_TC3_BYTES: u64 = 10 * 1024 * 1024;

/// The language of error messages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    /// Chinese, the vendor's default.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// `zh-CN` or `en-US`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en-US",
        }
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::Chinese, Self::English]
            .into_iter()
            .find(|language| language.as_str() == text)
            .ok_or_else(|| Error::config(format!("`{text}` is no language of Tencent Cloud; known: zh-CN, en-US")))
    }
}

/// The value of `X-TC-RequestClient`: the product, and the application's own text if it consists of letters, digits and
/// `-_,;.` alone. A text with anything else is left out.
pub(crate) fn request_client(product: &str, own: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_,;.".contains(c);
    if own.is_empty() {
        return product.to_owned();
    }
    if !own.chars().all(allowed) {
        #[cfg(feature = "tracing")]
        tracing::warn!("the request client is left out: it may hold letters, digits and `-_,;.` only");
        return product.to_owned();
    }
    let own: String = own.chars().take(REQUEST_CLIENT_CHARACTERS).collect();
    format!("{product}; {own}")
}

/// Builds the request of a call; the signature and what changes with it (time, token, nonce) are missing.
pub(crate) fn request(client: &Tencent, input: &Input, attempt: &Attempt<'_>) -> Result<Request, Error> {
    let signature = signature_method(client, input);
    let method = method(client, input);
    let mut request = Request::new(method, attempt.endpoint.clone(), "/");
    attempt.options.apply_headers(&mut request);
    let content_type = match signature {
        SignatureMethod::Tc3 => payload(input, &mut request, attempt)?,
        // Business parameters and common ones form one body, which only the signer can complete.
        SignatureMethod::HmacSha1 | SignatureMethod::HmacSha256 => FORM,
    };
    let headers = &mut request.headers;
    headers.remove(AUTHORIZATION);
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(HOST, header_value(&HOST, attempt.endpoint.authority())?);
    if !headers.contains_key(USER_AGENT) {
        headers.insert(USER_AGENT, header_value(&USER_AGENT, attempt.user_agent)?);
    }
    if let Some(trace_id) = input.trace_id.as_ref().filter(|_| !headers.contains_key(X_TC_TRACEID)) {
        headers.insert(X_TC_TRACEID, trace_id.clone());
    }
    if signature == SignatureMethod::Tc3 {
        common_headers(client, input, attempt, &mut request)?;
    }
    Ok(request)
}

/// What the older signatures send as parameters.
fn common_headers(client: &Tencent, input: &Input, attempt: &Attempt<'_>, request: &mut Request) -> Result<(), Error> {
    let headers = &mut request.headers;
    headers.insert(X_TC_ACTION, header_value(&X_TC_ACTION, &input.action)?);
    headers.insert(X_TC_VERSION, header_value(&X_TC_VERSION, &input.version)?);
    headers.insert(X_TC_REQUESTCLIENT, client.request_client.clone());
    if let Some(region) = region(client, attempt) {
        headers.insert(X_TC_REGION, header_value(&X_TC_REGION, region)?);
    }
    if let Some(language) = client.language {
        headers.insert(X_TC_LANGUAGE, HeaderValue::from_static(language.as_str()));
    }
    match client.unsigned_payload || input.unsigned_payload {
        true => headers.insert(X_TC_CONTENT_SHA256, HeaderValue::from_static(UNSIGNED_PAYLOAD)),
        // One given by the caller would make the server check another payload than the signed one.
        false => headers.remove(X_TC_CONTENT_SHA256),
    };
    Ok(())
}

/// Puts the payload into query or body, and gives the content type.
fn payload(input: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<HeaderValue, Error> {
    let is_get = request.method == Method::GET;
    let content_type = match &input.payload {
        Payload::Multipart(parts) => {
            let boundary = attempt.chance.hex32();
            request.body = multipart::encode(parts, &boundary)?;
            let content_type = ["multipart/form-data; boundary=", &boundary].concat();
            HeaderValue::try_from(content_type).map_err(|_| Error::input("the boundary is no header value"))?
        }
        Payload::OctetStream(body) => {
            request.body = body.clone();
            member_headers(input, request)?;
            OCTET_STREAM
        }
        Payload::Query(query) => {
            request.query.clone_from(query);
            FORM
        }
        _ if is_get => {
            request.query = form(&input.pairs()?);
            FORM
        }
        Payload::Params => {
            request.body = Body::json(&input.params);
            JSON
        }
        Payload::Json(text) => {
            request.body = Body::from(text.clone());
            JSON
        }
    };
    check_size(if is_get { MAX_GET_BYTES } else { MAX_TC3_BYTES }, request)?;
    Ok(content_type)
}

/// The parameters beside an octet stream: a header `X-<SERVICE>-<Member>` each.
fn member_headers(input: &Input, request: &mut Request) -> Result<(), Error> {
    for (member, value) in flatten(&input.params) {
        let name = format!("x-{}-{member}", input.service);
        let name = HeaderName::try_from(name).map_err(|_| Error::input(format!("`{member}` cannot name a header")))?;
        request.set_header(name, &value)?;
    }
    Ok(())
}

/// Refuses what the service would refuse with a less clear message.
pub(crate) fn check_size(limit: u64, request: &Request) -> Result<(), Error> {
    let bytes = request.body.len().unwrap_or_default().max(request.query.len() as u64);
    if bytes <= limit {
        return Ok(());
    }
    let method = &request.method;
    Err(Error::input(format!("the parameters take {bytes} bytes; Tencent Cloud accepts {limit} in a {method} request")))
}

/// The limit of a request with one of the older signatures.
pub(crate) fn old_limit(method: &Method) -> u64 {
    if method == Method::GET { MAX_GET_BYTES } else { MAX_OLD_BYTES }
}

/// The region of a call: its own, else the client's; an empty one is not sent.
pub(crate) fn region<'a>(client: &'a Tencent, attempt: &'a Attempt<'_>) -> Option<&'a str> {
    attempt.options.region().or(client.region.as_deref()).filter(|region| !region.is_empty())
}

/// Multipart requests and calls without a signature know one form only.
pub(crate) fn signature_method(client: &Tencent, input: &Input) -> SignatureMethod {
    match input.payload {
        _ if input.skip_signature => SignatureMethod::Tc3,
        Payload::Multipart(_) => SignatureMethod::Tc3,
        _ => client.signature_method,
    }
}

fn method(client: &Tencent, input: &Input) -> Method {
    if matches!(input.payload, Payload::Query(_)) { Method::GET } else { client.method.clone() }
}

/// Refuses combinations of settings that Tencent Cloud does not know.
pub(crate) fn check(client: &Tencent, input: &Input) -> Result<(), Error> {
    let only = |what: &str, needs: &str| Err(Error::config(format!("{what} is sent with {needs} only")));
    match input.payload {
        Payload::Multipart(_) if client.method == Method::GET => only("a multipart body", "POST"),
        Payload::OctetStream(_) if client.method == Method::GET => only("an octet stream", "POST"),
        Payload::OctetStream(_) if signature_method(client, input) != SignatureMethod::Tc3 => {
            only("an octet stream", "TC3-HMAC-SHA256")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_client_takes_harmless_text_only() {
        assert_eq!(request_client("SDK", ""), "SDK");
        assert_eq!(request_client("SDK", "my-app_1.0;a,b"), "SDK; my-app_1.0;a,b");
        for text in ["my app", "app\n", "\r\nX: y", "ä"] {
            assert_eq!(request_client("SDK", text), "SDK", "{text:?}");
        }
        assert_eq!(request_client("S", &"x".repeat(200)).len(), "S; ".len() + 128);
    }

    #[test]
    fn there_are_two_languages() {
        assert_eq!("en-US".parse::<Language>().unwrap(), Language::English);
        assert_eq!("zh-CN".parse::<Language>().unwrap(), Language::default());
        assert!("zh".parse::<Language>().is_err());
    }
}
