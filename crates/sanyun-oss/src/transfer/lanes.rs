//! Parts on their way, several at a time.

use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use sanyun_core::{Backoff, BoxFuture, Chance, Clock, Error, ErrorKind, Result};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

use super::cancel::Cancel;
use crate::client::Client;

/// A part that can be tried again.
pub(super) trait Part: Send + 'static {
    /// Whether the last attempt brought it a good deal further, so that its failure is not counted.
    fn has_moved(&mut self) -> bool {
        false
    }
}

/// What one attempt made of a part: it comes back, because an attempt may have brought it further.
pub(super) type Tried<P, D> = (P, Result<D>);

type Work<P, D> = Arc<dyn Fn(P) -> BoxFuture<'static, Tried<P, D>> + Send + Sync>;

/// How often a part is tried again. Its calls have no retries of their own: the lanes must see each failure.
pub(super) const RETRIES: u32 = 9;
const BACKOFF: Backoff = Backoff::full_jitter(Duration::from_millis(200), Duration::from_secs(20));
/// The longest wait that OSS may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Sends parts by several lanes. Their number halves when OSS is overloaded or too slow, and grows by one when as many
/// parts as there are lanes have gone through without a failure.
pub(super) struct Lanes<P, D> {
    work: Work<P, D>,
    running: JoinSet<Attempt<P, D>>,
    /// Parts that failed, with how often.
    again: Vec<(P, u32, Duration)>,
    most: usize,
    allowed: usize,
    /// Successes since the number of lanes changed.
    calm: usize,
    /// How often the number of lanes was halved.
    halved: u32,
    shared: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl<P: Part, D: Send + 'static> Lanes<P, D> {
    pub(super) fn new<F, W>(client: &Client, most: usize, work: F) -> Self
    where
        F: Fn(P) -> W + Send + Sync + 'static,
        W: Future<Output = Tried<P, D>> + Send + 'static,
    {
        let context = client.pipeline.context();
        Self {
            work: Arc::new(move |part| Box::pin(work(part))),
            running: JoinSet::new(),
            again: Vec::new(),
            most: most.max(1),
            allowed: most.max(1),
            calm: 0,
            halved: 0,
            shared: Arc::clone(&client.transfers.lanes),
            clock: Arc::clone(&context.clock),
            chance: Arc::clone(&context.chance),
        }
    }

    /// Sends all parts. `parts` is asked for the next one only when there is a lane for it. The first final failure ends
    /// everything, and no request is on its way any more when it is returned.
    pub(super) async fn run<S>(
        mut self,
        mut parts: S,
        cancel: &Cancel,
        mut done: impl FnMut(P, D) -> Result<()>,
    ) -> Result<()>
    where
        S: Stream<Item = Result<P>> + Unpin,
    {
        let result = cancel.unless(self.drive(&mut parts, &mut done)).await;
        self.running.shutdown().await;
        result
    }

    async fn drive<S>(&mut self, parts: &mut S, done: &mut impl FnMut(P, D) -> Result<()>) -> Result<()>
    where
        S: Stream<Item = Result<P>> + Unpin,
    {
        let mut ended = false;
        while let Some(event) = std::future::poll_fn(|cx| self.poll(parts, &mut ended, cx)).await {
            match event? {
                Event::Next(part) => self.start(part, 0, Duration::ZERO),
                Event::Done(part, value) => done(part, value)?,
            }
        }
        Ok(())
    }

    fn poll<S>(&mut self, parts: &mut S, ended: &mut bool, cx: &mut Context<'_>) -> Poll<Option<Result<Event<P, D>>>>
    where
        S: Stream<Item = Result<P>> + Unpin,
    {
        if let Poll::Ready(Some(finished)) = self.poll_running(cx) {
            return Poll::Ready(Some(finished.map(|(part, value)| Event::Done(part, value))));
        }
        if !*ended && self.running.len() < self.allowed {
            match ready!(std::pin::Pin::new(parts).poll_next(cx)) {
                Some(part) => return Poll::Ready(Some(part.map(Event::Next))),
                None => *ended = true,
            }
        }
        if *ended && self.running.is_empty() { Poll::Ready(None) } else { Poll::Pending }
    }

    /// The next part that is through, or failed for good; `None` if none is on its way.
    fn poll_running(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(P, D)>>> {
        loop {
            while self.running.len() < self.allowed
                && let Some((part, failures, wait)) = self.again.pop()
            {
                self.start(part, failures, wait);
            }
            let Some(joined) = ready!(self.running.poll_join_next(cx)) else { return Poll::Ready(None) };
            let Attempt { tried: (mut part, result), failures, halved } = joined.map_err(stopped)?;
            match result {
                Ok(value) => {
                    self.succeeded();
                    return Poll::Ready(Some(Ok((part, value))));
                }
                Err(error) => {
                    let failures = if part.has_moved() { 1 } else { failures + 1 };
                    if !error.is_retryable() || failures > RETRIES {
                        return Poll::Ready(Some(Err(error)));
                    }
                    self.strained(&error, halved);
                    let wait = wait(&error, failures, self.chance.unit());
                    self.again.push((part, failures, wait));
                }
            }
        }
    }

    fn start(&mut self, part: P, failures: u32, wait: Duration) {
        let (work, shared, clock) = (Arc::clone(&self.work), Arc::clone(&self.shared), Arc::clone(&self.clock));
        let halved = self.halved;
        self.running.spawn(async move {
            if !wait.is_zero() {
                clock.sleep(wait).await;
            }
            // It is never closed, so there is always a permit to wait for.
            let permit = shared.acquire_owned().await;
            let tried = work(part).await;
            drop(permit);
            Attempt { tried, failures, halved }
        });
    }

    fn strained(&mut self, error: &Error, halved: u32) {
        let overloaded =
            error.is_throttled() || error.is_timeout() || error.service().is_some_and(|it| it.status() == 503);
        // What was on its way when the number was halved says nothing about the new number.
        if overloaded && halved == self.halved {
            self.allowed = (self.allowed / 2).max(1);
            self.halved += 1;
        }
        self.calm = 0;
    }

    fn succeeded(&mut self) {
        self.calm += 1;
        if self.calm >= self.allowed && self.allowed < self.most {
            (self.allowed, self.calm) = (self.allowed + 1, 0);
        }
    }
}

/// How long to wait after so many failures; `unit` is a random number in `0.0..1.0`.
pub(super) fn wait(error: &Error, failures: u32, unit: f64) -> Duration {
    let asked = error.service().and_then(|service| service.retry_after()).unwrap_or_default();
    BACKOFF.delay(failures, unit).max(asked.min(MAX_RETRY_AFTER))
}

/// An attempt that has ended.
struct Attempt<P, D> {
    tried: Tried<P, D>,
    /// How often the part had failed before.
    failures: u32,
    /// How often the number of lanes had been halved when it began.
    halved: u32,
}

enum Event<P, D> {
    Next(P),
    Done(P, D),
}

/// A callback that panics does so in front of its caller, whichever thread called it.
fn stopped(error: JoinError) -> Error {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => Error::new(ErrorKind::Io, "the runtime was shut down in the middle of a transfer"),
    }
}

/// What is there already, as a stream.
pub(super) struct Each<I>(pub(super) I);

impl<I: Iterator + Unpin> Stream for Each<I> {
    type Item = Result<I::Item>;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

#[cfg(test)]
mod tests;
