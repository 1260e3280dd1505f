//! A call by name: the catalog says where its parameters go.

use http::Method;
use sanyun_catalog::calls::paging_rule;
use sanyun_catalog::check::{Target, check};
use sanyun_catalog::{CallStyle, Catalog, Flags, Operation, Param, ParamStyle, Place as ParamPlace, Type};
use sanyun_core::codec::{self, Parameter, ParameterValue, Record};
use sanyun_core::paging::Rule;
use sanyun_core::{Api, Endpoint, Error, Result, Scheme, Style as ApiStyle};
use serde_json::{Map, Value};

use super::flatten::{ArrayStyle, Pair, given_twice, text};
use super::input::{Input, ReplyType};
use crate::endpoint::Place;
use crate::sign::SignatureVersion;

/// What a caller calls an operation; an empty version means the newest that has it.
pub(crate) struct Name {
    pub(crate) service: Box<str>,
    pub(crate) version: Box<str>,
    pub(crate) operation: Box<str>,
}

impl Name {
    pub(super) fn find(&self) -> Result<Operation<'static>> {
        let version = Some(&*self.version).filter(|version| !version.is_empty());
        let found = Catalog::alibaba().operation(&self.service, version, &self.operation);
        found.map_err(|error| Error::input(error.to_string()))
    }

    /// How its pages are asked for.
    pub(crate) fn paging_rule(&self) -> Option<Rule> {
        paging_rule(&self.find().ok()?)
    }

    /// What a reply to it is.
    pub(crate) fn reply_type(&self) -> ReplyType {
        self.find().map_or_else(|_| ReplyType::default(), |operation| reply_type(&operation))
    }

    /// The call with these parameters.
    pub(crate) fn input(&self, params: &Value, checked: bool) -> Result<Input> {
        let operation = self.find()?;
        refuse_websocket(operation.name, operation.rare.scheme.as_deref().unwrap_or_default())?;
        Self::placed(&operation, params, checked)
    }

    /// The handshake of an operation that is called over a WebSocket.
    #[cfg(feature = "websocket")]
    pub(crate) fn handshake(&self, params: &Value) -> Result<Input> {
        Self::placed(&self.find()?, params, true)
    }

    fn placed(operation: &Operation<'static>, params: &Value, checked: bool) -> Result<Input> {
        let found = check(operation, params);
        if checked && !found.is_ok() {
            let problems: Vec<_> = found.errors().map(ToString::to_string).collect();
            return Err(Error::input(problems.join("; ")));
        }
        let Value::Object(params) = found.value else { return Err(Error::input("parameters must be a JSON object")) };
        let mut placed = Placed::default();
        let mut input = addressed(operation)?;
        for (name, value) in &params {
            input = placed.place(input, operation, name, value)?;
        }
        placed.into_body(input, &BodyRule::of(operation))
    }
}

fn reply_type(operation: &Operation<'_>) -> ReplyType {
    ReplyType::named(operation.produces.unwrap_or("none"))
}

/// The operation without its parameters.
fn addressed(operation: &Operation<'static>) -> Result<Input> {
    let service = operation.service;
    let meta = service.meta();
    if operation.flags.gateway {
        return Err(through_gateway(operation.name, service.name()));
    }
    let method = Method::try_from(operation.method)
        .map_err(|_| Error::input(format!("`{}` has the unknown method `{}`", operation.name, operation.method)))?;
    let mut input = match operation.style {
        Some(CallStyle::Roa) => Input::roa(service.name(), meta.api_version, operation.name, method, operation.path),
        _ => Input::rpc(service.name(), meta.api_version, operation.name).method(method),
    };
    input = input.place(Place::of_service(service)).reply(reply_type(operation));
    if operation.flags.unsigned || operation.rare.auth.as_deref() == Some("Anonymous") {
        input = input.anonymous();
    }
    if let Some(endpoint) = &operation.rare.endpoint {
        input = input.endpoint(Endpoint::parse(endpoint, Scheme::Https)?);
    }
    input.scheme = operation.rare.scheme.as_deref().filter(|scheme| *scheme == "HTTP").map(|_| Scheme::Http);
    input.signature = signature_setting(meta.settings.unwrap_or_default());
    Ok(input)
}

