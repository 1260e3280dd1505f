//! What follows a failed attempt.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Pipeline;
use super::attempt::Failed;
use super::route::Route;
use crate::credentials::Credential;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, ServiceClass, TimeoutPhase};
use crate::options::CallOptions;
use crate::protocol::Plan;
use crate::retry::Retry;

/// What to do next.
pub(super) enum Next {
    /// The error is final.
    Stop,
    /// Another attempt after this wait.
    Again(Duration),
}

impl Next {
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Stop => None,
            Self::Again(wait) => Some(*wait),
        }
    }
}

/// The memory of one call about its failures.
pub(super) struct Decision<'a> {
    pipeline: &'a Pipeline,
    options: &'a CallOptions,
    retry: &'a Retry,
    idempotent: bool,
    endpoints: usize,
    endpoint: usize,
    /// Which endpoint is the backup of the others, if one is.
    backup: Option<usize>,
    /// Endpoints tried since the last wait.
    tried: usize,
    /// Failures that count towards the policy's attempts: trying the next endpoint does not.
    failures: u32,
    /// The last wait.
    waited: Duration,
    /// Whether a retry was paid for from the budget.
    paid: bool,
    /// The endpoints that were left, and why, each once.
    left: Vec<(Endpoint, String)>,
    fixed_clock: bool,
    renewed_credential: bool,
    reconnected: bool,
}

impl<'a> Decision<'a> {
    pub(super) fn new(pipeline: &'a Pipeline, plan: &dyn Plan, options: &'a CallOptions, route: &Route<'_>) -> Self {
        Self {
            pipeline,
            options,
            retry: options.retry.as_ref().unwrap_or(&pipeline.retry),
            idempotent: options.idempotent.unwrap_or_else(|| plan.info().idempotent),
            endpoints: route.len(),
            endpoint: 0,
            backup: route.backup_index(),
            tried: 1,
            failures: 0,
            waited: Duration::ZERO,
            paid: false,
            left: Vec::new(),
            fixed_clock: false,
            renewed_credential: false,
            reconnected: false,
        }
    }

    /// Which endpoint, in order of preference, the next attempt goes to.
    pub(super) fn endpoint_index(&self) -> usize {
        self.endpoint
    }

    /// Sends the next attempt to the backup, which is the end of this round: the breaker keeps the others from being
    /// called.
    pub(super) fn use_backup(&mut self) {
        self.endpoint = self.backup.unwrap_or(self.endpoint);
        self.tried = self.endpoints;
    }

    pub(super) fn after(
        &mut self,
        failed: &Failed,
        endpoint: &Endpoint,
        credential: &Arc<Credential>,
        started: Duration,
    ) -> Next {
        let safe = self.may_send_again(failed);
        // Looked at now, because what follows may move on.
        let backup = self.backup.filter(|backup| *backup != self.endpoint && failed.outage == Some(true));
        if safe && (self.next_endpoint(failed, endpoint) || self.fix_at_once(failed, credential)) {
            return Next::Again(Duration::ZERO);
        }
        self.failures += 1;
        let Some(wait) = self.wait(failed, safe, backup.is_some()) else {
            return Next::Stop;
        };
        let in_time = self.pipeline.time_left(self.options, started).is_none_or(|left| wait < left);
        if !in_time || !self.pay(failed, backup.is_some()) {
            return Next::Stop;
        }
        self.begin_round(failed, endpoint, backup);
        self.waited = wait;
        Next::Again(wait)
    }

    /// How long to wait before another attempt; `None` if there is to be none.
    fn wait(&self, failed: &Failed, safe: bool, has_backup: bool) -> Option<Duration> {
        let unit = || self.pipeline.context.chance.unit();
        if let Some(rule) = self.retry.rule() {
            let possible = failed.replayable || is_unsent(failed);
            return if possible { rule.wait(&failed.error, self.failures, unit()) } else { None };
        }
        if self.failures >= self.retry.max_attempts() || !self.is_wanted(failed, safe, has_backup) {
            return None;
        }
        // What one endpoint asks for is nothing to the backup.
        let asking = failed.error.service().filter(|_| !has_backup);
        let retry_after = asking.and_then(|service| service.retry_after());
        self.retry.delay_after(self.failures, self.waited, retry_after, unit())
    }

    /// Whether a retry was paid for, so that a success pays it back.
    pub(super) fn paid(&self) -> bool {
        self.paid
    }

    /// The final error of `endpoint`. Where others were tried, it names them all and says what became of each.
    pub(super) fn explain(mut self, error: Error, endpoint: &Endpoint) -> Error {
        self.left.retain(|(known, _)| known != endpoint);
        if self.left.is_empty() || error.service().is_some() {
            return error;
        }
        self.left.push((endpoint.clone(), named(endpoint, &error)));
        let reasons: Vec<_> = self.left.into_iter().map(|(_, reason)| reason).collect();
        error.with_message(reasons.join("; "))
    }

