//! Random cases of OSS.
//!
//! Left out, because the official SDK is wrong there (rows of section 17 of the specification) or we refuse:
//!
//! - additional signed headers of a client, which never reach the signer (3); those of a bare signature are covered;
//! - blanks around header values, which it signs and servers trim (14), control characters in them, which we refuse;
//! - with signature V1: tokens in headers, and parameters that begin with `x-oss-` (17);
//! - endpoints with a path, user info or another scheme, IPv6 addresses with a port (19), numbers such as `127.1` that
//!   it takes for an address (2.1 and 2.2);
//! - a caller's own `x-oss-date` (20);
//! - endings of keys whose media type differs between machines (31);
//! - closed regions of the finance cloud without an endpoint: it makes a host of their name, and there is none;
//! - an endpoint without a region, which it signs for an empty one (37);
//! - parameters of the same name, and empty pieces of a query, which it keeps in a map or signs as they are;
//! - keys of more than 1023 bytes, which it lets pass up to 1024 characters (2.5);
//! - text outside ASCII in XML, which it writes as references;
//! - the expiration of a URL without a signature, which it tells although there is none (7).

use sanyun_core::{encode, time};
use serde_json::{Map, Value, json};

use super::Random;

const REGIONS: &[&str] = &["cn-hangzhou", "ap-southeast-1", "us-west-1", "cn-hangzhou-finance", "cn-north-2-gov-1"];
const CLIENT_REGIONS: &[&str] = &["cn-hangzhou", "ap-southeast-1", "us-west-1", "cn-north-2-gov-1"];
const ENDINGS: &[&str] =
    &["", ".txt", ".jpg", ".PNG", ".json", ".zip", ".tar.gz", ".gz", ".tgz", ".unknown", "/", ".js", ".docx"];
/// Unix seconds around the start of a day, where date and time of a signature must agree.
const MIDNIGHTS: &[i64] =
    &[946_684_799, 951_782_400, 951_868_799, 1_702_743_657, 1_704_067_199, 1_704_067_200, 4_102_444_799];

/// One case.
pub(super) fn generate(random: &Random<'_>) -> (&'static str, Value) {
    match random.below(12) {
        0 | 1 => ("sign_v4", unsigned(random, false)),
        2 => ("presign_v4", unsigned(random, true)),
        3 => ("sign_v1", v1(unsigned(random, false), false)),
        4 => ("presign_v1", v1(unsigned(random, true), true)),
        5 => ("endpoint", endpoint(random)),
        6 | 7 => ("presign", presign(random)),
        _ => ("request", request(random)),
    }
}

/// A request before signing.
fn unsigned(random: &Random<'_>, expires: bool) -> Value {
    let at = moment(random);
    let bucket = (!random.one_in(5)).then(|| bucket(random));
    let key = (!random.one_in(4)).then(|| key(random));
    let host = bucket.as_ref().map_or_else(String::new, |bucket| format!("{bucket}."));
    let path = encode::percent_path(key.as_deref().unwrap_or_default()).into_owned();
    let mut case = json!({
        "method": random.pick(&["GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS"]),
        "url": format!("https://{host}oss-cn-hangzhou.aliyuncs.com/{path}{}", query(random)),
        "bucket": bucket,
        "key": key,
        "headers": headers(random),
        "access_key_id": random.word(20),
        "access_key_secret": format!("s{}", random.text(30)),
        "time": time::iso_extended(time::from_unix(at)),
        "product": random.pick(&["oss", "oss-cloudbox", "x"]),
        "region": random.pick(REGIONS),
    });
    if random.one_in(3) {
        case["security_token"] = trimmed(random, 40, "t").into();
    }
    if random.one_in(3) {
        case["additional_headers"] = json!(["Abc", "range", "content-type", "missing", "x-oss-meta-a", "Abc"]);
    }
    if expires {
        let lifetime = 1 + random.below(604_800) as i64;
        case["expiration"] = time::iso_extended(time::from_unix(at + lifetime)).into();
    }
    case
}

/// The same for signature V1, without what the official one gets wrong.
fn v1(mut case: Value, in_query: bool) -> Value {
    if let Some(case) = case.as_object_mut() {
        for name in ["product", "region", "additional_headers"] {
            case.remove(name);
        }
        if !in_query {
            case.remove("security_token");
        }
        let url = case.get("url").and_then(Value::as_str).unwrap_or_default();
        let plain: Vec<_> = url
            .split_once('?')
            .map_or("", |(_, query)| query)
            .split('&')
            .filter(|pair| !pair.starts_with("x-oss-"))
            .collect();
        let url = format!("{}?{}", url.split('?').next().unwrap_or_default(), plain.join("&"));
        case.insert("url".to_owned(), url.trim_end_matches('?').into());
        case.insert("sub_resource".to_owned(), json!(["lifecycle", "comp"]));
    }
    case
}

