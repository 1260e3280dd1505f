//! Cases of Alibaba Cloud.

mod awap;
mod call;
mod credentials;
mod endpoint;
mod flatten;
mod reply;
mod retry;
mod sign;
mod sse;
mod upload;

use serde_json::Value;

use crate::Outcome;

/// Runs one case.
pub(crate) fn run(kind: &str, input: &Value, expected: &Value) -> Outcome {
    if expected.is_null() {
        return Outcome::Failed("nothing is expected, so nothing can be compared".to_owned());
    }
    match kind {
        "sign_v3" => sign::run(input, expected),
        "call_v3" | "call_rpc" | "call_roa" => call::run(input, expected),
        "flatten" => flatten::run(input, expected).into(),
        "multipart" => flatten::multipart(input, expected).into(),
        "upload_flow" => upload::run(input, expected).into(),
        "endpoint" => endpoint::run(input, expected).into(),
        "compose_url" => endpoint::compose_url(input, expected).into(),
        "retry" => retry::run(input, expected).into(),
        "error_parse" => reply::run(input, expected).into(),
        "env" | "chain" | "chain_legacy" | "profile" | "sts_request" => credentials::run(input, expected).into(),
        "refresh" => credentials::refresh(input, expected).into(),
        "sse" => sse::run(input, expected).into(),
        "awap_build" => awap::build(input, expected).into(),
        "awap_parse" => awap::parse(input, expected).into(),
        _ => Outcome::NotImplemented,
    }
}

/// Whether the official SDK refuses the case.
fn is_refused(expected: &Value) -> bool {
    expected.get("error").is_some()
}

/// What is compared when one side fails: that both do.
fn both_refuse<T>(ours: &Result<T, sanyun_core::Error>, expected: &Value) -> Option<Result<(), String>> {
    match (ours, is_refused(expected)) {
        (Ok(_), false) => None,
        (Err(_), true) => Some(Ok(())),
        (Ok(_), true) => Some(Err(format!("ours succeeds, expected {expected}"))),
        (Err(error), false) => Some(Err(format!("ours fails: {error}"))),
    }
}

/// A value with its bytes (`{"$base64": …}`) as text, which is how parameters carry them.
fn with_bytes_as_text(value: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::Object(members) if members.contains_key("$base64") => {
            let bytes = bytes(value)?;
            Value::String(String::from_utf8(bytes).map_err(|_| "bytes that are not UTF-8".to_owned())?)
        }
        Value::Object(members) => {
            let converted = members.iter().map(|(name, value)| Ok((name.clone(), with_bytes_as_text(value)?)));
            Value::Object(converted.collect::<Result<_, String>>()?)
        }
        Value::Array(items) => Value::Array(items.iter().map(with_bytes_as_text).collect::<Result<_, _>>()?),
        plain => plain.clone(),
    })
}

/// The bytes of `{"$base64": …}`, or those of a text.
fn bytes(value: &Value) -> Result<Vec<u8>, String> {
    let encoded = value.get("$base64").and_then(Value::as_str);
    match encoded {
        Some(encoded) => sanyun_core::encode::base64_decode(encoded).ok_or_else(|| "bad base64".to_owned()),
        None => value.as_str().map(|text| text.as_bytes().to_vec()).ok_or_else(|| format!("{value} is no bytes")),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Case, Cloud, Outcome, run};

    #[test]
    fn no_vector_fails() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/alibaba.jsonl")).unwrap();
        let cases = text.lines().map(|line| Case::parse(Cloud::Alibaba, line).unwrap());
        let mut passed = 0;
        for case in cases {
            match run(&case) {
                Outcome::Passed => passed += 1,
                Outcome::Failed(difference) => panic!("{} ({}): {difference}", case.name, case.kind),
                Outcome::NotImplemented => {}
            }
        }
        assert!(passed >= 110, "{passed} passed");
    }
}
