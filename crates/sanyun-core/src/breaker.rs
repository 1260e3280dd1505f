//! A circuit breaker: while an endpoint fails, calls go to its backup.
//!
//! - **Closed**: the endpoint is called. Too many failures within the window, or in a row, open the breaker.
//! - **Open**: the backup is called, the endpoint is left alone. After a while the breaker is half open.
//! - **Half open**: a few calls try the endpoint, all others go to the backup. One failure opens the breaker again,
//!   enough successes close it.
//!
//! The rules are those of Tencent Cloud's SDKs; nothing in them is that cloud's own. A [`Breaker`] does no I/O and has
//! no clock: the time is handed in, as [`Clock::elapsed`](crate::Clock::elapsed) tells it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::{Error, Result};

/// When a breaker opens and closes. The defaults are those of Tencent Cloud's SDKs.
///
/// ```
/// use sanyun_core::BreakerPolicy;
/// use std::time::Duration;
///
/// let open_for = Duration::from_secs(30);
/// let policy = BreakerPolicy { failures: 3, failure_share: 0.5, open_for, ..Default::default() };
/// assert!(policy.check().is_ok());
/// assert!(BreakerPolicy { failure_share: 1.01, ..policy }.check().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakerPolicy {
    /// The breaker opens after so many failures within the window, if their share is large enough too. Default 5.
    pub failures: u32,
    /// The least share of failures among the calls of the window, from 0 to 1. Default 0.75.
    pub failure_share: f64,
    /// The breaker opens after so many failures in a row, whatever their share. Default 5.
    pub consecutive_failures: u32,
    /// While the breaker is closed, counting begins anew after this time. Default 5 minutes.
    pub window: Duration,
    /// How long the breaker stays open before the endpoint is tried again. Default 1 minute.
    pub open_for: Duration,
    /// The half open breaker closes after so many successes, and lets no more calls than that try. Default 5.
    pub successes: u32,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 5,
            failure_share: 0.75,
            consecutive_failures: 5,
            window: Duration::from_secs(300),
            open_for: Duration::from_secs(60),
            successes: 5,
        }
    }
}

impl BreakerPolicy {
    /// Refuses what no breaker can follow.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for a share outside 0 to 1, and for a count or a time of zero.
    pub fn check(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.failure_share) {
            return Err(wrong("share of failures", format!("is {}, which is not between 0 and 1", self.failure_share)));
        }
        let counts = [
            ("number of failures", self.failures),
            ("number of failures in a row", self.consecutive_failures),
            ("number of successes", self.successes),
        ];
        let times = [("window", self.window), ("time to stay open", self.open_for)];
        let zero_count = counts.iter().find(|(_, count)| *count == 0).map(|(name, _)| *name);
        let zero_time = times.iter().find(|(_, time)| time.is_zero()).map(|(name, _)| *name);
        zero_count.or(zero_time).map_or(Ok(()), |name| Err(wrong(name, "is 0, which is not possible".to_owned())))
    }
}

fn wrong(name: &str, why: String) -> Error {
    Error::config(format!("the breaker's {name} {why}"))
}

/// What a breaker does at the moment.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum BreakerState {
    /// The endpoint is called.
    #[default]
    Closed,
    /// The backup is called.
    Open,
    /// A few calls try the endpoint.
    HalfOpen,
}

impl BreakerState {
    /// `closed`, `open` or `half_open`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// A breaker that went from one state to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Transition {
    /// The state before.
    pub from: BreakerState,
    /// The state now.
    pub to: BreakerState,
    /// Grows with every transition of a breaker, so that they can be put in order.
    pub generation: u64,
}

/// A breaker's state and what it has counted in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BreakerStatus {
    /// The state.
    pub state: BreakerState,
    /// Calls of the endpoint that failed.
    pub failures: u64,
    /// Calls of the endpoint that ended.
    pub total: u64,
}

/// A breaker for one endpoint, shared by all who call it. Its lock is held for a few instructions and never while
/// anything is waited for.
///
/// ```
/// use sanyun_core::breaker::Breaker;
/// use sanyun_core::{BreakerPolicy, BreakerState};
/// use std::time::Duration;
///
/// # fn main() -> sanyun_core::Result<()> {
/// let second = Duration::from_secs;
/// let breaker = Breaker::new(BreakerPolicy::default(), second(0))?;
/// for now in 0..5 {
///     breaker.begin(second(now)).end(false, second(now));
/// }
/// assert!(breaker.begin(second(10)).uses_backup());
/// assert!(!breaker.begin(second(64)).uses_backup(), "a minute later the endpoint is tried again");
/// assert_eq!(breaker.status().state, BreakerState::HalfOpen);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Breaker {
    policy: BreakerPolicy,
    machine: Mutex<Machine>,
}

impl Breaker {
    /// A closed breaker whose window begins `now`.
    ///
    /// # Errors
    /// As [`BreakerPolicy::check`].
    pub fn new(policy: BreakerPolicy, now: Duration) -> Result<Self> {
        policy.check()?;
        Ok(Self::checked(policy, now))
    }

    /// The same of a policy that was checked before.
    pub(crate) fn checked(policy: BreakerPolicy, now: Duration) -> Self {
        let machine = Machine { expiry: Some(now.saturating_add(policy.window)), ..Machine::default() };
        Self { policy, machine: Mutex::new(machine) }
    }

