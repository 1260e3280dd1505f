//! Random cases of Huawei Cloud: kinds `sign` and `build_request`.
//!
//! Left out, because the official SDK is wrong there (the numbers are those of the specification) or we refuse:
//!
//! - header names that differ in case only, or that are spelt in another case than `Content-Type` and `Authorization`;
//!   content types in capitals (2.2, 2.3);
//! - white space outside ASCII around header values (2.4), an empty security token (2.2);
//! - an empty path (2.5);
//! - numbers and booleans in lists, mixed types under one name (2.6), text under a collection format, maps in queries
//!   whose members are not text (7.3);
//! - header values with white space around them that are not signed, which its HTTP library refuses;
//! - a GET with the body `{}` and `ignore_content_type_for_get_request`, which drops the type of a body that it sends (an
//!   empty object counts as no body in Python);
//! - a label in front of an IP address, which we refuse;
//! - booleans and lists in headers (7.1), booleans in paths, placeholders without a value, empty path parameters (7.2);
//!   path parameters `.` and `..`, which we refuse;
//! - endpoints with a path, or whose host begins with `http` (5.4); those without a scheme are completed by the official
//!   builder, which the oracle goes round (kind `endpoint` covers them);
//! - floating-point numbers that Python writes with an exponent of its own form (2.6);
//! - nested members of multipart and form bodies, which are sent in Python's notation (7.4, 7.5);
//! - hosts that the default predicate of derived signing misjudges; derived signing without a signing name (2.9);
//! - the two elliptic-curve signatures, which are random.

use sanyun_core::{encode, time};
use serde_json::{Map, Value, json};

use super::Random;

/// One case.
pub(super) fn generate(random: &Random<'_>) -> (&'static str, Value) {
    if random.one_in(2) { ("sign", sign(random)) } else { ("build_request", build_request(random)) }
}

const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
const HOSTS: &[&str] = &[
    "vpc.cn-north-4.myhuaweicloud.com",
    "iam.myhuaweicloud.com",
    "abc123.iotda.cn-north-4.myhuaweicloud.com",
    "127.0.0.1:8443",
    "[::1]:9000",
    "Service.Example.COM",
    "xn--fiq228c.example:443",
];
const REGIONS: &[&str] = &["cn-north-4", "eu-west-101", "my-kualalumpur-1", "globe"];
/// The payload of the first three is signed.
const CONTENT_TYPES: &[&str] = &[
    "application/json",
    "application/json;charset=UTF-8",
    "application/bson",
    "application/json-patch+json",
    "application/xml",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "text/plain",
];

/// A finished request before it is signed.
fn sign(random: &Random<'_>) -> Value {
    let algorithm = *random.pick(&["SDK-HMAC-SHA256", "SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"]);
    let mut case = json!({
        "method": random.pick(METHODS),
        "scheme": random.pick(&["https", "http"]),
        "host": random.pick(HOSTS),
        "path": path(random),
        "query": query(random),
        "headers": headers(random),
        "body": body(random),
        "algorithm": algorithm,
        "ak": random.word(24),
        "sk": random.word(90),
        "time": moment(random),
    });
    if algorithm == "V11-HMAC-SHA256" {
        case["derived"] = json!({"region": random.pick(REGIONS), "service": random.pick(&["iotdm", "demo"])});
    }
    case
}

fn moment(random: &Random<'_>) -> String {
    time::iso_basic(time::from_unix(1_262_304_000 + random.below(2_000_000_000) as i64))
}

/// A path with anything in it, escapes that are malformed or not UTF-8 included.
fn path(random: &Random<'_>) -> String {
    let segment = |random: &Random<'_>| match random.below(6) {
        0 => random.text(8),
        1 => encode::percent(&random.text(8)).into_owned(),
        2 => (*random.pick(&["..", ".", "", "%2e%2E", "%", "%4", "%zz", "%ff", "%C3%28", "%2F", "%252F", "%00"]))
            .to_owned(),
        _ => random.word(10),
    };
    let mut path = String::from("/v1");
    for _ in 0..random.below(5) {
        path.push('/');
        path.push_str(&segment(random));
    }
    if random.one_in(4) { path + "/" } else { path }
}

