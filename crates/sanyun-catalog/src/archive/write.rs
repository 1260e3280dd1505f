//! Writing an archive: the same records give the same bytes.

mod pages;
mod parameters;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::{ArchiveError, Location, MAGIC, SCHEMA, block_checksum, checksum};
use crate::{Catalog, Cloud, LookupError, Type};
use parameters::Parameters;

/// Blocks are closed before they grow beyond this; measured as the best of size and time (docs/catalog.md).
const BLOCK_BYTES: usize = 64 << 10;
/// The dictionary's size before it is compressed.
const DICTIONARY_BYTES: usize = 32 << 10;
/// The level of compression: the strongest that readers unpack at full speed.
const LEVEL: i32 = 19;

/// Collects the records of service versions and packs them.
pub struct Writer {
    cloud: Cloud,
    /// By service and version, so that the order of adding does not matter.
    versions: BTreeMap<(String, String), Records>,
}

/// The records of one service version, taken apart.
#[derive(Clone, Default)]
struct Records {
    api_version: String,
    product: String,
    head: String,
    operations: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
    errors: BTreeMap<String, String>,
}

/// Why records cannot be packed.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// A line that belongs nowhere, or a name that comes twice; with the line.
    Record(String),
    /// What was written cannot be read again; with the place.
    Audit(String),
    /// The compressor failed.
    Compress(std::io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Record(line) => write!(f, "record out of place: {line:?}"),
            WriteError::Audit(problem) => f.write_str(problem),
            WriteError::Compress(error) => write!(f, "compressing: {error}"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<std::io::Error> for WriteError {
    fn from(error: std::io::Error) -> WriteError {
        WriteError::Compress(error)
    }
}

impl From<LookupError> for WriteError {
    fn from(error: LookupError) -> WriteError {
        WriteError::Audit(error.to_string())
    }
}

impl From<ArchiveError> for WriteError {
    fn from(error: ArchiveError) -> WriteError {
        WriteError::Audit(error.to_string())
    }
}

impl Writer {
    /// A writer for the archive of one cloud.
    pub fn new(cloud: Cloud) -> Writer {
        Writer { cloud, versions: BTreeMap::new() }
    }

    /// Adds one service version: its line records, beginning with the `S` record.
    ///
    /// # Errors
    /// [`WriteError::Record`] if a line has no place, or the service version, an operation or a type comes twice.
    pub fn add(&mut self, records: &str) -> Result<(), WriteError> {
        let (name, mut records) = Records::read(records)?;
        pages::mark(self.cloud, &name, &mut records)?;
        let label = format!("{} {}", name.0, name.1);
        match self.versions.insert(name, records) {
            None => Ok(()),
            Some(_) => Err(WriteError::Record(label)),
        }
    }

    /// Packs everything, reads it again and checks every operation and every reference.
    ///
    /// # Errors
    /// [`WriteError::Audit`] if a record is not understood or a type is missing.
    pub fn finish(self) -> Result<Vec<u8>, WriteError> {
        let bytes = self.pack()?;
        audit(&Catalog::open(bytes.clone())?)?;
        Ok(bytes)
    }

    fn pack(&self) -> Result<Vec<u8>, WriteError> {
        let names = names_blocks(&self.versions);
        // Training fails when there is too little to train on; small archives do without.
        let dictionary = zstd::dict::from_samples(&self.samples(&names), DICTIONARY_BYTES).unwrap_or_default();
        self.pack_with(&names, Pack::new(LEVEL, &dictionary)?)
    }

    fn pack_with(&self, names: &Names, mut pack: Pack) -> Result<Vec<u8>, WriteError> {
        let mut directory = format!("A{}\n", self.cloud);
        if let Some(location) = pack.dictionary {
            let _ = writeln!(directory, "D{}", location.cells());
        }
        for block in &names.blocks {
            let _ = writeln!(directory, "N{}", pack.add(block)?.cells());
        }
        let parameters = Parameters::of(&self.versions);
        if !parameters.names.is_empty() {
            let _ = writeln!(directory, "P{}", pack.add(&parameters.names)?.cells());
            let _ = writeln!(directory, "I{}", pack.add_bytes(&parameters.postings)?.cells());
        }
        for (((service, version), records), (block, range)) in self.versions.iter().zip(&names.places) {
            let head = pack.add_version(records)?;
            let _ = writeln!(
                directory,
                "V{service}\t{version}\t{}\t{}\t{}\t{}\t{}\t{block}\t{}\t{}",
                records.api_version,
                records.product,
                records.operations.len(),
                records.types.len(),
                head.cells(),
                range.start,
                range.end
            );
        }
        Ok(file(&directory, &pack.blocks))
    }

    /// Every block that will be compressed, from which the dictionary is made.
    fn samples(&self, names: &Names) -> Vec<String> {
        let blocks = self.versions.values().flat_map(|records| {
            let blocks = records.blocks().into_iter().map(|(_, text)| text);
            blocks.chain([records.head.clone()])
        });
        blocks.chain(names.blocks.iter().cloned()).collect()
    }
}

impl Records {
    fn read(text: &str) -> Result<((String, String), Records), WriteError> {
        let mut records = Records::default();
        let mut name = None;
        for record in with_their_lines(text) {
            let out = || WriteError::Record(record.lines().next().unwrap_or_default().to_owned());
            let rest = record.lines().next().and_then(|line| line.get(1..)).ok_or_else(out)?;
            let first = rest.split('\t').next().unwrap_or_default();
            let group = match record.as_bytes().first() {
                Some(b'S') => {
                    name = Some(records.read_service(rest).ok_or_else(out)?);
                    records.head.push_str(record);
                    continue;
                }
                Some(b'K' | b'R') => {
                    records.head.push_str(record);
                    continue;
                }
                Some(b'O') => &mut records.operations,
                Some(b'T' | b'E') => &mut records.types,
                Some(b'X') => &mut records.errors,
                _ => return Err(out()),
            };
            if group.insert(first.to_owned(), record.to_owned()).is_some() {
                return Err(out());
            }
        }
        Ok((name.ok_or_else(|| WriteError::Record("no S record".to_owned()))?, records))
    }

    /// All records but the head's in blocks, each with kind and name of its first record.
    fn blocks(&self) -> Vec<(String, String)> {
        let mut blocks: Vec<(String, String)> = Vec::new();
        for (kind, group) in [('O', &self.operations), ('T', &self.types), ('X', &self.errors)] {
            for (name, text) in group {
                match blocks.last_mut() {
                    Some((_, block)) if block.len() + text.len() <= BLOCK_BYTES => block.push_str(text),
                    _ => blocks.push((format!("{kind}{name}"), text.clone())),
                }
            }
        }
        blocks
    }

    fn read_service(&mut self, cells: &str) -> Option<(String, String)> {
        let mut cells = cells.split('\t').skip(2).map(str::to_owned);
        let name = (cells.next()?, cells.next()?);
        self.api_version = cells.next()?;
        self.product = cells.next().unwrap_or_default();
        Some(name)
    }
}

/// Each record with the lines that belong to it: `P` and `H` behind `O`, `F` behind `T`.
fn with_their_lines(text: &str) -> Vec<&str> {
    let mut records = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut owned: &[u8] = b"";
    for line in text.split_inclusive('\n') {
        let kind = line.as_bytes().first().copied().unwrap_or(b'\n');
        if !owned.contains(&kind) {
            records.extend(text.get(start..at).filter(|record| !record.is_empty()));
            start = at;
            owned = match kind {
                b'O' => b"PH",
                b'T' => b"F",
                _ => b"",
            };
        }
        at += line.len();
    }
    records.extend(text.get(start..at).filter(|record| !record.is_empty()));
    records
}

/// The names of all operations in blocks, and where each service version's names stand.
struct Names {
    blocks: Vec<String>,
    places: Vec<(usize, std::ops::Range<usize>)>,
}

fn names_blocks(versions: &BTreeMap<(String, String), Records>) -> Names {
    let mut names = Names { blocks: vec![String::new()], places: Vec::new() };
    for records in versions.values() {
        let text: String = records.operations.keys().flat_map(|name| [name, "\n"]).collect();
        if names.blocks.last().is_some_and(|block| !block.is_empty() && block.len() + text.len() > BLOCK_BYTES) {
            names.blocks.push(String::new());
        }
        let number = names.blocks.len() - 1;
        if let Some(block) = names.blocks.last_mut() {
            names.places.push((number, block.len()..block.len() + text.len()));
            block.push_str(&text);
        }
    }
    names
}

/// The blocks written so far.
struct Pack {
    blocks: Vec<u8>,
    dictionary: Option<Location>,
    compressor: zstd::bulk::Compressor<'static>,
}

impl Pack {
    fn new(level: i32, dictionary: &[u8]) -> Result<Pack, WriteError> {
        let mut pack = Pack { blocks: Vec::new(), dictionary: None, compressor: zstd::bulk::Compressor::new(level)? };
        if !dictionary.is_empty() {
            pack.dictionary = Some(pack.add_bytes(dictionary)?);
            pack.compressor = zstd::bulk::Compressor::with_dictionary(level, dictionary)?;
        }
        Ok(pack)
    }

    fn add(&mut self, text: &str) -> Result<Location, WriteError> {
        self.add_bytes(text.as_bytes())
    }

    fn add_bytes(&mut self, bytes: &[u8]) -> Result<Location, WriteError> {
        let packed = self.compressor.compress(bytes)?;
        let offset = self.blocks.len();
        self.blocks.extend_from_slice(&packed);
        Ok(Location { offset, len: packed.len(), unpacked: bytes.len(), checksum: block_checksum(&packed) })
    }

    /// Adds the blocks of a service version and then its head, which knows where they stand.
    fn add_version(&mut self, records: &Records) -> Result<Location, WriteError> {
        let mut head = records.head.clone();
        match records.blocks().as_slice() {
            [(_, only)] => head.push_str(only),
            blocks => {
                for (first, text) in blocks {
                    let _ = writeln!(head, "B{first}\t{}", self.add(text)?.cells());
                }
            }
        }
        self.add(&head)
    }
}

impl Location {
    fn cells(&self) -> String {
        format!("{}\t{}\t{}\t{:x}", self.offset, self.len, self.unpacked, self.checksum)
    }
}

fn file(directory: &str, blocks: &[u8]) -> Vec<u8> {
    let length = u32::try_from(directory.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&SCHEMA.to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&checksum(directory.as_bytes()).to_le_bytes());
    bytes.extend_from_slice(&checksum(blocks).to_le_bytes());
    bytes.extend_from_slice(directory.as_bytes());
    bytes.extend_from_slice(blocks);
    bytes
}

/// Reads everything once: every record is understood, every type that is named exists.
fn audit(catalog: &Catalog) -> Result<(), WriteError> {
    catalog.verify()?;
    for entry in catalog.services() {
        let service = entry.open()?;
        let missing = |used: &Type<'_>, user: &str| match used.name() {
            Some(name) if service.type_def(name).is_none() => {
                Err(WriteError::Audit(format!("{service:?} {user}: type `{name}` cannot be read")))
            }
            _ => Ok(()),
        };
        for name in service.operations() {
            let operation = service.operation(name)?;
            let params = operation.params.iter().map(|param| &param.ty);
            let headers = operation.response_headers.iter().map(|(_, ty)| ty);
            for ty in params.chain(&operation.body).chain(&operation.response).chain(headers) {
                missing(ty, name)?;
            }
        }
        let mut types = 0;
        for definition in service.types() {
            types += 1;
            for field in definition.as_struct().map(|it| it.fields.as_slice()).unwrap_or_default() {
                missing(&field.ty, definition.name())?;
            }
        }
        if types != entry.type_count() || service.operations().count() != entry.operation_count() {
            return Err(WriteError::Audit(format!("{service:?}: some records cannot be read")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
