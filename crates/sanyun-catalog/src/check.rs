//! Parameters against an operation: all problems at once, before anything is sent.
//!
//! The parameters are one JSON object. Its keys are the wire names of the operation's parameters and, for an operation
//! whose body has a type, the fields of the body beside them; the key `body` stands for the whole body unless a
//! parameter or field has that name; where the source names the value that is sent as a raw stream, that name does. [`Operation::targets`] says what a key means.
//!
//! Rules: an unknown name is an error, with the nearest known one. A missing required value is an error for Huawei
//! Cloud and Tencent Cloud and a warning for Alibaba Cloud, whose sources mark many parameters as required that are
//! not; a missing part of the path or host is always an error. A value of another type is an error, except that a
//! string that is a plain number or `true` or `false` is converted where a number or boolean is wanted. `null` counts
//! as absent. A value outside an enumeration is a warning: newer services know more.

mod convert;

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::nearest::nearest;
use crate::{Cloud, Field, Operation, Param, ParamStyle, Place, Struct, Type, TypeDef};

/// What a check found, and the parameters as they should be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The parameters with strings converted where another type is wanted, and without nulls.
    /// Values with problems stay as they were.
    pub value: Value,
    /// Everything found, in the order of the parameters; missing values last.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// The problems that forbid sending.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }

    /// The problems that do not.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Warning)
    }

    /// Whether the parameters can be sent.
    pub fn is_ok(&self) -> bool {
        self.errors().next().is_none()
    }
}

/// One problem. It never holds a value of the parameters, which may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: `Filters[0].Name`. Empty for the parameters as a whole.
    pub path: String,
    /// What.
    pub kind: ProblemKind,
    /// Whether it forbids sending.
    pub severity: Severity,
}

/// Whether a problem forbids sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// No parameter or field of that name.
    Unknown {
        /// The nearest known names, best first.
        nearest: Vec<String>,
    },
    /// A value of another type.
    WrongType {
        /// What is wanted, in words: `an integer`.
        expected: String,
        /// What was found, in words: `a string`.
        found: &'static str,
    },
    /// A required value is absent.
    Missing {
        /// The place of the parameter; `None` for a field of a structure.
        place: Option<Place>,
    },
    /// A value that the enumeration does not have.
    UnknownValue {
        /// The values it has.
        known: Vec<String>,
    },
    /// The vendor no longer looks at this parameter.
    Withdrawn,
}

/// One line: `` `Filters[0].Nmae` is unknown; did you mean `Name`? ``
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "parameters" } else { &self.path };
        match &self.kind {
            ProblemKind::Unknown { nearest } if nearest.is_empty() => write!(f, "`{path}` is unknown"),
            ProblemKind::Unknown { nearest } => {
                write!(f, "`{path}` is unknown; did you mean `{}`?", nearest.join("`, `"))
            }
            ProblemKind::WrongType { expected, found } => write!(f, "`{path}` must be {expected}, not {found}"),
            ProblemKind::Missing { place: Some(place) } => {
                write!(f, "`{path}` is missing (required, {})", place.as_str())
            }
            ProblemKind::Missing { place: None } => write!(f, "`{path}` is missing (required)"),
            ProblemKind::UnknownValue { known } => {
                write!(f, "`{path}` is not one of the known values: {}", known.join(", "))
            }
            ProblemKind::Withdrawn => write!(f, "`{path}` is withdrawn: the service no longer looks at it"),
        }
    }
}

/// What a key of the parameters means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A parameter.
    Param(Param<'a>),
    /// A field of the body.
    BodyField(Field<'a>),
    /// The whole body; [`Type::File`] for the value that is sent as a raw stream.
    Body(Type<'a>),
    /// A part of the path that the credential fills when the caller does not (Huawei Cloud: `project_id`, `domain_id`).
    Placeholder(&'a str),
}

impl<'a> Target<'a> {
    /// The type of the value.
    pub fn ty(&self) -> &Type<'a> {
        match self {
            Target::Param(param) => &param.ty,
            Target::BodyField(field) => &field.ty,
            Target::Body(ty) => ty,
            Target::Placeholder(_) => &Type::String,
        }
    }
}

impl<'a> Operation<'a> {
    /// What a key of the parameters means; more than one target where a path and a body parameter share a name
    /// (the value goes to all of them), none for an unknown key.
    pub fn targets(&self, key: &str) -> Vec<Target<'a>> {
        self.targets_among(key, &self.body_fields())
    }

    fn targets_among(&self, key: &str, body_fields: &[Field<'a>]) -> Vec<Target<'a>> {
        let params = self.params.iter().filter(|param| param.name == key).cloned().map(Target::Param);
        let fields = body_fields.iter().filter(|field| field.name == key).cloned().map(Target::BodyField);
        let found: Vec<_> = params.chain(fields).collect();
        if !found.is_empty() {
            return found;
        }
        match &self.body {
            Some(body) if key == "body" => vec![Target::Body(body.clone())],
            _ if self.rare.stream_request.as_deref() == Some(key) => vec![Target::Body(Type::File)],
            _ => self.credential_path().filter(|name| *name == key).map(Target::Placeholder).collect(),
        }
    }

    /// The body, if there is anything to say in it: a structure without fields is sent, and says nothing.
    pub fn body_with_content(&self) -> Option<&Type<'a>> {
        let body = self.body.as_ref()?;
        let says_nothing = matches!(self.service.resolve(body), Some(TypeDef::Struct(body)) if body.fields.is_empty());
        (!says_nothing).then_some(body)
    }

    /// The name of the root element of a body in XML: that of its structure.
    pub fn xml_root(&self) -> &'a str {
        match self.body.as_ref().and_then(|body| self.service.resolve(body)) {
            Some(TypeDef::Struct(body)) => body.xml.unwrap_or(body.name),
            _ => self.name,
        }
    }

    /// The fields of the body if it is a structure.
    pub fn body_fields(&self) -> Vec<Field<'a>> {
        match self.body.as_ref().and_then(|body| self.service.resolve(body)) {
            Some(TypeDef::Struct(body)) => body.fields,
            _ => Vec::new(),
        }
    }
}

