//! Prints how long it takes to open a catalog, find an operation and the types it reaches, and search.
//!
//! `cargo run --release -p sanyun-catalog --example open_find [ARCHIVE SERVICE OPERATION]`
#![allow(clippy::print_stdout, reason = "it is what the example is for")]

use std::collections::HashSet;
use std::time::{Duration, Instant};

use sanyun_catalog::search::Query;
use sanyun_catalog::{Catalog, LookupError, Operation, TypeDef};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.as_slice() {
        [archive, service, operation] => measure(&std::fs::read(archive)?, service, operation)?,
        _ => {
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog");
            for (cloud, service, operation) in
                [("huawei", "vpc", "ListVpcs"), ("tencent", "cvm", "RunInstances"), ("alibaba", "ecs", "RunInstances")]
            {
                measure(&std::fs::read(format!("{root}/{cloud}.catalog"))?, service, operation)?;
            }
        }
    }
    Ok(())
}

fn measure(bytes: &[u8], service: &str, operation: &str) -> Result<(), LookupError> {
    let mut best = [Duration::MAX; 4];
    for _ in 0..20 {
        let bytes = bytes.to_vec();
        let mut last = Instant::now();
        let mut lap = |best: &mut Duration| {
            *best = (*best).min(last.elapsed());
            last = Instant::now();
        };
        let [open, find, types, search] = &mut best;
        let catalog = Catalog::open(bytes)?;
        lap(open);
        let found = catalog.operation(service, None, operation)?;
        lap(find);
        reached(&found);
        lap(types);
        Query::new("list snapshots").run([&catalog]);
        lap(search);
    }
    let [open, find, types, search] = best;
    println!("{service} {operation}: open {open:?}, find {find:?}, its types {types:?}, search all {search:?}");
    Ok(())
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
