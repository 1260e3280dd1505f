//! The text of a profile file: sections of keys and values, in the dialect of Python's `configparser` without its
//! interpolation, because that is what the vendors' SDKs read. For the clouds' crates.

use std::collections::BTreeMap;

/// The section whose keys all others inherit.
const DEFAULT: &str = "DEFAULT";

/// Where a comment may begin, other than a line that begins with `#` or `;`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comments {
    /// Nowhere else.
    Lines,
    /// Behind white space and `#`, to the end of the line.
    Inline,
}

/// The sections of a file. Names of keys are in lower case, those of sections as they are written.
#[derive(Default)]
pub struct Ini {
    sections: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is wrong, and in which line, counted from 1. It shows nothing of the line, which may be a secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line.
    pub line: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// The section and the key that a line may go on with.
#[derive(Default)]
struct Place {
    section: Option<String>,
    key: Option<String>,
    indent: usize,
}

impl Ini {
    /// Reads a file's text; a byte order mark in front is none of it.
    ///
    /// # Errors
    /// The first fault.
    pub fn parse(text: &str, comments: Comments) -> Result<Self, Fault> {
        let mut ini = Self::default();
        let mut place = Place::default();
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = if comments == Comments::Inline { without_comment(line) } else { line };
            ini.read_line(line, &mut place).map_err(|what| Fault { line: at + 1, what })?;
        }
        Ok(ini)
    }

