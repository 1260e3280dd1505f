//! Query parameters as text.

use std::borrow::Cow;

use sanyun_core::{Error, Result};
use serde_json::Value;

use crate::sign::canonical_query;

/// The query as it is sent and signed. Nulls are left out; a list becomes one pair an item, whatever its collection
/// format. The sources declare many parameters as joined by commas (`csv`) for which the services' own pages say
/// `id=a&id=b`, and the vendor's SDKs repeat the name for all. Who wants commas gives them in a text.
pub(super) fn text(params: &[(String, Value)]) -> Result<String> {
    let mut pairs = Vec::with_capacity(params.len());
    for (name, value) in params {
        push_pairs(&mut pairs, name, value)?;
    }
    Ok(canonical_query(pairs))
}

fn push_pairs<'a>(pairs: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>, name: &'a str, value: &'a Value) -> Result<()> {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().try_for_each(|item| match item {
            Value::Array(_) => Err(Error::input(format!("query parameter `{name}`: a list of lists cannot be sent"))),
            item => push_pairs(pairs, name, item),
        })?,
        Value::Object(members) => {
            for (key, member) in members {
                let text = plain_text(member).unwrap_or_else(|| member.to_string().into());
                pairs.push((name.into(), format!("{key}={text}").into()));
            }
        }
        plain => pairs.extend(plain_text(plain).map(|text| (name.into(), text))),
    }
    Ok(())
}

/// Text, a number or a boolean as text; `None` for anything else.
pub(super) fn plain_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(true) => Some("true".into()),
        Value::Bool(false) => Some("false".into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn query(params: &[(&str, Value)]) -> Result<String> {
        text(&params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Vec<_>>())
    }

    #[test]
    fn values_of_all_types() {
        let params = [
            ("t", json!(true)),
            ("n", json!(null)),
            ("e", json!("")),
            ("r", json!(1.5)),
            ("i", json!(-1)),
            ("l", json!(["c", "a b", null])),
            ("none", json!([])),
            ("m", json!({"k": "v", "n": 1})),
        ];
        assert_eq!(query(&params).unwrap(), "e=&i=-1&l=a%20b&l=c&m=k%3Dv&m=n%3D1&r=1.5&t=true");
    }

    #[test]
    fn a_list_of_lists_is_refused() {
        assert!(query(&[("l", json!([["a"]]))]).unwrap_err().to_string().contains("`l`"));
    }
}
