//! Waiting for something to become true in the cloud.

use std::future::IntoFuture;
use std::num::NonZeroU32;
use std::time::Duration;

use super::{Call, run};
use crate::clock::BoxFuture;
use crate::context::Context;
use crate::error::{Error, Result, TimeoutPhase};
use crate::reply::Response;
use crate::retry::Backoff;

type Condition<T> = Box<dyn Fn(&T) -> bool + Send + Sync>;

/// How often a condition is looked at, and for how long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wait {
    interval: Backoff,
    limit: Duration,
    calls: Option<NonZeroU32>,
    or_last: bool,
}

/// The limit of a [`Wait`] that was given none.
const LIMIT: Duration = Duration::from_secs(600);

/// Looks once every `interval`, for ten minutes unless [`Wait::up_to`] says otherwise.
pub fn every(interval: Duration) -> Wait {
    Wait { interval: Backoff::Fixed(interval), limit: LIMIT, calls: None, or_last: false }
}

impl Wait {
    /// The longest to wait, calls included.
    #[must_use]
    pub fn up_to(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The most calls to make, the first included; 0 counts as 1. Unlimited unless set: the time alone counts.
    #[must_use]
    pub fn attempts(mut self, total: u32) -> Self {
        self.calls = Some(NonZeroU32::new(total).unwrap_or(NonZeroU32::MIN));
        self
    }

    /// Spaces the calls as a retry policy does, instead of evenly.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.interval = backoff;
        self
    }

    /// When time or calls are used up, gives the last answer instead of an error.
    #[must_use]
    pub fn or_last(mut self) -> Self {
        self.or_last = true;
        self
    }

    /// Whether this number of calls is the last.
    fn is_last(&self, calls: u32) -> bool {
        self.calls.is_some_and(|most| calls >= most.get())
    }
}

/// A call that is made until its answer fulfils a condition; see [`Call::until`].
#[must_use = "a call does nothing until it is awaited"]
pub struct Until<T> {
    call: Call<T>,
    wait: Wait,
    done: Condition<T>,
}

impl<T> Until<T> {
    pub(super) fn new(call: Call<T>, wait: Wait, done: Condition<T>) -> Self {
        Self { call, wait, done }
    }

    /// Waits on a thread without an async runtime. Feature `blocking`.
    ///
    /// # Errors
    /// As awaiting; [`ErrorKind::Config`](crate::ErrorKind::Config) if no runtime can be started.
    #[cfg(feature = "blocking")]
    pub fn block(self) -> Result<Response<T>>
    where
        T: Send + 'static,
    {
        crate::blocking::block_on(self.into_future())
    }
}

impl<T: Send + 'static> IntoFuture for Until<T> {
    type Output = Result<Response<T>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { call: Call { mut sending, decode, .. }, wait, done } = self;
        Box::pin(async move {
            let plan = std::mem::replace(&mut sending.plan, Err(Error::input("the call is being made")));
            let plan = sending.wrong.take().map_or(plan, Err)?;
            let Context { clock, chance, .. } = sending.pipeline.context().clone();
            let start = clock.now();
            let (mut calls, mut interval) = (1_u32, Duration::ZERO);
            loop {
                let reply = run(sending.again(plan.clone()), decode.clone()).await?;
                if done(&reply) {
                    return Ok(reply);
                }
                let waited = clock.now().duration_since(start).unwrap_or_default();
                interval = wait.interval.delay_after(calls, interval, chance.unit());
                if wait.is_last(calls) || waited.saturating_add(interval) > wait.limit {
                    if wait.or_last {
                        return Ok(reply);
                    }
                    return Err(super::named(too_long(wait, calls), &*plan, reply.attempts()));
                }
                clock.sleep(interval).await;
                calls = calls.saturating_add(1);
            }
        })
    }
}

fn too_long(wait: Wait, calls: u32) -> Error {
    let message = match wait.is_last(calls) {
        true => format!("what was waited for did not happen in {calls} calls"),
        false => format!("what was waited for did not happen within {:?} ({calls} calls)", wait.limit),
    };
    Error::timed_out(TimeoutPhase::Wait, message).with_hint("wait longer, or look at the last answer for the reason")
}
