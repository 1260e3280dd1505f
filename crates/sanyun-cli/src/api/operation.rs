//! One operation: its parameters and its answer as trees, and examples.

use std::fmt::Write as _;

use sanyun_catalog::paging::{Advance, Paging};
use sanyun_catalog::{Cloud, Flags, Operation, Type, TypeDef};
use serde_json::{Map, Value, json};

use super::tree::Tree;
use super::{Page, command, example, rust};

/// Levels of structures that are shown of parameters and of answers, unless something else is asked for.
const PARAMETER_LEVELS: usize = 3;
const ANSWER_LEVELS: usize = 2;

/// The page of an operation, with structures shown down to a level.
pub(super) fn page(operation: &Operation<'_>, levels: Option<usize>) -> Page {
    Page { text: text(operation, levels), value: value(operation) }
}

fn text(operation: &Operation<'_>, levels: Option<usize>) -> String {
    let meta = operation.service.meta();
    let title = crate::clouds::title(meta.cloud);
    let mut out = format!("{title} {} {} {}\n", meta.service, meta.api_version, operation.name);
    let _ = writeln!(out, "{} {}", operation.method, operation.path);
    out += remarks(operation);
    let _ = writeln!(
        out,
        "\nUsage: sanyun {} {}/{} {} [--Param VALUE]...",
        meta.cloud, meta.service, meta.api_version, operation.name
    );
    let parameters = Tree::of_parameters(operation, levels.unwrap_or(PARAMETER_LEVELS));
    let answer = Tree::of_answer(operation, levels.unwrap_or(ANSWER_LEVELS));
    out += &parameters.section("Parameters");
    out += &answer.section("Answer");
    if parameters.cut || answer.cut {
        let _ = writeln!(
            out,
            "\nDeeper levels: sanyun api show {} {}/{} {} --depth N",
            meta.cloud, meta.service, meta.api_version, operation.name
        );
    }
    out += &operation.paging().map(|paging| format!("\nPages: {}\n", pages(&paging))).unwrap_or_default();
    out + &examples(operation)
}

