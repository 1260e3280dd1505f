//! Types of parameters, bodies and answers.

use std::fmt;

/// A type expression. Names refer to the types of the same service version;
/// [`Service::resolve`](crate::Service::resolve) finds them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type<'a> {
    /// Text.
    String,
    /// A signed integer; values beyond 2^53 occur.
    Int,
    /// An unsigned integer.
    Uint,
    /// A binary floating-point number.
    Float,
    /// A decimal number whose digits matter.
    Decimal,
    /// True or false.
    Bool,
    /// Bytes, written as text on the wire.
    Bytes,
    /// The content of a file.
    File,
    /// A day, as text.
    Date,
    /// A date and time in the vendor's own form, as text.
    DateTime,
    /// A date and time of ISO 8601, as text.
    DateTimeIso,
    /// Any JSON value.
    Any,
    /// A list.
    List(Box<Type<'a>>),
    /// An object with free keys.
    Map(Box<Type<'a>>),
    /// A structure or an enumeration of the same service version.
    Named(&'a str),
}

impl<'a> Type<'a> {
    /// The innermost type of nested lists and maps.
    pub fn element(&self) -> &Type<'a> {
        match self {
            Type::List(inner) | Type::Map(inner) => inner.element(),
            other => other,
        }
    }

    /// The name of the structure or enumeration at the innermost place, if there is one.
    pub fn name(&self) -> Option<&'a str> {
        match self.element() {
            Type::Named(name) => Some(name),
            _ => None,
        }
    }

    /// Whether values are lists, maps or structures rather than one plain value.
    /// A name counts as a structure; enumerations must be told apart by resolving it.
    pub fn is_compound(&self) -> bool {
        matches!(self, Type::List(_) | Type::Map(_) | Type::Named(_))
    }
}

/// The type expression of the interchange form: `string`, `[int]`, `{any}`, `#Name`.
impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::String => "string",
            Type::Int => "int",
            Type::Uint => "uint",
            Type::Float => "float",
            Type::Decimal => "decimal",
            Type::Bool => "bool",
            Type::Bytes => "bytes",
            Type::File => "file",
            Type::Date => "date",
            Type::DateTime => "datetime",
            Type::DateTimeIso => "datetime-iso",
            Type::Any => "any",
            Type::List(inner) => return write!(f, "[{inner}]"),
            Type::Map(inner) => return write!(f, "{{{inner}}}"),
            Type::Named(name) => return write!(f, "#{name}"),
        })
    }
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeDef<'a> {
    /// An object with known keys.
    Struct(Struct<'a>),
    /// A plain value out of a known set.
    Enum(Enum<'a>),
}

impl<'a> TypeDef<'a> {
    /// The name of the structure or enumeration.
    pub fn name(&self) -> &'a str {
        match self {
            TypeDef::Struct(it) => it.name,
            TypeDef::Enum(it) => it.name,
        }
    }

    /// The structure, if it is one.
    pub fn as_struct(&self) -> Option<&Struct<'a>> {
        match self {
            TypeDef::Struct(it) => Some(it),
            TypeDef::Enum(_) => None,
        }
    }
}

/// An object with known keys, in the order of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct<'a> {
    /// Its name, unique in the service version.
    pub name: &'a str,
    /// Its name in XML, where the service speaks XML and the name differs.
    pub xml: Option<&'a str>,
    /// The wire name of the field that tells variants apart (none in the present sources).
    pub discriminator: Option<&'a str>,
    /// Its fields.
    pub fields: Vec<Field<'a>>,
}

impl<'a> Struct<'a> {
    /// The field of that wire name.
    pub fn field(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One field of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The wire name.
    pub name: &'a str,
    /// The type of its value.
    pub ty: Type<'a>,
    /// Required, sensitive and the like.
    pub flags: Flags,
}

/// A plain value out of a known set; values unknown here may exist in newer releases.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum<'a> {
    /// Its name, unique in the service version.
    pub name: &'a str,
    /// The type of the values.
    pub base: Type<'a>,
    /// The values.
    pub values: Vec<serde_json::Value>,
}

/// What the sources say about a parameter or a field.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// The letters of the interchange form, in their fixed order.
    const LETTERS: [u8; 6] = *b"rsondh";

    /// Reads flag letters; `None` when one is unknown.
    pub(crate) fn parse(letters: &str) -> Option<Flags> {
        letters.bytes().try_fold(Flags(0), |flags, letter| {
            let bit = Flags::LETTERS.iter().position(|known| *known == letter)?;
            Some(Flags(flags.0 | 1 << bit))
        })
    }

    const fn has(self, bit: u8) -> bool {
        self.0 & 1 << bit != 0
    }

    /// Must be given in a request. For Alibaba Cloud absence means "not known to be required".
    pub const fn required(self) -> bool {
        self.has(0)
    }

    /// Must not be shown: the vendor marks it as a secret.
    pub const fn sensitive(self) -> bool {
        self.has(1)
    }

    /// Always present in answers.
    pub const fn always(self) -> bool {
        self.has(2)
    }

    /// May be null in answers.
    pub const fn nullable(self) -> bool {
        self.has(3)
    }

    /// Withdrawn: the vendor no longer looks at it.
    pub const fn withdrawn(self) -> bool {
        self.has(4)
    }

    /// May come from a response header of the same name.
    pub const fn from_header(self) -> bool {
        self.has(5)
    }
}

/// The letters: `r` required, `s` sensitive, `o` always present, `n` nullable, `d` withdrawn, `h` from a header.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (bit, letter) in (0..).zip(Flags::LETTERS) {
            if self.has(bit) {
                write!(f, "{}", char::from(letter))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({self})")
    }
}
