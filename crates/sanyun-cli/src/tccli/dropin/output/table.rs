//! Tables of `tccli`: sections one below the other, each a title, a line of names and rows, all as wide as the widest.
//! What lies deeper has one more line at each edge. Widths count characters, also of Chinese text.

mod section;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::python;
use section::Section;

/// The value as a table with a title. Where it would be wider than `width`, sections of one row stand on end: a line for
/// each member.
///
/// # Errors
/// Rows of one section differ in length, or a list has objects and other things.
pub(super) fn render(title: &str, value: &Value, width: usize) -> Result<String, String> {
    let mut table = Table::default();
    table.add(Some(title), value, 0)?;
    let mut sections = table.sections;
    let widest = |sections: &[Section]| sections.iter().map(Section::total_width).max().unwrap_or_default();
    if widest(&sections) > width {
        sections.iter_mut().for_each(Section::stand_on_end);
    }
    let widest = widest(&sections);
    let mut out = String::new();
    let _ = writeln!(out, "{}", "-".repeat(widest));
    sections.iter().for_each(|section| section.write(&mut out, widest));
    Ok(out)
}

#[derive(Default)]
struct Table {
    sections: Vec<Section>,
}

impl Table {
    /// Adds a value: below a title of its own, else to the present section. Null is not shown.
    fn add(&mut self, title: Option<&str>, value: &Value, level: usize) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        if let Some(title) = title {
            self.sections.push(Section::new(title, level));
        }
        match value {
            Value::Array(items) if items.first().is_some_and(Value::is_object) => {
                self.add_objects(title.unwrap_or_default(), items, level)
            }
            Value::Array(items) if !items.is_empty() => items.iter().try_for_each(|item| self.add_item(item)),
            Value::Object(members) => self.add_object(members, level),
            plain => self.row(vec![python::text(plain)]),
        }
    }

    /// An item of a list that does not begin with an object: a row, or what a list of lists has in it.
    fn add_item(&mut self, item: &Value) -> Result<(), String> {
        match item {
            Value::Array(fields) if !fields.iter().any(is_nested) => {
                self.row(fields.iter().map(python::text).collect())
            }
            Value::Array(_) => self.add(None, item, 0),
            // Of an object there are the names: it is no list of fields.
            Value::Object(members) => self.row(members.keys().cloned().collect()),
            plain => self.row(vec![python::text(plain)]),
        }
    }

    /// An object: its plain members are one row, a single one with its name in front; the rest lies deeper.
    fn add_object(&mut self, members: &Map<String, Value>, level: usize) -> Result<(), String> {
        let (nested, plain): (BTreeSet<&str>, BTreeSet<&str>) = names(members).partition(|name| nests(members, name));
        let field = |name: &&str| members.get(*name).map(python::text).unwrap_or_default();
        let fields = plain.iter().map(field);
        match plain.len() {
            0 => {}
            1 => self.row(plain.iter().map(|name| (*name).to_owned()).chain(fields).collect())?,
            _ => {
                self.head(&plain);
                self.row(fields.collect())?;
            }
        }
        nested.iter().try_for_each(|name| self.add(Some(name), members.get(*name).unwrap_or(&Value::Null), level + 1))
    }

    /// A list of objects: a row each. Where any of them has something that lies deeper, each is a section of its own.
    fn add_objects(&mut self, title: &str, items: &[Value], level: usize) -> Result<(), String> {
        let objects: Option<Vec<&Map<String, Value>>> = items.iter().map(Value::as_object).collect();
        let objects = objects.ok_or("a list of objects and other things is no table")?;
        let (mut nested, mut plain) = (BTreeSet::new(), BTreeSet::new());
        for members in &objects {
            let (below, here): (Vec<&str>, Vec<&str>) = names(members).partition(|name| nests(members, name));
            nested.extend(below);
            plain.extend(here);
        }
        self.head(&plain);
        for (index, members) in objects.into_iter().enumerate() {
            if index > 0 && !nested.is_empty() {
                self.sections.push(Section::new(title, level));
                self.head(&plain);
            }
            self.row(plain.iter().map(|name| members.get(*name).map(python::text).unwrap_or_default()).collect())?;
            let below = nested.iter().filter_map(|name| Some((*name, members.get(*name)?)));
            below.into_iter().try_for_each(|(name, value)| self.add(Some(name), value, level + 1))?;
        }
        Ok(())
    }

    fn head(&mut self, names: &BTreeSet<&str>) {
        if let Some(section) = self.sections.last_mut() {
            section.set_head(names.iter().map(|name| (*name).to_owned()).collect());
        }
    }

    fn row(&mut self, row: Vec<String>) -> Result<(), String> {
        self.sections.last_mut().map_or(Ok(()), |section| section.push(row))
    }
}

fn names(members: &Map<String, Value>) -> impl Iterator<Item = &str> {
    members.keys().map(String::as_str)
}

fn nests(members: &Map<String, Value>, name: &str) -> bool {
    members.get(name).is_some_and(is_nested)
}

fn is_nested(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

#[cfg(test)]
mod tests;
