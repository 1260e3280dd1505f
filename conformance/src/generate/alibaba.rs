//! Random cases of Alibaba Cloud.
//!
//! Left out, because the specification names it as a defect or an accident of the official SDK (`alibaba.md`):
//!
//! - booleans in flattened parameters: `True` and `False` there (section 4, point 12 of section 12);
//! - query names of V3 with characters outside the unreserved set: not encoded there (section 3.1, point 5);
//! - header names that differ in case only, and V1 header names in capitals: compared by case there (section 2, point 5);
//! - blanks around header values of the ROA signature 1.0: signed there as they are (section 3.4);
//! - an empty path of the ROA signature 1.0: signed there as empty (section 3.4);
//! - parameters of the RPC signature 1.0 that stand in query and form, or that the signature sets itself: the form wins
//!   there although both are sent (section 3.3);
//! - members that collide when they are flattened: the last wins there (section 4);
//! - a null in the call's query that has the name of a client-wide parameter: it removes that one there, by the accident
//!   that nulls are dropped last (section 1 says that they are dropped);
//! - retry conditions without `maxAttempts`: a type error there (section 5.3, point 13);
//! - throttling that only its code tells: no `ThrottlingException` there (section 8.2; ours has both names);
//! - a stream in an attempt after the first: empty there (section 5.3, point 7);
//! - RSA keys in PKCS#1 form: not read there (section 3.1).

use std::sync::LazyLock;

use sanyun_core::{encode, time};
use serde_json::{Map, Value, json};

use super::Random;

const REGIONS: &[&str] =
    &["cn-hangzhou", "cn-beijing", "ap-southeast-1", "eu-central-1", "us-west-1", "cn-north-2-gov-1"];
const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"];
const UNRESERVED: &[&str] = &["a", "Z", "0", "9", "-", "_", ".", "~", "Tag", "Name", "x"];

/// One case.
pub(super) fn generate(random: &Random<'_>) -> (&'static str, Value) {
    match random.below(22) {
        0..8 => ("call_v3", call_v3(random)),
        8..12 => ("call_rpc", call_rpc(random)),
        12..16 => ("call_roa", call_roa(random)),
        16 | 17 => ("sign_v3", sign_v3(random)),
        18 | 19 => ("retry", retry(random)),
        _ => ("flatten", flatten(random)),
    }
}

fn call_v3(random: &Random<'_>) -> Value {
    let algorithm = *random.pick(&[None, None, Some("ACS3-HMAC-SHA256"), Some("ACS3-HMAC-SM3"), Some(RSA)]);
    let is_roa = random.one_in(2);
    let body_type = *random.pick(&["json", "formData", "byte"]);
    let names = |random: &Random<'_>| unreserved(random);
    let mut request = json!({"headers": headers(random, true), "query": query(random, names)});
    if random.one_in(8) {
        set(&mut request, "stream_base64", encode::base64(random.text(60).as_bytes()).into());
    }
    if !random.one_in(3) {
        set(&mut request, "body", body(random, body_type));
    }
    let path = if is_roa { path(random) } else { "/".to_owned() };
    let params = params(random, if is_roa { "ROA" } else { "RPC" }, random.pick(METHODS), &path, body_type);
    let globals = json!({"headers": headers(random, true), "queries": query(random, names)});
    let extends = json!({"headers": headers(random, true), "queries": query(random, names)});
    case(random, algorithm, params, request, globals, extends)
}

fn call_rpc(random: &Random<'_>) -> Value {
    // Names in the form differ from those in the query by their first letter.
    let names = |random: &Random<'_>| format!("q{}", name(random));
    let mut request = json!({"headers": headers(random, false), "query": query(random, names)});
    if random.one_in(2) {
        let form: Map<_, _> =
            (0..random.below(5)).map(|_| (format!("f{}", name(random)), flat_value(random, 2))).collect();
        set(&mut request, "body", form.into());
    }
    let params = params(random, "RPC", random.pick(&["GET", "POST"]), "/", "formData");
    let globals = json!({"headers": headers(random, false), "queries": query(random, names)});
    case(random, Some("v2"), params, request, globals, Value::Null)
}

