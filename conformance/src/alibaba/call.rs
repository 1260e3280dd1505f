//! `call_v3`, `call_rpc`, `call_roa`: a whole call, shaped and signed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sanyun_alibaba::sign::SignatureVersion;
use sanyun_alibaba::{Alibaba, Client, Input, Method, Scheme, credentials, sign};
use sanyun_core::{Attempt, CallOptions, Chance, Credential, Protocol, Request, Signature};
use serde_json::{Value, json};

use super::sign::texts;
use super::{both_refuse, bytes, with_bytes_as_text};
use crate::Outcome;
use crate::support::{member, moment, same, same_headers, same_json, same_member, some_text, text};

/// The endpoint of cases that name none.
const ENDPOINT: &str = "ecs.cn-hangzhou.aliyuncs.com";

pub(super) fn run(input: &Value, expected: &Value) -> Outcome {
    let config = member(input, "config");
    let algorithm = some_text(config, "signature_algorithm").map(SignatureVersion::named);
    let Some(version) = algorithm.unwrap_or_else(|| Some(SignatureVersion::default())) else {
        return Outcome::NotImplemented;
    };
    compared(version, input, expected).into()
}

fn compared(version: SignatureVersion, input: &Value, expected: &Value) -> Result<(), String> {
    let documented = signed(version, input, false);
    if let Some(verdict) = both_refuse(&documented, expected) {
        return verdict;
    }
    let (request, signature) = documented.map_err(|error| error.to_string())?;
    same_request(&request, expected)?;
    if !same_body(input, &request, expected)? {
        return Ok(());
    }
    let SignatureVersion::V3(_) = version else { return same_signature_v1(&request, &signature, expected) };
    if let Some(minimal) = expected.get("minimal") {
        same_signature(&request, &signature, minimal)?;
    }
    // The official selection, every header, is an option of ours.
    let (request, signature) = signed(version, input, true).map_err(|error| error.to_string())?;
    same_signature(&request, &signature, expected)
}

/// Shapes and signs the call.
fn signed(version: SignatureVersion, case: &Value, all_headers: bool) -> sanyun_core::Result<(Request, Signature)> {
    let wrong = |message: String| sanyun_core::Error::input(message);
    let protocol = protocol(version, member(case, "config"), all_headers)?;
    let input = input(case).map_err(wrong)?.checked()?;
    let options = CallOptions::default();
    let endpoints = protocol.endpoints(&input, &options)?;
    let endpoint = endpoints.first().ok_or_else(|| wrong("no endpoint".to_owned()))?;
    let credential = credential(case);
    let chance = Nonce::new(text(case, "nonce")).map_err(wrong)?;
    let user_agent = match some_text(member(case, "config"), "user_agent") {
        Some(own) => format!("{} {own}", text(case, "user_agent")),
        None => text(case, "user_agent").to_owned(),
    };
    let retried = member(case, "retried_after_ms").as_u64();
    let attempt = Attempt {
        endpoint,
        credential: &credential,
        now: moment(member(case, "clock")).map_err(wrong)?,
        chance: &chance,
        user_agent: &user_agent,
        options: &options,
        number: if retried.is_some() { 2 } else { 1 },
        delay: Duration::from_millis(retried.unwrap_or_default()),
    };
    let mut request = protocol.shape(&input, &attempt)?;
    let signature = protocol.sign(&input, &mut request, &attempt)?;
    Ok((request, signature))
}

fn protocol(version: SignatureVersion, config: &Value, all_headers: bool) -> sanyun_core::Result<Alibaba> {
    let is_http = text(config, "protocol").eq_ignore_ascii_case("http");
    let mut builder = Client::builder()
        .scheme(if is_http { Scheme::Http } else { Scheme::Https })
        .endpoint(some_text(config, "endpoint").unwrap_or(ENDPOINT))
        .signature(version)
        .sign_all_headers(all_headers);
    let globals = member(config, "global_parameters");
    for (name, value) in texts(member(globals, "headers")) {
        builder = builder.header(name, value);
    }
    for (name, value) in texts(member(globals, "queries")) {
        builder = builder.query(name, value);
    }
    builder.protocol()
}

fn input(case: &Value) -> Result<Input, String> {
    let (params, request) = (member(case, "params"), member(case, "request"));
    let (version, action) = (text(params, "version"), text(params, "action"));
    let method = Method::try_from(text(params, "method")).map_err(|error| error.to_string())?;
    let mut input = match text(params, "style") {
        "RPC" => Input::rpc("ecs", version, action).method(method),
        _ => Input::roa("ecs", version, action, method, text(params, "pathname")),
    };
    if text(params, "auth_type") == "Anonymous" {
        input = input.anonymous();
    }
    let extends = member(member(case, "runtime"), "extends_parameters");
    for (headers, query) in [(extends, "queries"), (request, "query")] {
        input = input.query(member(headers, query).clone());
        for (name, value) in texts(member(headers, "headers")) {
            input = input.header(&name, &value);
        }
    }
    if let Some(stream) = request.get("stream_base64") {
        return Ok(input.octets(bytes(&json!({ "$base64": stream }))?));
    }
    let body = member(request, "body");
    Ok(match text(params, "req_body_type") {
        _ if body.is_null() => input,
        "byte" => input.bytes(bytes(body)?),
        "json" if body.is_string() => input.json_text(body.as_str().unwrap_or_default()),
        "json" => input.json(body),
        _ => input.form(with_bytes_as_text(body)?),
    })
}