/// What should be known before it is called.
fn remarks(operation: &Operation<'_>) -> &'static str {
    match operation.flags {
        flags if flags.offline => "No longer in service.\n",
        flags if flags.deprecated => "The vendor advises against it.\n",
        _ if !operation.is_callable() => "It cannot be called: nothing says what a part of its path is.\n",
        _ => "",
    }
}

/// How pages are asked for, in a sentence.
fn pages(paging: &Paging<'_>) -> String {
    let items = if paging.items.is_empty() { "the answer's items".to_owned() } else { format!("`{}`", paging.items) };
    let how = match paging.advance {
        Advance::Offset { offset } => format!("`{offset}` passes over the items already got"),
        Advance::Page { number, .. } => format!("`{number}` is the number of the page"),
        Advance::Marker { marker, field } => format!("`{marker}` is the `{field}` of the last item"),
        Advance::Token { token, next } => format!("`{token}` is the `{next}` of the answer before"),
    };
    format!("{how}; --all follows them and joins {items}")
}

fn examples(operation: &Operation<'_>) -> String {
    let request = example::request(operation);
    let mut out = format!("\nExample:\n{}\n", indented(&command::line(operation, &request)));
    let _ = writeln!(out, "\nThe same as JSON:\n{}", indented(&format!("{:#}", Value::Object(request.clone()))));
    if let Some(call) = rust::typed(operation, &request) {
        let (cloud, feature) = (operation.service.cloud(), rust::feature_of(operation));
        let _ = writeln!(out, "\nIn Rust, typed (sanyun-{cloud} with the feature `{feature}`):\n{}", indented(&call));
    }
    let _ = writeln!(out, "\nIn Rust, by name:\n{}", indented(&rust::by_name(operation, &request)));
    out
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The option of a parameter. What is an option of this program is written with a capital letter, which tells it apart.
pub(crate) fn option(cloud: Cloud, name: &str) -> String {
    let mut letters = name.chars();
    match letters.next().filter(|_| crate::args::is_own_option(cloud, name)) {
        Some(first) => format!("--{}{}", first.to_ascii_uppercase(), letters.as_str()),
        None => format!("--{name}"),
    }
}

fn value(operation: &Operation<'_>) -> Value {
    let meta = operation.service.meta();
    let request = example::request(operation);
    let mut types = Map::new();
    let params: Vec<Value> = operation
        .params
        .iter()
        .map(|param| {
            add_types(operation, &param.ty, &mut types);
            let mut shown = typed(&param.ty, param.flags);
            shown.insert("in".to_owned(), param.place.as_str().into());
            named(param.name, shown)
        })
        .collect();
    operation.body.iter().chain(&operation.response).for_each(|ty| add_types(operation, ty, &mut types));
    json!({
        "cloud": meta.cloud.as_str(),
        "service": meta.service,
        "version": meta.api_version,
        "operation": operation.name,
        "method": operation.method,
        "path": operation.path,
        "deprecated": operation.flags.deprecated || operation.flags.offline,
        "parameters": params,
        "body": operation.body.as_ref().map(ToString::to_string),
        "answer": operation.response.as_ref().map(ToString::to_string),
        "types": types,
        "pages": operation.paging().map(|paging| paging_facts(&paging)),
        "example": {
            "command": command::line(operation, &request),
            "request": request,
            "rust": rust::typed(operation, &request),
            "rust_by_name": rust::by_name(operation, &request),
        },
    })
}

fn paging_facts(paging: &Paging<'_>) -> Value {
    json!({
        "kind": paging.advance.as_str(),
        "parameter": paging.advance.param(),
        "items": paging.items,
        "limit": paging.limit,
        "total": paging.total,
    })
}

fn named(name: &str, facts: Map<String, Value>) -> Value {
    let mut object = Map::from_iter([("name".to_owned(), name.into())]);
    object.extend(facts);
    object.into()
}

fn typed(ty: &Type<'_>, flags: Flags) -> Map<String, Value> {
    let mut facts = Map::from_iter([("type".to_owned(), ty.to_string().into())]);
    for (name, holds) in [("required", flags.required()), ("secret", flags.sensitive())] {
        if holds {
            facts.insert(name.to_owned(), true.into());
        }
    }
    facts
}

/// Adds the structures and enumerations that a type consists of.
fn add_types(operation: &Operation<'_>, ty: &Type<'_>, types: &mut Map<String, Value>) {
    let Some(name) = ty.name().filter(|name| !types.contains_key(*name)) else { return };
    match operation.service.type_def(name) {
        Some(TypeDef::Enum(it)) => {
            types.insert(name.to_owned(), json!({"type": it.base.to_string(), "values": it.values}));
        }
        Some(TypeDef::Struct(it)) => {
            let fields: Vec<Value> =
                it.fields.iter().map(|field| named(field.name, typed(&field.ty, field.flags))).collect();
            types.insert(name.to_owned(), json!({"fields": fields}));
            it.fields.iter().for_each(|field| add_types(operation, &field.ty, types));
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Cloud;

    use super::option;

    #[test]
    fn own_options_are_told_apart_by_case() {
        for (cloud, name, expected) in [
            (Cloud::Huawei, "timeout", "--Timeout"),
            (Cloud::Huawei, "unchecked", "--Unchecked"),
            (Cloud::Huawei, "Timeout", "--Timeout"),
            (Cloud::Huawei, "limit", "--limit"),
            (Cloud::Huawei, "mode", "--mode"),
            (Cloud::Alibaba, "mode", "--Mode"),
            (Cloud::Alibaba, "version", "--Version"),
            (Cloud::Alibaba, "cluster_id", "--cluster_id"),
        ] {
            assert_eq!(option(cloud, name), expected, "{cloud} {name}");
        }
    }
}
