//! A condition on an answer: an expression of which something is asked.
//!
//! What stands right of a comparison may be a bare word, which is a text (`State==RUNNING`), a number or a boolean. Where
//! a list stands left of one, or is the outcome, every item must fit and there must be one. A number and a text of the
//! same digits are equal, because services disagree about which of the two they send.

use serde_json::Value;

use super::eval::{self, eval};
use super::lexer::Token;
use super::parser::{self, Expr};
use crate::output::plain;

/// A compiled condition.
#[derive(Clone, Debug)]
pub(crate) struct Condition(Expr);

impl Condition {
    /// Compiles a condition.
    ///
    /// # Errors
    /// As [`Query::parse`](super::Query::parse).
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        parser::parse_condition(text).map(Self)
    }

    /// That an expression has this value.
    ///
    /// # Errors
    /// As [`Query::parse`](super::Query::parse).
    pub(crate) fn equals(text: &str, value: Value) -> Result<Self, String> {
        let (left, right) = (Box::new(parser::parse(text)?), Box::new(Expr::Literal(value)));
        Ok(Self(Expr::Compare(Token::Equal, left, right)))
    }

    /// Whether it holds of a value.
    ///
    /// # Errors
    /// A function was given the wrong kind of value.
    pub(crate) fn holds(&self, value: &Value) -> Result<bool, String> {
        holds(&self.0, value)
    }

    /// What it looks at: what stands left of its first comparison.
    pub(crate) fn watched(&self, value: &Value) -> Option<Value> {
        let mut expr = &self.0;
        let mut value = value.clone();
        loop {
            expr = match expr {
                Expr::And(left, _) | Expr::Or(left, _) | Expr::Not(left) | Expr::Compare(_, left, _) => left,
                Expr::Then(first, second) if compares(second) => {
                    value = eval(first, &value).ok()?.into_owned();
                    second
                }
                _ => return eval(expr, &value).ok().map(std::borrow::Cow::into_owned),
            };
        }
    }
}

fn compares(expr: &Expr) -> bool {
    matches!(expr, Expr::Compare(..) | Expr::And(..) | Expr::Or(..) | Expr::Not(_))
}

fn holds(expr: &Expr, value: &Value) -> Result<bool, String> {
    match expr {
        Expr::And(left, right) => Ok(holds(left, value)? && holds(right, value)?),
        Expr::Or(left, right) => Ok(holds(left, value)? || holds(right, value)?),
        Expr::Not(inner) => holds(inner, value).map(|holds| !holds),
        Expr::Then(first, second) if compares(second) => holds(second, &*eval(first, value)?),
        Expr::Compare(operator, left, right) => {
            let (left, right) = (eval(left, value)?, eval(right, value)?);
            Ok(each(&left, right.is_array(), |left| fits(operator, left, &right)))
        }
        other => Ok(each(&*eval(other, value)?, false, eval::is_true)),
    }
}

/// Whether all items of a list fit and there is one; anything else is its own item.
fn each(value: &Value, whole: bool, fits: impl Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) if !whole => !items.is_empty() && items.iter().all(fits),
        value => fits(value),
    }
}

fn fits(operator: &Token, left: &Value, right: &Value) -> bool {
    let same = || eval::equal(left, right) || is_plain(left) && is_plain(right) && plain(left) == plain(right);
    let order = || eval::order(left, right).or_else(|| eval::order(&number(left)?, &number(right)?));
    match operator {
        Token::Equal => same(),
        Token::NotEqual => !same(),
        Token::Less => order().is_some_and(std::cmp::Ordering::is_lt),
        Token::LessEqual => order().is_some_and(std::cmp::Ordering::is_le),
        Token::Greater => order().is_some_and(std::cmp::Ordering::is_gt),
        _ => order().is_some_and(std::cmp::Ordering::is_ge),
    }
}

fn is_plain(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

fn number(value: &Value) -> Option<Value> {
    let found: Value = serde_json::from_str(&plain(value)).ok()?;
    found.is_number().then_some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_hold_of_all_items() {
        let answer = json!({
            "Instances": [{"State": "RUNNING", "N": 1}, {"State": "RUNNING", "N": "2"}],
            "Mixed": [{"State": "RUNNING"}, {"State": "in-use"}],
            "None": [], "Status": "ACTIVE", "Progress": "100", "Done": true, "Count": 2, "Gone": null,
        });
        for (condition, expected) in [
            ("Instances[].State==RUNNING", true),
            ("Instances[].State == RUNNING", true),
            ("Instances[].State=='RUNNING'", true),
            ("Instances[*].State==`\"RUNNING\"`", true),
            ("Mixed[].State==RUNNING", false),
            ("Mixed[1].State==in-use", true),
            ("None[].State==RUNNING", false),
            ("None[].State!=RUNNING", false),
            ("Missing[].State==RUNNING", false),
            ("Status==ACTIVE", true),
            ("Status!=ERROR", true),
            ("Status==BUILD || Status==ACTIVE", true),
            ("Status==ACTIVE&&Progress>=100", true),
            ("(Status==ACTIVE) && !(Progress<100)", true),
            ("Progress==100", true),
            ("Progress>99.5", true),
            ("Done==true", true),
            ("Done==TRUE", false),
            ("Done", true),
            ("Gone", false),
            ("Gone==null", true),
            ("Instances[].N>=1", true),
            ("Instances[].N>1", false),
            ("length(Instances)==2", true),
            ("length(Instances) == length(Mixed)", true),
            ("Count==length(Mixed)", true),
            ("Instances | [0].State==RUNNING", true),
            ("Instances[?State!=RUNNING] | length(@)==0", true),
            ("Mixed[?State==RUNNING]", true),
            ("None[?State==RUNNING]", false),
            ("contains(Instances[].State, 'RUNNING')", true),
            ("Instances[].State==@.Instances[].State", true),
        ] {
            let holds = Condition::parse(condition).unwrap().holds(&answer);
            assert_eq!(holds, Ok(expected), "{condition}");
        }
    }

    #[test]
    fn slips_are_told() {
        assert!(Condition::parse("Status=ACTIVE").unwrap_err().contains("equality is `==`"));
        assert!(Condition::parse("Status==").unwrap_err().contains("ends too early"));
    }

    #[test]
    fn what_is_waited_for_can_be_shown() {
        let answer = json!({"Set": [{"State": "PENDING"}], "Status": "BUILD"});
        for (condition, expected) in [
            ("Set[].State==RUNNING", json!(["PENDING"])),
            ("Status==ACTIVE || Set", json!("BUILD")),
            ("Set | [0].State==RUNNING", json!("PENDING")),
        ] {
            assert_eq!(Condition::parse(condition).unwrap().watched(&answer), Some(expected), "{condition}");
        }
    }
}
