//! Whole clouds, next to the reference.

use std::collections::{BTreeMap, BTreeSet};

use sanyun_catalog::{Catalog, Operation, Place, Service};

use super::digest::digests;
use super::expected::Expected;

/// What is counted, by its name in the reference.
type Totals = BTreeMap<&'static str, usize>;

/// Prints every total that the reference names as `found / expected`. Those that differ are returned if the archive
/// was made from the releases that the reference is for; of other releases other numbers are right.
pub(super) fn report(catalog: &Catalog, expected: &Expected) -> Vec<String> {
    let cloud = catalog.cloud();
    let left_out = expected.left_out.get(&cloud).map(Vec::as_slice).unwrap_or_default();
    let [operations, fields] = digests(catalog, left_out);
    let totals = totals(catalog);
    let mut differences = Vec::new();
    let mut same_releases = true;
    for (name, wanted) in expected.totals.get(&cloud).map(Vec::as_slice).unwrap_or_default() {
        let found = match name.as_str() {
            "releases" => releases(catalog),
            "digest of operations" => operations.clone(),
            "digest of fields and parameters" => fields.clone(),
            name => totals.get(name).copied().unwrap_or_default().to_string(),
        };
        let same = *wanted == found;
        let known = expected.known.get(&(cloud, name.clone())) == Some(&found);
        let remark = if known { " (known)" } else { "" };
        println!("  {name:<44} {found} / {}{remark}", if same { "same" } else { wanted });
        if name == "releases" {
            same_releases = same;
        } else if !same && !known {
            differences.push(format!("{cloud}: {name}: {found} instead of {wanted}"));
        }
    }
    if !same_releases {
        println!("  (the reference is for other releases)");
        differences.clear();
    }
    if !left_out.is_empty() {
        println!(
            "  (the digest counts {} known defects of the source that are left out of the archive)",
            left_out.len()
        );
    }
    differences
}

/// A digest of the packages and releases that the facts come from.
fn releases(catalog: &Catalog) -> String {
    let packages = packages(catalog);
    let lines = packages.iter().map(|(package, release)| format!("{package}=={release}"));
    super::digest::digest(lines.collect())
}

fn packages(catalog: &Catalog) -> BTreeSet<(&str, &str)> {
    let services = catalog.services().filter_map(|entry| entry.open().ok());
    services.flat_map(|service| service.meta().sources).map(|source| (source.package, source.release)).collect()
}

fn totals(catalog: &Catalog) -> Totals {
    let names: BTreeSet<&str> = catalog.services().map(|entry| entry.name()).collect();
    let mut totals = Totals::from([("packages", packages(catalog).len()), ("services", names.len())]);
    for service in catalog.services().filter_map(|entry| entry.open().ok()) {
        add(&mut totals, "versions", 1);
        add(&mut totals, "versions without operations", usize::from(service.operations().next().is_none()));
        add(&mut totals, "region entries", service.regions().count());
        add(&mut totals, "error codes", service.error_codes().count());
        service.all_operations().for_each(|operation| count_operation(&mut totals, &operation));
        count_types(&mut totals, service);
    }
    totals
}

fn add(totals: &mut Totals, name: &'static str, count: usize) {
    *totals.entry(name).or_default() += count;
}

fn count_operation(totals: &mut Totals, operation: &Operation<'_>) {
    let flags = operation.flags;
    let facts = [
        ("operations", true),
        (METHODS.into_iter().find(|method| *method == operation.method).unwrap_or("other methods"), true),
        ("RPC", operation.style == Some(sanyun_catalog::CallStyle::Rpc)),
        ("ROA", operation.style == Some(sanyun_catalog::CallStyle::Roa)),
        ("operations with a body type", operation.body.is_some()),
        ("operations without an answer type", operation.response.is_none()),
        ("operations with neither answer type nor stream", operation.response.is_none() && !flags.stream_response),
        ("stream answers", flags.stream_response),
        ("event streams", flags.sse),
        ("root answers", flags.response_root),
        ("deprecated operations", flags.deprecated),
        ("offline operations", flags.offline),
    ];
    facts.into_iter().for_each(|(name, is)| add(totals, name, usize::from(is)));
    for param in &operation.params {
        add(totals, parameters_in(param.place), 1);
        add(totals, "parameters required", usize::from(param.flags.required()));
    }
}

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

const fn parameters_in(place: Place) -> &'static str {
    match place {
        Place::Path => "parameters in the path",
        Place::Query => "parameters in the query",
        Place::Header => "parameters in headers",
        Place::Body => "parameters in the body",
        Place::Host => "parameters in the host",
    }
}

fn count_types(totals: &mut Totals, service: Service<'_>) {
    for definition in service.types() {
        add(totals, "types", 1);
        add(totals, "enumerations", usize::from(definition.as_struct().is_none()));
        for field in definition.as_struct().map(|it| it.fields.as_slice()).unwrap_or_default() {
            add(totals, "fields", 1);
            add(totals, "fields required", usize::from(field.flags.required()));
        }
    }
}
