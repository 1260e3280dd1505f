//! XML as OSS speaks it: elements and text, no attributes. A document is read once into a flat list of elements, which
//! the typed replies and the tables of operations then pick from. Prefixes and namespaces are not looked at.

mod model;

use std::borrow::Cow;
use std::ops::Range;
use std::time::SystemTime;

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use sanyun_core::{Error, Result, encode};

use crate::moment;

pub(crate) use model::{UNKNOWN, leaf, scalar, to_value, to_xml};

/// A document: its elements in the order in which they begin.
pub(crate) struct Document<'a> {
    text: &'a str,
    names: String,
    elements: Vec<Element<'a>>,
}

struct Element<'a> {
    /// Where its local name stands in `names`: one text for all of them costs fewer allocations.
    name: Range<usize>,
    text: Cow<'a, str>,
    /// Where it stands in the document, its tags included.
    source: Range<usize>,
    /// The index behind its last descendant.
    end: usize,
}

impl<'a> Document<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it is not well-formed or has no element.
    pub(crate) fn parse(text: &'a str) -> Result<Self> {
        let mut document = Self { text, names: String::new(), elements: Vec::new() };
        let mut open = Vec::new();
        let mut reader = Reader::from_str(text);
        loop {
            let start = position(&reader);
            let event = reader.read_event().map_err(not_xml)?;
            let end = position(&reader);
            match event {
                Event::Start(tag) => open.push(document.add(tag.local_name().as_ref(), start)),
                Event::Empty(tag) => {
                    let at = document.add(tag.local_name().as_ref(), start);
                    document.close(Some(at), end);
                }
                Event::End(_) => document.close(open.pop(), end),
                Event::Text(piece) => document.add_text(open.last(), piece.into_inner()),
                Event::CData(piece) => document.add_text(open.last(), piece.into_inner()),
                Event::GeneralRef(reference) => document.add_text(open.last(), Cow::Owned(resolve(&reference)?)),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => break,
            }
        }
        if document.elements.is_empty() || !open.is_empty() {
            return Err(Error::decode("the reply is not XML: it ends before its first element does"));
        }
        Ok(document)
    }

    /// The outermost element.
    pub(crate) fn root(&self) -> Node<'_> {
        Node { document: self, at: 0 }
    }

    fn add(&mut self, name: &str, position: usize) -> usize {
        let start = self.names.len();
        self.names.push_str(name);
        let (name, source) = (start..self.names.len(), position..position);
        self.elements.push(Element { name, text: Cow::Borrowed(""), source, end: usize::MAX });
        self.elements.len() - 1
    }

    fn close(&mut self, at: Option<usize>, position: usize) {
        let end = self.elements.len();
        if let Some(element) = at.and_then(|at| self.elements.get_mut(at)) {
            element.end = end;
            element.source.end = position;
        }
    }

    fn add_text(&mut self, at: Option<&usize>, piece: Cow<'a, str>) {
        let Some(element) = at.and_then(|&at| self.elements.get_mut(at)) else { return };
        if element.text.is_empty() {
            element.text = piece;
        } else {
            element.text.to_mut().push_str(&piece);
        }
    }
}

/// How much of the text has been read.
fn position(reader: &Reader<&[u8]>) -> usize {
    // A text in memory is never longer than what a `usize` counts.
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// What a reference such as `&amp;` or `&#10;` stands for.
fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<String> {
    if let Some(character) = reference.resolve_char_ref().map_err(not_xml)? {
        return Ok(character.into());
    }
    let known = quick_xml::escape::resolve_predefined_entity(reference);
    known.map(str::to_owned).ok_or_else(|| Error::decode("the reply is not XML: it has an unknown entity"))
}

fn not_xml(error: quick_xml::Error) -> Error {
    Error::decode(format!("the reply is not XML: {error}"))
}

/// An element of a document.
#[derive(Clone, Copy)]
pub(crate) struct Node<'d> {
    document: &'d Document<'d>,
    at: usize,
}

impl<'d> Node<'d> {
    /// The name without its prefix.
    pub(crate) fn name(self) -> &'d str {
        let element = self.document.elements.get(self.at);
        element.and_then(|element| self.document.names.get(element.name.clone())).unwrap_or_default()
    }

    /// The text directly inside; white space between elements counts, so ask only elements that have none inside.
    pub(crate) fn content(self) -> &'d str {
        self.document.elements.get(self.at).map_or("", |element| &element.text)
    }

    /// The element as it stands in the document, its tags included.
    pub(crate) fn source(self) -> &'d str {
        let element = self.document.elements.get(self.at);
        element.and_then(|element| self.document.text.get(element.source.clone())).unwrap_or_default()
    }

    /// The elements directly inside.
    pub(crate) fn children(self) -> impl Iterator<Item = Node<'d>> {
        let end = self.end();
        let first = Some(self.at + 1).filter(|&at| at < end);
        std::iter::successors(first, move |&at| Some(Node { at, ..self }.end()).filter(|&next| next < end))
            .map(move |at| Node { at, ..self })
    }

    fn end(self) -> usize {
        self.document.elements.get(self.at).map_or(0, |element| element.end)
    }

    /// The elements of this name directly inside.
    pub(crate) fn all(self, name: &str) -> impl Iterator<Item = Node<'d>> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first element of this name directly inside.
    pub(crate) fn child(self, name: &str) -> Option<Node<'d>> {
        self.all(name).next()
    }

    /// The text of the first element of this name; empty if there is none.
    pub(crate) fn text(self, name: &str) -> &'d str {
        self.child(name).map_or("", Node::content)
    }

    /// The text of the first element of this name, unless it is missing or empty.
    pub(crate) fn some_text(self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The number in the first element of this name; `None` if it is missing or empty.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it is not a number.
    pub(crate) fn number(self, name: &str) -> Result<Option<u64>> {
        let text = self.text(name).trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| Error::decode(format!("element `{name}`: `{text}` is not a number")))
    }

    /// Whether the first element of this name says `true`, in whatever case.
    pub(crate) fn flag(self, name: &str) -> bool {
        self.text(name).trim().eq_ignore_ascii_case("true")
    }

    /// The moment in the first element of this name; `None` if it is missing or empty.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it is not a moment.
    pub(crate) fn moment(self, name: &str) -> Result<Option<SystemTime>> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        moment::parse(text).map(Some).ok_or_else(|| Error::decode(format!("element `{name}`: `{text}` is not a time")))
    }
}

/// How the keys of a reply are spelled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeySpelling {
    encoded: bool,
}

impl KeySpelling {
    /// As the reply's root element says: `EncodingType` is `url` or missing.
    pub(crate) fn of(root: Node<'_>) -> Self {
        Self { encoded: root.text("EncodingType") == "url" }
    }

    /// The key itself. A plus sign is a plus sign.
    pub(crate) fn decode(self, text: &str) -> String {
        if self.encoded { encode::percent_decode(text).into_owned() } else { text.to_owned() }
    }
}

/// Appends text as the content of an element. Control characters become references: XML 1.0 has no place for them, OSS
/// reads them nevertheless, and keys may have them.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    use std::fmt::Write as _;
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Writing to a String cannot fail.
            '\0'..='\x1f' => drop(write!(out, "&#{:02};", u32::from(character))),
            _ => out.push(character),
        }
    }
}

/// Text as the content of an element: `& < > "` as entities, control characters as references.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

#[cfg(test)]
mod tests;
