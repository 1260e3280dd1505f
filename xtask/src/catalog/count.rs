//! Service versions, next to the rows of the reference.

use sanyun_catalog::{Catalog, Service, ServiceEntry};

use super::expected::Expected;

/// Numbers of one service version: operations, types, fields, parameters, regions.
pub(super) type Counts = [usize; 5];

/// Prints how many rows of the reference agree; returns those that differ.
pub(super) fn report(catalog: &Catalog, expected: &Expected) -> Vec<String> {
    let (mut compared, mut failures) = (0, Vec::new());
    for entry in catalog.services() {
        match entry.open() {
            Ok(service) => {
                let verdict = compare(entry, service, expected);
                compared += usize::from(verdict.is_some());
                failures.extend(verdict.flatten());
            }
            Err(error) => failures.push(error.to_string()),
        }
    }
    println!("  {compared} service versions compared with rows of the reference, {} differ", failures.len());
    failures
}

/// `None` if the reference has no row of this release; else what differs.
fn compare(entry: ServiceEntry<'_>, service: Service<'_>, expected: &Expected) -> Option<Option<String>> {
    let release = service.meta().sources.first().map(|source| source.release).unwrap_or_default();
    let key = [service.cloud().as_str(), entry.name(), entry.version(), release].map(str::to_owned);
    let (wanted, found) = (expected.counts.get(&key)?, counts(service));
    Some((*wanted != found).then(|| format!("{}: {found:?} instead of {wanted:?}", key.join(" "))))
}

fn counts(service: Service<'_>) -> Counts {
    let types: Vec<_> = service.types().collect();
    [
        service.all_operations().count(),
        types.len(),
        types.iter().filter_map(|it| it.as_struct()).map(|it| it.fields.len()).sum(),
        service.all_operations().map(|it| it.params.len()).sum(),
        service.regions().count(),
    ]
}
