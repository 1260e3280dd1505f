//! IAM: the look-ups that clients make before their first call. Every account has one project in every region.

use http::StatusCode;
use serde_json::{Value, json};

use super::Call;
use crate::answer::Answer;
use crate::seed;

/// The regions whose projects are listed when none is named.
const REGIONS: [&str; 6] = ["cn-north-1", "cn-north-4", "cn-east-3", "cn-south-1", "cn-southwest-2", "ap-southeast-1"];

/// `GET /v3/projects`, by name (a region's id) or all.
pub(super) fn list_projects(call: &Call<'_>) -> Answer {
    let name = call.parameter("name");
    let regions = name.as_deref().map_or_else(|| REGIONS.to_vec(), |name| vec![name]);
    let projects: Vec<_> = regions.iter().map(|region| project(&call.account, region)).collect();
    let links = json!({"self": url(call), "previous": null, "next": null});
    answer(json!({"projects": projects, "links": links}))
}

/// `GET /v3/auth/domains`: the account itself.
pub(super) fn list_domains(call: &Call<'_>) -> Answer {
    let domain = json!({
        "id": domain_id(&call.account),
        "name": call.account,
        "description": "",
        "enabled": true,
        "links": {"self": null},
    });
    answer(json!({"domains": [domain], "links": {"self": url(call)}}))
}

fn project(account: &str, region: &str) -> Value {
    let domain = domain_id(account);
    json!({
        "id": seed::id(&format!("project {account} {region}")),
        "name": region,
        "description": "",
        "domain_id": domain,
        "parent_id": domain,
        "is_domain": false,
        "enabled": true,
        "links": {"self": null},
    })
}

fn domain_id(account: &str) -> String {
    seed::id(&format!("domain {account}"))
}

fn url(call: &Call<'_>) -> String {
    format!("http://{}{}", call.head.host(), call.head.path)
}

fn answer(body: Value) -> Answer {
    Answer::json(StatusCode::OK, &body)
}
