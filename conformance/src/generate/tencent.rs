//! Random cases of Tencent Cloud.
//!
//! What the official SDK does wrong is left out; the points are those of the specification:
//! - numbers and booleans as parts of a multipart body, of which it makes an error of the language (6.3);
//! - booleans in flattened parameters, which it writes as `True` and `False` (6.1), and numbers with a fraction, whose
//!   shortest text differs in its exponent (6.1);
//! - endpoints with a scheme or a path, which it signs as they are (2), and hosts in upper case, which its HTTP library
//!   changes behind the signature's back;
//! - callers' headers with the names of protocol headers in another case, of which it sends both (3);
//! - secret ids and keys with white space around them, which it refuses as ours does (10).

use sanyun_core::encode;
use serde_json::{Map, Value, json};

use super::Random;

const REGIONS: &[&str] = &["", "ap-guangzhou", "ap-shanghai-fsi", "na-siliconvalley", "eu-frankfurt"];
const SERVICES: &[&str] = &["cvm", "as", "sts", "cls", "hunyuan", "vpc"];
const ACTIONS: &[&str] = &["DescribeInstances", "describeZones", "RunInstances", "AssumeRole", "x"];
const LANGUAGES: &[Option<&str>] = &[Some("zh-CN"), Some("en-US"), None];
/// Unix seconds around the start of a day, where date and time of a signature must agree.
const MIDNIGHTS: &[u64] = &[0, 86_399, 86_400, 951_782_399, 951_868_799, 1_704_067_199, 1_704_067_200, 4_102_444_799];

/// One case.
pub(super) fn generate(random: &Random<'_>) -> (&'static str, Value) {
    match random.below(12) {
        0 => ("serialize_query", json!({ "params": flat_params(random) })),
        1 => ("sign_tc3", finished(random)),
        2 => ("sign_tc3", octet_stream(random)),
        3 | 4 => ("sign_tc3", get(random)),
        5 | 6 => ("sign_tc3", post(random)),
        7 | 8 => ("multipart", multipart(random)),
        _ => ("sign_v1", old(random)),
    }
}

/// Only the bare signature, over bytes that no client would make.
fn finished(random: &Random<'_>) -> Value {
    let mut case = common(random);
    let own = json!({
        "method": "POST",
        "host": random.text(20),
        "path": format!("/{}", random.text(10)),
        "query": "",
        "content_type": random.text(30),
        "body": random.text(300),
        "secret_key": format!("k{}k", random.text(80)),
        "unsigned_payload": false,
    });
    set(&mut case, own);
    remove(&mut case, &["action", "version", "region", "language", "token", "trace_id", "extra_headers"]);
    case
}

fn octet_stream(random: &Random<'_>) -> Value {
    let mut case = common(random);
    let bytes: Vec<u8> = (0..random.below(300)).map(|_| random.below(256) as u8).collect();
    let own = json!({
        "method": "POST",
        "content_type": "application/octet-stream",
        "query": "",
        "body_b64": encode::base64(&bytes),
        "trace_id": null,
    });
    set(&mut case, own);
    case
}

fn get(random: &Random<'_>) -> Value {
    let mut case = common(random);
    set(&mut case, json!({ "method": "GET", "content_type": "application/x-www-form-urlencoded" }));
    match random.below(3) {
        0 => set(&mut case, json!({ "query": "", "body": "" })),
        1 => {
            let query: Vec<String> = (0..1 + random.below(5))
                .map(|_| format!("{}={}", encode::form(&random.text(8)), encode::form(&random.text(20))))
                .collect();
            set(&mut case, json!({ "query": query.join("&"), "body": "" }));
        }
        _ => set(&mut case, json!({ "params": flat_params(random) })),
    }
    skip_sometimes(random, &mut case);
    behind_a_gateway_sometimes(random, &mut case);
    case
}