    fn read_line(&mut self, line: &str, place: &mut Place) -> Result<(), &'static str> {
        let text = line.trim();
        if text.starts_with(['#', ';']) {
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if text.is_empty() || (place.key.is_some() && indent > place.indent) {
            self.go_on(text, place);
            return Ok(());
        }
        place.indent = indent;
        match text.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).filter(|(name, _)| !name.is_empty()) {
            Some((name, _)) => self.begin_section(name, place),
            None => self.read_pair(text, place),
        }
    }

    /// Adds a line to the value above it. Empty lines inside a value stay, those behind it go when it is read.
    fn go_on(&mut self, text: &str, place: &Place) {
        let value = place.section.as_ref().zip(place.key.as_ref());
        if let Some(value) = value.and_then(|(section, key)| self.sections.get_mut(section)?.get_mut(key)) {
            value.push('\n');
            value.push_str(text);
        }
    }

    fn begin_section(&mut self, name: &str, place: &mut Place) -> Result<(), &'static str> {
        if name != DEFAULT && self.sections.contains_key(name) {
            return Err("a section of this name stands further up");
        }
        self.sections.entry(name.to_owned()).or_default();
        (place.section, place.key) = (Some(name.to_owned()), None);
        Ok(())
    }

    fn read_pair(&mut self, text: &str, place: &mut Place) -> Result<(), &'static str> {
        let section = place.section.as_ref().and_then(|name| self.sections.get_mut(name));
        let section = section.ok_or("there is no section header such as [default] before it")?;
        let (key, value) = text.split_once(['=', ':']).ok_or("neither a section, a comment, nor `key = value`")?;
        let key = key.trim().to_lowercase();
        if key.is_empty() {
            return Err("the key is missing");
        }
        if section.insert(key.clone(), value.trim().to_owned()).is_some() {
            return Err("the key stands further up in the same section");
        }
        place.key = Some(key);
        Ok(())
    }

    /// Whether there is such a section.
    pub fn has_section(&self, name: &str) -> bool {
        name != DEFAULT && self.sections.contains_key(name)
    }

    /// The names of all sections, sorted.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str).filter(|name| *name != DEFAULT)
    }

    /// What a section lacks, for an error: `has no section [x], only [a], [b]`.
    pub fn lacks(&self, section: &str) -> String {
        let others: Vec<_> = self.sections().map(|name| format!("[{name}]")).collect();
        match others.is_empty() {
            true => format!("has no section [{section}], nor any other"),
            false => format!("has no section [{section}], only {}", others.join(", ")),
        }
    }

    /// A value of a section, or what it inherits, under the first of these names; an empty one counts as none.
    pub fn get(&self, section: &str, keys: &[&str]) -> Option<&str> {
        let places = [section, DEFAULT].into_iter().filter_map(|name| self.sections.get(name));
        let mut values = places.flat_map(|pairs| keys.iter().filter_map(|key| pairs.get(*key)));
        values.next().map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// A line up to white space and `#`. One that is a comment as a whole stays, because an empty one would be part of a value.
fn without_comment(line: &str) -> &str {
    let mut hashes = line.match_indices('#').map(|(at, _)| line.split_at(at).0);
    let before = hashes.find(|before| before.ends_with(char::is_whitespace));
    before.filter(|before| !before.trim().is_empty()).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Ini {
        Ini::parse(text, Comments::Lines).unwrap()
    }

    fn value(text: &str, section: &str, key: &str) -> Option<String> {
        read(text).get(section, &[key]).map(str::to_owned)
    }

    #[test]
    fn the_dialect() {
        let text =
            "\u{feff}; c\r\n  # c\r\n[basic] rest\r\nAK : a=b\r\nsk=x # stays\r\nempty =\r\n\r\n[Global]\nak=g%1\n";
        assert_eq!(value(text, "basic", "ak").as_deref(), Some("a=b"));
        assert_eq!(value(text, "basic", "sk").as_deref(), Some("x # stays"));
        assert_eq!(value(text, "basic", "empty"), None);
        assert_eq!(value(text, "Global", "ak").as_deref(), Some("g%1"), "no interpolation");
        assert_eq!(value(text, "global", "ak"), None, "names of sections have a case");
        assert!(!read(text).has_section("global"));
        assert_eq!(read(text).lacks("global"), "has no section [global], only [Global], [basic]");
        assert_eq!(read("").lacks("a"), "has no section [a], nor any other");
    }

    #[test]
    fn indented_lines_go_on_and_defaults_are_inherited() {
        let text = "[DEFAULT]\nak = d\nsk = d\n[basic]\nak = one\n  two\n # no\n\n   three\n\nsk = own\n[DEFAULT]\nid=9\n[x]\n";
        assert_eq!(value(text, "basic", "ak").as_deref(), Some("one\ntwo\n\nthree"));
        assert_eq!(value(text, "basic", "sk").as_deref(), Some("own"));
        assert_eq!(value(text, "x", "ak").as_deref(), Some("d"));
        assert_eq!(value(text, "x", "id").as_deref(), Some("9"));
        assert_eq!(read(text).sections().collect::<Vec<_>>(), ["basic", "x"]);
    }

    #[test]
    fn a_comment_inside_a_line_needs_white_space() {
        let text =
            "[a] # see [b]\nid = x#y\t# c\nsecret = #z # c\n  more # c\nnone = # c\nlast = ; ü#\n  # c\n  go on\n";
        let ini = Ini::parse(text, Comments::Inline).unwrap();
        let get = |key| ini.get("a", &[key]);
        assert_eq!((get("id"), get("secret"), get("none")), (Some("x#y"), Some("more"), None));
        assert_eq!(get("last"), Some("; ü#\ngo on"));
        assert!(ini.has_section("a"));
        assert_eq!(ini.get("a", &["other", "id"]), Some("x#y"));
    }

    #[test]
    fn faults_have_a_line() {
        for (text, line) in [
            ("ak = 1\n", 1),
            ("[basic]\nak = 1\nAK = 2\n", 3),
            ("[a]\n\n[b]\n[a]\n", 4),
            ("[a]\nrubbish\n", 2),
            ("[a]\n= 1\n", 2),
            ("[DEFAULT]\na=1\n[DEFAULT]\na=2\n", 4),
        ] {
            assert_eq!(Ini::parse(text, Comments::Lines).err().map(|fault| fault.line), Some(line), "{text:?}");
        }
    }
}
