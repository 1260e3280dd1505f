//! One query over the names of one catalog.

use super::postings::Lists;
use super::score::{self, Names, Word};
use super::{Hit, Query};
use crate::{Catalog, ServiceEntry};

/// The operations of one catalog and how well each word fits them. They are numbered in the order of the directory.
struct Search<'q, 'a> {
    words: &'q [Word],
    entries: Vec<Entry<'a>>,
    /// For each operation the number of its entry.
    owners: Vec<u32>,
    /// For each operation the score of each word.
    scores: Vec<u32>,
}

struct Entry<'a> {
    entry: ServiceEntry<'a>,
    wanted: bool,
    /// The number of its first operation.
    first: usize,
    operations: Vec<&'a str>,
    /// The score of each word.
    scores: Vec<u32>,
}

/// The best parameter of an operation.
#[derive(Clone, Copy, Default)]
struct Best {
    score: u32,
    /// The number of the parameter's name.
    name: usize,
}

impl Query {
    pub(super) fn search<'a>(&self, catalog: &'a Catalog, hits: &mut Vec<Hit<'a>>) {
        let search = Search::new(self, catalog);
        search.services(hits);
        search.operations(hits);
        if self.parameters {
            search.parameters(catalog, hits);
        }
    }
}

impl<'q, 'a> Search<'q, 'a> {
    fn new(query: &'q Query, catalog: &'a Catalog) -> Search<'q, 'a> {
        let mut search = Search { words: &query.words, entries: Vec::new(), owners: Vec::new(), scores: Vec::new() };
        for entry in catalog.services() {
            search.add(entry, query.wants(&entry));
        }
        search
    }

    fn add(&mut self, entry: ServiceEntry<'a>, wanted: bool) {
        let (first, words) = (self.owners.len(), self.words.len());
        // Numbers must not depend on what is wanted.
        let count = entry.operation_count();
        self.owners.resize(first + count, self.entries.len() as u32);
        self.scores.resize((first + count) * words, 0);
        let text = if wanted { entry.names_text() } else { "" };
        let names = Names::new(text);
        for (number, word) in self.words.iter().enumerate() {
            word.names(&names, |line, score| {
                let place = self.scores.get_mut((first + line) * words + number).filter(|_| line < count);
                place.into_iter().for_each(|place| *place = score);
            });
        }
        let scores = self.words.iter().map(|word| word.service(&entry)).collect();
        self.entries.push(Entry { entry, wanted, first, operations: names.lines, scores });
    }

    fn wanted(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(|entry| entry.wanted)
    }

    /// Services that all words fit.
    fn services(&self, hits: &mut Vec<Hit<'a>>) {
        for entry in self.wanted().filter(|entry| entry.scores.iter().all(|score| *score > 0)) {
            hits.push(entry.hit(score::SERVICE_ALONE + entry.scores.iter().sum::<u32>()));
        }
    }

    /// Operations that all words fit, or the service in place of some.
    fn operations(&self, hits: &mut Vec<Hit<'a>>) {
        for entry in self.wanted() {
            for (number, name) in (entry.first..).zip(&entry.operations) {
                let scores = self.scores_of(number);
                // A word that only the service fits must not bring up all its operations.
                if scores.iter().any(|score| *score > 0) {
                    let total = entry.total(scores, |_| None).map(|sum| sum + score::together(self.words, name));
                    hits.extend(total.map(|score| Hit { operation: Some(name), ..entry.hit(score) }));
                }
            }
        }
    }

    /// Operations of which one parameter fits all words that neither they nor their service do.
    fn parameters(&self, catalog: &'a Catalog, hits: &mut Vec<Hit<'a>>) {
        let Ok(Some(parameters)) = catalog.archive.parameters() else { return };
        let names = Names::new(&parameters.names);
        let best = self.best_parameters(&names, &parameters.postings);
        for entry in self.wanted() {
            for (number, operation) in (entry.first..).zip(&entry.operations) {
                let Some(best) = best.get(number).filter(|best| best.score > 0) else { continue };
                let parameter = names.lines.get(best.name).copied();
                hits.push(Hit { operation: Some(operation), parameter, ..entry.hit(best.score) });
            }
        }
    }

    fn best_parameters(&self, names: &Names<'_>, postings: &[u8]) -> Vec<Best> {
        let words = self.words.len();
        let mut scores = vec![0; names.lines.len() * words];
        for (number, word) in self.words.iter().enumerate() {
            word.names(names, |line, score| {
                scores.get_mut(line * words + number).into_iter().for_each(|place| *place = score);
            });
        }
        let mut best = vec![Best::default(); self.owners.len()];
        for ((name, list), scores) in Lists(postings).enumerate().zip(scores.chunks_exact(words.max(1))) {
            if scores.iter().all(|score| *score == 0) {
                continue;
            }
            for number in list {
                let Some(best) = best.get_mut(number as usize) else { break };
                match self.with_parameter(number as usize, scores) {
                    Some(score) if score > best.score => *best = Best { score, name },
                    _ => {}
                }
            }
        }
        best
    }

    /// The score of an operation together with a parameter that at least one word needs. A parameter counts half.
    fn with_parameter(&self, number: usize, parameter: &[u32]) -> Option<u32> {
        let entry = self.entries.get(*self.owners.get(number)? as usize).filter(|entry| entry.wanted)?;
        let mut needed = false;
        let total = entry.total(self.scores_of(number), |word| {
            needed = true;
            parameter.get(word).filter(|score| **score > 0).map(|score| score / 2)
        })?;
        needed.then_some(total)
    }

    fn scores_of(&self, number: usize) -> &[u32] {
        let words = self.words.len();
        self.scores.get(number * words..(number + 1) * words).unwrap_or_default()
    }
}

impl<'a> Entry<'a> {
    fn hit(&self, score: u32) -> Hit<'a> {
        let cloud = self.entry.cloud();
        Hit {
            cloud,
            service: self.entry.name(),
            version: self.entry.version(),
            operation: None,
            parameter: None,
            score,
        }
    }

    /// The sum over all words of what the operation or the service scores, or else of what is said for the word.
    fn total(&self, scores: &[u32], mut or_else: impl FnMut(usize) -> Option<u32>) -> Option<u32> {
        let best = scores.iter().zip(&self.scores).map(|(operation, service)| *operation.max(service));
        best.enumerate().map(|(word, score)| if score > 0 { Some(score) } else { or_else(word) }).sum()
    }
}
