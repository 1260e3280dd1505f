//! Who calls: the signature, rebuilt from the bytes that arrived.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use sanyun_core::time;
use sanyun_huawei::sign::{self, Algorithm, Authorization, SigningKey, UNSIGNED_PAYLOAD};

use super::refusal::Refusal;
use crate::arrival::Head;
use crate::keys::DEFAULT_ACCOUNT;
use crate::state::State;

/// How far a client's clock may be off.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// The account of the caller. `unsigned` says that the operation needs no signature.
///
/// # Errors
/// `APIGW.0301` with the reason.
pub(super) fn verify(state: &State, head: &Head, body: &[u8], unsigned: bool) -> Result<String, Refusal> {
    let value = head.header("authorization");
    if value.is_empty() && unsigned {
        return Ok(DEFAULT_ACCOUNT.to_owned());
    }
    if value.is_empty() {
        let token = head.header("x-auth-token");
        return Err(Refusal::unauthorized(if token.is_empty() {
            "x-auth-token not found"
        } else {
            "decrypt token fail"
        }));
    }
    let given =
        Authorization::parse(value).ok_or_else(|| Refusal::unauthorized("authorization format is incorrect"))?;
    let missing = || Refusal::unauthorized(&format!("Get secretKey failed,ak:{},err:ak not exist", given.id));
    let key = state.keys.find(given.id).ok_or_else(missing)?;
    let date = head.header("x-sdk-date");
    check_date(date, state.clock.now())?;
    if !key.fits_token(head.header("x-security-token")) {
        return Err(Refusal::unauthorized("decrypt token fail"));
    }
    let signing_key = SigningKey::new(given.algorithm, given.id, &key.secret, given.scope);
    let fits = |canonical: &str| {
        let to_sign = sign::string_to_sign(given.algorithm, date, given.scope, canonical);
        signing_key.signature(&to_sign) == given.signature
    };
    let headers = signed_headers(head, given.signed_headers);
    let signs_its_date = headers.iter().any(|(name, _)| *name == "x-sdk-date");
    let payload = payload_line(head, given.algorithm, body);
    let canonical = |query: &str| sign::canonical_request(head.method.as_str(), &head.path, query, &headers, &payload);
    // Clients sign the query as they send it; one that sends it unsorted signs it sorted.
    let sorted = canonical(&sign::sorted_query(&head.query));
    if signs_its_date && (fits(&canonical(&head.query)) || fits(&sorted)) {
        return Ok(key.account.clone());
    }
    let shown = sorted.replace('\n', "|");
    Err(Refusal::unauthorized(&format!("verify aksk signature fail, canonicalRequest:{shown}")))
}

fn check_date(date: &str, now: SystemTime) -> Result<(), Refusal> {
    let at = time::parse_iso_basic(date).ok_or_else(|| Refusal::unauthorized("x-sdk-date format is incorrect"))?;
    let skew = now.duration_since(at).unwrap_or_else(|early| early.duration());
    if skew <= SKEW {
        return Ok(());
    }
    let server = time::iso_basic(now);
    let reason = format!("calc aksk signature fail:signature expired, signature time:{date},server time:{server}");
    Err(Refusal::unauthorized(&reason))
}

/// The headers that the client says it signed, in its order; one that did not arrive is empty.
fn signed_headers<'a>(head: &'a Head, list: &'a str) -> Vec<(&'a str, &'a str)> {
    list.split(';').map(|name| (name, head.header(name))).collect()
}

/// The payload line. A digest that the client sent counts only if it is that of the body.
fn payload_line<'a>(head: &'a Head, algorithm: Algorithm, body: &[u8]) -> Cow<'a, str> {
    let sent = head.header(algorithm.digest_header().as_str());
    sign::payload_line(algorithm, (sent == UNSIGNED_PAYLOAD).then_some(sent), body)
}
