//! STS, version 2018-08-13: temporary keys for whoever has keys, an ID token or a SAML assertion, and who somebody is.
//! The codes are those that the vendor lists for this service.

use std::time::Duration;

use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use super::sessions::{self, federated_user, role_user};
use crate::json::text;

/// The name that no role and no provider has.
const MISSING: &str = "missing";
/// The text of an ID token or an assertion that is no longer good.
const EXPIRED: &str = "expired";

/// How long the keys of a role live unless the request says otherwise, and at most, in seconds.
const ROLE_LIFE: (u64, u64) = (7200, 43_200);
/// The same for federation tokens; the most is that of a user, the account itself may have 7200.
const FEDERATION_LIFE: (u64, u64) = (1800, 129_600);

/// `AssumeRole`. Every role is accepted but one called `missing`.
pub(super) fn assume_role(call: &Call<'_>) -> Result<Value, Refusal> {
    role_keys(call)
}

/// `AssumeRoleWithWebIdentity`. Every provider and every token is accepted but a provider called `missing` and a token
/// called `expired`.
pub(super) fn assume_role_with_web_identity(call: &Call<'_>) -> Result<Value, Refusal> {
    let code = "InvalidParameter.WebIdentityTokenError";
    if text(&call.parameters, "ProviderId") == MISSING {
        return Err(Refusal::new(code, "The identity provider does not exist."));
    }
    match text(&call.parameters, "WebIdentityToken").trim() {
        "" => Err(Refusal::new(code, "The web identity token is empty.")),
        EXPIRED => Err(Refusal::new(code, "The web identity token has expired.")),
        _ => role_keys(call),
    }
}

/// `AssumeRoleWithSAML`. Every provider and every assertion is accepted but a provider called `missing` and an assertion
/// that says `expired`, in Base64 as well.
pub(super) fn assume_role_with_saml(call: &Call<'_>) -> Result<Value, Refusal> {
    if last(text(&call.parameters, "PrincipalArn")) == MISSING {
        return Err(wrong("The identity provider does not exist."));
    }
    let assertion = text(&call.parameters, "SAMLAssertion");
    let decoded = sanyun_core::encode::base64_decode(assertion).unwrap_or_default();
    if assertion == EXPIRED || decoded == EXPIRED.as_bytes() {
        return Err(wrong("The SAML assertion has expired."));
    }
    role_keys(call)
}

/// `GetFederationToken`: temporary keys under a name of the caller's choice.
pub(super) fn get_federation_token(call: &Call<'_>) -> Result<Value, Refusal> {
    let life = life(call, FEDERATION_LIFE)?;
    Ok(keys(call, federated_user(text(&call.parameters, "Name")), life))
}

/// `GetCallerIdentity`.
pub(super) fn get_caller_identity(call: &Call<'_>) -> Value {
    let account = call.account.as_str();
    let user = call.principal.as_deref().unwrap_or(account);
    let (kind, arn) = match user.split_once(':') {
        None => ("CAMUser", format!("qcs::cam:{account}:uin/{account}")),
        Some((id, _)) if id == account => ("CAMUser", format!("qcs::sts:{account}:federated-user/{id}")),
        Some((role, _)) => ("CAMRole", format!("qcs::sts:{account}:assumed-role/{role}")),
    };
    json!({"Type": kind, "AccountId": account, "UserId": user, "PrincipalId": account, "Arn": arn})
}

fn role_keys(call: &Call<'_>) -> Result<Value, Refusal> {
    let (role, session) = (last(text(&call.parameters, "RoleArn")), text(&call.parameters, "RoleSessionName"));
    if !is_session_name(session) {
        return Err(wrong("RoleSessionName must have 2 to 128 letters, digits or characters of `=,.@_-+`."));
    }
    let life = life(call, ROLE_LIFE)?;
    if role == MISSING {
        return Err(Refusal::new("ResourceNotFound.RoleNotFound", "The role does not exist."));
    }
    Ok(keys(call, role_user(role, session), life))
}

fn keys(call: &Call<'_>, user: String, life: Duration) -> Value {
    let session = sessions::add(call.state, user, call.state.clock.now() + life);
    session.with_expiry(json!({"Credentials": session.keys()}))
}

/// How long the keys are to live.
fn life(call: &Call<'_>, (usual, most): (u64, u64)) -> Result<Duration, Refusal> {
    let seconds = match call.parameters.get("DurationSeconds") {
        None | Some(Value::Null) => Some(usual),
        Some(value) => value.as_u64(),
    };
    let fitting = seconds.filter(|seconds| (1..=most).contains(seconds)).map(Duration::from_secs);
    let message = || format!("DurationSeconds must be from 1 to {most}.");
    fitting.ok_or_else(|| Refusal::new("InvalidParameter.OverTimeError", message()))
}

fn is_session_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "=,.@_-+".contains(c);
    (2..=128).contains(&name.len()) && name.chars().all(fits)
}

/// The name at the end of an ARN such as `qcs::cam::uin/ACCOUNT:roleName/NAME`.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

fn wrong(message: &str) -> Refusal {
    Refusal::new("InvalidParameter.ParamError", message)
}
