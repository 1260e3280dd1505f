//! XML bodies and replies, as JSON values: an object's members are elements, a list repeats its element, an empty
//! element is null. Attributes and name spaces carry nothing in Huawei Cloud's XML.
//!
//! ```
//! use sanyun_huawei::xml;
//! use serde_json::json;
//!
//! let text = xml::to_text(&json!({"Tagging": {"Tag": [{"Key": "a"}, {"Key": "b<"}], "Empty": null}}))?;
//! assert_eq!(text, "<Tagging><Tag><Key>a</Key></Tag><Tag><Key>b&lt;</Key></Tag><Empty /></Tagging>");
//! assert_eq!(xml::from_text(&text)?, json!({"Tag": [{"Key": "a"}, {"Key": "b<"}], "Empty": null}));
//! # Ok::<(), sanyun_core::Error>(())
//! ```

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

use super::query::plain_text;

/// Elements inside elements: deeper ones are refused, both ways.
const MAX_DEPTH: usize = 64;

/// Writes an object with one member, the root element. No declaration is written.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if there is not exactly one root, a name is no XML name, a text
/// has a control character, a list is in a list, or it is nested deeper than 64 elements.
pub fn to_text(root: &Value) -> Result<String> {
    let mut out = String::new();
    match root.as_object().map(|members| (members.len(), members.iter().next())) {
        Some((1, Some((name, value)))) if !value.is_array() => push_element(&mut out, name, value, 1)?,
        _ => return Err(Error::input("an XML body is an object with one member: the root element")),
    }
    Ok(out)
}

fn push_element(out: &mut String, name: &str, value: &Value, depth: usize) -> Result<()> {
    if !is_name(name) {
        return Err(Error::input(format!("`{name}` is not a name of an XML element")));
    }
    if depth > MAX_DEPTH {
        return Err(Error::input(format!("XML element `{name}`: nested deeper than {MAX_DEPTH} elements")));
    }
    let start = out.len();
    for piece in ["<", name, ">"] {
        out.push_str(piece);
    }
    let content = out.len();
    match value {
        Value::Object(members) => {
            members.iter().try_for_each(|(name, member)| push_member(out, name, member, depth))?
        }
        Value::Array(_) => return Err(Error::input(format!("XML element `{name}`: a list cannot be in a list"))),
        plain => push_escaped(out, name, &plain_text(plain).unwrap_or_default())?,
    }
    if out.len() == content {
        out.truncate(start);
        out.push_str(&["<", name, " />"].concat());
    } else {
        out.push_str(&["</", name, ">"].concat());
    }
    Ok(())
}

fn push_member(out: &mut String, name: &str, member: &Value, depth: usize) -> Result<()> {
    match member {
        Value::Array(items) => items.iter().try_for_each(|item| push_element(out, name, item, depth + 1)),
        member => push_element(out, name, member, depth + 1),
    }
}

fn is_name(name: &str) -> bool {
    let starts = |c: char| c.is_alphabetic() || c == '_';
    name.starts_with(starts) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

fn push_escaped(out: &mut String, name: &str, text: &str) -> Result<()> {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\t' | '\n' => out.push(c),
            c if c != '\r' && c.is_control() => {
                return Err(Error::input(format!("XML element `{name}`: a control character cannot be sent")));
            }
            // A bare carriage return would be read as a line feed, and without a declaration ASCII is safest.
            c if c == '\r' || !c.is_ascii() => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    Ok(())
}

/// Reads a document; the root element is left out. Attributes are ignored, name space prefixes cut off, and documents
/// that declare entities refused.
///
/// # Errors
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it is not well-formed or nested deeper than 64 elements.
pub fn from_text(text: &str) -> Result<Value> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().map_err(not_xml)? {
            Event::Start(tag) if open.len() < MAX_DEPTH => open.push(Element::new(tag.local_name().as_ref())),
            Event::Start(_) => return Err(not_xml("nested too deep")),
            Event::Empty(tag) => close(Element::new(tag.local_name().as_ref()), &mut open, &mut root),
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| not_xml("an element is closed that was not open"))?;
                close(element, &mut open, &mut root);
            }
            Event::Text(piece) => push_text(&mut open, &piece),
            Event::CData(piece) => push_text(&mut open, &piece),
            Event::GeneralRef(reference) => {
                let text = resolve(&reference).ok_or_else(|| not_xml("an unknown entity"))?;
                push_text(&mut open, &text);
            }
            Event::DocType(_) => return Err(not_xml("it declares a document type")),
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        _ => Err(not_xml("it has no whole root element")),
    }
}

