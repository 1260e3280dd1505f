//! One attempt: prepared, sent, judged, reported.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HOST};
use http::{HeaderValue, StatusCode};

use super::{Output, Pipeline};
use crate::breaker::BreakerState;
use crate::error::{Error, ErrorKind, Result, ServiceError, TimeoutPhase};
use crate::hook::{AttemptOutcome, AttemptView, ReplyView, RequestView};
use crate::protocol::{Attempt, Plan, Signature, Verdict};
use crate::reply::{Reply, StreamBody};
use crate::request::Request;
use crate::trace::Span;
use crate::transport::{RawReply, Transport, TransportError, TransportErrorKind};

/// The longest reply that is read into memory, unpacked. Longer ones must be streamed.
const MAX_REPLY_BYTES: u64 = 1 << 30;

/// A failed attempt with what the decision about the next one needs.
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) transport: Option<TransportError>,
    /// The server's clock as the reply told it.
    pub(super) server_time: Option<std::time::SystemTime>,
    /// Whether it was the endpoint that failed; `None` if this says nothing about it.
    pub(super) outage: Option<bool>,
    /// Whether the request's body can be sent again.
    pub(super) replayable: bool,
}

impl Failed {
    /// The error of a call that ends with this attempt, with the reason why there is no other if its body is one.
    pub(super) fn into_final(self) -> Error {
        let matters = match (&self.transport, self.error.service()) {
            (Some(transport), _) => !transport.is_unsent(),
            (None, Some(service)) => service.status() >= 500,
            (None, None) => self.error.kind() == ErrorKind::Timeout,
        };
        if self.replayable || !matters || self.error.hint().is_some() {
            return self.error;
        }
        self.error.with_hint(
            "not sent again, because the body is a stream that can be read only once: give a file, bytes or \
             `Body::factory`, which can be read anew",
        )
    }
}

/// A signed request on its way.
pub(super) struct Sent<'a> {
    pipeline: &'a Pipeline,
    plan: &'a dyn Plan,
    attempt: Attempt<'a>,
    transport: Arc<dyn Transport>,
    request: Option<Request>,
    signature: Signature,
    replayable: bool,
    /// Kept for the hooks only; the request itself moves into the transport.
    shown: Option<Request>,
    started: Duration,
    reply: Option<Reply>,
    streamed: bool,
    request_id: Option<String>,
}

