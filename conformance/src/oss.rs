//! Cases of OSS.
//!
//! Not run: operations that are in no table yet, and the one time with an offset from UTC, whose expected value is what the
//! official SDK makes of it by losing the offset.

mod client;
mod encryption;
mod reply;
mod request;
mod retry;
mod script;
mod select;
mod sign;
#[cfg(test)]
mod tests;
mod transfer;
mod value;

use serde_json::Value;

use crate::Outcome;

/// Runs one case.
pub(crate) fn run(kind: &str, input: &Value, expected: &Value) -> Outcome {
    match kind {
        "sign_v4" => sign::headers_v4(input, expected).into(),
        "sign_v1" => sign::headers_v1(input, expected).into(),
        "presign_v4" => sign::query_v4(input, expected).into(),
        "presign_v1" => sign::query_v1(input, expected).into(),
        "endpoint" => request::endpoint(input, expected),
        "request" => request::request(input, expected),
        "presign" => request::presign(input, expected),
        "response" | "error_parse" => reply::reply(input, expected),
        "exists" => reply::exists(input, expected),
        "paginate" => reply::paginate(input, expected),
        "crc64" => value::crc64(input, expected).into(),
        "validate" => value::validate(input, expected),
        "backoff" => retry::backoff(input, expected),
        "retryable" => retry::retryable(input, expected),
        "retry_flow" => retry::flow(input, expected),
        "select_frames" => select::frames(input, expected).into(),
        "clock_skew" => retry::clock_skew(input, expected).into(),
        "transfer_plan" => transfer::plan(input, expected),
        "checkpoint" => transfer::checkpoint(input, expected).into(),
        "checkpoint_load" => transfer::checkpoint_load(input, expected).into(),
        "cse_ctr" => encryption::ctr(input, expected).into(),
        "cse_get" => encryption::get(input, expected),
        _ => Outcome::NotImplemented,
    }
}
