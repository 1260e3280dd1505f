//! A call by an operation's name: the catalog says where its parameters go.

use http::Method;
use sanyun_catalog::check::{Checked, Target, check};
use sanyun_catalog::{Catalog, Cloud, Operation, Param, Place, Type, TypeDef};
use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

use super::input::{Account, Input};
use super::multipart::Part;

/// What becomes of problems that the catalog finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Checks {
    /// They are errors, and nothing is sent.
    Obeyed,
    /// The call is made all the same.
    Ignored,
}

/// The call of an operation with these parameters.
pub(crate) fn from_catalog(
    service: &str,
    version: &str,
    operation: &str,
    parameters: &Value,
    checks: Checks,
) -> Result<Input> {
    let catalog = Catalog::of(Cloud::Huawei).map_err(|error| Error::config(error.to_string()))?;
    let version = Some(version).filter(|version| !version.is_empty());
    let operation = catalog.operation(service, version, operation).map_err(|error| Error::input(error.to_string()))?;
    let checked = check(&operation, parameters);
    if checks == Checks::Obeyed && !checked.is_ok() {
        return Err(refusal(&operation, &checked));
    }
    input(&operation, checked.value)
}

fn refusal(operation: &Operation<'_>, checked: &Checked) -> Error {
    let problems: Vec<_> = checked.errors().map(ToString::to_string).collect();
    let name = [operation.service.name(), " ", operation.name].concat();
    Error::input(format!("{name}: {}", problems.join("; ")))
        .with_hint("correct the parameters, or send them unchecked if the service knows more than the catalog")
}

fn input(operation: &Operation<'_>, parameters: Value) -> Result<Input> {
    let Value::Object(parameters) = parameters else {
        return Err(Error::input(format!("{}: the parameters are not an object", operation.name)));
    };
    let method = Method::from_bytes(operation.method.as_bytes())
        .map_err(|_| Error::input(format!("{}: the catalog has no method for it", operation.name)))?;
    let mut input = described(operation, method);
    let mut body = Body::default();
    for (key, value) in parameters {
        place(&mut input, &mut body, operation, &key, value)?;
    }
    match body.value() {
        Some(body) => with_body(input, operation, body),
        None => Ok(input),
    }
}

/// Everything but the parameters.
fn described(operation: &Operation<'_>, method: Method) -> Input {
    let service = operation.service;
    let meta = service.meta();
    let is_global = meta.credentials.first().is_some_and(|kind| kind.starts_with("Global"));
    let mut input = Input::new(service.name(), method, operation.path)
        .version(service.version())
        .operation(operation.name)
        .account(if is_global { Account::Domain } else { Account::Project })
        .signing_name(meta.derived_auth.unwrap_or_default());
    input.signed = !operation.flags.unsigned;
    input
}

/// A body while it is put together: whole, or from its fields.
#[derive(Default)]
struct Body {
    whole: Option<Value>,
    fields: Map<String, Value>,
}

impl Body {
    fn value(self) -> Option<Value> {
        self.whole.or_else(|| (!self.fields.is_empty()).then_some(Value::Object(self.fields)))
    }
}

fn place(input: &mut Input, body: &mut Body, operation: &Operation<'_>, key: &str, value: Value) -> Result<()> {
    let targets = operation.targets(key);
    if targets.is_empty() {
        // Only an unchecked call comes here.
        match operation.body {
            Some(_) => drop(body.fields.insert(key.to_owned(), value)),
            None => input.query.push((key.to_owned(), value)),
        }
        return Ok(());
    }
    for target in targets {
        match target {
            Target::Param(param) => place_param(input, body, &param, value.clone())?,
            Target::BodyField(field) => drop(body.fields.insert(field.name.to_owned(), value.clone())),
            Target::Body(_) => body.whole = Some(value.clone()),
            Target::Placeholder(name) => input.path_params.push((name.to_owned(), value.clone())),
        }
    }
    Ok(())
}

fn place_param(input: &mut Input, body: &mut Body, param: &Param<'_>, value: Value) -> Result<()> {
    let name = param.name.to_owned();
    match (param.place, value) {
        (Place::Path, value) => input.path_params.push((name, value)),
        (Place::Query, value) => input.query.push((name, value)),
        (Place::Header, Value::Object(members)) if name.ends_with('*') => {
            let prefix = name.trim_end_matches('*');
            input.headers.extend(members.into_iter().map(|(key, member)| ([prefix, &key].concat(), member)));
        }
        (Place::Header, value) => input.headers.push((name, value)),
        (Place::Body, value) => drop(body.fields.insert(name, value)),
        (Place::Host, Value::String(label)) => input.host_label = Some(label),
        (Place::Host, _) => return Err(Error::input(format!("`{name}` stands in the host name and must be text"))),
    }
    Ok(())
}

/// Writes the body as the operation wants it.
fn with_body(input: Input, operation: &Operation<'_>, body: Value) -> Result<Input> {
    let content_type = content_type(&operation.consumes);
    match &*content_type {
        "application/x-www-form-urlencoded" => Ok(input.form(body)),
        "application/xml" => Ok(input.xml(Map::from_iter([(root_name(operation), body)]))),
        "multipart/form-data" => multipart(input, operation, body),
        "application/bson" | "application/octet-stream" => Err(Error::input(format!(
            "{}: a body of type {content_type} cannot be made from parameters",
            operation.name
        ))
        .with_hint("send its bytes with `Client::send` and `Input::body`")),
        "application/json" => Ok(input.json(body)),
        other => Ok(input.json(body).content_type(other)),
    }
}

/// JSON if the operation takes it, else the first type that it takes, in lower case.
fn content_type(consumes: &[&str]) -> String {
    let mut types = consumes.iter().map(|name| name.to_ascii_lowercase());
    let takes_json = |name: &String| matches!(&**name, "application/json" | "*/*");
    match types.clone().any(|name| takes_json(&name)) {
        true => "application/json".to_owned(),
        false => types.next().unwrap_or_else(|| "application/json".to_owned()),
    }
}

/// The root element: the structure's XML name, else its own.
fn root_name(operation: &Operation<'_>) -> String {
    let body = operation.body.as_ref().and_then(|body| operation.service.resolve(body));
    match body {
        Some(TypeDef::Struct(body)) => body.xml.unwrap_or(body.name).to_owned(),
        Some(TypeDef::Enum(body)) => body.name.to_owned(),
        None => operation.name.to_owned(),
    }
}

fn multipart(input: Input, operation: &Operation<'_>, body: Value) -> Result<Input> {
    let Value::Object(members) = body else {
        return Err(Error::input("a multipart body is an object of its members"));
    };
    let fields = operation.body_fields();
    let is_file = |name: &String| fields.iter().any(|field| field.name == name && field.ty == Type::File);
    if let Some(file) = members.keys().find(|name| is_file(name)) {
        return Err(Error::input(format!("{}: `{file}` is a file", operation.name))
            .with_hint("send it with `Client::send` and `Input::multipart`"));
    }
    Ok(input.multipart(members.into_iter().map(|(name, value)| Part::text(name, value))))
}

#[cfg(test)]
mod tests;
