//! Fields separated by tabs, as the vendors' and other clouds' command lines print them:
//!
//! - a plain value is itself, a list of plain values one line;
//! - an object is one line of its plain members, in the order of their names, so that columns do not depend on the
//!   order of the answer; lists and objects in it follow on lines that begin with their name in capitals;
//! - a list of lists or objects is one line, or group of lines, an item.
//!
//! Nothing is escaped: `--query key --output text > key.pem` writes the key. `None` stands for null.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The value as lines.
pub(super) fn render(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Array(_) | Value::Object(_) => write(&mut out, value, None),
        scalar => {
            let _ = writeln!(out, "{}", field(scalar));
        }
    }
    out
}

fn write(out: &mut String, value: &Value, label: Option<&str>) {
    match value {
        Value::Object(members) => write_object(out, members, label),
        Value::Array(items) => write_list(out, items, label),
        scalar => line(out, label, [field(scalar)].into_iter()),
    }
}

fn write_list(out: &mut String, items: &[Value], label: Option<&str>) {
    let (nested, scalars): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| is_nested(item));
    if !scalars.is_empty() {
        line(out, label, scalars.into_iter().map(field));
    }
    nested.into_iter().for_each(|item| write(out, item, label));
}

fn write_object(out: &mut String, members: &Map<String, Value>, label: Option<&str>) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let (nested, scalars): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|(_, value)| is_nested(value));
    if !scalars.is_empty() {
        line(out, label, scalars.into_iter().map(|(_, value)| field(value)));
    }
    for (name, value) in nested {
        write(out, value, Some(&name.to_uppercase()));
    }
}

fn is_nested(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

fn field(value: &Value) -> String {
    if value.is_null() { "None".to_owned() } else { super::plain(value) }
}

fn line(out: &mut String, label: Option<&str>, fields: impl Iterator<Item = String>) {
    let fields: Vec<String> = label.map(str::to_owned).into_iter().chain(fields).collect();
    let _ = writeln!(out, "{}", fields.join("\t"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::render;

    #[test]
    fn columns_are_in_the_order_of_their_names() {
        let value = json!({"vpcs": [{"id": "v-1", "cidr": "10.0.0.0/8", "routes": []}, {"cidr": null, "id": "v-2"}], "total": 2});
        assert_eq!(render(&value), "2\nVPCS\t10.0.0.0/8\tv-1\nVPCS\tNone\tv-2\n");
    }

    #[test]
    fn lists_are_lines() {
        assert_eq!(render(&json!("a\tb")), "a\tb\n");
        assert_eq!(render(&json!(["a", 1, true])), "a\t1\ttrue\n");
        assert_eq!(render(&json!([["a", "b"], ["c", null]])), "a\tb\nc\tNone\n");
        assert_eq!(render(&json!([])), "");
        assert_eq!(render(&json!({"a": {"b": {"c": 1}, "d": [1, 2]}})), "B\t1\nD\t1\t2\n");
    }
}
