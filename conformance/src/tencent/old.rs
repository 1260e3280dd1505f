//! HmacSHA1 and HmacSHA256.

use std::collections::BTreeMap;

use sanyun_core::encode;
use serde_json::Value;

use super::world::{self, InTurn};
use crate::support::{member, same, same_headers, same_member, text};

/// Runs a `sign_v1` case. The order of the parameters on the wire is free.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    // Our nonce drops a bit of chance to stay below 2^63.
    let nonce = member(input, "nonce").as_u64().unwrap_or(1) << 1;
    let method = text(input, "sign_method").parse().map_err(world::shown)?;
    let client = world::builder(input)?.signature_method(method).chance(InTurn::new(nonce, nonce)).build();
    let call = world::call(input).params(member(input, "params").clone());
    let shown = world::preview(&client.map_err(world::shown)?, call, &super::tc3::headers(input))?;
    let request = &shown.request;
    let body = String::from_utf8_lossy(request.body.as_bytes().unwrap_or_default());
    let form = if text(input, "method") == "GET" { request.query.as_str() } else { &body };
    let pairs = decoded(form);

    same_member(expected, "string_to_sign", &shown.signature.string_to_sign)?;
    same_member(expected, "signature", pairs.get("Signature").map_or("", String::as_str))?;
    if let Some(encoded) = expected.get("encoded").and_then(Value::as_str) {
        same_pairs(&pairs, &decoded(encoded))?;
    }
    if let Some(wanted) = expected.get("wire_params").and_then(Value::as_object) {
        let wanted = wanted.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
        same_pairs(&pairs, &wanted.collect())?;
    }
    same_member(expected, "content_type", request.header("content-type"))?;
    same_member(expected, "url", &format!("{}{}", request.endpoint, request.path))?;
    same_headers(&request.headers, member(expected, "headers"))?;
    world::no_other_headers(&request.headers, member(expected, "headers"))
}

fn decoded(form: &str) -> BTreeMap<String, String> {
    encode::pairs(form).map(|(name, value)| (encode::form_decode(name), encode::form_decode(value))).collect()
}

fn same_pairs(ours: &BTreeMap<String, String>, expected: &BTreeMap<String, String>) -> Result<(), String> {
    same("parameters", &format!("{ours:?}"), &format!("{expected:?}"))
}
