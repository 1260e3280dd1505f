//! What a client would send.

use std::collections::BTreeMap;

use sanyun_core::{Preview, Request, encode, hash, time};
use sanyun_oss::{Action, Client};
use serde_json::{Value, json};

use super::client::{LATER, block_on, client, clock, expect, outcome, product};
use super::script::{Script, body};
use crate::Outcome;
use crate::support::{member, moment, same, same_json, text};

/// Kind `endpoint`.
pub(super) fn endpoint(input: &Value, expected: &Value) -> Outcome {
    outcome(endpoint_of(input, expected))
}

fn endpoint_of(input: &Value, expected: &Value) -> Result<(), String> {
    let previewed = made(input)?.map(|client| {
        let (bucket, key) = (input.get("bucket").and_then(Value::as_str), input.get("key").and_then(Value::as_str));
        block_on(call_on(&client, bucket, key).preview())
    });
    let preview = match previewed {
        Ok(preview) => expect(preview?, expected)?,
        Err(error) => expect(Err(error), expected)?,
    };
    let Some(Preview { request, .. }) = preview else { return Ok(()) };
    same("url", &format!("{}{}", request.endpoint, request.path), text(expected, "url"))?;
    // The signature's scope: Credential=<id>/<date>/<region>/<product>/aliyun_v4_request
    let scope: Vec<_> = request.header("authorization").split('/').collect();
    let part = |at: usize| scope.get(at).copied().unwrap_or_default();
    crate::support::same_member(expected, "region", part(2))?;
    crate::support::same_member(expected, "product", part(3))
}

/// Any operation on the service, a bucket or an object.
fn call_on(client: &Client, bucket: Option<&str>, key: Option<&str>) -> Action<Value> {
    let name = match (bucket, key) {
        (None, _) => "ListBuckets",
        (Some(_), None) => "GetBucketAcl",
        (Some(_), Some(_)) => "GetObjectAcl",
    };
    let mut params = json!({});
    for (name, value) in [("bucket", bucket), ("key", key)] {
        if let Some(value) = value {
            params[name] = value.into();
        }
    }
    client.invoke(name, params)
}

fn made(input: &Value) -> Result<Result<Client, sanyun_core::Error>, String> {
    client(input, &clock(input)?, &Script::default())
}

/// The call of a case, by the names of its table.
pub(super) fn call(client: &Client, input: &Value) -> Result<Action<Value>, String> {
    let name = text(input, "operation");
    if product(input)?.operation(name).is_none() {
        return Err(LATER.to_owned());
    }
    let mut params = member(input, "params").clone();
    let binary =
        params.get("body").and_then(|body| body.get("$b64")).and_then(Value::as_str).map(encode::base64_decode);
    if let (Some(_), Some(object)) = (&binary, params.as_object_mut()) {
        object.remove("body");
    }
    if name == "DeleteMultipleObjects" {
        one_form_of_delete(&mut params);
    }
    let action = client.invoke(name, params);
    Ok(match binary {
        Some(bytes) => action.body(bytes.unwrap_or_default()),
        None => action,
    })
}

/// The official SDK has two forms of the parameters; ours has the newer one.
fn one_form_of_delete(params: &mut Value) {
    let Some(object) = params.as_object_mut() else { return };
    if let Some(objects) = object.remove("objects") {
        let quiet = object.remove("quiet").unwrap_or_default();
        object.insert("delete".to_owned(), json!({"objects": objects, "quiet": quiet}));
    }
}

/// Kind `request`.
pub(super) fn request(input: &Value, expected: &Value) -> Outcome {
    outcome(request_of(input, expected))
}

fn request_of(input: &Value, expected: &Value) -> Result<(), String> {
    let preview = match made(input)? {
        Ok(client) => block_on(call(&client, input)?.preview())?,
        Err(error) => Err(error),
    };
    let preview = expect(preview, &one_name_of_missing(input, expected))?;
    preview.map_or(Ok(()), |preview| same_request(&preview.request, expected))
}

/// The one parameter that is named by its older form in the case.
fn one_name_of_missing(input: &Value, expected: &Value) -> Value {
    let mut expected = expected.clone();
    if text(input, "operation") == "DeleteMultipleObjects" && expected.get("error").is_some() {
        expected["error"]["field"] = "delete".into();
    }
    expected
}