fn call_roa(random: &Random<'_>) -> Value {
    let body_type = *random.pick(&["json", "formData"]);
    let mut request = json!({"headers": headers(random, false), "query": query(random, name)});
    if random.one_in(5) {
        set(&mut request, "headers", json!({"content-md5": encode::base64(random.word(16).as_bytes())}));
    }
    if random.one_in(2) {
        set(&mut request, "body", body(random, body_type));
    }
    let params = params(random, "ROA", random.pick(METHODS), &path(random), body_type);
    case(random, Some("v2"), params, request, Value::Null, Value::Null)
}

fn case(
    random: &Random<'_>,
    algorithm: Option<&str>,
    params: Value,
    request: Value,
    globals: Value,
    extends: Value,
) -> Value {
    let mut config = json!({"endpoint": endpoint(random)});
    if let Some(algorithm) = algorithm {
        set(&mut config, "signature_algorithm", algorithm.into());
    }
    if random.one_in(5) {
        set(&mut config, "protocol", "http".into());
    }
    if random.one_in(5) {
        set(&mut config, "user_agent", format!("app/{}", random.word(6)).into());
    }
    if !globals.is_null() && random.one_in(3) {
        set(&mut config, "global_parameters", globals);
    }
    let mut runtime = json!({});
    if !extends.is_null() && random.one_in(4) {
        set(&mut runtime, "extends_parameters", extends);
    }
    let now = time::from_unix(random.below(4_000_000_000) as i64);
    let has_stream = request.get("stream_base64").is_some();
    let mut case = json!({
        "clock": time::iso_extended(now),
        "http_date": time::http_date(now),
        "nonce": hex(random, 32),
        "user_agent": format!("agent/{}", random.below(100)),
        "config": config,
        "credential": credential(random, algorithm),
        "params": params,
        "request": request,
        "runtime": runtime,
    });
    // The second attempt is compared, behind a connection that broke.
    if !has_stream && random.one_in(5) {
        set(&mut case, "retried_after_ms", (1 + random.below(5000)).into());
    }
    case
}

fn params(random: &Random<'_>, style: &str, method: &&str, path: &str, body_type: &str) -> Value {
    json!({
        "action": format!("Do{}", random.word(12)),
        "version": format!("20{:02}-{:02}-{:02}", random.below(30), 1 + random.below(12), 1 + random.below(28)),
        "protocol": "HTTPS",
        "pathname": path,
        "method": method,
        "auth_type": if random.one_in(10) { "Anonymous" } else { "AK" },
        "style": style,
        "req_body_type": body_type,
        "body_type": "json",
    })
}

fn credential(random: &Random<'_>, algorithm: Option<&str>) -> Value {
    let secret = |random: &Random<'_>| if algorithm == Some(RSA) { rsa_key(random) } else { secret(random) };
    let mut credential = match random.below(8) {
        0 => json!({"type": "bearer", "bearer_token": random.word(40)}),
        1 => json!({"type": "id_token", "security_token": random.word(40)}),
        2..5 => json!({"type": "sts", "access_key_id": format!("STS.{}", random.word(20)),
                       "access_key_secret": secret(random), "security_token": format!("CAIS{}+/==", random.word(80))}),
        _ => json!({"type": "access_key", "access_key_id": format!("LTAI{}", random.word(20)),
                    "access_key_secret": secret(random)}),
    };
    if random.one_in(3) {
        set(&mut credential, "provider_name", (*random.pick(&["static_ak", "default/env", "static_sts"])).into());
    }
    credential
}

/// A secret, sometimes longer than a block of the hash.
fn secret(random: &Random<'_>) -> String {
    format!("s{}{}", random.word(if random.one_in(5) { 120 } else { 30 }), random.text(6))
}

/// The algorithm whose secret is a private key.
const RSA: &str = "ACS3-RSA-SHA256";

/// The key of the vectors, in one of the forms that the official SDK reads: the bare text, PEM, PEM with the older label.
fn rsa_key(random: &Random<'_>) -> String {
    let label = match random.below(3) {
        0 => return RSA_KEY.clone(),
        1 => "PRIVATE KEY",
        _ => "RSA PRIVATE KEY",
    };
    let lines: Vec<_> = RSA_KEY.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", lines.join("\n"))
}