/// An encoded query with its question mark, or nothing.
fn query(random: &Random<'_>) -> String {
    let names =
        ["acl", "uploads", "versionId", "response-content-type", "lifecycle", "x-oss-process", "max-keys", "prefix"];
    let mut pairs: Vec<String> = Vec::new();
    for name in names.iter().filter(|_| random.one_in(5)) {
        pairs.push(pair(random, name));
    }
    for at in 0..random.below(3) {
        pairs.push(pair(random, &format!("{}{at}", encode::percent(&random.text(6)))));
    }
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn pair(random: &Random<'_>, name: &str) -> String {
    match random.below(4) {
        0 => name.to_owned(),
        1 => format!("{name}="),
        _ => format!("{name}={}", encode::percent(&random.text(10))),
    }
}

fn headers(random: &Random<'_>) -> Value {
    let mut headers = Map::new();
    for name in ["x-oss-meta-a", "X-Oss-Acl", "Content-Type", "content-md5", "Abc", "Range", "zabc", "x-oss-"] {
        if random.one_in(3) {
            headers.insert(name.to_owned(), trimmed(random, 20, "v").into());
        }
    }
    headers.into()
}

/// Text without blanks at its ends, beginning with `start`.
fn trimmed(random: &Random<'_>, most: usize, start: &str) -> String {
    format!("{start}{}", random.text(most)).trim().to_owned()
}

fn moment(random: &Random<'_>) -> i64 {
    if random.one_in(2) { *random.pick(MIDNIGHTS) } else { 1_000_000_000 + random.below(3_000_000_000) as i64 }
}

fn bucket(random: &Random<'_>) -> String {
    format!("b{}-{}", random.below(10_000), random.pick(&["photos", "0", "a--b"]))
}

fn key(random: &Random<'_>) -> String {
    let hostile = ["", "../", "./", "/", "a//", "a/../", "云/", "%2F", "+ "];
    format!("{}{}k{}", random.pick(&hostile), random.text(12), random.pick(ENDINGS))
}

fn config(random: &Random<'_>) -> Value {
    let mut config = Map::new();
    let mut set = |name: &str, value: Value| drop(config.insert(name.to_owned(), value));
    if random.one_in(2) {
        set("region", (*random.pick(CLIENT_REGIONS)).into());
    }
    match random.below(8) {
        0 => set("endpoint", "http://127.0.0.1:8080".into()),
        1 => set("endpoint", "oss.corp.example:8443".into()),
        2 => {
            set("endpoint", "https://img.example.com".into());
            set("use_cname", true.into());
        }
        3 => {
            set("endpoint", "cb-f8z7yvzgwfkl9q0h.cn-hangzhou.oss-cloudbox.aliyuncs.com".into());
            set("enable_auto_detect_cloud_box_id", random.one_in(2).into());
        }
        _ => {}
    }
    for name in
        ["use_internal_endpoint", "use_dualstack_endpoint", "use_accelerate_endpoint", "disable_ssl", "use_path_style"]
    {
        if random.one_in(5) {
            set(name, true.into());
        }
    }
    if random.one_in(4) {
        set("default_request_headers", json!({"x-oss-traffic-limit": "819200", "Abc": "d", "X-Empty": ""}));
    }
    match random.below(6) {
        0 => set("signature_version", "v1".into()),
        1 => set("anonymous", true.into()),
        2 => set("security_token", trimmed(random, 30, "t").into()),
        _ => {}
    }
    config.into()
}

fn endpoint(random: &Random<'_>) -> Value {
    let bucket = (!random.one_in(5)).then(|| if random.one_in(8) { random.word(8) } else { bucket(random) });
    let key = (bucket.is_some() && !random.one_in(4)).then(|| key(random));
    // Region and product are read from the signature's scope, so there has to be one.
    let config = without(config(random), &["anonymous", "signature_version"]);
    json!({ "config": config, "bucket": bucket, "key": key })
}

fn without(mut config: Value, names: &[&str]) -> Value {
    if let Some(config) = config.as_object_mut() {
        config.retain(|name, _| !names.contains(&name.as_str()));
    }
    config
}

fn is_v1(config: &Value) -> bool {
    config.get("signature_version").is_some()
}

fn presign(random: &Random<'_>) -> Value {
    let operation = *random.pick(&[
        "GetObject",
        "PutObject",
        "HeadObject",
        "InitiateMultipartUpload",
        "UploadPart",
        "CompleteMultipartUpload",
        "AbortMultipartUpload",
    ]);
    let config = without(config(random), &["anonymous", "default_request_headers"]);
    let mut params = match operation {
        "GetObject" => get_object(random, is_v1(&config)),
        "PutObject" => put_object(random),
        "HeadObject" => json!({"version_id": random.text(8)}),
        "UploadPart" => json!({"part_number": 1 + random.below(10_000), "upload_id": random.text(20)}),
        "InitiateMultipartUpload" => json!({}),
        _ => json!({"upload_id": random.text(20)}),
    };
    params["bucket"] = bucket(random).into();
    params["key"] = key(random).into();
    let now = time::iso_extended(time::from_unix(moment(random)));
    let expires = 1 + random.below(if random.one_in(10) { 900_000 } else { 604_800 });
    json!({"operation": operation, "params": params, "config": config, "now": now, "expires_seconds": expires})
}

fn request(random: &Random<'_>) -> Value {
    let config = config(random);
    let operation = *random.pick(&[
        "PutObject",
        "PutObject",
        "GetObject",
        "GetObject",
        "HeadObject",
        "DeleteObject",
        "ListObjectsV2",
        "PutBucket",
        "DeleteBucket",
        "ListBuckets",
    ]);
    let mut params = match operation {
        "PutObject" => put_object(random),
        "GetObject" => get_object(random, is_v1(&config)),
        "HeadObject" => some(random, &[("version_id", 8), ("if_match", 8), ("request_payer", 8)]),
        "DeleteObject" => some(random, &[("version_id", 8), ("bypass_governance_retention", 4)]),
        "ListObjectsV2" => list_objects(random),
        "PutBucket" => put_bucket(random),
        "ListBuckets" => some(random, &[("prefix", 8), ("marker", 8), ("tag_key", 8), ("resource_group_id", 8)]),
        _ => json!({}),
    };
    if operation != "ListBuckets" && !random.one_in(40) {
        params["bucket"] = if random.one_in(20) { random.word(4) } else { bucket(random) }.into();
    }
    if operation.ends_with("Object") && !random.one_in(40) {
        params["key"] = key(random).into();
    }
    if random.one_in(4) {
        params["headers"] = json!({"x-oss-foo": trimmed(random, 10, "f"), "Abc": trimmed(random, 10, "a")});
    }
    if random.one_in(4) {
        params["parameters"] = json!({ format!("p{}", random.text(5)): random.text(8) });
    }
    json!({
        "client": "oss",
        "operation": operation,
        "params": params,
        "config": config,
        "now": time::iso_extended(time::from_unix(moment(random))),
    })
}

/// Some of these fields, with text of at most so many characters.
fn some(random: &Random<'_>, fields: &[(&str, usize)]) -> Value {
    let chosen = fields.iter().filter(|_| random.one_in(3));
    chosen.map(|(name, most)| ((*name).to_owned(), trimmed(random, *most, "v").into())).collect::<Map<_, _>>().into()
}

fn put_object(random: &Random<'_>) -> Value {
    let mut params = some(
        random,
        &[
            ("acl", 8),
            ("storage_class", 8),
            ("cache_control", 12),
            ("content_disposition", 12),
            ("content_md5", 12),
            ("content_type", 12),
            ("expires", 12),
            ("server_side_encryption", 8),
            ("tagging", 12),
            ("callback", 12),
            ("request_payer", 8),
        ],
    );
    match random.below(3) {
        0 => params["body"] = random.text(300).into(),
        1 => {
            let bytes: Vec<u8> = (0..random.below(300)).map(|_| random.below(256) as u8).collect();
            params["body"] = json!({ "$b64": encode::base64(&bytes) });
        }
        _ => {}
    }
    if random.one_in(3) {
        params["metadata"] = json!({ format!("N{}", random.word(5)): trimmed(random, 12, "m"), "z": "1" });
    }
    if random.one_in(4) {
        params["forbid_overwrite"] = random.one_in(2).into();
    }
    if random.one_in(4) {
        params["traffic_limit"] = random.below(900_000).into();
    }
    params
}

fn get_object(random: &Random<'_>, v1: bool) -> Value {
    let fields = [
        ("response_cache_control", 8),
        ("response_content_disposition", 12),
        ("response_content_type", 12),
        ("version_id", 8),
        ("range_header", 8),
        ("range_behavior", 8),
        ("if_match", 8),
        ("if_modified_since", 8),
        ("accept_encoding", 8),
        ("process", 12),
    ];
    some(random, if v1 { fields.split_last().map_or(&[], |(_, plain)| plain) } else { &fields })
}

fn list_objects(random: &Random<'_>) -> Value {
    let mut params = some(
        random,
        &[("delimiter", 2), ("start_after", 12), ("continuation_token", 12), ("prefix", 12), ("encoding_type", 4)],
    );
    if random.one_in(2) {
        params["max_keys"] = random.below(1001).into();
    }
    if random.one_in(3) {
        params["fetch_owner"] = random.one_in(2).into();
    }
    params
}

fn put_bucket(random: &Random<'_>) -> Value {
    let mut params = some(random, &[("acl", 8), ("resource_group_id", 8), ("bucket_tagging", 8)]);
    if random.one_in(2) {
        params["create_bucket_configuration"] = json!({"storage_class": random.word(8), "data_redundancy_type": "ZRS"});
    }
    params
}
