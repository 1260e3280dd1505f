//! The INI dialect of the profile file, as Python's `configparser` reads it, and stricter where a mistake would go
//! unnoticed. Problems name the line and never the text in it, which may be a key.

/// A section with its keys in lower case, values trimmed.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    entries: Vec<(String, String)>,
}

impl Section {
    /// The value of a key.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

/// Reads a file. Keys named in `whole` may not go on over several lines; other values may, and their further lines are
/// left out.
pub(super) fn parse(content: &[u8], whole: &[&str]) -> Result<Vec<Section>, String> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let text = std::str::from_utf8(content).map_err(|error| {
        let before = content.get(..error.valid_up_to()).unwrap_or_default();
        problem(before.iter().filter(|byte| **byte == b'\n').count(), "bytes that are not UTF-8")
    })?;
    let mut sections: Vec<Section> = Vec::new();
    // The indentation of the last entry: what stands deeper goes on with its value.
    let mut entry_indent = None;
    for (at, line) in text.lines().enumerate() {
        let (stripped, indent) = (line.trim(), line.len() - line.trim_start().len());
        if stripped.is_empty() || stripped.starts_with(['#', ';']) {
            continue;
        }
        if entry_indent.is_some_and(|above| indent > above) {
            let key = sections.last().and_then(|section| section.entries.last()).map(|(key, _)| key.as_str());
            match key.filter(|key| whole.contains(key)) {
                Some(key) => {
                    return Err(problem(at, &format!("the value of `{key}` goes on; indent it like the line above")));
                }
                None => continue,
            }
        }
        match header(stripped) {
            Some(name) if sections.iter().any(|section| section.name == name) => {
                return Err(problem(at, &format!("section `[{name}]` is there a second time")));
            }
            Some(name) => {
                sections.push(Section { name: name.to_owned(), entries: Vec::new() });
                entry_indent = None;
            }
            None => {
                let section =
                    sections.last_mut().ok_or_else(|| problem(at, "an entry before the first `[section]`"))?;
                let (key, value) =
                    entry(stripped).ok_or_else(|| problem(at, "neither `[section]` nor `key = value`"))?;
                if section.value(&key).is_some() {
                    return Err(problem(at, &format!("`{key}` is there a second time")));
                }
                section.entries.push((key, value));
                entry_indent = Some(indent);
            }
        }
    }
    Ok(sections)
}

fn problem(line: usize, what: &str) -> String {
    format!("line {}: {what}", line + 1)
}

/// The name between `[` and the last `]`; what follows is ignored.
fn header(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    Some(name).filter(|name| !name.is_empty())
}

fn entry(line: &str) -> Option<(String, String)> {
    let (key, value) = line.split_once(['=', ':'])?;
    let key = key.trim().to_lowercase();
    (!key.is_empty()).then(|| (key, value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_of(text: &str) -> Result<Vec<(String, String)>, String> {
        let sections = parse(text.as_bytes(), &["id"])?;
        Ok(sections
            .into_iter()
            .find(|section| section.name == "default")
            .map(|section| section.entries)
            .unwrap_or_default())
    }

    #[test]
    fn reads_what_the_official_parser_reads() {
        for text in [
            "[default]\nid=a\n",
            "[default]\nID: a",
            "# c\r\n[default]\r\n; c\r\n id = a\r\n",
            "\u{feff}[default] trailing\n  id=a\n  other=b\n[x]\nid=c\n",
            "[x]\nkey = 1\n  more\n[default]\nid=a\n",
        ] {
            assert_eq!(default_of(text).unwrap()[0], ("id".to_owned(), "a".to_owned()), "{text:?}");
        }
        assert_eq!(default_of("[default]\nid = a=b:c # d\n").unwrap()[0].1, "a=b:c # d");
        assert_eq!(default_of("[default]\nid = \"a\"\n").unwrap()[0].1, "\"a\"");
        assert_eq!(default_of("[Default]\nid=a\n").unwrap(), []);
    }

    #[test]
    fn a_mistake_names_its_line_and_not_its_text() {
        for (text, message) in [
            ("id=hush", "line 1: an entry before the first `[section]`"),
            ("[default]\nhush\n", "line 2: neither `[section]` nor `key = value`"),
            ("[default]\n=hush\n", "line 2: neither `[section]` nor `key = value`"),
            ("[default\nid=hush\n", "line 1: an entry before the first `[section]`"),
            ("[default]\nid=hush\n\nID=hush\n", "line 4: `id` is there a second time"),
            ("[default]\nid=hush\n[default]\n", "line 3: section `[default]` is there a second time"),
            ("[default]\nid=hush\n  hush\n", "line 3: the value of `id` goes on; indent it like the line above"),
        ] {
            assert_eq!(default_of(text).unwrap_err(), message);
        }
        assert_eq!(parse(b"[default]\nid=\xff\n", &[]).unwrap_err(), "line 2: bytes that are not UTF-8");
    }
}
