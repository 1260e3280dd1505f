//! `upload_flow`: an operation with a file, from the authorisation to its own request.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use sanyun_alibaba::{Client, credentials};
use sanyun_core::{
    BoxFuture, Chance, Credential, Error, ManualClock, RawReply, Request, Transport, TransportError,
    TransportErrorKind, encode,
};
use serde_json::{Value, json};

use super::bytes;
use crate::support::{member, moment, same, same_headers, same_member, text};

pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let network = Network::default();
    network.answer(200, member(input, "authorize_answer").to_string());
    network.answer(member(input, "post_status").as_u64().unwrap_or(200) as u16, text(input, "post_body").to_owned());
    network.answer(200, "{}".to_owned());
    let result = called(input, &network)?;
    let sent = network.sent();
    let wanted = member(expected, "requests").as_array().map_or(&[][..], Vec::as_slice);
    same("number of requests", &sent.len().to_string(), &wanted.len().to_string())?;
    sent.iter().zip(wanted).try_for_each(|(ours, wanted)| same_request(ours, wanted))?;
    same_result(result, member(expected, "result"))
}

/// Makes the call; gives what became of it.
fn called(input: &Value, network: &Network) -> Result<Result<Value, Error>, String> {
    let (config, place) = (member(input, "config"), text(input, "field"));
    let operation = operation(text(input, "operation"));
    let seconds = moment(member(input, "clock"))?.duration_since(std::time::UNIX_EPOCH).map_err(|it| it.to_string())?;
    let credential = Credential::keys(text(config, "access_key_id"), text(config, "access_key_secret"))
        .with_attribute(credentials::PROVIDER, "static_ak");
    let client = Client::builder()
        .region(text(config, "region_id"))
        .credentials(credential)
        .header("user-agent", text(input, "user_agent"))
        .sign_all_headers(true)
        .transport(network.clone())
        .clock(Arc::new(ManualClock::at_unix(seconds.as_secs())))
        .chance(Arc::new(Drawn::of(input)?))
        .build()
        .map_err(|error| error.to_string())?;
    let file = bytes(&json!({ "$base64": member(input, "file_base64") }))?;
    let call = client.invoke("ocr", "2019-12-30", &operation, json!({})).file(place, file);
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    Ok(runtime.block_on(async { call.await }).map(sanyun_core::Response::into_inner))
}

/// `recognize_bank_card_advance` as the service calls it.
fn operation(method: &str) -> String {
    let words = method.trim_end_matches("_advance").split('_');
    words.map(|word| [word[..1].to_ascii_uppercase().as_str(), &word[1..]].concat()).collect()
}

/// Ours is compared with the address as the official SDK writes it, plain HTTP; what follows from it is left out.
fn same_request(ours: &Sent, wanted: &Value) -> Result<(), String> {
    same_member(wanted, "method", &ours.method)?;
    same_member(wanted, "url", &ours.url)?;
    let body = String::from_utf8_lossy(&ours.body).into_owned();
    let plain = body.replace("=https%3A", "=http%3A");
    match wanted.get("body_base64") {
        Some(_) => same_member(wanted, "body_base64", &encode::base64(&ours.body))?,
        None => same("body", &plain, text(wanted, "body"))?,
    }
    let mut headers = member(wanted, "headers").clone();
    if let Some(members) = headers.as_object_mut() {
        // The upload names our own product, not the caller's text.
        members.retain(|name, _| wanted.get("body_base64").is_none() || name != "user-agent");
        let differs = plain != body;
        members.retain(|name, _| !differs || !matches!(&**name, "Authorization" | "x-acs-content-sha256"));
    }
    same_headers(&ours.headers, &headers)
}

fn same_result(ours: Result<Value, Error>, expected: &Value) -> Result<(), String> {
    let error = match (ours, expected.get("error")) {
        (Ok(_), None) => return Ok(()),
        (Ok(_), Some(_)) => return Err(format!("ours succeeds, expected {expected}")),
        (Err(error), None) => return Err(format!("ours fails: {error}")),
        (Err(error), Some(_)) => error,
    };
    let service = error.service().ok_or_else(|| format!("no refusal: {error}"))?;
    let data = member(expected, "data");
    same_member(expected, "code", service.code())?;
    same_member(expected, "message", service.message())?;
    same_member(data, "httpCode", &service.status().to_string())?;
    same_member(data, "requestId", service.request_id().unwrap_or_default())?;
    same_member(data, "hostId", service.detail("HostId").unwrap_or_default())
}

/// A request as it left.
#[derive(Clone)]
struct Sent {
    method: String,
    url: String,
    headers: HeaderMap,
    body: Bytes,
}

/// Answers in order, and keeps what was sent.
#[derive(Clone, Default)]
struct Network(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: VecDeque<(u16, String)>,
    sent: Vec<Sent>,
}

impl Network {
    fn answer(&self, status: u16, body: String) {
        self.state().answers.push_back((status, body));
    }

    fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<RawReply, TransportError>> {
        Box::pin(async move {
            let body = request.body.collect().await.map_err(unreadable)?;
            let (method, url) = (request.method.to_string(), request.url());
            let mut state = self.state();
            state.sent.push(Sent { method, url, headers: request.headers, body });
            let (status, text) = state.answers.pop_front().unwrap_or_default();
            let unscripted = |_| TransportError::new(TransportErrorKind::Body, "the script says nothing more");
            Ok(RawReply::new(StatusCode::from_u16(status).map_err(unscripted)?, HeaderMap::new(), text))
        })
    }
}

fn unreadable(error: std::io::Error) -> TransportError {
    TransportError::new(TransportErrorKind::Body, error.to_string())
}

/// Gives the nonce, the boundary and the nonce again.
struct Drawn {
    numbers: [u64; 5],
    next: AtomicUsize,
}

impl Drawn {
    fn of(input: &Value) -> Result<Self, String> {
        let wrong = |error: std::num::ParseIntError| error.to_string();
        let nonce = u128::from_str_radix(text(input, "nonce"), 16).map_err(wrong)?;
        let boundary = text(input, "boundary").parse().map_err(wrong)?;
        let (high, low) = ((nonce >> 64) as u64, nonce as u64);
        Ok(Self { numbers: [high, low, boundary, high, low], next: AtomicUsize::new(0) })
    }
}

impl Chance for Drawn {
    fn next_u64(&self) -> u64 {
        self.numbers[self.next.fetch_add(1, Ordering::Relaxed) % self.numbers.len()]
    }
}
