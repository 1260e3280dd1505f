//! Alibaba Cloud: the OpenAPI gateway's checks, then the operation that headers, parameters or path name.

mod ecs;
mod given;
mod identity;
mod instance;
mod location;
mod login;
mod refusal;
mod request;
mod stream;
mod sts;
mod upload;
mod verify;

pub use identity::{BEARER_TOKEN, KEY_PAIR_ID, KEY_PAIR_PRIVATE_KEY};
pub(crate) use identity::{Identity, Setup};
pub(crate) use instance::is_for_instance;
pub(crate) use login::is_for_login;
#[cfg(test)]
pub(crate) use stream::always as always_streams;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use sanyun_catalog::Operation;
use serde_json::{Value, json};

use refusal::Refusal;
use request::{Found, Request};
use verify::Caller;

use crate::access_log::Note;
use crate::answer::Answer;
use crate::arrival::{BodyError, Head};
use crate::given::{Given, first_error};
use crate::json::with;
use crate::made_up;
use crate::state::State;

/// A verified call of a known operation.
struct Call<'a> {
    state: &'a State,
    operation: Operation<'static>,
    /// The operation's own parameters by their flat names.
    parameters: BTreeMap<String, String>,
    account: String,
    /// Who calls with temporary keys, as an ARN.
    principal: Option<String>,
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
    let bytes = body.as_deref().unwrap_or_default();
    if let Some((operation, answer)) = instance::answer(state, head).or_else(|| login::answer(state, head, bytes)) {
        operation.clone_into(&mut note.operation);
        return answer;
    }
    let outcome = serve(state, head, body, note).await;
    let answer = outcome.unwrap_or_else(|refusal| {
        note.code = refusal.code.to_owned();
        refusal.answer(&note.request_id, head.host())
    });
    answer.header("x-acs-request-id", &note.request_id)
}

/// What the gateway answers to somebody who calls too often.
pub(crate) fn throttled(state: &State, head: &Head, retry_after: Option<Duration>, note: &mut Note) -> Answer {
    note.request_id = state.chance.uuid().to_uppercase();
    let refusal = Refusal::bad("Throttling.User", "Request was denied due to user flow control.");
    note.code = refusal.code.to_owned();
    let answer = refusal.answer(&note.request_id, head.host()).header("x-acs-request-id", &note.request_id);
    match retry_after {
        Some(wait) => answer.header("x-acs-retry-after", &wait.as_millis().to_string()),
        None => answer,
    }
}

async fn serve(
    state: &Arc<State>,
    head: &Head,
    body: Result<Bytes, BodyError>,
    note: &mut Note,
) -> Result<Answer, Refusal> {
    let body = body?;
    let request = Request::read(head, &body);
    note.operation = request.action.clone();
    let found = request.find(head, &body);
    if let Some(Found { operation, .. }) = &found {
        note.operation = format!("{} {}", operation.service.name(), operation.name);
    }
    let anonymous = found.as_ref().is_some_and(|found| is_unsigned(&found.operation));
    let caller = verify::verify(state, head, &body, &request, anonymous)?;
    if request.version == sts::VERSION && request.action == sts::GENERATE_SESSION_ACCESS_KEY {
        let content = sts::generate_session_access_key(state, &request, &caller)?;
        return Ok(success(content, &note.request_id));
    }
    let Found { operation, given, .. } = found.ok_or_else(|| Refusal::not_found(&request.action))?;
    let given = given?;
    // The catalog marks many parameters of this cloud as required that are not: those are warnings.
    if let Some(problem) = first_error(&given.problems(&operation)) {
        return Err(Refusal::parameter(problem));
    }
    upload::check(state, &operation, &given.all()).await?;
    let Caller { account, principal, .. } = caller;
    let call = Call { state, operation, parameters: request.parameters, account, principal };
    let content = match call.name().as_str() {
        "sts 20150401 AssumeRole" => sts::assume_role(&call)?,
        "sts 20150401 AssumeRoleWithOIDC" => sts::assume_role_with_oidc(&call)?,
        "sts 20150401 AssumeRoleWithSAML" => sts::assume_role_with_saml(&call)?,
        "sts 20150401 GetCallerIdentity" => sts::get_caller_identity(&call),
        "openplatform 20191219 AuthorizeFileUpload" => upload::authorize(&call).await?,
        "location 20150612 DescribeEndpoints" => location::describe_endpoints(&call)?,
        "ecs 20140526 DescribeRegions" => ecs::describe_regions(),
        "ecs 20140526 RunInstances" => ecs::run_instances(&call).await?,
        "ecs 20140526 DescribeInstances" => ecs::describe_instances(&call)?,
        "ecs 20140526 DeleteInstance" => ecs::delete_instance(&call).await?,
        _ => return Ok(made_up(&call.operation, head.header("accept"), &given, &note.request_id)),
    };
    Ok(success(content, &note.request_id))
}

/// Whether an operation is called without a signature: the catalog says so, or its parameters say who calls.
fn is_unsigned(operation: &Operation<'static>) -> bool {
    let shows_token = ["AssumeRoleWithOIDC", "AssumeRoleWithSAML"].contains(&operation.name);
    operation.is_unsigned() || operation.service.name() == "sts" && shows_token
}

/// An answer of the kind that the operation gives.
fn made_up(operation: &Operation<'static>, accept: &str, given: &Given, request_id: &str) -> Answer {
    let parameters = given.all();
    let mut value = made_up::value(operation, &parameters, "");
    let headers = made_up::headers(operation, value.as_mut());
    let value = value.map(|value| made_up::with_request_id(operation, value, request_id));
    let typed = |media_type: &str| Answer::new(StatusCode::OK).header("content-type", media_type);
    let answer = match (operation.produces.unwrap_or("json"), value) {
        _ if operation.flags.stream_response => typed("application/octet-stream").bytes(made_up::BYTES),
        ("binary" | "byte", _) => typed("application/octet-stream").bytes(made_up::BYTES),
        (_, Some(value)) if stream::wanted(operation, accept, &parameters) => stream::answer(&value),
        ("string", Some(Value::String(text))) => typed("text/plain;charset=utf-8").bytes(text),
        ("string", _) => typed("text/plain;charset=utf-8").bytes(made_up::BYTES),
        ("none", None) => Answer::new(StatusCode::OK),
        ("xml", value) => typed("application/xml").bytes(xml(operation, value.unwrap_or_default())),
        (_, Some(value)) => Answer::json(StatusCode::OK, &value),
        (_, None) => success(json!({}), request_id),
    };
    answer.missing_headers(headers)
}

/// The answer as XML. An object with one structure in it is that element.
fn xml(operation: &Operation<'static>, value: Value) -> String {
    let root = match &value {
        Value::Object(members) if members.len() == 1 && members.values().all(Value::is_object) => value,
        _ => {
            let name = made_up::structure(operation).and_then(|known| known.xml).unwrap_or(operation.name);
            json!({ name: value })
        }
    };
    sanyun_huawei::xml::to_text(&root).unwrap_or_default()
}

fn success(content: Value, request_id: &str) -> Answer {
    Answer::json(StatusCode::OK, &with(content, "RequestId", request_id))
}
