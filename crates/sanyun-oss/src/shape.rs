//! A call to an unsigned request.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, HeaderValue, Method};
use sanyun_core::{Attempt, Error, Request, Result, encode, hash, header_value};

use crate::input::Input;
use crate::media_type;
use crate::protocol::Oss;

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// `Content-MD5` of an empty body.
const EMPTY_MD5: HeaderValue = HeaderValue::from_static("1B2M2Y8AsgTpgAmY7PhCfg==");

/// Builds the unsigned request of one attempt. Headers win in this order: those of the call's options, those of the
/// operation's parameters, those that are always sent or guessed, the client's default ones.
pub(crate) fn shape(oss: &Oss, input: &Input, attempt: &Attempt<'_>) -> Result<Request> {
    let (endpoint, path) = oss.account.target(&oss.addresses, attempt.endpoint, input)?;
    let mut request = Request::new(Method::from(input.operation.method), endpoint, path);
    request.query = query(input);
    for (name, value) in &input.headers {
        request.headers.insert(name.clone(), value.clone());
    }
    attempt.options.apply_headers(&mut request);
    request.body = input.body.clone();
    if input.expiry.is_none() {
        describe_body(oss, input, &mut request);
        add_defaults(oss, &mut request);
        request.headers.insert(USER_AGENT, header_value(&USER_AGENT, attempt.user_agent)?);
    }
    Ok(request)
}

/// The parameters that are always sent, and the call's own. A presigned URL asks for no encoding of keys: whoever uses
/// it may be no SDK.
fn query(input: &Input) -> String {
    let replaced = |name: &str| input.has_query(name) || (input.expiry.is_some() && name == "encoding-type");
    let fixed = input.operation.query.iter().copied().filter(|(name, _)| !replaced(name));
    let own = input.query.iter().map(|(name, value)| (name.as_ref(), value.as_str()));
    let mut query = String::new();
    for (name, value) in fixed.chain(own) {
        if !query.is_empty() {
            query.push('&');
        }
        encode::push_percent(&mut query, name);
        query.push('=');
        encode::push_percent(&mut query, value);
    }
    query
}

fn describe_body(oss: &Oss, input: &Input, request: &mut Request) {
    let guessed = || input.guesses_type.then(|| media_type::of_key(input.key.as_deref().unwrap_or_default()));
    if let Some(media_type) = input.operation.content_type.or_else(guessed) {
        request.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
    }
    if let Some(md5) = input.operation.md5.then(|| content_md5(input)).flatten() {
        request.headers.entry(CONTENT_MD5).or_insert(md5);
    }
    if input.checks_sent() && oss.checks_uploads {
        request.body = input.sent.count(&input.body);
    }
    if oss.additional_headers.contains(&CONTENT_LENGTH)
        && let Some(len) = input.body.len().filter(|len| *len > 0)
    {
        request.headers.entry(CONTENT_LENGTH).or_insert(HeaderValue::from(len));
    }
}

/// `None` for a body that is not in memory: it is read once, when it is sent.
fn content_md5(input: &Input) -> Option<HeaderValue> {
    match input.body.as_bytes()? {
        [] => Some(EMPTY_MD5),
        bytes => HeaderValue::try_from(encode::base64(&hash::md5(bytes))).ok(),
    }
}

/// A header that is there but empty counts as unset.
fn add_defaults(oss: &Oss, request: &mut Request) {
    for (name, value) in &oss.default_headers {
        if request.headers.get(name).is_none_or(HeaderValue::is_empty) {
            request.headers.insert(name.clone(), value.clone());
        }
    }
}

/// Checks a header that a client sends with every call.
///
/// # Errors
/// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if it cannot be one.
pub(crate) fn default_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let refuse = |why: &str| Error::config(format!("default header `{name}`: {why}"));
    let parsed = HeaderName::try_from(name).map_err(|_| refuse("this is not a header name"))?;
    if parsed == USER_AGENT {
        return Err(refuse("use `user_agent` to add to it"));
    }
    let value = header_value(&parsed, value).map_err(|_| refuse("the value has a control character"))?;
    Ok((parsed, value))
}
