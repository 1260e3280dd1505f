//! Writing the XML of replies, and reading that of requests.

use quick_xml::Reader;
use quick_xml::events::Event;

/// An XML document that grows from its root.
pub(crate) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// A document with this root element, still open.
    pub(crate) fn new(root: &'static str) -> Self {
        let mut xml =
            Self { text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), open: Vec::with_capacity(4) };
        xml.open(root);
        xml
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &'static str) -> &mut Self {
        self.text.extend(["<", name, ">"]);
        self.open.push(name);
        self
    }

    /// Closes the element opened last.
    pub(crate) fn close(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.text.extend(["</", name, ">"]);
        }
        self
    }

    /// An element with nothing but text.
    pub(crate) fn leaf(&mut self, name: &str, text: &str) -> &mut Self {
        self.text.extend(["<", name, ">"]);
        push_escaped(&mut self.text, text);
        self.text.extend(["</", name, ">"]);
        self
    }

    /// An element with text, unless the text is empty.
    pub(crate) fn leaf_unless_empty(&mut self, name: &str, text: &str) -> &mut Self {
        if text.is_empty() { self } else { self.leaf(name, text) }
    }

    /// An element of a request, as it was read.
    pub(crate) fn element(&mut self, element: &Element) -> &mut Self {
        if element.children.is_empty() {
            return self.leaf(&element.name, &element.text);
        }
        self.text.extend(["<", &element.name, ">"]);
        for child in &element.children {
            self.element(child);
        }
        self.text.extend(["</", &element.name, ">"]);
        self
    }

    /// An element that is written already.
    pub(crate) fn raw(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Closes everything.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

/// Control characters are not legal in XML 1.0 even as references, and are written as references all the same: so does
/// the service when a key has them and the client did not ask for `encoding-type=url`.
fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A line break stands for itself: the texts that are to be compared by eye have them.
            '\n' | '\t' => out.push(c),
            '\u{0}'..='\u{1f}' => out.extend(["&#", &u32::from(c).to_string(), ";"]),
            _ => out.push(c),
        }
    }
}

/// An element of a request: its local name, its text, its children.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of that name; empty if there is none.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| &child.text)
    }
}

/// How deep elements may be nested: requests need three.
const DEPTH_LIMIT: usize = 16;

/// Reads a document; `None` if it is not well-formed. References to control characters are accepted.
pub(crate) fn parse(bytes: &[u8]) -> Option<Element> {
    let mut reader = Reader::from_str(std::str::from_utf8(bytes).ok()?);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                let name = tag.local_name().into_inner().to_owned();
                open.push(Element { name, ..Element::default() });
                if open.len() > DEPTH_LIMIT {
                    return None;
                }
            }
            Event::Empty(tag) => {
                let name = tag.local_name().into_inner().to_owned();
                open.last_mut()?.children.push(Element { name, ..Element::default() });
            }
            Event::End(_) => {
                let element = open.pop()?;
                open.last_mut()?.children.push(element);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text),
            Event::CData(text) => open.last_mut()?.text.push_str(&text),
            Event::GeneralRef(reference) => open.last_mut()?.text.push(referenced(&reference)?),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::DocType(_) => return None,
        }
    }
    let mut document = open.pop().filter(|_| open.is_empty())?;
    if document.children.len() == 1 { document.children.pop() } else { None }
}

fn referenced(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let key = "a<b>&\"c\"\u{1}\u{0}\r\n ü";
        let mut xml = Xml::new("Delete");
        xml.leaf("Quiet", "true").open("Object").leaf("Key", key).leaf_unless_empty("VersionId", "").close();
        let document = parse(xml.finish().as_bytes()).unwrap();
        assert_eq!(document.name, "Delete");
        assert_eq!(document.text_of("Quiet"), "true");
        assert_eq!(document.child("Object").unwrap().text_of("Key"), key);
        assert_eq!(document.child("Object").unwrap().children.len(), 1);
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        let deep = "<a>".repeat(100);
        for text in ["", "<a>", "<a></b>", "<a/><b/>", "<!DOCTYPE x><a/>", "<a>&x;</a>", "plain", deep.as_str()] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(b"\xff"), None);
    }

    #[test]
    fn name_spaces_and_empty_elements_are_accepted() {
        let document =
            parse(b"<?xml version=\"1.0\"?><!-- c --><x:A xmlns:x=\"u\"><B/><x:C>1<![CDATA[<2]]></x:C></x:A>");
        let document = document.unwrap();
        assert_eq!((document.name.as_str(), document.text_of("C")), ("A", "1<2"));
        assert!(document.child("B").is_some());
    }
}