fn post(random: &Random<'_>) -> Value {
    let mut case = common(random);
    set(&mut case, json!({ "method": "POST", "content_type": "application/json", "query": "" }));
    match random.below(4) {
        // Both sides lay the JSON out; what does not depend on its bytes must agree.
        0 => set(&mut case, json!({ "params": random.object(3, 5) })),
        1 => set(&mut case, json!({ "body": random.text(200) })),
        2 => set(&mut case, json!({ "body": format!("{:#}", random.object(3, 5)) })),
        _ => set(&mut case, json!({ "body": random.object(4, 5).to_string() })),
    }
    skip_sometimes(random, &mut case);
    behind_a_gateway_sometimes(random, &mut case);
    case
}

/// Signed with TC3-HMAC-SHA256 whatever the setting.
fn multipart(random: &Random<'_>) -> Value {
    let mut case = common(random);
    let (mut params, mut files) = (Map::new(), Vec::new());
    for at in 0..random.below(5) {
        // Numbered, so that no two are the same.
        let name = format!("{}{at}{}", random.word(8), random.pick(&["", "", "_", "名", " b"]));
        let (value, is_file) = part(random);
        files.extend(is_file.then(|| Value::from(name.as_str())));
        params.insert(name, value);
    }
    let own = json!({
        "method": "POST",
        "sign_method": random.pick(&["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"]),
        "boundary": (0..32).map(|_| char::from(*random.pick(b"0123456789abcdef"))).collect::<String>(),
        "params": params,
        "binary_params": files,
    });
    set(&mut case, own);
    skip_sometimes(random, &mut case);
    behind_a_gateway_sometimes(random, &mut case);
    case
}

/// A part's value, and whether it is a file.
fn part(random: &Random<'_>) -> (Value, bool) {
    match random.below(5) {
        0 => {
            let bytes: Vec<u8> = (0..random.below(200)).map(|_| random.below(256) as u8).collect();
            (json!({ "b64": encode::base64(&bytes) }), true)
        }
        // A file may also be given as text.
        1 => (json!({ "value": random.text(40) }), true),
        2 => (json!({ "value": random.object(2, 4) }), false),
        3 => (json!({ "value": (0..random.below(4)).map(|_| random.json(2)).collect::<Value>() }), false),
        _ => (json!({ "value": format!("{}{}", random.text(40), random.pick(&["", "\r\n--", "\n"])) }), false),
    }
}

/// Signed over all parameters.
fn old(random: &Random<'_>) -> Value {
    let mut case = common(random);
    let own = json!({
        "method": random.pick(&["GET", "POST"]),
        "sign_method": random.pick(&["HmacSHA1", "HmacSHA256"]),
        "nonce": 1 + random.below(i64::MAX as usize),
        "params": flat_params(random),
    });
    set(&mut case, own);
    remove(&mut case, &["unsigned_payload"]);
    behind_a_gateway_sometimes(random, &mut case);
    case
}

/// The vendor's API gateway: connected to, while the API's own host is signed.
fn behind_a_gateway_sometimes(random: &Random<'_>, case: &mut Value) {
    if random.one_in(8) {
        set(
            case,
            json!({ "gateway": format!("gateway-{}.example:{}", random.below(10), 1024 + random.below(60_000)) }),
        );
    }
}

/// What every case has.
fn common(random: &Random<'_>) -> Value {
    let service = if random.one_in(4) { random.word(8).to_lowercase() } else { (*random.pick(SERVICES)).to_owned() };
    let product = "SDK_PYTHON_3.1.195";
    json!({
        "service": service,
        "version": format!("20{:02}-{:02}-{:02}", random.below(31), 1 + random.below(12), 1 + random.below(28)),
        "action": if random.one_in(4) { random.word(24) } else { (*random.pick(ACTIONS)).to_owned() },
        "region": if random.one_in(6) { random.word(12) } else { (*random.pick(REGIONS)).to_owned() },
        "language": random.pick(LANGUAGES),
        "token": if random.one_in(2) { Value::Null } else { ascii(random, 60).into() },
        "secret_id": format!("AKID{}", ascii(random, 30)),
        "secret_key": format!("k{}k", random.text(30)),
        "timestamp": if random.one_in(3) { *random.pick(MIDNIGHTS) } else { random.below(4_102_444_800) as u64 },
        "unsigned_payload": random.one_in(4),
        "request_client": if random.one_in(2) { product.to_owned() } else { format!("{product}; {}", random.word(20)) },
        "trace_id": format!("{}-{}", random.word(8), random.word(8)),
        "host": host(random, &service),
        "path": "/",
        "extra_headers": extra_headers(random),
    })
}

