//! What leads through the tour: calls, what was on the wire, and the count of what differs.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sanyun_core::{AttemptOutcome, AttemptView, Credential, Hook, Result, Settings};

use super::say;
use crate::options::Options;
use crate::place::{Place, local_key};

/// Leads through the tour.
pub(super) struct Guide {
    url: String,
    settings: Settings,
    seen: Arc<Mutex<Seen>>,
    steps: Cell<u32>,
    differences: Cell<u32>,
}

/// What the last attempt was on the wire.
#[derive(Clone, Default)]
struct Seen {
    service: String,
    request: String,
    scheme: String,
    status: String,
    elapsed: Duration,
    request_id: String,
}

/// Remembers the last attempt.
struct Watch(Arc<Mutex<Seen>>);

impl Hook for Watch {
    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        let request = attempt.request;
        let scheme = request.headers().into_iter().find(|(name, _)| *name == "authorization");
        let seen = Seen {
            request: format!("{} {}", request.method(), request.url()),
            service: attempt.call.service.to_owned(),
            scheme: scheme.map(|(_, value)| value.replace(" ***", "")).unwrap_or_default(),
            status: outcome.status().map(|status| status.to_string()).unwrap_or_default(),
            elapsed: outcome.elapsed,
            request_id: outcome.request_id.unwrap_or_default().to_owned(),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}

impl Guide {
    /// A guide through the local cloud of a place.
    ///
    /// # Errors
    /// The access log cannot be opened.
    pub(super) fn new(place: &Place, options: &Options) -> Result<Self> {
        let seen = Arc::default();
        let mut settings = options.settings()?;
        settings.hooks.push(Arc::new(Watch(Arc::clone(&seen))));
        let url = place.local_url().unwrap_or_default();
        Ok(Self { url, settings, seen, steps: Cell::default(), differences: Cell::default() })
    }

    /// The address of the local cloud.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The settings of clients that call with the right key.
    pub(super) fn settings(&self) -> Settings {
        self.settings_with(local_key())
    }

    /// The settings of clients that call with some key.
    pub(super) fn settings_with(&self, credential: Credential) -> Settings {
        Settings { credentials: Some(Arc::new(credential)), ..self.settings.clone() }
    }

    /// Steps that were made, and those that differ.
    pub(super) fn tally(&self) -> (u32, u32) {
        (self.steps.get(), self.differences.get())
    }

    /// A heading.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(super) fn heading(&self, text: &str) -> Result<()> {
        say(&format!("\n{text}\n"))
    }

    /// Tells what the last call was: what was called, what it was signed with, what came back, how long it took; then
    /// what it means, and whether it is what it should be.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(super) fn step(&self, name: &str, meaning: &str, as_it_should: bool) -> Result<()> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let milliseconds = seen.elapsed.as_secs_f64() * 1000.0;
        self.told(
            name,
            &[
                seen.request,
                format!("to {}, signed with {} by {}", seen.service, seen.scheme, sanyun_local::ACCESS_KEY),
                format!("{} after {milliseconds:.1} ms, request id {}", seen.status, seen.request_id),
            ],
            meaning,
            as_it_should,
        )
    }

    /// Tells a step in its own words.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(super) fn told(&self, name: &str, lines: &[String], meaning: &str, as_it_should: bool) -> Result<()> {
        self.steps.set(self.steps.get() + 1);
        let verdict = if as_it_should { "ok" } else { "DIFFERS" };
        if !as_it_should {
            self.differences.set(self.differences.get() + 1);
        }
        let mut out = String::new();
        let mut title = name;
        for line in lines {
            out += &format!("  {title:18} {line}\n");
            title = "";
        }
        out += &format!("  {title:18} {verdict}: {meaning}\n");
        say(&out)
    }
}
