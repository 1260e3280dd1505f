//! Operations by words.
//!
//! Every word of a query must fit the service or the operation (or, if asked for, a parameter). Whole names rank before
//! beginnings, parts of a name (`List` `Vpc` `Peerings`) before letters somewhere inside it, and names of which every
//! part is asked for before longer ones. Plural and singular find each other, and the verbs of the clouds count as each
//! other's synonyms: `list snapshots` finds `DescribeSnapshots`. A word of several parts (`VpcId`, `vpc_id`) fits
//! however the name is spelled.
//!
//! Nothing is unpacked but the names: those of operations, and an index of the distinct names of parameters.

pub(crate) mod postings;
mod run;
mod score;

use std::cmp::Reverse;

use crate::{Catalog, Cloud, ServiceEntry};
use score::Word;
pub(crate) use score::words;

/// What to look for.
///
/// ```
/// # #[cfg(feature = "tencent")] {
/// use sanyun_catalog::{Catalog, search::Query};
///
/// let hits = Query::new("describe instances").limit(5).run([Catalog::tencent()]);
/// assert_eq!(hits[0].operation, Some("DescribeInstances"));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Query {
    words: Vec<Word>,
    service: Option<String>,
    parameters: bool,
    limit: usize,
}

/// One find, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The cloud.
    pub cloud: Cloud,
    /// The service.
    pub service: &'a str,
    /// The version.
    pub version: &'a str,
    /// The operation; `None` if the service itself is the find.
    pub operation: Option<&'a str>,
    /// The parameter that fits, if no name of the operation did.
    pub parameter: Option<&'a str>,
    /// How well it fits; comparable within one query.
    pub score: u32,
}

impl Query {
    /// A query of words separated by blanks; case does not matter. At most 20 finds.
    pub fn new(words: &str) -> Query {
        let words = words.split_whitespace().filter_map(Word::new).collect();
        Query { words, service: None, parameters: false, limit: 20 }
    }

    /// Only in the versions of this service (its name in the catalog).
    pub fn service(mut self, name: &str) -> Query {
        self.service = Some(name.to_owned());
        self
    }

    /// Also in the names of parameters and of the fields of the body. An operation is found with the one that fits best.
    pub fn parameters(mut self) -> Query {
        self.parameters = true;
        self
    }

    /// At most this many finds.
    pub fn limit(mut self, limit: usize) -> Query {
        self.limit = limit;
        self
    }

    /// Searches the catalogs. Of names that fit equally well the shorter comes first, then the newer version.
    pub fn run<'a>(&self, catalogs: impl IntoIterator<Item = &'a Catalog>) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        if !self.words.is_empty() {
            catalogs.into_iter().for_each(|catalog| self.search(catalog, &mut hits));
        }
        best(hits, self.limit)
    }

    fn wants(&self, entry: &ServiceEntry<'_>) -> bool {
        self.service.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(entry.name()))
    }
}

/// The best of them in order.
fn best(mut hits: Vec<Hit<'_>>, limit: usize) -> Vec<Hit<'_>> {
    let order = |one: &Hit<'_>, other: &Hit<'_>| rank(one).cmp(&rank(other));
    if limit < hits.len() {
        hits.select_nth_unstable_by(limit, order);
        hits.truncate(limit);
    }
    hits.sort_unstable_by(order);
    hits
}

fn rank<'a>(hit: &Hit<'a>) -> impl Ord + use<'a> {
    let name = hit.operation.unwrap_or_default();
    (Reverse(hit.score), name.len(), name, hit.cloud, hit.service, Reverse(hit.version))
}

#[cfg(test)]
#[cfg(all(feature = "huawei", feature = "tencent", feature = "alibaba"))]
mod tests;
