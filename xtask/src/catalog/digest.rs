//! One number for all facts of a cloud: SHA-256 over sorted lines, each ended by a newline.

use sanyun_catalog::{Catalog, Service};
use sha2::{Digest as _, Sha256};

use super::count::Expected;

/// Number and SHA-256 of the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digests {
    /// `service TAB version TAB name TAB method TAB path`.
    pub(super) operations: (usize, String),
    /// `service TAB version TAB type TAB wire TAB type expression TAB flags` for structures and
    /// `service TAB version TAB operation TAB place TAB wire TAB type expression TAB flags` for parameters.
    pub(super) fields: (usize, String),
}

/// Prints the digests; for a whole cloud returns where they differ from the reference.
pub(super) fn report(catalog: &Catalog, expected: &Expected, whole: bool) -> Vec<String> {
    let found = digests(catalog);
    println!("  operations {} {}", found.operations.0, found.operations.1);
    println!("  fields and parameters {} {}", found.fields.0, found.fields.1);
    match expected.digests.get(&catalog.cloud()) {
        Some(wanted) if *wanted == found => println!("  the digests are those of the reference"),
        Some(wanted) if whole && wanted.operations.0 <= found.operations.0 => {
            return vec![format!("{}: the digests differ from the reference {wanted:?}", catalog.cloud())];
        }
        _ => println!("  the reference digests are for the whole cloud"),
    }
    Vec::new()
}

fn digests(catalog: &Catalog) -> Digests {
    let (mut operations, mut fields) = (Vec::new(), Vec::new());
    for service in catalog.services().filter_map(|entry| entry.open().ok()) {
        add(service, &mut operations, &mut fields);
    }
    Digests { operations: digest(operations), fields: digest(fields) }
}

fn add(service: Service<'_>, operations: &mut Vec<String>, fields: &mut Vec<String>) {
    let place = format!("{}\t{}", service.name(), service.version());
    for operation in service.operations().filter_map(|name| service.operation(name).ok()) {
        let name = operation.name;
        operations.push(format!("{place}\t{name}\t{}\t{}", operation.method, operation.path));
        fields.extend(
            operation
                .params
                .iter()
                .map(|it| format!("{place}\t{name}\t{}\t{}\t{}\t{}", it.place.as_str(), it.name, it.ty, it.flags)),
        );
    }
    for definition in service.types() {
        let of = definition.as_struct().map(|it| it.fields.as_slice()).unwrap_or_default();
        let name = definition.name();
        fields.extend(of.iter().map(|it| format!("{place}\t{name}\t{}\t{}\t{}", it.name, it.ty, it.flags)));
    }
}

fn digest(mut lines: Vec<String>) -> (usize, String) {
    lines.sort_unstable();
    let mut hash = Sha256::new();
    lines.iter().for_each(|line| hash.update(format!("{line}\n")));
    (lines.len(), hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
