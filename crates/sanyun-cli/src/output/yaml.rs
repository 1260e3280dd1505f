//! YAML that every parser reads back as the same value: whatever could be taken for something else is quoted.

use std::fmt::Write as _;

use serde_json::Value;

use super::json::quoted;

/// The value as a YAML document.
pub(super) fn render(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    if out.starts_with('\n') {
        out.remove(0);
    }
    out
}

/// Writes a value that stands behind `name:`, or at the start of the document.
fn write(out: &mut String, value: &Value, level: usize) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('\n');
            write_members(out, members, level, true);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                out.push_str(&"  ".repeat(level));
                write_item(out, item, level);
            }
        }
        other => {
            if !out.is_empty() {
                out.push(' ');
            }
            let _ = writeln!(out, "{}", scalar(other));
        }
    }
}

fn write_members(out: &mut String, members: &serde_json::Map<String, Value>, level: usize, indent_first: bool) {
    for (index, (name, value)) in members.iter().enumerate() {
        if index > 0 || indent_first {
            out.push_str(&"  ".repeat(level));
        }
        let _ = write!(out, "{}:", text(name));
        write(out, value, level + 1);
    }
}

fn write_item(out: &mut String, item: &Value, level: usize) {
    out.push('-');
    match item {
        Value::Object(members) if !members.is_empty() => {
            out.push(' ');
            write_members(out, members, level + 1, false);
        }
        other => write(out, other, level + 1),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(string) => text(string),
        other => other.to_string(),
    }
}

/// Text without quotes if it cannot be anything but this text: in YAML 1.1 `no`, `1e3`, `2026-01-01` and `12:30` are
/// something else.
fn text(string: &str) -> String {
    let starts_plain = string.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '/');
    let all_plain = string.chars().all(|c| c.is_ascii_alphanumeric() || "_-./@+ :".contains(c) || is_han(c));
    let separates = string.contains(": ") || string.ends_with([':', ' ']);
    let word = string.to_ascii_lowercase();
    let means_something =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&word.as_str()) || word.starts_with(".");
    if (starts_plain || string.starts_with(is_han)) && all_plain && !separates && !means_something {
        return string.to_owned();
    }
    quoted(string)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nests_by_two_blanks() {
        let value = json!({"vpcs": [{"id": "v-1", "tags": ["a", "b"], "none": null}, {"id": "v-2"}], "total": 1, "e": [], "o": {}});
        let expected = "\
vpcs:
  - id: v-1
    tags:
      - a
      - b
    none: null
  - id: v-2
total: 1
e: []
o: {}
";
        assert_eq!(render(&value), expected);
        assert_eq!(render(&json!([[1, 2], ["x"]])), "-\n  - 1\n  - 2\n-\n  - x\n");
        assert_eq!(render(&json!("plain text")), "plain text\n");
        assert_eq!(render(&json!([])), "[]\n");
    }

    #[test]
    fn quotes_what_could_be_misread() {
        for ambiguous in [
            "",
            "no",
            "True",
            "1",
            "1e3",
            "0x1",
            "2026-01-01",
            "12:30",
            "a: b",
            "a #b",
            " a",
            "a ",
            "- a",
            "*a",
            "&a",
            "~",
            ".inf",
            "x:",
            "{a}",
            "a\nb",
            "\u{85}",
            "null",
            "=",
            "<<",
            "%a",
            "@a",
            "中: 文",
        ] {
            let shown = render(&json!(ambiguous));
            assert!(shown.starts_with('"'), "{ambiguous:?} became {shown:?}");
        }
        for plain in ["cn-north-4", "a b", "10a", "/x/y", "中文", "a:b"] {
            let shown = render(&json!(plain));
            assert_eq!(shown.starts_with('"'), plain == "10a", "{plain:?} became {shown:?}");
        }
    }
}
