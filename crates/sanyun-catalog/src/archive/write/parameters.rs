//! The index of the names of parameters.

use std::collections::{BTreeMap, BTreeSet};

use super::Records;
use crate::record::Cells;
use crate::search::postings;

/// The distinct names of all parameters and of the fields of all bodies, and which operations have them.
pub(super) struct Parameters {
    /// One a line, sorted.
    pub(super) names: String,
    pub(super) postings: Vec<u8>,
}

impl Parameters {
    pub(super) fn of(versions: &BTreeMap<(String, String), Records>) -> Parameters {
        let mut users: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        let operations = versions.values().flat_map(|records| records.operations.values().map(move |it| (records, it)));
        for (number, (records, operation)) in (0..).zip(operations) {
            for name in parameters(operation, records) {
                users.entry(name).or_default().push(number);
            }
        }
        let names = users.keys().flat_map(|name| [name, "\n"]).collect();
        let mut lists = Vec::new();
        users.values().for_each(|numbers| postings::write(numbers, &mut lists));
        Parameters { names, postings: lists }
    }
}

fn parameters<'a>(operation: &'a str, records: &'a Records) -> BTreeSet<&'a str> {
    let body = Cells::new(operation.lines().next().unwrap_or_default()).skip(6).next();
    let body = body.strip_prefix('#').and_then(|name| records.types.get(name)).map(String::as_str).unwrap_or_default();
    let params = first_cells(operation, 'P').filter_map(|cell| cell.get(1..));
    params.chain(first_cells(body, 'F')).filter(|name| !name.is_empty()).collect()
}

/// The first cells of the lines of one kind.
fn first_cells(record: &str, kind: char) -> impl Iterator<Item = &str> {
    record.lines().filter(move |line| line.starts_with(kind)).map(|line| Cells::new(line).next())
}