fn same_request(request: &Request, expected: &Value) -> Result<(), String> {
    same_target(request, expected)?;
    let ours = block_on(body(request))?.map_err(|error| error.to_string())?;
    let theirs = match expected.get("body_b64").and_then(Value::as_str) {
        Some(base64) => encode::base64_decode(base64).ok_or("bad base64")?,
        None => text(expected, "body").as_bytes().to_vec(),
    };
    let same_bytes = expected.get("method").is_none() || ours == theirs;
    let same_value = if text(expected, "body_type") == "json" { same_json_text } else { same_xml };
    if !same_bytes && !same_value(&ours, &theirs) {
        return Err(format!("body: ours {:?}, expected {:?}", String::from_utf8_lossy(&ours), text(expected, "body")));
    }
    let mut headers = header_map(request);
    let mut wanted = text_map(member(expected, "headers"));
    if !same_bytes {
        // Equal as a document, but not to the byte: then the hash has to fit our bytes, and the signature cannot be compared.
        same("content-md5", request.header("content-md5"), &encode::base64(&hash::md5(&ours)))?;
        for name in ["content-md5", "authorization"] {
            headers.remove(name);
            wanted.remove(name);
        }
    }
    if expected.get("method").is_none() {
        // A better way lists only some headers.
        headers.retain(|name, _| wanted.contains_key(name));
    }
    same("headers", &lines(&headers), &lines(&wanted))
}

/// Whether two bodies are the same JSON.
fn same_json_text(ours: &[u8], theirs: &[u8]) -> bool {
    let parsed = |bytes| serde_json::from_slice::<Value>(bytes).ok();
    parsed(ours).is_some_and(|ours| parsed(theirs) == Some(ours))
}

/// Whether two bodies differ only in how quotation marks are written.
pub(super) fn same_xml(ours: &[u8], theirs: &[u8]) -> bool {
    let plain = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("&quot;", "\"");
    plain(ours) == plain(theirs)
}

fn same_target(request: &Request, expected: &Value) -> Result<(), String> {
    if expected.get("method").is_none() {
        return Ok(());
    }
    same("method", request.method.as_str(), text(expected, "method"))?;
    same("scheme", request.endpoint.scheme().as_str(), text(expected, "scheme"))?;
    same("host", request.endpoint.authority(), text(expected, "host"))?;
    same("path", &request.path, text(expected, "path"))?;
    same_json("query", &sorted_query(&request.query), member(expected, "query"))
}

/// The encoded pairs of a query, sorted.
pub(super) fn sorted_query(query: &str) -> Value {
    let mut pairs: Vec<_> = encode::pairs(query).collect();
    pairs.sort_unstable();
    pairs.into_iter().map(|(name, value)| json!([name, value])).collect()
}

/// Our headers without those that the cases leave out.
fn header_map(request: &Request) -> BTreeMap<String, String> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let left_out = ["host", "user-agent"];
    let headers = request.headers.iter().filter(|(name, _)| !left_out.contains(&name.as_str()));
    headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

fn text_map(value: &Value) -> BTreeMap<String, String> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().trim().to_owned())).collect()
}

fn lines(headers: &BTreeMap<String, String>) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

/// Kind `presign`.
pub(super) fn presign(input: &Value, expected: &Value) -> Outcome {
    outcome(presign_of(input, expected))
}

fn presign_of(input: &Value, expected: &Value) -> Result<(), String> {
    let presigned = match made(input)? {
        Ok(client) => {
            let action = call(&client, input)?;
            match (input.get("expires_seconds").and_then(Value::as_u64), input.get("expiration")) {
                (_, Some(end)) => block_on(action.presign_until(moment(end)?))?,
                (Some(seconds), None) => block_on(action.presign(std::time::Duration::from_secs(seconds)))?,
                (None, None) => block_on(action.presign(sanyun_oss::DEFAULT_LIFETIME))?,
            }
        }
        Err(error) => Err(error),
    };
    let Some(presigned) = expect(presigned, expected)? else { return Ok(()) };
    let (place, query) = presigned.url().split_once('?').unwrap_or((presigned.url(), ""));
    let [scheme, host, path] = ["scheme", "host", "path"].map(|name| text(expected, name));
    same("method", presigned.method().as_str(), text(expected, "method"))?;
    same("url", place, &format!("{scheme}://{host}{path}"))?;
    same_json("query", &sorted_query(query), member(expected, "query"))?;
    let shown = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = presigned.headers().iter().map(|(name, value)| (name.as_str().to_owned(), shown(value)));
    same("signed_headers", &lines(&headers.collect()), &lines(&text_map(member(expected, "signed_headers"))))?;
    let expires = presigned.expires_at().map(time::iso_extended).unwrap_or_default();
    same("expiration", &expires, text(expected, "expiration"))
}
