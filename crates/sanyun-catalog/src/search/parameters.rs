//! Parameters and fields of bodies, in one pass over the records of a service version.

use std::collections::HashMap;

use crate::ServiceEntry;
use crate::record::Cells;

/// For each operation its first parameter (or field of the body) that fits, with its score.
pub(super) fn search<'a>(
    entry: ServiceEntry<'a>,
    fits: impl Fn(&str, &str) -> Option<u32>,
) -> Vec<(&'a str, &'a str, u32)> {
    let Ok(service) = entry.open() else { return Vec::new() };
    let mut found = Vec::new();
    // Operations that wait for the structure of their body, which comes later.
    let mut waiting: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut operation = "";
    let mut users: Vec<&str> = Vec::new();
    for line in service.record_lines() {
        let mut cells = Cells::new(line);
        match line.as_bytes().first() {
            Some(b'O') => {
                operation = cells.next();
                if let Some(body) = cells.skip(5).next().strip_prefix('#') {
                    waiting.entry(body).or_default().push(operation);
                }
            }
            Some(b'P') => {
                let name = cells.next().get(1..).unwrap_or_default();
                found.extend(fits(operation, name).map(|score| (operation, name, score)));
            }
            Some(b'T') => users = waiting.remove(cells.next()).unwrap_or_default(),
            Some(b'F') if !users.is_empty() => {
                let name = cells.next();
                for operation in &users {
                    found.extend(fits(operation, name).map(|score| (*operation, name, score)));
                }
            }
            _ => {}
        }
    }
    // The best of each operation.
    found.sort_by_key(|(operation, _, score)| (*operation, std::cmp::Reverse(*score)));
    found.dedup_by_key(|(operation, _, _)| *operation);
    found
}
