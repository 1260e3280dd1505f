//! Prints how long it takes to open the catalogs, find an operation, read a whole service version, and search.
//!
//! `cargo run --release -p sanyun-catalog --example open_find [DIRECTORY]`
#![allow(clippy::print_stdout, reason = "it is what the example is for")]

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use sanyun_catalog::search::Query;
use sanyun_catalog::{ArchiveError, Catalog, Cloud, LookupError, Operation, TypeDef};

/// Measurements are repeated as often; the best and the one in the middle are printed.
const ROUNDS: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/catalog").to_owned());
    let read = |cloud: Cloud| fs::read(Path::new(&folder).join(format!("{cloud}.catalog")));
    let archives = Cloud::ALL.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for (archive, (service, operation)) in
        archives.iter().zip([("vpc", "ListVpcs"), ("cvm", "RunInstances"), ("ecs", "RunInstances")])
    {
        find(archive, service, operation)?;
        whole(archive)?;
        searches(std::slice::from_ref(archive))?;
    }
    println!("all clouds");
    searches(&archives)?;
    Ok(())
}

fn find(archive: &[u8], service: &str, name: &str) -> Result<(), LookupError> {
    let catalog = Catalog::open(archive.to_vec())?;
    println!("{} {} bytes", catalog.cloud(), archive.len());
    // What is part of a program is not copied.
    let part: &'static [u8] = archive.to_vec().leak();
    time("open", || (), |()| Catalog::open(part).is_ok());
    let open = || Catalog::open(archive.to_vec()).ok();
    time(&format!("find {service} {name}"), open, |catalog| operation(catalog, service, name).is_some());
    catalog.operation(service, None, name)?;
    time("find it 1000 times more", || (), |()| (0..1000).all(|_| catalog.operation(service, None, name).is_ok()));
    time("its types", open, |catalog| operation(catalog, service, name).as_ref().map(reached).is_some());
    Ok(())
}

fn operation<'a>(catalog: &'a Option<Catalog>, service: &str, name: &str) -> Option<Operation<'a>> {
    catalog.as_ref()?.operation(service, None, name).ok()
}

/// Everything in the service version with the most operations.
fn whole(archive: &[u8]) -> Result<(), ArchiveError> {
    let open = || Catalog::open(archive.to_vec());
    let catalog = open()?;
    let Some(largest) = catalog.services().max_by_key(|entry| entry.operation_count()) else { return Ok(()) };
    let label = format!("all of {} {} ({} operations)", largest.name(), largest.version(), largest.operation_count());
    time(&label, open, |catalog| {
        let service = catalog.as_ref().ok()?.service(largest.name(), Some(largest.version())).ok()?;
        Some(service.all_operations().count() + service.types().count())
    });
    Ok(())
}

fn searches(archives: &[Vec<u8>]) -> Result<(), ArchiveError> {
    let open = || archives.iter().map(|bytes| Catalog::open(bytes.clone())).collect::<Result<Vec<_>, _>>();
    for words in ["list snapshots", "create security group rule", "id", "InstanceChargeType"] {
        time(&format!("search `{words}`"), open, |catalogs| run(Query::new(words), catalogs));
        let query = Query::new(words).parameters();
        time(&format!("search `{words}` with parameters"), open, |catalogs| run(query.clone(), catalogs));
    }
    Ok(())
}

fn run(query: Query, catalogs: &Result<Vec<Catalog>, ArchiveError>) -> usize {
    query.run(catalogs.iter().flatten()).len()
}

/// Times the use of what is prepared anew for each round.
fn time<T, R>(label: &str, prepare: impl Fn() -> T, measured: impl Fn(&T) -> R) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let prepared = prepare();
            let start = Instant::now();
            std::hint::black_box(measured(&prepared));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let (best, middle) = (times.first().copied(), times.get(ROUNDS / 2).copied());
    println!("  {label:60} {:>12?} {:>12?}", best.unwrap_or_default(), middle.unwrap_or_default());
}

/// The names of all types an operation reaches.
fn reached<'a>(operation: &Operation<'a>) -> HashSet<&'a str> {
    let params = operation.params.iter().map(|param| &param.ty);
    let mut open: Vec<_> = params.chain(&operation.body).chain(&operation.response).cloned().collect();
    let mut seen = HashSet::new();
    while let Some(ty) = open.pop() {
        let Some(name) = ty.name().filter(|name| seen.insert(*name)) else { continue };
        if let Some(TypeDef::Struct(found)) = operation.service.type_def(name) {
            open.extend(found.fields.into_iter().map(|field| field.ty));
        }
    }
    seen
}