/// The private key that the vectors sign with; empty if the file is not there.
static RSA_KEY: LazyLock<String> = LazyLock::new(|| {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/alibaba.jsonl"));
    let text = text.unwrap_or_default();
    let cases = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let secrets = cases.filter(|case| case["input"]["algorithm"] == RSA);
    let mut keys = secrets.filter_map(|case| case["input"]["access_key_secret"].as_str().map(str::to_owned));
    keys.next().unwrap_or_default()
});

fn endpoint(random: &Random<'_>) -> String {
    let product = random.pick(&["ecs", "ocr", "cs", "sts"]);
    match random.below(4) {
        0 => format!("{product}.aliyuncs.com"),
        1 => format!("127.0.0.1:{}", 1 + random.below(65_535)),
        _ => format!("{product}.{}.aliyuncs.com", random.pick(REGIONS)),
    }
}

/// An encoded path with dot segments, empty segments and encoded slashes.
fn path(random: &Random<'_>) -> String {
    let segment = |_| match random.below(5) {
        0 => (*random.pick(&["..", ".", "", "%2F", "a%20b"])).to_owned(),
        1 => random.word(8),
        _ => encode::percent(&random.text(8)).into_owned(),
    };
    let segments: Vec<String> = (0..=random.below(4)).map(segment).collect();
    format!("/{}", segments.join("/"))
}

/// Headers in lower case. `padded`: with blanks around values.
fn headers(random: &Random<'_>, padded: bool) -> Value {
    const NAMES: &[&str] = &[
        "x-acs-custom",
        "x-acs-a",
        "x-acs-region-id",
        "x-trace",
        "x-z-1",
        "accept",
        "content-type",
        "user-agent",
        "x-acs-version",
    ];
    let value = || {
        let inner = format!("{}{}{}", random.word(3), random.text(8), random.word(3));
        if padded && random.one_in(3) { format!("  {inner} ") } else { inner }
    };
    let mut headers: Map<_, _> =
        (0..random.below(4)).map(|_| ((*random.pick(NAMES)).to_owned(), value().into())).collect();
    if random.one_in(12) {
        headers.insert("host".to_owned(), format!("{}.example.com", random.word(5)).into());
    }
    headers.into()
}

fn query(random: &Random<'_>, name: impl Fn(&Random<'_>) -> String) -> Value {
    let pair = |_| match random.one_in(12) {
        true => (format!("nil-{}", random.word(4)), Value::Null),
        false => (name(random), Value::from(random.text(14))),
    };
    let pairs: Map<_, _> = (0..random.below(6)).map(pair).collect();
    pairs.into()
}

fn unreserved(random: &Random<'_>) -> String {
    (0..=random.below(5)).map(|_| *random.pick(UNRESERVED)).collect()
}

/// A name with anything in it but the dot, which would make flattened names collide.
fn name(random: &Random<'_>) -> String {
    format!("{}{}", random.word(4), random.text(3).replace('.', ""))
}

fn body(random: &Random<'_>, body_type: &str) -> Value {
    match body_type {
        "byte" => json!({"$base64": encode::base64(random.text(60).as_bytes())}),
        "json" if random.one_in(8) => Value::from(json!({"already": random.text(8)}).to_string()),
        "json" if random.one_in(4) => (0..random.below(4)).map(|_| random.json(2)).collect(),
        "json" => random.object(3, 5),
        _ => flat_object(random, 3),
    }
}

/// An object for flattening.
fn flat_object(random: &Random<'_>, depth: usize) -> Value {
    let members: Map<_, _> = (0..random.below(5)).map(|_| (name(random), flat_value(random, depth))).collect();
    members.into()
}

fn flat_value(random: &Random<'_>, depth: usize) -> Value {
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => Value::from(random.below(1_000_000)),
        2 => Value::from(-(random.below(1000) as i64)),
        3 | 4 => random.text(10).into(),
        5 | 6 => flat_object(random, depth - 1),
        _ => (0..random.below(4)).map(|_| flat_value(random, depth - 1)).collect(),
    }
}

/// Retry options, and a failure that every attempt ends with.
fn retry(random: &Random<'_>) -> Value {
    let conditions = |most| -> Value { (0..random.below(most)).map(|_| retry_condition(random)).collect() };
    let mut options = json!({"retryCondition": conditions(4), "noRetryCondition": conditions(2)});
    if random.one_in(3) {
        set(&mut options, "retryable", (!random.one_in(4)).into());
    }
    json!({
        "retry_options": if random.one_in(12) { Value::Null } else { options },
        "exceptions": [failure(random)],
        "rand": random.pick(&["min", "max"]),
        "cap_attempts": 12,
    })
}

