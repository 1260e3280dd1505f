//! Prints which operations have a rule of paging: how many by kind, how many listings have none although they take
//! something like a limit, and a sample of both to be judged by eye.
//!
//! `cargo run --release -p sanyun-catalog --example paging [DIRECTORY [SAMPLES]]`
#![allow(clippy::print_stdout, reason = "it is what the example is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use sanyun_catalog::{Catalog, Cloud, Operation, Service, Type, TypeDef};

const LIMITS: [&str; 9] =
    ["limit", "pagesize", "page_size", "maxresults", "maxresult", "maxitems", "size", "pagelimit", "perpage"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/catalog").to_owned());
    let samples = args.next().map_or(Ok(0), |number| number.parse())?;
    for cloud in Cloud::ALL {
        let bytes = fs::read(Path::new(&folder).join(format!("{cloud}.catalog")))?;
        judge(&Catalog::open(bytes)?, samples);
    }
    Ok(())
}

fn judge(catalog: &Catalog, samples: usize) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut found, mut missed) = (Vec::new(), Vec::new());
    for service in catalog.services().filter_map(|entry| entry.open().ok()) {
        for operation in service.all_operations() {
            match operation.paging() {
                Some(paging) => {
                    *kinds.entry(paging.advance.as_str()).or_default() += 1;
                    found.push(format!("{service:?} {}: {paging}\n      {}", operation.name, facts(&operation)));
                }
                None if looks_paged(&operation) => {
                    missed.push(format!("{service:?} {}\n      {}", operation.name, facts(&operation)));
                }
                None => {}
            }
        }
    }
    println!(
        "{}: {kinds:?}, {} in all; {} listings with a limit have none",
        catalog.cloud(),
        found.len(),
        missed.len()
    );
    for (label, lines) in [("found", &found), ("missed", &missed)] {
        for line in sample(lines, samples) {
            println!("  {label}: {line}");
        }
    }
}

/// So many of them, the same in every run.
fn sample(lines: &[String], samples: usize) -> impl Iterator<Item = &String> {
    // A step that shares no factor with the number of lines meets each line once.
    let next = move |at: &usize| Some((at + 7_919) % lines.len().max(1));
    std::iter::successors(Some(0), next).filter_map(|at| lines.get(at)).take(samples.min(lines.len()))
}

fn facts(operation: &Operation<'_>) -> String {
    format!("{} -> {}", inputs(operation).join(" "), reply(operation).join(" "))
}

fn inputs(operation: &Operation<'_>) -> Vec<String> {
    let fields = operation.body_fields();
    let params = operation.params.iter().map(|param| param.name);
    params.chain(fields.iter().map(|field| field.name)).map(str::to_owned).collect()
}

/// The paths of everything in the answer outside lists.
fn reply(operation: &Operation<'_>) -> Vec<String> {
    let mut paths = Vec::new();
    if let Some(ty) = &operation.response {
        walk(operation.service, ty, "", 3, &mut paths);
    }
    paths
}

fn walk(service: Service<'_>, ty: &Type<'_>, path: &str, depth: usize, paths: &mut Vec<String>) {
    match service.resolve(ty) {
        Some(TypeDef::Struct(found)) if depth > 0 => {
            for field in &found.fields {
                walk(service, &field.ty, &format!("{path}.{}", field.name), depth - 1, paths);
            }
        }
        _ if matches!(ty, Type::List(_)) => paths.push(format!("{path}[]")),
        _ => paths.push(path.to_owned()),
    }
}

fn looks_paged(operation: &Operation<'_>) -> bool {
    let listing =
        ["List", "Describe", "Query", "Get", "Search", "Show"].iter().any(|verb| operation.name.starts_with(verb));
    let limited = || inputs(operation).iter().any(|name| LIMITS.contains(&name.to_lowercase().as_str()));
    let one_list = || reply(operation).iter().filter(|path| path.ends_with("[]")).count() == 1;
    listing && limited() && one_list()
}
