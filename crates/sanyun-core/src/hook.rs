//! Looking at calls as they happen, without seeing their secrets.
//!
//! A hook is a [`Hook`], or a closure made one by [`on_request`] or [`on_response`]. This one prints what went out and
//! what came back, secrets masked:
//!
//! ```no_run
//! use sanyun_core::hook;
//!
//! # fn listen(builder: Builder) -> Builder {
//! builder.hook(hook::on_response(|attempt, outcome| {
//!     let request = attempt.request;
//!     println!("> {} {}", request.method(), request.url());
//!     for (name, value) in request.headers() {
//!         println!("> {name}: {value}");
//!     }
//!     println!("> {}", request.body());
//!     if let Some(reply) = outcome.reply {
//!         println!("< {}", reply.status());
//!         for (name, value) in reply.headers() {
//!             println!("< {name}: {value}");
//!         }
//!         println!("< {}", reply.body());
//!     }
//! }))
//! # }
//! # struct Builder { settings: sanyun_core::Settings }
//! # impl Builder { sanyun_core::client_settings!(); }
//! ```
//!
//! For a client built with `danger_unmasked_hooks`, and for no other, the views also give the originals, passwords and
//! tokens included:
//!
//! ```no_run
//! use sanyun_core::hook;
//!
//! # fn listen(builder: Builder) -> Builder {
//! builder.danger_unmasked_hooks().hook(hook::on_response(|attempt, outcome| {
//!     if let Some(request) = attempt.request.unmasked() {
//!         println!("> {} {}\n> {:?}\n> {:?}", request.method, request.url(), request.headers, request.body.as_bytes());
//!     }
//!     if let Some(reply) = outcome.reply.and_then(|reply| reply.unmasked()) {
//!         println!("< {}\n< {:?}\n< {}", reply.status, reply.headers, reply.text());
//!     }
//! }))
//! # }
//! # struct Builder { settings: sanyun_core::Settings }
//! # impl Builder { sanyun_core::client_settings!(); }
//! ```

mod view;

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::breaker::BreakerState;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::protocol::CallInfo;

pub use view::{ReplyView, RequestView};

/// Called while a call is made, in the order in which hooks were added: for every attempt, those that were throttled or
/// got no answer included. A hook must not block: it runs on the thread that makes the call.
pub trait Hook: Send + Sync + 'static {
    /// Before an attempt is sent, after it has been signed.
    fn before_attempt(&self, attempt: &AttemptView<'_>) {
        let _ = attempt;
    }

    /// After an attempt, whichever way it ended.
    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        let _ = (attempt, outcome);
    }

    /// When the call is done, once.
    fn call_done(&self, call: &CallInfo<'_>, outcome: &CallOutcome<'_>) {
        let _ = (call, outcome);
    }

    /// When a breaker has opened, closed, or let calls try its endpoint again. Calls that run at the same time may tell
    /// of changes in another order than that of their generations.
    fn breaker_changed(&self, change: &BreakerChange<'_>) {
        let _ = change;
    }
}

impl<H: Hook + ?Sized> Hook for Arc<H> {
    fn before_attempt(&self, attempt: &AttemptView<'_>) {
        (**self).before_attempt(attempt);
    }

    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        (**self).after_attempt(attempt, outcome);
    }

    fn call_done(&self, call: &CallInfo<'_>, outcome: &CallOutcome<'_>) {
        (**self).call_done(call, outcome);
    }

    fn breaker_changed(&self, change: &BreakerChange<'_>) {
        (**self).breaker_changed(change);
    }
}

/// A hook that calls `listener` before every attempt, with the signed request.
pub fn on_request(listener: impl Fn(&AttemptView<'_>) + Send + Sync + 'static) -> impl Hook {
    OnRequest(listener)
}

/// A hook that calls `listener` after every attempt, with the request and how it ended.
pub fn on_response(listener: impl Fn(&AttemptView<'_>, &AttemptOutcome<'_>) + Send + Sync + 'static) -> impl Hook {
    OnResponse(listener)
}

/// A hook that calls `listener` whenever a breaker has opened, closed, or lets calls try its endpoint again.
///
/// ```
/// use sanyun_core::hook;
///
/// let hook = hook::on_breaker(|change| eprintln!("{} is {}", change.primary, change.to.as_str()));
/// # fn is_hook(_: impl sanyun_core::Hook) {}
/// # is_hook(hook);
/// ```
pub fn on_breaker(listener: impl Fn(&BreakerChange<'_>) + Send + Sync + 'static) -> impl Hook {
    OnBreaker(listener)
}

struct OnRequest<F>(F);

impl<F: Fn(&AttemptView<'_>) + Send + Sync + 'static> Hook for OnRequest<F> {
    fn before_attempt(&self, attempt: &AttemptView<'_>) {
        (self.0)(attempt);
    }
}

struct OnResponse<F>(F);

impl<F: Fn(&AttemptView<'_>, &AttemptOutcome<'_>) + Send + Sync + 'static> Hook for OnResponse<F> {
    fn after_attempt(&self, attempt: &AttemptView<'_>, outcome: &AttemptOutcome<'_>) {
        (self.0)(attempt, outcome);
    }
}

struct OnBreaker<F>(F);

impl<F: Fn(&BreakerChange<'_>) + Send + Sync + 'static> Hook for OnBreaker<F> {
    fn breaker_changed(&self, change: &BreakerChange<'_>) {
        (self.0)(change);
    }
}

/// A breaker's change of state.
#[derive(Clone, Copy, Debug)]
pub struct BreakerChange<'a> {
    /// The call that brought it about.
    pub call: CallInfo<'a>,
    /// The endpoint that the breaker watches.
    pub primary: &'a Endpoint,
    /// The endpoint that is called instead while the breaker is open.
    pub backup: &'a Endpoint,
    /// The state before.
    pub from: BreakerState,
    /// The state now.
    pub to: BreakerState,
    /// Grows with every change of this breaker, so that changes can be put in order.
    pub generation: u64,
}

/// An attempt as a hook sees it.
#[derive(Clone, Copy, Debug)]
pub struct AttemptView<'a> {
    /// Facts about the call.
    pub call: CallInfo<'a>,
    /// 1 for the first attempt.
    pub number: u32,
    /// The signed request, secrets masked.
    pub request: RequestView<'a>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
pub struct AttemptOutcome<'a> {
    /// From before the request was sent until the reply was read (a streamed one: until its head was).
    pub elapsed: Duration,
    /// The reply, if there was one, whatever its status, secrets masked.
    pub reply: Option<ReplyView<'a>>,
    /// The cloud's id of the request, where the reply told it.
    pub request_id: Option<&'a str>,
    /// The error, if the attempt failed.
    pub error: Option<&'a Error>,
    /// The wait before the next attempt, if there will be one.
    pub retry_in: Option<Duration>,
}

impl AttemptOutcome<'_> {
    /// The status, if there was a reply.
    pub fn status(&self) -> Option<StatusCode> {
        self.reply.map(|reply| reply.status())
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub struct CallOutcome<'a> {
    /// From the start of the call to its end, waits included.
    pub elapsed: Duration,
    /// How many attempts were made.
    pub attempts: u32,
    /// The error, if the call failed.
    pub error: Option<&'a Error>,
}
