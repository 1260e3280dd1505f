//! A refusal in XML, as the same object that its JSON form would be.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

/// An answer nested deeper than this is no error of the gateway's.
const MAX_DEPTH: usize = 16;

/// An element that is still open.
#[derive(Default)]
struct Element {
    name: String,
    text: String,
    children: Map<String, Value>,
}

/// The children of the root element, or of the element `Error` below it, if there is a `Code` among them. Products name
/// the root `Error` or after themselves. `None` for anything else, such as a page of HTML.
pub(super) fn read(body: &str) -> Option<Value> {
    let Value::Object(mut members) = root(body)? else { return None };
    let has_code = |members: &Map<String, Value>| members.contains_key("Code") || members.contains_key("code");
    if let Some(Value::Object(inner)) = members.remove("Error").filter(|_| !has_code(&members)) {
        members = inner;
    }
    has_code(&members).then_some(Value::Object(members))
}

fn root(body: &str) -> Option<Value> {
    let mut reader = Reader::from_str(body);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) if open.len() < MAX_DEPTH => {
                open.push(Element { name: tag.local_name().as_ref().to_owned(), ..Element::default() });
            }
            Event::Start(_) | Event::Eof => return None,
            Event::Empty(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                open.last_mut()?.children.insert(name, Value::String(String::new()));
            }
            Event::End(_) => {
                let element = open.pop()?;
                let name = element.name.clone();
                match open.last_mut() {
                    Some(parent) => parent.children.insert(name, element.into_value()),
                    None => return Some(element.into_value()),
                };
            }
            Event::Text(text) => push_text(&mut open, &text.into_inner()),
            Event::CData(text) => push_text(&mut open, &text.into_inner()),
            Event::GeneralRef(reference) => push_text(&mut open, &resolved(&reference)),
            _ => {}
        }
    }
}

impl Element {
    fn into_value(self) -> Value {
        if self.children.is_empty() { Value::String(self.text) } else { Value::Object(self.children) }
    }
}

fn push_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// The character of a reference; an unknown one stays as it is written.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    match quick_xml::escape::resolve_predefined_entity(reference) {
        Some(text) => text.to_owned(),
        None => format!("&{};", &**reference),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_root_may_have_any_name() {
        for root in ["Error", "KMS"] {
            let body = format!(
                "<?xml version=\"1.0\"?>\n<{root}>\n <Code>C</Code><Message>a &amp; &#x4e2d;</Message>\n</{root}>"
            );
            assert_eq!(read(&body), Some(json!({"Code": "C", "Message": "a & 中"})));
        }
    }

    #[test]
    fn an_error_may_lie_below_the_root() {
        let body = "<Response><Error><Code>C</Code><HostId/><Detail><A>1</A></Detail></Error></Response>";
        assert_eq!(read(body), Some(json!({"Code": "C", "HostId": "", "Detail": {"A": "1"}})));
    }

    #[test]
    fn other_markup_is_no_error() {
        for body in [
            "<html><body>Bad Gateway</body></html>",
            "<Error><Code>x",
            "<",
            "<a></b>",
            "<Error><Message>m</Message></Error>",
        ] {
            assert_eq!(read(body), None, "{body}");
        }
        assert_eq!(read(&"<a>".repeat(100_000)), None);
    }
}
