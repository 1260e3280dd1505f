//! What was asked for a credential.
//!
//! Ours asks STS with a form where the official package has all in the URL, and the metadata service less often. So STS
//! cases compare the union of both, and the signature that the same parameters have with the official method and nonce; of
//! the metadata requests ours may leave some out.

use http::HeaderMap;
use sanyun_alibaba::sign::{encoded_pairs, v1};
use sanyun_core::{Secret, encode};
use serde_json::{Map, Value, json};

use super::network::{Asked, METADATA_HOST};
use crate::support::{member, same, same_json, text};

/// Who signs the question to STS.
pub(super) enum Signer {
    /// A key's secret.
    Secret(String),
    /// A private key.
    PrivateKey(Secret),
    /// Nobody whose key the case knows.
    Unknown,
}

impl Signer {
    fn signature(&self, string_to_sign: &str) -> Result<Option<String>, String> {
        match self {
            Self::Secret(secret) => Ok(Some(v1::rpc_signature(secret, string_to_sign))),
            Self::PrivateKey(key) => {
                v1::rpc_signature_rsa(key, string_to_sign).map(Some).map_err(|error| error.to_string())
            }
            Self::Unknown => Ok(None),
        }
    }
}

/// Compares what was asked, in order; the metadata service may be asked less.
pub(super) fn same_requests(ours: &[Asked], expected: &Value, signer: &Signer) -> Result<(), String> {
    let Some(expected) = expected.as_array() else { return Ok(()) };
    let mut rest = expected.iter();
    for ours in ours {
        loop {
            let next = rest.next().ok_or_else(|| format!("{} {} is not expected", ours.method, ours.path))?;
            match same_request(ours, next, signer) {
                Ok(()) => break,
                Err(_) if is_metadata(next) => {}
                Err(difference) => return Err(difference),
            }
        }
    }
    match rest.find(|left| !is_metadata(left)) {
        None => Ok(()),
        Some(left) => Err(format!("not asked: {left}")),
    }
}

fn is_metadata(expected: &Value) -> bool {
    text(expected, "host") == METADATA_HOST
}

fn same_request(ours: &Asked, expected: &Value, signer: &Signer) -> Result<(), String> {
    let mut wanted = Map::new();
    for name in ["protocol", "host", "port"] {
        wanted.extend(expected.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    let place = json!({"protocol": ours.scheme, "host": ours.host, "port": ours.port});
    same_json("request", &place, &wanted.into())?;
    if ours.host.starts_with("sts") { same_question(ours, expected, signer) } else { same_plain(ours, expected) }
}

fn same_plain(ours: &Asked, expected: &Value) -> Result<(), String> {
    same("method", &ours.method, text(expected, "method"))?;
    same("path", &ours.path, text(expected, "pathname"))?;
    same_json("query", &parameters(&ours.query).into(), member(expected, "query"))?;
    let mut headers = Map::new();
    for (name, value) in member(expected, "headers").as_object().into_iter().flatten() {
        headers.insert(name.to_ascii_lowercase(), value.clone());
    }
    let own = Value::Object(shown_headers(&ours.headers));
    if is_metadata(expected) && own != Value::Object(headers.clone()) {
        return Err(format!("headers: ours {own}, expected {headers:?}"));
    }
    same_json("headers", &own, &headers.into())?;
    same_body(&ours.body, member(expected, "body"))
}

/// A body is a form or JSON.
fn same_body(ours: &str, expected: &Value) -> Result<(), String> {
    let Some(expected) = expected.as_str().filter(|text| !text.is_empty()) else { return Ok(()) };
    match (serde_json::from_str::<Value>(ours), serde_json::from_str::<Value>(expected)) {
        (Ok(ours), Ok(expected)) => same_json("body", &ours, &expected),
        _ => same_json("body", &parameters(ours).into(), &parameters(expected).into()),
    }
}

/// The headers that a source sets itself.
fn shown_headers(headers: &HeaderMap) -> Map<String, Value> {
    let of_library = ["accept-encoding", "content-length", "host", "user-agent"];
    let own = headers.iter().filter(|(name, _)| !of_library.contains(&name.as_str()));
    own.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().into())).collect()
}

/// Compares a question to STS as if it had been asked in the official way.
fn same_question(ours: &Asked, expected: &Value, signer: &Signer) -> Result<(), String> {
    let wanted = member(expected, "query");
    let mut sent = parameters(&ours.query);
    sent.extend(parameters(&ours.body));
    let own_name = |name: &str| name.strip_prefix("sanyun-").map(|moment| format!("credentials-python-{moment}"));
    if let Some(name) = sent.get("RoleSessionName").and_then(Value::as_str).and_then(own_name) {
        sent.insert("RoleSessionName".to_owned(), name.into());
    }
    if let Some(signature) = sent.remove("Signature") {
        let own = v1::rpc_string_to_sign(&ours.method, &ours.query, &ours.body);
        if let Some(ours) = signer.signature(&own)? {
            same("our own signature", signature.as_str().unwrap_or_default(), &ours)?;
        }
        let nonce = wanted.get("SignatureNonce").cloned().unwrap_or_else(|| "fixed-nonce".into());
        sent.insert("SignatureNonce".to_owned(), nonce);
        let as_official = v1::rpc_string_to_sign("GET", &encoded(&sent), "");
        if let Some(official) = expected.get("string_to_sign").and_then(Value::as_str) {
            same("string to sign", &as_official, official)?;
        }
        let signature = signer.signature(&as_official)?.map_or(Value::Null, Value::from);
        sent.insert("Signature".to_owned(), signature);
    }
    let known = wanted.as_object().map_or(0, Map::len);
    if expected.get("method").is_some() && known != sent.len() {
        return Err(format!("parameters: ours {sent:?}, expected {wanted}"));
    }
    let mut wanted = wanted.clone();
    if matches!(signer, Signer::Unknown)
        && let Some(members) = wanted.as_object_mut()
    {
        members.remove("Signature");
    }
    same_json("parameters", &sent.into(), &wanted)
}

fn parameters(encoded: &str) -> Map<String, Value> {
    let decode = |text: &str| encode::percent_decode(text).into_owned();
    encode::pairs(encoded).map(|(name, value)| (decode(name), decode(value).into())).collect()
}

fn encoded(parameters: &Map<String, Value>) -> String {
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| (&**name, value.as_str().unwrap_or_default())).collect();
    encoded_pairs(&pairs)
}
