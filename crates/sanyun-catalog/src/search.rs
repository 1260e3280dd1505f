//! Operations by words.
//!
//! Every word of a query must fit the service or the operation (or, if asked for, a parameter). Whole names rank before
//! beginnings, parts of a name (`List` `Vpc` `Peerings`) before letters somewhere inside it. The verbs of the clouds
//! count as each other's weak synonyms: `list snapshots` finds `DescribeSnapshots`.

mod parameters;
mod score;

use std::cmp::Reverse;

use crate::{Catalog, Cloud, ServiceEntry};

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
    words: Vec<String>,
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
        let words = words.split_whitespace().map(str::to_lowercase).collect();
        Query { words, service: None, parameters: false, limit: 20 }
    }

    /// Only in the versions of this service (its name in the catalog).
    pub fn service(mut self, name: &str) -> Query {
        self.service = Some(name.to_owned());
        self
    }

    /// Also in the names of parameters and of the fields of the body. This unpacks the operations of every service
    /// that is searched, so name the service where it can be known.
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
            for catalog in catalogs {
                catalog
                    .services()
                    .filter(|entry| self.wants(entry))
                    .for_each(|entry| self.search(catalog, entry, &mut hits));
            }
        }
        hits.sort_by_cached_key(|hit| {
            let name = hit.operation.unwrap_or_default();
            (Reverse(hit.score), name.len(), name, hit.cloud, hit.service, Reverse(hit.version))
        });
        hits.truncate(self.limit);
        hits
    }

    fn wants(&self, entry: &ServiceEntry<'_>) -> bool {
        self.service.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(entry.name()))
    }

    fn search<'a>(&self, catalog: &'a Catalog, entry: ServiceEntry<'a>, hits: &mut Vec<Hit<'a>>) {
        let hit = Hit {
            cloud: catalog.cloud(),
            service: entry.name(),
            version: entry.version(),
            operation: None,
            parameter: None,
            score: 0,
        };
        let services: Vec<u32> = self.words.iter().map(|word| score::service(word, &entry)).collect();
        if services.iter().all(|score| *score > 0) {
            hits.push(Hit { score: services.iter().map(|score| score * 2).sum(), ..hit.clone() });
        }
        for name in entry.operation_names() {
            hits.extend(self.score(name, &services).map(|score| Hit { operation: Some(name), score, ..hit.clone() }));
        }
        if self.parameters {
            let fits = |operation: &str, parameter: &str| self.parameter_score(operation, parameter, &services);
            hits.extend(parameters::search(entry, fits).into_iter().map(|(operation, parameter, score)| Hit {
                operation: Some(operation),
                parameter: Some(parameter),
                score,
                ..hit.clone()
            }));
        }
    }

    /// The sum over all words, `None` if one of them fits neither the operation nor the service.
    fn score(&self, name: &str, service_scores: &[u32]) -> Option<u32> {
        let scores = self.words.iter().zip(service_scores).map(|(word, service)| score::name(word, name).max(*service));
        let total = scores.map(|score| (score > 0).then_some(score)).sum::<Option<u32>>()?;
        // A word that only the service fits must not bring up all its operations.
        self.words.iter().any(|word| score::name(word, name) > 0).then_some(total)
    }

    /// The score of a parameter: the words that fit neither operation nor service must all fit it, and there must be one.
    /// A parameter counts a quarter of a name.
    fn parameter_score(&self, operation: &str, parameter: &str, services: &[u32]) -> Option<u32> {
        let mut total = 0;
        for (word, service) in self.words.iter().zip(services) {
            if score::name(word, operation).max(*service) == 0 {
                total += Some(score::name(word, parameter)).filter(|score| *score > 0)? / 4;
            }
        }
        Some(total).filter(|total| *total > 0)
    }
}

#[cfg(test)]
#[cfg(all(feature = "huawei", feature = "tencent", feature = "alibaba"))]
mod tests;
