//! Reading an archive.

mod directory;
mod records;

use std::borrow::Cow;
use std::str::Lines;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use ruzstd::decoding::{Dictionary, FrameDecoder};

use super::{ArchiveError, HEADER_BYTES, Location, MAGIC, MAX_BLOCK_BYTES, SCHEMA, block_checksum, checksum};
use crate::Cloud;
use crate::record::Cells;
use directory::Directory;
pub(crate) use directory::Entry;
use records::Records;

/// An open archive: the directory is read, everything else waits until it is asked for.
pub(crate) struct Archive {
    pub(crate) cloud: Cloud,
    pub(crate) entries: Vec<Entry>,
    names: Vec<Names>,
    parameters: Option<(Location, Location)>,
    unpacked_parameters: OnceLock<Result<Parameters, ArchiveError>>,
    dictionary: Option<Location>,
    bytes: Cow<'static, [u8]>,
    blocks_at: usize,
    blocks_checksum: u64,
    decoder: OnceLock<Result<Mutex<FrameDecoder>, ArchiveError>>,
}

/// The unpacked head of a service version.
pub(crate) struct Head {
    records: Records,
    /// Empty if the head holds all records itself.
    blocks: Vec<Block>,
}

/// The distinct names of all parameters of all operations.
pub(crate) struct Parameters {
    /// One a line.
    pub(crate) names: Box<str>,
    /// Which operations have them: see [`postings`](crate::search::postings).
    pub(crate) postings: Vec<u8>,
}

/// The kinds of record that are found by name, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Operation,
    Type,
    Error,
}

/// A block of records and, once asked for, what it holds.
struct Block {
    first: (Kind, Box<str>),
    location: Location,
    records: OnceLock<Result<Records, ArchiveError>>,
}

/// A block of operation names and, once asked for, its text.
struct Names {
    location: Location,
    text: OnceLock<Result<Box<str>, ArchiveError>>,
}

impl Archive {
    /// Reads header and directory.
    pub(crate) fn open(bytes: Cow<'static, [u8]>) -> Result<Archive, ArchiveError> {
        let header = Header::read(&bytes)?;
        let directory =
            part(&bytes, HEADER_BYTES..header.blocks_at).ok_or(ArchiveError::Damaged("directory is cut short"))?;
        if checksum(&directory) != header.directory_checksum {
            return Err(ArchiveError::Damaged("checksum of the directory"));
        }
        let directory = Directory::read(directory).ok_or(ArchiveError::Damaged("directory"))?;
        Ok(Archive {
            cloud: directory.cloud,
            entries: directory.entries,
            names: directory.names.into_iter().map(|location| Names { location, text: OnceLock::new() }).collect(),
            parameters: directory.parameters.zip(directory.postings),
            unpacked_parameters: OnceLock::new(),
            dictionary: directory.dictionary,
            blocks_at: header.blocks_at,
            blocks_checksum: header.blocks_checksum,
            bytes,
            decoder: OnceLock::new(),
        })
    }

    /// Checks every byte against the checksums.
    pub(crate) fn verify(&self) -> Result<(), ArchiveError> {
        match self.bytes.get(self.blocks_at..).map(checksum) {
            Some(sum) if sum == self.blocks_checksum => Ok(()),
            _ => Err(ArchiveError::Damaged("checksum of the blocks")),
        }
    }