const EXCEPTIONS: &[&str] = &["ServerException", "ClientException", "ThrottlingException", "RetryError"];
const CODES: &[&str] = &["InternalError", "ServiceUnavailable", "InvalidParameter"];

fn retry_condition(random: &Random<'_>) -> Value {
    let some = |names: &[&str]| -> Value { (0..random.below(3)).map(|_| Value::from(*random.pick(names))).collect() };
    let mut condition =
        json!({"maxAttempts": random.below(9), "exception": some(EXCEPTIONS), "errorCode": some(CODES)});
    if random.one_in(3) {
        set(&mut condition, "maxDelay", random.below(30_000).into());
    }
    if !random.one_in(4) {
        set(&mut condition, "backoff", backoff(random));
    }
    condition
}

fn backoff(random: &Random<'_>) -> Value {
    const POLICIES: &[&str] = &[
        "Fixed",
        "Random",
        "Exponential",
        "EqualJitter",
        "ExponentialWithEqualJitter",
        "FullJitter",
        "ExponentialWithFullJitter",
    ];
    let mut backoff = json!({"policy": random.pick(POLICIES), "period": random.below(3000)});
    if random.one_in(2) {
        set(&mut backoff, "cap", random.below(10_000).into());
    }
    backoff
}

fn failure(random: &Random<'_>) -> Value {
    let name = *random.pick(EXCEPTIONS);
    let mut failure = json!({"name": name});
    if name != "RetryError" {
        set(&mut failure, "code", (*random.pick(CODES)).into());
    }
    if name == "ThrottlingException" {
        set(&mut failure, "retry_after", (1 + random.below(200_000)).into());
    }
    failure
}

fn sign_v3(random: &Random<'_>) -> Value {
    let algorithm = *random.pick(&["ACS3-HMAC-SHA256", "ACS3-HMAC-SM3", RSA]);
    const NAMES: &[&str] = &["host", "x-acs-action", "X-Acs-Action", "x-acs-Z", "accept", "Content-Type", "x-other"];
    let header = |_| ((*random.pick(NAMES)).to_owned(), Value::from(format!(" {}", random.text(12))));
    let headers: Map<_, _> = (0..random.below(6)).map(header).collect();
    let query: Map<_, _> = (0..random.below(6)).map(|_| (unreserved(random), random.text(12).into())).collect();
    json!({
        "algorithm": algorithm,
        "access_key_id": random.word(24),
        "access_key_secret": if algorithm == RSA { rsa_key(random) } else { secret(random) },
        "method": random.pick(METHODS),
        "pathname": path(random),
        "query": query,
        "headers": headers,
        "payload_hash": hex(random, 64),
    })
}

fn flatten(random: &Random<'_>) -> Value {
    match random.below(6) {
        0 => json!({"fn": "query", "value": flat_object(random, 4)}),
        1 => json!({"fn": "form", "value": flat_object(random, 4)}),
        2 => array_to_string(random),
        3 => json!({"fn": "map_to_flat_style", "value": random.object(4, 4)}),
        4 => json!({"fn": "encode_path", "value": random.text(20)}),
        _ => json!({"fn": "encode_param", "value": random.text(20)}),
    }
}

fn array_to_string(random: &Random<'_>) -> Value {
    let style = *random.pick(&["repeatList", "simple", "spaceDelimited", "pipeDelimited", "json", "other"]);
    let item = |_| match style {
        "json" => random.json(2),
        "repeatList" => flat_value(random, 2),
        _ if random.one_in(2) => Value::from(random.below(1000)),
        _ => random.text(6).into(),
    };
    let items: Value = (0..random.below(5)).map(item).collect();
    json!({"fn": "array_to_string", "value": items, "prefix": name(random), "style": style})
}

fn hex(random: &Random<'_>, digits: usize) -> String {
    const DIGITS: &[u8] = b"0123456789abcdef";
    (0..digits).map(|_| char::from(*random.pick(DIGITS))).collect()
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
