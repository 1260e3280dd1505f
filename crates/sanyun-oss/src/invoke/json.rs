//! Structures of the tables as JSON bodies, and JSON bodies as structures.

use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

use crate::operation::{Kind, Member, Model};
use crate::xml;

/// The body that holds those parameters that are members of the structure.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) for a structure with a member that it does not have.
pub(super) fn to_json(params: &Map<String, Value>, model: &Model) -> Result<String> {
    Ok(Value::Object(members(params, model)?).to_string())
}

fn members(params: &Map<String, Value>, model: &Model) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    for member in model.members {
        // A list of a structure that has nothing in it was not set.
        let is_unset = |value: &Value| member.is_list && value.as_array().is_some_and(Vec::is_empty);
        if let Some(value) = params.get(member.name).filter(|value| !value.is_null() && !is_unset(value)) {
            body.insert(member.wire.to_owned(), on_the_wire(value, member)?);
        }
    }
    Ok(body)
}

fn on_the_wire(value: &Value, member: &Member) -> Result<Value> {
    let Kind::Model(model) = member.kind else { return Ok(value.clone()) };
    match value {
        Value::Array(items) => items.iter().map(|item| on_the_wire(item, member)).collect(),
        Value::Object(object) => {
            // Structures have a place for unknown XML, of which JSON has none.
            let known = |name: &str| name == xml::UNKNOWN || model.members.iter().any(|member| member.name == name);
            if let Some(unknown) = object.keys().find(|name| !known(name)) {
                let names: Vec<_> = model.members.iter().map(|member| member.name).collect();
                return Err(Error::input(format!("`{}` has no member `{unknown}`", member.name))
                    .with_hint(format!("its members are {}", names.join(", "))));
            }
            members(object, model).map(Value::Object)
        }
        _ => Err(Error::input(format!("`{}` must be an object", member.name))),
    }
}

/// The members of a reply by their names here: `Outer/Inner` stands for one inside another. What is not in the table is
/// left out.
pub(super) fn to_value(body: &Value, model: &Model) -> Map<String, Value> {
    let known = model.members.iter().filter_map(|member| {
        let value = member.wire.split('/').try_fold(body, |value, name| value.get(name))?;
        if value.is_null() {
            return None;
        }
        Some((member.name.to_owned(), by_our_names(value, member)))
    });
    known.collect()
}

fn by_our_names(value: &Value, member: &Member) -> Value {
    match (member.kind, value) {
        (Kind::Model(_), Value::Array(items)) => items.iter().map(|item| by_our_names(item, member)).collect(),
        (Kind::Model(model), Value::Object(_)) => Value::Object(to_value(value, model)),
        _ => value.clone(),
    }
}
