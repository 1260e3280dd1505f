//! IAM and STS: the look-ups that clients make before their first call.

use http::StatusCode;
use serde_json::{Value, json};

use super::Call;
use super::identity::{DOMAIN_NAME, Project, USER_NAME, domain_id, user_urn};
use crate::answer::Answer;
use crate::seed;

/// `GET /v3/projects`, by name (a region's id) or all; `GET /v3/auth/projects`, all.
pub(super) fn list_projects(call: &Call<'_>) -> Answer {
    let name = call.parameter("name");
    let projects = call.state.identity.projects(&call.account, name.as_deref());
    let projects: Vec<_> = projects.iter().map(|project| shown(call, project)).collect();
    let links = json!({"self": url(call), "previous": null, "next": null});
    answer(json!({"projects": projects, "links": links}))
}

/// `GET /v3/auth/domains`: the account itself. Whoever has no roles by IAM version 3 sees none.
pub(super) fn list_domains(call: &Call<'_>) -> Answer {
    let domain = json!({
        "id": domain_id(&call.account),
        "name": DOMAIN_NAME,
        "description": "",
        "enabled": true,
        "links": {"self": null},
    });
    let domains = if call.state.identity.setup.hide_domains { json!([]) } else { json!([domain]) };
    answer(json!({"domains": domains, "links": {"self": url(call)}}))
}

/// `GET /v5/caller-identity` of STS.
pub(super) fn caller_identity(call: &Call<'_>) -> Answer {
    let urn = call.caller.principal().map_or_else(|| user_urn(USER_NAME), str::to_owned);
    let name = urn.rsplit(':').next().unwrap_or_default();
    let id = match name.split_once('/') {
        Some((agency, session)) => format!("{}:{session}", seed::id(&format!("agency {agency}"))),
        None => seed::id(&format!("user {name}")),
    };
    answer(json!({"account_id": domain_id(&call.account), "principal_urn": urn, "principal_id": id}))
}

fn shown(call: &Call<'_>, project: &Project) -> Value {
    let domain = domain_id(&call.account);
    json!({
        "id": project.id,
        "name": project.name,
        "description": "",
        "domain_id": domain,
        "parent_id": domain,
        "is_domain": false,
        "enabled": true,
        "links": {"self": null},
    })
}

fn url(call: &Call<'_>) -> String {
    format!("http://{}{}", call.head.host(), call.head.path)
}

fn answer(body: Value) -> Answer {
    Answer::json(StatusCode::OK, &body)
}
