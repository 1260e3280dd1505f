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

/// Reads `512`, `100KB`, `8MiB`, `10M` or `10MB/s`: bytes; `KB`, `MB`, `GB` are powers of 1000, the others of 1024.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let plain = text.strip_suffix("/s").unwrap_or(text);
    let end = plain.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(plain.len());
    let (number, unit) = plain.split_at_checked(end).unwrap_or((plain, ""));
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1.0),
        "kb" => Some(1e3),
        "mb" => Some(1e6),
        "gb" => Some(1e9),
        "k" | "kib" => Some(1024.0),
        "m" | "mib" => Some(1024.0 * 1024.0),
        "g" | "gib" => Some(1024.0 * 1024.0 * 1024.0),
        _ => None,
    };
    let bytes = number.parse::<f64>().ok().zip(factor).map(|(number, factor)| number * factor);
    // Beyond this a number has no room for every byte.
    let bytes = bytes.filter(|bytes| *bytes >= 1.0 && *bytes < 9e15);
    bytes.map(|bytes| bytes as u64).ok_or_else(|| "a size such as 8MiB, 100KB or 512 is wanted".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{human, parse};

    #[test]
    fn sizes_have_units() {
        let cases = [("512", 512), ("100KB", 100_000), ("8MiB", 8 << 20), ("1.5k", 1536), ("10MB/s", 10_000_000)];
        for (text, bytes) in cases {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "-1", "x", "8X", "1e300", "nan", "MB"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_short() {
        let cases = [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (10_239, "10 KiB"), (1_048_575, "1.0 MiB")];
        for (bytes, shown) in cases {
            assert_eq!(human(bytes), shown);
        }
        assert_eq!(human(u64::MAX), "16 EiB");
    }
}
