//! The text of a line.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use super::Level;
use crate::hook::{AttemptOutcome, AttemptView, ReplyView};
use crate::time::Civil;

pub(super) fn line(now: SystemTime, level: Level, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) -> String {
    let call = attempt.call;
    let mut line = format!(
        "{} {} sanyun-{} {}.{} {} {} ",
        stamp(now),
        std::process::id(),
        call.cloud,
        column(call.service),
        column(call.operation),
        attempt.number,
        if level == Level::Error { "ERROR" } else { "INFO" },
    );
    let (method, url) = (attempt.request.method().as_str(), attempt.request.url());
    let status = outcome.status().map(|status| status.as_u16());
    let length = outcome.reply.as_ref().and_then(length);
    line += &message(method, &url, status, length, outcome.elapsed, outcome.request_id);
    if let Some(error) = outcome.error {
        let _ = write!(line, " {}", one_line(&error.to_string()));
    }
    line.push('\n');
    line
}

/// The message part of a line. A missing status is `-`, an unknown length of the body in bytes -1.
pub fn message(
    method: &str,
    url: &str,
    status: Option<u16>,
    length: Option<u64>,
    elapsed: Duration,
    request_id: Option<&str>,
) -> String {
    let status = status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    let length = length.map_or_else(|| "-1".to_owned(), |length| length.to_string());
    let request_id = one_line(request_id.unwrap_or_default());
    format!("\"{method} {url}\" {status} {length} {} {request_id}", clock_time(elapsed))
}

/// As the vendor's SDKs write it: binary replies without `Content-Length` have no length, even where all was read.
fn length(reply: &ReplyView<'_>) -> Option<u64> {
    let announced = reply.headers().iter().any(|(name, _)| *name == "content-length");
    reply.body_len().filter(|_| announced || !reply.media_type().ends_with("octet-stream"))
}

/// `H:MM:SS.ffffff`
fn clock_time(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    format!("{}:{:02}:{:02}.{:06}", seconds / 3600, seconds / 60 % 60, seconds % 60, elapsed.subsec_micros())
}

/// `2020-06-16 10:44:02,019`
fn stamp(now: SystemTime) -> String {
    let t = Civil::from_time(now);
    let millis = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.subsec_millis());
    format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02},{millis:03}", t.year, t.month, t.day, t.hour, t.minute, t.second)
}

/// Line breaks in messages would forge log lines.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// White space in names would forge columns.
fn column(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c.is_whitespace() { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_has_the_documented_form() {
        let url = "https://vpc.cn-north-1.myhuaweicloud.com/v1/p/vpcs";
        assert_eq!(
            message("GET", url, Some(200), Some(11), Duration::from_micros(543_430), Some("b5c927")),
            "\"GET https://vpc.cn-north-1.myhuaweicloud.com/v1/p/vpcs\" 200 11 0:00:00.543430 b5c927"
        );
        assert_eq!(message("GET", "u", None, None, Duration::ZERO, Some("a\nb")), "\"GET u\" - -1 0:00:00.000000 a b");
    }

    #[test]
    fn times_are_utc_with_milliseconds() {
        let moment = SystemTime::UNIX_EPOCH + Duration::from_millis(1_592_304_242_019);
        assert_eq!(stamp(moment), "2020-06-16 10:44:02,019");
        assert_eq!(clock_time(Duration::from_secs(3 * 3600 + 62)), "3:01:02.000000");
    }

    #[test]
    fn names_are_one_column() {
        assert_eq!(column("/v1/a b\n\u{3000}c"), "/v1/a_b__c");
    }
}
