//! The rules of paging, put into the records of operations.

use std::collections::BTreeMap;

use super::{Names, Pack, Records, WriteError, Writer, names_blocks};
use crate::paging::{self, Overrides};
use crate::{Catalog, Cloud};

/// The number of the cell with the rule, behind the operation's name.
const CELL: usize = 10;

/// Puts the rule into the record of every operation that has pages.
pub(super) fn mark(cloud: Cloud, name: &(String, String), records: &mut Records) -> Result<(), WriteError> {
    let overrides = Overrides::new(cloud).map_err(|row| WriteError::Audit(format!("paging.tsv: {row:?}")))?;
    for operation in overrides.operations(&name.0, &name.1) {
        if !records.operations.contains_key(operation) {
            return Err(WriteError::Audit(format!("paging.tsv: {} {} has no `{operation}`", name.0, name.1)));
        }
    }
    for (operation, rule) in recognised(cloud, name, records)? {
        let rule = match overrides.rule(&name.0, &name.1, &operation) {
            Some(rule) => rule.map(|rule| rule.to_string()),
            None => rule,
        };
        if let (Some(record), Some(rule)) = (records.operations.get_mut(&operation), rule) {
            *record = with_rule(record, &rule);
        }
    }
    Ok(())
}

/// Every operation with the rule that the facts suggest. The records are packed for it as they will be in the archive,
/// so that they are read in one way only.
fn recognised(
    cloud: Cloud,
    name: &(String, String),
    records: &Records,
) -> Result<Vec<(String, Option<String>)>, WriteError> {
    let alone = Writer { cloud, versions: BTreeMap::from([(name.clone(), records.clone())]) };
    let names: Names = names_blocks(&alone.versions);
    let catalog = Catalog::open(alone.pack_with(&names, Pack::new(1, &[])?)?)?;
    let service = catalog.service(&name.0, Some(&name.1))?;
    Ok(service.all_operations().map(|it| (it.name.to_owned(), paging::recognise(&it))).collect())
}

fn with_rule(record: &str, rule: &str) -> String {
    let (line, rest) = record.split_once('\n').unwrap_or((record, ""));
    let mut cells: Vec<&str> = line.split('\t').collect();
    cells.resize(CELL, "");
    cells.push(rule);
    format!("{}\n{rest}", cells.join("\t"))
}