/// Adds what every request carries.
pub(crate) fn common_headers(request: &mut Request, accepts_gzip: bool) {
    if !request.headers.contains_key(HOST)
        && let Ok(host) = HeaderValue::from_str(request.endpoint.authority())
    {
        request.headers.insert(HOST, host);
    }
    if accepts_gzip && !request.headers.contains_key(ACCEPT_ENCODING) {
        request.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
}

impl<'a> Sent<'a> {
    /// Shapes and signs.
    pub(super) fn prepare(pipeline: &'a Pipeline, plan: &'a dyn Plan, attempt: Attempt<'a>) -> Result<Self> {
        let transport = pipeline.transport(attempt.options)?;
        let mut request = plan.shape(&attempt)?;
        let signature = plan.sign(&mut request, &attempt)?;
        // After the signature: no cloud signs them, and a signature over fewer headers survives more proxies.
        common_headers(&mut request, plan.info().accepts_gzip);
        let replayable = request.body.is_replayable();
        let shown = (!pipeline.hooks.is_empty()).then(|| request.clone());
        let started = if shown.is_some() { pipeline.context.clock.elapsed() } else { Duration::ZERO };
        let sent = Self {
            pipeline,
            plan,
            attempt,
            transport,
            request: Some(request),
            signature,
            replayable,
            shown,
            started,
            reply: None,
            streamed: false,
            request_id: None,
        };
        if let Some(view) = sent.view() {
            pipeline.hooks.iter().for_each(|hook| hook.before_attempt(&view));
        }
        Ok(sent)
    }

    /// Sends, reads and judges. The request moves out: an attempt is sent once.
    pub(super) async fn send(
        &mut self,
        limit: Option<(Duration, TimeoutPhase)>,
        breaker: Option<BreakerState>,
    ) -> Result<(Output, Option<String>), Failed> {
        let span = self.request.as_ref().map_or_else(Span::none, Span::attempt);
        span.routed(breaker);
        let result = span.run(self.exchange_within(limit)).await;
        match &result {
            Ok((output, _)) => span.answered(output.reply.status),
            Err(failed) => span.failed(&failed.error),
        }
        result
    }

    async fn exchange_within(
        &mut self,
        limit: Option<(Duration, TimeoutPhase)>,
    ) -> Result<(Output, Option<String>), Failed> {
        let Some((limit, phase)) = limit else {
            return self.exchange().await;
        };
        match tokio::time::timeout(limit, self.exchange()).await {
            Ok(result) => result,
            Err(_) => {
                let what = if phase == TimeoutPhase::Call { "the call" } else { "the attempt" };
                let place = self.attempt.endpoint;
                Err(self.failed(Error::timed_out(phase, format!("{what} took longer than {limit:?} ({place})")), None))
            }
        }
    }

    async fn exchange(&mut self) -> Result<(Output, Option<String>), Failed> {
        // Taken here and not passed down: every future on the way would hold room for it.
        let Some(sending) = self.request.take().map(|request| self.transport.send(request)) else {
            return Err(self.failed(Error::input("an attempt is sent once"), None));
        };
        let raw = match sending.await {
            Ok(raw) => raw,
            Err(error) => return Err(self.failed_below_http(error)),
        };
        let RawReply { status, headers, body } = raw;
        let mut reply = Reply { status, headers, body: Bytes::new() };
        if status.as_u16() < 300 && self.plan.streams(&reply) {
            return self.judged(reply, Some(body));
        }
        match read(status, &mut reply, body).await {
            Ok(bytes) => reply.body = bytes,
            Err(BodyError::Transport(error)) => return Err(self.failed_below_http(error)),
            Err(BodyError::Content(error)) => return Err(self.failed(error, None)),
        }
        self.judged(reply, None)
    }

    fn judged(&mut self, reply: Reply, stream: Option<StreamBody>) -> Result<(Output, Option<String>), Failed> {
        let verdict = self.plan.judge(&reply);
        let request_id = self.plan.request_id(&reply);
        if self.shown.is_some() {
            self.reply = Some(reply.clone());
            self.streamed = stream.is_some();
            self.request_id.clone_from(&request_id);
        }
        match verdict {
            Verdict::Success => Ok((Output { reply, stream }, request_id)),
            Verdict::Refused(error) => {
                let server_time = reply.date();
                Err(self.refused(*error, server_time))
            }
            Verdict::Broken(error) => Err(self.failed(error, None)),
        }
    }

    fn refused(&mut self, mut service: ServiceError, server_time: Option<std::time::SystemTime>) -> Failed {
        if self.shown.is_some() {
            self.request_id = service.request_id().map(str::to_owned);
        }
        let outage = Some(self.plan.is_outage(&service));
        let hint = self.plan.hint(&service, &self.signature);
        for secret in self.attempt.credential.secrets() {
            service.scrub(secret);
        }
        // Hints quote the cloud's message and our own request: whatever still holds a secret is not shown.
        let shows_secret = |hint: &String| self.attempt.credential.secrets().any(|secret| hint.contains(secret));
        let error = Error::from_service(service);
        let error = match hint.filter(|hint| !shows_secret(hint)) {
            Some(hint) => error.with_hint(hint),
            None => error,
        };
        Failed { server_time, outage, ..self.failed(error, None) }
    }

    fn failed_below_http(&self, error: TransportError) -> Failed {
        self.failed(error.clone().into(), Some(error))
    }

    fn failed(&self, error: Error, transport: Option<TransportError>) -> Failed {
        let outage = transport.as_ref().is_none_or(is_outage).then_some(true);
        Failed { error, transport, server_time: None, outage, replayable: self.replayable }
    }

    /// Tells the hooks how it ended.
    pub(super) fn report(&self, failed: Option<&Failed>, retry_in: Option<Duration>) {
        let Some(view) = self.view() else { return };
        let outcome = AttemptOutcome {
            elapsed: self.pipeline.context.clock.elapsed().saturating_sub(self.started),
            reply: self.reply.as_ref().map(|reply| self.reply_view(reply)),
            request_id: self.request_id.as_deref(),
            error: failed.map(|failed| &failed.error),
            retry_in,
        };
        self.pipeline.hooks.iter().for_each(|hook| hook.after_attempt(&view, &outcome));
    }

    fn reply_view<'r>(&'r self, reply: &'r Reply) -> ReplyView<'r> {
        ReplyView::new(reply, self.plan.info().shown_headers)
            .to(self.attempt.credential)
            .streamed_if(self.streamed)
            .unmasked_if(self.pipeline.unmasked_hooks)
    }

    fn view(&self) -> Option<AttemptView<'_>> {
        let call = self.plan.info();
        let request = RequestView::new(self.shown.as_ref()?, call.shown_headers);
        let request = request.unmasked_if(self.pipeline.unmasked_hooks);
        Some(AttemptView { call, number: self.attempt.number, request })
    }
}

/// Whether a failure is the endpoint's: not that of our own request, and not a connection that was closed while idle.
fn is_outage(error: &TransportError) -> bool {
    use TransportErrorKind as K;
    match error.kind() {
        K::Body | K::Request => false,
        K::Broken => !error.is_on_reused_connection(),
        _ => true,
    }
}

enum BodyError {
    Transport(TransportError),
    Content(Error),
}

/// Reads a body and undoes its content encoding.
async fn read(status: StatusCode, reply: &mut Reply, body: StreamBody) -> Result<Bytes, BodyError> {
    let bytes = body.collect_at_most(MAX_REPLY_BYTES).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::FileTooLarge => BodyError::Content(Error::decode(error.to_string())),
        _ => BodyError::Transport(TransportError::from_body(error)),
    })?;
    let is_gzip =
        reply.header(CONTENT_ENCODING.as_str()).is_some_and(|value| value.trim().eq_ignore_ascii_case("gzip"));
    if !is_gzip || bytes.is_empty() {
        return Ok(bytes);
    }
    let unpacked = gunzip(&bytes).map_err(|error| {
        BodyError::Content(Error::decode(format!("the reply (HTTP {}) is not gzip: {error}", status.as_u16())))
    })?;
    reply.headers.remove(CONTENT_ENCODING);
    reply.headers.remove(CONTENT_LENGTH);
    Ok(unpacked)
}

fn gunzip(packed: &[u8]) -> std::io::Result<Bytes> {
    let mut unpacked = Vec::with_capacity(packed.len() * 4);
    let mut reader = flate2::read::MultiGzDecoder::new(packed).take(MAX_REPLY_BYTES + 1);
    reader.read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > MAX_REPLY_BYTES {
        return Err(std::io::Error::other("it unpacks to more than 1 GiB"));
    }
    Ok(unpacked.into())
}