    /// The head of a service version, unpacked once.
    pub(crate) fn head<'a>(&self, entry: &'a Entry) -> Result<&'a Head, ArchiveError> {
        let read = || {
            let place = entry.head_place().ok_or(ArchiveError::Damaged("place of a head"))?;
            Head::read(self.unpack(place)?)
        };
        entry.head.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// The lines from the record of that kind and name to the end of its block.
    pub(crate) fn record<'a>(
        &'a self,
        head: &'a Head,
        kind: Kind,
        name: &str,
    ) -> Result<Option<Lines<'a>>, ArchiveError> {
        if head.blocks.is_empty() {
            return Ok(head.records.find(kind, name));
        }
        let behind = head.blocks.partition_point(|block| (block.first.0, &*block.first.1) <= (kind, name));
        let Some(block) = behind.checked_sub(1).and_then(|at| head.blocks.get(at)) else { return Ok(None) };
        Ok(self.records_of(block)?.find(kind, name))
    }

    /// For each record of that kind its lines (and those behind it in its block). Blocks that cannot be read are left out.
    pub(crate) fn records<'a>(&'a self, head: &'a Head, kind: Kind) -> impl Iterator<Item = Lines<'a>> {
        let after = head.blocks.partition_point(|block| block.first.0 < kind).saturating_sub(1);
        let behind = head.blocks.partition_point(|block| block.first.0 <= kind);
        let blocks = head.blocks.get(after..behind).unwrap_or_default();
        let own = head.blocks.is_empty().then_some(&head.records);
        let texts = own.into_iter().chain(blocks.iter().filter_map(|block| self.records_of(block).ok()));
        texts.flat_map(move |records| records.all(kind))
    }

    /// The operation names of a service version, one a line.
    pub(crate) fn operation_names(&self, entry: &Entry) -> Result<&str, ArchiveError> {
        let names = || {
            let (block, range) = entry.names_place()?;
            Some((self.names.get(block)?, range))
        };
        let (block, range) = names().ok_or(ArchiveError::Damaged("place of names"))?;
        self.names_text(block)?.get(range).ok_or(ArchiveError::Damaged("place of names"))
    }

    /// The names of parameters, unpacked once; `None` if no operation has parameters.
    pub(crate) fn parameters(&self) -> Result<Option<&Parameters>, ArchiveError> {
        let Some((names, postings)) = self.parameters else { return Ok(None) };
        let unpack = || Ok(Parameters { names: self.unpack(names)?, postings: self.unpack_bytes(postings)? });
        self.unpacked_parameters.get_or_init(unpack).as_ref().map(Some).map_err(Clone::clone)
    }

    fn names_text<'a>(&self, names: &'a Names) -> Result<&'a str, ArchiveError> {
        names.text.get_or_init(|| self.unpack(names.location)).as_deref().map_err(Clone::clone)
    }

    fn records_of<'a>(&self, block: &'a Block) -> Result<&'a Records, ArchiveError> {
        let records = || self.unpack(block.location).map(Records::new);
        block.records.get_or_init(records).as_ref().map_err(Clone::clone)
    }

    fn unpack(&self, location: Location) -> Result<Box<str>, ArchiveError> {
        let text = String::from_utf8(self.unpack_bytes(location)?);
        text.map(String::into_boxed_str).map_err(|_| ArchiveError::Damaged("text of a block"))
    }

    fn unpack_bytes(&self, location: Location) -> Result<Vec<u8>, ArchiveError> {
        let packed = self.packed(location)?;
        let mut bytes = vec![0; location.unpacked];
        let written = self.decoder()?.decode_all(packed, &mut bytes).map_err(|_| ArchiveError::Damaged("block"))?;
        if written != location.unpacked {
            return Err(ArchiveError::Damaged("length of a block"));
        }
        Ok(bytes)
    }

    fn packed(&self, location: Location) -> Result<&[u8], ArchiveError> {
        let start = self.blocks_at.checked_add(location.offset);
        let end = start.and_then(|start| start.checked_add(location.len));
        let range = start.zip(end).map(|(start, end)| start..end);
        let packed = range.and_then(|range| self.bytes.get(range)).ok_or(ArchiveError::Damaged("place of a block"))?;
        if block_checksum(packed) != location.checksum || location.unpacked > MAX_BLOCK_BYTES {
            return Err(ArchiveError::Damaged("checksum of a block"));
        }
        Ok(packed)
    }

    fn decoder(&self) -> Result<MutexGuard<'_, FrameDecoder>, ArchiveError> {
        let decoder = self.decoder.get_or_init(|| self.new_decoder().map(Mutex::new)).as_ref().map_err(Clone::clone)?;
        // A decoder left behind by a panic starts afresh with the next frame.
        Ok(decoder.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn new_decoder(&self) -> Result<FrameDecoder, ArchiveError> {
        let damaged = ArchiveError::Damaged("dictionary");
        let mut decoder = FrameDecoder::new();
        if let Some(location) = self.dictionary {
            let mut raw = vec![0; location.unpacked.min(MAX_BLOCK_BYTES)];
            decoder.decode_all(self.packed(location)?, &mut raw).map_err(|_| damaged.clone())?;
            let dictionary = Dictionary::decode_dict(&raw).map_err(|_| damaged.clone())?;
            decoder.add_dict(dictionary).map_err(|_| damaged)?;
        }
        Ok(decoder)
    }
}

