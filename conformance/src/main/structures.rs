//! A random sample of a catalog's operations, field by field against the vendor's model classes.

use std::collections::BTreeMap;
use std::time::Instant;

use sanyun_catalog::{Catalog, Cloud};
use sanyun_conformance::catalog::{draw, exceptions, view};
use serde_json::Value;

use crate::Done;
use crate::oracle::{Oracle, Settings, Tally};

/// `structures [--cloud C] [--count N] [--seed S] [--service A,B] [--catalog DIR]`
pub(crate) fn run(args: &[String]) -> Done {
    let settings = Settings::parse(args, 200)?;
    let mut failed = 0;
    for cloud in &settings.clouds {
        failed += compare(*cloud, &settings)?;
    }
    if failed == 0 { Ok(()) } else { Err(format!("{failed} operations differ").into()) }
}

fn compare(cloud: Cloud, settings: &Settings) -> Result<usize, Box<dyn std::error::Error>> {
    let started = Instant::now();
    let opened = settings.catalog.as_ref().map(|folder| Catalog::open_dir(folder, cloud)).transpose()?;
    let catalog = match &opened {
        Some(catalog) => catalog,
        None => Catalog::of(cloud)?,
    };
    let mut oracle = Oracle::start(cloud, settings)?;
    let mut tally = Tally::default();
    let mut checked = BTreeMap::new();
    for [service, version, name] in draw(catalog, &settings.services, settings.count, settings.seed) {
        let operation = catalog.operation(&service, Some(&version), &name)?;
        let answer = oracle.ask(&view::structures(&operation))?;
        count(&mut checked, answer.get("checked"));
        let problems = problems(&answer);
        let place = format!("{service} {version} {name}");
        let listed = |problem: &Value| exceptions::structure(&operation, problem);
        tally.add(&place, &problems, &listed);
    }
    let checked: Vec<_> = checked.iter().map(|(what, count)| format!("{count} {what}")).collect();
    tally.print(&format!("{cloud} structures (seed {})", settings.seed), started.elapsed());
    println!("  compared: {}", checked.join(", "));
    Ok(tally.failed())
}

fn count(totals: &mut BTreeMap<String, u64>, checked: Option<&Value>) {
    for (what, count) in checked.and_then(Value::as_object).into_iter().flatten() {
        *totals.entry(what.clone()).or_default() += count.as_u64().unwrap_or_default();
    }
}

/// The differences of an answer; an error of the vendor's code or a missing package is one, too.
fn problems(answer: &Value) -> Vec<Value> {
    match answer.get("differences").and_then(Value::as_array) {
        Some(differences) => differences.clone(),
        None => vec![answer.clone()],
    }
}
