//! Who calls: the signature, rebuilt from the bytes that arrived, or the token in its place.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sanyun_catalog::Operation;
use sanyun_core::time;
use sanyun_huawei::sign::{self, Algorithm, Authorization, SigningKey, UNSIGNED_PAYLOAD};

use super::identity::{Scope, Token, micros};
use super::refusal::Refusal;
use crate::arrival::Head;
use crate::keys::{DEFAULT_ACCOUNT, Key};
use crate::paths::Found;
use crate::state::State;

/// How far a client's clock may be off.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// Who calls.
#[derive(Debug)]
pub(super) enum Caller {
    /// Somebody who calls an operation for which one need not be known.
    Nobody,
    /// Whoever has these keys.
    Key(Arc<Key>),
    /// Whoever has this token.
    Token(Arc<Token>),
}

impl Caller {
    pub(super) fn account(&self) -> &str {
        match self {
            Self::Key(key) => &key.account,
            Self::Nobody | Self::Token(_) => DEFAULT_ACCOUNT,
        }
    }

    /// The URN of somebody who is not simply the account's user.
    pub(super) fn principal(&self) -> Option<&str> {
        match self {
            Self::Nobody => None,
            Self::Key(key) => key.principal.as_deref(),
            Self::Token(token) => Some(&token.principal),
        }
    }

    /// The last part of the name.
    pub(super) fn name(&self) -> String {
        let name = self.principal().and_then(|urn| urn.rsplit([':', '/']).next());
        name.unwrap_or(super::identity::USER_NAME).to_owned()
    }
}

/// The caller. `unsigned` says that the operation needs no signature.
///
/// # Errors
/// `APIGW.0301` with the reason.
pub(super) fn verify(
    state: &State,
    head: &Head,
    body: &[u8],
    found: Option<&Found>,
    unsigned: bool,
) -> Result<Caller, Refusal> {
    let value = head.header("authorization");
    if !value.is_empty() {
        let service = found.and_then(|found| found.operation.service.meta().derived_auth);
        return by_keys(state, head, body, value, service).map(Caller::Key);
    }
    match head.header("x-auth-token") {
        _ if unsigned => Ok(Caller::Nobody),
        "" => Err(Refusal::unauthorized("x-auth-token not found")),
        text => by_token(state, text).map(Caller::Token),
    }
}

/// Whether a token is good for an operation: those of regional services want one for the project that the path names.
///
/// # Errors
/// `Common.0018`.
pub(super) fn check_scope(caller: &Caller, found: &Found) -> Result<(), Refusal> {
    let Caller::Token(token) = caller else { return Ok(()) };
    let named = found.arguments.iter().find(|(name, _)| *name == "project_id").map(|(_, id)| id);
    let fits = match &token.scope {
        _ if !is_regional(&found.operation) => true,
        Scope::Project(project) => named.is_none_or(|id| *id == project.id),
        Scope::Domain | Scope::Nothing => false,
    };
    if fits { Ok(()) } else { Err(Refusal::other_tenant()) }
}

/// Services that take no global credentials are those of a region; STS signs like them and belongs to the account.
fn is_regional(operation: &Operation<'static>) -> bool {
    let service = operation.service;
    service.name() != "sts" && !service.meta().credentials.contains(&"GlobalCredentials")
}

fn by_token(state: &State, text: &str) -> Result<Arc<Token>, Refusal> {
    let token = state.identity.token(text).ok_or_else(|| Refusal::unauthorized("decrypt token fail"))?;
    check_expiry(Some(token.expires_at), state.clock.now())?;
    Ok(token)
}

/// The gateway says the same of tokens and of the security token of temporary keys.
fn check_expiry(expires_at: Option<SystemTime>, now: SystemTime) -> Result<(), Refusal> {
    match expires_at.filter(|expires_at| now >= *expires_at) {
        Some(over) => Err(Refusal::unauthorized(&format!("token expires, expires_at: {}", micros(over)))),
        None => Ok(()),
    }
}

/// The keys of a signature that is right. `service` is the name that the service wants in the scope of a derived one.
fn by_keys(state: &State, head: &Head, body: &[u8], value: &str, service: Option<&str>) -> Result<Arc<Key>, Refusal> {
    let given =
        Authorization::parse(value).ok_or_else(|| Refusal::unauthorized("authorization format is incorrect"))?;
    let missing = || Refusal::unauthorized(&format!("Get secretKey failed,ak:{},err:ak not exist", given.id));
    let key = state.keys.find(given.id).or_else(|| state.identity.session_key(given.id)).ok_or_else(missing)?;
    check_date(head.header("x-sdk-date"), state.clock.now())?;
    if !key.fits_token(head.header("x-security-token")) {
        return Err(Refusal::unauthorized("decrypt token fail"));
    }
    check_expiry(key.expires_at, state.clock.now())?;
    check_signature(head, body, &given, &key, service)?;
    Ok(key)
}

fn check_signature(
    head: &Head,
    body: &[u8],
    given: &Authorization<'_>,
    key: &Key,
    service: Option<&str>,
) -> Result<(), Refusal> {
    let date = head.header("x-sdk-date");
    let signing_key = SigningKey::new(given.algorithm, given.id, &key.secret, given.scope);
    let fits = |canonical: &str| {
        let to_sign = sign::string_to_sign(given.algorithm, date, given.scope, canonical);
        signing_key.verifies(&to_sign, given.signature)
    };
    let headers = signed_headers(head, given.signed_headers);
    let signs_its_date = headers.iter().any(|(name, _)| *name == "x-sdk-date");
    let payload = payload_line(head, given.algorithm, body);
    let canonical = |query: &str| sign::canonical_request(head.method.as_str(), &head.path, query, &headers, &payload);
    // Clients sign the query as they send it; one that sends it unsorted signs it sorted.
    let sorted = canonical(&sign::sorted_query(&head.query));
    let right_scope = given.algorithm != Algorithm::V11HmacSha256 || fits_scope(given.scope, date, service);
    if right_scope && signs_its_date && (fits(&canonical(&head.query)) || fits(&sorted)) {
        return Ok(());
    }
    let shown = sorted.replace('\n', "|");
    Err(Refusal::unauthorized(&format!("verify aksk signature fail, canonicalRequest:{shown}")))
}

/// Whether `DATE/REGION/SERVICE` is of the day of the request and of the service that it is sent to.
fn fits_scope(scope: &str, date: &str, wanted: Option<&str>) -> bool {
    let mut parts = scope.split('/');
    let (day, region, service) = (parts.next(), parts.next(), parts.next());
    day == date.split('T').next()
        && region.is_some_and(|region| !region.is_empty())
        && service.is_some_and(|service| !service.is_empty() && wanted.is_none_or(|wanted| service == wanted))
        && parts.next().is_none()
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

#[cfg(test)]
mod tests {
    use super::fits_scope;

    #[test]
    fn the_scope_of_a_derived_signature_is_of_the_day_and_the_service() {
        let fits = |scope, wanted| fits_scope(scope, "20260102T030405Z", wanted);
        assert!(fits("20260102/cn-north-4/iotdm", Some("iotdm")) && fits("20260102/r/any", None));
        for scope in ["20260103/r/iotdm", "20260102//iotdm", "20260102/r/", "20260102/r", "20260102/r/iotdm/x", ""] {
            assert!(!fits(scope, Some("iotdm")), "{scope}");
        }
        assert!(!fits("20260102/r/iotda", Some("iotdm")));
    }
}
