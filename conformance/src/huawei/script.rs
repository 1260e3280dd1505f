//! A client whose network answers from a list.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, StatusCode};
use sanyun_core::{BoxFuture, ManualClock, RawReply, Request, Transport, TransportError, TransportErrorKind};
use sanyun_huawei::{Client, Credential, Error, Retry};
use serde_json::Value;

use super::unsent::block_on;
use crate::support::{member, text};

/// What comes of the attempts to come, and where those so far went.
#[derive(Clone, Default)]
pub(super) struct Script(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    outcomes: VecDeque<Value>,
    hosts: Vec<String>,
}

impl Script {
    /// Replaces what is left of the outcomes, and forgets the hosts.
    pub(super) fn set(&self, outcomes: &Value) {
        let outcomes = outcomes.as_array().into_iter().flatten().cloned().collect();
        *self.state() = State { outcomes, hosts: Vec::new() };
    }

    /// The hosts of the attempts so far.
    pub(super) fn hosts(&self) -> Vec<String> {
        self.state().hosts.clone()
    }

    /// How many outcomes are left.
    pub(super) fn unused(&self) -> usize {
        self.state().outcomes.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client that signs, waits on a clock that only waiting moves, and repeats as `retry` says.
    pub(super) fn client(&self, endpoints: &Value, retry: Retry) -> Result<(Client, Arc<ManualClock>), Error> {
        let clock = Arc::new(ManualClock::at_unix(1_700_000_000));
        let mut builder = Client::builder()
            .credentials(Credential::keys("ak", "sk"))
            .project_id("project")
            .transport(self.clone())
            .clock(Arc::clone(&clock))
            .retry(retry);
        for endpoint in endpoints.as_array().into_iter().flatten().filter_map(Value::as_str) {
            builder = builder.endpoint(endpoint);
        }
        builder.build().map(|client| (client, clock))
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        let outcome = {
            let mut state = self.state();
            state.hosts.push(request.endpoint.host().to_owned());
            state.outcomes.pop_front().unwrap_or_default()
        };
        Box::pin(std::future::ready(reply(&outcome)))
    }
}

fn reply(outcome: &Value) -> Result<RawReply, TransportError> {
    use TransportErrorKind as Kind;
    let kind = match text(outcome, "network_error") {
        "dns" => Kind::Resolve,
        "refused" => Kind::Connect,
        "tls" => Kind::Tls,
        "connect_timeout" => Kind::ConnectTimeout,
        "read_timeout" => Kind::ReadTimeout,
        _ => {
            let status = member(outcome, "status").as_u64().and_then(|status| StatusCode::from_u16(status as u16).ok());
            let status = status.ok_or_else(|| TransportError::new(Kind::Body, "the script says nothing more"))?;
            return Ok(RawReply::new(status, HeaderMap::new(), text(outcome, "body").to_owned()));
        }
    };
    Err(TransportError::new(kind, "scripted"))
}

/// What became of a call: its status, or the class that the vendor's SDK gives its error.
pub(super) fn outcome(call: sanyun_core::Call<Value>) -> (Option<u16>, Option<&'static str>) {
    match block_on(async { call.await }) {
        Ok(reply) => (Some(reply.status().as_u16()), None),
        Err(error) => (error.service().map(|service| service.status()), Some(class(&error))),
    }
}

fn class(error: &Error) -> &'static str {
    use sanyun_core::ErrorKind as Kind;
    match (error.kind(), error.service().map(|service| service.status())) {
        (Kind::Service, Some(500..)) => "ServerResponseException",
        (Kind::Service, _) => "ClientRequestException",
        (Kind::Resolve | Kind::Connect | Kind::Tls | Kind::Timeout | Kind::Io, _) => "ConnectionException",
        (Kind::Config | Kind::Input, _) => "ValueError",
        _ => "SdkException",
    }
}
