//! Durations on the command line.

use std::time::Duration;

/// Reads `30`, `0.5`, `30s`, `10m`, `2h` or `7d`; without a unit these are seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86400.0)];
    let unit = units.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let (number, factor) = unit.unwrap_or((text, 1.0));
    let seconds: Option<f64> = number.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds * factor).ok());
    duration.ok_or_else(|| "a time such as 30, 0.5 or 10m is wanted; without a unit these are seconds".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_optional() {
        for (text, millis) in [("30", 30_000), ("0.5", 500), ("250ms", 250), ("10m", 600_000), ("2h", 7_200_000)] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "0", "-1", "inf", "nan", "1x", "s", "1e300"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
