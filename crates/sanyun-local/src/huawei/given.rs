//! The parameters of a request: path, query, headers and a body of one of several kinds.

use sanyun_catalog::{Operation, Param, Place, Type, TypeDef};
use sanyun_core::encode;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::arrival::Head;
use crate::given::Given;
use crate::{multipart, wire};

/// Reads what a request gives to an operation.
///
/// # Errors
/// The body says that it is JSON and is not.
pub(super) fn read(
    operation: &Operation<'static>,
    head: &Head,
    arguments: &[(&'static str, String)],
    body: &[u8],
) -> Result<Given, Refusal> {
    let query = decoded(&head.query, |text| encode::percent_decode(text).into_owned());
    let form = form(head, body);
    let members = members(operation, body, &form);
    let mut given = Given::default();
    for (name, value) in arguments {
        given.parameters.insert((*name).to_owned(), value.clone().into());
    }
    for param in &operation.params {
        let texts: Vec<&str> = match param.place {
            Place::Path | Place::Host => continue,
            Place::Query => of(&query, param.name),
            Place::Body => of(&form, param.name),
            Place::Header => header(head, param),
        };
        let value = match param.place {
            Place::Body => members.get(param.name).cloned().or_else(|| form_value(operation, &param.ty, &texts)),
            _ => value(operation, &param.ty, &texts),
        };
        if let Some(value) = value {
            given.parameters.insert(param.name.to_owned(), value);
        } else if !texts.is_empty() {
            given.parameters.insert(param.name.to_owned(), texts.join(",").into());
            given.vague.push(param.name);
        }
    }
    read_body(&mut given, operation, head, body, &form)?;
    Ok(given)
}

/// Some JSON bodies have no type of their own: their members are parameters.
fn members(operation: &Operation<'static>, body: &[u8], form: &[(String, String)]) -> Value {
    match operation.body {
        None if form.is_empty() => serde_json::from_slice(body).unwrap_or_default(),
        _ => Value::Null,
    }
}

fn read_body(
    given: &mut Given,
    operation: &Operation<'static>,
    head: &Head,
    body: &[u8],
    form: &[(String, String)],
) -> Result<(), Refusal> {
    let media_type = head.media_type();
    let kind = operation.consumes.first().map_or("", |kind| kind.split(';').next().unwrap_or_default());
    let is_form = media_type.contains("form");
    given.opaque = operation.rare.stream_request.is_some()
        || !(is_form || kind.is_empty() || kind.ends_with("json") || media_type == "application/json");
    if given.opaque || operation.body.is_none() || body.is_empty() {
        return Ok(());
    }
    given.body = if is_form {
        let fields = operation.body_fields().into_iter();
        let read = fields.filter_map(|field| {
            Some((field.name.to_owned(), form_value(operation, &field.ty, &of(form, field.name))?))
        });
        Some(Value::Object(read.collect::<Map<_, _>>()))
    } else {
        match (serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)), &operation.body) {
            (Ok(parsed), _) => Some(parsed),
            // A body that is one text need not be JSON.
            (Err(_), Some(Type::String | Type::Any)) => Some(String::from_utf8_lossy(body).into()),
            (Err(_), _) => return Err(Refusal::bad_request("the body is not JSON")),
        }
    };
    Ok(())
}

/// A value that arrived as one text or several; `None` if there is none, or if it cannot be told what it was.
fn value(operation: &Operation<'static>, ty: &Type<'_>, texts: &[&str]) -> Option<Value> {
    let first = *texts.first()?;
    let read = |ty: &Type<'_>, text: &str| wire::read(operation.service, ty, None, text.into());
    match ty {
        Type::List(item) if is_plain(operation, item) => Some(texts.iter().map(|text| read(item, text)).collect()),
        Type::Map(item) => {
            let members = texts.iter().filter_map(|text| text.split_once('='));
            Some(members.map(|(key, text)| (key.to_owned(), read(item, text))).collect())
        }
        ty if is_plain(operation, ty) => Some(read(ty, first)),
        _ => None,
    }
}

/// A member of a form: a list repeats its name, and what is not plain is JSON.
fn form_value(operation: &Operation<'static>, ty: &Type<'_>, texts: &[&str]) -> Option<Value> {
    let read = |ty: &Type<'_>, text: &str| wire::read(operation.service, ty, None, text.into());
    match ty {
        Type::List(item) if texts.first().is_some_and(|text| !text.starts_with('[')) => {
            Some(texts.iter().map(|text| read(item, text)).collect())
        }
        ty => texts.first().map(|text| read(ty, text)),
    }
}

fn is_plain(operation: &Operation<'static>, ty: &Type<'_>) -> bool {
    match ty {
        Type::List(_) | Type::Map(_) | Type::Any => false,
        Type::Named(_) => matches!(operation.service.resolve(ty), Some(TypeDef::Enum(_))),
        _ => true,
    }
}

/// The pairs of a form of either kind.
fn form(head: &Head, body: &[u8]) -> Vec<(String, String)> {
    match head.media_type().as_str() {
        "application/x-www-form-urlencoded" => decoded(&String::from_utf8_lossy(body), encode::form_decode),
        "multipart/form-data" => multipart::pairs(head.header("content-type"), body),
        _ => Vec::new(),
    }
}

fn decoded(pairs: &str, decode: impl Fn(&str) -> String) -> Vec<(String, String)> {
    encode::pairs(pairs).map(|(name, value)| (decode(name), decode(value))).collect()
}

fn of<'a>(pairs: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
}

/// A header; a list in it is joined by commas.
fn header<'a>(head: &'a Head, param: &Param<'_>) -> Vec<&'a str> {
    let name = param.name.to_ascii_lowercase();
    match head.header(&name) {
        _ if !head.headers.contains_key(&name) => Vec::new(),
        value if matches!(param.ty, Type::List(_)) => value.split(',').collect(),
        value => vec![value],
    }
}
