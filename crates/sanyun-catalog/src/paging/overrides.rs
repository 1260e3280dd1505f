//! The table kept by hand: rules where the facts mislead.

use std::collections::HashMap;

use super::Paging;
use crate::Cloud;

/// `cloud TAB service TAB version TAB operation TAB rule`; the rule `none` says that there are no pages.
const TABLE: &str = include_str!("../../paging.tsv");

/// The rows of one cloud.
pub(crate) struct Overrides<'t> {
    rows: HashMap<[&'t str; 3], &'t str>,
}

impl Overrides<'static> {
    /// The table of this release.
    ///
    /// # Errors
    /// The row that is not understood.
    pub(crate) fn new(cloud: Cloud) -> Result<Self, String> {
        Overrides::read(TABLE, cloud)
    }
}

impl<'t> Overrides<'t> {
    pub(super) fn read(table: &'t str, cloud: Cloud) -> Result<Self, String> {
        let mut rows = HashMap::new();
        for line in table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [of, service, version, operation, rule] = cells.as_slice() else { return Err(line.to_owned()) };
            if Cloud::from_word(of).is_none() || *rule != "none" && Paging::parse(rule).is_none() {
                return Err(line.to_owned());
            }
            if *of == cloud.as_str() {
                rows.insert([*service, *version, *operation], *rule);
            }
        }
        Ok(Overrides { rows })
    }

    /// The rule of an operation, if the table has one; an inner `None` says that there are no pages.
    pub(crate) fn rule(&self, service: &str, version: &str, operation: &str) -> Option<Option<Paging<'t>>> {
        self.rows.get(&[service, version, operation]).map(|rule| Paging::parse(rule))
    }

    /// The operations that the table names in a service version.
    pub(crate) fn operations<'s>(&'s self, service: &'s str, version: &'s str) -> impl Iterator<Item = &'t str> + 's {
        self.rows.keys().filter(move |[of, at, _]| *of == service && *at == version).map(|[_, _, name]| *name)
    }
}
