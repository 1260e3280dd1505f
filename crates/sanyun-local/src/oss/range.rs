//! Ranges: OSS answers a range that does not fit with the whole object, unless `x-oss-range-behavior: standard` asks for
//! the behaviour of RFC 9110.

use http::StatusCode;

use super::refusal::Refusal;

/// What to send of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of it, with status 200.
    Whole,
    /// These bytes, with status 206.
    Part { start: u64, len: u64 },
}

/// Reads a `Range` header (empty for none) for an object of `size` bytes.
///
/// # Errors
/// 416 `InvalidRange`, in the standard behaviour only.
pub(crate) fn select(range: &str, size: u64, standard: bool) -> Result<Selection, Refusal> {
    let Some(wanted) = parse(range) else { return Ok(Selection::Whole) };
    // The last byte that would be sent, were the object long enough.
    let (first, last) = match wanted {
        Wanted::From { first, last } => (first, last.unwrap_or(size.saturating_sub(1).max(first))),
        Wanted::Suffix { len } if len > size && !standard => return Ok(Selection::Whole),
        Wanted::Suffix { len: 0 } => (size, size),
        Wanted::Suffix { len } => (size.saturating_sub(len), size.saturating_sub(1)),
    };
    if first < size && (last < size || standard) {
        return Ok(Selection::Part { start: first, len: last.min(size - 1) - first + 1 });
    }
    if standard { Err(unsatisfiable(range, size)) } else { Ok(Selection::Whole) }
}

enum Wanted {
    From { first: u64, last: Option<u64> },
    Suffix { len: u64 },
}

/// `None` for what is no single range of bytes.
fn parse(range: &str) -> Option<Wanted> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let digits = text.trim();
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok())?
    };
    match (first.trim(), last.trim()) {
        ("", last) => Some(Wanted::Suffix { len: number(last)? }),
        (first, "") => Some(Wanted::From { first: number(first)?, last: None }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Wanted::From { first, last: Some(last) })
        }
    }
}

fn unsatisfiable(range: &str, size: u64) -> Refusal {
    Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", "The requested range cannot be satisfied")
        .detail("ActualObjectSize", size.to_string())
        .detail("RangeRequested", range)
        .header("content-range", format!("bytes */{size}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_ten_bytes() {
        let part = |start, len| Some(Selection::Part { start, len });
        let whole = Some(Selection::Whole);
        for (range, legacy, standard) in [
            ("", whole, whole),
            ("bytes=0-0", part(0, 1), part(0, 1)),
            ("bytes=0-9", part(0, 10), part(0, 10)),
            ("bytes=2-", part(2, 8), part(2, 8)),
            ("bytes=-3", part(7, 3), part(7, 3)),
            ("bytes=-10", part(0, 10), part(0, 10)),
            ("bytes=-11", whole, part(0, 10)),
            ("bytes=5-10", whole, part(5, 5)),
            ("bytes=10-", whole, None),
            ("bytes=10-20", whole, None),
            ("bytes=-0", whole, None),
            ("bytes=3-2", whole, whole),
            ("byte=0-1", whole, whole),
            ("bytes=0-1,3-4", whole, whole),
            ("bytes=-", whole, whole),
            ("bytes=+1-2", whole, whole),
            ("bytes=99999999999999999999-", whole, whole),
        ] {
            assert_eq!(select(range, 10, false).ok(), legacy, "{range} legacy");
            assert_eq!(select(range, 10, true).ok(), standard, "{range} standard");
        }
    }

    #[test]
    fn nothing_of_an_empty_object_can_be_selected() {
        for range in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
            assert_eq!(select(range, 0, false).ok(), Some(Selection::Whole), "{range}");
            assert_eq!(select(range, 0, true).ok(), None, "{range}");
        }
    }
}
