//! Structures.

use super::record::Record;
use crate::model::Structure;

pub(super) fn text(it: &Structure<'_>) -> String {
    let record = Record { name: &it.name, members: &it.members, extra: it.extra.as_deref() };
    let mut parts = vec![documentation(it) + &record.declaration()];
    if it.uses.request {
        parts.push(record.construction());
    }
    parts.extend([record.default(), record.codec(), record.debug()]);
    if it.uses.request {
        parts.push(record.equality());
    }
    parts.join("\n")
}

/// What it is for, and its name in the catalog where that is another.
fn documentation(it: &Structure<'_>) -> String {
    let place = match (it.uses.request, it.uses.reply) {
        (true, true) => "In requests and replies.",
        (true, false) => "In requests.",
        _ => "In replies.",
    };
    if it.name == it.wire { format!("/// {place}\n") } else { format!("/// `{}`. {place}\n", it.wire) }
}
