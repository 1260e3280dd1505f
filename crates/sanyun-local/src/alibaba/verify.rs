//! Who calls: the signature, rebuilt from the bytes that arrived.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use sanyun_alibaba::sign::{self, Algorithm, Authorization, v1};
use sanyun_core::rsa::PublicKey;
use sanyun_core::{encode, time};

use super::refusal::Refusal;
use super::request::Request;
use crate::arrival::Head;
use crate::keys::{DEFAULT_ACCOUNT, Key};
use crate::state::State;

/// How far a client's clock may be off.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// Who calls.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) account: String,
    /// Somebody with temporary keys, as an ARN.
    pub(super) principal: Option<String>,
    /// Whether a key pair signed.
    pub(super) is_key_pair: bool,
}

impl Caller {
    /// The account itself, who shows no key.
    fn account() -> Self {
        Self { account: DEFAULT_ACCOUNT.to_owned(), principal: None, is_key_pair: false }
    }

    fn key_pair() -> Self {
        Self { is_key_pair: true, ..Self::account() }
    }

    fn of(key: &Key) -> Self {
        Self { account: key.account.clone(), principal: key.principal.clone(), is_key_pair: false }
    }
}

/// Who calls. `anonymous` says that the operation may be called without a signature.
///
/// # Errors
/// One of the gateway's codes for a bad key, time, token or signature.
pub(super) fn verify(
    state: &State,
    head: &Head,
    body: &[u8],
    request: &Request,
    anonymous: bool,
) -> Result<Caller, Refusal> {
    let authorization = head.header("authorization");
    if authorization.starts_with("ACS3-") {
        v3(state, head, body, authorization)
    } else if let Some(credential) = authorization.strip_prefix("acs ") {
        v1_roa(state, head, credential)
    } else if request.common.contains_key("Signature") {
        v1_rpc(state, head, request)
    } else if let Some(token) = bearer_token(head, request) {
        check_bearer_token(state, token)
    } else if anonymous && authorization.is_empty() {
        Ok(Caller::account())
    } else if authorization.is_empty() {
        Err(Refusal::bad("MissingAccessKeyId", "AccessKeyId is mandatory for this action."))
    } else {
        Err(incomplete(""))
    }
}

/// The token that stands in place of a signature.
fn bearer_token<'a>(head: &'a Head, request: &'a Request) -> Option<&'a str> {
    let of_query = || request.common.get("BearerToken").map(String::as_str);
    Some(head.header("x-acs-bearer-token")).filter(|token| !token.is_empty()).or_else(of_query)
}

fn check_bearer_token(state: &State, token: &str) -> Result<Caller, Refusal> {
    if state.alibaba.knows_bearer(token) {
        return Ok(Caller::account());
    }
    Err(Refusal::bad("InvalidBearerToken", "Specified bearer token is not valid."))
}

fn v3(state: &State, head: &Head, body: &[u8], authorization: &str) -> Result<Caller, Refusal> {
    let given = Authorization::parse(authorization).ok_or_else(|| incomplete(""))?;
    let algorithm = Algorithm::named(given.algorithm).ok_or_else(invalid_method)?;
    let to_sign = || canonical(head, &given, algorithm, body).map(|text| sign::string_to_sign(algorithm, &text));
    let at = time::parse_rfc3339(head.header("x-acs-date"));
    if algorithm == Algorithm::RsaSha256 {
        let key = public_key(state, given.key_id)?;
        check_time(state, at)?;
        return check_rsa(key, &to_sign()?, from_hex(given.signature));
    }
    let key = find(state, given.key_id)?;
    check_time(state, at)?;
    check_token(state, &key, head.header("x-acs-security-token"))?;
    let to_sign = to_sign()?;
    let ours = sign::Key::new(algorithm, &key.secret).and_then(|key| key.sign(&to_sign));
    if ours.is_ok_and(|ours| ours == given.signature) { Ok(Caller::of(&key)) } else { Err(mismatch(&to_sign)) }
}

/// A signature of a key pair.
fn check_rsa(key: &PublicKey, to_sign: &str, signature: Option<Vec<u8>>) -> Result<Caller, Refusal> {
    let fits = signature.is_some_and(|signature| key.verify_sha256(to_sign.as_bytes(), &signature));
    if fits { Ok(Caller::key_pair()) } else { Err(mismatch(to_sign)) }
}

