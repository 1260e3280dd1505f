//! Huawei Cloud: the API gateway's checks, then the operation that method and path name.

mod given;
mod iam;
mod refusal;
mod verify;
mod vpc;

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use sanyun_catalog::Operation;
use sanyun_core::encode;
use serde_json::{Value, json};

use refusal::Refusal;

use crate::access_log::Note;
use crate::answer::Answer;
use crate::arrival::{BodyError, Head};
use crate::given::{Given, first_error};
use crate::paths::{self, Found};
use crate::state::State;
use crate::{choice, made_up};

/// A verified call of a known operation.
struct Call<'a> {
    state: &'a State,
    head: &'a Head,
    operation: Operation<'static>,
    arguments: Vec<(&'static str, String)>,
    body: Bytes,
    account: String,
    request_id: String,
}

impl Call<'_> {
    /// The value of a placeholder of the path; empty if the path has none of that name.
    fn argument(&self, name: &str) -> &str {
        self.arguments.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// All values of a query parameter, decoded.
    fn parameters(&self, name: &str) -> Vec<String> {
        let pairs = encode::pairs(&self.head.query).filter(|(key, _)| encode::percent_decode(key) == name);
        pairs.map(|(_, value)| encode::percent_decode(value).into_owned()).collect()
    }

    /// The first value of a query parameter.
    fn parameter(&self, name: &str) -> Option<String> {
        self.parameters(name).into_iter().next()
    }

    /// The body as JSON; null if there is none or it is something else.
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// `vpc v2 ListVpcs`.
    fn name(&self) -> String {
        format!("{} {} {}", self.operation.service.name(), self.operation.service.version(), self.operation.name)
    }
}

/// Answers a request.
pub(crate) async fn answer(state: &Arc<State>, head: &Head, body: Result<Bytes, BodyError>, note: &mut Note) -> Answer {
    note.request_id = state.chance.hex32();
    let outcome = serve(state, head, body, note).await;
    let answer = outcome.unwrap_or_else(|refusal| {
        note.code = refusal.code.clone();
        refusal.answer(&note.request_id)
    });
    answer.header("server", "api-gateway").header("x-request-id", &note.request_id)
}

async fn serve(state: &State, head: &Head, body: Result<Bytes, BodyError>, note: &mut Note) -> Result<Answer, Refusal> {
    let body = body?;
    let found = find(head, &body);
    if let Some((found, _)) = &found {
        note.operation = format!("{} {}", found.operation.service.name(), found.operation.name);
    }
    let unsigned = found.as_ref().is_some_and(|(found, _)| is_unsigned(&found.operation));
    let account = verify::verify(state, head, &body, unsigned)?;
    let (Found { operation, arguments }, given) = found.ok_or_else(Refusal::no_such_api)?;
    let request_id = note.request_id.clone();
    let call = Call { state, head, operation, arguments, body, account, request_id };
    match call.name().as_str() {
        "iam v3 KeystoneListProjects" => Ok(iam::list_projects(&call)),
        "iam v3 KeystoneListAuthDomains" => Ok(iam::list_domains(&call)),
        "vpc v2 ListVpcs" | "vpc v3 ListVpcs" => vpc::list(&call),
        "vpc v2 CreateVpc" | "vpc v3 CreateVpc" => vpc::create(&call).await,
        "vpc v2 ShowVpc" | "vpc v3 ShowVpc" => vpc::show(&call),
        "vpc v2 UpdateVpc" | "vpc v3 UpdateVpc" => vpc::update(&call).await,
        "vpc v2 DeleteVpc" | "vpc v3 DeleteVpc" => vpc::delete(&call).await,
        _ => made_up(&call, &given?),
    }
}

/// The Identity Center's interfaces for others are called with tokens of their own, which nobody here issues or checks.
fn is_unsigned(operation: &Operation<'static>) -> bool {
    let of_identity_center = |kind: &&str| kind.starts_with("IdentityCenter");
    operation.flags.unsigned || operation.service.meta().credentials.first().is_some_and(of_identity_center)
}

/// The operation that method and path name, and what the request gives to it. Some share both, within a service too:
/// then the host decides, or what the request fits best.
fn find(head: &Head, body: &[u8]) -> Option<(Found, Result<Given, Refusal>)> {
    let read = |found: &Found| given::read(&found.operation, head, &found.arguments, body);
    let misfit = |found: &Found| {
        let misfit = read(found).map_or((usize::MAX, 0), |given| given.misfit(&found.operation));
        (found.arguments.len(), misfit)
    };
    let candidates = paths::find(&head.method, &head.path);
    let found = choice::best(candidates, &head.host_name(), |found| &found.operation, misfit)?;
    let given = read(&found);
    Some((found, given))
}

/// An answer that fits the operation's response; 204 for one that answers with nothing.
fn made_up(call: &Call<'_>, given: &Given) -> Result<Answer, Refusal> {
    let operation = &call.operation;
    if let Some(problem) = first_error(&given.problems(operation)) {
        return Err(Refusal::parameter(problem));
    }
    let mut value = made_up::value(operation, &given.all(), "");
    let headers = made_up::headers(operation, value.as_mut());
    let answer = match value {
        _ if operation.flags.stream_response => bytes(),
        Some(value) => document(operation, &made_up::with_request_id(operation, value, &call.request_id)),
        None => Answer::new(StatusCode::NO_CONTENT),
    };
    Ok(answer.missing_headers(headers))
}

/// What a stream holds.
fn bytes() -> Answer {
    Answer::new(StatusCode::OK).header("content-type", "application/octet-stream").bytes(made_up::BYTES)
}

/// JSON, or XML where the catalog names the root element.
fn document(operation: &Operation<'static>, value: &Value) -> Answer {
    let root = made_up::structure(operation).and_then(|known| known.xml);
    match root.and_then(|root| sanyun_huawei::xml::to_text(&json!({root: value})).ok()) {
        Some(xml) => Answer::new(StatusCode::OK).header("content-type", "application/xml").bytes(xml),
        None => Answer::json(StatusCode::OK, value),
    }
}
