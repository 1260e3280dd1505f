//! Random calls of a catalog's operations, ours against the vendor's typed clients: the request to the byte, and the
//! value of the reply.

use std::time::Instant;

use sanyun_catalog::{Catalog, Cloud};
use sanyun_conformance::catalog::calls::{self, Signing};
use sanyun_conformance::catalog::{compare, draw, exceptions, seed_of};
use serde_json::{Value, json};

use crate::Done;
use crate::oracle::{Oracle, Settings, Tally};

/// `calls [--cloud C] [--count N] [--seed S] [--service A,B]`
pub(crate) fn run(args: &[String]) -> Done {
    let settings = Settings::parse(args, 500)?;
    let mut failed = 0;
    for cloud in &settings.clouds {
        failed += compare_cloud(*cloud, &settings)?;
    }
    if failed == 0 { Ok(()) } else { Err(format!("{failed} calls differ").into()) }
}

fn compare_cloud(cloud: Cloud, settings: &Settings) -> Result<usize, Box<dyn std::error::Error>> {
    let started = Instant::now();
    // Our clients use the catalog in the program.
    let catalog = Catalog::of(cloud)?;
    let mut oracle = Oracle::start(cloud, settings)?;
    let mut tally = Tally::default();
    let mut version1 = 0;
    for [service, version, name] in &draw(catalog, &settings.services, settings.count, settings.seed) {
        let operation = catalog.operation(service, Some(version), name)?;
        let place = format!("{service} {version} {name}");
        if let Some(reason) = exceptions::operation(&operation) {
            tally.add(&place, &[json!({ "left out": reason })], &|_: &Value| Some(reason));
            continue;
        }
        let seed = seed_of(settings.seed, &place);
        let mut ours = calls::make(&operation, seed, Signing::Default);
        let mut answer = oracle.ask(&ours.case)?;
        if cloud == Cloud::Alibaba && compare::is_version1(&answer) {
            ours = calls::make(&operation, seed, Signing::Version1);
            answer = oracle.ask(&ours.case)?;
            version1 += 1;
        }
        let problems = compare::differences(&operation, &ours, &answer);
        tally.add(&place, &problems, &|problem: &Value| exceptions::call(&operation, problem));
    }
    tally.print(&format!("{cloud} calls (seed {})", settings.seed), started.elapsed());
    if version1 > 0 {
        println!("  sent with signature 1.0 by packages of the older form, and by ours when told to: {version1}");
    }
    Ok(tally.failed())
}
