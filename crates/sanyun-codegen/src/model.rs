//! What is to be written, with every decision made: names, types, what may be absent, what is boxed.
//!
//! Names and directions are decided over the whole service version, whatever part of it is asked for: an operation more
//! changes nothing in the code of the others.

mod facts;
mod members;
mod operation;
mod paging;
mod shape;
mod structure;

use sanyun_catalog::{Enum, LookupError, Service};

pub(crate) use facts::Facts;
pub(crate) use members::Member;
pub(crate) use operation::Operation;
pub(crate) use paging::Pages;
pub(crate) use shape::Shape;
pub(crate) use structure::Structure;

use crate::Selection;
use crate::naming::{Taken, constant};

/// One service version, or the part of it that is asked for.
pub(crate) struct Model<'a> {
    pub(crate) service: Service<'a>,
    pub(crate) operations: Vec<Operation<'a>>,
    pub(crate) structures: Vec<Structure<'a>>,
    pub(crate) enumerations: Vec<Enumeration>,
}

impl<'a> Model<'a> {
    /// Decides everything about the operations that are asked for and the types that they need.
    ///
    /// # Errors
    /// [`LookupError::UnknownOperation`] with the nearest names; [`LookupError::Archive`] if the archive is damaged.
    pub(crate) fn new(service: Service<'a>, selection: &Selection) -> Result<Self, LookupError> {
        let facts = Facts::new(service);
        let wanted = facts.selected(selection)?;
        let needed = facts.needed(&wanted);
        let structures = facts.structures().filter(|(name, _)| needed.contains(name));
        let enumerations = facts.enumerations().filter(|(name, _)| needed.contains(name));
        Ok(Self {
            service,
            operations: wanted.iter().map(|operation| Operation::new(&facts, operation)).collect(),
            structures: structures.map(|(_, it)| Structure::new(&facts, it)).collect(),
            enumerations: enumerations.map(|(name, it)| Enumeration::new(facts.type_name(name), it)).collect(),
        })
    }
}

/// A plain value out of a known set.
pub(crate) struct Enumeration {
    /// The name in Rust.
    pub(crate) name: String,
    /// Whether the values are integers; otherwise they are texts.
    pub(crate) of_integers: bool,
    /// Constants and their values, as literals of Rust.
    pub(crate) constants: Vec<(String, String)>,
}

impl Enumeration {
    fn new(name: &str, it: &Enum<'_>) -> Self {
        let of_integers = it.values.iter().all(serde_json::Value::is_i64);
        let mut taken = Taken::default();
        let constants = it.values.iter().map(|value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let name = taken.settle(constant(&text), "_");
            let literal = if of_integers { text } else { crate::write::literal(&text) };
            (name, literal)
        });
        let constants = constants.collect();
        Self { name: name.to_owned(), of_integers, constants }
    }
}
