//! Values that Rust has no type of its own for.

use std::fmt;
use std::ops::Deref;
use std::time::SystemTime;

use serde_json::Value;

use super::encoder::ParameterValue;
use super::{Decoder, Encoder, Field};
use crate::body::Body;
use crate::encode;
use crate::error::{Error, Result};
use crate::time;

/// An object with free keys, in the order of the wire. A key stands in it once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map<T>(Vec<(String, T)>);

impl<T> Map<T> {
    /// An empty one.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Sets the value of a key; gives the one before.
    pub fn insert(&mut self, key: impl Into<String>, value: T) -> Option<T> {
        let key = key.into();
        match self.0.iter_mut().find(|(name, _)| *name == key) {
            Some((_, known)) => Some(std::mem::replace(known, value)),
            None => {
                self.0.push((key, value));
                None
            }
        }
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut T)> {
        self.0.iter_mut().map(|(key, value)| (&**key, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl<T> IntoIterator for Map<T> {
    type Item = (String, T);
    type IntoIter = std::vec::IntoIter<(String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Into<String>, V: Into<T>, T> FromIterator<(K, V)> for Map<T> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        for (key, value) in pairs {
            map.insert(key, value.into());
        }
        map
    }
}

impl<K: Into<String>, V: Into<T>, T, const N: usize> From<[(K, V); N]> for Map<T> {
    fn from(pairs: [(K, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

/// What a setter of a list takes: anything that can be iterated over whose items become the list's.
pub trait IntoList<T> {
    /// The list.
    fn into_list(self) -> Vec<T>;
}

impl<T, I> IntoList<T> for I
where
    I: IntoIterator,
    I::Item: Into<T>,
{
    #[inline]
    fn into_list(self) -> Vec<T> {
        self.into_iter().map(Into::into).collect()
    }
}

/// Members of a reply that the catalog does not know: newer than this release, or never documented.
#[derive(Clone, Default, PartialEq)]
pub struct Extra(Option<Box<Map<Value>>>);

impl Extra {
    /// The value of an unknown member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// Names and values of all unknown members.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|members| members.iter())
    }

    /// Adds a member; sent along where the structure is part of a request.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.get_or_insert_default().insert(name, value.into());
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Field for Extra {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        for (name, value) in self.0.iter_mut().flat_map(|members| members.iter_mut()) {
            to.member(name, value);
        }
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        let name = from.take_unknown();
        let value = from.value()?;
        if let Some(name) = name {
            self.insert(name, value);
        }
        Ok(())
    }
}

/// Gives a value that is written as text.
macro_rules! text_value {
    ($name:ident) => {
        impl $name {
            /// The text of the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

/// A moment or a day, as the vendor writes it: most write ISO 8601, some `2006-01-02 15:04:05` in Beijing's time.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(String);

text_value!(Timestamp);

impl Timestamp {
    /// The moment, if the text says it completely (RFC 3339, with its offset).
    pub fn time(&self) -> Option<SystemTime> {
        time::parse_rfc3339(&self.0)
    }
}

/// The moment in UTC, to the second: `2026-01-02T03:04:05Z`.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time::iso_extended(time))
    }
}

impl Field for Timestamp {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.text(&self.0);
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        self.0.decode_field(from)
    }
}

/// A decimal number whose digits matter: kept as text, sent as a number.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Decimal(String);

text_value!(Decimal);

impl Field for Decimal {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        // Whatever is not a number would break the JSON around it.
        if serde_json::from_str::<serde_json::Number>(&self.0).is_ok() { to.raw(&self.0) } else { to.text(&self.0) }
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        self.0.decode_field(from)
    }
}

/// Bytes that JSON carries as Base64.
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct Blob(pub Vec<u8>);

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Blob {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_owned())
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Field for Blob {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.text(&encode::base64(&self.0));
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        let mut text = String::new();
        text.decode_field(from)?;
        self.0 = encode::base64_decode(&text).ok_or_else(|| Error::decode("expected Base64"))?;
        Ok(())
    }
}

/// A file in a form: its bytes, and what the form says about them.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The bytes.
    pub body: Body,
    /// The file's name; the vendor's default if unset.
    pub name: Option<String>,
    /// The media type; the vendor's default if unset.
    pub content_type: Option<String>,
}

impl File {
    /// A file of the disk, under its own name.
    ///
    /// # Errors
    /// The file cannot be read, or is a directory.
    pub fn open(path: impl AsRef<std::path::Path>) -> std::io::Result<Self> {
        let path = path.as_ref();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Self { body: Body::file(path)?, name, content_type: None })
    }
}

impl<T: Into<Body>> From<T> for File {
    fn from(body: T) -> Self {
        Self { body: body.into(), name: None, content_type: None }
    }
}

impl Field for File {
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.attach(ParameterValue::File(self.clone()));
    }

    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        self.body.decode_field(from)
    }
}
