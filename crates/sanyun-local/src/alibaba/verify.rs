//! Who calls: the signature, rebuilt from the bytes that arrived.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use sanyun_alibaba::sign::{self, Algorithm, Authorization, v1};
use sanyun_core::time;

use super::refusal::Refusal;
use super::request::Request;
use crate::arrival::Head;
use crate::keys::{DEFAULT_ACCOUNT, Key};
use crate::state::State;

/// How far a client's clock may be off.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// The account of the caller. `anonymous` says that the operation may be called without a signature.
///
/// # Errors
/// One of the gateway's codes for a bad key, time, token or signature.
pub(super) fn verify(
    state: &State,
    head: &Head,
    body: &[u8],
    request: &Request,
    anonymous: bool,
) -> Result<String, Refusal> {
    let authorization = head.header("authorization");
    let key = if authorization.starts_with("ACS3-") {
        v3(state, head, body, authorization)
    } else if let Some(credential) = authorization.strip_prefix("acs ") {
        v1_roa(state, head, credential)
    } else if request.common.contains_key("Signature") {
        v1_rpc(state, head, request)
    } else if anonymous && authorization.is_empty() {
        return Ok(DEFAULT_ACCOUNT.to_owned());
    } else {
        Err(unsigned(head, authorization))
    }?;
    Ok(key.account.clone())
}

fn unsigned(head: &Head, authorization: &str) -> Refusal {
    if head.headers.contains_key("x-acs-bearer-token") || head.query.contains("BearerToken=") {
        let message = "The local cloud does not issue bearer tokens and cannot check them.";
        return Refusal::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message);
    }
    if authorization.is_empty() {
        return Refusal::bad("MissingAccessKeyId", "AccessKeyId is mandatory for this action.");
    }
    incomplete("")
}

fn v3(state: &State, head: &Head, body: &[u8], authorization: &str) -> Result<Arc<Key>, Refusal> {
    let given = Authorization::parse(authorization).ok_or_else(|| incomplete(""))?;
    let algorithm = Algorithm::named(given.algorithm)
        .ok_or_else(|| Refusal::bad("InvalidSignatureMethod", "Specified signature method is not valid."))?;
    let key = find(state, given.key_id)?;
    check_time(state, time::parse_rfc3339(head.header("x-acs-date")))?;
    check_token(&key, head.header("x-acs-security-token"))?;
    if let Some(name) = unsigned_header(head, given.signed_headers) {
        return Err(incomplete(&format!(" The header `{name}` is not signed.")));
    }
    let headers = sign::signed_headers(given.signed_headers, |name| {
        head.headers.contains_key(name).then(|| Cow::Borrowed(head.header(name).trim()))
    });
    let headers = headers.ok_or_else(|| incomplete(" A signed header is missing."))?;
    let query = sign::canonical_query(&head.query);
    let payload = algorithm.hash_hex(body);
    let canonical = sign::canonical_request(head.method.as_str(), &head.path, &query, &headers, &payload);
    let to_sign = sign::string_to_sign(algorithm, &canonical);
    if sign::Key::new(algorithm, key.secret.expose()).sign(&to_sign) == given.signature {
        return Ok(key);
    }
    Err(mismatch(&to_sign))
}

/// The first header that must be signed and is not: all of `x-acs-*`, and `host`.
fn unsigned_header<'a>(head: &'a Head, signed: &str) -> Option<&'a str> {
    let names = head.headers.keys().map(http::HeaderName::as_str);
    let mut needed = names.filter(|name| name.starts_with("x-acs-") || *name == "host");
    needed.find(|name| !signed.split(';').any(|signed| signed == *name))
}

fn v1_rpc(state: &State, head: &Head, request: &Request) -> Result<Arc<Key>, Refusal> {
    let common = |name: &str| request.common.get(name).map_or("", String::as_str);
    if !matches!(common("SignatureMethod"), "HMAC-SHA1" | "") {
        return Err(Refusal::bad("InvalidSignatureMethod", "Specified signature method is not valid."));
    }
    let key = find(state, common("AccessKeyId"))?;
    check_time(state, time::parse_rfc3339(common("Timestamp")))?;
    check_token(&key, common("SecurityToken"))?;
    let to_sign = v1::rpc_string_to_sign(head.method.as_str(), &head.query, &request.form);
    if v1::rpc_signature(key.secret.expose(), &to_sign) == common("Signature") {
        Ok(key)
    } else {
        Err(mismatch(&to_sign))
    }
}

fn v1_roa(state: &State, head: &Head, credential: &str) -> Result<Arc<Key>, Refusal> {
    let (id, signature) = credential.split_once(':').ok_or_else(|| incomplete(""))?;
    let key = find(state, id)?;
    check_time(state, time::parse_http_date(head.header("date")))?;
    check_token(&key, head.header("x-acs-security-token"))?;
    let mut acs: Vec<_> =
        head.headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-acs-")).collect();
    acs.sort_unstable();
    let acs: Vec<_> = acs.into_iter().map(|name| (name, head.header(name))).collect();
    let to_sign = v1::roa_string_to_sign(head.method.as_str(), &head.path, &head.query, |name| head.header(name), &acs);
    if v1::roa_signature(key.secret.expose(), &to_sign) == signature { Ok(key) } else { Err(mismatch(&to_sign)) }
}

fn find(state: &State, id: &str) -> Result<Arc<Key>, Refusal> {
    if id.is_empty() {
        return Err(Refusal::bad("MissingAccessKeyId", "AccessKeyId is mandatory for this action."));
    }
    let missing =
        || Refusal::new(StatusCode::NOT_FOUND, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
    state.keys.find(id).ok_or_else(missing)
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

fn check_token(key: &Key, token: &str) -> Result<(), Refusal> {
    if key.fits_token(token) {
        Ok(())
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
