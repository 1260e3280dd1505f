//! The directory: what must be read before anything can be found. Its lines are kept as they are and taken apart
//! when they are asked for, so that opening an archive costs next to nothing.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::{ArchiveError, Cells, Cloud, Head, Location};

/// The directory, read.
pub(super) struct Directory {
    pub(super) cloud: Cloud,
    pub(super) dictionary: Option<Location>,
    pub(super) names: Vec<Location>,
    pub(super) parameters: Option<Location>,
    pub(super) postings: Option<Location>,
    pub(super) entries: Vec<Entry>,
}

/// One service version: a line `V`.
pub(crate) struct Entry {
    text: Arc<Cow<'static, str>>,
    line: Range<usize>,
    pub(super) head: OnceLock<Result<Head, ArchiveError>>,
}

impl Directory {
    pub(super) fn read(bytes: Cow<'static, [u8]>) -> Option<Directory> {
        let text = Arc::new(match bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(std::str::from_utf8(bytes).ok()?),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8(bytes).ok()?),
        });
        let cloud = Cloud::from_word(text.lines().next()?.strip_prefix('A')?)?;
        let mut directory = Directory {
            cloud,
            dictionary: None,
            names: Vec::new(),
            parameters: None,
            postings: None,
            entries: Vec::new(),
        };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            directory.line(&text, at..at + line.len())?;
            at += line.len();
        }
        Some(directory)
    }

    fn line(&mut self, text: &Arc<Cow<'static, str>>, range: Range<usize>) -> Option<()> {
        let line = text.get(range.clone())?.trim_end_matches('\n');
        match line.as_bytes().first()? {
            b'A' => {}
            b'D' => self.dictionary = Some(Location::read(&mut Cells::new(line))?),
            b'P' => self.parameters = Some(Location::read(&mut Cells::new(line))?),
            b'I' => self.postings = Some(Location::read(&mut Cells::new(line))?),
            b'N' => self.names.push(Location::read(&mut Cells::new(line))?),
            b'V' => {
                let line = range.start..range.start + line.len();
                self.entries.push(Entry { text: Arc::clone(text), line, head: OnceLock::new() });
            }
            _ => return None,
        }
        Some(())
    }
}

impl Entry {
    fn cells(&self) -> Cells<'_> {
        Cells::new(self.text.get(self.line.clone()).unwrap_or_default())
    }

    fn cell(&self, number: usize) -> &str {
        self.cells().skip(number).next()
    }

    pub(crate) fn service(&self) -> &str {
        self.cell(0)
    }

    pub(crate) fn version(&self) -> &str {
        self.cell(1)
    }

    pub(crate) fn api_version(&self) -> &str {
        self.cell(2)
    }

    pub(crate) fn product(&self) -> &str {
        self.cell(3)
    }

    pub(crate) fn operations(&self) -> usize {
        self.cell(4).parse().unwrap_or(0)
    }

    pub(crate) fn types(&self) -> usize {
        self.cell(5).parse().unwrap_or(0)
    }

    pub(super) fn head_place(&self) -> Option<Location> {
        Location::read(&mut self.cells().skip(6))
    }

    /// The number of the block of names, and the bytes there.
    pub(super) fn names_place(&self) -> Option<(usize, Range<usize>)> {
        let mut cells = self.cells().skip(10);
        let mut number = || cells.next().parse().ok();
        Some((number()?, number()?..number()?))
    }
}
