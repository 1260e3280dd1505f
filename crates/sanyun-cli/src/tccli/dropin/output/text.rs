//! Lines of fields between tabs.
//!
//! The house's own text layout (`output/text.rs`) comes from the same family; this one differs where lists mix kinds, in
//! the words for yes and no, and in what stands where the members of one name are plain in one object and not in another.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::python;

/// The value as lines.
pub(super) fn render(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, None, None);
    out
}

/// Writes a value; `label` is the name of the member that it is, `columns` the members that make the line of an object in
/// a list.
fn write(out: &mut String, value: &Value, label: Option<&str>, columns: Option<&BTreeSet<&str>>) {
    match value {
        Value::Object(members) => write_object(out, members, label, columns),
        Value::Array(items) => write_list(out, items, label),
        plain => line(out, [python::text(plain)]),
    }
}

fn write_list(out: &mut String, items: &[Value], label: Option<&str>) {
    if items.iter().any(Value::is_object) {
        let objects = items.iter().filter_map(Value::as_object).flatten();
        let columns = objects.filter(|(_, value)| !is_nested(value)).map(|(name, _)| name.as_str()).collect();
        return items.iter().for_each(|item| write(out, item, label, Some(&columns)));
    }
    let (nested, plain): (Vec<_>, Vec<_>) = items.iter().partition(|item| is_nested(item));
    write_plain(out, &plain, label);
    nested.into_iter().for_each(|item| write(out, item, label, None));
}

/// Plain items: a line for each below a label, else one for all.
fn write_plain(out: &mut String, items: &[&Value], label: Option<&str>) {
    match label {
        Some(label) => items.iter().for_each(|item| line(out, [label.to_uppercase(), python::text(item)])),
        None if items.is_empty() => {}
        None => line(out, items.iter().map(|item| python::text(item))),
    }
}

fn write_object(out: &mut String, members: &Map<String, Value>, label: Option<&str>, columns: Option<&BTreeSet<&str>>) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let (fields, nested): (Vec<String>, Vec<_>) = match columns {
        Some(columns) => {
            let field = |name: &&str| members.get(*name).map(python::text).unwrap_or_default();
            let rest = sorted.into_iter().filter(|(name, _)| !columns.contains(name.as_str()));
            (columns.iter().map(field).collect(), rest.collect())
        }
        None => {
            let (nested, plain): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|(_, value)| is_nested(value));
            (plain.into_iter().map(|(_, value)| python::text(value)).collect(), nested)
        }
    };
    if !fields.is_empty() {
        line(out, label.map(str::to_uppercase).into_iter().chain(fields));
    }
    nested.into_iter().for_each(|(name, value)| write(out, value, Some(name), None));
}

fn is_nested(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

fn line(out: &mut String, fields: impl IntoIterator<Item = String>) {
    *out += &fields.into_iter().collect::<Vec<_>>().join("\t");
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::render;

    /// Expected: what the official program prints.
    #[test]
    fn is_that_of_tccli() {
        for (value, expected) in [
            (json!(null), "None\n"),
            (json!([]), ""),
            (json!({"b": 1, "a": [1, "x"], "c": true, "d": null}), "1\tTrue\tNone\nA\t1\nA\tx\n"),
            (json!([["a", 1], ["b", null]]), "a\t1\nb\tNone\n"),
            (json!([1, {"a": 2}, [3]]), "1\n2\n3\n"),
            (json!([{"a": {"x": 1}, "b": 1}, {"a": null, "b": 2}]), "{'x': 1}\t1\nNone\t2\n"),
            (json!({"s": [{"a": 1, "l": [1]}, {"l": []}]}), "S\t1\nL\t1\nS\t\n"),
        ] {
            assert_eq!(render(&value), expected, "{value}");
        }
    }
}
