//! A call by an operation's name: the catalog says where its parameters go.

use http::Method;
use sanyun_catalog::calls::paging_rule;
use sanyun_catalog::check::{Checked, Target, check};
use sanyun_catalog::{Catalog, Cloud, Flags, Operation, Param, Place, Type};
use sanyun_core::codec::{self, ParameterValue, Record};
use sanyun_core::paging::Rule;
use sanyun_core::{Api, Error, Result};
use serde_json::{Map, Value};

use super::file::{self, Files};
use super::input::{Account, Input, Payload};
use super::multipart::Part;

/// What becomes of problems that the catalog finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Checks {
    /// They are errors, and nothing is sent.
    Obeyed,
    /// The call is made all the same.
    Ignored,
}

/// The kinds of credential that sign nothing begin so: those of the Identity Center's OIDC, portal and SCIM interfaces,
/// whose calls carry a token of their own as a parameter.
const UNSIGNED_CREDENTIALS: &str = "IdentityCenter";

/// What a caller calls an operation; an empty version means the newest that has it.
pub(crate) struct Name {
    pub(crate) service: Box<str>,
    pub(crate) version: Box<str>,
    pub(crate) operation: Box<str>,
}

impl Name {
    fn find(&self) -> Result<Operation<'static>> {
        let catalog = Catalog::of(Cloud::Huawei).map_err(|error| Error::config(error.to_string()))?;
        let version = Some(&*self.version).filter(|version| !version.is_empty());
        let found = catalog.operation(&self.service, version, &self.operation);
        found.map_err(|error| Error::input(error.to_string()))
    }

    /// How its pages are asked for.
    pub(crate) fn paging_rule(&self) -> Option<Rule> {
        paging_rule(&self.find().ok()?)
    }

    /// The call with these parameters.
    pub(crate) fn input(&self, parameters: &Value, checks: Checks) -> Result<Input> {
        let operation = self.find()?;
        let (files, parameters) = Files::take(&operation, parameters)?;
        let checked = check(&operation, &parameters);
        if checks == Checks::Obeyed && !checked.is_ok() {
            return Err(refusal(&operation, &checked));
        }
        input(&operation, checked.value, &files)
    }
}

fn refusal(operation: &Operation<'_>, checked: &Checked) -> Error {
    let problems: Vec<_> = checked.errors().map(ToString::to_string).collect();
    let name = [operation.service.name(), " ", operation.name].concat();
    Error::input(format!("{name}: {}", problems.join("; ")))
        .with_hint("correct the parameters, or send them unchecked if the service knows more than the catalog")
}

fn input(operation: &Operation<'_>, parameters: Value, files: &Files) -> Result<Input> {
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
        Some(body) => with_body(input, operation, body, files),
        None => Ok(without_body(input, &operation.consumes)),
    }
}

/// The call of a typed operation.
pub(crate) fn typed(api: &Api, operation: &mut dyn Record, streamed: bool) -> Result<Input> {
    let method = Method::from_bytes(api.method.as_bytes())
        .map_err(|_| Error::input(format!("{}: the catalog has no method for it", api.name)))?;
    let consumes: Vec<&str> = api.consumes.split('|').filter(|name| !name.is_empty()).collect();
    let credentials = api.service.credentials.split(',').next().unwrap_or_default();
    let mut input = Input::typed(api.service, method, api.path)
        .version(api.service.version)
        .operation(api.name)
        .account(account(credentials))
        .signing_name(api.service.derived_auth);
    input.signed = !api.unsigned && !credentials.starts_with(UNSIGNED_CREDENTIALS);
    input.streamed = streamed;
    let mut body = Body::default();
    let mut parts = Vec::new();
    for parameter in codec::parameters(operation) {
        let name = parameter.name;
        let place = match (parameter.place, &parameter.value) {
            (_, ParameterValue::Body(stream)) => {
                input = input.body(stream.clone(), &content_type(&consumes));
                continue;
            }
            (_, ParameterValue::File(file)) => {
                parts.push(file::part(name, file));
                continue;
            }
            ("body", ParameterValue::Json(text)) if name.is_empty() => {
                input = with_whole_body(input, api, &consumes, text)?;
                continue;
            }
            ("form", _) => {
                body.fields.insert(name.to_owned(), parameter.json());
                continue;
            }
            (word, _) => Place::named(word).unwrap_or(Place::Query),
        };
        let param = Param { name, place, ty: Type::Any, flags: Flags::default(), style: None };
        place_param(&mut input, &mut body, &param, parameter.json())?;
    }
    match (&input.payload, content_type(&consumes).as_str()) {
        (Payload::None, "multipart/form-data") => {
            let texts = body.fields.into_iter().map(|(name, value)| Part::text(name, value));
            Ok(input.multipart(texts.chain(parts)))
        }
        (Payload::None, "application/x-www-form-urlencoded") => Ok(input.form(body.fields)),
        (Payload::None, _) if !body.fields.is_empty() => Ok(input.json(body.fields)),
        (Payload::None, _) => Ok(without_body(input, &consumes)),
        _ => Ok(input),
    }
}

