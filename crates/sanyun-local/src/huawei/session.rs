//! Temporary keys: of IAM (`/v3.0/OS-CREDENTIAL/securitytokens`) and of STS (`/v5/agencies/…`).

use std::ops::RangeInclusive;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::Call;
use super::identity::{Session, agency_urn, micros, millis};
use super::refusal::{Refusal, Shape};
use super::token;
use crate::answer::Answer;
use crate::json::{text_at, with};
use crate::seed;

/// The name that no agency, provider or identity provider has.
pub(super) const MISSING: &str = "missing";
/// The text of an ID token that is no longer good.
pub(super) const EXPIRED: &str = "expired";

/// How long the keys of IAM may live, in seconds.
const IAM_LIFE: RangeInclusive<u64> = 900..=86_400;
/// How long the keys of STS may live, in seconds.
const STS_LIFE: RangeInclusive<u64> = 900..=43_200;
/// How long keys of STS live that were got with temporary keys, in seconds.
const CHAINED_LIFE: RangeInclusive<u64> = 900..=3600;

/// `POST /v3.0/OS-CREDENTIAL/securitytokens`: for a token or through an agency.
pub(super) fn security_token(call: &Call<'_>) -> Result<Answer, Refusal> {
    let body = call.json();
    let identity = body.pointer("/auth/identity").unwrap_or(&Value::Null);
    let (principal, wanted) = match text_at(identity, "/methods/0") {
        "token" => {
            let token = token::known_token(call, text_at(identity, "/token/id"))?;
            (token.principal.clone(), identity.pointer("/token/duration_seconds"))
        }
        "assume_role" => {
            let role = identity.pointer("/assume_role").unwrap_or(&Value::Null);
            let session = match text_at(role, "/session_user/name") {
                "" => call.caller.name(),
                name => name.to_owned(),
            };
            (agency_urn(&token::agency(call, role)?, &session), role.pointer("/duration_seconds"))
        }
        _ => return Err(iam_bad_request("Expecting to find one of token, assume_role in methods.")),
    };
    let life = life(wanted, 900, &IAM_LIFE).map_err(|what| iam_bad_request(&what))?;
    let session = make(call, &principal, life);
    let credential = json!({
        "access": session.id,
        "secret": session.secret.expose(),
        "securitytoken": session.token.expose(),
        "expires_at": micros(session.expires_at),
    });
    Ok(Answer::json(StatusCode::CREATED, &json!({"credential": credential})))
}

/// `POST /v5/agencies/assume`: with keys. Every agency is accepted but one called `missing`.
pub(super) fn assume(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.must_be_known()?;
    let body = call.json();
    let with_temporary = !call.head.header("x-security-token").is_empty();
    let answer = assumed(call, &body, if with_temporary { &CHAINED_LIFE } else { &STS_LIFE })?;
    Ok(Answer::json(StatusCode::OK, &answer))
}

/// `POST /v5/agencies/assume-with-oidc`: with an ID token. Every provider and every token is accepted but a provider
/// called `missing` and a token called `expired`.
pub(super) fn assume_with_oidc(call: &Call<'_>) -> Result<Answer, Refusal> {
    let body = call.json();
    let provider = required(&body, "/provider_urn").map_err(|what| sts_bad_request(&what))?;
    let id_token = required(&body, "/id_token").map_err(|what| sts_bad_request(&what))?;
    if last(provider) == MISSING {
        return Err(sts(StatusCode::NOT_FOUND, "STS5.1106", format!("the provider '{provider}' cannot be found")));
    }
    if id_token.trim() == EXPIRED {
        return Err(sts(StatusCode::BAD_REQUEST, "STS5.1107", "the id token has expired"));
    }
    let mut answer = assumed(call, &body, &STS_LIFE)?;
    for (name, value) in [("provider", provider), ("subject_from_id_token", "subject"), ("audience", "audience")] {
        answer = with(answer, name, value);
    }
    Ok(Answer::json(StatusCode::OK, &answer))
}

fn assumed(call: &Call<'_>, body: &Value, allowed: &RangeInclusive<u64>) -> Result<Value, Refusal> {
    let urn = required(body, "/agency_urn").map_err(|what| sts_bad_request(&what))?;
    let name = required(body, "/agency_session_name").map_err(|what| sts_bad_request(&what))?;
    let agency = last(urn);
    if agency == MISSING {
        return Err(sts(StatusCode::NOT_FOUND, "STS5.1106", format!("the agency '{urn}' cannot be found")));
    }
    let life = life(body.get("duration_seconds"), 3600, allowed).map_err(|what| sts_bad_request(&what))?;
    let principal = agency_urn(agency, name);
    let session = make(call, &principal, life);
    let mut answer = json!({
        "assumed_agency": {"urn": principal, "id": format!("{}:{name}", seed::id(&format!("agency {agency}")))},
        "credentials": {
            "access_key_id": session.id,
            "secret_access_key": session.secret.expose(),
            "security_token": session.token.expose(),
            "expiration": millis(session.expires_at),
        },
    });
    if let Some(source) = body.get("source_identity") {
        answer = with(answer, "source_identity", source.clone());
    }
    Ok(answer)
}

fn make(call: &Call<'_>, principal: &str, life: Duration) -> Session {
    call.state.identity.add_session(call.state.chance.as_ref(), principal, call.now() + life)
}

/// How long keys are to live: what the request says, or else `default`, in seconds.
fn life(wanted: Option<&Value>, default: u64, allowed: &RangeInclusive<u64>) -> Result<Duration, String> {
    let seconds = match wanted {
        None | Some(Value::Null) => Some(default),
        Some(value) => value.as_u64(),
    };
    let fitting = seconds.filter(|seconds| allowed.contains(seconds)).map(Duration::from_secs);
    fitting.ok_or_else(|| format!("duration_seconds must be from {} to {}", allowed.start(), allowed.end()))
}

/// A text in a document that must be there.
pub(super) fn required<'a>(document: &'a Value, pointer: &str) -> Result<&'a str, String> {
    let text = text_at(document, pointer);
    let name = pointer.trim_start_matches('/').replace('/', ".");
    if text.is_empty() { Err(format!("{name} is required")) } else { Ok(text) }
}

/// The name at the end of an URN such as `iam::ACCOUNT:agency:NAME`.
fn last(urn: &str) -> &str {
    urn.rsplit(':').next().unwrap_or_default()
}

fn iam_bad_request(message: &str) -> Refusal {
    Refusal::iam(StatusCode::BAD_REQUEST, message)
}

fn sts_bad_request(message: &str) -> Refusal {
    sts(StatusCode::BAD_REQUEST, "STS5.0001", message)
}

fn sts(status: StatusCode, code: &str, message: impl Into<String>) -> Refusal {
    Refusal::new(status, code, message, Shape::Gateway)
}
