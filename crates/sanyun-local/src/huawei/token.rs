//! IAM tokens: `POST` and `GET /v3/auth/tokens`, and the token of an identity provider.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use serde_json::{Value, json};

use super::Call;
use super::identity::{DOMAIN_NAME, Scope, Token, User, agency_urn, domain_id, micros, user_urn};
use super::refusal::{Refusal, Shape};
use super::session::{EXPIRED, MISSING, required};
use crate::answer::Answer;
use crate::json::{text_at, with};
use crate::seed;

/// How long a token is good.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// Somebody who is known.
struct Login {
    method: &'static str,
    principal: String,
    user: Value,
    expires_at: SystemTime,
    assumed_by: Option<Value>,
}

/// `POST /v3/auth/tokens`: with a password, a token or an agency.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let body = call.json();
    let identity = body.pointer("/auth/identity").unwrap_or(&Value::Null);
    let login = match text_at(identity, "/methods/0") {
        "password" => by_password(call, identity),
        "token" => by_token(call, identity),
        "assume_role" | "hw_assume_role" => by_agency(call, identity),
        _ => Err(bad_request("Expecting to find one of password, token, assume_role in methods.")),
    }?;
    let scope = scope(call, body.pointer("/auth/scope"))?;
    Ok(issue(call, login, scope))
}

/// `GET /v3/auth/tokens`: what a token says, while it is good.
pub(super) fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    let text = call.head.header("x-subject-token");
    let token = call.state.identity.token(text).filter(|token| call.now() < token.expires_at);
    let token = token.ok_or_else(|| Refusal::iam(StatusCode::NOT_FOUND, "Could not find token."))?;
    Ok(Answer::json(StatusCode::OK, &json!({"token": token.document})).header("x-subject-token", text))
}

/// `POST /v3.0/OS-AUTH/id-token/tokens`: a user of an identity provider. Every provider and every token is accepted but
/// a provider called `missing` and a token called `expired`.
pub(super) fn of_identity_provider(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (provider, body) = (call.head.header("x-idp-id"), call.json());
    let id_token = text_at(&body, "/auth/id_token/id").trim();
    if provider.is_empty() || id_token.is_empty() {
        return Err(gateway(StatusCode::BAD_REQUEST, "IAM.0011", "Request body is invalid."));
    }
    if provider == MISSING {
        let message = format!("Could not find identity_provider: {provider}.");
        return Err(gateway(StatusCode::NOT_FOUND, "IAM.0004", &message));
    }
    if id_token == EXPIRED {
        let message = "The request you have made requires authentication.";
        return Err(gateway(StatusCode::UNAUTHORIZED, "IAM.0001", message));
    }
    let name = "FederationUser";
    let federation = json!({"groups": [], "identity_provider": {"id": provider}, "protocol": {"id": "oidc"}});
    let user = with(user(name, &seed::id(&format!("user {name}"))), "OS-FEDERATION", federation);
    let expires_at = call.now() + LIFE;
    let login = Login { method: "mapped", principal: user_urn(name), user, expires_at, assumed_by: None };
    let scope = scope(call, body.pointer("/auth/scope"))?;
    Ok(issue(call, login, scope))
}

fn by_password(call: &Call<'_>, identity: &Value) -> Result<Login, Refusal> {
    let claim = identity.pointer("/password/user").unwrap_or(&Value::Null);
    let (id, name, password) = (text_at(claim, "/id"), text_at(claim, "/name"), text_at(claim, "/password"));
    let of_account = text_at(claim, "/domain/name") == DOMAIN_NAME || text_at(claim, "/domain/id") == own_domain(call);
    if password.is_empty() || (id.is_empty() && name.is_empty()) {
        return Err(bad_request("Expecting to find user with name, password and domain in password."));
    }
    let is_meant = |user: &&User| if id.is_empty() { of_account && user.name == name } else { user.id() == id };
    let known = call.state.identity.setup.users.iter().rev().find(is_meant);
    let known = known.filter(|user| user.password.expose() == password).ok_or_else(wrong_password)?;
    Ok(Login {
        method: "password",
        principal: user_urn(&known.name),
        user: user(&known.name, &known.id()),
        expires_at: call.now() + LIFE,
        assumed_by: None,
    })
}

fn by_token(call: &Call<'_>, identity: &Value) -> Result<Login, Refusal> {
    let known = known_token(call, text_at(identity, "/token/id"))?;
    let user = known.document.get("user").cloned().unwrap_or_default();
    let (principal, expires_at) = (known.principal.clone(), known.expires_at);
    Ok(Login { method: "token", principal, user, expires_at, assumed_by: None })
}

/// A token of somebody who is trusted by another account: here every agency belongs to the one account there is.
fn by_agency(call: &Call<'_>, identity: &Value) -> Result<Login, Refusal> {
    let agency = agency(call, identity.pointer("/assume_role").unwrap_or(&Value::Null))?;
    let session = call.caller.name();
    let user = user(&format!("{DOMAIN_NAME}/{agency}"), &seed::id(&format!("agency {agency}")));
    let caller = self::user(&session, &seed::id(&format!("user {session}")));
    Ok(Login {
        method: "assume_role",
        principal: agency_urn(&agency, &session),
        user,
        expires_at: call.now() + LIFE,
        assumed_by: Some(json!({"user": caller})),
    })
}

