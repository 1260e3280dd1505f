//! What a profile of the command line tool with a login asks for: keys of CloudSSO and of OAuth, for an access token.

use std::time::Duration;

use http::{Method, StatusCode};
use sanyun_core::encode;
use serde_json::{Value, json};

use super::identity::{Session, role_arn};
use crate::answer::Answer;
use crate::arrival::Head;
use crate::json::text;
use crate::state::State;

/// Where OAuth lives, in China and elsewhere.
const HOSTS: [&str; 2] = ["oauth.aliyun.com", "oauth.alibabacloud.com"];
const CLOUD_SSO: &str = "/cloud-credentials";
const TOKEN: &str = "/v1/token";
const EXCHANGE: &str = "/v1/exchange";
/// The refresh token that is no longer good.
const EXPIRED: &str = "expired";
/// How long an access token lives.
const TOKEN_LIFE: Duration = Duration::from_secs(3 * 60 * 60);
/// How long keys live.
const KEY_LIFE: Duration = Duration::from_secs(60 * 60);

/// Whether a request is for CloudSSO or OAuth.
pub(crate) fn is_for_login(head: &Head) -> bool {
    let is_bearer = head.header("authorization").starts_with("Bearer ");
    let by_path = match head.path.as_str() {
        CLOUD_SSO | EXCHANGE => is_bearer,
        TOKEN => head.media_type() == "application/x-www-form-urlencoded" && head.header("authorization").is_empty(),
        _ => false,
    };
    head.method == Method::POST && by_path || HOSTS.contains(&head.host_name().as_str())
}

/// Answers for CloudSSO and OAuth, if a request is for one of them, and says which operation it is.
pub(super) fn answer(state: &State, head: &Head, body: &[u8]) -> Option<(&'static str, Answer)> {
    is_for_login(head).then(|| match (head.method.as_str(), head.path.as_str()) {
        ("POST", CLOUD_SSO) => ("cloudsso credentials", cloud_sso(state, head, body)),
        ("POST", TOKEN) => ("oauth token", token(state, body)),
        ("POST", EXCHANGE) => ("oauth exchange", exchange(state, head)),
        _ => ("oauth", Answer::json(StatusCode::NOT_FOUND, &json!({"error": "not_found"}))),
    })
}

/// The keys of an access configuration in an account.
fn cloud_sso(state: &State, head: &Head, body: &[u8]) -> Answer {
    let refused =
        |status, code: &str, message: &str| Answer::json(status, &json!({"ErrorCode": code, "ErrorMessage": message}));
    if !is_logged_in(state, head) {
        return refused(StatusCode::UNAUTHORIZED, "InvalidAccessToken", "The access token is invalid or expired.");
    }
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let (account, configuration) = (text(&asked, "AccountId"), text(&asked, "AccessConfigurationId"));
    if account.is_empty() || configuration.is_empty() {
        return refused(
            StatusCode::BAD_REQUEST,
            "InvalidParameter",
            "AccountId and AccessConfigurationId are mandatory.",
        );
    }
    let session = session(state, configuration);
    Answer::json(StatusCode::OK, &json!({"CloudCredential": session.document()}))
}

/// A new access token for a refresh token.
fn token(state: &State, body: &[u8]) -> Answer {
    let body = String::from_utf8_lossy(body);
    let field = |wanted: &str| {
        let found = encode::pairs(&body).find(|(name, _)| *name == wanted);
        found.map(|(_, value)| encode::form_decode(value)).unwrap_or_default()
    };
    let refused = |code: &str| Answer::json(StatusCode::BAD_REQUEST, &json!({"error": code}));
    match (field("grant_type").as_str(), field("refresh_token").as_str()) {
        ("refresh_token", "" | EXPIRED) => refused("invalid_grant"),
        ("refresh_token", _) => {
            let access = state.alibaba.add_token(state.chance.as_ref(), state.clock.now() + TOKEN_LIFE);
            let refresh = state.chance.hex32();
            let life = TOKEN_LIFE.as_secs();
            let answer =
                json!({"access_token": access, "refresh_token": refresh, "expires_in": life, "token_type": "Bearer"});
            Answer::json(StatusCode::OK, &answer)
        }
        _ => refused("unsupported_grant_type"),
    }
}

/// Keys for an access token.
fn exchange(state: &State, head: &Head) -> Answer {
    if !is_logged_in(state, head) {
        return Answer::json(StatusCode::UNAUTHORIZED, &json!({"error": "invalid_token"}));
    }
    Answer::json(StatusCode::OK, &session(state, "oauth").document())
}

fn is_logged_in(state: &State, head: &Head) -> bool {
    let token = head.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
    state.alibaba.knows_bearer(token) || state.alibaba.knows_token(token, state.clock.now())
}

fn session(state: &State, name: &str) -> Session {
    let expires_at = state.clock.now() + KEY_LIFE;
    state.alibaba.add_session(state.chance.as_ref(), role_arn("sanyun-local-login", name), expires_at)
}
