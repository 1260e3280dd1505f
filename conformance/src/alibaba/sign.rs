//! `sign_v3`: the pure functions.

use sanyun_alibaba::sign::{self, Algorithm, Key};
use serde_json::Value;

use crate::Outcome;
use crate::support::{member, same_member, text};

pub(super) fn run(input: &Value, expected: &Value) -> Outcome {
    match Algorithm::named(text(input, "algorithm")) {
        Some(algorithm) => signed(algorithm, input, expected).into(),
        None => Outcome::NotImplemented,
    }
}

fn signed(algorithm: Algorithm, input: &Value, expected: &Value) -> Result<(), String> {
    let mut query = texts(member(input, "query"));
    query.sort();
    let mut headers = texts(member(input, "headers"));
    headers.iter_mut().for_each(|(name, value)| (*name, *value) = (name.to_ascii_lowercase(), value.trim().to_owned()));
    headers.sort();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    let query = sign::encoded_pairs(&query);
    let (method, path) = (text(input, "method"), text(input, "pathname"));
    let canonical = sign::canonical_request(method, path, &query, &headers, text(input, "payload_hash"));
    let string_to_sign = sign::string_to_sign(algorithm, &canonical);
    let key = Key::new(algorithm, &text(input, "access_key_secret").into());
    let signature = key.and_then(|key| key.sign(&string_to_sign)).map_err(|error| error.to_string())?;
    let authorization = sign::authorization(algorithm, text(input, "access_key_id"), &headers, &signature);
    let parsed = sign::Authorization::parse(&authorization).ok_or("our own header cannot be read")?;
    same_member(expected, "canonical_request", &canonical)?;
    same_member(expected, "string_to_sign", &string_to_sign)?;
    same_member(expected, "signed_headers", parsed.signed_headers)?;
    same_member(expected, "signature", &signature)?;
    same_member(expected, "authorization", &authorization)
}

/// The members of an object that are text.
pub(super) fn texts(object: &Value) -> Vec<(String, String)> {
    let members = object.as_object().into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}
