//! Indented JSON.

use std::fmt::Write as _;

use serde_json::Value;

/// The colours of the parts.
#[derive(Clone, Copy)]
struct Paint {
    name: &'static str,
    text: &'static str,
    plain: &'static str,
    end: &'static str,
}

const COLOURED: Paint = Paint { name: "\x1b[1;34m", text: "\x1b[32m", plain: "\x1b[36m", end: "\x1b[0m" };
const BARE: Paint = Paint { name: "", text: "", plain: "", end: "" };

/// The value with two blanks a level and a line break at its end.
pub(super) fn render(value: &Value, colours: bool) -> String {
    let mut out = String::new();
    write(&mut out, value, 0, if colours { COLOURED } else { BARE });
    out.push('\n');
    out
}

fn write(out: &mut String, value: &Value, level: usize, paint: Paint) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            write_all(out, ('[', ']'), level, items.iter(), |out, item| write(out, item, level + 1, paint));
        }
        Value::Object(members) if !members.is_empty() => {
            write_all(out, ('{', '}'), level, members.iter(), |out, (name, member)| {
                let _ = write!(out, "{}{}{}: ", paint.name, quoted(name), paint.end);
                write(out, member, level + 1, paint);
            });
        }
        Value::String(text) => {
            let _ = write!(out, "{}{}{}", paint.text, quoted(text), paint.end);
        }
        Value::Array(_) | Value::Object(_) => {
            let _ = write!(out, "{value}");
        }
        other => {
            let _ = write!(out, "{}{other}{}", paint.plain, paint.end);
        }
    }
}

fn write_all<T>(
    out: &mut String,
    brackets: (char, char),
    level: usize,
    items: impl Iterator<Item = T>,
    write_one: impl Fn(&mut String, T),
) {
    out.push(brackets.0);
    for (index, item) in items.enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(level + 1));
        write_one(out, item);
    }
    let _ = write!(out, "\n{}{}", "  ".repeat(level), brackets.1);
}

/// A JSON string in which all control characters are escaped, also those that JSON lets pass and terminals obey.
pub(super) fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    if !json.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn is_indented_and_parses_again() {
        let value = json!({"a": [1, {"b": null}], "e": [], "o": {}, "s": "x\"\n中\u{9b}\u{7f}"});
        let shown = render(&value, false);
        assert_eq!(
            shown,
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"e\": [],\n  \"o\": {},\n  \
             \"s\": \"x\\\"\\n中\\u009b\\u007f\"\n}\n"
        );
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
    }

    #[test]
    fn colours_surround_names_and_values() {
        assert_eq!(
            render(&json!({"a": ["b", 1]}), true),
            "{\n  \x1b[1;34m\"a\"\x1b[0m: [\n    \x1b[32m\"b\"\x1b[0m,\n    \x1b[36m1\x1b[0m\n  ]\n}\n"
        );
    }
}