/// Pairs with names that are used once, so that types do not mix, but for those of plain text.
fn query(random: &Random<'_>) -> Vec<Value> {
    let pair = |at: usize| match random.below(8) {
        0 => json!([format!("i{at}"), random.below(100_000) as i64 - 50_000]),
        1 => json!([format!("r{at}"), random.below(1000) as f64 / 8.0]),
        2 => json!([format!("b{at}"), random.one_in(2)]),
        3 => json!([format!("l{at}"), (0..random.below(4)).map(|_| random.text(6)).collect::<Vec<_>>()]),
        4 => json!(["same", random.text(6)]),
        _ => json!([random.text(8), random.text(12)]),
    };
    (0..random.below(6)).map(pair).collect()
}

/// Headers whose names differ in more than their case.
fn headers(random: &Random<'_>) -> Vec<Value> {
    let mut headers = vec![];
    if !random.one_in(4) {
        headers.push(json!(["Content-Type", random.pick(CONTENT_TYPES)]));
    }
    for at in 0..random.below(4) {
        let name = random.pick(&["X-Custom", "x-lower", "X-UPPER", "A", "zz-Last"]);
        headers.push(json!([format!("{name}-{at}"), random.text(10)]));
    }
    if random.one_in(5) {
        headers.push(json!(["Under_Score", random.word(8)]));
    }
    if random.one_in(6) {
        headers.push(json!([random.pick(&["X-Sdk-Date", "x-sdk-date"]), moment(random)]));
    }
    if random.one_in(8) {
        headers.push(json!([random.pick(&["Host", "host", "HOST"]), random.pick(HOSTS)]));
    }
    if random.one_in(8) {
        let digest = if random.one_in(2) { "UNSIGNED-PAYLOAD".to_owned() } else { random.word(64) };
        headers.push(json!(["X-Sdk-Content-Sha256", digest]));
    }
    headers
}

fn body(random: &Random<'_>) -> Value {
    match random.below(8) {
        0 | 1 => Value::Null,
        2 => json!({"text": ""}),
        3 => json!({"base64": bytes(random)}),
        4 => json!({"repeat": {"unit": random.word(7), "count": random.below(3000)}}),
        5 => json!({"text": random.text(40)}),
        _ => json!({"text": random.object(2, 4).to_string()}),
    }
}

fn bytes(random: &Random<'_>) -> String {
    let bytes: Vec<u8> = (0..random.below(100)).map(|_| random.below(256) as u8).collect();
    encode::base64(&bytes)
}

/// A call of a client.
fn build_request(random: &Random<'_>) -> Value {
    let is_global = random.one_in(4);
    let endpoint = endpoint(random);
    let has_label = !endpoint.contains("127.0.0.1") && !endpoint.contains('[') && random.one_in(8);
    let (resource_path, path_params) = template(random, is_global);
    let (content_type, body) = content(random);
    let mut case = json!({
        "method": random.pick(METHODS),
        "endpoint": endpoint,
        "resource_path": resource_path,
        "path_params": path_params,
        "query_params": query_params(random),
        "header_params": header_params(random, content_type),
        "body": body,
        "collection_formats": {"multi": "multi", "csv": "csv"},
        "cname": if has_label { json!(random.word(12).to_lowercase()) } else { Value::Null },
        "credential": credential(random, is_global),
        "config": {"user_agent_prefix": "huaweicloud-usdk-python/3.0", "user_agent": random.word(12)},
        "time": moment(random),
        "boundary": random.word(30),
    });
    if case["body"] != json!({}) && random.one_in(6) {
        case["config"]["ignore_content_type_for_get_request"] = Value::Bool(true);
    }
    case
}

fn endpoint(random: &Random<'_>) -> String {
    let scheme = random.pick(&["https://", "http://"]);
    format!("{scheme}{}", random.pick(HOSTS))
}

/// A path with placeholders, and values for those that the credential does not fill.
fn template(random: &Random<'_>, is_global: bool) -> (String, Map<String, Value>) {
    let id = if is_global { "domain_id" } else { "project_id" };
    let mut params = Map::new();
    let mut path = match random.below(4) {
        0 => String::from("/v1"),
        1 => String::from("/"),
        _ => format!("/v1/{{{id}}}"),
    };
    if random.one_in(10) {
        params.insert(id.to_owned(), json!(random.word(8)));
    }
    for at in 0..random.below(3) {
        let name = format!("name_{at}");
        path.push_str(&format!("/things/{{{name}}}"));
        // A leading letter keeps it from being empty or a dot.
        let value = if random.one_in(5) { json!(random.below(10_000)) } else { json!(format!("v{}", random.text(10))) };
        params.insert(name, value);
    }
    (path, params)
}

