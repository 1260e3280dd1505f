//! Writing.

use serde_json::Value;

use super::decoder::first_special;
use super::{Field, Names, Record, Visitor};
use crate::body::Body;
use crate::error::Result;
use crate::redact::{self, MASK};

/// Writes JSON, or collects the parameters of an operation.
pub struct Encoder<'a> {
    out: String,
    /// Whether secrets are masked: for `Debug`.
    masked: bool,
    /// Whether what comes next is the operation itself, whose names begin with a place.
    at_operation: bool,
    /// Set while the parameters of an operation are collected.
    parameters: Option<&'a mut Vec<Parameter>>,
    /// The one path that is asked for; what is beside it is passed over.
    path: Option<&'a str>,
    /// What bodies and files left behind, which are no text.
    attached: Vec<ParameterValue>,
}

/// A parameter of an operation, as its structure gives it.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Where it goes: `path`, `query`, `header`, `body`, `host`, `form`, `stream`; empty where the cloud has one place
    /// only.
    pub place: &'static str,
    /// How a compound value is written, such as `json`; empty for the cloud's usual way.
    pub style: &'static str,
    /// The name on the wire; empty if the value is the whole body.
    pub name: &'static str,
    /// The value.
    pub value: ParameterValue,
}

/// The value of a [`Parameter`].
#[derive(Clone, Debug)]
pub enum ParameterValue {
    /// JSON text.
    Json(String),
    /// Bytes or a stream.
    Body(Body),
    /// A file for a form: its bytes, name and media type.
    File(super::File),
}

impl Parameter {
    /// The value as JSON. A body in memory counts as text; a stream is null.
    pub fn json(&self) -> Value {
        match &self.value {
            ParameterValue::Json(text) => serde_json::from_str(text).unwrap_or_default(),
            ParameterValue::Body(body) | ParameterValue::File(super::File { body, .. }) => {
                body.as_bytes().map(String::from_utf8_lossy).map(Value::from).unwrap_or_default()
            }
        }
    }

    fn new(entry: &'static str, value: ParameterValue) -> Self {
        let (place, name) = match entry.split_once(' ') {
            Some(both) => both,
            None if is_place(entry) => (entry, ""),
            None => ("", entry),
        };
        let (place, style) = place.split_once(',').unwrap_or((place, ""));
        Self { place, style, name, value }
    }
}

fn is_place(word: &str) -> bool {
    matches!(word, "body" | "stream")
}

