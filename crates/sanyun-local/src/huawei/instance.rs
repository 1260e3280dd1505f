//! What a machine or a pod asks the place where it runs for: the ECS metadata service, and pod identity. Both give out
//! temporary keys to whoever can reach them.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::identity::{POD_TOKEN, Session, agency_urn, micros, millis};
use crate::answer::Answer;
use crate::arrival::Head;
use crate::keys::DEFAULT_ACCOUNT;
use crate::metadata::Metadata;
use crate::seed;
use crate::state::State;

/// The address at which a machine finds its metadata service.
const ADDRESS: &str = "169.254.169.254";
const TOKEN_PATH: &str = "/meta-data/latest/api/token";
const KEY_PATH: &str = "/openstack/latest/securitykey";
const FACTS_PATH: &str = "/openstack/latest/meta_data.json";
const POD_PATH: &str = "/v1/credentials";

/// What the metadata service answers when the machine has no agency.
const NO_AGENCY: &str = "Please configure Cloud Service Agency first";

/// Whether a request is for the metadata service: by its address, or by path if nothing else is said.
pub(crate) fn is_for_metadata(head: &Head) -> bool {
    let by_path = [TOKEN_PATH, KEY_PATH, FACTS_PATH].contains(&head.path.as_str());
    head.host_name() == ADDRESS || by_path && head.header("authorization").is_empty()
}

/// Whether a request is for pod identity. The only other operation with this path is a `GET`.
pub(crate) fn is_for_pod(head: &Head) -> bool {
    // A signature has spaces in it, a token has none.
    head.method == Method::POST && head.path == POD_PATH && !head.header("authorization").contains(' ')
}

/// Answers for the metadata service or pod identity, if a request is for one of them, and says which operation it is.
pub(super) fn answer(state: &State, head: &Head) -> Option<(&'static str, Answer)> {
    if is_for_pod(head) {
        return Some(("pod-identity credentials", pod(state, head)));
    }
    is_for_metadata(head).then(|| match (head.method.as_str(), head.path.as_str()) {
        ("PUT", TOKEN_PATH) => ("metadata token", token(state, head)),
        ("GET", KEY_PATH) => ("metadata securitykey", security_key(state, head)),
        ("GET", FACTS_PATH) => ("metadata meta_data.json", facts(state, head)),
        (_, TOKEN_PATH | KEY_PATH | FACTS_PATH) => ("metadata", text(StatusCode::METHOD_NOT_ALLOWED, "")),
        _ => ("metadata", text(StatusCode::NOT_FOUND, "404 Not Found")),
    })
}

/// A token for 1 to 360 minutes; not for whoever comes through a proxy.
fn token(state: &State, head: &Head) -> Answer {
    if state.instance.metadata == Metadata::V1 {
        return text(StatusCode::NOT_FOUND, "404 Not Found");
    }
    if head.headers.contains_key("x-forwarded-for") {
        return text(StatusCode::FORBIDDEN, "403 Forbidden");
    }
    let seconds = head.header("x-metadata-token-ttl-seconds").parse().ok();
    let Some(seconds) = seconds.filter(|seconds| (60..=21_600).contains(seconds)) else {
        return text(StatusCode::BAD_REQUEST, "400 Bad Request");
    };
    let expires_at = state.clock.now() + Duration::from_secs(seconds);
    text(StatusCode::OK, &state.identity.add_metadata_token(state.chance.as_ref(), expires_at))
}

fn security_key(state: &State, head: &Head) -> Answer {
    if let Some(refused) = refusal(state, head) {
        return refused;
    }
    if state.instance.metadata == Metadata::NoAgency {
        return text(StatusCode::UNAUTHORIZED, NO_AGENCY);
    }
    let session = session(state, "sanyun-local-instance");
    let credential = json!({
        "access": session.id,
        "secret": session.secret.expose(),
        "securitytoken": session.token.expose(),
        "expires_at": micros(session.expires_at),
    });
    Answer::json(StatusCode::OK, &json!({"credential": credential}))
}

/// The few facts about the machine that programs look for.
fn facts(state: &State, head: &Head) -> Answer {
    let region = "cn-north-4";
    let project = state.identity.projects(DEFAULT_ACCOUNT, Some(region)).into_iter().next();
    let facts: Value = json!({
        "uuid": seed::id("instance"),
        "name": "sanyun-local-instance",
        "hostname": "sanyun-local-instance",
        "region_id": region,
        "availability_zone": "cn-north-4a",
        "project_id": project.map(|project| project.id),
    });
    refusal(state, head).unwrap_or_else(|| Answer::json(StatusCode::OK, &facts))
}

/// A token that is not good, or none where there must be one.
fn refusal(state: &State, head: &Head) -> Option<Answer> {
    let good = match (state.instance.metadata, head.header("x-metadata-token")) {
        (Metadata::V1, _) => true,
        (Metadata::V2, "") => false,
        (_, "") => true,
        (_, token) => state.identity.knows_metadata_token(token, state.clock.now()),
    };
    (!good).then(|| text(StatusCode::UNAUTHORIZED, "401 Unauthorized"))
}

fn pod(state: &State, head: &Head) -> Answer {
    if head.header("authorization") != POD_TOKEN {
        let problem = json!({"error_code": "PodIdentity.401", "error_msg": "the authorization token is not valid"});
        return Answer::json(StatusCode::UNAUTHORIZED, &problem);
    }
    let session = session(state, "sanyun-local-pod");
    let credentials = json!({
        "accessKeyId": session.id,
        "secretAccessKey": session.secret.expose(),
        "securityToken": session.token.expose(),
        "expiration": millis(session.expires_at),
    });
    Answer::json(StatusCode::OK, &json!({"credentials": credentials}))
}

fn session(state: &State, name: &str) -> Session {
    let expires_at = state.clock.now() + state.instance.key_life;
    state.identity.add_session(state.chance.as_ref(), &agency_urn("sanyun-local-agency", name), expires_at)
}

fn text(status: StatusCode, text: &str) -> Answer {
    Answer::new(status).header("content-type", "text/plain").bytes(text.to_owned())
}
