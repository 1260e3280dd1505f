//! Byte ranges: the `Range` header of a request and the `Content-Range` of a reply.

use std::ops::{Bound, RangeBounds};

use sanyun_core::{Error, Result};

/// Which bytes of an object are asked for, as the `Range` header says it. Both ends are included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ByteRange {
    /// From the first to the last of these.
    Between(u64, u64),
    /// From this byte to the end.
    From(u64),
    /// This many bytes at the end.
    Last(u64),
}

impl ByteRange {
    /// A range of Rust, such as `0..1024`, `5..` or `..=9`. `None` asks for everything.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) for an empty range: HTTP cannot ask for nothing.
    pub fn from_bounds(bounds: &impl RangeBounds<u64>) -> Result<Option<Self>> {
        let empty = || Error::input("the byte range is empty");
        let first = match bounds.start_bound() {
            Bound::Included(&first) => first,
            Bound::Excluded(&before) => before.checked_add(1).ok_or_else(empty)?,
            Bound::Unbounded => 0,
        };
        let last = match bounds.end_bound() {
            Bound::Included(&last) => last,
            Bound::Excluded(&after) => after.checked_sub(1).ok_or_else(empty)?,
            Bound::Unbounded if first == 0 => return Ok(None),
            Bound::Unbounded => return Ok(Some(Self::From(first))),
        };
        if first > last { Err(empty()) } else { Ok(Some(Self::Between(first, last))) }
    }

    /// Reads a `Range` header with one range of bytes; `None` for anything else.
    pub fn parse(header: &str) -> Option<Self> {
        let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
        match (number(first), number(last)) {
            (Some(first), Some(last)) => Some(Self::Between(first, last)),
            (Some(first), None) if last.is_empty() => Some(Self::From(first)),
            (None, Some(last)) if first.is_empty() => Some(Self::Last(last)),
            _ => None,
        }
    }
}

/// The text of the `Range` header.
impl std::fmt::Display for ByteRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Between(first, last) => write!(f, "bytes={first}-{last}"),
            Self::From(first) => write!(f, "bytes={first}-"),
            Self::Last(count) => write!(f, "bytes=-{count}"),
        }
    }
}

/// Which bytes a partial reply holds. Both ends are included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ContentRange {
    /// The first byte.
    pub first: u64,
    /// The last byte.
    pub last: u64,
    /// The whole object's length in bytes, if the server knows it.
    pub total: Option<u64>,
}

impl ContentRange {
    /// Reads a `Content-Range` header such as `bytes 22-33/42`; `None` for anything else.
    pub fn parse(header: &str) -> Option<Self> {
        let (range, total) = header.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last) = (number(first)?, number(last)?);
        let total = if total == "*" { None } else { Some(number(total)?) };
        let inside = first <= last && total.is_none_or(|total| last < total);
        inside.then_some(Self { first, last, total })
    }
}

fn number(text: &str) -> Option<u64> {
    // `parse` would take a plus sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_rust() {
        let header = |range: Result<Option<ByteRange>>| range.unwrap().map(|range| range.to_string());
        assert_eq!(header(ByteRange::from_bounds(&(0..1024))).as_deref(), Some("bytes=0-1023"));
        assert_eq!(header(ByteRange::from_bounds(&(5..))).as_deref(), Some("bytes=5-"));
        assert_eq!(header(ByteRange::from_bounds(&(..=9))).as_deref(), Some("bytes=0-9"));
        assert_eq!(header(ByteRange::from_bounds(&(..))), None);
        assert!(ByteRange::from_bounds(&(0..0)).is_err());
        #[allow(clippy::reversed_empty_ranges, reason = "the claim is that such a range is refused")]
        let reversed = 9..3;
        assert!(ByteRange::from_bounds(&reversed).is_err());
    }

    #[test]
    fn headers_round_trip() {
        for text in ["bytes=0-9", "bytes=5-", "bytes=-5"] {
            assert_eq!(ByteRange::parse(text).map(|range| range.to_string()).as_deref(), Some(text));
        }
        for text in ["", "bytes=", "bytes=-", "bytes=5", "bytes=a-b", "bytes=+1-2", "items=0-1", "bytes=0-1,3-4"] {
            assert_eq!(ByteRange::parse(text), None, "{text}");
        }
    }

    #[test]
    fn content_ranges() {
        let known = ContentRange { first: 22, last: 33, total: Some(42) };
        assert_eq!(ContentRange::parse("bytes 22-33/42"), Some(known));
        assert_eq!(ContentRange::parse("bytes 22-33/*"), Some(ContentRange { total: None, ..known }));
        for text in ["", "bytes 22-33/0", "items 1-2/3", "bytes 1/2", "bytes 9-3/42", "bytes */42"] {
            assert_eq!(ContentRange::parse(text), None, "{text}");
        }
    }
}