fn query_params(random: &Random<'_>) -> Vec<Value> {
    let mut params = query(random);
    let texts = || (0..random.below(4)).map(|_| random.text(6)).collect::<Vec<_>>();
    match random.below(8) {
        0 => params.push(json!(["multi", texts()])),
        1 => params.push(json!(["csv", texts()])),
        2 => params.push(json!(["none", null])),
        3 => params.push(json!(["since", {"$datetime": "2020-01-02T03:04:05"}])),
        4 => params.push(json!(["day", {"$date": "2020-01-02"}])),
        5 => params.push(json!(["map", {"key": random.text(5), "other": random.word(5)}])),
        _ => {}
    }
    params
}

fn header_params(random: &Random<'_>, content_type: &str) -> Map<String, Value> {
    let mut headers = Map::new();
    if content_type != "application/json" || random.one_in(2) {
        headers.insert("Content-Type".to_owned(), json!(content_type));
    }
    if random.one_in(4) {
        headers.insert("User-Agent".to_owned(), json!(random.word(10)));
    }
    let is_foreign = random.one_in(12);
    if is_foreign {
        headers.insert("Authorization".to_owned(), json!(format!("Bearer {}", random.word(20))));
    }
    if random.one_in(6) {
        headers.insert("X-Project-Id".to_owned(), json!(random.word(10)));
    }
    for at in 0..random.below(3) {
        let value = match random.below(4) {
            0 => json!(random.below(1000)),
            _ if is_foreign => json!(random.word(10)),
            _ => json!(random.text(10)),
        };
        headers.insert(format!("X-Custom-{at}"), value);
    }
    headers
}

fn credential(random: &Random<'_>, is_global: bool) -> Value {
    let (kind, id) = if is_global { ("global", "domain_id") } else { ("basic", "project_id") };
    let mut credential = json!({"type": kind, "ak": random.word(20), "sk": random.word(40)});
    credential[id] = json!(random.word(32));
    if random.one_in(3) {
        credential["security_token"] = json!(format!("{}/+==", random.word(60)));
    }
    if random.one_in(5) {
        let region = if is_global { "globe" } else { "cn-north-4" };
        let predicate = random.pick(&["default", "always"]);
        credential["derived"] = json!({"predicate": predicate, "service": "iotdm", "region": region});
    }
    credential
}

/// A content type and a body that goes with it.
fn content(random: &Random<'_>) -> (&'static str, Value) {
    match random.below(10) {
        0 => ("application/x-www-form-urlencoded", members(random)),
        1 => ("multipart/form-data", parts(random)),
        2 => ("application/xml", elements(random)),
        3 => ("application/json", Value::Null),
        4 => ("application/json", json!(random.object(1, 3).to_string())),
        5 => ("application/json;charset=UTF-8", random.object(3, 4)),
        _ => ("application/json", random.object(3, 5)),
    }
}

/// Members of a form: plain values and lists of texts.
fn members(random: &Random<'_>) -> Value {
    let member = |at: usize| {
        let value = match random.below(5) {
            0 => json!(random.below(1000)),
            1 => json!(random.one_in(2)),
            2 => json!([random.text(5), random.text(5)]),
            _ => json!(random.text(10)),
        };
        (format!("{}{at}", random.word(6)), value)
    };
    (0..random.below(5)).map(member).collect::<Map<_, _>>().into()
}

/// Members of a multipart body: plain values and files.
fn parts(random: &Random<'_>) -> Value {
    let part = |at: usize| {
        let value = match random.below(5) {
            0 => json!(random.below(1000)),
            1 => json!(random.one_in(2)),
            2 => json!({"$file": {"name": format!("{}.bin", random.word(8)), "base64": bytes(random)}}),
            3 => json!({"$file": {"name": format!("{at}.txt"), "base64": bytes(random), "content_type": "text/plain"}}),
            _ => json!(random.text(10)),
        };
        (format!("{}{at}", random.word(6)), value)
    };
    (0..random.below(5)).map(part).collect::<Map<_, _>>().into()
}

fn elements(random: &Random<'_>) -> Value {
    let element = |at: usize| {
        let value = match random.below(5) {
            0 => json!(random.below(1000)),
            1 => json!(random.one_in(2)),
            2 => json!([random.text(5), random.text(5)]),
            3 => json!({"Inner": random.text(5), "Empty": null}),
            _ => json!(random.text(10)),
        };
        (format!("E{at}"), value)
    };
    (0..=random.below(4)).map(element).collect::<Map<_, _>>().into()
}
