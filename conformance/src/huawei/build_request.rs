//! Kind `build_request`: one call of a client, up to what it would send.

use bytes::Bytes;
use http::{HeaderMap, Method};
use sanyun_core::{ManualClock, Preview};
use sanyun_huawei::credentials::{DOMAIN_ID, PROJECT_ID};
use sanyun_huawei::sign::{Algorithm, is_standard_host};
use sanyun_huawei::{Account, Body, Builder, Client, Credential, ErrorKind, Input, Part};
use serde_json::{Map, Value};

use super::sign::pairs;
use super::unsent::{Unsent, preview};
use crate::support::{body_bytes, member, moment, same, same_headers, same_json, same_member, some_text, text};

pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let sent = match client(input) {
        // An endpoint with a path is refused: it is as good as keeping the path, and better than to drop it silently.
        Err(error) if error.kind() == ErrorKind::Config && has_path(text(input, "endpoint")) => return Ok(()),
        Err(error) => return Err(error.to_string()),
        Ok(client) => preview(client.send(call(input)?)),
    };
    match (sent, expected.get("error")) {
        (Ok(sent), None) => compare(input, &sent, expected),
        (Err(_), Some(_)) => Ok(()),
        (Ok(_), Some(error)) => Err(format!("expected the error {error}")),
        (Err(error), None) => Err(error.to_string()),
    }
}

fn has_path(endpoint: &str) -> bool {
    endpoint.split_once("://").is_some_and(|(_, rest)| rest.trim_end_matches('/').contains('/'))
}

fn client(input: &Value) -> sanyun_huawei::Result<Client> {
    let given = member(input, "credential");
    let clock = moment(member(input, "time")).map_err(sanyun_huawei::Error::input)?;
    let mut builder = Client::builder()
        .endpoint(text(input, "endpoint"))
        .credentials(credential(given))
        .clock(ManualClock::at(clock))
        .transport(Unsent);
    if member(member(input, "config"), "ignore_content_type_for_get_request") == &Value::Bool(true) {
        builder = builder.omit_content_type_on_get();
    }
    if let Some(algorithm) = Algorithm::from_name(text(member(input, "config"), "signing_algorithm")) {
        builder = builder.signing_algorithm(algorithm);
    }
    derived(builder, member(given, "derived")).build()
}

fn credential(given: &Value) -> Credential {
    let (id, secret) = (text(given, "ak"), text(given, "sk"));
    Credential::session(id, secret, text(given, "security_token"))
        .with_attribute(PROJECT_ID, text(given, "project_id"))
        .with_attribute(DOMAIN_ID, text(given, "domain_id"))
}

fn derived(builder: Builder, derived: &Value) -> Builder {
    let builder = builder.region(text(derived, "region"));
    match text(derived, "predicate") {
        "always" => builder.derived_when(|_| true),
        "default" => builder.derived_when(|request| !is_standard_host(request.host())),
        _ => builder,
    }
}

fn call(input: &Value) -> Result<Input, String> {
    let method = Method::from_bytes(text(input, "method").as_bytes()).map_err(|error| error.to_string())?;
    let mut call = Input::new("service", method, text(input, "resource_path"));
    for (name, value) in member(input, "path_params").as_object().into_iter().flatten() {
        call = call.path_param(name, special(value));
    }
    for (name, value) in pairs(member(input, "query_params")) {
        call = call.query(name, special(value));
    }
    for (name, value) in member(input, "header_params").as_object().into_iter().flatten() {
        call = call.header(name, special(value));
    }
    call = call.header("User-Agent", user_agent(input));
    if let Some(label) = some_text(input, "cname") {
        call = call.host_label(label);
    }
    let credential = member(input, "credential");
    let call = call.account(if text(credential, "type") == "global" { Account::Domain } else { Account::Project });
    let call = call.signing_name(text(member(credential, "derived"), "service"));
    with_body(call, input)
}

/// The value that the case wants to be sent: its prefix, and the caller's own text or the configured one.
fn user_agent(input: &Value) -> String {
    let config = member(input, "config");
    let headers = member(input, "header_params").as_object();
    let own = headers.into_iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
    let own = own.and_then(|(_, value)| value.as_str()).unwrap_or(text(config, "user_agent"));
    format!("{}; {own}", text(config, "user_agent_prefix"))
}

fn content_type(input: &Value) -> &str {
    let headers = member(input, "header_params").as_object();
    let given = headers.into_iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    given.and_then(|(_, value)| value.as_str()).unwrap_or("application/json")
}

