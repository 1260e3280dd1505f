//! Huawei Cloud: the API gateway's checks, then the operation that method and path name.

mod iam;
mod refusal;
mod verify;
mod vpc;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::StatusCode;
use sanyun_catalog::{Catalog, Operation, TypeDef, sample};
use sanyun_core::encode;
use serde_json::Value;

use refusal::Refusal;

use crate::access_log::Note;
use crate::answer::Answer;
use crate::arrival::{BodyError, Head};
use crate::json::with;
use crate::paths::{Found, Paths};
use crate::seed;
use crate::state::State;

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
    let found = find(head);
    if let Some(found) = &found {
        note.operation = format!("{} {}", found.operation.service.name(), found.operation.name);
    }
    let account = verify::verify(state, head, &body)?;
    let Found { operation, arguments } = found.ok_or_else(Refusal::no_such_api)?;
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
        _ => Ok(made_up(&call)),
    }
}

fn find(head: &Head) -> Option<Found> {
    static PATHS: OnceLock<Paths> = OnceLock::new();
    let paths = PATHS.get_or_init(|| Paths::of(Catalog::huawei()));
    paths.find(Catalog::huawei(), &head.method, &head.path, &head.host_name())
}

/// An answer that fits the operation's response; 204 for one that answers with nothing.
fn made_up(call: &Call<'_>) -> Answer {
    let name = call.name();
    let seed = seed::of(&[name.as_bytes(), call.head.path.as_bytes(), call.head.query.as_bytes(), &call.body]);
    match sample::reply(&call.operation, seed) {
        Some(value) => Answer::json(StatusCode::OK, &with_request_id(call, value)),
        None => Answer::new(StatusCode::NO_CONTENT),
    }
}

/// Services of the newer kind repeat the request's id in the answer.
fn with_request_id(call: &Call<'_>, value: Value) -> Value {
    let response = call.operation.response.as_ref().and_then(|ty| call.operation.service.resolve(ty));
    let fields = response.as_ref().and_then(TypeDef::as_struct);
    let repeats = fields.is_some_and(|fields| fields.field("request_id").is_some());
    if repeats { with(value, "request_id", call.request_id.as_str()) } else { value }
}
