//! Our request and value against those of the vendor's typed client.

use sanyun_catalog::{Cloud, Operation};
use sanyun_core::encode;
use serde_json::{Map, Value, json};

use super::calls::{Ours, Seen};

/// Headers that belong to the HTTP layer.
const OF_TRANSPORT: &[&str] = &["accept-encoding", "content-length", "connection", "transfer-encoding"];

/// All differences, each an object with `what`, `where`, `ours` and `official`.
pub fn differences(operation: &Operation<'_>, ours: &Ours, answer: &Value) -> Vec<Value> {
    let mut found = Found(Vec::new());
    let cloud = operation.service.cloud();
    let (Some(seen), Some(official)) = (&ours.request, answer.get("request")) else {
        if answer.get("missing").is_some() {
            return vec![answer.clone()];
        }
        let sent = if ours.request.is_some() { json!("sent") } else { json!(ours.value.as_ref().err()) };
        found.add("sending", "", sent, answer.clone());
        return found.0;
    };
    request(&mut found, cloud, seen, official);
    // Both signatures depend on everything else.
    if found.0.is_empty() {
        found.same("signature", "", json!(seen.header("authorization")), header(official, "authorization"));
        found.same(
            "signature",
            "query",
            json!(pairs(&seen.query).get(SIGNATURE)),
            json!(official["query"].get(SIGNATURE)),
        );
    }
    value(&mut found, operation, ours, answer);
    found.0
}

/// Whether the official client of Alibaba Cloud made a call in the form of signature 1.0.
pub fn is_version1(answer: &Value) -> bool {
    let request = &answer["request"];
    let is_rpc = request["query"].get("SignatureNonce").is_some() && header(request, "x-acs-date") == "";
    is_rpc || header(request, "x-acs-signature-version") == "1.0"
}

struct Found(Vec<Value>);

impl Found {
    fn add(&mut self, what: &str, place: &str, ours: Value, official: Value) {
        self.0.push(json!({"what": what, "where": place, "ours": ours, "official": official}));
    }

    fn same(&mut self, what: &str, place: &str, ours: Value, official: Value) {
        if ours != official {
            self.add(what, place, ours, official);
        }
    }
}

/// The signature of version 1.0, in the query.
const SIGNATURE: &str = "Signature";

/// The names and values of a query.
fn pairs(query: &str) -> Map<String, Value> {
    let decoded = |(name, value)| (encode::form_decode(name), Value::String(encode::form_decode(value)));
    encode::pairs(query).map(decoded).collect()
}

fn request(found: &mut Found, cloud: Cloud, ours: &Seen, official: &Value) {
    let url = official["url"].as_str().unwrap_or_default();
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    found.same("method", "", json!(ours.method), official["method"].clone());
    found.same("url", "", json!(ours.place), json!(place));
    match cloud {
        // The wire forms differ (`+`, `%20`), what is signed is the same; compared is what the service reads.
        Cloud::Alibaba => {
            let (mut ours, mut theirs) =
                (pairs(&ours.query), official["query"].as_object().cloned().unwrap_or_default());
            ours.remove(SIGNATURE);
            theirs.remove(SIGNATURE);
            members(found, "query", &ours, &theirs);
        }
        _ => found.same("query", "", json!(ours.query), json!(query)),
    }
    let wanted = official["body"].as_str().and_then(encode::base64_decode).unwrap_or_default();
    let before = found.0.len();
    headers(found, cloud, ours, official);
    if ours.body != wanted {
        // The digest differs for no reason of its own.
        let is_digest = |problem: &Value| problem["where"] == "x-acs-content-sha256";
        // Nor does the type of a body that is missing.
        let is_type = |problem: &Value| ours.body.is_empty() && problem["where"] == "content-type";
        let of_headers = found.0.split_off(before);
        found.0.extend(of_headers.into_iter().filter(|problem| !is_digest(problem) && !is_type(problem)));
        let text = |bytes: &[u8]| json!(String::from_utf8_lossy(bytes));
        found.add("body", "", text(&ours.body), text(&wanted));
    }
}

