//! An expression applied to a value.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::functions;
use super::lexer::Token;
use super::parser::Expr;

type Found<'a> = Result<Cow<'a, Value>, String>;

const NULL: Cow<'static, Value> = Cow::Owned(Value::Null);

/// The value of an expression.
pub(super) fn eval<'a>(expr: &Expr, value: &'a Value) -> Found<'a> {
    match expr {
        Expr::Current => Ok(Cow::Borrowed(value)),
        Expr::Field(name) => Ok(value.get(name).map_or(NULL, Cow::Borrowed)),
        Expr::Index(index) => Ok(at(value, *index).map_or(NULL, Cow::Borrowed)),
        Expr::Slice(start, stop, step) => Ok(Cow::Owned(slice(value, *start, *stop, step.unwrap_or(1)))),
        Expr::Literal(literal) => Ok(Cow::Owned(literal.clone())),
        Expr::Then(first, second) => match eval(first, value)? {
            Cow::Borrowed(value) => eval(second, value),
            Cow::Owned(value) => owned(eval(second, &value)),
        },
        Expr::EachItem(list, then) => match &*eval(list, value)? {
            Value::Array(items) => each(items.iter(), then),
            _ => Ok(NULL),
        },
        Expr::EachMember(object, then) => match &*eval(object, value)? {
            Value::Object(members) => each(members.values(), then),
            _ => Ok(NULL),
        },
        Expr::EachWhere(list, then, condition) => match &*eval(list, value)? {
            Value::Array(items) => each_where(items, then, condition),
            _ => Ok(NULL),
        },
        Expr::Flatten(list) => Ok(match &*eval(list, value)? {
            Value::Array(items) => Cow::Owned(flatten(items)),
            _ => NULL,
        }),
        // Several values of nothing are nothing.
        Expr::List(_) | Expr::Object(_) if value.is_null() => Ok(NULL),
        Expr::List(exprs) => {
            let items: Result<_, String> = exprs.iter().map(|expr| Ok(eval(expr, value)?.into_owned())).collect();
            Ok(Cow::Owned(Value::Array(items?)))
        }
        Expr::Object(exprs) => {
            let member = |(name, expr): &(String, Expr)| Ok((name.clone(), eval(expr, value)?.into_owned()));
            let members: Result<Map<_, _>, String> = exprs.iter().map(member).collect();
            Ok(Cow::Owned(Value::Object(members?)))
        }
        Expr::Or(left, right) => match eval(left, value)? {
            found if is_true(&found) => Ok(found),
            _ => eval(right, value),
        },
        Expr::And(left, right) => match eval(left, value)? {
            found if is_true(&found) => eval(right, value),
            found => Ok(found),
        },
        Expr::Not(expr) => Ok(Cow::Owned(Value::Bool(!is_true(&*eval(expr, value)?)))),
        Expr::Compare(operator, left, right) => {
            Ok(Cow::Owned(compare(operator, &*eval(left, value)?, &*eval(right, value)?)))
        }
        Expr::Call(name, arguments) => functions::call(name, arguments, value).map(Cow::Owned),
        Expr::Reference(_) => Err("`&` is for arguments of functions only".to_owned()),
    }
}

fn owned<'a>(found: Found<'_>) -> Found<'a> {
    found.map(|value| Cow::Owned(value.into_owned()))
}

/// `then` of each item; nothings are left out.
fn each<'a, 'i>(items: impl Iterator<Item = &'i Value>, then: &Expr) -> Found<'a> {
    let mut results = Vec::new();
    for item in items {
        let found = eval(then, item)?;
        if !found.is_null() {
            results.push(found.into_owned());
        }
    }
    Ok(Cow::Owned(Value::Array(results)))
}

fn each_where<'a>(items: &[Value], then: &Expr, condition: &Expr) -> Found<'a> {
    let mut chosen = Vec::new();
    for item in items {
        if is_true(&*eval(condition, item)?) {
            chosen.push(item);
        }
    }
    each(chosen.into_iter(), then)
}

fn flatten(items: &[Value]) -> Value {
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::Array(inner) => flat.extend_from_slice(inner),
            other => flat.push(other.clone()),
        }
    }
    Value::Array(flat)
}

/// The item at an index; a negative one counts from the end.
fn at(value: &Value, index: i64) -> Option<&Value> {
    let items = value.as_array()?;
    let index = if index < 0 { index.checked_add_unsigned(items.len() as u64)? } else { index };
    items.get(usize::try_from(index).ok()?)
}

/// As Python slices: bounds may be negative, missing or far out.
fn slice(value: &Value, start: Option<i64>, stop: Option<i64>, step: i64) -> Value {
    let Value::Array(items) = value else { return Value::Null };
    let len = items.len() as i64;
    let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let bound = |given: Option<i64>, unset| {
        let absolute = |bound: i64| if bound < 0 { bound.saturating_add(len) } else { bound };
        given.map_or(unset, |bound| absolute(bound).clamp(lowest, highest))
    };
    let (start, stop) = match step > 0 {
        true => (bound(start, 0), bound(stop, len)),
        false => (bound(start, len - 1), bound(stop, -1)),
    };
    let indexes = std::iter::successors(Some(start), |index| index.checked_add(step));
    let within = indexes.take_while(|index| if step > 0 { *index < stop } else { *index > stop });
    Value::Array(within.filter_map(|index| items.get(usize::try_from(index).ok()?).cloned()).collect())
}

/// Nothing, false and all that is empty is false; 0 is true.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn compare(operator: &Token, left: &Value, right: &Value) -> Value {
    let ordered = |fits: fn(Ordering) -> bool| order(left, right).map_or(Value::Null, |order| fits(order).into());
    match operator {
        Token::Equal => equal(left, right).into(),
        Token::NotEqual => (!equal(left, right)).into(),
        Token::Less => ordered(Ordering::is_lt),
        Token::LessEqual => ordered(Ordering::is_le),
        Token::Greater => ordered(Ordering::is_gt),
        _ => ordered(Ordering::is_ge),
    }
}

/// Equality in which 1 and 1.0 are the same.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare_numbers(left, right).is_eq(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let same = |(name, value)| right.get(name).is_some_and(|other| equal(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        _ => left == right,
    }
}

/// The order of two numbers or, as times are texts, of two texts; `None` for anything else.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Some(compare_numbers(left, right)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Integers are compared as integers: ids beyond 2^53 differ in their last digits.
fn compare_numbers(left: &Number, right: &Number) -> Ordering {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.as_f64().partial_cmp(&right.as_f64()).unwrap_or(Ordering::Equal),
    }
}
