//! The functions of JMESPath.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::eval::{equal, eval, order};
use super::parser::Expr;

type Computed = Result<Value, String>;

/// Calls a function. References (`&expr`) are taken as they stand, other arguments are evaluated first.
pub(super) fn call(name: &str, arguments: &[Expr], current: &Value) -> Computed {
    let call = Call { name, arguments, current };
    match name {
        "abs" => call.abs(),
        "avg" => call.avg(),
        "ceil" => call.rounded(f64::ceil),
        "contains" => call.contains(),
        "ends_with" => call.text_pair(|text, end| text.ends_with(end)),
        "floor" => call.rounded(f64::floor),
        "join" => call.join(),
        "keys" => call.members(|name, _| Value::from(name)),
        "length" => call.length(),
        "map" => call.map(),
        "max" => call.extreme(Ordering::Greater),
        "max_by" => call.extreme_by(Ordering::Greater),
        "merge" => call.merge(),
        "min" => call.extreme(Ordering::Less),
        "min_by" => call.extreme_by(Ordering::Less),
        "not_null" => call.not_null(),
        "reverse" => call.reverse(),
        "sort" => call.sort(),
        "sort_by" => call.sort_by(),
        "starts_with" => call.text_pair(|text, start| text.starts_with(start)),
        "sum" => call.sum(),
        "to_array" => call.to_array(),
        "to_number" => call.to_number(),
        "to_string" => call.to_string(),
        "type" => call.only().map(|value| type_name(&value).into()),
        "values" => call.members(|_, value| value.clone()),
        _ => Err(format!("there is no function `{name}`")),
    }
}

/// Whether there is such a function, and it takes these arguments. Known before anything is sent.
pub(super) fn check(name: &str, arguments: &[Expr]) -> Result<(), String> {
    // How many arguments at least and at most, and which of them is a reference.
    let (least, most, reference) = match name {
        "abs" | "avg" | "ceil" | "floor" | "keys" | "length" | "max" | "min" | "reverse" | "sort" | "sum"
        | "to_array" | "to_number" | "to_string" | "type" | "values" => (1, 1, None),
        "contains" | "ends_with" | "join" | "starts_with" => (2, 2, None),
        "map" => (2, 2, Some(0)),
        "max_by" | "min_by" | "sort_by" => (2, 2, Some(1)),
        "merge" | "not_null" => (1, usize::MAX, None),
        _ => return Err(format!("there is no function `{name}`")),
    };
    let found = arguments.len();
    if found < least || found > most {
        let or_more = if most > least { " or more" } else { "" };
        return Err(format!("`{name}` takes {least}{or_more} argument(s), not {found}"));
    }
    for (index, argument) in arguments.iter().enumerate() {
        let number = index + 1;
        match (matches!(argument, Expr::Reference(_)), reference == Some(index)) {
            (false, true) => {
                return Err(format!("argument {number} of `{name}` must be an expression such as `&name`"));
            }
            (true, false) => return Err(format!("argument {number} of `{name}` cannot be a reference (`&`)")),
            _ => {}
        }
    }
    Ok(())
}

struct Call<'a> {
    name: &'a str,
    arguments: &'a [Expr],
    current: &'a Value,
}

