//! Kinds `project_id` and `domain_id`: what IAM and STS are asked, and what is made of their answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sanyun_core::{BoxFuture, Keys, ManualClock, RawReply, Request, Transport, TransportError, TransportErrorKind};
use sanyun_huawei::sign::{Algorithm, Scope, Signer};
use sanyun_huawei::{Account, Client, Credential, Error, Input, Preview, Retry};
use serde_json::{Value, json};

use super::unsent::block_on;
use crate::support::{member, moment, same, same_headers, same_json, some_text, text};

pub(super) fn project_id(input: &Value, expected: &Value) -> Result<(), String> {
    look_up(input, expected, Account::Project, "project_id")
}

pub(super) fn domain_id(input: &Value, expected: &Value) -> Result<(), String> {
    look_up(input, expected, Account::Domain, "domain_id")
}

fn look_up(input: &Value, expected: &Value, account: Account, name: &str) -> Result<(), String> {
    let script = Script::new(input);
    let result = preview(input, &script, account);
    script.compare(input, expected)?;
    match (result, expected.get("result")) {
        (Ok(preview), Some(wanted)) => {
            let header = format!("x-{}", name.replace('_', "-"));
            let found = json!({name: preview.request.header(&header)});
            same_json("result", &found, wanted)
        }
        (Ok(_), None) => Err(format!("expected {expected}")),
        (Err(error), Some(_)) => Err(error.to_string()),
        (Err(error), None) => same_refusal(&error, text(expected, "message")),
    }
}

/// The vendor's text has all that is known; ours keeps what the cloud said as it is.
fn same_refusal(error: &Error, message: &str) -> Result<(), String> {
    let known = [error.code(), error.request_id()];
    let missing = known.into_iter().flatten().find(|part| !message.contains(part));
    let is_several = message.contains("Multiple project ids");
    match (missing, is_several && !error.message().contains("several")) {
        (None, false) => Ok(()),
        _ => Err(format!("ours {error}, expected {message}")),
    }
}

fn preview(input: &Value, script: &Script, account: Account) -> Result<Preview, Error> {
    let clock = ManualClock::at(moment(member(input, "time")).map_err(Error::input)?);
    let mut builder = Client::builder()
        .world(super::environment(input))
        .transport(script.clone())
        .clock(clock)
        .retry(Retry::none())
        .credentials(Credential::keys(text(input, "ak"), text(input, "sk")))
        .region(text(input, "region"));
    if let Some(iam) = some_text(input, "iam_endpoint") {
        builder = builder.iam_endpoint(iam);
    }
    let call = builder.build()?.send(Input::get("vpc", "/").account(account));
    block_on(call.preview())
}

/// The answers that are left, and the requests so far.
#[derive(Clone)]
struct Script(Arc<Mutex<(VecDeque<Value>, Vec<Request>)>>);

impl Script {
    fn new(input: &Value) -> Self {
        let answers = member(input, "responses").as_array().cloned().unwrap_or_default();
        Self(Arc::new(Mutex::new((answers.into(), Vec::new()))))
    }

    fn answer(&self, request: Request) -> Result<RawReply, TransportError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1.push(request);
        let failed = || TransportError::new(TransportErrorKind::Body, "the script says nothing more");
        let answer = state.0.pop_front().ok_or_else(failed)?;
        let status = member(&answer, "status").as_u64().and_then(|status| StatusCode::from_u16(status as u16).ok());
        let headers = headers(member(&answer, "headers"));
        Ok(RawReply::new(status.ok_or_else(failed)?, headers, text(&answer, "body").to_owned()))
    }

    fn compare(&self, input: &Value, expected: &Value) -> Result<(), String> {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
        let wanted = member(expected, "requests").as_array().cloned().unwrap_or_default();
        same("number of requests", &requests.len().to_string(), &wanted.len().to_string())?;
        requests.into_iter().zip(&wanted).try_for_each(|(ours, wanted)| compare(ours, input, wanted))
    }
}

fn headers(given: &Value) -> HeaderMap {
    let given = given.as_object().into_iter().flatten();
    let parsed = |(name, value): (&String, &Value)| {
        Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value.as_str()?).ok()?))
    };
    given.filter_map(parsed).collect()
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(std::future::ready(self.answer(request)))
    }
}

/// Our product has another name in `User-Agent`, which is signed: the same request is signed once more with theirs.
fn compare(mut ours: Request, input: &Value, expected: &Value) -> Result<(), String> {
    same("method", ours.method.as_str(), text(expected, "method"))?;
    same("url", &ours.url(), text(expected, "url"))?;
    let meant: Vec<_> = ["content-type", "x-project-id", "x-domain-id"]
        .into_iter()
        .filter(|name| !ours.header(name).is_empty())
        .collect();
    same("further headers", &meant.join(" "), "")?;
    let described = |authorization: &str| authorization.split("Signature=").next().unwrap_or_default().to_owned();
    let authorization = text(member(expected, "headers"), "Authorization");
    same("authorization", &described(ours.header("authorization")), &described(authorization))?;
    for name in [AUTHORIZATION, ACCEPT_ENCODING] {
        ours.headers.remove(name);
    }
    ours.set_header(USER_AGENT, text(input, "user_agent")).map_err(|error| error.to_string())?;
    let keys = Keys { id: text(input, "ak").to_owned(), secret: text(input, "sk").into(), token: None };
    let now = moment(member(input, "time"))?;
    let signed = Signer::default().sign(&mut ours, &keys, Algorithm::HmacSha256, Scope::default(), now);
    signed.map_err(|error| error.to_string())?;
    let host = ours.host().to_owned();
    ours.set_header(HOST, &host).map_err(|error| error.to_string())?;
    same_headers(&ours.headers, member(expected, "headers"))
}
