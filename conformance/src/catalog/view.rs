//! What the catalog says about an operation, as JSON.

use std::collections::BTreeSet;

use sanyun_catalog::{Field, Operation, Param, Type, TypeDef};
use serde_json::{Map, Value, json};

/// A case of kind `structures`: the operation and all structures that it reaches.
pub fn structures(operation: &Operation<'_>) -> Value {
    let types = reached(operation);
    let headers: Vec<_> = operation.response_headers.iter().map(|(name, _)| *name).collect();
    let mut headers_of = Map::new();
    if let Some(Type::Named(name)) = &operation.response {
        headers_of.insert((*name).to_owned(), json!(headers));
    }
    let defined =
        types.iter().filter_map(|name| Some(((*name).to_owned(), definition(operation.service.type_def(name)?))));
    let case = json!({
        "kind": "structures",
        "operation": view(operation),
        "types": defined.collect::<Map<_, _>>(),
        "response_headers_of": headers_of,
    });
    super::merged(case, super::package(operation))
}

fn view(operation: &Operation<'_>) -> Value {
    json!({
        "name": operation.name,
        "method": operation.method,
        "path": operation.path,
        "consumes": operation.consumes,
        "params": operation.params.iter().map(param).collect::<Vec<_>>(),
        "body": operation.body.as_ref().map(ToString::to_string),
        "body_required": operation.flags.body_required,
        "response": operation.response.as_ref().map(ToString::to_string),
        "response_root": operation.flags.response_root,
        "response_headers": operation.response_headers.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        "stream": operation.flags.stream_response,
        "stream_request": operation.rare.stream_request,
    })
}

fn param(param: &Param<'_>) -> Value {
    json!({
        "name": param.name,
        "in": param.place.as_str(),
        "type": param.ty.to_string(),
        "flags": param.flags.to_string(),
        "style": param.style.map_or("", |style| style.as_str()),
    })
}

fn definition(definition: TypeDef<'_>) -> Value {
    match definition {
        TypeDef::Enum(it) => json!({"kind": "enum", "type": it.base.to_string(), "values": it.values}),
        TypeDef::Struct(it) => {
            let field = |field: &Field<'_>| json!([field.name, field.ty.to_string(), field.flags.to_string()]);
            json!({"kind": "struct", "fields": it.fields.iter().map(field).collect::<Vec<_>>()})
        }
    }
}

/// The names of all types that an operation reaches.
fn reached<'a>(operation: &Operation<'a>) -> BTreeSet<&'a str> {
    let params = operation.params.iter().map(|param| &param.ty);
    let roots = params.chain(&operation.body).chain(&operation.response);
    let mut open: Vec<&'a str> = roots.filter_map(Type::name).collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if reached.insert(name)
            && let Some(TypeDef::Struct(definition)) = operation.service.type_def(name)
        {
            open.extend(definition.fields.iter().filter_map(|field| field.ty.name()));
        }
    }
    reached
}