    /// The user's word if there is one, else ours. Where there is a backup, it may do what the endpoint did not.
    fn is_wanted(&self, failed: &Failed, safe: bool, has_backup: bool) -> bool {
        match self.retry.is_wanted(&failed.error) {
            Some(wanted) => wanted && (failed.replayable || is_unsent(failed)),
            None => safe && (has_backup || self.is_worth_it(failed)),
        }
    }

    /// Takes the cost of a retry from the budget. A refusal of the request itself is no sign of an outage and costs
    /// nothing; only a user's condition repeats it. What the backup is to mend is one, whatever its class.
    fn pay(&mut self, failed: &Failed, has_backup: bool) -> bool {
        if !has_backup && failed.error.service().is_some_and(|service| service.class() == ServiceClass::Client) {
            return true;
        }
        let paid = self.pipeline.budget.try_take();
        self.paid |= paid;
        paid
    }

    /// Begins a round of the endpoints: with the backup if there is one for what failed, else with the next one if this
    /// one took the request and gave no answer.
    fn begin_round(&mut self, failed: &Failed, endpoint: &Endpoint, backup: Option<usize>) {
        let silent = failed.transport.as_ref().is_some_and(|error| !error.is_unsent());
        if let Some(backup) = backup {
            self.leave(failed, endpoint, backup);
        } else if self.endpoints > 1 && (silent || failed.error.timeout_phase() == Some(TimeoutPhase::Attempt)) {
            self.leave(failed, endpoint, self.following());
        }
        self.tried = 1;
    }

    /// The endpoint after this one.
    fn following(&self) -> usize {
        (self.endpoint + 1) % self.endpoints
    }

    /// Goes on to another endpoint.
    fn leave(&mut self, failed: &Failed, endpoint: &Endpoint, next: usize) {
        self.left.retain(|(known, _)| known != endpoint);
        self.left.push((endpoint.clone(), named(endpoint, &failed.error)));
        self.endpoint = next;
        self.tried += 1;
    }

    /// Whether sending the same request again is safe, leaving aside whether it helps.
    fn may_send_again(&self, failed: &Failed) -> bool {
        let unsent = is_unsent(failed);
        // A refusal by the gateway did nothing; a one-shot body, however, is gone once the request was sent.
        let refused = failed.error.service().is_some_and(|service| {
            matches!(
                service.class(),
                ServiceClass::Throttled | ServiceClass::ClockSkew(_) | ServiceClass::ExpiredCredential
            )
        });
        (failed.replayable || unsent) && (unsent || refused || self.idempotent)
    }

    /// Another endpoint at once, when this one cannot be reached and there is one that was not tried yet.
    fn next_endpoint(&mut self, failed: &Failed, endpoint: &Endpoint) -> bool {
        let unreachable = failed.transport.as_ref().is_some_and(|error| error.is_endpoint_failure());
        if !unreachable || self.endpoints < 2 {
            return false;
        }
        self.pipeline.health.mark_down(endpoint, &*self.pipeline.context.clock);
        self.leave(failed, endpoint, self.following());
        self.tried <= self.endpoints
    }

    /// What one repetition mends without a wait: an idle connection that was closed, a wrong clock, an expired key.
    fn fix_at_once(&mut self, failed: &Failed, credential: &Arc<Credential>) -> bool {
        if let Some(error) = &failed.transport {
            return error.is_on_reused_connection() && !std::mem::replace(&mut self.reconnected, true);
        }
        match failed.error.service().map(|service| service.class()) {
            Some(ServiceClass::ClockSkew(told)) => {
                let Some(server) = told.or(failed.server_time) else {
                    return false;
                };
                self.pipeline.correct_clock(server);
                !std::mem::replace(&mut self.fixed_clock, true)
            }
            Some(ServiceClass::ExpiredCredential) => {
                self.pipeline.credentials.invalidate(credential);
                credential.expires_at().is_some() && !std::mem::replace(&mut self.renewed_credential, true)
            }
            _ => false,
        }
    }

    /// Whether waiting and trying again may help.
    fn is_worth_it(&self, failed: &Failed) -> bool {
        match failed.error.service().map(|service| service.class()) {
            Some(ServiceClass::Throttled | ServiceClass::Server) => true,
            Some(_) => false,
            None => failed.error.is_retryable() && failed.error.kind() != ErrorKind::Tls,
        }
    }
}

fn is_unsent(failed: &Failed) -> bool {
    failed.transport.as_ref().is_some_and(|error| error.is_unsent())
}

/// What an endpoint failed with, and which it is.
fn named(endpoint: &Endpoint, error: &Error) -> String {
    let message = error.message();
    if message.contains(endpoint.authority()) { message.to_owned() } else { format!("{endpoint}: {message}") }
}

impl Pipeline {
    /// Remembers how far the server's clock is from ours; the next signatures use it.
    fn correct_clock(&self, server: std::time::SystemTime) {
        let ours = crate::time::unix_seconds(self.context.clock.now());
        self.clock_offset.store(crate::time::unix_seconds(server) - ours, Ordering::Relaxed);
    }
}