/// The name on the wire of an operation's member.
fn wire_name(entry: &'static str) -> &'static str {
    entry.split_once(' ').map_or(entry, |(_, name)| name)
}

/// The parameters of an operation, those that are absent left out.
pub fn parameters(operation: &mut dyn Record) -> Vec<Parameter> {
    let mut found = Vec::new();
    let mut encoder = Encoder { parameters: Some(&mut found), ..Encoder::new() };
    encoder.structure(operation);
    found
}

impl<'a> Encoder<'a> {
    pub(super) fn new() -> Self {
        Self {
            out: String::new(),
            masked: false,
            at_operation: false,
            parameters: None,
            path: None,
            attached: Vec::new(),
        }
    }

    /// For `Debug`: secrets are masked, and names are shown without their places.
    pub(super) fn masked() -> Self {
        Self { masked: true, at_operation: true, ..Self::new() }
    }

    /// Writes the JSON of an operation: names without their places.
    pub(super) fn of_operation() -> Self {
        Self { at_operation: true, ..Self::new() }
    }

    /// Writes only what stands at a path.
    pub(super) fn at(path: &'a str) -> Self {
        Self { path: Some(path), ..Self::new() }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Writes a structure.
    pub(super) fn structure(&mut self, record: &mut dyn Record) {
        // Only reading can fail.
        let _ = record.visit(self);
    }

    fn members(&mut self, names: Names, fields: &mut [&mut dyn Field]) {
        if let Some(found) = self.parameters.take() {
            return self.collect(found, names, fields);
        }
        if let Some(path) = self.path.filter(|path| !path.is_empty()) {
            return self.descend(path, names, fields);
        }
        let at_operation = std::mem::take(&mut self.at_operation);
        self.out.push('{');
        for (name, field) in names.iter().zip(fields) {
            if *name == "*" {
                field.encode_field(self);
            } else if !field.is_absent() {
                self.member(if at_operation { wire_name(name) } else { name }, &mut **field);
            }
        }
        self.out.push('}');
    }

    fn collect(&mut self, found: &mut Vec<Parameter>, names: Names, fields: &mut [&mut dyn Field]) {
        for (entry, field) in names.iter().zip(fields).filter(|(_, field)| !field.is_absent()) {
            let mut value = Encoder::new();
            field.encode_field(&mut value);
            match std::mem::take(&mut value.attached) {
                attached if attached.is_empty() => {
                    found.push(Parameter::new(entry, ParameterValue::Json(value.finish())));
                }
                // A list of files is one parameter a file.
                attached => found.extend(attached.into_iter().map(|value| Parameter::new(entry, value))),
            }
        }
    }

    fn descend(&mut self, path: &'a str, names: Names, fields: &mut [&mut dyn Field]) {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        if let Some((_, field)) = names.iter().zip(fields).find(|(name, _)| **name == first)
            && !field.is_absent()
        {
            self.path = Some(rest);
            field.encode_field(self);
        }
    }

    /// Writes one member of an object.
    pub(super) fn member(&mut self, name: &str, field: &mut dyn Field) {
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        self.text(name);
        self.out.push(':');
        if self.masked && redact::is_secret_name(name) {
            self.mask(field);
        } else {
            field.encode_field(self);
        }
    }

    /// Writes a mask instead of a value; a boolean tells no secret.
    fn mask(&mut self, field: &mut dyn Field) {
        let start = self.out.len();
        field.encode_field(self);
        let told = self.out.get(start..).is_some_and(|text| matches!(text, "true" | "false" | "null"));
        if !told {
            self.out.truncate(start);
            self.text(MASK);
        }
    }

    /// Writes a text that must not be shown.
    pub(super) fn secret(&mut self, text: &str) {
        self.text(if self.masked { MASK } else { text });
    }

    /// Writes a text.
    pub fn text(&mut self, text: &str) {
        self.out.push('"');
        let mut rest = text;
        while let Some(special) = first_special(rest.as_bytes()) {
            let (plain, behind) = rest.split_at(special);
            self.out.push_str(plain);
            let mut behind = behind.chars();
            behind.next().into_iter().for_each(|special| self.escaped(special));
            rest = behind.as_str();
        }
        self.out.push_str(rest);
        self.out.push('"');
    }

    /// Writes a character that cannot stand in a text as it is.
    fn escaped(&mut self, special: char) {
        let escape = match special {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            other => return self.out.push_str(&format!("\\u{:04x}", u32::from(other))),
        };
        self.out.push_str(escape);
    }

    /// Writes text that is JSON already.
    pub(super) fn raw(&mut self, json: &str) {
        self.out.push_str(json);
    }

    /// Writes a plain value. A number that is none (NaN, infinite) becomes null.
    pub(super) fn json(&mut self, value: &(impl serde::Serialize + ?Sized)) {
        // Writing to memory cannot fail, and plain values have no members that could.
        let _ = serde_json::to_writer(Text(&mut self.out), value);
    }

    /// Writes a list.
    pub(super) fn list(&mut self, len: usize, item: &mut dyn FnMut(usize, &mut Self)) {
        self.out.push('[');
        for index in 0..len {
            if index > 0 {
                self.out.push(',');
            }
            item(index, self);
        }
        self.out.push(']');
    }

    pub(super) fn open(&mut self) {
        self.out.push('{');
    }

    pub(super) fn close(&mut self) {
        self.out.push('}');
    }

    /// Masks what a free-form value says beside the names.
    pub(super) fn value(&mut self, value: &Value) {
        if self.masked {
            let mut shown = value.clone();
            redact::json(&mut shown);
            self.json(&shown);
        } else {
            self.json(value);
        }
    }

    /// Keeps a body for whoever collects parameters; elsewhere it is described, because it is no text.
    pub(super) fn attach(&mut self, value: ParameterValue) {
        if let ParameterValue::Body(body) | ParameterValue::File(super::File { body, .. }) = &value {
            match body.len() {
                Some(bytes) => self.text(&format!("({bytes} bytes)")),
                None => self.text("(a stream)"),
            }
        }
        self.attached.push(value);
    }
}

impl Visitor for Encoder<'_> {
    fn record(&mut self, names: Names, fields: &mut [&mut dyn Field]) -> Result<()> {
        self.members(names, fields);
        Ok(())
    }
}

/// A text that the library writes JSON to, which comes in pieces that are text each.
struct Text<'a>(&'a mut String);

impl std::io::Write for Text<'_> {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        self.0.push_str(std::str::from_utf8(piece).map_err(std::io::Error::other)?);
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
