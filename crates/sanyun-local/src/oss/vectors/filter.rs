//! Conditions on the metadata of vectors (API reference of QueryVectors, "Filter operators").

use serde_json::Value;

use super::wish::invalid;
use crate::oss::refusal::Refusal;

/// How deep conditions may be nested.
const DEPTH_LIMIT: usize = 8;

/// A condition.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Field { name: String, test: Test },
}

/// What must be so of one value.
#[derive(Debug)]
pub(super) enum Test {
    OneOf(Vec<Value>),
    NoneOf(Vec<Value>),
    Exists(bool),
    Number { holds: fn(&f64, &f64) -> bool, than: f64 },
}

impl Filter {
    pub(super) fn parse(text: &Value) -> Result<Self, Refusal> {
        Self::parse_nested(text, DEPTH_LIMIT)
    }

    fn parse_nested(text: &Value, depth: usize) -> Result<Self, Refusal> {
        let members = text.as_object().filter(|members| !members.is_empty() && depth > 0);
        let members = members.ok_or_else(|| refused("It has at most 8 levels of objects, none of them empty."))?;
        let nested = |value: &Value| {
            let list = value.as_array().filter(|list| !list.is_empty());
            let list = list.ok_or_else(|| refused("`$and` and `$or` want a list of conditions."))?;
            list.iter().map(|condition| Self::parse_nested(condition, depth - 1)).collect::<Result<Vec<_>, _>>()
        };
        let member = |(name, value): (&String, &Value)| match name.as_str() {
            "$and" => Ok(Self::All(nested(value)?)),
            "$or" => Ok(Self::Any(nested(value)?)),
            _ => Self::of_field(name, value),
        };
        members.iter().map(member).collect::<Result<_, _>>().map(Self::All)
    }

    fn of_field(name: &str, tests: &Value) -> Result<Self, Refusal> {
        let tests = tests.as_object().filter(|tests| !tests.is_empty() && !name.starts_with('$'));
        let tests = tests.ok_or_else(|| refused("A field has operators such as `$eq`."))?;
        let test = |(operator, value): (&String, &Value)| {
            let test = Test::parse(operator, value).ok_or_else(|| refused("An operator or its value is not known."))?;
            Ok(Self::Field { name: name.to_owned(), test })
        };
        tests.iter().map(test).collect::<Result<_, _>>().map(Self::All)
    }

    /// Refuses a condition on metadata of which the index says that it is not for conditions.
    pub(super) fn check(&self, closed: Option<&Value>) -> Result<(), Refusal> {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().try_for_each(|condition| condition.check(closed)),
            Self::Field { name, .. } => {
                let is_closed =
                    closed.and_then(Value::as_array).is_some_and(|names| names.iter().any(|own| own == name));
                if is_closed { Err(refused("It names metadata that cannot be filtered.")) } else { Ok(()) }
            }
        }
    }

    pub(super) fn fits(&self, metadata: Option<&Value>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.fits(metadata)),
            Self::Any(any) => any.iter().any(|condition| condition.fits(metadata)),
            Self::Field { name, test } => test.holds(metadata.and_then(|metadata| metadata.get(name))),
        }
    }
}

impl Test {
    fn parse(operator: &str, value: &Value) -> Option<Self> {
        let one = || Some(vec![value.clone()]).filter(|_| !value.is_array() && !value.is_object());
        let some = || value.as_array().filter(|list| !list.is_empty()).cloned();
        let number = |holds| Some(Self::Number { holds, than: value.as_f64()? });
        match operator {
            "$eq" => one().map(Self::OneOf),
            "$ne" => one().map(Self::NoneOf),
            "$in" => some().map(Self::OneOf),
            "$nin" => some().map(Self::NoneOf),
            "$exists" => value.as_bool().map(Self::Exists),
            "$gt" => number(f64::gt),
            "$gte" => number(f64::ge),
            "$lt" => number(f64::lt),
            "$lte" => number(f64::le),
            _ => None,
        }
    }

    fn holds(&self, found: Option<&Value>) -> bool {
        match self {
            Self::OneOf(wanted) => found.is_some_and(|found| is_one_of(found, wanted)),
            Self::NoneOf(unwanted) => !found.is_some_and(|found| is_one_of(found, unwanted)),
            Self::Exists(wanted) => found.is_some() == *wanted,
            Self::Number { holds, than } => found.and_then(Value::as_f64).is_some_and(|found| holds(&found, than)),
        }
    }
}

/// Whether a value, or an element of a list, is one of these.
fn is_one_of(found: &Value, wanted: &[Value]) -> bool {
    match found {
        Value::Array(elements) => elements.iter().any(|element| wanted.contains(element)),
        _ => wanted.contains(found),
    }
}

fn refused(message: &str) -> Refusal {
    invalid("filter", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_hold_or_not() {
        let metadata = json!({ "type": "comedy", "year": 2020, "tags": ["a", "b"] });
        for (filter, expected) in [
            (json!({ "type": { "$eq": "comedy" } }), true),
            (json!({ "type": { "$ne": "comedy" } }), false),
            (json!({ "tags": { "$eq": "b" } }), true),
            (json!({ "tags": { "$nin": ["b"] } }), false),
            (json!({ "none": { "$nin": ["b"] } }), true),
            (json!({ "none": { "$exists": false } }), true),
            (json!({ "year": { "$gte": 2020, "$lt": 2021 } }), true),
            (json!({ "year": { "$gt": 2020 } }), false),
            (json!({ "$and": [{ "type": { "$in": ["x", "comedy"] } }, { "year": { "$lte": 2019 } }] }), false),
            (json!({ "$or": [{ "type": { "$eq": "x" } }, { "year": { "$eq": 2020 } }] }), true),
        ] {
            assert_eq!(Filter::parse(&filter).unwrap().fits(Some(&metadata)), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        let deep = (0..8).fold(json!({ "a": { "$eq": "b" } }), |inner, _| json!({ "$and": [inner] }));
        for filter in [
            json!({}),
            json!([]),
            json!({ "type": "comedy" }),
            json!({ "type": { "$like": "c" } }),
            json!({ "$and": [] }),
            json!({ "$not": { "$eq": "c" } }),
            deep,
        ] {
            assert_eq!(Filter::parse(&filter).unwrap_err().code, "InvalidArgument", "{filter}");
        }
    }
}