fn canonical(head: &Head, given: &Authorization<'_>, algorithm: Algorithm, body: &[u8]) -> Result<String, Refusal> {
    if let Some(name) = unsigned_header(head, given.signed_headers) {
        return Err(incomplete(&format!(" The header `{name}` is not signed.")));
    }
    let headers = sign::signed_headers(given.signed_headers, |name| {
        head.headers.contains_key(name).then(|| Cow::Borrowed(head.header(name).trim()))
    });
    let headers = headers.ok_or_else(|| incomplete(" A signed header is missing."))?;
    let query = sign::canonical_query(&head.query);
    let payload = algorithm.hash_hex(body);
    Ok(sign::canonical_request(head.method.as_str(), &head.path, &query, &headers, &payload))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// The first header that must be signed and is not: all of `x-acs-*`, and `host`.
fn unsigned_header<'a>(head: &'a Head, signed: &str) -> Option<&'a str> {
    let names = head.headers.keys().map(http::HeaderName::as_str);
    let mut needed = names.filter(|name| name.starts_with("x-acs-") || *name == "host");
    needed.find(|name| !signed.split(';').any(|signed| signed == *name))
}

fn v1_rpc(state: &State, head: &Head, request: &Request) -> Result<Caller, Refusal> {
    let common = |name: &str| request.common.get(name).map_or("", String::as_str);
    let to_sign = v1::rpc_string_to_sign(head.method.as_str(), &head.query, &request.form);
    let (id, at, signature) = (common("AccessKeyId"), time::parse_rfc3339(common("Timestamp")), common("Signature"));
    match (common("SignatureMethod"), common("SignatureType")) {
        ("HMAC-SHA1" | "", "") => {}
        ("SHA256withRSA", "PRIVATEKEY") => {
            let key = public_key(state, id)?;
            check_time(state, at)?;
            return check_rsa(key, &to_sign, encode::base64_decode(signature));
        }
        _ => return Err(invalid_method()),
    }
    let key = find(state, id)?;
    check_time(state, at)?;
    check_token(state, &key, common("SecurityToken"))?;
    let fits = v1::rpc_signature(key.secret.expose(), &to_sign) == signature;
    if fits { Ok(Caller::of(&key)) } else { Err(mismatch(&to_sign)) }
}

fn v1_roa(state: &State, head: &Head, credential: &str) -> Result<Caller, Refusal> {
    let (id, signature) = credential.split_once(':').ok_or_else(|| incomplete(""))?;
    let key = find(state, id)?;
    check_time(state, time::parse_http_date(head.header("date")))?;
    check_token(state, &key, head.header("x-acs-security-token"))?;
    let mut acs: Vec<_> =
        head.headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-acs-")).collect();
    acs.sort_unstable();
    let acs: Vec<_> = acs.into_iter().map(|name| (name, head.header(name))).collect();
    let to_sign = v1::roa_string_to_sign(head.method.as_str(), &head.path, &head.query, |name| head.header(name), &acs);
    let fits = v1::roa_signature(key.secret.expose(), &to_sign) == signature;
    if fits { Ok(Caller::of(&key)) } else { Err(mismatch(&to_sign)) }
}

fn find(state: &State, id: &str) -> Result<Arc<Key>, Refusal> {
    if id.is_empty() {
        return Err(Refusal::bad("MissingAccessKeyId", "AccessKeyId is mandatory for this action."));
    }
    state.keys.find(id).or_else(|| state.alibaba.key(id)).ok_or_else(unknown_key)
}

fn public_key<'a>(state: &'a State, id: &str) -> Result<&'a PublicKey, Refusal> {
    state.alibaba.public_key(id).ok_or_else(unknown_key)
}

fn unknown_key() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}

fn invalid_method() -> Refusal {
    Refusal::bad("InvalidSignatureMethod", "Specified signature method is not valid.")
}

fn check_time(state: &State, at: Option<SystemTime>) -> Result<(), Refusal> {
    let malformed =
        || Refusal::bad("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.");
    let (at, now) = (at.ok_or_else(malformed)?, state.clock.now());
    let skew = now.duration_since(at).unwrap_or_else(|early| early.duration());
    if skew <= SKEW {
        return Ok(());
    }
    Err(Refusal::bad("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."))
}

fn check_token(state: &State, key: &Key, token: &str) -> Result<(), Refusal> {
    if key.fits_token(token) {
        let is_over = key.expires_at.is_some_and(|expires_at| expires_at <= state.clock.now());
        let expired = || Refusal::bad("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
        if is_over { Err(expired()) } else { Ok(()) }
    } else if token.is_empty() {
        Err(Refusal::bad("MissingSecurityToken", "SecurityToken is mandatory for this action."))
    } else {
        let message = "Specified SecurityToken mismatch with the AccessKey.";
        Err(Refusal::bad("InvalidSecurityToken.MismatchWithAccessKey", message))
    }
}

fn incomplete(why: &str) -> Refusal {
    let message = format!("The request signature does not conform to Aliyun standards.{why}");
    Refusal::bad("IncompleteSignature", message)
}

fn mismatch(to_sign: &str) -> Refusal {
    let message =
        format!("Specified signature is not matched with our calculation. server string to sign is:{to_sign}");
    Refusal::bad("SignatureDoesNotMatch", message)
}
