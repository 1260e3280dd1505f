//! The pages of a listing.

use sanyun_catalog::paging::Paging;
use sanyun_catalog::{Operation, Type};

use super::facts::Facts;
use super::{Shape, Structure};

/// How a listing goes on, and where its items stand in an answer.
pub(crate) struct Pages<'a> {
    pub(crate) rule: Paging<'a>,
    /// The type of an item in Rust.
    pub(crate) item: String,
    /// The expression for the list in `page`.
    pub(crate) list: String,
}

impl<'a> Pages<'a> {
    /// `None` if there are no pages, or the items are no list that a structure holds.
    pub(crate) fn new(facts: &Facts<'a>, fact: &Operation<'a>) -> Option<Self> {
        let rule = fact.paging()?;
        let (item, list) = items(facts, fact.response.as_ref()?, rule.items)?;
        Some(Self { rule, item: item.rust(), list })
    }
}

/// The shape of the items, and the expression for their list.
fn items(facts: &Facts<'_>, answer: &Type<'_>, path: &str) -> Option<(Shape, String)> {
    if path.is_empty() {
        let Shape::List(item) = Shape::new(facts, answer, false) else { return None };
        return Some((*item, "Some(page)".to_owned()));
    }
    let mut place = "page".to_owned();
    let mut ty = answer.clone();
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        let Type::Named(name) = ty else { return None };
        let owner = facts.structure(name)?;
        let index = owner.fields.iter().position(|field| field.name == step)?;
        ty = owner.fields.get(index)?.ty.clone();
        let member = Structure::new(facts, owner).members.into_iter().nth(index)?;
        place = format!("{place}.{}", member.name);
        if steps.peek().is_some() {
            place += if member.optional { ".as_mut()?" } else { "" };
        } else {
            let Shape::List(item) = member.shape else { return None };
            let list = if member.optional { format!("{place}.as_mut()") } else { format!("Some(&mut {place})") };
            return Some((*item, list));
        }
    }
    None
}
