//! Parameters and answers as trees of what they consist of.

use sanyun_catalog::{Cloud, Enum, Field, Flags, Operation, ParamStyle, Place, Type, TypeDef};

use super::operation::option;
use crate::params::first_item;

/// Values of an enumeration that are shown.
const SHOWN_VALUES: usize = 8;

/// Lines of a page: name, type, remarks.
pub(super) struct Tree<'o, 'a> {
    operation: &'o Operation<'a>,
    levels: usize,
    /// Whether these are parameters, whose names are options.
    given: bool,
    rows: Vec<[String; 3]>,
    /// The structures around the present line.
    open: Vec<&'a str>,
    /// Whether something lies below the last level.
    pub(super) cut: bool,
}

impl<'o, 'a> Tree<'o, 'a> {
    /// The parameters, `levels` deep.
    pub(super) fn of_parameters(operation: &'o Operation<'a>, levels: usize) -> Self {
        let mut tree = Self::new(operation, levels, true);
        tree.parameters();
        tree
    }

    /// The answer, `levels` deep.
    pub(super) fn of_answer(operation: &'o Operation<'a>, levels: usize) -> Self {
        let mut tree = Self::new(operation, levels, false);
        tree.answer();
        tree
    }

    fn new(operation: &'o Operation<'a>, levels: usize, given: bool) -> Self {
        Self { operation, levels, given, rows: Vec::new(), open: Vec::new(), cut: false }
    }

    fn parameters(&mut self) {
        let cloud = self.operation.service.cloud();
        for param in &self.operation.params {
            self.row(&option(cloud, param.name), &param.ty, param.flags, place(param.place, param.style), 1);
        }
        let fields = self.operation.body_fields();
        for field in &fields {
            self.row(&option(cloud, field.name), &field.ty, field.flags, Some("body".to_owned()), 1);
        }
        if let Some(body) = self.operation.body_with_content().filter(|_| fields.is_empty()) {
            self.row("--body", body, Flags::default(), Some("body".to_owned()), 1);
        }
        if let Some(name) = self.operation.rare.stream_request.as_deref().filter(|name| *name != "body") {
            self.rows.push([option(cloud, name), Type::File.to_string(), "the body itself".to_owned()]);
        }
        let from_credential: Vec<&str> = self.operation.credential_path().collect();
        for name in from_credential {
            let remark = "path, from the credentials if not given".to_owned();
            self.rows.push([format!("--{name}"), Type::String.to_string(), remark]);
        }
    }

    fn answer(&mut self) {
        let Some(response) = &self.operation.response else { return };
        match self.operation.service.resolve(response) {
            Some(TypeDef::Struct(it)) => {
                self.open.push(it.name);
                it.fields.iter().for_each(|field| self.field(field.name, field, 1));
                self.open.pop();
            }
            _ => self.row("(the answer)", response, Flags::default(), None, 1),
        }
        for (name, ty) in &self.operation.response_headers {
            self.rows.push([(*name).to_owned(), shown_type(ty), "header".to_owned()]);
        }
    }

    fn field(&mut self, name: &str, field: &Field<'a>, level: usize) {
        self.row(name, &field.ty, field.flags, None, level);
    }

    fn row(&mut self, name: &str, ty: &Type<'a>, flags: Flags, place: Option<String>, level: usize) {
        let definition = self.operation.service.resolve(ty.element());
        let mut remarks = self.remarks(flags, place);
        if let Some(TypeDef::Enum(it)) = &definition {
            remarks.push(values(it));
        }
        let structure = match definition {
            Some(TypeDef::Struct(it)) => Some(it),
            _ => None,
        };
        let nests = structure.as_ref().is_some_and(|it| self.open.contains(&it.name));
        remarks.extend(nests.then(|| "as above".to_owned()));
        let indent = "    ".repeat(level - 1);
        self.rows.push([format!("{indent}{name}"), shown_type(ty), remarks.join(", ")]);
        let Some(it) = structure.filter(|_| !nests) else { return };
        if level >= self.levels {
            self.cut = true;
            return;
        }
        let prefix = if self.given { self.below(ty) } else { String::new() };
        self.open.push(it.name);
        for field in &it.fields {
            self.field(&format!("{prefix}{}", field.name), field, level + 1);
        }
        self.open.pop();
    }

    fn remarks(&self, flags: Flags, place: Option<String>) -> Vec<String> {
        // The one place of Tencent Cloud's parameters goes without saying.
        let place = place.filter(|place| self.operation.service.cloud() != Cloud::Tencent || place != "body");
        let said = [
            (self.given && flags.required(), "required"),
            (flags.sensitive(), "secret"),
            (flags.withdrawn(), "withdrawn"),
        ];
        let mut remarks: Vec<String> =
            said.iter().filter(|(holds, _)| *holds).map(|(_, word)| (*word).to_owned()).collect();
        remarks.splice(remarks.len().min(1)..remarks.len().min(1), place);
        remarks
    }

    /// What stands between the name of a parameter and the name of a field in it.
    fn below(&self, ty: &Type<'_>) -> String {
        let first = first_item(self.operation.service.cloud());
        match ty {
            Type::List(item) => format!(".{first}{}", self.below(item)),
            Type::Map(item) => format!(".KEY{}", self.below(item)),
            _ => ".".to_owned(),
        }
    }

    /// The tree under its title.
    pub(super) fn section(&self, title: &str) -> String {
        if self.rows.is_empty() {
            return format!("\n{title}: none\n");
        }
        let rows = self.rows.iter().map(|row| row.each_ref().map(String::as_str));
        format!("\n{title}:\n{}", super::columns(rows))
    }
}

/// Where a parameter is sent, and how where that is not the cloud's usual way.
fn place(place: Place, style: Option<ParamStyle>) -> Option<String> {
    Some(match style.filter(|style| *style == ParamStyle::Json) {
        Some(_) => format!("{}, sent as JSON", place.as_str()),
        None => place.as_str().to_owned(),
    })
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
