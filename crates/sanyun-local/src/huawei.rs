//! Huawei Cloud: the API gateway's checks, then the operation that method and path name.

mod given;
mod iam;
mod identity;
mod instance;
mod refusal;
mod session;
mod token;
mod verify;
mod vpc;
mod watermark;

pub use identity::{DOMAIN_NAME, POD_TOKEN, USER_NAME, USER_PASSWORD};
pub(crate) use identity::{Identity, Project, Setup, User};
pub(crate) use instance::{is_for_metadata, is_for_pod};

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::StatusCode;
use sanyun_catalog::Operation;
use sanyun_core::encode;
use serde_json::{Value, json};

use refusal::Refusal;
use verify::Caller;

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
    caller: Caller,
    account: String,
    request_id: String,
}

impl Call<'_> {
    fn now(&self) -> SystemTime {
        self.state.clock.now()
    }

    /// # Errors
    /// `APIGW.0301` if nobody says who calls.
    fn must_be_known(&self) -> Result<(), Refusal> {
        match self.caller {
            Caller::Nobody => Err(Refusal::unauthorized("x-auth-token not found")),
            Caller::Key(_) | Caller::Token(_) => Ok(()),
        }
    }

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
    if let Some((operation, answer)) = instance::answer(state, head) {
        operation.clone_into(&mut note.operation);
        return answer;
    }
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
    let found_operation = found.as_ref().map(|(found, _)| found);
    let unsigned = found_operation.is_some_and(|found| is_unsigned(head, &found.operation));
    let caller = verify::verify(state, head, &body, found_operation, unsigned)?;
    let (found, given) = found.ok_or_else(Refusal::no_such_api)?;
    verify::check_scope(&caller, &found)?;
    let (request_id, account) = (note.request_id.clone(), caller.account().to_owned());
    let Found { operation, arguments } = found;
    carry_out(&Call { state, head, operation, arguments, body, caller, account, request_id }, given).await
}

async fn carry_out(call: &Call<'_>, given: Result<Given, Refusal>) -> Result<Answer, Refusal> {
    match call.name().as_str() {
        "iam v3 KeystoneListProjects" | "iam v3 KeystoneListAuthProjects" => Ok(iam::list_projects(call)),
        "iam v3 KeystoneListAuthDomains" => Ok(iam::list_domains(call)),
        // These share a path, and the body says which is meant.
        "iam v3 KeystoneCreateUserTokenByPassword"
        | "iam v3 KeystoneCreateUserTokenByPasswordAndMfa"
        | "iam v3 KeystoneCreateScopedToken"
        | "iam v3 KeystoneCreateAgencyToken" => token::create(call),
        "iam v3 KeystoneValidateToken" => token::show(call),
        "iam v3 CreateTokenWithIdToken" => token::of_identity_provider(call),
        "iam v3 CreateTemporaryAccessKeyByToken" | "iam v3 CreateTemporaryAccessKeyByAgency" => {
            session::security_token(call)
        }
        "sts v1 AssumeAgency" => session::assume(call),
        "sts v1 AssumeAgencyWithOIDC" => session::assume_with_oidc(call),
        "sts v1 GetCallerIdentity" => Ok(iam::caller_identity(call)),
        "dsc v1 CreateImageWatermark" => watermark::embed(call),
        "dsc v1 ShowImageWatermark" => watermark::extract(call),
        "vpc v2 ListVpcs" | "vpc v3 ListVpcs" => vpc::list(call),
        "vpc v2 CreateVpc" | "vpc v3 CreateVpc" => vpc::create(call).await,
        "vpc v2 ShowVpc" | "vpc v3 ShowVpc" => vpc::show(call),
        "vpc v2 UpdateVpc" | "vpc v3 UpdateVpc" => vpc::update(call).await,
        "vpc v2 DeleteVpc" | "vpc v3 DeleteVpc" => vpc::delete(call).await,
        _ => made_up(call, &given?),
    }
}

/// What the gateway answers to somebody who calls too often.
pub(crate) fn throttled(state: &State, limit: u32, retry_after: Option<Duration>, note: &mut Note) -> Answer {
    note.request_id = state.chance.hex32();
    let refusal = Refusal::throttled(limit);
    refusal.code.clone_into(&mut note.code);
    let answer = refusal.answer(&note.request_id).header("x-request-id", &note.request_id);
    match retry_after {
        Some(wait) => answer.header("retry-after", &wait.as_secs().to_string()),
        None => answer,
    }
}

/// Whether a request needs no signature: those by which one gets to be known, unless they say who calls all the same,
/// and the Identity Center's interfaces for others, which are called with tokens that nobody here issues or checks.
fn is_unsigned(head: &Head, operation: &Operation<'static>) -> bool {
    let enters = ["/v3/auth/tokens", "/v3.0/OS-CREDENTIAL/securitytokens", "/v3.0/OS-AUTH/id-token/tokens"];
    let enters =
        enters.contains(&operation.path) && operation.method == "POST" || operation.name == "AssumeAgencyWithOIDC";
    if enters {
        return head.header("x-auth-token").is_empty();
    }
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
