//! Alibaba Cloud: the OpenAPI gateway's checks, then the operation that headers, parameters or path name.

mod ecs;
mod refusal;
mod request;
mod verify;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use sanyun_catalog::check::{ProblemKind, check};
use sanyun_catalog::{Operation, sample};
use serde_json::{Map, Value, json};

use refusal::Refusal;
use request::Request;

use crate::access_log::Note;
use crate::answer::Answer;
use crate::arrival::{BodyError, Head};
use crate::json::with;
use crate::seed;
use crate::state::State;

/// A verified call of a known operation.
struct Call<'a> {
    state: &'a State,
    operation: Operation<'static>,
    /// The operation's own parameters by their flat names.
    parameters: BTreeMap<String, String>,
    body: Bytes,
    account: String,
}

impl Call<'_> {
    /// A parameter; empty if it is missing.
    fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// `ecs 20140526 DescribeRegions`.
    fn name(&self) -> String {
        format!("{} {} {}", self.operation.service.name(), self.operation.service.version(), self.operation.name)
    }
}

/// Answers a request.
pub(crate) async fn answer(state: &Arc<State>, head: &Head, body: Result<Bytes, BodyError>, note: &mut Note) -> Answer {
    note.request_id = state.chance.uuid().to_uppercase();
    let outcome = serve(state, head, body, note).await;
    let answer = outcome.unwrap_or_else(|refusal| {
        note.code = refusal.code.to_owned();
        refusal.answer(&note.request_id, head.host())
    });
    answer.header("x-acs-request-id", &note.request_id)
}

async fn serve(state: &State, head: &Head, body: Result<Bytes, BodyError>, note: &mut Note) -> Result<Answer, Refusal> {
    let body = body?;
    let request = Request::read(head, &body);
    note.operation = request.action.clone();
    let found = request.find(head);
    if let Some((operation, _)) = &found {
        note.operation = format!("{} {}", operation.service.name(), operation.name);
    }
    let anonymous = found.as_ref().is_some_and(|(operation, _)| operation.rare.auth.as_deref() == Some("Anonymous"));
    let account = verify::verify(state, head, &body, &request, anonymous)?;
    let (operation, arguments) = found.ok_or_else(|| Refusal::not_found(&request.action))?;
    let mut parameters = request.parameters;
    parameters.extend(arguments);
    let call = Call { state, operation, parameters, body, account };
    check_path(&call)?;
    let content = match call.name().as_str() {
        "ecs 20140526 DescribeRegions" => ecs::describe_regions(),
        "ecs 20140526 RunInstances" => ecs::run_instances(&call).await?,
        "ecs 20140526 DescribeInstances" => ecs::describe_instances(&call)?,
        "ecs 20140526 DeleteInstance" => ecs::delete_instance(&call).await?,
        name => return Ok(made_up(&call, name, &note.request_id)),
    };
    Ok(success(content, &note.request_id))
}

/// Refuses what the catalog is sure about: it marks many parameters of this cloud as required that are not, so only a
/// missing part of the path counts.
fn check_path(call: &Call<'_>) -> Result<(), Refusal> {
    let given: Map<String, Value> = call.parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let checked = check(&call.operation, &Value::Object(given));
    let missing = checked.errors().find(|problem| matches!(problem.kind, ProblemKind::Missing { .. }));
    missing.map_or(Ok(()), |problem| Err(Refusal::missing_parameter(&problem.path)))
}

fn made_up(call: &Call<'_>, name: &str, request_id: &str) -> Answer {
    let parameters = json!(call.parameters).to_string();
    let seed = seed::of(&[name.as_bytes(), parameters.as_bytes(), &call.body]);
    match sample::reply(&call.operation, seed) {
        Some(value) => success(value, request_id),
        None => success(json!({}), request_id),
    }
}

fn success(content: Value, request_id: &str) -> Answer {
    Answer::json(StatusCode::OK, &with(content, "RequestId", request_id))
}
