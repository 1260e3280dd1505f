//! Sizes and counts for people.

/// `1 object`, `2 objects`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `517 B`, `1.5 KiB`, `20 MiB`: powers of 1024, two or three digits.
pub(super) fn human(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64;
    let mut unit = "B";
    for next in UNITS {
        if size < 1023.5 {
            break;
        }
        (size, unit) = (size / 1024.0, next);
    }
    if size < 9.95 { format!("{size:.1} {unit}") } else { format!("{size:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn sizes_are_short() {
        let cases = [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (10_239, "10 KiB"), (1_048_575, "1.0 MiB")];
        for (bytes, shown) in cases {
            assert_eq!(human(bytes), shown);
        }
        assert_eq!(human(u64::MAX), "16 EiB");
    }
}
