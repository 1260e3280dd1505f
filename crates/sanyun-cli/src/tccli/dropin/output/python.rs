//! Values as Python prints them.

use serde_json::{Number, Value};

/// `str()` of a value: text is itself, lists and objects are literals.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => literal(other),
    }
}

/// `repr()` of a value.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(it) => number(it),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(literal))),
        Value::Object(members) => {
            format!("{{{}}}", joined(members.iter().map(|(name, it)| format!("{}: {}", quoted(name), literal(it)))))
        }
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// `repr()` of a number: whole ones as they are, others with an exponent of two digits below 0.0001 and from 1e16 on.
pub(super) fn number(it: &Number) -> String {
    if it.is_i64() || it.is_u64() {
        return it.to_string();
    }
    let Some(value) = it.as_f64() else { return it.to_string() };
    let shortest = format!("{value:e}");
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    match exponent.parse::<i32>().unwrap_or_default() {
        -4..16 => format!("{value:?}"),
        exponent => format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()),
    }
}

/// Text in quotation marks: single ones unless it has these and no double ones.
fn quoted(text: &str) -> String {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(mark);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == mark => out.extend(['\\', c]),
            c if c.is_control() || matches!(c, '\u{a0}' | '\u{ad}') => out += &format!("\\x{:02x}", c as u32),
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{3000}' | '\u{2000}'..='\u{200f}' => {
                out += &format!("\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push(mark);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::text;

    #[test]
    fn values_look_as_in_python() {
        for (value, expected) in [
            (json!("it's"), "it's"),
            (json!(null), "None"),
            (json!([true, false, null]), "[True, False, None]"),
            (json!(["it's", "a\"b", "it's a \"b\"", "\\\n\u{1}中"]), r#"["it's", 'a"b', 'it\'s a "b"', '\\\n\x01中']"#),
            (json!({"a": [1, {}], "b": "x"}), "{'a': [1, {}], 'b': 'x'}"),
            (json!([1.0, 0.1, 1e15, 1e16, 1.5e300, 0.0001, 0.00001, -2.5e-7, -0.0]), {
                "[1.0, 0.1, 1000000000000000.0, 1e+16, 1.5e+300, 0.0001, 1e-05, -2.5e-07, -0.0]"
            }),
            (json!(18_446_744_073_709_551_615_u64), "18446744073709551615"),
        ] {
            assert_eq!(text(&value), expected);
        }
    }
}
