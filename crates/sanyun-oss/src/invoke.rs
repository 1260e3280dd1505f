//! Calls by name: an operation of the tables, its parameters as JSON, its result as JSON.

mod json;

use http::HeaderName;
use sanyun_core::{Body, Error, Output, Reply, Result, encode};
use serde_json::{Map, Value};

use crate::action::{Action, Asked, FromReply};
use crate::client::Client;
use crate::input::Input;
use crate::operation::{Kind, Member, Operation, Param, Place, Product, ReplyBody, RequestBody, Target};
use crate::select;
use crate::xml;

impl Client {
    /// Calls an operation by its name, with its parameters by the names of its table in
    /// [`operation`](crate::operation): `bucket`, `key`, those of the query and the headers, and the one that the body
    /// is made of. `headers` and `parameters` are objects with further headers and query parameters. The result has the
    /// fields of the same table.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_oss::Client) -> sanyun_oss::Result<()> {
    /// use serde_json::json;
    /// let acl = client.invoke("GetBucketAcl", json!({"bucket": "photos"})).await?;
    /// assert_eq!(acl["acl"], "private");
    /// # Ok(()) }
    /// ```
    pub fn invoke(&self, operation: &str, params: Value) -> Action<Value> {
        Action::new(self.clone(), self::operation(self, operation).and_then(|table| input(table, &params)))
    }

    /// Makes a call that was put together by hand. The result has the fields of the operation's table.
    pub fn send(&self, input: Input) -> Action<Value> {
        Action::new(self.clone(), Ok(input))
    }
}

/// The operation of a name, among those of the client's product.
pub(crate) fn operation(client: &Client, name: &str) -> Result<&'static Operation> {
    let product = client.protocol.account.product;
    product.operation(name).ok_or_else(|| unknown_operation(product, name))
}

fn unknown_operation(product: Product, name: &str) -> Error {
    let error = Error::input(format!("OSS has no operation `{name}`, or this version does not know it"));
    match product.operations().find(|operation| operation.name.eq_ignore_ascii_case(name)) {
        Some(near) => error.with_hint(format!("it is written `{}`", near.name)),
        None => error,
    }
}

pub(crate) fn input(operation: &'static Operation, params: &Value) -> Result<Input> {
    let Some(params) = params.as_object() else { return Err(Error::input("the parameters must be an object")) };
    check_names(operation, params)?;
    let mut input = Input::new(operation);
    input.bucket = text(params, "bucket")?.filter(|_| matches!(operation.target, Target::Bucket | Target::Object));
    input.key = text(params, "key")?.filter(|_| operation.target == Target::Object);
    for (name, value) in further(params, "headers")? {
        set_header(&mut input, name, value)?;
    }
    for (name, value) in further(params, "parameters")? {
        input.set_query(name.to_owned().into(), scalar(name, value)?);
    }
    for param in operation.params() {
        match params.get(param.name).filter(|value| !value.is_null()) {
            Some(value) => set(&mut input, param, value)?,
            None if param.required => return Err(missing(param.name)),
            None => {}
        }
    }
    if operation.params().any(|param| param.place == Place::CopySource) {
        let source = copy_source(params)?;
        input.set_header(HeaderName::from_static("x-oss-copy-source"), &source)?;
    }
    set_body(&mut input, params)?;
    Ok(input)
}

fn check_names(operation: &Operation, params: &Map<String, Value>) -> Result<()> {
    let body = match operation.body {
        RequestBody::None | RequestBody::Json(_) => "",
        RequestBody::Raw => "body",
        RequestBody::Xml { param, .. } | RequestBody::Text { param, .. } => param,
    };
    let place = match operation.target {
        Target::Service | Target::Path => &[][..],
        Target::Bucket => &["bucket"],
        Target::Object => &["bucket", "key"],
    };
    let mut known: Vec<&str> = operation.params().map(|param| param.name).chain(place.iter().copied()).collect();
    known.extend([body, "headers", "parameters"]);
    if let RequestBody::Json(model) = operation.body {
        known.extend(model.members.iter().map(|member| member.name));
    }
    match params.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(unknown) => {
            known.retain(|name| !name.is_empty());
            known.sort_unstable();
            Err(Error::input(format!("{} has no parameter `{unknown}`", operation.name))
                .with_hint(format!("its parameters are {}", known.join(", "))))
        }
    }
}

fn missing(name: &str) -> Error {
    Error::input(format!("`{name}` is missing"))
}

fn text(params: &Map<String, Value>, name: &str) -> Result<Option<String>> {
    match params.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => scalar(name, value).map(Some),
    }
}

fn scalar(name: &str, value: &Value) -> Result<String> {
    let text = xml::scalar(value).map(std::borrow::Cow::into_owned);
    text.ok_or_else(|| Error::input(format!("`{name}` must be text, a number or a truth value")))
}

