//! Parameters as pairs: for GET and for the older signatures.

use std::collections::HashMap;

use sanyun_core::encode;
use serde_json::Value;

/// Names and values in the order in which they are sent, not encoded.
pub type Pairs = Vec<(String, String)>;

/// Flattens nested parameters: names of nested members and indexes from 0 are joined with dots. Null values, empty lists
/// and empty objects disappear; the indexes of lists keep their gaps. Of two members that flatten to the same name the
/// later one is sent, at the place of the first.
///
/// ```
/// use sanyun_tencent::shape::flatten;
/// let pairs = flatten(&serde_json::json!({"Filters": [{"Name": "zone", "Values": ["a", null]}], "DryRun": true}));
/// let text: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
/// assert_eq!(text, ["Filters.0.Name=zone", "Filters.0.Values.0=a", "DryRun=true"]);
/// ```
pub fn flatten(params: &Value) -> Pairs {
    let mut pairs = Pairs::new();
    push(&mut pairs, &mut String::new(), params);
    // Only a name that holds a dot itself can meet another one.
    if has_dotted_name(params) { merged(pairs) } else { pairs }
}

fn push(pairs: &mut Pairs, prefix: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(members) => members.iter().for_each(|(name, member)| push_below(pairs, prefix, name, member)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| push_below(pairs, prefix, &at.to_string(), item));
        }
        Value::String(text) => pairs.push((prefix.clone(), text.clone())),
        Value::Bool(_) | Value::Number(_) => pairs.push((prefix.clone(), value.to_string())),
    }
}

fn push_below(pairs: &mut Pairs, prefix: &mut String, name: &str, value: &Value) {
    let above = prefix.len();
    if above > 0 {
        prefix.push('.');
    }
    prefix.push_str(name);
    push(pairs, prefix, value);
    prefix.truncate(above);
}

fn has_dotted_name(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, member)| name.is_empty() || name.contains('.') || has_dotted_name(member))
        }
        Value::Array(items) => items.iter().any(has_dotted_name),
        _ => false,
    }
}

fn merged(pairs: Pairs) -> Pairs {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(pairs.len());
    let mut kept = Pairs::with_capacity(pairs.len());
    for (name, value) in pairs {
        match places.get(&name).and_then(|&at| kept.get_mut(at)) {
            Some(first) => first.1 = value,
            None => {
                places.insert(name.clone(), kept.len());
                kept.push((name, value));
            }
        }
    }
    kept
}

/// Encodes pairs as a form or a query: UTF-8, a blank is `+`, everything but letters, digits and `_.-~` is `%XX`.
pub fn form<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> String {
    let bytes: usize = pairs.iter().map(|(name, value)| name.as_ref().len() + value.as_ref().len() + 2).sum();
    let mut text = String::with_capacity(bytes + bytes / 4);
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode::push_form(&mut text, name.as_ref());
        text.push('=');
        encode::push_form(&mut text, value.as_ref());
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flat(params: Value) -> String {
        form(&flatten(&params))
    }

    #[test]
    fn empty_things_disappear_and_indexes_keep_their_gaps() {
        assert_eq!(flat(json!({"L": [null, "a"], "E": [], "O": {}, "N": null, "S": ""})), "L.1=a&S=");
    }

    #[test]
    fn scalars_are_written_as_in_json() {
        assert_eq!(
            flat(json!({"A": true, "B": -7, "C": 18446744073709551615_u64, "D": 0.5})),
            "A=true&B=-7&C=18446744073709551615&D=0.5"
        );
    }

    #[test]
    fn of_two_equal_names_the_later_wins_at_the_first_place() {
        assert_eq!(flat(json!({"A.B": 1, "C": 2, "A": {"B": 3}})), "A.B=3&C=2");
        assert_eq!(flat(json!({"": {"A": 1}, "A": 2})), "A=2");
    }

    #[test]
    fn the_escape_set_is_that_of_forms() {
        assert_eq!(flat(json!({"V": "a b~*é/"})), "V=a+b~%2A%C3%A9%2F");
    }
}