/// Headers that the signer sets (Huawei Cloud), in lower case: never missing, though the sources call some required.
pub const SIGNER_HEADERS: [&str; 9] = [
    "authorization",
    "content-type",
    "date",
    "host",
    "x-auth-token",
    "x-domain-id",
    "x-project-id",
    "x-sdk-date",
    "x-security-token",
];

/// Checks the parameters of a call.
pub fn check(operation: &Operation<'_>, parameters: &Value) -> Checked {
    let body_fields = operation.body_fields();
    let mut checker = Checker { operation, body_fields, types: HashMap::new(), problems: Vec::new() };
    let value = match parameters {
        Value::Null => checker.parameters(&Map::new()),
        Value::Object(parameters) => checker.parameters(parameters),
        other => {
            checker.wrong_type("", "an object", other);
            other.clone()
        }
    };
    Checked { value, problems: checker.problems }
}

struct Checker<'o, 'a> {
    operation: &'o Operation<'a>,
    /// Read once: reading them costs more than everything else in a check.
    body_fields: Vec<Field<'a>>,
    types: HashMap<String, Option<TypeDef<'a>>>,
    problems: Vec<Problem>,
}

impl<'a> Checker<'_, 'a> {
    fn parameters(&mut self, parameters: &Map<String, Value>) -> Value {
        let mut checked = Map::new();
        for (key, value) in parameters.iter().filter(|(_, value)| !value.is_null()) {
            checked.insert(key.clone(), self.parameter(key, value));
        }
        self.missing_parameters(&checked);
        Value::Object(checked)
    }

    fn parameter(&mut self, key: &str, value: &Value) -> Value {
        match self.operation.targets_among(key, &self.body_fields).first() {
            Some(Target::Param(param)) => {
                self.withdrawn(key, param.flags);
                self.styled(key, param, value)
            }
            Some(Target::BodyField(field)) => {
                self.withdrawn(key, field.flags);
                self.value(key, &field.ty, value)
            }
            Some(target) => self.value(key, target.ty(), value),
            None => {
                self.unknown_parameter(key);
                value.clone()
            }
        }
    }

    fn unknown_parameter(&mut self, key: &str) {
        let params = self.operation.params.iter().map(|param| param.name);
        let placeholders = self.operation.credential_path();
        let stream = self.operation.rare.stream_request.as_deref();
        let known = params.chain(self.body_fields.iter().map(|field| field.name)).chain(placeholders).chain(stream);
        let nearest = nearest(key, known);
        self.problem(key, ProblemKind::Unknown { nearest }, Severity::Error);
    }

    /// A parameter that is sent as JSON may be given as JSON text.
    fn styled(&mut self, path: &str, param: &Param<'a>, value: &Value) -> Value {
        let text = value.as_str().filter(|_| param.style == Some(ParamStyle::Json) && param.ty.is_compound());
        if let Some(parsed) = text.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
            return self.value(path, &param.ty, &parsed);
        }
        self.value(path, &param.ty, value)
    }

    fn missing_parameters(&mut self, given: &Map<String, Value>) {
        let operation = self.operation;
        for param in operation.params.iter().filter(|param| param.flags.required() && !given.contains_key(param.name)) {
            if !(param.place == Place::Header && is_signer_header(param.name)) {
                self.missing(param.name, Some(param.place));
            }
        }
        if !given.contains_key("body") || self.is_body_field("body") {
            self.missing_body(given);
        }
    }

    fn is_body_field(&self, name: &str) -> bool {
        self.body_fields.iter().any(|field| field.name == name)
    }

    /// The sources call no body required; one that must have fields is, where the method is made to send one.
    fn missing_body(&mut self, given: &Map<String, Value>) {
        let operation = self.operation;
        let sends_body = matches!(operation.method, "POST" | "PUT" | "PATCH") || operation.flags.body_required;
        if self.body_fields.is_empty() && operation.flags.body_required && operation.body.is_some() {
            self.missing("body", None);
        }
        if sends_body || self.body_fields.iter().any(|field| given.contains_key(field.name)) {
            let wanted = |field: &&Field<'a>| field.flags.required() && !given.contains_key(field.name);
            let missing: Vec<_> = self.body_fields.iter().filter(wanted).map(|field| field.name).collect();
            missing.into_iter().for_each(|name| self.missing(name, None));
        }
    }

    fn value(&mut self, path: &str, ty: &Type<'a>, value: &Value) -> Value {
        match ty {
            Type::List(item) => self.list(path, item, value),
            Type::Map(item) => self.map(path, item, value),
            Type::Named(name) => self.named(path, name, value),
            plain => match convert::plain(plain, value) {
                Ok(converted) => converted,
                Err(expected) => {
                    self.wrong_type(path, expected, value);
                    value.clone()
                }
            },
        }
    }

    fn list(&mut self, path: &str, item: &Type<'a>, value: &Value) -> Value {
        let Value::Array(items) = value else {
            self.wrong_type(path, "a list", value);
            return value.clone();
        };
        let checked = items.iter().enumerate().map(|(at, value)| self.value(&format!("{path}[{at}]"), item, value));
        Value::Array(checked.collect())
    }

    fn map(&mut self, path: &str, item: &Type<'a>, value: &Value) -> Value {
        let Value::Object(entries) = value else {
            self.wrong_type(path, "an object", value);
            return value.clone();
        };
        let checked = entries.iter().map(|(key, value)| (key.clone(), self.value(&join(path, key), item, value)));
        Value::Object(checked.collect())
    }

    fn named(&mut self, path: &str, name: &'a str, value: &Value) -> Value {
        let service = self.operation.service;
        let definition = self.types.entry(name.to_owned()).or_insert_with(|| service.type_def(name)).clone();
        match definition {
            Some(TypeDef::Struct(definition)) => self.structure(path, &definition, value),
            Some(TypeDef::Enum(definition)) => self.enumeration(path, &definition, value),
            None => value.clone(),
        }
    }

    fn structure(&mut self, path: &str, definition: &Struct<'a>, value: &Value) -> Value {
        let Value::Object(entries) = value else {
            self.wrong_type(path, "an object", value);
            return value.clone();
        };
        let mut checked = Map::new();
        for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
            checked.insert(key.clone(), self.field(&join(path, key), definition, key, value));
        }
        for field in &definition.fields {
            if field.flags.required() && !checked.contains_key(field.name) {
                self.missing(&join(path, field.name), None);
            }
        }
        Value::Object(checked)
    }

    fn field(&mut self, path: &str, definition: &Struct<'a>, key: &str, value: &Value) -> Value {
        if let Some(field) = definition.field(key) {
            self.withdrawn(path, field.flags);
            return self.value(path, &field.ty, value);
        }
        let nearest = nearest(key, definition.fields.iter().map(|field| field.name));
        self.problem(path, ProblemKind::Unknown { nearest }, Severity::Error);
        value.clone()
    }

    fn enumeration(&mut self, path: &str, definition: &crate::Enum<'a>, value: &Value) -> Value {
        let converted = self.value(path, &definition.base, value);
        if !definition.values.contains(&converted) {
            let known = definition.values.iter().map(convert::word).collect();
            self.problem(path, ProblemKind::UnknownValue { known }, Severity::Warning);
        }
        converted
    }

    fn withdrawn(&mut self, path: &str, flags: crate::Flags) {
        if flags.withdrawn() {
            self.problem(path, ProblemKind::Withdrawn, Severity::Warning);
        }
    }

    fn missing(&mut self, path: &str, place: Option<Place>) {
        let needed = matches!(place, Some(Place::Path | Place::Host));
        let strict = needed || self.operation.service.cloud() != Cloud::Alibaba;
        let severity = if strict { Severity::Error } else { Severity::Warning };
        self.problem(path, ProblemKind::Missing { place }, severity);
    }

    fn wrong_type(&mut self, path: &str, expected: &str, value: &Value) {
        let kind = ProblemKind::WrongType { expected: expected.to_owned(), found: convert::found(value) };
        self.problem(path, kind, Severity::Error);
    }

    fn problem(&mut self, path: &str, kind: ProblemKind, severity: Severity) {
        self.problems.push(Problem { path: path.to_owned(), kind, severity });
    }
}

fn is_signer_header(name: &str) -> bool {
    SIGNER_HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name))
}

fn join(path: &str, key: &str) -> String {
    format!("{path}.{key}")
}

#[cfg(test)]
#[cfg(all(feature = "huawei", feature = "tencent", feature = "alibaba"))]
mod tests;
