//! JSON with four blanks a level; numbers are written as Python writes them.

use serde_json::Value;

use super::python;

/// The value with a line break at its end.
pub(super) fn render(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out.push('\n');
    out
}

fn write(out: &mut String, value: &Value, level: usize) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            write_all(out, ['[', ']'], level, items.iter(), |out, item| write(out, item, level + 1));
        }
        Value::Object(members) if !members.is_empty() => {
            write_all(out, ['{', '}'], level, members.iter(), |out, (name, member)| {
                *out += &Value::from(name.as_str()).to_string();
                *out += ": ";
                write(out, member, level + 1);
            });
        }
        Value::Number(number) => *out += &python::number(number),
        other => *out += &other.to_string(),
    }
}

fn write_all<T>(
    out: &mut String,
    [open, close]: [char; 2],
    level: usize,
    items: impl Iterator<Item = T>,
    write_one: impl Fn(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        *out += if index == 0 { "\n" } else { ",\n" };
        *out += &"    ".repeat(level + 1);
        write_one(out, item);
    }
    out.push('\n');
    *out += &"    ".repeat(level);
    out.push(close);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::render;

    #[test]
    fn is_that_of_tccli() {
        let value = json!({"a": [1, {"b": null}], "e": [], "o": {}, "中": "x\"\n\u{7f}\u{1f}", "f": [1.0, 1e20, 1e-7]});
        let expected = "{\n    \"a\": [\n        1,\n        {\n            \"b\": null\n        }\n    ],\n    \"e\": \
                        [],\n    \"o\": {},\n    \"中\": \"x\\\"\\n\u{7f}\\u001f\",\n    \"f\": [\n        1.0,\n        \
                        1e+20,\n        1e-07\n    ]\n}\n";
        assert_eq!(render(&value), expected);
    }
}
