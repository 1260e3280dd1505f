//! The gateway's clock, as it tells it when it refuses a signature for its age.

use std::time::SystemTime;

use sanyun_core::time;

/// The moment behind `server time:`. The gateway's documentation shows no example, so the three usual spellings are
/// read: `20260102T030405Z`, RFC 3339, and `2026-01-02 03:04:05 +0000 UTC`.
pub(super) fn server_time(message: &str) -> Option<SystemTime> {
    let (_, behind) = message.split_once("server time:")?;
    let text = behind.split([',', ';', '|']).next().unwrap_or_default().trim();
    let basic = text.get(..16).and_then(time::parse_iso_basic);
    basic.or_else(|| time::parse_rfc3339(text)).or_else(|| spaced(text))
}

/// Date, time and zone with blanks between them; a missing zone is UTC.
fn spaced(text: &str) -> Option<SystemTime> {
    let mut words = text.split(' ');
    let (date, clock) = (words.next()?, words.next()?);
    let zone = words.next().filter(|zone| zone.starts_with(['+', '-'])).unwrap_or("Z");
    time::parse_rfc3339(&[date, "T", clock, zone].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings_are_read() {
        let moment = Some(time::from_unix(1_767_323_045));
        for text in [
            "20260102T030405Z",
            "2026-01-02T03:04:05Z",
            "2026-01-02T11:04:05+08:00",
            "2026-01-02 03:04:05 +0000 UTC",
            "2026-01-02 03:04:05.123 +0000 UTC",
            "2026-01-02 11:04:05 +0800 CST",
            "2026-01-02 03:04:05",
            " 20260102T030405Z, and more",
        ] {
            assert_eq!(
                server_time(&format!("signature expired, signature time:x, server time:{text}")),
                moment,
                "{text}"
            );
        }
        for text in ["signature expired", "server time:", "server time:soon, very soon"] {
            assert_eq!(server_time(text), None, "{text}");
        }
    }
}
