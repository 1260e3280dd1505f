//! The archive: one file a cloud, from which a look-up unpacks only the few kilobytes it needs.
//!
//! ```text
//! 0   8  magic "SANYUN\x1a\n"
//! 8   4  schema (2)
//! 12  4  length of the directory
//! 16  8  checksum of the directory
//! 24  8  checksum of everything behind the directory
//! 32     directory: lines of text
//!        blocks: zstd frames, compressed with the archive's dictionary
//! ```
//!
//! Numbers are little-endian. The directory's lines:
//!
//! | kind | cells |
//! | --- | --- |
//! | `A` | cloud |
//! | `D` | place of the dictionary, itself a frame without a dictionary |
//! | `N` | place of a block of operation names |
//! | `P`, `I` | places of the distinct names of parameters and of the lists of operations that have them |
//! | `V` | service, version, API version, product, operations, types, place of the head, number of the block of names, first byte and byte behind the last there |
//!
//! A *place* is four cells: offset behind the directory, length, length unpacked, checksum (hexadecimal, checked before
//! the block is unpacked). A *head* holds the `S`, `K` and `R` records of a service version; behind them its other
//! records, if they are few, or one line `B` for each block of them: kind and name of the block's first record, place.
//! Operations (`O` with `P` and `H`), then types (`T` with `F`, or `E`), then error codes (`X`) are sorted by name, so
//! that the block of a name is found by comparing first names.

mod read;
#[cfg(feature = "write")]
mod write;

pub(crate) use read::{Archive, Entry, Head, Kind};
#[cfg(feature = "write")]
pub use write::{WriteError, Writer};

use std::fmt;

/// The first bytes of every archive.
pub(crate) const MAGIC: &[u8; 8] = b"SANYUN\x1a\n";
/// The form of archive that this release reads and writes.
pub(crate) const SCHEMA: u32 = 2;
/// Bytes in front of the directory.
pub(crate) const HEADER_BYTES: usize = 32;
/// No block may unpack to more; a guard against damaged lengths.
pub(crate) const MAX_BLOCK_BYTES: usize = 16 << 20;

/// FNV-1a of 64 bits, fed with words of eight bytes (little-endian, the last filled up with zeros) and then the length.
/// It finds accidents, not forgeries.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let feed = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    let words = bytes.chunks(8).map(|chunk| chunk.iter().rev().fold(0, |word: u64, byte| word << 8 | u64::from(*byte)));
    feed(words.fold(0xcbf2_9ce4_8422_2325, feed), bytes.len() as u64)
}

/// The checksum of one block: the two halves of [`checksum`] folded together.
pub(crate) fn block_checksum(bytes: &[u8]) -> u32 {
    let whole = checksum(bytes);
    (whole >> 32) as u32 ^ whole as u32
}

/// Where a block stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) offset: usize,
    pub(crate) len: usize,
    pub(crate) unpacked: usize,
    pub(crate) checksum: u32,
}

/// Why an archive cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The file could not be read.
    Io {
        /// The file.
        path: std::path::PathBuf,
        /// The operating system's words.
        reason: String,
    },
    /// The file is not an archive of this kind.
    NotAnArchive,
    /// The archive is of a form that this release does not know.
    Schema(u32),
    /// Bytes are missing or changed; the word says where.
    Damaged(&'static str),
    /// A record does not follow the form; its beginning.
    Record(String),
    /// The archive belongs to another cloud.
    WrongCloud {
        /// The cloud that was asked for.
        wanted: crate::Cloud,
        /// The cloud in the archive.
        found: crate::Cloud,
    },
    /// The archive of this cloud is not in the program: its cargo feature is off.
    NotEmbedded(crate::Cloud),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveError::Io { path, reason } => write!(f, "{}: {reason}", path.display()),
            ArchiveError::NotAnArchive => f.write_str("not a catalog archive"),
            ArchiveError::Schema(found) => {
                write!(f, "catalog archive of schema {found}, this release reads schema {SCHEMA}")
            }
            ArchiveError::Damaged(part) => write!(f, "catalog archive is damaged: {part}"),
            ArchiveError::Record(line) => write!(f, "catalog record not understood: {line:?}"),
            ArchiveError::WrongCloud { wanted, found } => write!(f, "catalog archive of {found}, expected {wanted}"),
            ArchiveError::NotEmbedded(cloud) => write!(f, "the catalog of {cloud} is not in this program"),
        }
    }
}

impl std::error::Error for ArchiveError {}

#[cfg(test)]
mod tests;
