//! Times as OSS writes them.

use std::time::{Duration, SystemTime};

use sanyun_core::time;

/// ISO 8601 such as `2012-02-24T08:43:07.000Z`, or the date of an HTTP header, which some proxies write with a numeric
/// zone. `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    time::parse_rfc3339(text).or_else(|| time::parse_http_date(text)).or_else(|| with_zone(text.trim()))
}

/// `Sat, 16 Dec 2023 16:20:57 +0800`
fn with_zone(text: &str) -> Option<SystemTime> {
    let (date, zone) = text.rsplit_once(' ')?;
    let digits = zone.strip_prefix(['+', '-']).filter(|digits| digits.len() == 4)?;
    let number: u64 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    let ahead = Duration::from_secs((number / 100 * 60 + number % 100) * 60);
    let local = time::parse_http_date(&[date, " GMT"].concat())?;
    if zone.starts_with('-') { local.checked_add(ahead) } else { local.checked_sub(ahead) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_one_moment() {
        let moment = Some(time::from_unix(1_702_743_657));
        for text in [
            "2023-12-16T16:20:57Z",
            "2023-12-16T16:20:57.123456789Z",
            "2023-12-17T00:20:57+08:00",
            "Sat, 16 Dec 2023 16:20:57 GMT",
            "Sun, 17 Dec 2023 00:20:57 +0800",
            "Sat, 16 Dec 2023 11:20:57 -0500",
        ] {
            assert_eq!(parse(text), moment, "{text}");
        }
        for text in
            ["", "garbage", "Sat, 16 Dec 2023 16:20:57 +08:00", "Sat, 16 Dec 2023 16:20:57 +08", "+0800", " +0800"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
