//! The few spellings of time that signatures and replies use. All are UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY_SECONDS: i64 = 86_400;

/// A moment split into the numbers of the proleptic Gregorian calendar, UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Civil {
    /// Year, such as 2026.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, 1 to 31.
    pub day: u32,
    /// Hour, 0 to 23.
    pub hour: u32,
    /// Minute, 0 to 59.
    pub minute: u32,
    /// Second, 0 to 59.
    pub second: u32,
}

impl Civil {
    /// The calendar of a moment; what lies before 1970 counts backwards.
    pub fn from_time(time: SystemTime) -> Self {
        let seconds = unix_seconds(time);
        let (days, rest) = (seconds.div_euclid(DAY_SECONDS), seconds.rem_euclid(DAY_SECONDS) as u32);
        let (year, month, day) = civil_from_days(days);
        Self { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60 }
    }

    /// The moment of these numbers; `None` if one is out of its range.
    pub fn to_time(self) -> Option<SystemTime> {
        let in_range = (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year, self.month)).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
            && (0..=9999).contains(&self.year);
        let seconds = days_from_civil(self.year, self.month, self.day) * DAY_SECONDS
            + i64::from(self.hour) * 3600
            + i64::from(self.minute) * 60
            + i64::from(self.second);
        in_range.then(|| from_unix(seconds))
    }
}

/// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
pub fn unix_seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(age) => age.as_secs() as i64,
        Err(before) => -(before.duration().as_secs_f64().ceil() as i64),
    }
}

/// The moment this many seconds after (or before) 1970-01-01T00:00:00Z.
pub fn from_unix(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds >= 0 { UNIX_EPOCH + distance } else { UNIX_EPOCH - distance }
}

/// `20260102T030405Z`, the basic form of ISO 8601 (Huawei's `X-Sdk-Date`, OSS's `x-oss-date`).
pub fn iso_basic(time: SystemTime) -> String {
    let t = Civil::from_time(time);
    let ([y, e, a, r], [m, o], [d, i]) = (four(t.year), two(t.month), two(t.day));
    let ([h, j], [n, k], [s, l]) = (two(t.hour), two(t.minute), two(t.second));
    ascii(&[y, e, a, r, m, o, d, i, b'T', h, j, n, k, s, l, b'Z'])
}

/// `2026-01-02T03:04:05Z`, the extended form of ISO 8601 (Alibaba's `x-acs-date`).
pub fn iso_extended(time: SystemTime) -> String {
    let t = Civil::from_time(time);
    let ([y, e, a, r], [m, o], [d, i]) = (four(t.year), two(t.month), two(t.day));
    let ([h, j], [n, k], [s, l]) = (two(t.hour), two(t.minute), two(t.second));
    ascii(&[y, e, a, r, b'-', m, o, b'-', d, i, b'T', h, j, b':', n, k, b':', s, l, b'Z'])
}

/// `2026-01-02`, the date alone (Tencent's credential scope).
pub fn date(time: SystemTime) -> String {
    let t = Civil::from_time(time);
    let ([y, e, a, r], [m, o], [d, i]) = (four(t.year), two(t.month), two(t.day));
    ascii(&[y, e, a, r, b'-', m, o, b'-', d, i])
}

/// `Sat, 16 Dec 2023 16:20:57 GMT`, the date of HTTP headers.
pub fn http_date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time.max(UNIX_EPOCH))
}

/// Reads an HTTP date; `None` if the text is none.
pub fn parse_http_date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text.trim()).ok()
}

/// Reads `20260102T030405Z`; `None` if the text has another form.
pub fn parse_iso_basic(text: &str) -> Option<SystemTime> {
    let bytes = text.as_bytes();
    let well_formed = bytes.len() == 16 && bytes.get(8) == Some(&b'T') && bytes.get(15) == Some(&b'Z');
    if !well_formed {
        return None;
    }
    Civil {
        year: number(text, 0, 4)?.into(),
        month: number(text, 4, 2)?,
        day: number(text, 6, 2)?,
        hour: number(text, 9, 2)?,
        minute: number(text, 11, 2)?,
        second: number(text, 13, 2)?,
    }
    .to_time()
}

