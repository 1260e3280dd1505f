//! What was found, next to what a right importer finds.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use sanyun_catalog::{Catalog, Cloud, Service, ServiceEntry};

use super::digest::Digests;

/// Numbers of one service version: operations, types, fields, parameters, regions.
type Counts = [usize; 5];

/// The reference: `expected.tsv`.
#[derive(Default)]
pub(super) struct Expected {
    /// By cloud, service, version and release.
    counts: BTreeMap<[String; 4], Counts>,
    pub(super) digests: BTreeMap<Cloud, Digests>,
}

impl Expected {
    pub(super) fn read(path: &Path) -> Result<Expected, Box<dyn Error>> {
        let mut expected = Expected::default();
        for line in fs::read_to_string(path)?.lines().filter(|line| !line.starts_with('#')) {
            expected.line(line).ok_or_else(|| format!("{}: {line:?}", path.display()))?;
        }
        Ok(expected)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let cells: Vec<&str> = line.split('\t').collect();
        if let ["digest", cloud, operations, operations_sha256, fields, fields_sha256] = cells.as_slice() {
            let digests = Digests {
                operations: (operations.parse().ok()?, (*operations_sha256).to_owned()),
                fields: (fields.parse().ok()?, (*fields_sha256).to_owned()),
            };
            self.digests.insert(Cloud::from_word(cloud)?, digests);
            return Some(());
        }
        let [cloud, service, version, release, counts @ ..] = cells.as_slice() else { return None };
        let counts = counts.iter().map(|count| count.parse().ok()).collect::<Option<Vec<usize>>>()?;
        let key = [cloud, service, version, release].map(|cell| (*cell).to_owned());
        self.counts.insert(key, counts.try_into().ok()?);
        Some(())
    }
}

/// Prints one line a service version; returns those that differ from the reference.
pub(super) fn report(catalog: &Catalog, expected: &Expected) -> Vec<String> {
    let header =
        ["service", "version", "release", "operations", "types", "fields", "parameters", "regions", "reference"];
    println!("  {}", row(&header.map(str::to_owned)));
    let mut total = [0; 5];
    let mut failures = Vec::new();
    for entry in catalog.services() {
        match entry.open() {
            Ok(service) => failures.extend(line(entry, service, expected, &mut total)),
            Err(error) => failures.push(error.to_string()),
        }
    }
    let mut cells = vec!["all".to_owned(), String::new(), String::new()];
    cells.extend(total.map(|count| count.to_string()));
    println!("  {}", row(&cells));
    failures
}

fn line(entry: ServiceEntry<'_>, service: Service<'_>, expected: &Expected, total: &mut Counts) -> Option<String> {
    let release = service.meta().sources.first().map(|source| source.release).unwrap_or_default();
    let counts = counts(service);
    total.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
    let cloud = service.cloud().as_str();
    let wanted = expected.counts.get(&[cloud, entry.name(), entry.version(), release].map(str::to_owned));
    let verdict = match wanted {
        None => "-".to_owned(),
        Some(wanted) if *wanted == counts => "same".to_owned(),
        Some(wanted) => format!("differs: {wanted:?}"),
    };
    let mut cells = vec![entry.name().to_owned(), entry.version().to_owned(), release.to_owned()];
    cells.extend(counts.map(|count| count.to_string()));
    cells.push(verdict.clone());
    println!("  {}", row(&cells));
    verdict.starts_with("differs").then(|| format!("{service:?} {counts:?} {verdict}"))
}

fn row(cells: &[String]) -> String {
    let wide = cells.iter().take(3).map(|cell| format!("{cell:<22}"));
    let narrow = cells.iter().skip(3).map(|cell| format!("{cell:>11}"));
    wide.chain(narrow).collect()
}

fn counts(service: Service<'_>) -> Counts {
    let operations: Vec<_> = service.operations().filter_map(|name| service.operation(name).ok()).collect();
    let types: Vec<_> = service.types().collect();
    [
        operations.len(),
        types.len(),
        types.iter().filter_map(|it| it.as_struct()).map(|it| it.fields.len()).sum(),
        operations.iter().map(|it| it.params.len()).sum(),
        service.regions().count(),
    ]
}
