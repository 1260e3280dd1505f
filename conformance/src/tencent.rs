//! Cases of Tencent Cloud.

mod breaker;
mod cli;
mod credentials;
mod old;
mod proxy;
mod retry;
mod script;
mod settings;
mod sse;
mod tc3;
mod world;

use serde_json::{Value, json};

use crate::Outcome;
use crate::support::{body_bytes, member, same_json, text};

/// Runs one case.
pub(crate) fn run(kind: &str, input: &Value, expected: &Value) -> Outcome {
    match kind {
        "sign_tc3" => tc3::run(input, expected).into(),
        "multipart" => tc3::multipart(input, expected).into(),
        "sign_v1" => old::run(input, expected).into(),
        "serialize_query" => serialize_query(input, expected).into(),
        "endpoint" => settings::endpoint(input, expected).into(),
        "language" => settings::language(input, expected).into(),
        "request_client" => settings::request_client(input, expected).into(),
        "proxy" => proxy::run(input, expected).into(),
        "retry" => retry::run(input, expected).into(),
        "sse" => sse::run(input, expected).into(),
        "breaker" => breaker::trace(input, expected).into(),
        "breaker_outcome" => breaker::outcome(input, expected).into(),
        "breaker_failover" => breaker::failover(input, expected).into(),
        "breaker_settings" => breaker::settings(input, expected).into(),
        "error_parse" => error_parse(input, expected).into(),
        "cred_env" => credentials::run(sanyun_tencent::credentials::Environment, input, expected).into(),
        "cred_profile" => credentials::run(sanyun_tencent::credentials::Profile::default(), input, expected).into(),
        "cred_chain" => credentials::chain(input, expected).into(),
        "cred_cvm_role" => credentials::cvm_role(input, expected).into(),
        "cred_sts" => credentials::assume_role(input, expected).into(),
        "cred_tke_oidc" => credentials::tke_oidc(input, expected).into(),
        cli if cli.starts_with("cli_") => cli::run(cli, input, expected),
        _ => Outcome::NotImplemented,
    }
}

fn serialize_query(input: &Value, expected: &Value) -> Result<(), String> {
    let pairs = sanyun_tencent::shape::flatten(member(input, "params"));
    same_json("flat", &json!(pairs), member(expected, "flat"))?;
    crate::support::same("query", &sanyun_tencent::shape::form(&pairs), text(expected, "query"))
}

/// A body in the spelling of Tencent's cases: `body` is text, `body_b64` is Base64.
fn body(input: &Value) -> Result<Vec<u8>, String> {
    let encoded = input.get("body_b64").map(|encoded| json!({ "base64": encoded }));
    Ok(body_bytes(encoded.as_ref().unwrap_or(member(input, "body")))?.unwrap_or_default())
}

fn error_parse(input: &Value, expected: &Value) -> Result<(), String> {
    let status = member(input, "status").as_u64().unwrap_or(200) as u16;
    let mut headers = http::HeaderMap::new();
    let given = member(input, "headers").as_object().into_iter().flatten();
    let given = given.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()));
    for (name, value) in
        given.chain(input.get("content_type").and_then(Value::as_str).map(|value| ("content-type", value)))
    {
        let name = http::HeaderName::try_from(name).map_err(|error| error.to_string())?;
        headers.insert(name, http::HeaderValue::from_str(value).map_err(|error| error.to_string())?);
    }
    let status = http::StatusCode::from_u16(status).map_err(|error| error.to_string())?;
    let reply = sanyun_core::Reply::new(status, headers, body(input)?);
    let ours = match sanyun_tencent::error::read(&reply) {
        Ok(response) => json!({ "outcome": "ok", "response": response }),
        Err(error) => match error.service() {
            Some(service) => json!({
                "outcome": "error",
                "code": service.code(),
                "message": service.message(),
                "request_id": service.request_id(),
                "http_status": service.status(),
            }),
            None if error.kind() == sanyun_core::ErrorKind::Decode => json!({
                "outcome": "error",
                "code": "ClientError.ParseJsonError",
                "message": error.message(),
                "request_id": reply.header("x-tc-requestid"),
                "http_status": status.as_u16(),
            }),
            None => return Err(format!("an error of another kind: {error}")),
        },
    };
    let mut expected = expected.clone();
    if member(&expected, "message").is_null()
        && let Some(members) = expected.as_object_mut()
    {
        members.remove("message"); // Null means free text.
    }
    same_json("outcome", &ours, &expected)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::{Case, Cloud, Outcome};

    fn cases() -> impl Iterator<Item = Case> {
        include_str!("../vectors/tencent.jsonl").lines().map(|line| Case::parse(Cloud::Tencent, line).unwrap())
    }

    #[test]
    fn every_vector_passes() {
        let mut ran = 0;
        for case in cases() {
            match crate::run(&case) {
                Outcome::Failed(difference) => panic!("{} {}: {difference}", case.kind, case.name),
                Outcome::Passed => ran += 1,
                Outcome::NotImplemented => {}
            }
        }
        assert_eq!(ran, 125);
    }

    #[test]
    fn a_wrong_expectation_is_noticed() {
        for mut case in cases() {
            if crate::run(&case) == Outcome::Passed && spoil(&mut case.expected) {
                assert!(matches!(crate::run(&case), Outcome::Failed(_)), "{} {}", case.kind, case.name);
            }
        }
    }

    /// Changes the first text or boolean.
    fn spoil(value: &mut Value) -> bool {
        match value {
            Value::String(text) => text.push('x'),
            Value::Bool(flag) => *flag = !*flag,
            Value::Array(items) => return items.iter_mut().any(spoil),
            Value::Object(members) => return members.values_mut().any(spoil),
            Value::Null | Value::Number(_) => return false,
        }
        true
    }
}
