//! What a machine (CVM) asks the metadata service for: the name of its role, and temporary keys of that role.

use http::StatusCode;
use sanyun_core::encode;

use super::sessions::{self, role_user};
use crate::answer::Answer;
use crate::arrival::Head;
use crate::json::with;
use crate::metadata::Metadata;
use crate::seed;
use crate::state::State;

/// The names of the metadata service inside Tencent Cloud.
const HOSTS: [&str; 2] = ["metadata.tencentyun.com", "169.254.0.23"];
const BASE: &str = "/latest/meta-data/";
/// Where the role is listed; its name follows for the keys.
const ROLES: &str = "/latest/meta-data/cam/security-credentials/";

/// Whether a request is for the metadata service: by its address, or by path if nothing else is said.
pub(crate) fn is_for_metadata(head: &Head) -> bool {
    let by_path = head.path.starts_with(ROLES) && head.header("authorization").is_empty();
    HOSTS.contains(&head.host_name().as_str()) || by_path
}

/// Answers for the metadata service, if a request is for it, and says which operation it is.
pub(super) fn answer(state: &State, head: &Head) -> Option<(&'static str, Answer)> {
    is_for_metadata(head).then(|| match (head.method.as_str(), head.path.strip_prefix(ROLES)) {
        ("GET" | "HEAD", Some("")) => ("metadata role", role(state).map_or_else(missing, text)),
        ("GET" | "HEAD", Some(name)) => ("metadata credentials", keys(state, name)),
        ("GET" | "HEAD", None) => ("metadata", fact(head.path.strip_prefix(BASE).unwrap_or_default())),
        _ => ("metadata", Answer::new(StatusCode::METHOD_NOT_ALLOWED)),
    })
}

/// The role of the machine, if it has one.
fn role(state: &State) -> Option<&str> {
    let bound = state.instance.metadata != Metadata::NoAgency && !state.instance.role.is_empty();
    bound.then_some(state.instance.role.as_str())
}

/// Keys of the role; of another one than the machine's there are none. `name` is encoded as it was sent.
fn keys(state: &State, name: &str) -> Answer {
    let Some(role) = role(state).filter(|role| encode::percent_decode(name) == *role) else { return missing() };
    let expires_at = state.clock.now() + state.instance.key_life;
    let session = sessions::add(state, role_user(role, "sanyun-local-instance"), expires_at);
    Answer::json(StatusCode::OK, &with(session.with_expiry(session.keys()), "Code", "Success"))
}

/// The few facts about the machine that programs look for.
fn fact(name: &str) -> Answer {
    match name {
        "instance-id" => text(&format!("ins-{}", seed::id("cvm instance").split_at(8).0)),
        "placement/region" => text("ap-guangzhou"),
        "placement/zone" => text("ap-guangzhou-3"),
        _ => missing(),
    }
}

fn text(text: &str) -> Answer {
    Answer::new(StatusCode::OK).header("content-type", "text/plain").bytes(text.to_owned())
}

fn missing() -> Answer {
    Answer::new(StatusCode::NOT_FOUND).header("content-type", "text/plain").bytes("404 Not Found")
}