fn not_xml(error: impl std::fmt::Display) -> Error {
    Error::decode(format!("the reply is not XML: {error}"))
}

/// An element that has not been closed yet.
struct Element {
    name: String,
    text: String,
    members: Map<String, Value>,
}

impl Element {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), text: String::new(), members: Map::new() }
    }

    fn into_value(self) -> Value {
        match () {
            () if !self.members.is_empty() => Value::Object(self.members),
            () if self.text.trim().is_empty() => Value::Null,
            () => Value::String(self.text),
        }
    }
}

fn push_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Puts a finished element into the one around it; a name that occurs again becomes a list.
fn close(mut element: Element, open: &mut [Element], root: &mut Option<Value>) {
    let name = std::mem::take(&mut element.name);
    let value = element.into_value();
    let Some(outer) = open.last_mut() else {
        *root = Some(value);
        return;
    };
    match outer.members.get_mut(&name) {
        None => {
            outer.members.insert(name, value);
        }
        // An element's value is never a list, so a list is one that was made here.
        Some(Value::Array(items)) => items.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// One of the five entities of XML, or a character by its number.
fn resolve(reference: &str) -> Option<String> {
    let number = reference.strip_prefix('#');
    let code = match number.map(|digits| (digits, digits.strip_prefix('x'))) {
        Some((_, Some(hex))) => u32::from_str_radix(hex, 16).ok()?,
        Some((decimal, None)) => decimal.parse().ok()?,
        None => return quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned),
    };
    char::from_u32(code).map(String::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_written() {
        let value = json!({"C": {"Location": "cn-north-4", "Tags": ["a", "b"], "On": true, "N": 1.5, "Sub": {"K": "v<&>\r云"}}});
        assert_eq!(
            to_text(&value).unwrap(),
            "<C><Location>cn-north-4</Location><Tags>a</Tags><Tags>b</Tags><On>true</On><N>1.5</N>\
             <Sub><K>v&lt;&amp;&gt;&#13;&#20113;</K></Sub></C>"
        );
    }

    #[test]
    fn what_is_no_document_is_not_written() {
        for value in [
            json!({}),
            json!({"A": 1, "B": 2}),
            json!("text"),
            json!({"A": [1, 2]}),
            json!({"A><B": 1}),
            json!({"A": {"": 1}}),
            json!({"A": {"B": [[1]]}}),
            json!({"A": "\u{0}"}),
        ] {
            assert!(to_text(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn documents_are_read() {
        let text = "<?xml version=\"1.0\"?>\n<n:R xmlns:n=\"urn:x\" a=\"1\"><!-- note -->\n <Item>1</Item><Item>2</Item><Item/>\
                    <Owner><ID>x &amp;&#65;&#x42;</ID></Owner><Empty/><Raw><![CDATA[<&>]]></Raw></n:R>";
        assert_eq!(
            from_text(text).unwrap(),
            json!({"Item": ["1", "2", null], "Owner": {"ID": "x &AB"}, "Empty": null, "Raw": "<&>"})
        );
        assert_eq!(from_text("<R/>").unwrap(), Value::Null);
    }

    #[test]
    fn garbage_is_refused() {
        let deep = "<a>".repeat(100_000);
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a>&nope;</a>",
            "<a>&#xFFFFFFFF;</a>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            &deep,
        ] {
            assert!(from_text(text).is_err(), "{:.40}", text);
        }
    }
}
