//! Reading.

use std::borrow::Cow;

use serde_json::Value;

use super::{Field, Names, Visitor};
use crate::error::{Error, Result};

/// How deep values may nest: more is no reply but an attack on the stack.
const MAX_DEPTH: u32 = 128;

/// Reads JSON text, member by member.
pub struct Decoder<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    /// Whether the next object is an operation, whose names begin with a place.
    at_operation: bool,
    /// The member that [`Extra`](super::Extra) is asked to keep.
    unknown: Option<Cow<'a, str>>,
    /// Whether the value read last stood for nothing.
    nothing: bool,
    /// Where a value was refused, the innermost member first.
    trail: Vec<String>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut decoder =
            Self { text, at: 0, depth: 0, at_operation: false, unknown: None, nothing: false, trail: Vec::new() };
        decoder.skip_blanks();
        decoder
    }

    pub(super) fn of_operation(text: &'a str) -> Self {
        Self { at_operation: true, ..Self::new(text) }
    }

    /// Reads the members of a structure. Those that are not there stay as they are.
    fn members(&mut self, names: Names, fields: &mut [&mut dyn Field]) -> Result<()> {
        if std::mem::take(&mut self.at_operation) {
            return self.operation(names, fields);
        }
        if !self.enter(b'{', "an object")? {
            return Ok(());
        }
        // Gateways write members mostly in the order of the structure, so the search begins behind the last one.
        let mut expected = 0;
        while let Some(key) = self.key()? {
            let index = position(names, &key, expected).unwrap_or_else(|| self.keep_unknown(names, &key));
            let Some(field) = fields.get_mut(index) else {
                self.skip()?;
                continue;
            };
            expected = index + 1;
            if let Err(error) = field.decode_field(self) {
                self.trail.push(key.into_owned());
                return Err(error);
            }
        }
        self.leave();
        Ok(())
    }

    /// Reads the parameters of an operation by their names alone. One name may stand for a parameter in the path and one
    /// in the body; both get the value.
    fn operation(&mut self, names: Names, fields: &mut [&mut dyn Field]) -> Result<()> {
        self.map(&mut |decoder, key| {
            let start = decoder.at;
            let has_place = names.iter().any(|name| is_parameter(name, &key));
            for (name, field) in names.iter().zip(&mut *fields) {
                if is_parameter(name, &key) || (!has_place && *name == key) {
                    decoder.at = start;
                    field.decode_field(decoder)?;
                }
            }
            if decoder.at == start { decoder.skip() } else { Ok(()) }
        })
    }

    /// Reads one member of an object into a value and passes the others.
    pub(super) fn member(&mut self, name: &str, value: &mut dyn Field) -> Result<bool> {
        let mut found = false;
        self.map(&mut |decoder, key| {
            found |= key == name;
            if key == name { value.decode_field(decoder) } else { decoder.skip() }
        })?;
        Ok(found)
    }

    /// The place of the structure's room for unknown members; behind all places if it has none.
    #[allow(clippy::ptr_arg, reason = "what is borrowed from the text stays so")]
    fn keep_unknown(&mut self, names: Names, key: &Cow<'a, str>) -> usize {
        if names.last() == Some(&"*") {
            self.unknown = Some(key.clone());
            return names.len() - 1;
        }
        usize::MAX
    }

    pub(super) fn take_unknown(&mut self) -> Option<Cow<'a, str>> {
        self.unknown.take()
    }

    /// Reads a list. What stands for nothing is an empty list, and one value without brackets a list of one: replies that
    /// were XML do not tell them apart.
    pub(super) fn list(&mut self, item: &mut dyn FnMut(&mut Self) -> Result<()>) -> Result<()> {
        let is_one = !matches!(self.peek(), Some(b'[' | b'n') | None) && !self.rest().starts_with("\"\"");
        if is_one {
            return item(self);
        }
        if !self.enter(b'[', "a list")? {
            return Ok(());
        }
        let mut index = 0;
        while self.item(index)? {
            if let Err(error) = item(self) {
                self.trail.push(index.to_string());
                return Err(error);
            }
            index += 1;
        }
        self.leave();
        Ok(())
    }

    /// Reads an object with free keys. What stands for nothing is an empty one.
    pub(super) fn map(&mut self, member: &mut dyn FnMut(&mut Self, String) -> Result<()>) -> Result<()> {
        if !self.enter(b'{', "an object")? {
            return Ok(());
        }
        while let Some(key) = self.key()? {
            if let Err(error) = member(self, key.clone().into_owned()) {
                self.trail.push(key.into_owned());
                return Err(error);
            }
        }
        self.leave();
        Ok(())
    }

    /// Whether the value is null, which is then passed.
    pub(super) fn null(&mut self) -> bool {
        let null = self.peek() == Some(b'n') && self.rest().starts_with("null");
        if null {
            self.at += 4;
            self.skip_blanks();
        }
        null
    }

    /// Notes that the value stood for nothing.
    pub(super) fn note_nothing(&mut self) {
        self.nothing = true;
    }

    /// Whether the value read last stood for nothing; asked once.
    pub(super) fn take_nothing(&mut self) -> bool {
        std::mem::take(&mut self.nothing)
    }

    /// A plain value: a text or the letters of a number or boolean; `None` for null.
    pub(super) fn scalar(&mut self) -> Result<Option<Scalar<'a>>> {
        match self.peek() {
            Some(b'"') => self.string().map(Scalar::Text).map(Some),
            Some(b'{' | b'[') | None => Err(self.expected("a plain value")),
            _ => {
                let rest = self.rest();
                let word = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'+' | b'-' | b'.' | b'E');
                let len = rest.bytes().position(|byte| !word(byte)).unwrap_or(rest.len());
                let word = rest.get(..len).filter(|word| !word.is_empty()).ok_or_else(|| self.expected("a value"))?;
                self.at += len;
                self.skip_blanks();
                Ok((word != "null").then_some(Scalar::Word(word)))
            }
        }
    }

    /// The text of the next value, whatever it is.
    pub(super) fn raw(&mut self) -> Result<&'a str> {
        let start = self.at;
        self.skip()?;
        Ok(self.text.get(start..self.at).unwrap_or_default().trim_end())
    }

    pub(super) fn value(&mut self) -> Result<Value> {
        let raw = self.raw()?;
        serde_json::from_str(raw).map_err(|error| Error::decode(error.to_string()))
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Makes sure that nothing follows.
    pub(super) fn end(&self) -> Result<()> {
        if self.is_at_end() { Ok(()) } else { Err(self.expected("the end")) }
    }

    /// An error with the member where it happened.
    pub(super) fn located(&self, error: Error) -> Error {
        if self.trail.is_empty() {
            return error;
        }
        let path: Vec<_> = self.trail.iter().rev().map(String::as_str).collect();
        Error::decode(format!("member `{}`: {}", path.join("."), error.message()))
    }

    pub(super) fn expected(&self, what: &str) -> Error {
        let found = match self.peek() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a text",
            Some(b't' | b'f') => "a boolean",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(b'n') => "null",
            Some(_) => "something else",
            None => "the end",
        };
        Error::decode(format!("expected {what}, found {found} at byte {}", self.at))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Passes one character and the blanks behind it.
    fn pass(&mut self) {
        self.at += 1;
        self.skip_blanks();
    }

    /// Enters an object or a list; false for what stands for nothing.
    fn enter(&mut self, bracket: u8, what: &str) -> Result<bool> {
        if self.peek() != Some(bracket) {
            // Alibaba Cloud writes "" for an object or list that is not there.
            if self.null() || (self.rest().starts_with("\"\"") && self.string().is_ok()) {
                self.nothing = true;
                return Ok(false);
            }
            return Err(self.expected(what));
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::decode(format!("values nest deeper than {MAX_DEPTH} levels")));
        }
        self.pass();
        Ok(true)
    }

    /// Passes the closing bracket.
    fn leave(&mut self) {
        self.nothing = false;
        self.depth -= 1;
        self.pass();
    }

    /// The next key of an object; `None` in front of its end.
    fn key(&mut self) -> Result<Option<Cow<'a, str>>> {
        match self.peek() {
            Some(b'}') => return Ok(None),
            Some(b',') => self.pass(),
            _ => {}
        }
        if self.peek() != Some(b'"') {
            return Err(self.expected("a member's name"));
        }
        let key = self.string()?;
        if self.peek() != Some(b':') {
            return Err(self.expected("a colon"));
        }
        self.pass();
        Ok(Some(key))
    }

    /// Whether the list has another item; its comma is passed.
    fn item(&mut self, index: usize) -> Result<bool> {
        match self.peek() {
            Some(b']') => Ok(false),
            Some(b',') if index > 0 => {
                self.pass();
                Ok(true)
            }
            Some(_) if index == 0 => Ok(true),
            _ => Err(self.expected("a comma")),
        }
    }

    /// Passes a value.
    fn skip(&mut self) -> Result<()> {
        match self.peek() {
            Some(b'{') => self.map(&mut |decoder, _| decoder.skip()),
            Some(b'[') => self.list(&mut Self::skip),
            Some(b'"') => self.string().map(drop),
            _ => self.scalar().map(drop),
        }
    }

    /// Reads a text. One without escapes is borrowed.
    fn string(&mut self) -> Result<Cow<'a, str>> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes().get(start..).unwrap_or_default();
        let len = first_special(bytes);
        match len.and_then(|len| bytes.get(len).map(|byte| (len, *byte))) {
            Some((len, b'"')) => {
                self.at = start + len;
                self.pass();
                Ok(Cow::Borrowed(self.text.get(start..start + len).unwrap_or_default()))
            }
            Some(_) => self.escaped_string(bytes).map(Cow::Owned),
            None => Err(Error::decode("a text has no end")),
        }
    }

    /// The long way, for texts with escapes: the library knows about surrogates and the like.
    fn escaped_string(&mut self, bytes: &[u8]) -> Result<String> {
        let mut escaped = false;
        let end = bytes.iter().position(|byte| {
            let quote = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            quote
        });
        let end = end.ok_or_else(|| Error::decode("a text has no end"))?;
        let quoted = self.text.get(self.at..self.at + end + 2).unwrap_or_default();
        let text = match serde_json::from_str(quoted) {
            Ok(text) => text,
            // A raw control character is no JSON, and yet gateways send log lines with tabs in them.
            Err(_) if quoted.bytes().any(|byte| byte < b' ') => serde_json::from_str(&with_escapes(quoted))
                .map_err(|error| Error::decode(format!("a text is none: {error}")))?,
            Err(error) => return Err(Error::decode(format!("a text is none: {error}"))),
        };
        self.at += end + 1;
        self.pass();
        Ok(text)
    }
}

