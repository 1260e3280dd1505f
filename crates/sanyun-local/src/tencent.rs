//! Tencent Cloud: one URL for everything; action and version say what is wanted.

mod cvm;
mod instance;
mod parameters;
mod refusal;
mod request;
mod sessions;
mod stream;
mod sts;
mod verify;

pub(crate) use instance::is_for_metadata;
pub(crate) use sessions::Sessions;
#[cfg(test)]
pub(crate) use stream::always as always_streams;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use sanyun_catalog::check::{Problem, ProblemKind, check};
use sanyun_catalog::{Catalog, LookupError, Operation};
use serde_json::{Value, json};

use refusal::Refusal;
use request::Request;
use verify::Caller;

use crate::access_log::Note;
use crate::answer::Answer;
use crate::arrival::{BodyError, Head};
use crate::json::with;
use crate::made_up;
use crate::state::State;

/// A verified call of a known operation.
struct Call<'a> {
    state: &'a State,
    operation: Operation<'static>,
    region: String,
    /// The parameters, checked against the catalog, with texts turned into numbers where the operation wants them.
    parameters: Value,
    account: String,
    /// Who calls with temporary keys, as `GetCallerIdentity` names him.
    principal: Option<String>,
}

impl Call<'_> {
    /// `cvm v20170312 DescribeZones`.
    fn name(&self) -> String {
        format!("{} {} {}", self.operation.service.name(), self.operation.service.version(), self.operation.name)
    }
}

/// Answers a request. Errors have the status 200 too.
pub(crate) async fn answer(state: &Arc<State>, head: &Head, body: Result<Bytes, BodyError>, note: &mut Note) -> Answer {
    note.request_id = state.chance.uuid();
    if let Some((operation, answer)) = instance::answer(state, head) {
        operation.clone_into(&mut note.operation);
        return answer;
    }
    let answer = match serve(state, head, body, note).await {
        Ok(Content::Json(content)) => envelope(content, note),
        Ok(Content::Events(answer)) => answer,
        Err(refusal) => refused(&refusal, note),
    };
    answer.header("x-tc-requestid", &note.request_id)
}

/// What the gateway answers to somebody who calls too often.
pub(crate) fn throttled(state: &State, limit: u32, retry_after: Option<Duration>, note: &mut Note) -> Answer {
    note.request_id = state.chance.uuid();
    let answer = refused(&Refusal::throttled(limit), note).header("x-tc-requestid", &note.request_id);
    match retry_after {
        Some(wait) => answer.header("retry-after", &wait.as_secs().to_string()),
        None => answer,
    }
}

/// What stands inside `Response`, or a stream of events.
enum Content {
    Json(Value),
    Events(Answer),
}

fn refused(refusal: &Refusal, note: &mut Note) -> Answer {
    note.code = refusal.code.to_owned();
    envelope(json!({"Error": {"Code": refusal.code, "Message": refusal.message}}), note)
}

fn envelope(content: Value, note: &Note) -> Answer {
    let content = with(content, "RequestId", note.request_id.as_str());
    Answer::json(StatusCode::OK, &json!({"Response": content}))
}

async fn serve(
    state: &State,
    head: &Head,
    body: Result<Bytes, BodyError>,
    note: &mut Note,
) -> Result<Content, Refusal> {
    let body = body?;
    let request = Request::read(head, &body)?;
    note.operation = format!("{} {}", request.service, request.action).trim().to_owned();
    let operation = operation(&request);
    let unsigned = operation.as_ref().is_ok_and(|operation| operation.flags.unsigned);
    let caller = verify::verify(state, head, &body, &request, unsigned)?;
    let operation = operation?;
    note.operation = format!("{} {}", operation.service.name(), operation.name);
    let checked = check(&operation, &parameters::read(head, &body, &request, &operation)?);
    if let Some(problem) = checked.errors().next() {
        return Err(refuse(problem));
    }
    let Caller { account, principal } = caller;
    let call = Call { state, operation, region: request.region, parameters: checked.value, account, principal };
    let content = match call.name().as_str() {
        "cvm v20170312 DescribeRegions" => Ok(cvm::describe_regions()),
        "cvm v20170312 DescribeZones" => Ok(cvm::describe_zones(&call)),
        "cvm v20170312 RunInstances" => cvm::run_instances(&call).await,
        "cvm v20170312 DescribeInstances" => cvm::describe_instances(&call),
        "cvm v20170312 TerminateInstances" => cvm::terminate_instances(&call).await,
        "sts v20180813 AssumeRole" => sts::assume_role(&call),
        "sts v20180813 AssumeRoleWithWebIdentity" => sts::assume_role_with_web_identity(&call),
        "sts v20180813 AssumeRoleWithSAML" => sts::assume_role_with_saml(&call),
        "sts v20180813 GetFederationToken" => sts::get_federation_token(&call),
        "sts v20180813 GetCallerIdentity" => Ok(sts::get_caller_identity(&call)),
        _ => return Ok(made_up(&call, head.header("accept"), &note.request_id)),
    };
    content.map(Content::Json)
}

/// The operation that service, version and action name. Old signatures do not tell the service: then the first one
/// that has the action in that version.
fn operation(request: &Request) -> Result<Operation<'static>, Refusal> {
    let catalog = Catalog::tencent();
    let service = if request.service.is_empty() { service_with(request) } else { Some(request.service.clone()) };
    let version = Some(request.version.as_str()).filter(|version| !version.is_empty());
    let found = match service {
        Some(service) => catalog.operation(&service, version, &request.action).map_err(|error| match error {
            LookupError::UnknownVersion { version, .. } => Refusal::no_such_version(&version),
            _ => Refusal::invalid_action(&request.action),
        })?,
        None => return Err(Refusal::invalid_action(&request.action)),
    };
    // The catalog forgives another case; the cloud does not.
    if found.name == request.action { Ok(found) } else { Err(Refusal::invalid_action(&request.action)) }
}

fn service_with(request: &Request) -> Option<String> {
    let mut entries = Catalog::tencent().services().filter(|entry| entry.api_version() == request.version);
    let found = entries.find(|entry| entry.operation_names().any(|name| name == request.action));
    found.map(|entry| entry.name().to_owned())
}

fn refuse(problem: &Problem) -> Refusal {
    let path = &problem.path;
    match &problem.kind {
        ProblemKind::Unknown { .. } => {
            Refusal::new("UnknownParameter", format!("The parameter `{path}` is not recognized."))
        }
        ProblemKind::Missing { .. } => {
            Refusal::new("MissingParameter", format!("The request is missing a required parameter `{path}`."))
        }
        ProblemKind::WrongType { expected, .. } => Refusal::new(
            "InvalidParameter",
            format!("The type of parameter `{path}` is incorrect; it should be {expected}."),
        ),
        _ => Refusal::new("InvalidParameterValue", format!("The value of parameter `{path}` is invalid.")),
    }
}

fn made_up(call: &Call<'_>, accept: &str, request_id: &str) -> Content {
    let value = made_up::value(&call.operation, &call.parameters, &call.region);
    let mut value = value.filter(Value::is_object).unwrap_or_else(|| json!({}));
    // An answer with an error in it is a refusal, whatever the operation means by that field.
    if let Value::Object(members) = &mut value {
        members.remove("Error");
    }
    match stream::wanted(&call.operation, accept, &call.parameters) {
        true => Content::Events(stream::answer(&value, &call.parameters, request_id)),
        false => Content::Json(value),
    }
}