    /// Asks where a call that begins `now` goes.
    pub fn begin(&self, now: Duration) -> Passage<'_> {
        let mut machine = self.lock();
        let transition = machine.advance(&self.policy, now);
        let backup = !machine.admit(&self.policy);
        Passage { breaker: self, state: machine.state, generation: machine.generation, backup, open: true, transition }
    }

    /// Whether a call that began `now` would go to the backup because the breaker is open. Changes nothing.
    pub fn is_open(&self, now: Duration) -> bool {
        let machine = self.lock();
        machine.state == BreakerState::Open && !machine.is_over(now)
    }

    /// State and counts as the last call left them.
    pub fn status(&self) -> BreakerStatus {
        let machine = self.lock();
        BreakerStatus { state: machine.state, failures: machine.failures, total: machine.total }
    }

    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call on its way. Say how it ended with [`end`](Self::end); a passage that is dropped counts as neither success
/// nor failure, and gives its place among those who try the endpoint back.
#[derive(Debug)]
#[must_use = "a passage that is dropped counts as neither success nor failure"]
pub struct Passage<'a> {
    breaker: &'a Breaker,
    state: BreakerState,
    generation: u64,
    backup: bool,
    open: bool,
    transition: Option<Transition>,
}

impl Passage<'_> {
    /// Whether the call goes to the backup.
    pub fn uses_backup(&self) -> bool {
        self.backup
    }

    /// The breaker's state as the call began.
    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// The change of state that the beginning of this call was.
    pub fn transition(&self) -> Option<Transition> {
        self.transition
    }

    /// Says how the call ended. What ends in another generation than it began in is not counted: a late failure of the
    /// time before the breaker opened says nothing about now. Calls of the backup are not counted either.
    pub fn end(mut self, success: bool, now: Duration) -> Option<Transition> {
        self.open = false;
        let mut machine = self.breaker.lock();
        let moved = machine.advance(&self.breaker.policy, now);
        if self.backup || machine.generation != self.generation {
            return moved;
        }
        machine.release();
        machine.count(success);
        machine.settle(&self.breaker.policy, success, now)
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        if !self.open || self.backup {
            return;
        }
        let mut machine = self.breaker.lock();
        if machine.generation == self.generation {
            machine.release();
        }
    }
}

/// The state machine itself.
#[derive(Debug, Default)]
struct Machine {
    state: BreakerState,
    generation: u64,
    /// When the window (closed) or the time to stay open is over; half open has no end.
    expiry: Option<Duration>,
    failures: u64,
    total: u64,
    in_a_row: u32,
    /// Calls that try the endpoint at the moment, while half open.
    trying: u32,
}

impl Machine {
    fn is_over(&self, now: Duration) -> bool {
        self.expiry.is_some_and(|expiry| expiry <= now)
    }

    /// What time alone changes.
    fn advance(&mut self, policy: &BreakerPolicy, now: Duration) -> Option<Transition> {
        if !self.is_over(now) {
            return None;
        }
        match self.state {
            BreakerState::Open => self.enter(BreakerState::HalfOpen, policy, now),
            state => self.enter(state, policy, now),
        }
    }

    /// Begins a generation: everything is counted anew.
    fn enter(&mut self, to: BreakerState, policy: &BreakerPolicy, now: Duration) -> Option<Transition> {
        let from = self.state;
        let expiry = match to {
            BreakerState::Closed => Some(now.saturating_add(policy.window)),
            BreakerState::Open => Some(now.saturating_add(policy.open_for)),
            BreakerState::HalfOpen => None,
        };
        *self = Self { state: to, generation: self.generation + 1, expiry, ..Self::default() };
        (from != to).then_some(Transition { from, to, generation: self.generation })
    }

    /// Whether another call may go to the endpoint. Those that try a half open one, with those that have succeeded, are
    /// never more than close it: a dead endpoint gets no more than that.
    fn admit(&mut self, policy: &BreakerPolicy) -> bool {
        match self.state {
            BreakerState::Closed => true,
            BreakerState::Open => false,
            BreakerState::HalfOpen => {
                let admitted = self.total + u64::from(self.trying) < u64::from(policy.successes);
                self.trying += u32::from(admitted);
                admitted
            }
        }
    }

    fn release(&mut self) {
        self.trying = self.trying.saturating_sub(1);
    }

    fn count(&mut self, success: bool) {
        self.total += 1;
        if success {
            self.in_a_row = 0;
        } else {
            self.failures += 1;
            self.in_a_row = self.in_a_row.saturating_add(1);
        }
    }

    /// What the count changes.
    fn settle(&mut self, policy: &BreakerPolicy, success: bool, now: Duration) -> Option<Transition> {
        match self.state {
            BreakerState::Closed if !success && self.has_enough_of_it(policy) => {
                self.enter(BreakerState::Open, policy, now)
            }
            BreakerState::HalfOpen if !success => self.enter(BreakerState::Open, policy, now),
            BreakerState::HalfOpen if self.total >= u64::from(policy.successes) => {
                self.enter(BreakerState::Closed, policy, now)
            }
            _ => None,
        }
    }

    fn has_enough_of_it(&self, policy: &BreakerPolicy) -> bool {
        let share = self.failures as f64 / self.total as f64;
        let many = self.failures >= u64::from(policy.failures) && share >= policy.failure_share;
        many || self.in_a_row >= policy.consecutive_failures
    }
}

#[cfg(test)]
mod tests;
