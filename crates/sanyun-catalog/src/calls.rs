//! Facts in the words of `sanyun-core`, for calls by name. Feature `calls`: the code generator needs no client.

use sanyun_core::paging::{self as core, Rule};

use crate::check::Target;
use crate::paging::{Advance, Paging};
use crate::{Operation, Type};

/// The rule by which the pages of an operation are asked for, if the catalog has one.
pub fn paging_rule(operation: &Operation<'static>) -> Option<Rule> {
    let paging = operation.paging()?;
    let is_text = |target: &Target<'_>| match target {
        Target::Param(param) => param.ty == Type::String,
        Target::BodyField(field) => field.ty == Type::String,
        Target::Body(_) | Target::Placeholder(_) => false,
    };
    let as_text = operation.targets(paging.advance.param()).iter().any(is_text);
    Some(Rule { paging: paging.into(), as_text })
}

impl From<Paging<'static>> for core::Paging {
    fn from(paging: Paging<'static>) -> Self {
        let advance = match paging.advance {
            Advance::Offset { offset } => core::Advance::Offset { offset },
            Advance::Page { number, first } => core::Advance::Page { number, first },
            Advance::Marker { marker, field } => core::Advance::Marker { marker, field },
            Advance::Token { token, next } => core::Advance::Token { token, next },
        };
        let more = paging.more.map(|more| (more.path, more.when));
        Self { advance, items: paging.items, limit: paging.limit, total: paging.total, more }
    }
}
