//! One operation: its parameters with type and place, and its answer.

use std::fmt::Write as _;

use sanyun_catalog::{Cloud, Enum, Field, Flags, Operation, Place, Type, TypeDef};
use serde_json::{Map, Value, json};

use super::Page;

/// Levels of structures that are shown of parameters and of answers; types may lie in themselves.
const PARAMETER_LEVELS: usize = 3;
const ANSWER_LEVELS: usize = 2;
/// Values of an enumeration that are shown.
const SHOWN_VALUES: usize = 8;

/// The page of an operation.
pub(super) fn page(operation: &Operation<'_>) -> Page {
    Page { text: text(operation), value: value(operation) }
}

fn text(operation: &Operation<'_>) -> String {
    let meta = operation.service.meta();
    let title = crate::clouds::title(meta.cloud);
    let mut out = format!(
        "{title} {} {}: {} ({} {})\n",
        meta.service, meta.api_version, operation.name, operation.method, operation.path
    );
    if operation.flags.deprecated || operation.flags.offline {
        out += if operation.flags.offline { "No longer in service.\n" } else { "The vendor advises against it.\n" };
    }
    let _ = writeln!(
        out,
        "\nUsage: sanyun {} {}/{} {} [--Param VALUE]...",
        meta.cloud, meta.service, meta.api_version, operation.name
    );
    out += &Rows::of_parameters(operation).section("Parameters");
    out + &Rows::of_answer(operation).section("Answer")
}

/// Lines of a page: name, type, remarks.
struct Rows<'o, 'a> {
    operation: &'o Operation<'a>,
    levels: usize,
    /// Whether these are parameters, whose names are options.
    given: bool,
    rows: Vec<[String; 3]>,
}

impl<'o, 'a> Rows<'o, 'a> {
    fn of_parameters(operation: &'o Operation<'a>) -> Self {
        let mut rows = Self { operation, levels: PARAMETER_LEVELS, given: true, rows: Vec::new() };
        rows.parameters();
        rows
    }

    fn of_answer(operation: &'o Operation<'a>) -> Self {
        let mut rows = Self { operation, levels: ANSWER_LEVELS, given: false, rows: Vec::new() };
        rows.answer();
        rows
    }

    fn parameters(&mut self) {
        for param in &self.operation.params {
            self.row(&option(param.name), &param.ty, param.flags, Some(param.place), 1);
        }
        let fields = self.operation.body_fields();
        for field in &fields {
            self.field(&option(field.name), field, Some(Place::Body), 1);
        }
        if let Some(body) = self.operation.body.as_ref().filter(|_| fields.is_empty()) {
            self.row("--body", body, Flags::default(), Some(Place::Body), 1);
        }
        let from_credential: Vec<&str> = self.operation.unfilled_placeholders().collect();
        for name in from_credential {
            let remark = "path, from the credentials if not given".to_owned();
            self.rows.push([format!("--{name}"), Type::String.to_string(), remark]);
        }
    }

    fn answer(&mut self) {
        let Some(response) = &self.operation.response else { return };
        match self.operation.service.resolve(response) {
            Some(TypeDef::Struct(it)) => it.fields.iter().for_each(|field| self.field(field.name, field, None, 1)),
            _ => self.row("(the answer)", response, Flags::default(), None, 1),
        }
        for (name, ty) in &self.operation.response_headers {
            self.rows.push([(*name).to_owned(), shown_type(ty), "header".to_owned()]);
        }
    }

    fn field(&mut self, name: &str, field: &Field<'a>, place: Option<Place>, level: usize) {
        self.row(name, &field.ty, field.flags, place, level);
    }

    fn row(&mut self, name: &str, ty: &Type<'a>, flags: Flags, place: Option<Place>, level: usize) {
        let definition = self.operation.service.resolve(ty.element());
        let indent = "    ".repeat(level - 1);
        let mut remarks: Vec<String> = Vec::new();
        remarks.extend((self.given && flags.required()).then(|| "required".to_owned()));
        // The one place of the other clouds' parameters goes without saying.
        let places = self.operation.service.cloud() != Cloud::Tencent;
        remarks.extend(place.filter(|_| places).map(|place| place.as_str().to_owned()));
        remarks.extend(flags.sensitive().then(|| "secret".to_owned()));
        remarks.extend(flags.withdrawn().then(|| "withdrawn".to_owned()));
        if let Some(TypeDef::Enum(it)) = &definition {
            remarks.push(values(it));
        }
        self.rows.push([format!("{indent}{name}"), shown_type(ty), remarks.join(", ")]);
        if let Some(TypeDef::Struct(it)) = definition
            && level < self.levels
        {
            let prefix = if self.given { self.below(ty) } else { String::new() };
            for field in &it.fields {
                self.field(&format!("{prefix}{}", field.name), field, None, level + 1);
            }
        }
    }

    /// What stands between the name of a parameter and the name of a field in it.
    fn below(&self, ty: &Type<'_>) -> String {
        let first = crate::params::first_item(self.operation.service.cloud());
        match ty {
            Type::List(item) => format!(".{first}{}", self.below(item)),
            Type::Map(item) => format!(".KEY{}", self.below(item)),
            _ => ".".to_owned(),
        }
    }

    fn section(&self, title: &str) -> String {
        if self.rows.is_empty() {
            return format!("\n{title}: none\n");
        }
        let rows = self.rows.iter().map(|row| row.each_ref().map(String::as_str));
        format!("\n{title}:\n{}", super::columns(rows))
    }
}

/// The option of a parameter. What is an option of this program is written with a capital letter, which tells it apart.
fn option(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next().filter(|_| crate::args::is_own_option(name)) {
        Some(first) => format!("--{}{}", first.to_ascii_uppercase(), letters.as_str()),
        None => format!("--{name}"),
    }
}

/// The type without the mark of names.
fn shown_type(ty: &Type<'_>) -> String {
    ty.to_string().replace('#', "")
}

fn values(it: &Enum<'_>) -> String {
    let shown: Vec<String> = it.values.iter().take(SHOWN_VALUES).map(crate::output::plain).collect();
    let more = if it.values.len() > SHOWN_VALUES { ", …" } else { "" };
    format!("one of {}{more}", shown.join(" | "))
}

fn value(operation: &Operation<'_>) -> Value {
    let meta = operation.service.meta();
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
    use super::option;

    #[test]
    fn own_options_are_told_apart_by_case() {
        assert_eq!(option("timeout"), "--Timeout");
        assert_eq!(option("unchecked"), "--Unchecked");
        assert_eq!(option("Timeout"), "--Timeout");
        assert_eq!(option("limit"), "--limit");
    }
}
