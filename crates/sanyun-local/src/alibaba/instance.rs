//! What a machine asks the place where it runs for: the ECS metadata service, and a credentials URI. Both give out temporary
//! keys to whoever can reach them.

use std::time::Duration;

use http::{Method, StatusCode};
use sanyun_core::encode;

use super::identity::role_arn;
use crate::answer::Answer;
use crate::arrival::Head;
use crate::json::with;
use crate::metadata::Metadata;
use crate::seed;
use crate::state::State;

/// The address at which a machine finds its metadata service.
const ADDRESS: &str = "100.100.100.200";
const BASE: &str = "/latest/meta-data/";
const TOKEN_PATH: &str = "/latest/api/token";
/// Where the role is listed; its name follows for the keys.
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
/// What `ALIBABA_CLOUD_CREDENTIALS_URI` may point to.
const CREDENTIALS: &str = "/_sanyun/alibaba/credentials";
/// The longest life of a token, in seconds.
const TOKEN_LIFE: u64 = 21_600;

/// Whether a request is for the metadata service or for the credentials URI: by its address, or by path if nothing else
/// is said.
pub(crate) fn is_for_instance(head: &Head) -> bool {
    let is_token = head.method == Method::PUT && head.path == TOKEN_PATH;
    let by_path = head.path.starts_with(ROLES) || head.path == CREDENTIALS || is_token;
    head.host_name() == ADDRESS || by_path && head.header("authorization").is_empty()
}

/// Answers for the metadata service and the credentials URI, if a request is for one of them, and says which operation
/// it is.
pub(super) fn answer(state: &State, head: &Head) -> Option<(&'static str, Answer)> {
    is_for_instance(head).then(|| match (head.method.as_str(), head.path.as_str()) {
        ("PUT", TOKEN_PATH) => ("metadata token", token(state, head)),
        ("GET", CREDENTIALS) => ("credentials-uri", keys(state, "sanyun-local-uri")),
        ("GET" | "HEAD", _) => ("metadata", refusal(state, head).unwrap_or_else(|| read(state, &head.path))),
        _ => ("metadata", Answer::new(StatusCode::METHOD_NOT_ALLOWED)),
    })
}

/// A token for up to six hours; not for whoever comes through a proxy.
fn token(state: &State, head: &Head) -> Answer {
    if state.instance.metadata == Metadata::V1 {
        return missing();
    }
    if head.headers.contains_key("x-forwarded-for") {
        return plain(StatusCode::FORBIDDEN, "403 - Forbidden");
    }
    let seconds = head.header("x-aliyun-ecs-metadata-token-ttl-seconds").parse().ok();
    let Some(seconds) = seconds.filter(|seconds| (1..=TOKEN_LIFE).contains(seconds)) else {
        return plain(StatusCode::BAD_REQUEST, "400 - Bad Request");
    };
    let expires_at = state.clock.now() + Duration::from_secs(seconds);
    plain(StatusCode::OK, &state.alibaba.add_token(state.chance.as_ref(), expires_at))
}

/// A token that is not good, or none where there must be one.
fn refusal(state: &State, head: &Head) -> Option<Answer> {
    let good = match (state.instance.metadata, head.header("x-aliyun-ecs-metadata-token")) {
        (Metadata::V1, _) => true,
        (Metadata::V2, "") => false,
        (_, "") => true,
        (_, token) => state.alibaba.knows_token(token, state.clock.now()),
    };
    (!good).then(|| plain(StatusCode::FORBIDDEN, "403 - Forbidden"))
}

fn read(state: &State, path: &str) -> Answer {
    let bound = state.instance.metadata != Metadata::NoAgency && !state.alibaba.role.is_empty();
    match path.strip_prefix(ROLES).filter(|_| bound) {
        Some("") => plain(StatusCode::OK, &state.alibaba.role),
        Some(name) if encode::percent_decode(name) == state.alibaba.role => keys(state, "sanyun-local-instance"),
        _ => fact(path.strip_prefix(BASE).unwrap_or_default()),
    }
}

/// Keys of the machine's role.
fn keys(state: &State, session: &str) -> Answer {
    let now = state.clock.now();
    let arn = role_arn(&state.alibaba.role, session);
    let session = state.alibaba.add_session(state.chance.as_ref(), arn, now + state.instance.key_life);
    let document = with(session.document(), "LastUpdated", sanyun_core::time::iso_extended(now));
    Answer::json(StatusCode::OK, &with(document, "Code", "Success"))
}

/// The few facts about the machine that programs look for.
fn fact(name: &str) -> Answer {
    match name {
        "instance-id" => plain(StatusCode::OK, &format!("i-{}", seed::id("ecs instance").split_at(20).0)),
        "region-id" => plain(StatusCode::OK, "cn-hangzhou"),
        "zone-id" => plain(StatusCode::OK, "cn-hangzhou-b"),
        _ => missing(),
    }
}

fn missing() -> Answer {
    plain(StatusCode::NOT_FOUND, "404 - Not Found")
}

fn plain(status: StatusCode, text: &str) -> Answer {
    Answer::new(status).header("content-type", "text/plain").bytes(text.to_owned())
}
