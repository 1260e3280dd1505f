//! The way of one call, written once for all clouds:
//!
//! 1. the endpoints to try, those that failed lately last; with a breaker, a backup behind or instead of them;
//! 2. for each attempt: the credential (from the cache), `shape`, the common headers, `sign`, hooks, transport;
//! 3. the reply is read (unless it is streamed to the caller) and judged;
//! 4. a failure is sorted: done, or again, and if again, where and after which wait;
//! 5. the value is decoded by the [`Call`](crate::Call).

mod attempt;
mod decision;
mod health;
mod route;
mod transports;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde_json::Value;

use crate::clock::BoxFuture;
use crate::context::Context;
use crate::credentials::{Credential, CredentialCache};
use crate::endpoint::Endpoint;
use crate::error::{Error, Result, TimeoutPhase};
use crate::hook::{CallOutcome, Hook};
use crate::options::CallOptions;
use crate::protocol::{Attempt, Plan, Planned, Protocol};
use crate::reply::{Facts, Reply, StreamBody};
use crate::retry::{Retry, RetryBudget};
use crate::trace::Span;
use crate::transport::Transport;
pub(crate) use attempt::common_headers;
use decision::Next;
pub(crate) use health::Health;
pub(crate) use route::Breakers;
use route::Route;
pub(crate) use transports::Transports;

/// What a client sends its calls through: transport, credentials, retry budget, clock and hooks. One per account, shared
/// by all services; cheap to share, made by [`Settings::into_pipeline`](crate::Settings::into_pipeline).
pub struct Pipeline {
    pub(crate) context: Context,
    pub(crate) credentials: Arc<CredentialCache>,
    pub(crate) retry: Retry,
    pub(crate) budget: RetryBudget,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) hooks: Arc<[Arc<dyn Hook>]>,
    pub(crate) unmasked_hooks: bool,
    pub(crate) user_agent: String,
    /// The server's clock minus ours, in seconds.
    pub(crate) clock_offset: AtomicI64,
    pub(crate) health: Health,
    pub(crate) breakers: Option<Breakers>,
    pub(crate) transports: Transports,
}

/// What came back, before it is decoded.
#[derive(Debug)]
pub struct Output {
    /// The reply; its body is empty if it is streamed.
    pub reply: Reply,
    /// The open body, for calls whose protocol streams it.
    pub stream: Option<StreamBody>,
}

impl Output {
    /// Takes body and stream; the headers are copied, because the response keeps its own.
    pub fn take(&mut self) -> Self {
        let Reply { status, headers, body } = &mut self.reply;
        let reply = Reply { status: *status, headers: headers.clone(), body: std::mem::take(body) };
        Self { reply, stream: self.stream.take() }
    }

    /// Takes the open body.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the body is not streamed, or was taken before.
    pub fn take_stream(&mut self) -> Result<StreamBody> {
        self.stream.take().ok_or_else(|| Error::decode("the reply has no body to stream"))
    }

    /// The body as JSON; an empty body is null.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is not JSON.
    pub fn json(&self) -> Result<Value> {
        let body = self.reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.reply.body);
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(body).map_err(|error| Error::decode(format!("the reply is not JSON: {error}")))
    }
}

impl Pipeline {
    /// The world as this pipeline sees it.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The cache in front of the credential source.
    pub fn credentials(&self) -> &CredentialCache {
        &self.credentials
    }

    /// What a call with these options is sent by.
    fn transport(&self, options: &CallOptions) -> Result<Arc<dyn Transport>> {
        match &options.http {
            Some(http) => self.transports.of(http, &*self.context.env),
            None => Ok(Arc::clone(&self.context.transport)),
        }
    }

    /// Our time, corrected by what servers said about theirs.
    fn now(&self) -> SystemTime {
        let now = self.context.clock.now();
        match self.clock_offset.load(Ordering::Relaxed) {
            0 => now,
            ahead if ahead > 0 => now + Duration::from_secs(ahead.unsigned_abs()),
            behind => now - Duration::from_secs(behind.unsigned_abs()),
        }
    }

    /// Where a first attempt would go, and who would make it.
    pub(crate) async fn first_attempt(
        &self,
        plan: &dyn Plan,
        options: &CallOptions,
    ) -> Result<(Endpoint, Arc<Credential>)> {
        let info = plan.info();
        let during = |error: Error| error.during(format!("{} {}", info.service, info.operation), 0);
        self.before(plan, options, self.context.clock.elapsed()).await.map_err(during)?;
        let route = Route::new(self, plan, options).map_err(during)?;
        let endpoint = route.first().ok_or_else(|| during(no_endpoint()))?.clone();
        let credential = self.credential(plan, options).await.map_err(during)?;
        let caller = self.complete(plan, options, &credential).await.map_err(during)?;
        Ok((endpoint, caller))
    }

    /// Makes a call.
    pub(crate) async fn run(&self, plan: &dyn Plan, options: &CallOptions) -> Result<(Output, Box<Facts>)> {
        let started = self.context.clock.elapsed();
        let mut attempts = 0;
        let span = Span::call(&plan.info());
        let result = span.run(self.attempts(plan, options, started, &mut attempts)).await;
        span.resent(attempts.saturating_sub(1));
        let result = result.map_err(|error| {
            let info = plan.info();
            error.during(format!("{} {}", info.service, info.operation), attempts)
        });
        if let Err(error) = &result {
            span.failed(error);
        }
        if !self.hooks.is_empty() {
            let elapsed = self.context.clock.elapsed().saturating_sub(started);
            let outcome = CallOutcome { elapsed, attempts, error: result.as_ref().err() };
            self.hooks.iter().for_each(|hook| hook.call_done(&plan.info(), &outcome));
        }
        result
    }

