//! From a call to an unsigned request.

mod files;
mod flatten;
mod generic;
mod input;
mod multipart;
mod octets;
mod reply;

use http::header::{ACCEPT, CONTENT_TYPE, DATE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue};
use sanyun_core::{Attempt, Body, Error, Material, Request, Result, encode, time};

pub use flatten::{ArrayStyle, Pair, flat_style, flatten, form, text};
pub use input::{Input, ReplyType, Style};
pub use multipart::Multipart;
pub use reply::decode;
pub(crate) use reply::read;

use crate::sign::{self, SignatureVersion};
pub(crate) use generic::{Name, typed};
use input::Payload;
pub(crate) use input::header;
pub(crate) use octets::MAX_IN_MEMORY_BYTES;

/// What a client adds to every call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Globals {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// Sorted by name, each name once.
    pub(crate) query: Vec<Pair>,
}

const ACTION: HeaderName = HeaderName::from_static("x-acs-action");
const VERSION: HeaderName = HeaderName::from_static("x-acs-version");
const DATE_V3: HeaderName = HeaderName::from_static("x-acs-date");
const NONCE: HeaderName = HeaderName::from_static("x-acs-signature-nonce");
const METHOD_V1: HeaderName = HeaderName::from_static("x-acs-signature-method");
const VERSION_V1: HeaderName = HeaderName::from_static("x-acs-signature-version");
const RETRY_ATTEMPTS: HeaderName = HeaderName::from_static("x-acs-retry-attempts");
const RETRY_DELAY: HeaderName = HeaderName::from_static("x-acs-retry-delay");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: &str = "application/x-www-form-urlencoded";

/// Builds the unsigned request. Later headers and query parameters win over earlier ones of the same name: built-in ones,
/// the client's, the call's own, the options of the call. Only the content type follows from the body, if it can.
pub(crate) fn shape(
    input: &Input,
    version: SignatureVersion,
    globals: &Globals,
    attempt: &Attempt<'_>,
) -> Result<Request> {
    let (path, path_query) = input.filled_path()?;
    let mut request = Request::new(input.method.clone(), attempt.endpoint.clone(), path);
    request.query = match (version, input.style) {
        (SignatureVersion::V1, Style::Rpc) => rpc_v1_query(input, globals, attempt)?,
        _ => query(input, globals, &path_query, attempt),
    };
    built_in_headers(&mut request, input, version, attempt)?;
    for (name, value) in globals.headers.iter().chain(&input.headers) {
        request.headers.insert(name, value.clone());
    }
    attempt.options.apply_headers(&mut request);
    if attempt.number > 1 {
        request.headers.insert(RETRY_ATTEMPTS, (attempt.number - 1).into());
        request.headers.insert(RETRY_DELAY, (attempt.delay.as_millis() as u64).into());
    }
    set_body(&mut request, input, version)?;
    Ok(request)
}

fn built_in_headers(
    request: &mut Request,
    input: &Input,
    version: SignatureVersion,
    attempt: &Attempt<'_>,
) -> Result<()> {
    request.set_header(HOST, attempt.endpoint.authority())?;
    request.set_header(VERSION, &input.version)?;
    request.set_header(ACTION, &input.action)?;
    request.set_header(USER_AGENT, attempt.user_agent)?;
    match (version, input.style) {
        (SignatureVersion::V3(_), _) => {
            request.set_header(DATE_V3, &time::iso_extended(attempt.now))?;
        }
        (SignatureVersion::V1, Style::Roa) => {
            request.set_header(DATE, &time::http_date(attempt.now))?;
            request.headers.insert(METHOD_V1, HeaderValue::from_static("HMAC-SHA1"));
            request.headers.insert(VERSION_V1, HeaderValue::from_static("1.0"));
        }
        // Time and nonce are parameters there.
        (SignatureVersion::V1, Style::Rpc) => return Ok(()),
    }
    request.set_header(NONCE, &attempt.chance.hex32())?;
    request.headers.insert(ACCEPT, JSON);
    Ok(())
}

/// The query of all forms but RPC 1.0, canonical at once: sorted and percent-encoded as it is signed.
fn query(input: &Input, globals: &Globals, path_query: &[Pair], attempt: &Attempt<'_>) -> String {
    let unsigned = matches!(attempt.credential.material(), Material::Anonymous);
    let format: &[(&str, &str)] = if unsigned && input.style == Style::Rpc { &[("Format", "json")] } else { &[] };
    let layers = [path_query, &globals.query, &input.query];
    let given = layers.into_iter().flatten().map(|(name, value)| (&**name, &**value));
    sign::encoded_pairs(&last_of_each(given.chain(format.iter().copied())))
}

/// Parameters that the signature 1.0 sets itself.
const SET_BY_RPC_V1: &[&str] = &[
    "AccessKeyId",
    "BearerToken",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureType",
    "SignatureVersion",
];

fn rpc_v1_query(input: &Input, globals: &Globals, attempt: &Attempt<'_>) -> Result<String> {
    let (timestamp, nonce) = (time::iso_extended(attempt.now), attempt.chance.hex32());
    let built_in = [
        ("Action", &*input.action),
        ("Format", "json"),
        ("Version", &*input.version),
        ("Timestamp", &*timestamp),
        ("SignatureNonce", &*nonce),
    ];
    let given = globals.query.iter().chain(&input.query).map(|(name, value)| (&**name, &**value));
    let pairs = last_of_each(built_in.into_iter().chain(given));
    if let Some((name, _)) = pairs.iter().find(|(name, _)| SET_BY_RPC_V1.contains(name)) {
        return Err(Error::input(format!("parameter `{name}` is set by the signature")));
    }
    if let Payload::Form(form) = &input.payload
        && let Some((name, _)) = form.iter().find(|(name, _)| pairs.iter().any(|(other, _)| name == other))
    {
        return Err(Error::input(format!("parameter `{name}` is given in the query and in the form")));
    }
    Ok(sign::encoded_pairs(&pairs))
}

/// Sorted by name; of several pairs with one name the last one stays.
fn last_of_each<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_by_key(|(name, _)| *name);
    // `dedup_by` keeps the first of a run, so the later value is moved into it.
    pairs.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 = later.1;
        }
        same
    });
    pairs
}

fn set_body(request: &mut Request, input: &Input, version: SignatureVersion) -> Result<()> {
    let form_only = version == SignatureVersion::V1 && input.style == Style::Rpc;
    if form_only && !matches!(input.payload, Payload::None | Payload::Form(_)) {
        return Err(Error::input("a call of RPC style with signature 1.0 can have a form as its body, nothing else"));
    }
    let (content_type, body) = match &input.payload {
        Payload::None => return Ok(()),
        Payload::Form(pairs) => (FORM, form(pairs).into()),
        Payload::Json(text) => ("application/json; charset=utf-8", Body::from(text.clone())),
        Payload::Octets(octets) => ("application/octet-stream", octets.body()),
        Payload::Bytes(bytes) => {
            request.body = Body::from(bytes.clone());
            return Ok(());
        }
    };
    request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    request.body = body;
    Ok(())
}

/// Appends an encoded parameter to a query.
pub(crate) fn push_query(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    encode::push_percent(query, name);
    query.push('=');
    encode::push_percent(query, value);
}