fn host(random: &Random<'_>, service: &str) -> String {
    match random.below(5) {
        0 => format!("{service}.ap-shanghai.tencentcloudapi.com"),
        1 => format!("{service}.internal.tencentcloudapi.com"),
        2 => format!("127.0.0.1:{}", 1024 + random.below(60_000)),
        _ => format!("{service}.tencentcloudapi.com"),
    }
}

fn extra_headers(random: &Random<'_>) -> Value {
    let mut headers = Map::new();
    for at in 0..random.below(4) {
        // Numbered, so that no two names differ in case only.
        let name = if at == 0 { "X-TC-Canary".to_owned() } else { format!("X-{}-{at}", random.word(8)) };
        headers.insert(name, random.text(16).trim().into());
    }
    if random.one_in(4) {
        let name = *random.pick(&["X-TC-TraceId", "x-tc-traceid", "X-Tc-TraceID"]);
        headers.insert(name.to_owned(), random.word(20).into());
    }
    headers.into()
}

fn skip_sometimes(random: &Random<'_>, case: &mut Value) {
    if random.one_in(8) {
        set(case, json!({ "skip_sign": true }));
        if random.one_in(2) {
            set(case, json!({ "secret_id": null, "secret_key": null, "token": null }));
        }
    }
}

/// Parameters that flatten alike on both sides; some names have dots, so that they meet others.
fn flat_params(random: &Random<'_>) -> Value {
    let mut params = Map::new();
    for _ in 0..random.below(6) {
        params.insert(name(random), flat_value(random, 3));
    }
    params.into()
}

fn name(random: &Random<'_>) -> String {
    match random.below(8) {
        0 => "A.B".to_owned(),
        1 => "A".to_owned(),
        2 => "L.0".to_owned(),
        3 => "L".to_owned(),
        4 => format!("{}_{}", random.word(4), random.text(4)),
        _ => random.word(10),
    }
}

fn flat_value(random: &Random<'_>, depth: usize) -> Value {
    match random.below(if depth == 0 { 4 } else { 7 }) {
        0 => Value::Null,
        1 => (random.below(usize::MAX) as i64).into(),
        2 | 3 => format!("{}{}", random.text(16), random.pick(&["", "", "\n", "\t", "\r\n", "\u{0}", "\u{7f}"])).into(),
        4 => (0..random.below(14)).map(|_| flat_value(random, depth - 1)).collect(),
        5 => json!({ "B": flat_value(random, depth - 1), name(random): flat_value(random, depth - 1) }),
        _ => (0..random.below(3)).map(|_| (name(random), flat_value(random, depth - 1))).collect::<Map<_, _>>().into(),
    }
}

/// Visible ASCII, 1 to `most` characters.
fn ascii(random: &Random<'_>, most: usize) -> String {
    (0..=random.below(most)).map(|_| char::from(b'!' + random.below(94) as u8)).collect()
}

fn set(case: &mut Value, members: Value) {
    if let (Some(case), Value::Object(members)) = (case.as_object_mut(), members) {
        case.extend(members);
    }
}

fn remove(case: &mut Value, names: &[&str]) {
    if let Some(case) = case.as_object_mut() {
        case.retain(|name, _| !names.contains(&name.as_str()));
    }
}
