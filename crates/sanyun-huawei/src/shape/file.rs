//! Files among the parameters of a call by name. JSON has no files, so one is given as an object that says where it lies:
//! `{"path": "photos/demo.jpg"}`, with `name` and `content_type` beside it where the service should be told others. A
//! text is the file's content.

use std::borrow::Cow;

use sanyun_catalog::{Operation, Type};
use sanyun_core::codec::File;
use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

use super::multipart::Part;

/// The files of a call, by the names of their parameters.
#[derive(Default)]
pub(super) struct Files(Vec<(String, Vec<File>)>);

impl Files {
    /// Takes the files out of the parameters. An empty text stays in place of each: the catalog wants a text there.
    pub(super) fn take<'v>(operation: &Operation<'_>, parameters: &'v Value) -> Result<(Self, Cow<'v, Value>)> {
        let mut files = Self::default();
        let names = file_names(operation);
        if !names.iter().any(|name| is_described(parameters, name)) {
            return Ok((files, Cow::Borrowed(parameters)));
        }
        let mut parameters = parameters.clone();
        for name in names {
            files.take_from(parameters.as_object_mut(), &name)?;
            files.take_from(parameters.get_mut("body").and_then(Value::as_object_mut), &name)?;
        }
        Ok((files, Cow::Owned(parameters)))
    }

    fn take_from(&mut self, members: Option<&mut Map<String, Value>>, name: &str) -> Result<()> {
        let Some(value) = members.and_then(|members| members.get_mut(name)).filter(|value| !value.is_string()) else {
            return Ok(());
        };
        let described = match value.take() {
            Value::Null => return Ok(()),
            Value::Array(files) => files,
            one => vec![one],
        };
        *value = Value::String(String::new());
        let files = described.iter().map(|file| open(name, file)).collect::<Result<_>>()?;
        self.0.push((name.to_owned(), files));
        Ok(())
    }

    /// The files of a parameter; what is not described is its content.
    pub(super) fn of(&self, name: &str, value: &Value) -> Result<Vec<File>> {
        match self.0.iter().find(|(known, _)| known == name) {
            Some((_, files)) => Ok(files.clone()),
            None => Ok(vec![open(name, value)?]),
        }
    }
}

/// The parameters that are files. A field of the body is reached by its name only if no other parameter has that.
fn file_names(operation: &Operation<'_>) -> Vec<String> {
    let fields = operation.body_fields();
    let is_param = |name: &str| operation.params.iter().any(|param| param.name == name);
    let is_known = |name: &str| is_param(name) || fields.iter().any(|field| field.name == name);
    let params = operation.params.iter().map(|param| (param.name, &param.ty));
    let fields_alone = fields.iter().filter(|field| !is_param(field.name)).map(|field| (field.name, &field.ty));
    let files = params.chain(fields_alone).filter(|(_, ty)| ty.element() == &Type::File).map(|(name, _)| name);
    let is_whole_body = |name: &str| name == "body" && operation.body.is_some();
    let stream = operation.rare.stream_request.as_deref().filter(|name| !is_known(name) && !is_whole_body(name));
    files.chain(stream).map(str::to_owned).collect()
}

/// Whether the parameter is there and is no text.
fn is_described(parameters: &Value, name: &str) -> bool {
    let is_other = |members: &Value| members.get(name).is_some_and(|value| !value.is_string());
    is_other(parameters) || parameters.get("body").is_some_and(is_other)
}

fn open(name: &str, value: &Value) -> Result<File> {
    let members = match value {
        Value::String(content) => return Ok(File::from(content.clone())),
        Value::Object(members) => members,
        _ => return Err(not_a_file(name)),
    };
    let known = |key: &String| matches!(&**key, "path" | "name" | "content_type");
    if !members.iter().all(|(key, member)| known(key) && member.is_string()) {
        return Err(not_a_file(name));
    }
    let text = |key| members.get(key).and_then(Value::as_str);
    let path = text("path").ok_or_else(|| not_a_file(name))?;
    let mut file = File::open(path).map_err(|error| Error::io(format!("`{name}`: reading {path}"), error))?;
    file.name = text("name").map(str::to_owned).or(file.name);
    file.content_type = text("content_type").map(str::to_owned);
    Ok(file)
}

fn not_a_file(name: &str) -> Error {
    Error::input(format!("`{name}` is a file: it must be its content as text, or an object that says its path"))
        .with_hint(format!(
            "give {{\"{name}\": {{\"path\": \"FILE\"}}}}, with \"name\" and \"content_type\" beside the path if wanted \
             (`--{name} @FILE` on the command line)"
        ))
}

/// A file as a part of a form.
pub(super) fn part(name: &str, file: &File) -> Part {
    let part = Part::file(name, file.name.as_deref().unwrap_or(name), file.body.clone());
    match &file.content_type {
        Some(content_type) => part.content_type(content_type),
        None => part,
    }
}