/// A token that is named in a body or, if it is not, in `X-Auth-Token`, and is still good.
pub(super) fn known_token(call: &Call<'_>, named: &str) -> Result<std::sync::Arc<Token>, Refusal> {
    let text = if named.is_empty() { call.head.header("x-auth-token") } else { named };
    let token = call.state.identity.token(text).filter(|token| call.now() < token.expires_at);
    token.ok_or_else(Refusal::iam_unauthorized)
}

/// The name of an agency in a request, which somebody known makes. Every name is accepted but `missing`.
pub(super) fn agency(call: &Call<'_>, role: &Value) -> Result<String, Refusal> {
    call.must_be_known()?;
    let name = required(role, "/agency_name").map_err(|what| bad_request(&what))?;
    if text_at(role, "/domain_name").is_empty() && text_at(role, "/domain_id").is_empty() {
        return Err(bad_request("Expecting to find domain_id or domain_name in assume_role."));
    }
    if name == MISSING {
        return Err(Refusal::iam(StatusCode::NOT_FOUND, format!("Could not find agency: {name}.")));
    }
    Ok(name.to_owned())
}

/// What a token is to be used for, as the request says.
fn scope(call: &Call<'_>, wanted: Option<&Value>) -> Result<Scope, Refusal> {
    let wanted = wanted.unwrap_or(&Value::Null);
    if let Some(project) = wanted.get("project") {
        let (id, name) = (text_at(project, "/id"), text_at(project, "/name"));
        let known = &call.state.identity;
        let found = match name {
            "" => known.project(&call.account, id),
            name => known.projects(&call.account, Some(name)).into_iter().next(),
        };
        let text = if name.is_empty() { id } else { name };
        return found.map(Scope::Project).ok_or_else(|| not_found("project", text));
    }
    let Some(domain) = wanted.get("domain") else { return Ok(Scope::Nothing) };
    let (id, name) = (text_at(domain, "/id"), text_at(domain, "/name"));
    let fits = if name.is_empty() { id == own_domain(call) } else { name == DOMAIN_NAME };
    if fits { Ok(Scope::Domain) } else { Err(not_found("domain", if name.is_empty() { id } else { name })) }
}

fn issue(call: &Call<'_>, login: Login, scope: Scope) -> Answer {
    let domain = json!({"id": own_domain(call), "name": DOMAIN_NAME});
    let mut document = json!({
        "expires_at": micros(login.expires_at),
        "issued_at": micros(call.now()),
        "methods": [login.method],
        "user": login.user,
        "roles": [{"id": "0", "name": "te_admin"}],
    });
    match &scope {
        Scope::Nothing => {}
        Scope::Domain => document = with(document, "domain", domain),
        Scope::Project(project) => {
            document = with(document, "project", json!({"id": project.id, "name": project.name, "domain": domain}));
        }
    }
    if let Some(assumed_by) = login.assumed_by {
        document = with(document, "assumed_by", assumed_by);
    }
    if call.parameter("nocatalog").is_none_or(|value| value.is_empty()) {
        document = with(document, "catalog", catalog(call));
    }
    let token = Token { principal: login.principal, scope, expires_at: login.expires_at, document: document.clone() };
    let text = call.state.identity.add_token(call.state.chance.as_ref(), token);
    Answer::json(StatusCode::CREATED, &json!({"token": document})).header("x-subject-token", &text)
}

/// The services that a token is for: the real list has some hundred rows, this one only the one that is asked.
fn catalog(call: &Call<'_>) -> Value {
    let url = format!("http://{}/v3", call.head.host());
    let id = seed::id("endpoint iam");
    let endpoint = json!({"id": id, "interface": "public", "region": "*", "region_id": "*", "url": url});
    json!([{"id": seed::id("service iam"), "name": "iam", "type": "iam", "endpoints": [endpoint]}])
}

fn user(name: &str, id: &str) -> Value {
    let domain = json!({"id": domain_id(crate::keys::DEFAULT_ACCOUNT), "name": DOMAIN_NAME});
    json!({"id": id, "name": name, "password_expires_at": "", "domain": domain})
}

fn own_domain(call: &Call<'_>) -> String {
    domain_id(&call.account)
}

fn wrong_password() -> Refusal {
    Refusal::iam(StatusCode::UNAUTHORIZED, "The username or password is wrong.")
}

fn not_found(what: &str, text: &str) -> Refusal {
    Refusal::iam(StatusCode::UNAUTHORIZED, format!("Could not find {what}: {text}."))
}

fn bad_request(message: &str) -> Refusal {
    Refusal::iam(StatusCode::BAD_REQUEST, message)
}

fn gateway(status: StatusCode, code: &str, message: &str) -> Refusal {
    Refusal::new(status, code, message, Shape::Gateway)
}
