//! Tencent Cloud: one URL for everything; action and version say what is wanted.

mod cvm;
mod refusal;
mod request;
mod verify;

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use sanyun_catalog::check::{Problem, ProblemKind, check};
use sanyun_catalog::{Catalog, LookupError, Operation};
use serde_json::{Value, json};

use refusal::Refusal;
use request::Request;

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
    let content = match serve(state, head, body, note).await {
        Ok(content) => content,
        Err(refusal) => {
            note.code = refusal.code.to_owned();
            Content::Json(json!({"Error": {"Code": refusal.code, "Message": refusal.message}}))
        }
    };
    let answer = match content {
        Content::Json(content) => {
            let content = with(content, "RequestId", note.request_id.as_str());
            Answer::json(StatusCode::OK, &json!({"Response": content}))
        }
        Content::Events(content) => Answer::events(&with(content, "RequestId", note.request_id.as_str())),
    };
    answer.header("x-tc-requestid", &note.request_id)
}

/// What stands inside `Response`, or is sent as events.
enum Content {
    Json(Value),
    Events(Value),
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
    let account = verify::verify(state, head, &body, &request, unsigned)?;
    let operation = operation?;
    note.operation = format!("{} {}", operation.service.name(), operation.name);
    let checked = check(&operation, &request.parameters);
    // Beside a body of bytes the parameters stand in headers, all as texts.
    if let Some(problem) = checked.errors().next().filter(|_| !operation.flags.octet_stream) {
        return Err(refuse(problem));
    }
    let call = Call { state, operation, region: request.region, parameters: checked.value, account };
    let content = match call.name().as_str() {
        "cvm v20170312 DescribeRegions" => Ok(cvm::describe_regions()),
        "cvm v20170312 DescribeZones" => Ok(cvm::describe_zones(&call)),
        "cvm v20170312 RunInstances" => cvm::run_instances(&call).await,
        "cvm v20170312 DescribeInstances" => cvm::describe_instances(&call),
        "cvm v20170312 TerminateInstances" => cvm::terminate_instances(&call).await,
        _ => return Ok(made_up(&call, head.header("accept"))),
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

fn made_up(call: &Call<'_>, accept: &str) -> Content {
    let value = made_up::value(&call.operation, &call.parameters, &call.region);
    let mut value = value.filter(Value::is_object).unwrap_or_else(|| json!({}));
    // An answer with an error in it is a refusal, whatever the operation means by that field.
    if let Value::Object(members) = &mut value {
        members.remove("Error");
    }
    match made_up::wants_events(&call.operation, accept, &call.parameters) {
        true => Content::Events(value),
        false => Content::Json(value),
    }
}
