//! The codec of typed code: how an operation becomes text and how a reply becomes a structure.
//!
//! Generated structures say only what their members are called and where they lie ([`Record`], one line each). How
//! each kind of member is written and read stands here, compiled once: nothing is made anew for each structure but the
//! loop over a list of it.
//!
//! Writing leaves out what is absent. Reading is tolerant, because the vendors' gateways are not exact: numbers and
//! booleans may arrive as text and the other way round, null and an empty text stand for nothing, unknown members go to
//! [`Extra`] where the structure has one.

mod containers;
mod decoder;
mod encoder;
mod enums;
mod inspect;
mod scalars;
mod types;

pub use decoder::Decoder;
pub use encoder::{Encoder, Parameter, ParameterValue, parameters};
pub use inspect::{debug, equal, get, get_member, operation_from_json, operation_json, set};
pub use types::{Blob, Decimal, Extra, File, IntoList, Map, Timestamp};

use crate::error::Result;

/// The names of a structure's members, in order. `*` stands for [`Extra`]; those of an operation are
/// `place[,style] name`, see [`Parameter`].
pub type Names = &'static [&'static str];

/// A structure with named members. Generated code implements it with one line.
pub trait Record {
    /// Shows the members to whoever writes, reads or looks for them: `by.record(&["Name", …], &mut [&mut self.name, …])`.
    ///
    /// # Errors
    /// A reader's: [`ErrorKind::Decode`](crate::ErrorKind::Decode) for what is not JSON or cannot be a member's value.
    fn visit(&mut self, by: &mut dyn Visitor) -> Result<()>;
}

/// Who is shown the members of a structure.
pub trait Visitor {
    /// The members' names on the wire, and the members.
    ///
    /// # Errors
    /// As [`Record::visit`].
    fn record(&mut self, names: Names, fields: &mut [&mut dyn Field]) -> Result<()>;
}

/// The names of a structure's members.
pub fn names(record: &mut dyn Record) -> Names {
    struct Seen(Names);
    impl Visitor for Seen {
        fn record(&mut self, names: Names, _: &mut [&mut dyn Field]) -> Result<()> {
            self.0 = names;
            Ok(())
        }
    }
    let mut seen = Seen(&[]);
    // Only reading can fail.
    let _ = record.visit(&mut seen);
    seen.0
}

/// A value that a member can have.
pub trait Field {
    /// Writes the value, which stays as it is: a structure has one way of showing its members, for writing and reading.
    fn encode_field(&mut self, to: &mut Encoder<'_>);

    /// Reads the value. What stands for nothing (null, for most types an empty text) leaves it as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) for what is not JSON or cannot be such a value.
    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()>;

    /// Whether there is nothing to write.
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T: Record> Field for T {
    #[inline]
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.structure(self);
    }

    #[inline]
    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        self.visit(from)
    }
}

impl<T: Record> Record for Box<T> {
    #[inline]
    fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
        (**self).visit(by)
    }
}

/// The JSON text of a value.
pub fn to_json(value: &mut dyn Field) -> String {
    let mut encoder = Encoder::new();
    value.encode_field(&mut encoder);
    encoder.finish()
}

/// Reads a value from JSON text. An empty text leaves it as it is.
///
/// # Errors
/// [`ErrorKind::Decode`](crate::ErrorKind::Decode), naming the member.
pub fn from_json(value: &mut dyn Field, text: &str) -> Result<()> {
    let mut decoder = Decoder::new(text);
    if decoder.is_at_end() {
        return Ok(());
    }
    let read = value.decode_field(&mut decoder).and_then(|()| decoder.end());
    read.map_err(|error| decoder.located(error))
}

/// Reads a value that is a member of the object in the text; false if there is no such member.
///
/// # Errors
/// As [`from_json`].
pub fn from_json_member(value: &mut dyn Field, text: &str, name: &str) -> Result<bool> {
    let mut decoder = Decoder::new(text);
    let read = decoder.member(name, value).and_then(|found| decoder.end().map(|()| found));
    read.map_err(|error| decoder.located(error))
}

#[cfg(test)]
mod tests;
