//! What changed from one archive to the next.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use sanyun_catalog::{Catalog, Service};

/// More names than this of one service version are counted, not printed.
const NAMES: usize = 12;

/// The facts of a service version in a form that can be compared.
struct Facts {
    /// Everything but operations and types. A new release alone is no change.
    about: u64,
    operations: BTreeMap<String, Fact>,
    types: BTreeMap<String, Fact>,
}

struct Fact {
    hash: u64,
    deprecated: bool,
}

/// Prints, by service version, what was added, removed, changed and newly deprecated.
pub(super) fn report(before: &Catalog, after: &Catalog) {
    lines(before, after).iter().for_each(|line| println!("  {line}"));
}

/// The report; the last line sums it up.
pub(super) fn lines(before: &Catalog, after: &Catalog) -> Vec<String> {
    let (before, after) = (facts(before), facts(after));
    let mut lines = Vec::new();
    let mut sum = Changes::default();
    for (version, old) in &before {
        if !after.contains_key(version) {
            lines.push(format!("{version} removed with {} operations", old.operations.len()));
            sum.counts[1] += old.operations.len();
        }
    }
    for (version, new) in &after {
        if let Some(old) = before.get(version) {
            let operations = Changes::new(&old.operations, &new.operations);
            let types = Changes::new(&old.types, &new.types);
            sum.add(&operations);
            lines.extend(version_lines(version, old.about != new.about, &operations, &types));
        } else {
            lines.push(format!("{version} added with {} operations", new.operations.len()));
            sum.counts[0] += new.operations.len();
        }
    }
    lines.push(format!("operations in all: {}", sum.summary()));
    lines
}

fn version_lines(version: &str, about: bool, operations: &Changes, types: &Changes) -> Vec<String> {
    if !about && operations.is_empty() && types.is_empty() {
        return Vec::new();
    }
    let about = if about { "; regions or settings changed" } else { "" };
    let mut lines = vec![format!("{version}: operations {}; types {}{about}", operations.summary(), types.summary())];
    for (what, names) in WORDS.iter().zip(&operations.names).filter(|(_, names)| !names.is_empty()) {
        let shown = names.get(..NAMES).unwrap_or(names);
        let more = names.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!("  {what}: {}{more}", shown.join(", ")));
    }
    lines
}

const WORDS: [&str; 4] = ["added", "removed", "changed", "deprecated"];

/// Added, removed, changed, newly deprecated.
#[derive(Default)]
struct Changes {
    counts: [usize; 4],
    names: [Vec<String>; 4],
}

impl Changes {
    fn new(before: &BTreeMap<String, Fact>, after: &BTreeMap<String, Fact>) -> Changes {
        let mut names = <[Vec<String>; 4]>::default();
        let [added, removed, changed, deprecated] = &mut names;
        for (name, new) in after {
            match before.get(name) {
                None => added.push(name.clone()),
                Some(old) if new.deprecated && !old.deprecated => deprecated.push(name.clone()),
                Some(old) if old.hash != new.hash => changed.push(name.clone()),
                Some(_) => {}
            }
        }
        removed.extend(before.keys().filter(|name| !after.contains_key(*name)).cloned());
        Changes { counts: [0, 1, 2, 3].map(|at: usize| names.get(at).map_or(0, Vec::len)), names }
    }

    fn add(&mut self, other: &Changes) {
        self.counts.iter_mut().zip(other.counts).for_each(|(sum, count)| *sum += count);
    }

    fn is_empty(&self) -> bool {
        self.counts == [0; 4]
    }

    /// `3 added, 1 removed`.
    fn summary(&self) -> String {
        let some = self.counts.iter().zip(WORDS).filter(|(count, _)| **count > 0);
        let words: Vec<String> = some.map(|(count, word)| format!("{count} {word}")).collect();
        if words.is_empty() { "unchanged".to_owned() } else { words.join(", ") }
    }
}

fn facts(catalog: &Catalog) -> BTreeMap<String, Facts> {
    let services = catalog.services().filter_map(|entry| entry.open().ok());
    services.map(|service| (format!("{} {}", service.name(), service.version()), service_facts(service))).collect()
}

fn service_facts(service: Service<'_>) -> Facts {
    let meta = service.meta();
    let about = (meta.product, meta.protocol, meta.endpoint_rule, meta.credentials, meta.derived_auth, meta.gateway);
    let regions: Vec<_> = service.regions().collect();
    Facts {
        about: hash(&(about, meta.settings, regions)),
        operations: service
            .all_operations()
            .map(|it| (it.name.to_owned(), Fact { hash: hash(&it), deprecated: it.flags.deprecated }))
            .collect(),
        types: service.types().map(|it| (it.name().to_owned(), Fact { hash: hash(&it), deprecated: false })).collect(),
    }
}

fn hash(value: &impl Debug) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{value:?}").hash(&mut hasher);
    hasher.finish()
}
