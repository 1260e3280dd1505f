//! The questions to IAM and STS, and their answers.

use std::sync::Arc;

use sanyun_core::{CallOptions, Endpoint, Error, ErrorKind, Output, Pipeline, Result};
use serde_json::Value;

use crate::error::request_id;
use crate::protocol::Huawei;
use crate::shape::Input;

/// What IAM is asked.
pub(super) enum Question {
    /// The id of the project of that name.
    Project { name: String, iam: Arc<[Endpoint]> },
    /// The id of the caller's account. STS knows it, too, if it may be asked.
    Domain { iam: Arc<[Endpoint]>, sts: Option<Arc<[Endpoint]>> },
}

impl Question {
    /// Where IAM is asked.
    pub(super) fn iam(&self) -> &Arc<[Endpoint]> {
        match self {
            Self::Project { iam, .. } | Self::Domain { iam, .. } => iam,
        }
    }

    /// Asks, on behalf of a call and within its limits.
    pub(super) async fn ask(
        &self,
        client: &Arc<Huawei>,
        input: &Input,
        options: &CallOptions,
        pipeline: &Pipeline,
    ) -> Result<String> {
        let call = |look_up: Input| pipeline.ask(client, look_up, options.of_caller());
        match self {
            Self::Project { name, iam } => {
                let look_up = input.looking_up("iam", "/v3/projects", iam).query("name", name.as_str());
                let output = call(look_up.operation("KeystoneListProjects")).await;
                output.and_then(|output| project_of(&output, name)).map_err(|error| explained_project(error, name, iam))
            }
            Self::Domain { iam, sts } => {
                let look_up = input.looking_up("iam", "/v3/auth/domains", iam).operation("KeystoneListAuthDomains");
                let output = call(look_up).await.map_err(|error| explained_domain(error, iam))?;
                let found = first_domain(&output).map_err(|error| explained_domain(error, iam))?;
                match (found, sts) {
                    (Some(id), _) => Ok(id),
                    (None, None) => Err(explained_domain(no_domain(&output), iam)),
                    (None, Some(sts)) => {
                        let look_up = input.looking_up("sts", "/v5/caller-identity", sts);
                        let output = call(look_up.operation("GetCallerIdentity")).await;
                        output.and_then(|output| account_of(&output)).map_err(|error| explained_domain(error, sts))
                    }
                }
            }
        }
    }
}

fn list<'a>(answer: &'a Value, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let items = answer.get(name).and_then(Value::as_array).into_iter().flatten();
    let text = |item: &'a Value, member| item.get(member).and_then(Value::as_str).unwrap_or_default();
    items.map(move |item| (text(item, "id"), text(item, "name"))).filter(|(id, _)| !id.is_empty())
}

fn project_of(output: &Output, name: &str) -> Result<String> {
    let answer = output.json()?;
    let mut found: Vec<_> = list(&answer, "projects").collect();
    if found.len() > 1 && found.iter().filter(|(_, own)| *own == name).count() == 1 {
        found.retain(|(_, own)| *own == name);
    }
    match found.as_slice() {
        [(id, _)] => Ok((*id).to_owned()),
        [] => Err(no_project(name, output)),
        several => Err(several_projects(name, several, output)),
    }
}

fn no_project(name: &str, output: &Output) -> Error {
    Error::config(format!("no project named `{name}`{}", traced(output))).with_hint(
        "a region's project has the region's name and is there once somebody of the account has used the region: check the \
         region, choose another project with `.project_name(…)`, or give the id: `.project_id(…)`, \
         HUAWEICLOUD_SDK_PROJECT_ID",
    )
}

fn several_projects(name: &str, several: &[(&str, &str)], output: &Output) -> Error {
    let choices: Vec<_> = several.iter().map(|(id, name)| format!("{id} ({name})")).collect();
    let choices = choices.join(", ");
    Error::config(format!("several projects for `{name}`: {choices}{}", traced(output))).with_hint(
        "choose one: `.project_id(…)`, HUAWEICLOUD_SDK_PROJECT_ID, or `.project_name(…)` where the names differ",
    )
}

fn first_domain(output: &Output) -> Result<Option<String>> {
    let answer = output.json()?;
    Ok(list(&answer, "domains").next().map(|(id, _)| id.to_owned()))
}

fn account_of(output: &Output) -> Result<String> {
    let answer = output.json()?;
    let id = answer.get("account_id").and_then(Value::as_str).filter(|id| !id.is_empty());
    id.map(str::to_owned).ok_or_else(|| no_domain(output))
}

fn no_domain(output: &Output) -> Error {
    Error::config(format!("the answer names no account{}", traced(output)))
        .with_hint("give the id of the account: `.domain_id(…)`, HUAWEICLOUD_SDK_DOMAIN_ID")
}

fn traced(output: &Output) -> String {
    request_id(&output.reply).map_or_else(String::new, |id| format!(" (request id {id})"))
}

fn explained_project(error: Error, name: &str, iam: &[Endpoint]) -> Error {
    let place = place(iam);
    let advice = "give the id of the project to do without the look-up: `.project_id(…)`, HUAWEICLOUD_SDK_PROJECT_ID; or the \
                  right IAM: `.iam_endpoint(…)`, HUAWEICLOUD_SDK_IAM_ENDPOINT";
    explained(error, format!("looking up the project `{name}` at {place}"), advice)
}

fn explained_domain(error: Error, at: &[Endpoint]) -> Error {
    let advice = "give the id of the account to do without the look-up: `.domain_id(…)`, HUAWEICLOUD_SDK_DOMAIN_ID; or the \
                  right IAM: `.iam_endpoint(…)`, HUAWEICLOUD_SDK_IAM_ENDPOINT";
    explained(error, format!("looking up the account at {}", place(at)), advice)
}

/// The error with what was looked up in front. What the cloud advises stays; for the rest there is a way around.
fn explained(error: Error, what: String, advice: &str) -> Error {
    let has_advice = error.hint().is_some() || error.kind() == ErrorKind::Credentials;
    let error = error.with_context(what);
    if has_advice { error } else { error.with_hint(advice) }
}

fn place(endpoints: &[Endpoint]) -> String {
    endpoints.first().map(ToString::to_string).unwrap_or_default()
}