/// The signature that the vendor's client of this product is fixed to.
fn signature_setting(settings: &str) -> Option<SignatureVersion> {
    let mut settings = settings.split(',').filter_map(|setting| setting.split_once('='));
    settings.find(|(name, _)| *name == "signature_algorithm").and_then(|(_, value)| SignatureVersion::named(value))
}

/// What is put together for the body.
#[derive(Default)]
struct Placed {
    members: Map<String, Value>,
    whole: Option<Value>,
}

impl Placed {
    fn place(&mut self, input: Input, operation: &Operation<'_>, name: &str, value: &Value) -> Result<Input> {
        if operation.rare.stream_request.as_deref() == Some(name) {
            return Ok(input.octets(text(value)));
        }
        let targets = operation.targets(name);
        if targets.is_empty() {
            return query(input, name, value.clone());
        }
        targets.iter().try_fold(input, |input, target| self.place_in(input, target, name, value))
    }

    fn place_in(&mut self, input: Input, target: &Target<'_>, name: &str, value: &Value) -> Result<Input> {
        match target {
            Target::Param(param) => self.place_param(input, param, value),
            Target::BodyField(_) => {
                self.members.insert(name.to_owned(), value.clone());
                Ok(input)
            }
            Target::Body(_) => {
                self.whole = Some(value.clone());
                Ok(input)
            }
            Target::Placeholder(name) => Ok(input.path_arg(name, text(value))),
        }
    }

    fn place_typed(&mut self, input: Input, parameter: Parameter) -> Result<Input> {
        let place = match (parameter.place, &parameter.value) {
            ("stream", ParameterValue::Body(body)) => return Ok(input.octets(body.clone())),
            ("body", _) if parameter.name.is_empty() => {
                self.whole = Some(parameter.json());
                return Ok(input);
            }
            (word, _) => ParamPlace::named(word).unwrap_or(ParamPlace::Query),
        };
        let style = ParamStyle::named(parameter.style);
        let param = Param { name: parameter.name, place, ty: Type::Any, flags: Flags::default(), style };
        self.place_param(input, &param, &parameter.json())
    }

    fn place_param(&mut self, input: Input, param: &Param<'_>, value: &Value) -> Result<Input> {
        match param.place {
            ParamPlace::Path if param.style == Some(ParamStyle::Raw) => Ok(input.raw_path_arg(param.name, text(value))),
            ParamPlace::Path => Ok(input.path_arg(param.name, text(value))),
            ParamPlace::Query => query(input, param.name, styled(param, value)?),
            ParamPlace::Header => headers(input, param, value),
            ParamPlace::Body if param.style == Some(ParamStyle::Flat) => {
                for (name, text) in super::flatten(&named(param.name, value.clone()))? {
                    match self.members.get(&name) {
                        Some(other) if *other != text => return Err(given_twice(&name)),
                        _ => self.members.insert(name, Value::String(text)),
                    };
                }
                Ok(input)
            }
            ParamPlace::Body => {
                self.members.insert(param.name.to_owned(), styled(param, value)?);
                Ok(input)
            }
            ParamPlace::Host => Err(Error::input(format!("parameter `{}` is part of the host", param.name))),
        }
    }

    fn into_body(self, input: Input, rule: &BodyRule<'_>) -> Result<Input> {
        let Self { members, whole } = self;
        // As in the vendor's SDKs, a body whose members are all left out is an empty body, not none.
        let has_body = whole.is_some() || !members.is_empty() || rule.may_be_empty;
        let body = whole.unwrap_or(Value::Object(members));
        match rule.consumes {
            _ if !has_body => Ok(input),
            // Text that is JSON already is sent as it is.
            "json" if body.is_string() => Ok(input.json_text(text(&body))),
            "json" => Ok(input.json_text(rule.style.unwrap_or(ArrayStyle::Json).text("body", &body)?)),
            "formData" | "none" | "" => Ok(input.form(body)),
            "byte" => Ok(input.bytes(text(&body))),
            "binary" => Ok(input.octets(text(&body))),
            other => Err(Error::input(format!("`{}` takes a body of type `{other}`", rule.operation))
                .with_hint("put the body together and send it with `Input`")),
        }
    }
}

/// How an operation wants its body.
struct BodyRule<'a> {
    operation: &'a str,
    consumes: &'a str,
    style: Option<ArrayStyle>,
    /// Whether it has parameters that are members of the body.
    may_be_empty: bool,
}

