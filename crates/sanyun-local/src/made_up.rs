//! Made-up answers: values that fit the operation's response, the same for the same request.

use http::HeaderMap;
use sanyun_catalog::{Field, Operation, Struct, Type, TypeDef, sample};
use serde_json::{Map, Value};

use crate::{listing, seed};

/// What an answer of bytes holds.
pub(crate) const BYTES: &[u8] = b"These bytes are made up.\n";
/// Names of tokens that lead to another page; where the operation has no rule of paging, nothing follows.
const TOKENS: [&str; 9] = [
    "nexttoken",
    "nextmarker",
    "nextpagetoken",
    "nextcursor",
    "nextkey",
    "nextpage",
    "continuetoken",
    "continuationtoken",
    "scrollid",
];
/// Names of booleans that say that there is another page.
const MORE: [&str; 5] = ["hasmore", "hasnext", "hasnextpage", "istruncated", "truncated"];

/// The answer to a call; `None` if the operation answers with nothing or with bytes. `salt` is what else tells two
/// requests apart, such as the region.
///
/// An operation with a rule of paging behaves like a listing of [`listing::TOTAL`] items.
pub(crate) fn value(operation: &Operation<'static>, parameters: &Value, salt: &str) -> Option<Value> {
    let paging = operation.paging();
    let mut own = parameters.clone();
    if let (Some(paging), Value::Object(own)) = (&paging, &mut own) {
        // All pages are cut from one list.
        own.retain(|name, _| !listing::is_of_paging(paging, name));
    }
    let service = operation.service;
    let name = [service.name(), service.version(), operation.name, salt].join(" ");
    let seed = seed::of(&[name.as_bytes(), own.to_string().as_bytes()]);
    let mut value = sample::reply(operation, seed)?;
    complete(operation, &mut value, seed);
    end(operation, &mut value);
    if let Some(paging) = paging {
        listing::cut(operation, &paging, parameters, seed, &mut value);
    }
    Some(value)
}

/// The structure of the answer, if it is one.
pub(crate) fn structure(operation: &Operation<'static>) -> Option<Struct<'static>> {
    match operation.service.resolve(operation.response.as_ref()?)? {
        TypeDef::Struct(found) => Some(found),
        TypeDef::Enum(_) => None,
    }
}

/// The sample leaves out what only failures carry, also where the catalog says that it is always there.
fn complete(operation: &Operation<'static>, value: &mut Value, seed: u64) {
    let (Value::Object(members), Some(known)) = (value, structure(operation)) else { return };
    for field in known.fields.iter().filter(|field| field.flags.always() || field.flags.required()) {
        if !members.contains_key(field.name) && !is_request_id(field.name) {
            let made = sample::value(operation.service, &field.ty, field.name, seed);
            // An error's code and message in a success are empty.
            let made = if made.is_string() { Value::from("") } else { made };
            members.insert(field.name.to_owned(), made);
        }
    }
}

/// Nothing follows: empties tokens and denies more pages, at the top and one level below.
fn end(operation: &Operation<'static>, value: &mut Value) {
    let (Value::Object(members), Some(known)) = (value, structure(operation)) else { return };
    end_members(members, &known.fields);
    for field in &known.fields {
        if let (Some(Value::Object(inner)), Some(TypeDef::Struct(known))) =
            (members.get_mut(field.name), operation.service.resolve(&field.ty))
        {
            end_members(inner, &known.fields);
        }
    }
}

fn end_members(members: &mut Map<String, Value>, fields: &[Field<'_>]) {
    for field in fields {
        let (name, always) = (plain(field.name), field.flags.always() || field.flags.required());
        match members.get_mut(field.name) {
            Some(Value::String(text)) if TOKENS.contains(&name.as_str()) && always => text.clear(),
            Some(Value::String(_) | Value::Number(_)) if TOKENS.contains(&name.as_str()) && !always => {
                members.remove(field.name);
            }
            Some(Value::Bool(more)) if MORE.contains(&name.as_str()) => *more = false,
            _ => {}
        }
    }
}

/// Whether this is the request id, which whoever answers fills in.
pub(crate) fn is_request_id(name: &str) -> bool {
    plain(name) == "requestid" || plain(name) == "xrequestid"
}

/// Puts the request id where the answer's structure has one.
pub(crate) fn with_request_id(operation: &Operation<'static>, mut value: Value, id: &str) -> Value {
    if let (Value::Object(members), Some(known)) = (&mut value, structure(operation)) {
        let is_text = |field: &&Field<'_>| field.ty == Type::String && !field.flags.from_header();
        for field in known.fields.iter().filter(|field| is_request_id(field.name)).filter(is_text) {
            members.insert(field.name.to_owned(), id.into());
        }
    }
    value
}

/// The headers that the catalog knows, and the fields that may come from one: they are taken out of the answer.
pub(crate) fn headers(operation: &Operation<'static>, value: Option<&mut Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: &str, value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(text)) {
            headers.insert(name, value);
        }
    };
    let seed = seed::of(&[operation.name.as_bytes()]);
    for (name, ty) in &operation.response_headers {
        set(name, &sample::value(operation.service, ty, name, seed));
    }
    if let (Some(Value::Object(members)), Some(known)) = (value, structure(operation)) {
        for field in known.fields.iter().filter(|field| field.flags.from_header()) {
            if let Some(value) = members.remove(field.name) {
                set(field.name, &value);
            }
        }
    }
    // What the body decides is not the catalog's to say.
    headers.remove(http::header::CONTENT_LENGTH);
    headers.remove(http::header::CONTENT_TYPE);
    headers.remove(http::header::TRANSFER_ENCODING);
    headers.remove(http::header::CONTENT_ENCODING);
    headers.remove(http::header::CONNECTION);
    headers
}

/// Whether a call of an operation that can answer with events asks for them: by `Accept`, or by a parameter
/// `Stream`.
pub(crate) fn wants_events(operation: &Operation<'static>, accept: &str, parameters: &Value) -> bool {
    let asks = |(name, value): (&String, &Value)| is_stream(name) && *value == Value::Bool(true);
    let asked = || parameters.as_object().is_some_and(|members| members.iter().any(asks));
    operation.flags.sse && (accept.contains("text/event-stream") || asked())
}

/// Whether a parameter of this name asks for events.
pub(crate) fn is_stream(name: &str) -> bool {
    matches!(plain(name).as_str(), "stream" | "streaming")
}

/// A name in lower case without anything but letters and digits.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
