//! Requests that the vendors' own SDKs signed, byte for byte, against the gateways: all are accepted, and none is
//! any more when one bit of its signature is changed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use sanyun_local::{Builder, Local};
use serde_json::Value;
use support::{Reply, Request, at, unix, vectors};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// A local cloud that knows the key of a vector.
fn with_key(builder: Builder, id: &str, secret: &str, token: &str) -> Builder {
    match token {
        "" => builder.key(id, secret),
        token => builder.session_key(id, secret, token),
    }
}

fn body(value: &Value, base64_name: &str) -> Vec<u8> {
    match value[base64_name].as_str() {
        Some(encoded) => sanyun_core::encode::base64_decode(encoded).unwrap(),
        None => text(value, "body").into(),
    }
}

/// Headers as the vectors hold them. Values are trimmed, as every HTTP library does it.
fn headers(value: &Value) -> Vec<(String, String)> {
    let map = value.as_object().unwrap().iter();
    map.map(|(name, value)| (name.clone(), value.as_str().unwrap().trim().to_owned())).collect()
}

/// Spoils the last character of a signature.
fn spoiled(text: &str) -> String {
    let (start, last) = text.split_at(text.len() - 2);
    let last = if last.starts_with('0') { "1" } else { "0" }.to_owned() + &last[1..];
    start.to_owned() + &last
}

/// Sends a request with its true signature and with a spoiled one, and gives both replies.
async fn both(local: &Local, request: &Request) -> (Reply, Reply) {
    let mut wrong = request.clone();
    for (name, value) in &mut wrong.headers {
        if name.eq_ignore_ascii_case("authorization") {
            *value = spoiled(value);
        }
    }
    (request.send(local.addr()).await.unwrap(), wrong.send(local.addr()).await.unwrap())
}

#[tokio::test]
async fn huawei_accepts_what_the_official_sdk_signs() {
    let mut accepted = 0;
    for vector in vectors("huawei", &["sign"]) {
        let (name, input, expected) = (text(&vector, "name"), &vector["input"], &vector["expected"]);
        let hmac = ["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"].contains(&text(input, "algorithm"));
        // What the official SDK signs in a way that no gateway can rebuild is not for us to accept, nor a digest that is
        // not that of the body.
        let lies = name == "sign-content-sha256-given";
        if text(&vector, "parity") != "must" || lies || !hmac || expected["authorization"].is_null() {
            continue;
        }
        let body = match &input["body"] {
            Value::Null => Vec::new(),
            body if body["text"].is_string() => text(body, "text").into(),
            body if body["base64"].is_string() => sanyun_core::encode::base64_decode(text(body, "base64")).unwrap(),
            body => {
                let count = body["repeat"]["count"].as_u64().unwrap() as usize;
                text(&body["repeat"], "unit").repeat(count).into()
            }
        };
        let request = Request {
            method: text(input, "method").to_owned(),
            target: text(expected, "uri").to_owned(),
            headers: headers(&expected["headers"]),
            body,
        };
        let date = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-sdk-date")).unwrap().1.clone();
        let token = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-security-token"));
        let token = token.map_or("", |(_, token)| token.as_str());
        let (ak, sk) = (text(input, "ak"), text(input, "sk"));
        let (local, _) = at(unix(&date), |builder| with_key(builder, ak, sk, token)).await;
        let (right, wrong) = both(&local, &request).await;
        assert_ne!(right.status, 401, "{name}: {}", right.text());
        assert_eq!(wrong.status, 401, "{name}");
        if request.method != "HEAD" {
            assert!(wrong.text().contains("verify aksk signature fail, canonicalRequest:"), "{name}: {}", wrong.text());
        }
        accepted += 1;
    }
    assert!(accepted >= 25, "{accepted} vectors");
}

#[tokio::test]
async fn huawei_shows_its_canonical_request() {
    for vector in vectors("huawei", &["sign"]).iter().filter(|vector| vector["input"]["algorithm"] == "SDK-HMAC-SHA256")
    {
        let (input, expected) = (&vector["input"], &vector["expected"]);
        let is_get = vector["parity"] == "must" && input["method"] == "GET" && input["body"].is_null();
        if !is_get || expected["authorization"].is_null() {
            continue;
        }
        let mut request = Request::new(text(input, "method"), text(expected, "uri"));
        request.headers = headers(&expected["headers"]);
        let date = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-sdk-date")).unwrap().1.clone();
        let (local, _) = at(unix(&date), |builder| builder.key(text(input, "ak"), "another secret")).await;
        let reply = request.send(local.addr()).await.unwrap().json();
        let shown = text(expected, "canonical_request").replace('\n', "|");
        if reply["error_msg"].as_str().unwrap().contains("decrypt token fail") {
            continue;
        }
        assert!(text(&reply, "error_msg").ends_with(&shown), "{}\n{reply}\n{shown}", vector["name"]);
    }
}

