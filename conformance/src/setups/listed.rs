//! Differences that are left when the set-up is [repaired](super::REPAIRS), and are known. The numbers are sections of the
//! specification of Huawei Cloud.

use serde_json::{Value, json};

use super::{REPAIRS, SOURCES};
use crate::support::text;

const BROKEN_SOURCE: &str = "ours: a source that is set up and broken ends the search, the official chain goes on as \
                             somebody else (3.10)";
const EUROPE: &str = "the European site's own IAM is not known (5.6)";
const CENTRAL: &str = "federation asks the central IAM, unless it has to look for the project's id; ours always asks the \
                       region's (5.6)";

/// A difference that is listed, as [`reason`] reads it.
pub fn as_listed(reason: &str) -> Value {
    json!({ "listed": reason })
}

/// The listed reason of a difference, once it is [known](as_listed).
pub fn reason(problem: &Value) -> Option<&'static str> {
    let reasons = REPAIRS.iter().map(|repair| repair.reason).chain([BROKEN_SOURCE, EUROPE, CENTRAL]);
    let wanted = problem.get("listed")?.as_str()?;
    reasons.into_iter().find(|reason| *reason == wanted)
}

/// The reason, if the difference (one of [`differences`](super::differences)) is listed.
pub fn listed(setup: &Value, official: &Value, problem: &Value) -> Option<&'static str> {
    match text(problem, "what") {
        "outcome" => broken_source(official, text(&problem["ours"], "message")),
        "requests" => iam_endpoints(setup, problem),
        _ => None,
    }
}

/// Ours names a source that failed, and a source further down the chain is the official answer.
fn broken_source(official: &Value, message: &str) -> Option<&'static str> {
    const ORDER: [&str; 6] = ["oidc", "federation", "environment", "profile", "metadata", "pod identity"];
    let class = text(&official["credentials"], "source");
    let used = SOURCES.iter().find(|(theirs, _)| *theirs == class).map(|(_, ours)| *ours)?;
    let failed = ["oidc", "federation", "profile"].into_iter().find(|name| message.contains(&format!("{name}: ")))?;
    let place = |name: &str| ORDER.iter().position(|one| *one == name);
    (place(failed) < place(used)).then_some(BROKEN_SOURCE)
}

/// Whether only the IAM that is asked differs: for ids (ours knows the European one), for federated keys.
fn iam_endpoints(setup: &Value, problem: &Value) -> Option<&'static str> {
    const IAM: &str = "https://iam.myhuaweicloud.com/";
    let list = |name: &str| problem[name].as_array().cloned().unwrap_or_default();
    let (mut official, ours) = (list("official"), list("ours"));
    let region = text(setup, "region");
    let own = match region {
        "eu-west-101" => "https://iam.eu-west-101.myhuaweicloud.eu/".to_owned(),
        _ => format!("https://iam.{region}.myhuaweicloud.com/"),
    };
    let ids = move_to(&mut official, IAM, &own, &["v3/auth/domains", "v3/projects?"]);
    let keys = move_to(&mut official, IAM, &own, &["v3.0/OS-"]);
    match official == ours {
        true if ids && region == "eu-west-101" => Some(EUROPE),
        true if keys => Some(CENTRAL),
        _ => None,
    }
}

/// Sends the requests for these paths from one place to another; whether there were any.
fn move_to(requests: &mut [Value], from: &str, to: &str, paths: &[&str]) -> bool {
    let mut moved = false;
    for request in requests {
        let path = text(request, "url").strip_prefix(from).map(str::to_owned);
        if let Some(path) = path.filter(|path| paths.iter().any(|start| path.starts_with(start))) {
            request["url"] = Value::from(format!("{to}{path}"));
            moved = true;
        }
    }
    moved
}
