//! The catalog against the vendors' own model classes and typed clients.
//!
//! [`draw`] takes a random sample of a cloud's operations. [`view`] tells the oracle (`python/catalog.py`) what the
//! side, to be compared with what the typed client sends and reads.

pub mod calls;
pub mod compare;
pub mod exceptions;
pub mod typed;
mod values;
pub mod view;

use sanyun_catalog::{Catalog, Operation, ServiceEntry};
use sanyun_core::{Chance, SeededChance};
use serde_json::{Value, json};

/// `count` operations of a cloud, each with the same chance, without repetition; all of them if there are fewer.
/// `services` (`vpc`, or `ecs/20140526` for one version) restricts the choice unless it is empty. Sorted, so that each service comes once.
pub fn draw(catalog: &Catalog, services: &[String], count: usize, seed: u64) -> Vec<[String; 3]> {
    let is = |wanted: &str, entry: &ServiceEntry<'_>| match wanted.split_once('/') {
        Some((name, version)) => name == entry.name() && version == entry.version(),
        None => wanted == entry.name(),
    };
    let is_wanted = |entry: &ServiceEntry<'_>| services.is_empty() || services.iter().any(|wanted| is(wanted, entry));
    let entries = catalog.services().filter(is_wanted);
    let mut all: Vec<[String; 3]> = entries
        .flat_map(|entry| {
            let place = (entry.name().to_owned(), entry.version().to_owned());
            entry.operation_names().map(move |name| [place.0.clone(), place.1.clone(), name.to_owned()])
        })
        .collect();
    let chance = SeededChance::new(seed);
    let count = count.min(all.len());
    for at in 0..count {
        let other = at + (chance.next_u64() % (all.len() - at) as u64) as usize;
        all.swap(at, other);
    }
    all.truncate(count);
    all.sort();
    all
}

/// The seed of one call, so that a difference comes again whatever else is drawn.
pub fn seed_of(seed: u64, place: &str) -> u64 {
    place
        .bytes()
        .fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// What the oracle needs to find the vendor's package of an operation.
pub fn package(operation: &Operation<'_>) -> Value {
    let meta = operation.service.meta();
    let source = meta.sources.iter().find(|source| source.package != "tccli");
    let package = source.map_or("", |source| source.package);
    let (unpack, installed) = match meta.cloud {
        sanyun_catalog::Cloud::Tencent => {
            (format!("tencentcloud/{}/", meta.service), format!("tencentcloud-sdk-python-{}", meta.service))
        }
        _ => (format!("{}/", package.replace('-', "_")), package.to_owned()),
    };
    json!({
        "service": meta.service,
        "version": meta.version,
        "api_version": meta.api_version,
        "product": meta.product,
        "package": package,
        "release": source.map_or("", |source| source.release),
        "unpack": unpack,
        "installed": installed,
    })
}

/// Two objects as one.
pub fn merged(mut one: Value, other: Value) -> Value {
    if let (Some(members), Value::Object(other)) = (one.as_object_mut(), other) {
        members.extend(other);
    }
    one
}

#[cfg(test)]
mod tests;
