//! Clients of which everything that changes is given by the case, and requests that are looked at instead of sent.

use http::HeaderMap;
use sanyun_core::{
    BoxFuture, Chance, Endpoint, Error, Fixed, ManualClock, Preview, RawReply, Request, Transport, TransportError,
    TransportErrorKind,
};
use sanyun_tencent::{Builder, Client, Credential, Input};
use serde_json::Value;

use crate::support::{member, moment, same, some_text, text};

/// A transport for calls that are never sent.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(std::future::ready(Err(TransportError::new(TransportErrorKind::Connect, "nothing is sent"))))
    }
}

/// Two numbers in turn: trace ids, boundaries and nonces are made of one or two.
pub(super) struct InTurn {
    numbers: [u64; 2],
    drawn: std::sync::atomic::AtomicUsize,
}

impl InTurn {
    pub(super) fn new(first: u64, second: u64) -> Self {
        Self { numbers: [first, second], drawn: Default::default() }
    }
}

impl Chance for InTurn {
    fn next_u64(&self) -> u64 {
        let at = self.drawn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if at.is_multiple_of(2) { self.numbers[0] } else { self.numbers[1] }
    }
}

/// A client with the common settings of a case.
pub(super) fn builder(input: &Value) -> Result<Builder, String> {
    let scheme = some_text(input, "scheme").unwrap_or("https");
    let scheme = Endpoint::parse(&format!("{scheme}://x"), Default::default()).map_err(shown)?.scheme();
    let mut builder = Client::builder()
        .transport(Nowhere)
        .world(Fixed::default())
        .scheme(scheme)
        .region(text(input, "region"))
        .unsigned_payload(member(input, "unsigned_payload") == true);
    if let Some(now) = input.get("timestamp") {
        builder = builder.clock(ManualClock::at(moment(now)?));
    }
    if let Some(language) = input.get("language") {
        let language = language.as_str().map(str::parse).transpose().map_err(shown)?;
        builder = builder.language(language);
    }
    if let Some(request_client) = some_text(input, "request_client") {
        builder = builder.product(request_client);
    }
    if text(input, "method") == "GET" {
        builder = builder.use_get();
    }
    // The service's own host is left to the client.
    if let Some(host) = some_text(input, "host")
        && host != format!("{}.tencentcloudapi.com", text(input, "service"))
    {
        builder = builder.endpoint(host);
    }
    if let Some(gateway) = some_text(input, "gateway") {
        builder = builder.gateway(gateway);
    }
    Ok(match some_text(input, "secret_id") {
        Some(id) => builder.credentials(Credential::session(id, text(input, "secret_key"), text(input, "token"))),
        None => builder.credentials(Credential::anonymous()),
    })
}

/// Service, version and action of a case.
pub(super) fn call(input: &Value) -> Input {
    Input::new(text(input, "service"), text(input, "version"), text(input, "action"))
}

/// Shapes and signs a call.
pub(super) fn preview(client: &Client, call: Input, headers: &[(&str, &str)]) -> Result<Preview, String> {
    let call = headers.iter().fold(client.send(call), |call, (name, value)| call.header(name, value));
    block_on(call.preview())?.map_err(shown)
}

pub(super) fn shown(error: Error) -> String {
    format!("an error: {error}")
}

/// Runs a future that waits for nothing outside.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    Ok(runtime.map_err(|error| error.to_string())?.block_on(future))
}

/// Compares the URL; an empty query may stand there with its question mark.
pub(super) fn same_url(ours: &Request, expected: &Value) -> Result<(), String> {
    match expected.get("url").and_then(Value::as_str) {
        Some(url) => same("url", &ours.url(), url.trim_end_matches('?')),
        None => Ok(()),
    }
}

/// Refuses headers of the protocol that are not expected.
pub(super) fn no_other_headers(ours: &HeaderMap, expected: &Value) -> Result<(), String> {
    let Some(expected) = expected.as_object() else { return Ok(()) };
    let of_library = ["user-agent", "accept-encoding", "accept", "connection", "content-length"];
    let is_known =
        |name: &str| of_library.contains(&name) || expected.keys().any(|known| known.eq_ignore_ascii_case(name));
    match ours.keys().find(|name| !is_known(name.as_str())) {
        Some(name) => Err(format!("header {name} is not expected")),
        None => Ok(()),
    }
}
