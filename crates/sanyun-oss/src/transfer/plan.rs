//! Which bytes belong to which part.

use std::ops::Range;

use sanyun_core::{Error, Result};

use crate::range::ByteRange;

/// The length of a part of an upload or a download, unless another is chosen: 6 MiB.
pub const PART_BYTES: u64 = 6 << 20;
/// The length of a part of a copy, unless another is chosen: 64 MiB.
pub const COPY_PART_BYTES: u64 = 64 << 20;
/// Objects up to this length are copied in one call, unless another limit is chosen: 200 MiB.
pub const COPY_THRESHOLD_BYTES: u64 = 200 << 20;
/// An object has at most this many parts.
pub const MAX_PARTS: u64 = 10_000;
/// The shortest part that OSS takes, the last one apart: 100 KiB.
pub const MIN_PART_BYTES: u64 = 100 << 10;
/// The longest part that OSS takes: 5 GiB.
pub const MAX_PART_BYTES: u64 = 5 << 30;

/// Bytes cut into parts of one length, the last one of what is left.
///
/// ```
/// use sanyun_oss::transfer::PartPlan;
///
/// // What would be too many parts is cut into longer ones, of a whole multiple of the chosen length.
/// let plan = PartPlan::grown(100_001, 10)?;
/// assert_eq!((plan.part_size(), plan.count(), plan.part(5_000)), (20, 5_001, Some(100_000..100_001)));
/// # Ok::<(), sanyun_oss::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartPlan {
    first: u64,
    len: u64,
    part_size: u64,
}

impl PartPlan {
    /// `len` bytes in parts of `part_size` bytes; 0 counts as 1.
    pub fn new(len: u64, part_size: u64) -> Self {
        Self { first: 0, len, part_size: part_size.max(1) }
    }

    /// As [`new`](Self::new), where the parts are as many times longer as it takes to have fewer than [`MAX_PARTS`]
    /// full ones.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if the parts would be longer than [`MAX_PART_BYTES`].
    pub fn grown(len: u64, part_size: u64) -> Result<Self> {
        let chosen = part_size.max(1);
        let times = len / chosen.saturating_mul(MAX_PARTS) + 1;
        let grown = chosen.saturating_mul(times);
        if grown > MAX_PART_BYTES {
            return Err(Error::input(format!("{len} bytes do not fit into {MAX_PARTS} parts of at most 5 GiB")));
        }
        Ok(Self::new(len, grown))
    }

    /// The same number of bytes, of an object in which they begin at byte `first`.
    #[must_use]
    pub fn starting_at(mut self, first: u64) -> Self {
        self.first = first;
        self
    }

    /// Where the first part begins in the object.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// All bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no bytes, and so no parts.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The length of each part but the last.
    pub fn part_size(&self) -> u64 {
        self.part_size
    }

    /// The number of parts.
    pub fn count(&self) -> u64 {
        self.len.div_ceil(self.part_size)
    }

    /// The bytes of a part, counted from 0, as positions in the object.
    pub fn part(&self, index: u64) -> Option<Range<u64>> {
        let start = index.checked_mul(self.part_size).filter(|start| *start < self.len)?;
        let end = start.saturating_add(self.part_size).min(self.len);
        Some(self.first + start..self.first + end)
    }
}

/// Checks the length of a part of an upload or a copy.
pub(super) fn check_part_size(part_size: u64, smallest: u64) -> Result<u64> {
    if part_size < smallest || part_size > MAX_PART_BYTES {
        return Err(Error::input(format!("a part has {smallest} to {MAX_PART_BYTES} bytes, not {part_size}")));
    }
    Ok(part_size)
}

/// The bytes of an object of `size` bytes that a range asks for. An end behind the object's counts as the object's.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if it begins behind the end.
pub(super) fn resolve(range: Option<ByteRange>, size: u64) -> Result<Range<u64>> {
    let (start, end) = match range {
        None => return Ok(0..size),
        Some(ByteRange::Last(count)) => return Ok(size.saturating_sub(count)..size),
        Some(ByteRange::From(start)) => (start, size),
        Some(ByteRange::Between(start, last)) => (start, last.saturating_add(1).min(size)),
    };
    if start >= size {
        return Err(Error::input(format!("the range begins at byte {start}, and the object has {size} bytes")));
    }
    Ok(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_every_byte_once() {
        for (len, size) in [(0, 10), (1, 10), (10, 10), (11, 10), (99, 10), (100, 10)] {
            let plan = PartPlan::new(len, size).starting_at(7);
            let parts: Vec<_> = (0..plan.count()).map(|index| plan.part(index).unwrap()).collect();
            let mut at = 7;
            for part in &parts {
                assert!(part.start == at && part.end - part.start <= size);
                at = part.end;
            }
            assert_eq!((at, plan.part(plan.count())), (7 + len, None));
        }
    }

    #[test]
    fn parts_grow_by_whole_multiples_before_there_are_ten_thousand_full_ones() {
        let grown = |len, size| PartPlan::grown(len, size).unwrap().part_size();
        assert_eq!((grown(99_999, 10), grown(100_000, 10), grown(200_000, 10)), (10, 20, 30));
        assert_eq!(grown(0, 10), 10);
        assert!(PartPlan::grown(MAX_PARTS * MAX_PART_BYTES, PART_BYTES).is_err());
        assert!(PartPlan::grown(u64::MAX, u64::MAX).is_err());
    }

    #[test]
    fn ranges_are_clamped_to_the_object() {
        assert_eq!(resolve(None, 5).unwrap(), 0..5);
        assert_eq!(resolve(Some(ByteRange::Between(0, 0)), 5).unwrap(), 0..1);
        assert_eq!(resolve(Some(ByteRange::Between(3, u64::MAX)), 5).unwrap(), 3..5);
        assert_eq!(resolve(Some(ByteRange::From(4)), 5).unwrap(), 4..5);
        assert_eq!(resolve(Some(ByteRange::Last(2)), 5).unwrap(), 3..5);
        assert_eq!(resolve(Some(ByteRange::Last(9)), 5).unwrap(), 0..5);
        assert!(resolve(Some(ByteRange::From(5)), 5).is_err());
    }
}