/// Reads RFC 3339 such as `2026-01-02T03:04:05.123Z` or `2026-01-02T11:04:05+08:00`. The fraction may be missing and
/// is dropped; the zone may not. `None` if the text has another form.
pub fn parse_rfc3339(text: &str) -> Option<SystemTime> {
    let text = text.trim();
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    let bytes = text.as_bytes();
    let well_formed = separators.iter().all(|&(at, byte)| bytes.get(at) == Some(&byte))
        && matches!(bytes.get(10), Some(b'T' | b't' | b' '));
    if !well_formed {
        return None;
    }
    let civil = Civil {
        year: number(text, 0, 4)?.into(),
        month: number(text, 5, 2)?,
        day: number(text, 8, 2)?,
        hour: number(text, 11, 2)?,
        minute: number(text, 14, 2)?,
        second: number(text, 17, 2)?,
    };
    let zone = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    Some(from_unix(unix_seconds(civil.to_time()?) - zone_seconds(zone)?))
}

fn zone_seconds(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let minutes_at = if zone.len() == 6 && zone.as_bytes().get(3) == Some(&b':') { 4 } else { 3 };
    let known_length = zone.len() == minutes_at + 2;
    let (hours, minutes) = (number(zone, 1, 2)?, number(zone, minutes_at, 2)?);
    (known_length && hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
}

fn number(text: &str, at: usize, digits: usize) -> Option<u32> {
    let part = text.get(at..at + digits)?;
    part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
}

// Digits by hand: `format!` would cost as much as the hashing of a signature.

/// The last two decimal digits.
fn two(value: u32) -> [u8; 2] {
    [b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8]
}

/// The last four decimal digits.
fn four(value: i64) -> [u8; 4] {
    let value = value.rem_euclid(10_000) as u32;
    let ([a, b], [c, d]) = (two(value / 100), two(value));
    [a, b, c, d]
}

fn ascii(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).unwrap_or_default().to_owned()
}

// Days of the civil calendar, after Howard Hinnant's `days_from_civil` and `civil_from_days`.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_moment() {
        let moment = from_unix(1_702_743_657);
        assert_eq!(iso_basic(moment), "20231216T162057Z");
        assert_eq!(iso_extended(moment), "2023-12-16T16:20:57Z");
        assert_eq!(date(moment), "2023-12-16");
        assert_eq!(http_date(moment), "Sat, 16 Dec 2023 16:20:57 GMT");
        assert_eq!(parse_iso_basic("20231216T162057Z"), Some(moment));
        assert_eq!(parse_http_date("Sat, 16 Dec 2023 16:20:57 GMT"), Some(moment));
    }

    #[test]
    fn rfc3339_with_and_without_fraction_and_zone() {
        let moment = Some(from_unix(1_702_743_657));
        for text in [
            "2023-12-16T16:20:57Z",
            "2023-12-16T16:20:57.123456789Z",
            "2023-12-17T00:20:57+08:00",
            "2023-12-17T00:20:57+0800",
            "2023-12-16 11:20:57-05:00",
        ] {
            assert_eq!(parse_rfc3339(text), moment, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_time() {
        for text in [
            "",
            "2023-12-16",
            "2023-13-16T16:20:57Z",
            "2023-02-29T00:00:00Z",
            "2023-12-16T16:20:57",
            "日本語日本語日本語日本語",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
            assert_eq!(parse_iso_basic(text), None, "{text}");
        }
    }

    #[test]
    fn calendar_round_trips_over_leap_years() {
        for day in (-200_000_i64..200_000).step_by(97) {
            let (year, month, date) = civil_from_days(day);
            assert_eq!(days_from_civil(year, month, date), day);
        }
        assert_eq!(date(from_unix(951_782_400)), "2000-02-29");
    }
}