    async fn attempts(
        &self,
        plan: &dyn Plan,
        options: &CallOptions,
        started: Duration,
        attempts: &mut u32,
    ) -> Result<(Output, Box<Facts>)> {
        self.before(plan, options, started).await?;
        let route = Route::new(self, plan, options)?;
        let mut decision = decision::Decision::new(self, plan, options, &route);
        let mut delay = Duration::ZERO;
        loop {
            let Some(planned) = route.at(decision.endpoint_index()) else {
                return Err(no_endpoint());
            };
            let credential = self.credential(plan, options).await?;
            let caller = self.complete(plan, options, &credential).await?;
            // What those took is gone from the call's time.
            let limit = match self.limit(options, started) {
                Ok(limit) => limit,
                Err(over) => return Err(decision.explain(over, planned)),
            };
            let passage = route.begin(&mut decision);
            let endpoint = route.at(decision.endpoint_index()).unwrap_or(planned);
            let attempt = self.attempt(endpoint, &caller, options, *attempts + 1, delay);
            // Only what was really sent counts as an attempt in errors.
            let mut sent = attempt::Sent::prepare(self, plan, attempt)?;
            *attempts += 1;
            let result = sent.send(limit, passage.as_ref().map(|passage| passage.state())).await;
            route.end(passage, &result);
            match result {
                Ok((output, request_id)) => {
                    self.budget.succeeded(decision.paid());
                    let facts = Facts {
                        status: output.reply.status,
                        // Moved here once the value is decoded.
                        headers: HeaderMap::new(),
                        request_id,
                        attempts: *attempts,
                        endpoint: endpoint.clone(),
                    };
                    sent.report(None, None);
                    return Ok((output, Box::new(facts)));
                }
                Err(failed) => {
                    let next = decision.after(&failed, endpoint, &credential, started);
                    sent.report(Some(&failed), next.wait());
                    match next {
                        Next::Stop => return Err(decision.explain(failed.into_final(), endpoint)),
                        Next::Again(wait) => delay = wait,
                    }
                }
            }
            if !delay.is_zero() {
                self.context.clock.sleep(delay).await;
            }
        }
    }

    pub(crate) fn attempt<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        credential: &'a Credential,
        options: &'a CallOptions,
        number: u32,
        delay: Duration,
    ) -> Attempt<'a> {
        Attempt {
            endpoint,
            credential,
            now: self.now(),
            chance: &*self.context.chance,
            user_agent: &self.user_agent,
            options,
            number,
            delay,
        }
    }

    async fn credential(&self, plan: &dyn Plan, options: &CallOptions) -> Result<Arc<Credential>> {
        if !plan.info().signed {
            return Ok(Arc::new(Credential::anonymous()));
        }
        match &options.credentials {
            None => self.credentials.get(plan.info().credential_kind).await,
            Some(source) => {
                let loaded = source.load(&self.context).await;
                loaded.map(Arc::new).map_err(|error| error.into_error(&source.name()))
            }
        }
    }

    /// What the call needs before its first attempt, within the call's time.
    async fn before(&self, plan: &dyn Plan, options: &CallOptions, started: Duration) -> Result<()> {
        let Some(before) = plan.before(options, self) else { return Ok(()) };
        match self.time_left(options, started) {
            None => before.await,
            Some(left) => tokio::time::timeout(left, before).await.unwrap_or_else(|_| {
                Err(Error::timed_out(
                    TimeoutPhase::Call,
                    "the call's time was over before its own request could be sent",
                ))
            }),
        }
    }

    /// The credential with what the call must know besides.
    async fn complete(
        &self,
        plan: &dyn Plan,
        options: &CallOptions,
        credential: &Arc<Credential>,
    ) -> Result<Arc<Credential>> {
        match plan.complete(options, credential, self) {
            Some(completing) => completing.await,
            None => Ok(Arc::clone(credential)),
        }
    }

    /// Makes a call that another call needs ([`Protocol::complete`]): with its own attempts, hooks and errors.
    pub fn ask<'a, P: Protocol>(
        &'a self,
        protocol: &Arc<P>,
        input: P::Input,
        options: CallOptions,
    ) -> BoxFuture<'a, Result<Output>> {
        let plan = Planned { protocol: Arc::clone(protocol), input };
        Box::pin(async move {
            let (output, _) = self.run(&plan, &options).await?;
            Ok(output)
        })
    }

    /// What is left for the next attempt: the shorter of its own limit and the rest of the call's.
    fn limit(&self, options: &CallOptions, started: Duration) -> Result<Option<(Duration, TimeoutPhase)>> {
        let own = options.attempt_timeout.or(self.attempt_timeout).map(|limit| (limit, TimeoutPhase::Attempt));
        let Some(whole) = options.timeout.or(self.timeout) else {
            return Ok(own);
        };
        let left = whole.saturating_sub(self.context.clock.elapsed().saturating_sub(started));
        if left.is_zero() {
            return Err(Error::timed_out(TimeoutPhase::Call, format!("the call's limit of {whole:?} is over")));
        }
        Ok(Some(own.filter(|(limit, _)| *limit <= left).unwrap_or((left, TimeoutPhase::Call))))
    }

    /// What is left of the whole call's time; `None` if it has no limit.
    fn time_left(&self, options: &CallOptions, started: Duration) -> Option<Duration> {
        let whole = options.timeout.or(self.timeout)?;
        Some(whole.saturating_sub(self.context.clock.elapsed().saturating_sub(started)))
    }
}

fn no_endpoint() -> Error {
    Error::config("no endpoint is known for this call")
}

impl std::fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pipeline")
            .field("credentials", &self.credentials)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
