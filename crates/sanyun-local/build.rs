//! Writes the index by which an operation of Huawei Cloud is found from method and path: 8 bytes an operation, so that
//! nothing is unpacked at the start and a look-up takes microseconds. `src/paths.rs` reads it.
#![allow(clippy::expect_used, reason = "a build that cannot go on says why and stops")]

#[path = "src/paths/key.rs"]
mod key;

use std::collections::BTreeSet;
use std::path::Path;

use sanyun_catalog::Catalog;

fn main() {
    println!("cargo::rerun-if-changed=src/paths/key.rs");
    let mut forms = BTreeSet::new();
    let mut rows = Vec::new();
    for (service, entry) in Catalog::huawei().services().enumerate() {
        let service = u16::try_from(service).expect("fewer than 65,536 service versions");
        let names: Vec<_> = entry.operation_names().collect();
        let operations: Vec<_> = entry.open().expect("the archive in the program is whole").all_operations().collect();
        assert!(operations.iter().map(|operation| operation.name).eq(names), "operations and names are in one order");
        for (number, operation) in operations.iter().enumerate() {
            let number = u16::try_from(number).expect("fewer than 65,536 operations in a service version");
            let form = key::form_of_template(operation.path).expect("at most 32 segments in a path");
            forms.insert((form.segments, form.placeholders.count_ones(), form.placeholders));
            rows.push((key::hash(operation.method, operation.path, form.placeholders), service, number));
        }
    }
    rows.sort_unstable();
    let mut bytes = u32::try_from(forms.len()).expect("few forms").to_le_bytes().to_vec();
    for (segments, _, placeholders) in forms {
        bytes.extend(segments.to_le_bytes());
        bytes.extend(placeholders.to_le_bytes());
    }
    for (hash, service, number) in rows {
        bytes.extend(hash.to_le_bytes());
        bytes.extend(service.to_le_bytes());
        bytes.extend(number.to_le_bytes());
    }
    let folder = std::env::var_os("OUT_DIR").expect("cargo names the folder");
    std::fs::write(Path::new(&folder).join("huawei.paths"), bytes).expect("the folder can be written to");
}