fn headers(found: &mut Found, cloud: Cloud, ours: &Seen, official: &Value) {
    let none = Map::new();
    let official = official["headers"].as_object().unwrap_or(&none);
    // Tencent's SDK leaves the user agent to its HTTP library, and does not sign it.
    let is_librarys = |name: &str| OF_TRANSPORT.contains(&name) || name == "user-agent" && cloud == Cloud::Tencent;
    let signed = |name: &str| name != "authorization" && !is_librarys(name);
    let ours: Map<_, _> = ours
        .headers
        .keys()
        .filter(|name| signed(name.as_str()))
        .map(|name| (name.to_string(), json!(ours.header(name.as_str()))))
        .collect();
    let trimmed = |value: &Value| json!(value.as_str().unwrap_or_default().trim());
    let mut official: Map<_, _> = official
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), trimmed(value)))
        .filter(|(name, _)| signed(name))
        .collect();
    // Left to the HTTP library by some SDKs.
    for name in ["host", "user-agent", "accept"] {
        if let (Some(value), false) = (ours.get(name), official.contains_key(name)) {
            official.insert(name.to_owned(), value.clone());
        }
    }
    members(found, "header", &ours, &official);
}

/// Members that differ, one by one.
fn members(found: &mut Found, what: &str, ours: &Map<String, Value>, official: &Map<String, Value>) {
    let null = Value::Null;
    for name in ours.keys().chain(official.keys().filter(|name| !ours.contains_key(*name))) {
        let (mine, theirs) = (ours.get(name).unwrap_or(&null), official.get(name).unwrap_or(&null));
        if mine != theirs {
            found.add(what, name, mine.clone(), theirs.clone());
        }
    }
}

fn header(official: &Value, name: &str) -> Value {
    let headers = official["headers"].as_object().into_iter().flatten();
    headers
        .filter(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
        .next()
        .unwrap_or(json!(""))
}

fn value(found: &mut Found, operation: &Operation<'_>, ours: &Ours, answer: &Value) {
    let failure = &answer["failure"];
    let mine = match &ours.value {
        Ok(value) if failure.is_null() => value,
        Ok(_) => return found.add("reading the reply", "", json!("a value"), failure.clone()),
        Err(error) => return found.add("reading the reply", "", json!(error), failure.clone()),
    };
    let mut theirs = answer["value"].clone();
    // What came in a header stands in the official model beside the members of the body.
    if let Some(members) = theirs.as_object_mut() {
        // A member of the body wins over a header of its name.
        let of_headers = ours.headers.iter().filter(|(name, _)| mine.get(name).is_none());
        for (name, value) in of_headers {
            found.same("reply header", name, json!(value), members.remove(name).unwrap_or_default());
        }
        if operation.flags.response_root {
            theirs = members.remove("body").unwrap_or_default();
        }
    }
    same_value(found, "", mine, &theirs);
}

/// Compares what a reply means: numbers by their value; members that are null or an empty list count as absent, because
/// the official models have every member.
fn same_value(found: &mut Found, path: &str, ours: &Value, theirs: &Value) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for name in ours.keys().chain(theirs.keys().filter(|name| !ours.contains_key(*name))) {
                let null = Value::Null;
                let (ours, theirs) = (ours.get(name).unwrap_or(&null), theirs.get(name).unwrap_or(&null));
                same_value(found, &format!("{path}.{name}"), ours, theirs);
            }
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                same_value(found, &format!("{path}[{at}]"), ours, theirs);
            }
        }
        _ if ours == theirs || same_number(ours, theirs) || is_nothing(ours) && is_nothing(theirs) => {}
        _ => found.add("value", path, ours.clone(), theirs.clone()),
    }
}

pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Integers exactly, others as floating-point numbers.
pub(super) fn same_number(ours: &Value, theirs: &Value) -> bool {
    let is_whole = |value: &Value| value.is_i64() || value.is_u64();
    match (ours.as_f64(), theirs.as_f64()) {
        (Some(one), Some(other)) => one == other && !(is_whole(ours) && is_whole(theirs)),
        _ => false,
    }
}