#[tokio::test]
async fn tencent_accepts_what_the_official_sdk_signs() {
    let mut accepted = 0;
    for vector in vectors("tencent", &["sign_tc3", "multipart"]) {
        let (name, input, expected) = (text(&vector, "name"), &vector["input"], &vector["expected"]);
        if expected["headers"].is_null() && vector["kind"] == "sign_tc3" || input["skip_sign"] == true {
            continue;
        }
        let mut request = Request::new(text(input, "method"), "/");
        if vector["kind"] == "multipart" {
            request = request.body(body(expected, "body_b64")).header("Authorization", text(expected, "authorization"));
            request =
                request.header("Content-Type", text(expected, "content_type")).header("Host", text(input, "host"));
            for (header, member) in [("X-TC-Action", "action"), ("X-TC-Version", "version"), ("X-TC-Region", "region")]
            {
                request = request.header(header, text(input, member));
            }
            request = request.header("X-TC-Timestamp", &input["timestamp"].to_string());
        } else {
            let query = text(input, "query");
            request.target = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
            request.headers = headers(&expected["headers"]);
            request.body = body(input, "body_b64");
        }
        let token = text(input, "token");
        let (id, secret) = (text(input, "secret_id"), text(input, "secret_key"));
        let (local, _) = at(input["timestamp"].as_i64().unwrap(), |builder| with_key(builder, id, secret, token)).await;
        let (right, wrong) = both(&local, &request).await;
        let code = |reply: &Reply| reply.json()["Response"]["Error"]["Code"].as_str().unwrap_or_default().to_owned();
        assert!(!code(&right).starts_with("AuthFailure"), "{name}: {}", right.text());
        assert_eq!(code(&wrong), "AuthFailure.SignatureFailure", "{name}");
        accepted += 1;
    }
    assert!(accepted >= 15, "{accepted} vectors");
}