fn with_body(call: Input, input: &Value) -> Result<Input, String> {
    let body = special(member(input, "body"));
    Ok(match (content_type(input), &body) {
        (_, Value::Null) => call,
        ("multipart/form-data", _) => {
            let content_type = format!("multipart/form-data; boundary={}", text(input, "boundary"));
            call.multipart(parts(&body)?).content_type(&content_type)
        }
        (content_type, Value::String(text)) => call.body(Body::from(text.clone()), content_type),
        ("application/x-www-form-urlencoded", _) => call.form(body),
        // The root is named after the class of the body, and that of a plain object is `dict`.
        ("application/xml", _) => call.xml(Map::from_iter([("dict".to_owned(), body)])),
        _ => call.json(body),
    })
}

fn parts(body: &Value) -> Result<Vec<Part>, String> {
    body.as_object().into_iter().flatten().map(|(name, value)| part(name, value)).collect()
}

fn part(name: &str, value: &Value) -> Result<Part, String> {
    let Some(file) = value.get("$file") else { return Ok(Part::text(name, value.clone())) };
    let content = Bytes::from(body_bytes(file)?.unwrap_or_default());
    let part = Part::file(name, text(file, "name"), content);
    Ok(match some_text(file, "content_type") {
        Some(content_type) => part.content_type(content_type),
        None => part,
    })
}

/// Dates are given as texts of ISO 8601, which is what is sent.
fn special(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(special).collect(),
        Value::Object(members) => match members.get("$datetime").or_else(|| members.get("$date")) {
            Some(date) => date.clone(),
            None => members.iter().map(|(name, value)| (name.clone(), special(value))).collect::<Map<_, _>>().into(),
        },
        plain => plain.clone(),
    }
}

fn compare(input: &Value, sent: &Preview, expected: &Value) -> Result<(), String> {
    let request = &sent.request;
    if let Some(url) = expected.get("url").and_then(Value::as_str) {
        // The HTTP library under the official SDK removes dot segments and decodes harmless escapes after signing.
        let ours = request.url();
        let given = some_text(expected, "url_given").unwrap_or(url);
        if ours != given {
            same("url", &ours, url)?;
        }
    }
    let ours = request.body.as_bytes().unwrap_or_default();
    let same_bytes = match expected.get("body") {
        Some(body) => same_body(input, ours, &body_bytes(body)?.unwrap_or_default())?,
        None => false,
    };
    if let Some(headers) = expected.get("headers") {
        same_headers(&request.headers, headers)?;
        no_further_headers(&request.headers, headers)?;
    }
    let Some(canonical) = expected.get("canonical_request") else { return Ok(()) };
    let (canonical, ours) = (canonical.as_str().unwrap_or_default(), &*sent.signature.canonical_request);
    // Nothing is signed where the caller brought an authorization.
    if same_bytes || ours.is_empty() {
        same("canonical request", ours, canonical)?;
        return same_member(expected, "authorization", request.header("authorization"));
    }
    let hash = Algorithm::HmacSha256.hash_hex(request.body.as_bytes().unwrap_or_default());
    same("hash of the body", ours.rsplit('\n').next().unwrap_or_default(), &hash)?;
    same("canonical request but for the hash", but_hash(ours), but_hash(canonical))
}

/// All but the last line.
fn but_hash(canonical: &str) -> &str {
    canonical.rsplit_once('\n').map_or("", |(rest, _)| rest)
}

/// Whether the bytes are the same; JSON bodies may be spelt differently.
fn same_body(input: &Value, ours: &[u8], expected: &[u8]) -> Result<bool, String> {
    if ours == expected {
        return Ok(true);
    }
    let is_json = content_type(input).starts_with("application/json");
    if is_json && matches!(member(input, "body"), Value::Object(_) | Value::Array(_)) {
        let parse = |bytes| serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string());
        return same_json("body", &parse(ours)?, &parse(expected)?).map(|()| false);
    }
    same("body", &String::from_utf8_lossy(ours), &String::from_utf8_lossy(expected)).map(|()| true)
}

/// Only what the HTTP layer adds may stand beside the expected headers.
fn no_further_headers(ours: &HeaderMap, expected: &Value) -> Result<(), String> {
    let Some(expected) = expected.as_object().filter(|expected| expected.contains_key("User-Agent")) else {
        return Ok(());
    };
    let known = |name: &str| {
        matches!(name, "accept-encoding" | "authorization" | "host")
            || expected.keys().any(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    match ours.keys().find(|name| !known(name.as_str())) {
        Some(name) => Err(format!("header {name} is sent, and should not be")),
        None => Ok(()),
    }
}
