//! Types of Rust for types of the catalog.

use sanyun_catalog::{Type, TypeDef};

use super::Facts;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Secret,
    Int,
    Uint,
    Float,
    Decimal,
    Bool,
    Blob,
    /// The body as a stream.
    Body,
    /// A part of a form.
    File,
    Timestamp,
    Value,
    List(Box<Shape>),
    Map(Box<Shape>),
    /// A structure or an enumeration, by its name in Rust.
    Named {
        name: String,
        is_enumeration: bool,
    },
}

impl Shape {
    /// The shape of a type. Texts that are marked as sensitive become secrets.
    pub(crate) fn new(facts: &Facts<'_>, ty: &Type<'_>, sensitive: bool) -> Self {
        let inner = |inner: &Type<'_>| Box::new(Shape::new(facts, inner, sensitive));
        match ty {
            Type::String if sensitive => Shape::Secret,
            Type::String => Shape::Text,
            Type::Int => Shape::Int,
            Type::Uint => Shape::Uint,
            Type::Float => Shape::Float,
            Type::Decimal => Shape::Decimal,
            Type::Bool => Shape::Bool,
            Type::Bytes | Type::File => Shape::Blob,
            Type::Date | Type::DateTime | Type::DateTimeIso => Shape::Timestamp,
            Type::Any => Shape::Value,
            Type::List(item) => Shape::List(inner(item)),
            Type::Map(value) => Shape::Map(inner(value)),
            Type::Named(name) => Shape::named(facts, name),
        }
    }

    /// A name without a type, which a catalog cannot have, would be any value.
    fn named(facts: &Facts<'_>, wire: &str) -> Self {
        let name = facts.type_name(wire).to_owned();
        match facts.service.type_def(wire) {
            _ if name.is_empty() => Shape::Value,
            found => Shape::Named { name, is_enumeration: matches!(found, Some(TypeDef::Enum(_))) },
        }
    }

    /// The type in Rust.
    pub(crate) fn rust(&self) -> String {
        match self {
            Shape::Text => "String".to_owned(),
            Shape::Secret => "sdk::Secret".to_owned(),
            Shape::Int => "i64".to_owned(),
            Shape::Uint => "u64".to_owned(),
            Shape::Float => "f64".to_owned(),
            Shape::Decimal => "sdk::Decimal".to_owned(),
            Shape::Bool => "bool".to_owned(),
            Shape::Blob => "sdk::Blob".to_owned(),
            Shape::Body => "sdk::Body".to_owned(),
            Shape::File => "sdk::File".to_owned(),
            Shape::Timestamp => "sdk::Timestamp".to_owned(),
            Shape::Value => "sdk::Value".to_owned(),
            Shape::List(item) => format!("Vec<{}>", item.rust()),
            Shape::Map(value) => format!("sdk::Map<{}>", value.rust()),
            Shape::Named { name, .. } => name.clone(),
        }
    }

    /// The type of an argument that is given to a setter, and what makes a value of it.
    pub(crate) fn argument(&self, name: &str) -> (String, String) {
        match self {
            Shape::Int | Shape::Uint | Shape::Float | Shape::Bool | Shape::Named { .. } => {
                (self.rust(), name.to_owned())
            }
            Shape::List(item) => (format!("impl sdk::IntoList<{}>", item.rust()), format!("{name}.into_list()")),
            _ => (format!("impl Into<{}>", self.rust()), format!("{name}.into()")),
        }
    }

    /// The value where nothing is known.
    pub(crate) fn empty(&self) -> String {
        match self {
            Shape::Text => "String::new()".to_owned(),
            Shape::Int | Shape::Uint => "0".to_owned(),
            Shape::Float => "0.0".to_owned(),
            Shape::Bool => "false".to_owned(),
            Shape::List(_) => "Vec::new()".to_owned(),
            Shape::Map(_) => "sdk::Map::default()".to_owned(),
            other => format!("{}::default()", other.rust()),
        }
    }

    /// Whether absence is the same as emptiness in a reply.
    pub(crate) fn is_collection(&self) -> bool {
        matches!(self, Shape::List(_) | Shape::Map(_))
    }
}
