//! Cases of Huawei Cloud.
//!
//! Not run: kinds of credentials that go over the network, profiles, retries; the jittered waits of the vendor's
//! back-off, which never are zero; the vendor's proxy settings in parts and its masked ids, for which there is nothing
//! alike here.

mod build_request;
mod credentials;
mod error_parse;
mod log;
mod places;
mod sign;
mod unsent;

use std::time::Duration;

use sanyun_core::{Backoff, Fixed};
use sanyun_huawei::xml;
use serde_json::Value;

use crate::Outcome;
use crate::support::{member, same, same_json, text};

/// Runs one case.
pub(crate) fn run(kind: &str, input: &Value, expected: &Value) -> Outcome {
    match kind {
        "sign" => sign::run(input, expected),
        "build_request" => build_request::run(input, expected).into(),
        "error_parse" => error_parse::run(input, expected).into(),
        "env" => credentials::environment(input, expected),
        "endpoint" => places::endpoint(input, expected).into(),
        "region_env" => places::region_env(input, expected).into(),
        "iam_endpoint" => places::iam_endpoint(input, expected).into(),
        "derived_predicate" => places::derived_predicate(input, expected).into(),
        "access_log" => log::access_log(input, expected),
        "backoff" => backoff(input, expected),
        "xml_serialize" => xml_serialize(input, expected).into(),
        "xml_parse" => xml_parse(input, expected).into(),
        _ => Outcome::NotImplemented,
    }
}

/// The vendor's base and cap.
fn backoff(input: &Value, expected: &Value) -> Outcome {
    let (base, cap) = (Duration::from_millis(10), Duration::from_secs(60));
    let backoff = match text(input, "strategy") {
        "none" => Backoff::Fixed(Duration::ZERO),
        "exponential" => Backoff::Exponential { base, cap },
        _ => return Outcome::NotImplemented,
    };
    let failed = member(input, "retries").as_u64().unwrap_or_default() as u32;
    let wait = backoff.delay(failed, 0.5).as_millis() as u64;
    let bound = |name| member(expected, name).as_u64().unwrap_or(u64::MAX);
    match (bound("min_ms")..=bound("max_ms")).contains(&wait) {
        true => Outcome::Passed,
        false => Outcome::Failed(format!("waits {wait} ms, expected {expected}")),
    }
}

fn xml_serialize(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = xml::to_text(member(input, "value")).map_err(|error| error.to_string())?;
    same("xml", &ours, text(expected, "xml"))
}

fn xml_parse(input: &Value, expected: &Value) -> Result<(), String> {
    let ours = xml::from_text(text(input, "xml")).map_err(|error| error.to_string())?;
    same_json("value", &ours, member(expected, "value"))
}

/// The environment of a case.
fn environment(input: &Value) -> Fixed {
    let vars = member(input, "env").as_object().into_iter().flatten();
    vars.fold(Fixed::default(), |fixed, (name, value)| fixed.var(name, value.as_str().unwrap_or_default()))
}
