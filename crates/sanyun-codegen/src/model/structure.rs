//! A structure.

use sanyun_catalog::Struct;

use super::facts::Uses;
use super::members::{Members, is_optional};
use super::{Facts, Member, Shape};

/// A structure as it is to be written.
pub(crate) struct Structure<'a> {
    /// The name in Rust.
    pub(crate) name: String,
    /// The name in the catalog.
    pub(crate) wire: &'a str,
    pub(crate) uses: Uses,
    pub(crate) members: Vec<Member>,
    /// The field for unknown members, in structures of replies.
    pub(crate) extra: Option<String>,
}

impl<'a> Structure<'a> {
    pub(crate) fn new(facts: &Facts<'a>, it: &Struct<'a>) -> Self {
        let uses = facts.uses(it.name);
        let mut members = Members::default();
        for field in &it.fields {
            let shape = Shape::new(facts, &field.ty, field.flags.sensitive());
            let optional = is_optional(facts.cloud(), uses, field.flags, &shape);
            let boxed = facts.is_recursive(it.name, &field.ty);
            members.push(field.name, field.name.to_owned(), shape, optional, boxed);
        }
        let extra = uses.reply.then(|| members.own_name("extra"));
        Self { name: facts.type_name(it.name).to_owned(), wire: it.name, uses, members: members.list, extra }
    }
}
