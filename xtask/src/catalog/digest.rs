//! One number for all facts of a cloud: SHA-256 over sorted lines, each ended by a newline.

use sanyun_catalog::{Catalog, Service};
use sha2::{Digest as _, Sha256};

/// SHA-256 of the operations, and of the fields and parameters.
///
/// The lines are `service TAB version TAB name TAB method TAB path`;
/// `service TAB version TAB type TAB wire TAB type expression TAB flags` for fields of structures and
/// `service TAB version TAB operation TAB place TAB wire TAB type expression TAB flags` for parameters, and `left_out`.
pub(super) fn digests(catalog: &Catalog, left_out: &[String]) -> [String; 2] {
    let (mut operations, mut fields) = (Vec::new(), left_out.to_vec());
    for service in catalog.services().filter_map(|entry| entry.open().ok()) {
        add(service, &mut operations, &mut fields);
    }
    [digest(operations), digest(fields)]
}

fn add(service: Service<'_>, operations: &mut Vec<String>, fields: &mut Vec<String>) {
    let place = format!("{}\t{}", service.name(), service.version());
    for operation in service.all_operations() {
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

/// SHA-256 of the sorted lines.
pub(super) fn digest(mut lines: Vec<String>) -> String {
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line);
        hash.update("\n");
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
