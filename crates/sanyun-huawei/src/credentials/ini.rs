//! The text of a profile file: sections of keys and values, in the dialect of Python's `configparser` without its
//! interpolation, because that is what the vendor's SDK reads.

use std::collections::BTreeMap;

/// The section whose keys all others inherit.
const DEFAULT: &str = "DEFAULT";

/// The sections of a file. Names of keys are in lower case, those of sections as they are written.
#[derive(Default)]
pub(super) struct Ini {
    sections: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is wrong, and in which line, counted from 1. It shows nothing of the line, which may be a secret.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) what: &'static str,
}

/// The section and the key that a line may go on with.
#[derive(Default)]
struct Place {
    section: Option<String>,
    key: Option<String>,
    indent: usize,
}

impl Ini {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let mut ini = Self::default();
        let mut place = Place::default();
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
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
        let section = section.ok_or("there is no section header such as [basic] before it")?;
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

    pub(super) fn has_section(&self, name: &str) -> bool {
        name != DEFAULT && self.sections.contains_key(name)
    }

    /// The names of all sections, sorted.
    pub(super) fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str).filter(|name| *name != DEFAULT)
    }

    /// A value of a section, or what it inherits; an empty one counts as none. `id_token_file` may also be spelled
    /// `idTokenFile`: the vendor's own example does so.
    pub(super) fn get(&self, section: &str, key: &str) -> Option<&str> {
        let camel_case = key.replace('_', "");
        let keys = [key, camel_case.as_str()];
        let places = [section, DEFAULT].into_iter().filter_map(|name| self.sections.get(name));
        let mut values = places.flat_map(|pairs| keys.iter().filter_map(|key| pairs.get(*key)));
        values.next().map(|value| value.trim_end()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, section: &str, key: &str) -> Option<String> {
        Ini::parse(text).unwrap_or_else(|fault| panic!("{fault:?}")).get(section, key).map(str::to_owned)
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
        assert!(!Ini::parse(text).unwrap_or_default().has_section("global"));
    }

    #[test]
    fn indented_lines_go_on_and_defaults_are_inherited() {
        let text = "[DEFAULT]\nak = d\nsk = d\n[basic]\nak = one\n  two\n # no\n\n   three\n\nsk = own\n[DEFAULT]\nid=9\n[x]\n";
        assert_eq!(value(text, "basic", "ak").as_deref(), Some("one\ntwo\n\nthree"));
        assert_eq!(value(text, "basic", "sk").as_deref(), Some("own"));
        assert_eq!(value(text, "x", "ak").as_deref(), Some("d"));
        assert_eq!(value(text, "x", "id").as_deref(), Some("9"));
        assert_eq!(Ini::parse(text).unwrap_or_default().sections().collect::<Vec<_>>(), ["basic", "x"]);
    }

    #[test]
    fn camel_case_is_read_too() {
        let text = "[basic]\ndomainId = d\nidTokenFile = /t\nid_token_file = /own\n";
        assert_eq!(value(text, "basic", "domain_id").as_deref(), Some("d"));
        assert_eq!(value(text, "basic", "id_token_file").as_deref(), Some("/own"));
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
            assert_eq!(Ini::parse(text).err().map(|fault| fault.line), Some(line), "{text:?}");
        }
    }
}
