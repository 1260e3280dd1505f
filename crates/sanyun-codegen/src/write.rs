//! Rust text for a [`Model`]. Nothing is decided here.

mod enumeration;
mod layout;
mod operation;
mod record;
mod service;
mod structure;

use crate::model::Model;

/// Lints that the items of a module may set off: documentation stands at operations and structures, not at fields; a
/// deprecated operation is implemented nevertheless; a `new` takes as many arguments as the API requires; and nobody
/// uses all of a module that is private.
pub(crate) const ALLOWED: &str = "dead_code, deprecated, missing_docs, unreachable_pub, clippy::all, clippy::pedantic";

/// The items of a module. `root` is the path of the crate or module that has `typed`.
pub(crate) fn items(model: &Model<'_>, root: &str) -> String {
    let mut parts = vec![format!("use {root}::typed as sdk;\n"), service::text(model.service)];
    parts.extend(model.operations.iter().map(|it| operation::text(model.service, it)));
    parts.extend(model.structures.iter().map(structure::text));
    parts.extend(model.enumerations.iter().map(enumeration::text));
    parts.join("\n")
}

/// The lines that say where the items come from, each begun with `sign`.
pub(crate) fn origin(model: &Model<'_>, sign: &str) -> String {
    let meta = model.service.meta();
    let mut lines = vec![service::title(model.service) + ".", String::new()];
    lines.push("Written by sanyun-codegen from the facts of".to_owned());
    for source in &meta.sources {
        lines.push(format!("- {} {} ({})", source.package, source.release, source.license));
    }
    lines.iter().map(|line| format!("{sign} {line}").trim_end().to_owned() + "\n").collect()
}

/// One line that says what a module is.
pub(crate) fn title(model: &Model<'_>) -> String {
    service::title(model.service)
}

/// A text as a literal of Rust.
pub(crate) fn literal(text: &str) -> String {
    format!("{text:?}")
}
