//! Frames of a query's answer.

use bytes::Bytes;
use sanyun_core::{Error, ErrorKind, StreamBody, encode};
use sanyun_oss::SelectEnd;
use serde_json::Value;

use super::client::block_on;
use crate::support::{member, same, text};

/// Kind `select_frames`.
pub(super) fn frames(input: &Value, expected: &Value) -> Result<(), String> {
    let bytes = encode::base64_decode(text(input, "body_b64")).ok_or("the case's body is not base64")?;
    let verifies = member(input, "enable_payload_crc") == &Value::Bool(true);
    let read = sanyun_oss::read_frames(StreamBody::from(Bytes::from(bytes)), verifies);
    match (block_on(read)?, expected.get("error")) {
        (Ok((rows, end)), None) => same_end(&rows, &end, expected),
        (Err(error), Some(wanted)) => same_error(&error, wanted),
        (Ok(_), Some(wanted)) => Err(format!("ours succeeds, expected error {wanted}")),
        (Err(error), None) => Err(format!("ours fails: {error:?}")),
    }
}

fn same_end(rows: &Bytes, end: &SelectEnd, expected: &Value) -> Result<(), String> {
    same("data", &String::from_utf8_lossy(rows), text(expected, "data"))?;
    let counts = [
        ("total_scanned_bytes", end.scanned_bytes),
        ("splits", end.splits.into()),
        ("rows", end.rows),
        ("columns", end.columns.into()),
    ];
    counts.iter().try_for_each(|(name, ours)| match expected.get(name) {
        None => Ok(()),
        Some(wanted) => same(name, &ours.to_string(), &wanted.to_string()),
    })
}

fn same_error(error: &Error, wanted: &Value) -> Result<(), String> {
    if text(wanted, "kind") == "checksum" {
        let fits = error.kind() == ErrorKind::Decode && error.message().contains("CRC-32");
        return if fits { Ok(()) } else { Err(format!("error: ours {error:?}, expected {wanted}")) };
    }
    let Some(service) = error.service() else { return Err(format!("error: ours {error:?}, expected {wanted}")) };
    same("status", &service.status().to_string(), &member(wanted, "status").to_string())?;
    same("code", service.code(), text(wanted, "code"))?;
    same("message", service.message(), text(wanted, "message"))
}
