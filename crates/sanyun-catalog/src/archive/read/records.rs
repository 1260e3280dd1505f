//! Unpacked records and where each of them starts.

use std::str::Lines;

use super::Kind;

/// The text of a block, and its records in order of kind and name.
pub(super) struct Records {
    text: Box<str>,
    /// Where the records start that are found by name.
    starts: Box<[u32]>,
}

impl Records {
    pub(super) fn new(text: Box<str>) -> Records {
        let starts = starts(&text);
        Records { text, starts }
    }

    pub(super) fn lines(&self) -> Lines<'_> {
        self.text.lines()
    }

    /// The lines from the record of that kind and name to the end.
    pub(super) fn find(&self, kind: Kind, name: &str) -> Option<Lines<'_>> {
        let found = self.starts.binary_search_by(|start| key(self.from(*start)).cmp(&(Some(kind), name))).ok()?;
        self.starts.get(found).map(|start| self.from(*start).lines())
    }

    /// For each record of that kind the lines from its first to the end.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = Lines<'_>> {
        let after = self.starts.partition_point(|start| Kind::of(self.from(*start)) < Some(kind));
        let records = self.starts.get(after..).unwrap_or_default().iter().map(|start| self.from(*start));
        records.take_while(move |record| Kind::of(record) == Some(kind)).map(str::lines)
    }

    fn from(&self, start: u32) -> &str {
        self.text.get(start as usize..).unwrap_or_default()
    }
}

/// Kind and name of the record that a text starts with.
fn key(record: &str) -> (Option<Kind>, &str) {
    let end = record.bytes().position(|byte| matches!(byte, b'\t' | b'\n')).unwrap_or(record.len());
    (Kind::of(record), record.get(1..end).unwrap_or_default())
}

fn starts(text: &str) -> Box<[u32]> {
    let is_record = |at: &usize| text.get(*at..).and_then(Kind::of).is_some();
    let behind_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
    // A block is far shorter than 4 GiB.
    std::iter::once(0).chain(behind_breaks).filter(is_record).map(|at| at as u32).collect()
}
