//! What changed from one archive to the next.

use std::collections::BTreeMap;

use sanyun_catalog::{Catalog, Service};

/// Facts in a form that can be compared, by place and name.
type Facts = BTreeMap<String, String>;

/// Prints what was added, removed, changed and newly deprecated.
pub(super) fn report(before: &Catalog, after: &Catalog) {
    let (before, after) = (facts(before), facts(after));
    let mut deprecated = Vec::new();
    let mut changed = Vec::new();
    for (name, new) in &after {
        match before.get(name) {
            Some(old) if old.starts_with("deprecated: false") && new.starts_with("deprecated: true") => {
                deprecated.push(name);
            }
            Some(old) if old != new => changed.push(name),
            _ => {}
        }
    }
    print("added", after.keys().filter(|name| !before.contains_key(*name)));
    print("removed", before.keys().filter(|name| !after.contains_key(*name)));
    print("deprecated", deprecated.into_iter());
    print("changed", changed.into_iter());
}

fn print<'a>(what: &str, names: impl Iterator<Item = &'a String>) {
    for name in names {
        println!("  {what}: {name}");
    }
}

fn facts(catalog: &Catalog) -> Facts {
    catalog.services().filter_map(|entry| entry.open().ok()).flat_map(service_facts).collect()
}

fn service_facts(service: Service<'_>) -> Facts {
    let place = format!("{} {}", service.name(), service.version());
    let meta = service.meta();
    // A new release alone is no change.
    let about = (meta.product, meta.protocol, meta.endpoint_rule, meta.credentials, meta.derived_auth, meta.gateway);
    let regions: Vec<_> = service.regions().collect();
    let mut facts = Facts::from([(place.clone(), format!("{about:?} {:?} {regions:?}", meta.settings))]);
    for operation in service.operations().filter_map(|name| service.operation(name).ok()) {
        let flags = operation.flags;
        facts.insert(format!("{place} {}", operation.name), format!("deprecated: {} {operation:?}", flags.deprecated));
    }
    facts.extend(
        service.types().map(|definition| (format!("{place} #{}", definition.name()), format!("{definition:?}"))),
    );
    facts
}