/// JSON goes out as it was written; the other types are made of its value.
fn with_whole_body(input: Input, api: &Api, consumes: &[&str], text: &str) -> Result<Input> {
    let body = || serde_json::from_str(text).unwrap_or_default();
    match &*content_type(consumes) {
        "application/x-www-form-urlencoded" => Ok(input.form(body())),
        "application/bson" => Ok(input.bson(body())),
        "application/xml" => {
            let root = if api.xml_root.is_empty() { api.name } else { api.xml_root };
            Ok(input.xml(Map::from_iter([(root.to_owned(), body())])))
        }
        content_type if text.starts_with('"') => Ok(json(input, body(), content_type)),
        content_type => Ok(input.body(text.to_owned(), content_type)),
    }
}

/// On whose behalf services with this kind of credential are called.
fn account(credentials: &str) -> Account {
    match credentials {
        "SMSApiCredentials" | "MeetingCredentials" => Account::None,
        kind if kind.starts_with("Global") => Account::Domain,
        _ => Account::Project,
    }
}

/// A call that could have a body and has none sends its content type all the same, as the vendor's SDKs do.
fn without_body(input: Input, consumes: &[&str]) -> Input {
    match &*content_type(consumes) {
        "application/x-www-form-urlencoded" => input.form(Map::new()),
        "multipart/form-data" => input.multipart([]),
        // The usual type; and documents, of which nothing is none.
        "application/json" | "application/xml" | "application/bson" | "application/octet-stream" => input,
        other => input.content_type(other),
    }
}

/// Everything but the parameters.
fn described(operation: &Operation<'_>, method: Method) -> Input {
    let service = operation.service;
    let meta = service.meta();
    let mut input = Input::new(service.name(), method, operation.path)
        .version(service.version())
        .operation(operation.name)
        .account(account(meta.credentials.first().copied().unwrap_or_default()))
        .signing_name(meta.derived_auth.unwrap_or_default());
    let has_no_keys = |kind: &&str| kind.starts_with(UNSIGNED_CREDENTIALS);
    input.signed = !operation.flags.unsigned && !meta.credentials.first().is_some_and(has_no_keys);
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
fn with_body(input: Input, operation: &Operation<'_>, body: Value, files: &Files) -> Result<Input> {
    let content_type = content_type(&operation.consumes);
    match &*content_type {
        "application/x-www-form-urlencoded" => Ok(input.form(body)),
        "application/xml" => Ok(input.xml(Map::from_iter([(operation.xml_root().to_owned(), body)]))),
        "application/bson" => Ok(input.bson(body)),
        "multipart/form-data" => multipart(input, operation, body, files),
        "application/octet-stream" => {
            let name = operation.rare.stream_request.as_deref().unwrap_or("body");
            let files = files.of(name, &body)?;
            let [file] = files.as_slice() else { return Err(Error::input(format!("`{name}` is one file"))) };
            Ok(input.body(file.body.clone(), &content_type))
        }
        content_type => Ok(json(input, body, content_type)),
    }
}

/// A text is sent as it is: it is JSON already, or the service wants it plain, as the vendor's SDKs send it.
fn json(input: Input, body: Value, content_type: &str) -> Input {
    match body {
        Value::String(text) => input.body(text, content_type),
        body if content_type == "application/json" => input.json(body),
        body => input.json(body).content_type(content_type),
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

fn multipart(input: Input, operation: &Operation<'_>, body: Value, files: &Files) -> Result<Input> {
    let Value::Object(members) = body else {
        return Err(Error::input("a multipart body is an object of its members"));
    };
    let fields = operation.body_fields();
    let is_file = |name: &str| fields.iter().any(|field| field.name == name && field.ty.element() == &Type::File);
    let mut parts = Vec::with_capacity(members.len());
    for (name, value) in members {
        if is_file(&name) {
            parts.extend(files.of(&name, &value)?.iter().map(|file| file::part(&name, file)));
        } else {
            parts.push(Part::text(name, value));
        }
    }
    Ok(input.multipart(parts))
}

#[cfg(test)]
mod tests;
