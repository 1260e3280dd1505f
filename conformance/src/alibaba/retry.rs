//! Kind `retry`: the vendor's options, through a client whose network always fails in the same way.

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, HeaderValue, StatusCode};
use sanyun_alibaba::{Client, Credential, Input, retry};
use sanyun_core::{BoxFuture, Chance, ManualClock, RawReply, Request, Transport, TransportError, TransportErrorKind};
use serde_json::{Value, json};

use crate::support::{member, same_json, text};

/// A network that answers every request with the case's failure and keeps the wait that the request tells of.
#[derive(Clone)]
struct Failing {
    failure: Arc<Value>,
    waits: Arc<Mutex<Vec<u64>>>,
}

impl Transport for Failing {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let wait = request.header("x-acs-retry-delay").parse().unwrap_or(0);
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).push(wait);
        Box::pin(std::future::ready(reply(&self.failure)))
    }
}

fn reply(failure: &Value) -> Result<RawReply, TransportError> {
    let mut headers = HeaderMap::new();
    if let Some(wait) = member(failure, "retry_after").as_u64() {
        headers.insert("x-acs-retry-after", HeaderValue::from(wait));
    }
    let status = match text(failure, "name") {
        "RetryError" => return Err(TransportError::new(TransportErrorKind::Connect, "scripted")),
        "ServerException" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({"Code": member(failure, "code"), "Message": "m", "RequestId": "r"});
    Ok(RawReply::new(status, headers, body.to_string()))
}

/// Draws always the lowest or the highest number.
struct Extreme(u64);

impl Chance for Extreme {
    fn next_u64(&self) -> u64 {
        self.0
    }
}

/// Runs a case with a call that is not idempotent, so that nothing but the options lets it be repeated.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let shown = |error: sanyun_core::Error| error.to_string();
    let options = retry::Options::from_json(member(input, "retry_options")).map_err(shown)?;
    let failures = member(input, "exceptions").as_array().and_then(|failures| failures.first());
    let failure = Arc::new(failures.cloned().ok_or("no failure")?);
    let network = Failing { failure, waits: Arc::default() };
    let client = Client::builder()
        .endpoint("https://ecs.example")
        .credentials(Credential::keys("id", "secret"))
        .transport(network.clone())
        .clock(ManualClock::at_unix(1_714_979_289))
        .chance(Extreme(if text(input, "rand") == "max" { u64::MAX } else { 0 }))
        .retry(options.into())
        .build()
        .map_err(shown)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let call = client.send(Input::rpc("ecs", "2014-05-26", "RunInstances"));
    let failed = runtime.map_err(|error| error.to_string())?.block_on(async { call.await.err() });
    let failed = failed.ok_or("the call succeeded")?;
    let waits = network.waits.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let ours = json!({"attempts": failed.attempts(), "delay_before_attempt_ms": waits});
    same_json("retry", &ours, expected)
}
