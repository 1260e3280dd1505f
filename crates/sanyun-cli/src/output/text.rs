//! Fields separated by tabs, as the vendors' and other clouds' command lines print them:
//!
//! - a plain value is itself, a list of plain values one line;
//! - an object is one line of its plain members, in the order of their names, so that columns do not depend on the
//!   order of the answer; lists and objects in it follow on lines that begin with their name in capitals, a list of plain
//!   values with one line a value;
//! - a list of lists or objects is one line, or group of lines, an item; objects in one list have the same columns, and
//!   what one of them lacks is empty.
//!
//! Nothing is escaped: `--query key --output text > key.pem` writes the key. `None` stands for null.

use std::collections::{BTreeMap, BTreeSet};
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
        Value::Object(members) => write_object(out, members, label, &columns([value].into_iter())),
        Value::Array(items) => write_list(out, items, label),
        scalar => line(out, label, [field(scalar)].into_iter()),
    }
}

fn write_list(out: &mut String, items: &[Value], label: Option<&str>) {
    let (nested, scalars): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| is_nested(item));
    if label.is_some() {
        scalars.into_iter().for_each(|scalar| write(out, scalar, label));
    } else if !scalars.is_empty() {
        line(out, label, scalars.into_iter().map(field));
    }
    let columns = columns(items.iter());
    for item in nested {
        match item {
            Value::Object(members) => write_object(out, members, label, &columns),
            list => write(out, list, label),
        }
    }
}

/// The names of the plain members of all these objects, in order.
fn columns<'v>(objects: impl Iterator<Item = &'v Value>) -> BTreeSet<&'v str> {
    let members = objects.filter_map(Value::as_object).flatten();
    members.filter(|(_, value)| !is_nested(value)).map(|(name, _)| name.as_str()).collect()
}

fn write_object(out: &mut String, members: &Map<String, Value>, label: Option<&str>, columns: &BTreeSet<&str>) {
    if !columns.is_empty() {
        let plain = |name: &&str| members.get(*name).filter(|value| !is_nested(value)).map(field).unwrap_or_default();
        line(out, label, columns.iter().map(plain));
    }
    let nested: BTreeMap<&String, &Value> = members.iter().filter(|(_, value)| is_nested(value)).collect();
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
    fn objects_of_one_list_have_the_same_columns() {
        let value = json!([{"b": 1, "a": "x"}, {"c": null, "a": {"n": 1}}, {}]);
        assert_eq!(render(&value), "x\t1\t\n\t\tNone\nA\t1\n\t\t\n");
    }

    #[test]
    fn lists_are_lines() {
        assert_eq!(render(&json!("a\tb")), "a\tb\n");
        assert_eq!(render(&json!(["a", 1, true])), "a\t1\ttrue\n");
        assert_eq!(render(&json!([["a", "b"], ["c", null]])), "a\tb\nc\tNone\n");
        assert_eq!(render(&json!([])), "");
        assert_eq!(render(&json!({"a": {"b": {"c": 1}, "d": [1, 2]}})), "B\t1\nD\t1\nD\t2\n");
    }
}
