//! Flat parameters (`Filters.0.Values.1=a`) back to the structure they came from.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The deepest name: real ones have at most a dozen parts.
const DEPTH_LIMIT: usize = 64;

/// A node on the way: a value, or children by name.
#[derive(Default)]
struct Node {
    value: Option<String>,
    children: BTreeMap<String, Node>,
}

/// The structure of flat parameters. A node whose children are all numbers is a list in the order of the numbers; all
/// values are texts.
pub(crate) fn nested(flat: &[(String, String)]) -> Value {
    nested_any(flat).filter(Value::is_object).unwrap_or_else(|| Value::Object(Map::new()))
}

/// As [`nested`], but also a list where all names begin with numbers; `None` without parameters.
pub(crate) fn nested_any(flat: &[(String, String)]) -> Option<Value> {
    let mut root = Node::default();
    for (name, value) in flat {
        let parts: Vec<_> = name.split('.').take(DEPTH_LIMIT).collect();
        let node = parts.iter().fold(&mut root, |node, part| node.children.entry((*part).to_owned()).or_default());
        node.value = Some(value.clone());
    }
    (!root.children.is_empty()).then(|| value(root))
}

fn value(node: Node) -> Value {
    if node.children.is_empty() {
        return Value::String(node.value.unwrap_or_default());
    }
    let number = |name: &str| name.parse::<u64>().ok();
    if node.children.keys().any(|name| number(name).is_none()) {
        return Value::Object(node.children.into_iter().map(|(name, node)| (name, value(node))).collect());
    }
    let mut items: Vec<_> = node.children.into_iter().collect();
    items.sort_by_key(|(name, _)| number(name));
    Value::Array(items.into_iter().map(|(_, node)| value(node)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nest(flat: &[(&str, &str)]) -> Value {
        nested(&flat.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn structures_come_back() {
        let flat = [
            ("Limit", "5"),
            ("Filters.0.Name", "zone"),
            ("Filters.0.Values.10", "c"),
            ("Filters.0.Values.2", "b"),
            ("Filters.0.Values.0", "a"),
            ("Placement.Zone", "z"),
        ];
        let expected = json!({
            "Limit": "5",
            "Filters": [{"Name": "zone", "Values": ["a", "b", "c"]}],
            "Placement": {"Zone": "z"},
        });
        assert_eq!(nest(&flat), expected);
        assert_eq!(nest(&[]), json!({}));
    }

    #[test]
    fn strange_names_do_no_harm() {
        let deep = vec!["a"; 100_000].join(".");
        assert!(nest(&[(&deep, "x"), ("", "y"), (".", "z"), ("a", "w"), ("0", "v")]).is_object());
    }
}