impl<'a> BodyRule<'a> {
    fn of(operation: &'a Operation<'_>) -> Self {
        Self {
            operation: operation.name,
            consumes: operation.consumes.first().copied().unwrap_or_default(),
            style: operation.rare.body_style.as_deref().and_then(ArrayStyle::named),
            may_be_empty: operation.params_in(ParamPlace::Body).next().is_some(),
        }
    }
}

/// The call of a typed operation.
pub(crate) fn typed(api: &Api, operation: &mut dyn Record, streamed: bool) -> Result<Input> {
    if api.gateway {
        return Err(through_gateway(api.name, api.service.name));
    }
    refuse_websocket(api.name, api.scheme)?;
    let mut input = described(api)?;
    let mut placed = Placed::default();
    for parameter in codec::parameters(operation) {
        input = placed.place_typed(input, parameter)?;
    }
    let may_be_empty =
        codec::names(operation).iter().any(|name| name.starts_with("body ") || name.starts_with("body,"));
    let style = ArrayStyle::named(api.body_style);
    let rule = BodyRule { operation: api.name, consumes: api.consumes, style, may_be_empty };
    let input = placed.into_body(input, &rule)?.checked()?;
    Ok(if streamed { input.streamed() } else { input })
}

fn described(api: &Api) -> Result<Input> {
    let service = api.service;
    let method = Method::try_from(api.method)
        .map_err(|_| Error::input(format!("`{}` has the unknown method `{}`", api.name, api.method)))?;
    let mut input = match api.style {
        ApiStyle::Roa => Input::roa(service.name, service.version, api.name, method, api.path),
        ApiStyle::Rpc => Input::rpc(service.name, service.version, api.name).method(method),
    };
    input = input.place(Place::of_table(service)).reply(ReplyType::named(api.produces));
    if api.unsigned {
        input = input.anonymous();
    }
    if !api.endpoint.is_empty() {
        input = input.endpoint(Endpoint::parse(api.endpoint, Scheme::Https)?);
    }
    input.scheme = (api.scheme == "HTTP").then_some(Scheme::Http);
    input.signature = signature_setting(service.settings);
    Ok(input)
}

fn through_gateway(operation: &str, service: &str) -> Error {
    Error::input(format!("`{operation}` goes through a gateway of its own ({service})"))
        .with_hint("use the product's own client")
}

fn refuse_websocket(operation: &str, scheme: &str) -> Result<()> {
    match scheme.starts_with("ws") {
        true => Err(Error::input(format!("`{operation}` is called over a WebSocket"))
            .with_hint("`Client::connect_to` opens one, with the feature `websocket`")),
        false => Ok(()),
    }
}

/// Adds a parameter to the query. Another may not have got the same name by flattening, unless it says the same.
fn query(mut input: Input, name: &str, value: Value) -> Result<Input> {
    let pairs = super::flatten(&named(name, value))?;
    let differs = |(name, text): &&Pair| input.query.iter().any(|(other, known)| name == other && text != known);
    if let Some((name, _)) = pairs.iter().find(differs) {
        return Err(given_twice(name));
    }
    input.add_query(pairs);
    Ok(input)
}

fn named(name: &str, value: Value) -> Value {
    Value::Object([(name.to_owned(), value)].into_iter().collect())
}

/// The value as its parameter's style writes it: one text, or as it is.
fn styled(param: &Param<'_>, value: &Value) -> Result<Value> {
    let style = match param.style {
        // Text that is JSON already is sent as it is.
        Some(ParamStyle::Json) if !value.is_string() => ArrayStyle::Json,
        Some(ParamStyle::Simple) if value.is_array() => ArrayStyle::Simple,
        _ => return Ok(value.clone()),
    };
    style.text(param.name, value).map(Value::String)
}

/// A header parameter; one whose name ends in `*` is a map of headers that begin so.
fn headers(input: Input, param: &Param<'_>, value: &Value) -> Result<Input> {
    match (param.name.strip_suffix('*'), value) {
        (Some(prefix), Value::Object(values)) => {
            Ok(values.iter().fold(input, |input, (name, value)| input.header(&format!("{prefix}{name}"), &text(value))))
        }
        (Some(_), _) => Err(Error::input(format!("parameter `{}` must be an object", param.name))),
        (None, value) => Ok(input.header(param.name, &text(&styled(param, value)?))),
    }
}

#[cfg(test)]
mod tests;
