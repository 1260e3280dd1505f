//! The parameters of a request: path, headers, and flat names in query and form, or a body of another kind.

use std::collections::BTreeMap;

use sanyun_catalog::{Operation, Param, ParamStyle, Place, Type};
use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::request::Request;
use crate::arrival::Head;
use crate::given::Given;
use crate::{flat, wire};

/// Reads what a request gives to an operation.
///
/// # Errors
/// The body should be JSON and is not.
pub(super) fn read(
    operation: &Operation<'static>,
    head: &Head,
    request: &Request,
    arguments: &[(&'static str, String)],
    body: &[u8],
) -> Result<Given, Refusal> {
    let mut given = Given::default();
    for (name, value) in arguments {
        given.parameters.insert((*name).to_owned(), value.clone().into());
    }
    let json = read_body(&mut given, operation, request, body)?;
    for param in &operation.params {
        let value = match (param.place, &json) {
            (Place::Path | Place::Host, _) => None,
            (Place::Header, _) => header(operation, head, param),
            (Place::Body, Some(body)) => {
                body.get(param.name).map(|value| wire::read(operation.service, &param.ty, param.style, value.clone()))
            }
            _ => flat_value(operation, &param.ty, param.style, param.name, &request.parameters),
        };
        if let Some(value) = value {
            given.parameters.insert(param.name.to_owned(), value);
        }
    }
    Ok(given)
}

/// Reads the body into its place; gives it back if it is JSON made of parameters.
fn read_body(
    given: &mut Given,
    operation: &Operation<'static>,
    request: &Request,
    body: &[u8],
) -> Result<Option<Value>, Refusal> {
    let is_form = !request.form.is_empty();
    let consumes = operation.consumes.first().copied().unwrap_or_default();
    given.opaque = operation.rare.stream_request.is_some()
        || operation.rare.body_style.as_deref().is_some_and(|style| style != "json")
        || !is_form && !matches!(consumes, "json" | "formData" | "none" | "");
    if given.opaque || body.is_empty() {
        return Ok(None);
    }
    if is_form {
        let fields = operation.body_fields().into_iter().filter_map(|field| {
            let value = flat_value(operation, &field.ty, None, field.name, &request.parameters)?;
            Some((field.name.to_owned(), value))
        });
        let fields: Map<_, _> = fields.collect();
        given.body = (!fields.is_empty()).then_some(Value::Object(fields));
        return Ok(None);
    }
    let json = match (serde_json::from_slice::<Value>(body), &operation.body) {
        (Ok(json), _) => json,
        // A body that is one text need not be JSON; one that nobody asked for is not looked at.
        (Err(_), Some(Type::String | Type::Any)) => String::from_utf8_lossy(body).into(),
        (Err(_), _) if consumes == "json" => return Err(Refusal::invalid_parameter("body")),
        (Err(_), _) => return Ok(None),
    };
    if operation.body.is_some() {
        given.body = Some(json);
        return Ok(None);
    }
    Ok(Some(json))
}

/// A parameter under its own name, or flattened below it.
fn flat_value(
    operation: &Operation<'static>,
    ty: &Type<'_>,
    style: Option<ParamStyle>,
    name: &str,
    pairs: &BTreeMap<String, String>,
) -> Option<Value> {
    if let Some(text) = pairs.get(name) {
        return Some(wire::read(operation.service, ty, style, text.as_str().into()));
    }
    let prefix = format!("{name}.");
    let below = pairs.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
    let below: Vec<_> =
        below.filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.to_owned(), value.clone()))).collect();
    let nested = flat::nested_any(&below)?;
    Some(wire::read(operation.service, ty, None, nested))
}

/// A header; a name that ends in `*` stands for all headers that begin so.
fn header(operation: &Operation<'static>, head: &Head, param: &Param<'_>) -> Option<Value> {
    let name = param.name.to_ascii_lowercase();
    if let Some(prefix) = name.strip_suffix('*') {
        let family = head.headers.keys().filter_map(|name| Some((name, name.as_str().strip_prefix(prefix)?)));
        let members: Map<_, _> =
            family.map(|(name, rest)| (rest.to_owned(), head.header(name.as_str()).into())).collect();
        return (!members.is_empty()).then_some(Value::Object(members));
    }
    let present = head.headers.contains_key(&name);
    present.then(|| wire::read(operation.service, &param.ty, param.style, head.header(&name).into()))
}
