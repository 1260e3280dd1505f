//! Spans carry the conventional names, the outcome, and no secret.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use std::fmt::Debug;
use std::future::IntoFuture;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use sanyun_core::{Body, BreakerPolicy, ManualClock, Retry, Settings};
use support::cloud::{Client, SECRET, TOKEN};
use support::{Server, reply};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes every span and field it sees into one text.
#[derive(Clone, Default)]
struct Notes {
    text: Arc<Mutex<String>>,
    next: Arc<AtomicU64>,
}

impl Visit for Notes {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        *self.text.lock().unwrap() += &format!("{}={value:?} ", field.name());
    }
}

impl Subscriber for Notes {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        *self.text.lock().unwrap() += &format!("\n{} ", span.metadata().name());
        span.record(&mut self.clone());
        Id::from_u64(self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        if !event.metadata().target().starts_with("sanyun") {
            return;
        }
        *self.text.lock().unwrap() += &format!("\n{} ", event.metadata().level());
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_retried_call_leaves_a_span_with_two_attempts() {
    let notes = Notes::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = Server::replying(|number| reply(if number == 0 { 503 } else { 200 }, "x-code: Busy\r\n", "x"));
    let settings = Settings { clock: Arc::new(ManualClock::at_unix(0)), ..Settings::default() };
    let client = Client::new(&[&server.url()], settings);
    tracing::subscriber::with_default(notes.clone(), || {
        let query = format!("token={TOKEN}");
        runtime.block_on(client.call(http::Method::GET, "/p", &query, Body::from(SECRET)).into_future()).unwrap();
    });
    let text = notes.text.lock().unwrap().clone();
    for part in [
        "\nsanyun.call rpc.system=\"plain\" rpc.service=\"thing\" rpc.method=\"Do\" ",
        "\nsanyun.attempt http.request.method=\"GET\" url.scheme=\"http\" url.path=\"/p\" server.address=\"127.0.0.1\" ",
        "error.type=\"Busy\" ",
        "http.response.status_code=200 ",
        "http.request.resend_count=1 ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
}

#[test]
fn a_breaker_is_seen_in_attempts_and_as_an_event() {
    let notes = Notes::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (broken, backup) =
        (Server::answering("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"), Server::replying(|_| reply(200, "", "ok")));
    let settings = Settings {
        clock: Arc::new(ManualClock::at_unix(0)),
        breaker: Some(BreakerPolicy { consecutive_failures: 1, ..BreakerPolicy::default() }),
        retry: Retry::none(),
        ..Settings::default()
    };
    let client = Client::with_backup(&[&broken.url()], Some(&backup.url()), settings);
    tracing::subscriber::with_default(notes.clone(), || {
        runtime.block_on(client.get("/").into_future()).unwrap_err();
        runtime.block_on(client.get("/").into_future()).unwrap();
    });
    let text = notes.text.lock().unwrap().clone();
    for part in [
        "sanyun.breaker.state=\"closed\" error.type=\"Refused\" ",
        "\nWARN message=the breaker changed rpc.system=\"plain\" rpc.service=\"thing\" server.address=\"127.0.0.1\" ",
        "sanyun.breaker.from=\"closed\" sanyun.breaker.state=\"open\" sanyun.breaker.generation=1 ",
        "sanyun.breaker.state=\"open\" http.response.status_code=200 ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