/// A part of the bytes, borrowed for ever if they are part of the program.
#[allow(clippy::ptr_arg, reason = "whether the bytes are borrowed matters")]
fn part(bytes: &Cow<'static, [u8]>, range: std::ops::Range<usize>) -> Option<Cow<'static, [u8]>> {
    match bytes {
        Cow::Borrowed(bytes) => bytes.get(range).map(Cow::Borrowed),
        Cow::Owned(bytes) => bytes.get(range).map(|part| Cow::Owned(part.to_vec())),
    }
}

struct Header {
    blocks_at: usize,
    directory_checksum: u64,
    blocks_checksum: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Header, ArchiveError> {
        if !bytes.starts_with(MAGIC) {
            return Err(ArchiveError::NotAnArchive);
        }
        let word = |at: usize| bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        let long = |at: usize| bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        let schema = word(8).ok_or(ArchiveError::NotAnArchive)?;
        if schema != SCHEMA {
            return Err(ArchiveError::Schema(schema));
        }
        let header = || {
            let directory = usize::try_from(word(12)?).ok()?;
            Some(Header {
                blocks_at: HEADER_BYTES.checked_add(directory)?,
                directory_checksum: long(16)?,
                blocks_checksum: long(24)?,
            })
        };
        header().ok_or(ArchiveError::Damaged("header"))
    }
}

impl Location {
    fn read(cells: &mut Cells<'_>) -> Option<Location> {
        Some(Location {
            offset: cells.next().parse().ok()?,
            len: cells.next().parse().ok()?,
            unpacked: cells.next().parse().ok()?,
            checksum: u32::from_str_radix(cells.next(), 16).ok()?,
        })
    }
}

impl Head {
    fn read(text: Box<str>) -> Result<Head, ArchiveError> {
        let lines = text.lines().filter_map(|line| line.strip_prefix('B'));
        let blocks = lines.map(Block::read).collect::<Option<Vec<_>>>();
        let blocks = blocks.ok_or(ArchiveError::Damaged("place of a block"))?;
        Ok(Head { records: Records::new(text), blocks })
    }

    /// The lines of the head: `S`, `K`, `R` and what stands behind them.
    pub(crate) fn lines(&self) -> Lines<'_> {
        self.records.lines()
    }
}

impl Block {
    fn new((kind, first): (Kind, &str), location: Location) -> Block {
        Block { first: (kind, first.into()), location, records: OnceLock::new() }
    }

    /// A line `B` behind its first character: the first record's kind and name, then the place.
    fn read(line: &str) -> Option<Block> {
        let kind = Kind::of(line)?;
        let mut cells = Cells::new(line);
        let first = cells.next();
        Some(Block::new((kind, first), Location::read(&mut cells)?))
    }
}

impl Kind {
    /// The kind of the record that a line starts.
    fn of(line: &str) -> Option<Kind> {
        match line.as_bytes().first()? {
            b'O' => Some(Kind::Operation),
            b'T' | b'E' => Some(Kind::Type),
            b'X' => Some(Kind::Error),
            _ => None,
        }
    }
}