impl Call<'_> {
    fn value(&self, index: usize) -> Computed {
        let argument = self.arguments.get(index).ok_or_else(|| format!("`{}` needs more arguments", self.name))?;
        eval(argument, self.current).map(std::borrow::Cow::into_owned)
    }

    /// The value of the only argument.
    fn only(&self) -> Computed {
        self.value(0)
    }

    fn reference(&self, index: usize) -> Result<&Expr, String> {
        match self.arguments.get(index) {
            Some(Expr::Reference(expr)) => Ok(expr),
            _ => Err(format!("argument {} of `{}` must be an expression such as `&name`", index + 1, self.name)),
        }
    }

    fn wrong<T>(&self, wanted: &str, found: &Value) -> Result<T, String> {
        Err(format!("`{}` wants {wanted}, not {}", self.name, with_article(type_name(found))))
    }

    fn list(&self, value: Value) -> Result<Vec<Value>, String> {
        match value {
            Value::Array(items) => Ok(items),
            other => self.wrong("a list", &other),
        }
    }

    fn text(&self, value: Value) -> Result<String, String> {
        match value {
            Value::String(text) => Ok(text),
            other => self.wrong("text", &other),
        }
    }

    fn number(&self, value: &Value) -> Result<f64, String> {
        value.as_f64().map_or_else(|| self.wrong("numbers", value), Ok)
    }

    fn abs(&self) -> Computed {
        match self.only()? {
            Value::Number(number) => Ok(match number.as_i64() {
                Some(integer) => integer.unsigned_abs().into(),
                None => number.as_f64().map_or(Value::Number(number), |number| float(number.abs())),
            }),
            other => self.wrong("a number", &other),
        }
    }

    fn rounded(&self, round: fn(f64) -> f64) -> Computed {
        match self.only()? {
            Value::Number(number) if !number.is_f64() => Ok(Value::Number(number)),
            other => self.number(&other).map(|number| float(round(number))),
        }
    }

    fn avg(&self) -> Computed {
        let items = self.list(self.only()?)?;
        let numbers: Vec<f64> = items.iter().map(|item| self.number(item)).collect::<Result<_, _>>()?;
        Ok(if numbers.is_empty() { Value::Null } else { float(numbers.iter().sum::<f64>() / numbers.len() as f64) })
    }

    /// A sum of integers stays an integer.
    fn sum(&self) -> Computed {
        let items = self.list(self.only()?)?;
        if let Some(total) = items.iter().try_fold(0i64, |total, item| total.checked_add(item.as_i64()?)) {
            return Ok(total.into());
        }
        let numbers: Vec<f64> = items.iter().map(|item| self.number(item)).collect::<Result<_, _>>()?;
        Ok(float(numbers.iter().sum()))
    }

    fn contains(&self) -> Computed {
        let wanted = self.value(1)?;
        match self.value(0)? {
            Value::Array(items) => Ok(items.iter().any(|item| equal(item, &wanted)).into()),
            Value::String(text) => Ok(wanted.as_str().is_some_and(|wanted| text.contains(wanted)).into()),
            other => self.wrong("a list or text", &other),
        }
    }

    fn text_pair(&self, holds: fn(&str, &str) -> bool) -> Computed {
        Ok(holds(&self.text(self.value(0)?)?, &self.text(self.value(1)?)?).into())
    }

    fn join(&self) -> Computed {
        let glue = self.text(self.value(0)?)?;
        let texts: Result<Vec<String>, _> =
            self.list(self.value(1)?)?.into_iter().map(|item| self.text(item)).collect();
        Ok(texts?.join(&glue).into())
    }

    fn members(&self, make: fn(&str, &Value) -> Value) -> Computed {
        match self.only()? {
            Value::Object(members) => Ok(members.iter().map(|(name, value)| make(name, value)).collect()),
            other => self.wrong("an object", &other),
        }
    }

    fn length(&self) -> Computed {
        Ok(match self.only()? {
            Value::String(text) => text.chars().count().into(),
            Value::Array(items) => items.len().into(),
            Value::Object(members) => members.len().into(),
            other => return self.wrong("text, a list or an object", &other),
        })
    }

    fn map(&self) -> Computed {
        let expr = self.reference(0)?;
        let items = self.list(self.value(1)?)?;
        items.iter().map(|item| Ok(eval(expr, item)?.into_owned())).collect()
    }

    fn merge(&self) -> Computed {
        let mut merged = serde_json::Map::new();
        for index in 0..self.arguments.len() {
            match self.value(index)? {
                Value::Object(members) => merged.extend(members),
                other => return self.wrong("objects", &other),
            }
        }
        Ok(merged.into())
    }

    fn not_null(&self) -> Computed {
        for index in 0..self.arguments.len() {
            match self.value(index)? {
                Value::Null => {}
                found => return Ok(found),
            }
        }
        Ok(Value::Null)
    }

    fn reverse(&self) -> Computed {
        match self.only()? {
            Value::String(text) => Ok(text.chars().rev().collect::<String>().into()),
            Value::Array(mut items) => {
                items.reverse();
                Ok(items.into())
            }
            other => self.wrong("text or a list", &other),
        }
    }

    /// All numbers, or all texts: what can be put in order.
    fn sortable(&self, keys: &[Value]) -> Result<(), String> {
        let first = keys.first().map(type_name);
        match keys
            .iter()
            .find(|key| !matches!(key, Value::Number(_) | Value::String(_)) || Some(type_name(key)) != first)
        {
            Some(odd) => self.wrong("only numbers or only text to put in order", odd),
            None => Ok(()),
        }
    }

    fn sort(&self) -> Computed {
        let mut items = self.list(self.only()?)?;
        self.sortable(&items)?;
        items.sort_by(in_order);
        Ok(items.into())
    }

    /// The items of the first argument with the value of the second for each.
    fn keyed(&self) -> Result<Vec<(Value, Value)>, String> {
        let expr = self.reference(1)?;
        let items = self.list(self.value(0)?)?;
        let keys: Vec<Value> =
            items.iter().map(|item| Ok(eval(expr, item)?.into_owned())).collect::<Result<_, String>>()?;
        self.sortable(&keys)?;
        Ok(keys.into_iter().zip(items).collect())
    }

    fn sort_by(&self) -> Computed {
        let mut keyed = self.keyed()?;
        keyed.sort_by(|(left, _), (right, _)| in_order(left, right));
        Ok(keyed.into_iter().map(|(_, item)| item).collect())
    }

    fn extreme(&self, wanted: Ordering) -> Computed {
        let items = self.list(self.only()?)?;
        self.sortable(&items)?;
        let best = items.into_iter().reduce(|best, item| if in_order(&item, &best) == wanted { item } else { best });
        Ok(best.unwrap_or(Value::Null))
    }

    fn extreme_by(&self, wanted: Ordering) -> Computed {
        let better = |best: (Value, Value), next: (Value, Value)| match in_order(&next.0, &best.0) == wanted {
            true => next,
            false => best,
        };
        Ok(self.keyed()?.into_iter().reduce(better).map_or(Value::Null, |(_, item)| item))
    }

    fn to_array(&self) -> Computed {
        Ok(match self.only()? {
            Value::Array(items) => Value::Array(items),
            other => Value::Array(vec![other]),
        })
    }

    fn to_number(&self) -> Computed {
        Ok(match self.only()? {
            Value::Number(number) => Value::Number(number),
            Value::String(text) => text.parse::<Number>().map_or(Value::Null, Value::Number),
            _ => Value::Null,
        })
    }

    fn to_string(&self) -> Computed {
        Ok(match self.only()? {
            Value::String(text) => text.into(),
            other => other.to_string().into(),
        })
    }
}

fn in_order(left: &Value, right: &Value) -> Ordering {
    order(left, right).unwrap_or(Ordering::Equal)
}

/// A number that is whole is written without a point.
fn float(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT { (number as i64).into() } else { number.into() }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn with_article(noun: &str) -> String {
    match noun {
        "null" => noun.to_owned(),
        "array" | "object" => format!("an {noun}"),
        _ => format!("a {noun}"),
    }
}
