//! One line for each attempt, in the format of Huawei Cloud's SDKs.
//!
//! ```text
//! 2020-06-16 10:44:02,019 4568 sanyun-huawei vpc ListVpcs 1 INFO "GET https://vpc.cn-north-1.myhuaweicloud.com/v1/0904f9e1f100d2932f94c01f9aa1cfd7/vpcs" 200 11 0:00:00.543430 b5c927ffdab8401e772e70aa49972037
//! ```
//!
//! That is: time (UTC), process id, logger, service and operation, attempt, level, and the message: method and URL,
//! status, length of the reply's body, duration, request id. A failed attempt has level `ERROR` and its error at the
//! end. Values of query parameters that sound like secrets are masked.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, SystemClock};
use crate::hook::{AttemptOutcome, AttemptView, Hook};
use crate::time::Civil;

/// A hook that writes the access log. A line that cannot be written is dropped: a full disk must not fail a call.
pub struct AccessLog {
    out: Mutex<Box<dyn Write + Send>>,
    clock: Arc<dyn Clock>,
}

impl AccessLog {
    /// Writes to any writer, one whole line at a time.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self { out: Mutex::new(Box::new(out)), clock: Arc::new(SystemClock) }
    }

    /// Writes to the standard error stream.
    pub fn stderr() -> Self {
        Self::new(io::stderr())
    }

    /// Takes the times of the lines from another clock, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl Hook for AccessLog {
    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        let line = line(self.clock.now(), attempt, outcome);
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    }
}

impl std::fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessLog")
    }
}

fn line(now: SystemTime, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) -> String {
    let call = attempt.call;
    let level = if outcome.error.is_some() { "ERROR" } else { "INFO" };
    let (id, number) = (std::process::id(), attempt.number);
    let mut line = format!(
        "{} {id} sanyun-{} {} {} {number} {level} ",
        stamp(now),
        call.cloud,
        one_line(call.service),
        one_line(call.operation)
    );
    let url = attempt.request.url();
    let status = outcome.status().map(|status| status.as_u16());
    let length = outcome.reply.map_or(-1, body_length);
    line += &message(attempt.request.method().as_str(), &url, status, length, outcome.elapsed, outcome.request_id);
    if let Some(error) = outcome.error {
        let _ = write!(line, " {}", one_line(&error.to_string()));
    }
    line.push('\n');
    line
}

/// The message part of a line. `length` is the body's length in bytes, -1 if it is not known; a missing status is `-`.
pub fn message(
    method: &str,
    url: &str,
    status: Option<u16>,
    length: i64,
    elapsed: Duration,
    request_id: Option<&str>,
) -> String {
    let status = status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    format!("\"{method} {url}\" {status} {length} {} {}", clock_time(elapsed), request_id.unwrap_or_default())
}

/// `Content-Length` if it was sent, else the length of what was read; -1 for a stream of bytes of unknown length.
fn body_length(reply: &crate::reply::Reply) -> i64 {
    let announced = reply.header("content-length").and_then(|text| text.parse().ok());
    let unknown = if reply.media_type().ends_with("octet-stream") { -1 } else { reply.body.len() as i64 };
    announced.unwrap_or(unknown)
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

/// Line breaks in names and messages would forge log lines.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_has_the_documented_form() {
        let url = "https://vpc.cn-north-1.myhuaweicloud.com/v1/p/vpcs";
        assert_eq!(
            message("GET", url, Some(200), 11, Duration::from_micros(543_430), Some("b5c927")),
            "\"GET https://vpc.cn-north-1.myhuaweicloud.com/v1/p/vpcs\" 200 11 0:00:00.543430 b5c927"
        );
    }

    #[test]
    fn times_are_utc_with_milliseconds() {
        let moment = SystemTime::UNIX_EPOCH + Duration::from_millis(1_592_304_242_019);
        assert_eq!(stamp(moment), "2020-06-16 10:44:02,019");
        assert_eq!(clock_time(Duration::from_secs(3 * 3600 + 62)), "3:01:02.000000");
    }
}