fn further<'a>(params: &'a Map<String, Value>, name: &str) -> Result<impl Iterator<Item = (&'a str, &'a Value)>> {
    let entries = match params.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::Object(entries)) => Some(entries),
        Some(_) => return Err(Error::input(format!("`{name}` must be an object"))),
    };
    Ok(entries.into_iter().flatten().map(|(name, value)| (name.as_str(), value)))
}

fn set(input: &mut Input, param: &Param, value: &Value) -> Result<()> {
    match param.place {
        Place::Query => input.set_query(param.wire.into(), scalar(param.name, value)?),
        Place::Header => input.set_header(HeaderName::from_static(param.wire), &scalar(param.name, value)?)?,
        Place::HeaderMap => {
            let Some(entries) = value.as_object() else {
                return Err(Error::input(format!("`{}` must be an object", param.name)));
            };
            for (name, value) in entries {
                set_header(input, &[param.wire, name].concat(), value)?;
            }
        }
        Place::NoTypeGuess => input.guesses_type = value != &Value::Bool(true),
        Place::Path => input.path.push((param.name, scalar(param.name, value)?)),
        Place::CopySource => {}
    }
    Ok(())
}

fn set_header(input: &mut Input, name: &str, value: &Value) -> Result<()> {
    let parsed = HeaderName::try_from(name).map_err(|_| Error::input(format!("`{name}` is not a header name")))?;
    input.set_header(parsed, &scalar(name, value)?)
}

/// `/bucket/key?versionId=id`, encoded. The bucket is the target's if none is given.
fn copy_source(params: &Map<String, Value>) -> Result<String> {
    let bucket = match text(params, "source_bucket")? {
        Some(bucket) => bucket,
        None => text(params, "bucket")?.unwrap_or_default(),
    };
    let key = text(params, "source_key")?.ok_or_else(|| missing("source_key"))?;
    let mut source = ["/", &bucket, "/"].concat();
    encode::push_percent_path(&mut source, &key);
    if let Some(version) = text(params, "source_version_id")? {
        source.push_str("?versionId=");
        encode::push_percent(&mut source, &version);
    }
    Ok(source)
}

fn set_body(input: &mut Input, params: &Map<String, Value>) -> Result<()> {
    match input.operation.body {
        RequestBody::None => {}
        RequestBody::Raw => input.body = text(params, "body")?.map(Body::from).unwrap_or_default(),
        RequestBody::Xml { param, required, .. } => match params.get(param).filter(|value| !value.is_null()) {
            Some(value) => input.document = Some(value.clone()),
            None if required => return Err(missing(param)),
            None => {}
        },
        RequestBody::Json(model) => input.body = json::to_json(params, model)?.into(),
        RequestBody::Text { param, wire } => {
            let value = text(params, param)?.ok_or_else(|| missing(param))?;
            input.body = [wire, "=", &value].concat().into();
        }
    }
    Ok(())
}

impl FromReply for Value {
    fn from_reply(output: Output, asked: &Asked) -> Result<Self> {
        let mut fields = Map::new();
        for member in asked.operation.reply_headers {
            if let Some(value) = header(&output.reply, member)? {
                fields.insert(member.name.to_owned(), value);
            }
        }
        body(&output, asked, &mut fields)?;
        Ok(Self::Object(fields))
    }
}

fn header(reply: &Reply, member: &Member) -> Result<Option<Value>> {
    if let Kind::Map = member.kind {
        let entries: Map<_, _> = reply
            .headers
            .keys()
            .filter_map(|name| Some((name.as_str().strip_prefix(member.wire)?, reply.header(name.as_str())?)))
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        return Ok((!entries.is_empty()).then_some(Value::Object(entries)));
    }
    reply.header(member.wire).filter(|text| !text.is_empty()).map(|text| xml::leaf(text, member)).transpose()
}

fn body(output: &Output, asked: &Asked, fields: &mut Map<String, Value>) -> Result<()> {
    let text = output.reply.text();
    match asked.operation.reply_body {
        ReplyBody::None => {}
        ReplyBody::Raw => match std::str::from_utf8(&output.reply.body) {
            Ok(text) => drop(fields.insert("body".to_owned(), text.into())),
            Err(_) => drop(fields.insert("body_base64".to_owned(), encode::base64(&output.reply.body).into())),
        },
        ReplyBody::Frames => fields.extend(select::fields(output, asked)?),
        ReplyBody::XmlOrCallback(_) if asked.callback => add_text(fields, "callback_result", &text),
        ReplyBody::Text(name) => add_text(fields, name, &text),
        ReplyBody::Xml(model) | ReplyBody::XmlOrCallback(model) => {
            if !text.trim().is_empty() {
                fields.extend(xml::to_value(&text, model)?);
            }
        }
        ReplyBody::Json(_) if text.trim().is_empty() => {}
        ReplyBody::Json(model) => fields.extend(json::to_value(&output.json()?, model)),
    }
    Ok(())
}

fn add_text(fields: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.is_empty() {
        fields.insert(name.to_owned(), text.into());
    }
}