#[tokio::test]
async fn tencent_accepts_the_old_signatures() {
    for vector in vectors("tencent", &["sign_v1"]) {
        let (name, input, expected) = (text(&vector, "name"), &vector["input"], &vector["expected"]);
        if expected["signature"].is_null() {
            continue;
        }
        let params = expected["wire_params"].as_object().unwrap().iter();
        let pair = |(name, value): (&String, &Value)| {
            let encode = sanyun_core::encode::form;
            format!("{}={}", encode(name), encode(value.as_str().unwrap()))
        };
        let form = params.map(pair).collect::<Vec<_>>().join("&");
        let is_get = text(input, "method") == "GET";
        let target = if is_get { format!("/?{form}") } else { "/".to_owned() };
        let request = Request::new(text(input, "method"), &target)
            .header("Host", text(input, "host"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(if is_get { String::new() } else { form });
        let (id, secret, token) = (text(input, "secret_id"), text(input, "secret_key"), text(input, "token"));
        let seconds = input["timestamp"].as_i64().unwrap();
        let (local, _) = at(seconds, |builder| with_key(builder, id, secret, token)).await;
        let reply = request.send(local.addr()).await.unwrap();
        assert!(!reply.text().contains("AuthFailure"), "{name}: {}", reply.text());
        drop(local);
        let (local, _) = at(seconds, |builder| with_key(builder, id, "another", token)).await;
        let reply = request.send(local.addr()).await.unwrap();
        assert!(reply.text().contains("AuthFailure.SignatureFailure"), "{name}: {}", reply.text());
    }
}

#[tokio::test]
async fn alibaba_accepts_what_the_official_sdk_signs() {
    let mut accepted = 0;
    for vector in vectors("alibaba", &["call_v3", "call_rpc", "call_roa"]) {
        let (name, input, expected) = (text(&vector, "name"), &vector["input"], &vector["expected"]);
        let algorithm = text(&input["config"], "signature_algorithm");
        let credential = &input["credential"];
        let signs = !expected["string_to_sign"].is_null() && algorithm != "ACS3-RSA-SHA256";
        if text(&vector, "parity") != "must" || !signs {
            continue;
        }
        let url = text(expected, "url");
        let target = url.splitn(4, '/').nth(3).map_or("/".to_owned(), |rest| format!("/{rest}"));
        let mut request = Request::new(text(expected, "method"), &target);
        request.headers = headers(&expected["headers"]);
        request.body = body(expected, "body_base64");
        let (id, secret) = (text(credential, "access_key_id"), text(credential, "access_key_secret"));
        let token = text(credential, "security_token");
        // A caller may set the date by hand.
        let own = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-acs-date"));
        let own = own.map_or(text(&expected["query"], "Timestamp"), |(_, date)| date);
        let moment = unix(if own.is_empty() { text(input, "clock") } else { own });
        let (local, _) = at(moment, |builder| with_key(builder, id, secret, token)).await;
        let right = request.send(local.addr()).await.unwrap();
        // Whether the catalog has the operation is not the question here.
        let passed = right.status == 200
            || ["InvalidAction.NotFound", "MissingParameter"].contains(&text(&right.json(), "Code"));
        assert!(passed, "{name}: {}", right.text());
        drop(local);
        let (local, _) = at(moment, |builder| with_key(builder, id, "another", token)).await;
        let wrong = request.send(local.addr()).await.unwrap().json();
        assert_eq!(wrong["Code"], "SignatureDoesNotMatch", "{name}");
        let shown = text(expected, "string_to_sign");
        assert!(text(&wrong, "Message").ends_with(&format!("server string to sign is:{shown}")), "{name}: {wrong}");
        accepted += 1;
    }
    assert!(accepted >= 25, "{accepted} vectors");
}

#[tokio::test]
async fn oss_accepts_what_the_official_sdk_signs() {
    let mut accepted = 0;
    for vector in vectors("oss", &["sign_v4", "sign_v1", "presign_v4", "presign_v1"]) {
        let (name, input, expected) = (text(&vector, "name"), &vector["input"], &vector["expected"]);
        let other_service = input.get("signer").is_some() || !["", "oss"].contains(&text(input, "product"));
        if text(&vector, "parity") != "must" || other_service || expected["string_to_sign"].is_null() {
            continue;
        }
        let url: Vec<_> = text(input, "url").splitn(4, '/').collect();
        let (path, query) = url[3].split_once('?').unwrap_or((url[3], ""));
        let host = url[2];
        // The name in front of a domain of one's own is not known to be a bucket.
        let is_known =
            input["bucket"].as_str().is_none_or(|bucket| path.starts_with(bucket) || host.starts_with(bucket));
        if !is_known {
            continue;
        }
        let mut target = format!("/{path}");
        let mut request = Request::new(text(input, "method"), "").header("Host", host);
        let ours = |name: &str| ["host", "content-length"].iter().any(|known| name.eq_ignore_ascii_case(known));
        request.headers.extend(headers(&input["headers"]).into_iter().filter(|(name, _)| !ours(name)));
        if expected["query"].is_array() {
            let pairs = expected["query"].as_array().unwrap().iter();
            let pair = |pair: &Value| format!("{}={}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            target = format!("{target}?{}", pairs.map(pair).collect::<Vec<_>>().join("&"));
        } else {
            for (name, value) in headers(&expected["headers_set"]) {
                request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
                request.headers.push((name, value));
            }
            if !query.is_empty() {
                target = format!("{target}?{query}");
            }
        }
        request.target = target;
        let token = text(input, "security_token");
        let (id, secret) = (text(input, "access_key_id"), text(input, "access_key_secret"));
        let own = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-oss-date"));
        let own = own.and_then(|(_, date)| sanyun_core::time::parse_http_date(date));
        let moment = own.map_or_else(|| unix(text(input, "time")), sanyun_core::time::unix_seconds);
        let (local, clock) = at(moment, |builder| with_key(builder, id, secret, token)).await;
        make_bucket(&local, &clock, input["bucket"].as_str()).await;
        let right = request.send(local.addr()).await.unwrap();
        assert_ne!(right.status, 403, "{name}: {request:?} {}", right.text());
        drop(local);
        let (local, clock) = at(moment, |builder| with_key(builder, id, "another", token)).await;
        make_bucket(&local, &clock, input["bucket"].as_str()).await;
        let wrong = request.send(local.addr()).await.unwrap();
        assert_eq!(wrong.element("Code"), "SignatureDoesNotMatch", "{name}: {wrong:?}");
        accepted += 1;
    }
    assert!(accepted >= 20, "{accepted} vectors");
}

/// Makes a bucket with the default key: a request to one that does not exist is refused before its signature is looked at.
async fn make_bucket(local: &Local, clock: &std::sync::Arc<sanyun_core::ManualClock>, name: Option<&str>) {
    let Some(name) = name else { return };
    let client = sanyun_oss::Client::builder()
        .region("cn-hangzhou")
        .endpoint(local.url())
        .clock(std::sync::Arc::clone(clock))
        .credentials(sanyun_core::Credential::keys(sanyun_local::ACCESS_KEY, sanyun_local::SECRET_KEY))
        .build()
        .unwrap();
    client.bucket(name).create().await.unwrap();
}
