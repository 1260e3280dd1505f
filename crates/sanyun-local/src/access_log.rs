//! One line a request that a person can read. Queries, headers and bodies never appear in it: they carry signatures,
//! tokens and data.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// What is worth saying about one exchange.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note {
    /// `huawei`, `tencent`, `alibaba`, `oss`.
    pub(crate) cloud: &'static str,
    /// Service and operation, such as `vpc ListVpcs`; empty if none was recognised.
    pub(crate) operation: String,
    /// The cloud's error code; empty for success.
    pub(crate) code: String,
    /// The cloud's id of the request.
    pub(crate) request_id: String,
}

/// A finished exchange.
pub(crate) struct Exchange<'a> {
    pub(crate) at: SystemTime,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) note: &'a Note,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) elapsed: Duration,
}

/// Where the lines go.
pub(crate) struct AccessLog(Option<Mutex<Box<dyn Write + Send>>>);

impl AccessLog {
    pub(crate) fn new(writer: Option<Box<dyn Write + Send>>) -> Self {
        Self(writer.map(Mutex::new))
    }

    /// Writes the line of an exchange. A writer that fails is ignored: serving goes on.
    pub(crate) fn write(&self, exchange: &Exchange<'_>) {
        if let Some(writer) = &self.0 {
            let line = line(exchange);
            let _ = writer.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
        }
    }
}

fn line(exchange: &Exchange<'_>) -> String {
    let Exchange { at, method, path, status, note, received, sent, elapsed } = exchange;
    let shown = |text: &str| if text.is_empty() { "-".to_owned() } else { text.escape_debug().to_string() };
    format!(
        "{time} {cloud:7} {status} {operation} {code} {method} {path} in {received} B out {sent} B {ms:.1} ms {id}\n",
        time = sanyun_core::time::iso_extended(*at),
        cloud = note.cloud,
        operation = shown(&note.operation),
        code = shown(&note.code),
        path = shown(path),
        ms = elapsed.as_secs_f64() * 1000.0,
        id = shown(&note.request_id),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        let note = Note { cloud: "oss", operation: "PutObject".to_owned(), ..Note::default() };
        let exchange = Exchange {
            at: sanyun_core::time::from_unix(1_702_743_657),
            method: "PUT",
            path: "/b/ü\u{1b}[31m\n",
            status: 200,
            note: &note,
            received: 5,
            sent: 0,
            elapsed: Duration::from_micros(1500),
        };
        let expected = "2023-12-16T16:20:57Z oss     200 PutObject - PUT /b/ü\\u{1b}[31m\\n in 5 B out 0 B 1.5 ms -\n";
        assert_eq!(line(&exchange), expected);
    }
}
