//! STS, version 2015-04-01: temporary keys for whoever has keys, an ID token, a SAML assertion or a key pair, and who
//! somebody is.

use std::time::Duration;

use http::StatusCode;
use sanyun_core::time;
use serde_json::{Value, json};

use super::Call;
use super::identity::{Session, role_arn, role_id};
use super::refusal::Refusal;
use super::request::Request;
use super::verify::Caller;
use crate::json::with;
use crate::state::State;

/// The version of the API.
pub(super) const VERSION: &str = "2015-04-01";
/// The operation that no catalog lists; it exists on the Japanese site only.
pub(super) const GENERATE_SESSION_ACCESS_KEY: &str = "GenerateSessionAccessKey";

/// The name that no role and no provider has.
const MISSING: &str = "missing";
/// The text of an ID token or an assertion that is no longer good.
const EXPIRED: &str = "expired";

/// How long keys live unless the request says otherwise, in seconds.
const LIFE: u64 = 3600;
/// The shortest and the longest life of a role's keys, in seconds.
const ROLE_LIFE: (u64, u64) = (900, 43_200);
/// The same for the keys of a key pair.
const SESSION_KEY_LIFE: (u64, u64) = (900, 3600);

/// `AssumeRole`. Every role is accepted but one called `missing`.
pub(super) fn assume_role(call: &Call<'_>) -> Result<Value, Refusal> {
    role_keys(call)
}

/// `AssumeRoleWithOIDC`. Every provider and every token is accepted but a provider called `missing` and a token called
/// `expired`.
pub(super) fn assume_role_with_oidc(call: &Call<'_>) -> Result<Value, Refusal> {
    provider_must_exist(call.parameter("OIDCProviderArn"), "OIDCProvider")?;
    match call.parameter("OIDCToken").trim() {
        "" => Err(Refusal::missing_parameter("OIDCToken")),
        EXPIRED => Err(Refusal::bad("AuthenticationFail.OIDCToken.Expired", "This JsonWebToken is expired.")),
        _ => {
            let info = json!({
                "Subject": "sanyun-local-subject",
                "Issuer": "https://oidc.example.com",
                "ClientIds": "sanyun-local-client",
                "VerificationInfo": "Success",
            });
            Ok(with(role_keys(call)?, "OIDCTokenInfo", info))
        }
    }
}

/// `AssumeRoleWithSAML`, in the same way.
pub(super) fn assume_role_with_saml(call: &Call<'_>) -> Result<Value, Refusal> {
    provider_must_exist(call.parameter("SAMLProviderArn"), "SAMLProvider")?;
    let assertion = call.parameter("SAMLAssertion");
    let decoded = sanyun_core::encode::base64_decode(assertion).unwrap_or_default();
    match assertion {
        "" => Err(Refusal::missing_parameter("SAMLAssertion")),
        _ if assertion == EXPIRED || decoded == EXPIRED.as_bytes() => {
            Err(Refusal::bad("AuthenticationFail.SAMLAssertion.Expired", "This SAML Assertion is expired."))
        }
        _ => role_keys(call),
    }
}

/// `GetCallerIdentity`.
pub(super) fn get_caller_identity(call: &Call<'_>) -> Value {
    let account = call.account.as_str();
    let Some(arn) = call.principal.as_deref() else {
        let arn = format!("acs:ram::{account}:root");
        return json!({"IdentityType": "Account", "AccountId": account, "PrincipalId": account, "UserId": account, "Arn": arn});
    };
    let mut parts = arn.split('/').skip(1);
    let (role, session) = (role_id(parts.next().unwrap_or_default()), parts.next().unwrap_or_default());
    json!({
        "IdentityType": "AssumedRoleUser",
        "AccountId": account,
        "PrincipalId": format!("{role}:{session}"),
        "RoleId": role,
        "Arn": arn,
    })
}

/// `GenerateSessionAccessKey`: keys without a token for the key pair that signed the request.
///
/// # Errors
/// Something else than a key pair signed, or the duration does not fit.
pub(super) fn generate_session_access_key(state: &State, request: &Request, caller: &Caller) -> Result<Value, Refusal> {
    if !caller.is_key_pair {
        return Err(Refusal::bad("InvalidSignatureMethod", "Specified signature method is not valid."));
    }
    let seconds = request.parameters.get("DurationSeconds").map_or("", String::as_str);
    let life = life(seconds, SESSION_KEY_LIFE)?;
    let session = state.alibaba.add_session_key(state.chance.as_ref(), state.clock.now() + life);
    Ok(json!({"SessionAccessKey": {
        "SessionAccessKeyId": session.id,
        "SessionAccessKeySecret": session.secret.expose(),
        "Expiration": time::iso_extended(session.expires_at),
    }}))
}

fn role_keys(call: &Call<'_>) -> Result<Value, Refusal> {
    let arn = call.parameter("RoleArn");
    let role = arn.strip_prefix("acs:ram::").and_then(|rest| rest.split_once(":role/")).map(|(_, role)| role);
    let role = role.filter(|role| !role.is_empty()).ok_or_else(|| match arn {
        "" => Refusal::missing_parameter("RoleArn"),
        _ => Refusal::bad("InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed."),
    })?;
    let name = call.parameter("RoleSessionName");
    if name.is_empty() {
        return Err(Refusal::missing_parameter("RoleSessionName"));
    }
    if !is_session_name(name) {
        let message = "The parameter RoleSessionName is wrongly formed.";
        return Err(Refusal::bad("InvalidParameter.RoleSessionName", message));
    }
    let life = life(call.parameter("DurationSeconds"), ROLE_LIFE)?;
    if role == MISSING {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "EntityNotExist.Role", "The specified Role not exists."));
    }
    let expires_at = call.state.clock.now() + life;
    let session = call.state.alibaba.add_session(call.state.chance.as_ref(), role_arn(role, name), expires_at);
    Ok(answer(&session, role, name))
}

fn answer(session: &Session, role: &str, name: &str) -> Value {
    let user = json!({"Arn": role_arn(role, name), "AssumedRoleId": format!("{}:{name}", role_id(role))});
    json!({"AssumedRoleUser": user, "Credentials": session.document()})
}

fn provider_must_exist(arn: &str, kind: &str) -> Result<(), Refusal> {
    match arn.rsplit('/').next() {
        Some("") | None => Err(Refusal::missing_parameter(&format!("{kind}Arn"))),
        Some(MISSING) => {
            let code =
                if kind == "OIDCProvider" { "EntityNotExist.OIDCProvider" } else { "EntityNotExist.SAMLProvider" };
            Err(Refusal::new(StatusCode::NOT_FOUND, code, "The specified provider not exists."))
        }
        Some(_) => Ok(()),
    }
}

/// How long the keys are to live.
fn life(seconds: &str, (least, most): (u64, u64)) -> Result<Duration, Refusal> {
    let seconds = if seconds.is_empty() { Ok(LIFE) } else { seconds.parse() };
    let fitting = seconds.ok().filter(|seconds| (least..=most).contains(seconds)).map(Duration::from_secs);
    let message = format!("The Min/Max value of DurationSeconds is {least}s/{most}s.");
    fitting.ok_or_else(|| Refusal::bad("InvalidParameter.DurationSeconds", message))
}

fn is_session_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".@-_".contains(c);
    (2..=64).contains(&name.len()) && name.chars().all(fits)
}