fn credential(case: &Value) -> Credential {
    let given = member(case, "credential");
    let credential = match text(given, "type") {
        _ if given.is_null() || text(member(case, "params"), "auth_type") == "Anonymous" => {
            return Credential::anonymous();
        }
        "bearer" => Credential::bearer(text(given, "bearer_token")),
        "id_token" => credentials::id_token(text(given, "security_token")),
        _ => {
            let (id, secret) = (text(given, "access_key_id"), text(given, "access_key_secret"));
            Credential::session(id, secret, text(given, "security_token"))
        }
    };
    credential.with_attribute(credentials::PROVIDER, text(given, "provider_name"))
}

/// Gives the two halves of a nonce of 32 hex digits.
struct Nonce {
    halves: [u64; 2],
    second: AtomicBool,
}

impl Nonce {
    fn new(nonce: &str) -> Result<Self, String> {
        let half = |part: Option<&str>| {
            part.and_then(|part| u64::from_str_radix(part, 16).ok()).ok_or(format!("`{nonce}` is no nonce"))
        };
        Ok(Self { halves: [half(nonce.get(..16))?, half(nonce.get(16..))?], second: AtomicBool::new(false) })
    }
}

impl Chance for Nonce {
    fn next_u64(&self) -> u64 {
        let [first, second] = self.halves;
        if self.second.fetch_xor(true, Ordering::Relaxed) { second } else { first }
    }
}

fn same_request(request: &Request, expected: &Value) -> Result<(), String> {
    same_member(expected, "method", request.method.as_str())?;
    same_member(expected, "pathname", &request.path)?;
    if let Some(query) = expected.get("query") {
        let pairs = sign::decoded_pairs(&request.query).into_iter().map(|(name, value)| (name, Value::String(value)));
        let ours = Value::Object(pairs.collect());
        let wanted: Value = texts(query).into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        same_json("query", &ours, &wanted)?;
        same("number of query parameters", &count(&ours), &count(&wanted))?;
    }
    if let Some(url) = some_text(expected, "url") {
        let place = format!("{}://{}", request.endpoint.scheme().as_str(), request.host());
        let theirs = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        same("scheme and host", &place, &theirs)?;
    }
    same_headers(&request.headers, &without_signature(member(expected, "headers")))
}

fn count(object: &Value) -> String {
    object.as_object().map_or(0, serde_json::Map::len).to_string()
}

/// What depends on the selection of signed headers or on the exact bytes of a JSON body is compared on its own.
fn without_signature(headers: &Value) -> Value {
    let mut headers = headers.clone();
    if let Some(members) = headers.as_object_mut() {
        members.retain(|name, _| !matches!(&*name.to_ascii_lowercase(), "authorization" | "x-acs-content-sha256"));
    }
    headers
}

/// Whether the bodies are the same to the byte; a JSON body may also be written differently.
fn same_body(input: &Value, request: &Request, expected: &Value) -> Result<bool, String> {
    let ours = request.body.as_bytes().unwrap_or_default();
    let wanted = match (expected.get("body_base64"), expected.get("body")) {
        (Some(encoded), _) => bytes(&json!({ "$base64": encoded }))?,
        (None, Some(Value::String(body))) => body.as_bytes().to_vec(),
        (None, Some(_)) => Vec::new(),
        (None, None) => return Ok(true),
    };
    if ours == wanted {
        return Ok(true);
    }
    if text(member(input, "params"), "req_body_type") == "json" {
        let parsed = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string());
        return same_json("body", &parsed(ours)?, &parsed(&wanted)?).map(|()| false);
    }
    Err(format!("body:\n    ours     {:?}\n    expected {:?}", text_of(ours), text_of(&wanted)))
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Compares what was signed with `expected`, which holds one selection of headers.
fn same_signature(request: &Request, signature: &Signature, expected: &Value) -> Result<(), String> {
    if let Some(hash) = some_text(member(expected, "headers"), "x-acs-content-sha256") {
        same("x-acs-content-sha256", request.header("x-acs-content-sha256"), hash)?;
    }
    let authorization = request.header("authorization");
    same_member(expected, "canonical_request", &signature.canonical_request)?;
    same_member(expected, "string_to_sign", &signature.string_to_sign)?;
    if let Some(parsed) = sign::Authorization::parse(authorization) {
        same_member(expected, "signed_headers", parsed.signed_headers)?;
        same_member(expected, "signature", parsed.signature)?;
    }
    same_member(expected, "authorization", authorization)
}

fn same_signature_v1(request: &Request, signature: &Signature, expected: &Value) -> Result<(), String> {
    same_member(expected, "string_to_sign", &signature.string_to_sign)?;
    let pairs = sign::decoded_pairs(&request.query);
    let in_query = pairs.iter().find(|(name, _)| name == "Signature").map(|(_, value)| &**value);
    same_member(expected, "signature", in_query.unwrap_or_default())?;
    same_member(expected, "authorization", request.header("authorization"))
}
