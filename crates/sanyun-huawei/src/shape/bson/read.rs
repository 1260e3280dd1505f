//! Reading.

use std::time::Duration;

use sanyun_core::{Error, Result, encode, time};
use serde_json::{Map, Number, Value, json};

use super::{MAX_DEPTH, OLD_BINARY, decimal, kind};

/// The last millisecond of the year 9999.
const LAST_MILLIS: i64 = 253_402_300_799_999;

/// Reads a document. Of a name that comes twice, the last counts.
///
/// # Errors
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it is cut short, contradicts itself, has a type that the
/// specification does not know, or is nested deeper than 100 documents.
pub fn from_bytes(bytes: &[u8]) -> Result<Value> {
    let mut reader = Reader { rest: bytes, depth: 0 };
    let document = reader.document()?;
    if reader.rest.is_empty() { Ok(Value::Object(document)) } else { Err(not_bson("more follows the document")) }
}

fn not_bson(why: impl std::fmt::Display) -> Error {
    Error::decode(format!("the reply is not BSON: {why}"))
}

/// What is left to read, and in how many documents it lies.
struct Reader<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or_else(|| not_bson("it is cut short"))?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(|| not_bson("it is cut short"))?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn byte(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn int32(&mut self) -> Result<i32> {
        self.array().map(i32::from_le_bytes)
    }

    fn length(&mut self) -> Result<usize> {
        usize::try_from(self.int32()?).map_err(|_| not_bson("a length is negative"))
    }

    /// A text that ends at a zero character.
    fn name(&mut self) -> Result<&'a str> {
        let end = self.rest.iter().position(|byte| *byte == 0).ok_or_else(|| not_bson("a name has no end"))?;
        let name = self.bytes(end)?;
        self.bytes(1)?;
        std::str::from_utf8(name).map_err(not_bson)
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = self.length()?;
        match self.bytes(length)?.split_last() {
            Some((0, text)) => std::str::from_utf8(text).map_err(not_bson),
            _ => Err(not_bson("a text has no end")),
        }
    }

    /// What stands behind a length that counts itself.
    fn inner(&mut self) -> Result<Reader<'a>> {
        let length = self.length()?.checked_sub(4).ok_or_else(|| not_bson("a length is too short"))?;
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(not_bson(format!("nested deeper than {MAX_DEPTH} documents")));
        }
        Ok(Reader { rest: self.bytes(length)?, depth })
    }

    fn members(&mut self, mut member: impl FnMut(&'a str, Value)) -> Result<()> {
        let mut inner = self.inner()?;
        loop {
            match inner.byte()? {
                0 if inner.rest.is_empty() => return Ok(()),
                0 => return Err(not_bson("a document ends too early")),
                kind => {
                    let name = inner.name()?;
                    member(name, inner.value(kind)?);
                }
            }
        }
    }

    fn document(&mut self) -> Result<Map<String, Value>> {
        let mut members = Map::new();
        self.members(|name, value| drop(members.insert(name.to_owned(), value)))?;
        Ok(members)
    }

    /// A list is a document whose names are numbers; they say nothing that the order does not.
    fn list(&mut self) -> Result<Value> {
        let mut items = Vec::new();
        self.members(|_, value| items.push(value))?;
        Ok(Value::Array(items))
    }

    fn value(&mut self, kind: u8) -> Result<Value> {
        Ok(match kind {
            kind::DOUBLE => real(f64::from_le_bytes(self.array()?)),
            kind::STRING | kind::SYMBOL => self.text()?.into(),
            kind::DOCUMENT => Value::Object(self.document()?),
            kind::ARRAY => self.list()?,
            kind::BINARY => self.binary()?,
            kind::UNDEFINED | kind::NULL => Value::Null,
            kind::OBJECT_ID => json!({"$oid": encode::hex(&self.array::<12>()?)}),
            kind::BOOLEAN => match self.byte()? {
                0 => Value::Bool(false),
                1 => Value::Bool(true),
                _ => return Err(not_bson("a boolean is neither true nor false")),
            },
            kind::DATE => json!({"$date": date(i64::from_le_bytes(self.array()?))}),
            kind::REGEX => json!({"$regularExpression": {"pattern": self.name()?, "options": self.name()?}}),
            kind::DB_POINTER => json!({"$ref": self.text()?, "$id": {"$oid": encode::hex(&self.array::<12>()?)}}),
            kind::CODE => json!({"$code": self.text()?}),
            kind::SCOPED_CODE => self.scoped_code()?,
            kind::INT32 => self.int32()?.into(),
            kind::TIMESTAMP => {
                let (i, t) = (u32::from_le_bytes(self.array()?), u32::from_le_bytes(self.array()?));
                json!({"$timestamp": {"t": t, "i": i}})
            }
            kind::INT64 => i64::from_le_bytes(self.array()?).into(),
            kind::DECIMAL => json!({"$numberDecimal": decimal::text(u128::from_le_bytes(self.array()?))}),
            kind::MIN_KEY => json!({"$minKey": 1}),
            kind::MAX_KEY => json!({"$maxKey": 1}),
            other => return Err(not_bson(format!("it has a value of the unknown type {other:#04x}"))),
        })
    }

    fn binary(&mut self) -> Result<Value> {
        let length = self.length()?;
        let sub_type = self.byte()?;
        let mut bytes = self.bytes(length)?;
        if sub_type == OLD_BINARY {
            let mut inner = Reader { rest: bytes, depth: self.depth };
            let length = inner.length()?;
            bytes = inner.rest;
            if bytes.len() != length {
                return Err(not_bson("the two lengths of a binary value differ"));
            }
        }
        Ok(json!({"$binary": {"base64": encode::base64(bytes), "subType": format!("{sub_type:02x}")}}))
    }

    fn scoped_code(&mut self) -> Result<Value> {
        let mut inner = self.inner()?;
        let code = json!({"$code": inner.text()?, "$scope": inner.document()?});
        if inner.rest.is_empty() { Ok(code) } else { Err(not_bson("a code with its scope is too long")) }
    }
}

fn real(value: f64) -> Value {
    let special = || json!({"$numberDouble": if value.is_nan() { "NaN" } else if value > 0.0 { "Infinity" } else { "-Infinity" }});
    Number::from_f64(value).map_or_else(special, Value::Number)
}

/// A moment as text, where it has a year of four digits.
fn date(millis: i64) -> Value {
    let since = u64::try_from(millis).ok().filter(|_| millis <= LAST_MILLIS).map(Duration::from_millis);
    let Some(since) = since else { return json!({"$numberLong": millis.to_string()}) };
    let mut text = time::iso_extended(std::time::UNIX_EPOCH + since);
    if since.subsec_millis() > 0 {
        text.pop();
        text += &format!(".{:03}Z", since.subsec_millis());
    }
    text.into()
}
