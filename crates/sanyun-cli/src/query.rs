//! JMESPath (<https://jmespath.org>): choosing and reshaping parts of an answer.
//!
//! An implementation of our own because the order of members matters here: `{id:id,cidr:cidr}` is a table whose first
//! column is the id. Beyond the specification, texts can be put in order (`created_at > '2026-01-01'`), as the AWS
//! command line does.

mod condition;
mod eval;
mod functions;
mod lexer;
mod parser;

pub(crate) use condition::Condition;
use parser::Expr;
use serde_json::Value;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(crate) struct Query(Expr);

impl Query {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it, and at which character; a function that does not exist or takes other arguments.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        parser::parse(text).map(Self)
    }

    /// Applies it to a value.
    ///
    /// # Errors
    /// A function was given the wrong kind of value.
    pub(crate) fn apply(&self, value: &Value) -> Result<Value, String> {
        eval::eval(&self.0, value).map(std::borrow::Cow::into_owned)
    }

    /// The names that it gives each item, as in `vpcs[].{id: id, cidr: cidr}`: those of a table without rows, too.
    pub(crate) fn columns(&self) -> Vec<&str> {
        let mut expr = &self.0;
        loop {
            expr = match expr {
                Expr::EachItem(_, then)
                | Expr::EachMember(_, then)
                | Expr::EachWhere(_, then, _)
                | Expr::Then(_, then) => then,
                Expr::Object(members) => return members.iter().map(|(name, _)| name.as_str()).collect(),
                _ => return Vec::new(),
            };
        }
    }
}

#[cfg(test)]
mod tests;