impl Visitor for Decoder<'_> {
    fn record(&mut self, names: Names, fields: &mut [&mut dyn Field]) -> Result<()> {
        self.members(names, fields)
    }
}

/// A plain value as it stands in the text.
pub(super) enum Scalar<'a> {
    /// In quotes.
    Text(Cow<'a, str>),
    /// A number, `true` or `false`.
    Word(&'a str),
}

impl Scalar<'_> {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Word(word) => word,
        }
    }
}

/// The index of the first byte that ends a text or needs care: a quote, a backslash or a control character.
pub(super) fn first_special(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Eight bytes at once. A subtraction borrows into a byte's highest bit only if that byte is wanted, or one below it.
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let (quote, backslash) = (word ^ (EACH * 0x22), word ^ (EACH * 0x5c));
        let found = (quote.wrapping_sub(EACH) & !quote)
            | (backslash.wrapping_sub(EACH) & !backslash)
            | (word.wrapping_sub(EACH * 0x20) & !word);
        let found = found & (EACH << 7);
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let special = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
    Some(words.len() * 8 + special)
}

/// Whether an operation's member is a parameter of that name; the whole body, whose entry is a place alone, has none.
fn is_parameter(entry: &'static str, name: &str) -> bool {
    entry.split_once(' ').is_some_and(|(_, known)| known == name)
}

/// The index of a name, looked for from `start` on and then from the beginning.
fn position(names: Names, key: &str, start: usize) -> Option<usize> {
    if names.get(start).is_some_and(|name| *name == key) {
        return Some(start);
    }
    names.iter().position(|name| *name == key)
}

fn with_escapes(quoted: &str) -> String {
    let mut out = String::with_capacity(quoted.len() + 16);
    for c in quoted.chars() {
        match c {
            '\0'..='\x1f' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}
