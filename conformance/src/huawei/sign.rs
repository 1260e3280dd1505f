//! Kind `sign`: a finished request before it is signed.

use http::{HeaderName, Method};
use sanyun_core::encode::hex;
use sanyun_core::{Body, Endpoint, Keys, Request, Scheme};
use sanyun_huawei::sign::{Algorithm, Authorization, Scope, Signer, SigningKey};
use sanyun_huawei::{Client, Input};
use serde_json::Value;

use super::unsent::{Unsent, preview};
use crate::Outcome;
use crate::support::{body_bytes, member, moment, same, same_headers, same_member, text};

pub(super) fn run(input: &Value, expected: &Value) -> Outcome {
    signed(input, expected).into()
}

fn signed(input: &Value, expected: &Value) -> Result<(), String> {
    let algorithm = Algorithm::from_name(text(input, "algorithm")).ok_or("no such algorithm")?;
    let mut request = request(input)?;
    let keys = Keys { id: text(input, "ak").to_owned(), secret: text(input, "sk").into(), token: None };
    let derived = member(input, "derived");
    let scope = Scope { region: text(derived, "region"), service: text(derived, "service") };
    let now = moment(member(input, "time"))?;
    let signed = Signer::default().sign(&mut request, &keys, algorithm, scope, now);
    let signature = match (signed, expected.get("error")) {
        (Ok(signature), None) => signature,
        (Err(_), Some(_)) => return Ok(()),
        (Ok(_), Some(error)) => return Err(format!("expected the error {error}")),
        (Err(error), None) => return Err(error.to_string()),
    };
    let authorization = request.header("authorization");
    let signed_headers = Authorization::parse(authorization).map_or("", |given| given.signed_headers);
    let hash = signature.string_to_sign.rsplit('\n').next().unwrap_or_default();
    same_member(expected, "canonical_request", &signature.canonical_request)?;
    same_member(expected, "canonical_request_hash", hash)?;
    same_member(expected, "string_to_sign", &signature.string_to_sign)?;
    same_member(expected, "signed_headers", signed_headers)?;
    if expected.get("public_key").is_some() {
        elliptic(expected, authorization, &signature.string_to_sign, &keys)?;
    } else {
        same_member(expected, "authorization", authorization)?;
    }
    same_member(expected, "uri", &request.target())?;
    same_member(expected, "url", &request.url())?;
    same_headers(&request.headers, member(expected, "headers"))
}

/// The elliptic-curve signatures: the official SDK draws their nonces, so that signatures are verified, its own and ours.
/// A public key belongs to one private key alone.
fn elliptic(expected: &Value, authorization: &str, string_to_sign: &str, keys: &Keys) -> Result<(), String> {
    let given = Authorization::parse(authorization).ok_or("our own header cannot be read")?;
    let prefix = authorization.strip_suffix(given.signature).unwrap_or_default();
    same_member(expected, "authorization_prefix", prefix)?;
    let key = SigningKey::new(given.algorithm, &keys.id, &keys.secret, given.scope);
    let public = member(expected, "public_key");
    let public = ["04", text(public, "x"), text(public, "y")].concat();
    same("public key", &hex(&key.public_key().unwrap_or_default()), &public)?;
    let is_signed = |signature| key.verifies(string_to_sign, signature);
    same("whether their signature verifies", &is_signed(text(expected, "sample_signature_der")).to_string(), "true")?;
    same("whether our signature verifies", &is_signed(given.signature).to_string(), "true")
}

fn request(input: &Value) -> Result<Request, String> {
    let scheme = if text(input, "scheme") == "http" { Scheme::Http } else { Scheme::Https };
    let method = Method::from_bytes(text(input, "method").as_bytes()).map_err(|error| error.to_string())?;
    let endpoint = Endpoint::new(scheme, text(input, "host"));
    let mut request = Request::new(method, endpoint, text(input, "path"));
    request.query = query(member(input, "query"))?;
    for (name, value) in pairs(member(input, "headers")) {
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        request.set_header(name, value.as_str().unwrap_or_default()).map_err(|error| error.to_string())?;
    }
    request.body = Body::from(body_bytes(member(input, "body"))?.unwrap_or_default());
    Ok(request)
}

/// The query as a client would send it.
fn query(query: &Value) -> Result<String, String> {
    let call =
        pairs(query).fold(Input::get("query", "/").unsigned(), |call, (name, value)| call.query(name, value.clone()));
    let client = Client::builder().endpoint("query.example").transport(Unsent).build();
    let shaped = client.and_then(|client| preview(client.send(call)));
    shaped.map(|preview| preview.request.query).map_err(|error| error.to_string())
}

/// The pairs of a list `[[name, value], …]`.
pub(super) fn pairs(list: &Value) -> impl Iterator<Item = (&str, &Value)> {
    list.as_array().into_iter().flatten().filter_map(|pair| Some((pair.get(0)?.as_str()?, pair.get(1)?)))
}
