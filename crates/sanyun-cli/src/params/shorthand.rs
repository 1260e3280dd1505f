//! The shorthand for objects: `Name=zone,Values=[a,b],Disk={Size=50}`.
//!
//! A value ends at a comma that the next `NAME=` follows, so that texts may have commas in them; in brackets at any. Where
//! a list is wanted, the brackets may be left out: `Name=zone,Values=a,b`. Quotation marks of either kind keep a text as
//! it is.

use sanyun_catalog::{Service, Type};
use serde_json::{Map, Value};

use super::names::Names;
use super::read::free;

/// Brackets may lie in each other this deep; the limit keeps the stack bounded.
const DEEPEST: u32 = 32;

/// A text that is being read.
pub(super) struct Shorthand<'t, 'a> {
    service: Option<Service<'a>>,
    text: &'t str,
    at: usize,
    depth: u32,
}

type Read<T> = Result<T, String>;

impl<'t, 'a> Shorthand<'t, 'a> {
    pub(super) fn new(service: Option<Service<'a>>, text: &'t str) -> Self {
        Self { service, text, at: 0, depth: 0 }
    }

    /// The whole text as members of a type.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub(super) fn members(mut self, ty: &Type<'a>) -> Read<Vec<(String, Value)>> {
        let names = Names::of_type(self.service, Some(ty));
        self.members_until(&names, None)
    }

    /// The whole text as a list or an object in brackets.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub(super) fn bracketed(mut self, ty: &Type<'a>) -> Read<Value> {
        self.blanks();
        let value = self.value(Some(ty), None)?;
        self.blanks();
        if self.rest().is_empty() { Ok(value) } else { Err(self.wrong("too much")) }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    fn wrong(&self, why: &str) -> String {
        let column = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        format!("{why} at character {column}")
    }

    fn members_until(&mut self, names: &Names<'a>, end: Option<char>) -> Read<Vec<(String, Value)>> {
        let mut members: Vec<(String, Value)> = Vec::new();
        self.blanks();
        while !end.is_some_and(|end| self.eat(end)) {
            self.blanks();
            let key = key(self.rest()).ok_or_else(|| self.wrong("NAME=VALUE is wanted"))?;
            let (name, ty, _) = names.find(&[key]);
            if members.iter().any(|(known, _)| *known == name) {
                return Err(self.wrong(&format!("`{name}` is given twice")));
            }
            self.at += key.len() + 1;
            let value = self.value(ty.as_ref(), end)?;
            members.push((name, value));
            match (self.eat(','), end) {
                (true, _) => {}
                (false, None) if self.rest().is_empty() => break,
                (false, Some(end)) if self.rest().starts_with(end) => {}
                _ => return Err(self.wrong("a comma is wanted")),
            }
        }
        Ok(members)
    }

    /// A value, up to what ends it; `end` is the bracket around it.
    fn value(&mut self, ty: Option<&Type<'a>>, end: Option<char>) -> Read<Value> {
        let free_form = matches!(ty, None | Some(Type::Any));
        let object = matches!(ty, Some(Type::Map(_) | Type::Named(_)));
        match (self.rest().chars().next(), ty) {
            (Some('['), Some(Type::List(item))) => self.nested(|it| it.list(Some(item))),
            (Some('['), _) if free_form => self.nested(|it| it.list(None)),
            (Some('{'), _) if object || free_form => self.nested(|it| {
                it.at += 1;
                let names = Names::of_type(it.service, ty);
                Ok(Value::Object(Map::from_iter(it.members_until(&names, Some('}'))?)))
            }),
            (Some(quote @ ('"' | '\'')), _) => self.quoted(quote),
            (_, Some(Type::List(item))) => self.bare_list(item, end),
            _ => Ok(self.plain(ty, end)),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Read<Value>) -> Read<Value> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("too many brackets in each other"));
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// `[a, b]`
    fn list(&mut self, item: Option<&Type<'a>>) -> Read<Value> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.eat(']') {
                return Ok(Value::Array(items));
            }
            if self.rest().is_empty() {
                return Err(self.wrong("the list has no end: `]` is wanted"));
            }
            items.push(self.value(item, Some(']'))?);
            self.blanks();
            if !self.eat(',') && !self.rest().starts_with(']') {
                return Err(self.wrong("a comma or `]` is wanted"));
            }
        }
    }

    /// `a,b`, up to the next name.
    fn bare_list(&mut self, item: &Type<'a>, end: Option<char>) -> Read<Value> {
        let mut items = Vec::new();
        loop {
            let stop = self.rest().find(|c| c == ',' || Some(c) == end).unwrap_or(self.rest().len());
            let text = self.rest().get(..stop).unwrap_or_default();
            items.push(match self.rest().starts_with(['{', '"', '\'']) {
                true => self.value(Some(item), end)?,
                false => {
                    self.at += stop;
                    text.into()
                }
            });
            match self.rest().strip_prefix(',') {
                Some(next) if key(next.trim_start()).is_none() => self.at += 1,
                _ => return Ok(Value::Array(items)),
            }
        }
    }

    /// A text up to the bracket around it, or to a comma that ends it.
    fn plain(&mut self, ty: Option<&Type<'a>>, end: Option<char>) -> Value {
        let rest = self.rest();
        let ends = |(index, c): (usize, char)| {
            let next = rest.get(index + 1..).unwrap_or_default();
            Some(c) == end || c == ',' && (end == Some(']') || key(next.trim_start()).is_some())
        };
        let stop = rest.char_indices().find(|found| ends(*found)).map_or(rest.len(), |(index, _)| index);
        self.at += stop;
        let text = rest.get(..stop).unwrap_or_default();
        let text = if end == Some(']') { text.trim_end() } else { text };
        if matches!(ty, None | Some(Type::Any)) { free(text) } else { text.into() }
    }

    fn quoted(&mut self, quote: char) -> Read<Value> {
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((index, c)) = chars.next() {
            match c {
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c if c == quote => {
                    self.at += index + 1;
                    return Ok(text.into());
                }
                c => text.push(c),
            }
        }
        Err(self.wrong(&format!("{quote} has no second {quote}")))
    }
}

/// The name that a text begins with, if `=` follows it.
fn key(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('=')?;
    let is_name = !name.is_empty() && !name.contains([',', '[', ']', '{', '}', '"', '\'', ' ', '\t', '\n']);
    is_name.then_some(name)
}
