//! Structured parameters as the flat pairs and single texts that the wire has room for.

use sanyun_core::{Error, Result, encode};
use serde_json::Value;

/// A flat parameter: name and text.
pub type Pair = (String, String);

/// Flattens an object: members are joined with dots, list elements counted from 1 (`Tag.1.Key`). Nulls, empty lists and
/// empty objects vanish, though a null element keeps its number; booleans are `true` and `false`. Sorted by name.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if the value is no object (null counts as an empty one), or two
/// members get the same name, such as a member `A.1` beside a list `A`.
pub fn flatten(params: &Value) -> Result<Vec<Pair>> {
    if !params.is_object() && !params.is_null() {
        return Err(Error::input("parameters must be a JSON object"));
    }
    let mut pairs = Vec::new();
    push(&mut pairs, "", params);
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    match pairs.windows(2).find(|two| matches!(two, [(a, _), (b, _)] if a == b)) {
        Some([(name, _), ..]) => Err(given_twice(name)),
        _ => Ok(pairs),
    }
}

pub(super) fn given_twice(name: &str) -> Error {
    Error::input(format!("parameter `{name}` is given twice, once flattened"))
}

fn push(pairs: &mut Vec<Pair>, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(members) => members.iter().for_each(|(key, value)| push(pairs, &format!("{name}.{key}"), value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| push(pairs, &format!("{name}.{}", at + 1), value));
        }
        plain => pairs.push((name.strip_prefix('.').unwrap_or(name).to_owned(), text(plain))),
    }
}

/// A plain value as text: a string without its quotes, anything else as JSON.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Pairs as a form: names and values form-encoded (a blank is `+`), joined with `&`, in the given order.
pub fn form(pairs: &[Pair]) -> String {
    joined(pairs, "&")
}

fn joined(pairs: &[Pair], separator: &str) -> String {
    let mut out = String::with_capacity(pairs.iter().map(|(name, value)| name.len() + value.len() + 8).sum());
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push_str(separator);
        }
        encode::push_form(&mut out, name);
        out.push('=');
        encode::push_form(&mut out, value);
    }
    out
}

/// How a list or an object becomes one text, for the parameters that are not flattened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ArrayStyle {
    /// Compact JSON.
    Json,
    /// Elements joined with commas.
    Simple,
    /// Elements joined with blanks.
    SpaceDelimited,
    /// Elements joined with `|`.
    PipeDelimited,
    /// Flattened below the parameter's name, form-encoded, joined with `&&`.
    RepeatList,
}

impl ArrayStyle {
    /// The style of that name in the vendor's metadata; `None` for a name not known here, which the vendor's SDKs answer
    /// with an empty text.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "simple" => Self::Simple,
            "spaceDelimited" => Self::SpaceDelimited,
            "pipeDelimited" => Self::PipeDelimited,
            "repeatList" => Self::RepeatList,
            _ => return None,
        })
    }

    /// The text of a value; empty for null. `name` is the parameter's, which `RepeatList` writes into the text.
    ///
    /// # Errors
    /// As [`flatten`], for `RepeatList`.
    pub fn text(self, name: &str, value: &Value) -> Result<String> {
        let separator = match self {
            _ if value.is_null() => return Ok(String::new()),
            Self::Json => return Ok(value.to_string()),
            Self::RepeatList => {
                let named = Value::Object([(name.to_owned(), value.clone())].into_iter().collect());
                return Ok(joined(&flatten(&named)?, "&&"));
            }
            Self::Simple => ",",
            Self::SpaceDelimited => " ",
            Self::PipeDelimited => "|",
        };
        Ok(match value {
            Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(separator),
            other => text(other),
        })
    }
}

/// Names the keys of maps with their length in characters (`key` becomes `#3#key`), at every depth: the form that a few
/// products want so that keys with dots survive flattening.
pub fn flat_style(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (format!("#{}#{key}", key.chars().count()), flat_style(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(flat_style).collect(),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flat(value: &Value) -> String {
        flatten(value).unwrap().iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn lists_count_from_one_and_nulls_keep_their_number() {
        assert_eq!(flat(&json!({"A": ["x", null, "z"], "B": null, "C": [], "D": {}, "E": ""})), "A.1=x|A.3=z|E=");
        assert_eq!(flat(&json!({"A": [{"B": [{"C": ["d"]}]}], "M": {"k": {"k2": 1}}})), "A.1.B.1.C.1=d|M.k.k2=1");
    }

    #[test]
    fn plain_values_are_their_json_text() {
        let value = json!({"T": true, "F": 0.5, "I": -5, "Big": 9007199254740993_u64, "S": "中"});
        assert_eq!(flat(&value), "Big=9007199254740993|F=0.5|I=-5|S=中|T=true");
    }

    #[test]
    fn a_collision_is_reported() {
        let error = flatten(&json!({"A.1": "x", "A": ["y"]})).unwrap_err();
        assert!(error.to_string().contains("`A.1`"), "{error}");
    }

    #[test]
    fn only_objects_have_names() {
        assert!(flatten(&json!(["a"])).is_err());
        assert_eq!(flatten(&Value::Null).unwrap(), []);
    }

    #[test]
    fn array_styles() {
        let list = json!(["ok", 2]);
        let text = |style: &str| ArrayStyle::named(style).unwrap().text("p", &list).unwrap();
        assert_eq!(text("simple"), "ok,2");
        assert_eq!(text("spaceDelimited"), "ok 2");
        assert_eq!(text("pipeDelimited"), "ok|2");
        assert_eq!(text("json"), r#"["ok",2]"#);
        assert_eq!(text("repeatList"), "p.1=ok&&p.2=2");
        assert_eq!(ArrayStyle::named("csv"), None);
    }

    #[test]
    fn flat_style_counts_characters() {
        assert_eq!(flat_style(&json!({"键": [{"x": 1}]})), json!({"#1#键": [{"#1#x": 1}]}));
    }
}
