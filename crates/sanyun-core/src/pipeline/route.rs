//! Where the attempts of a call may go: its endpoints, those that failed lately last, and behind them the backup that a
//! breaker guards.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::Pipeline;
use super::attempt::Failed;
use super::decision::Decision;
use crate::breaker::{Breaker, BreakerPolicy, Passage, Transition};
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::hook::BreakerChange;
use crate::options::CallOptions;
use crate::protocol::Plan;
use crate::trace;

/// The breakers of a client: one for each endpoint and its backup.
pub(crate) struct Breakers {
    policy: BreakerPolicy,
    known: RwLock<HashMap<(Endpoint, Endpoint), Arc<Breaker>>>,
}

impl Breakers {
    /// None yet: each begins with the first call of its endpoint.
    ///
    /// # Errors
    /// As [`BreakerPolicy::check`].
    pub(crate) fn new(policy: BreakerPolicy) -> Result<Self> {
        policy.check()?;
        Ok(Self { policy, known: RwLock::default() })
    }

    fn get(&self, pair: (Endpoint, Endpoint), now: Duration) -> Arc<Breaker> {
        if let Some(breaker) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&pair) {
            return Arc::clone(breaker);
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(pair).or_insert_with(|| Arc::new(Breaker::checked(self.policy, now))))
    }
}

/// The backup of a call, and the breaker that decides about it.
struct Guard {
    primary: Endpoint,
    backup: Endpoint,
    breaker: Arc<Breaker>,
}

/// Where the attempts of one call may go.
pub(super) struct Route<'a> {
    pipeline: &'a Pipeline,
    plan: &'a dyn Plan,
    endpoints: Arc<[Endpoint]>,
    /// Indexes of `endpoints`, best first.
    order: Vec<usize>,
    guard: Option<Guard>,
}

impl<'a> Route<'a> {
    pub(super) fn new(pipeline: &'a Pipeline, plan: &'a dyn Plan, options: &CallOptions) -> Result<Self> {
        let endpoints = plan.endpoints(options)?;
        let order = pipeline.health.order(&endpoints, &*pipeline.context.clock);
        let guard = pipeline.breakers.as_ref().and_then(|breakers| {
            let (primary, backup) = (endpoints.first()?.clone(), plan.backup(options)?);
            // An endpoint that is its own backup has none.
            let pair = (primary != backup).then(|| (primary.clone(), backup.clone()))?;
            Some(Guard { breaker: breakers.get(pair, pipeline.context.clock.elapsed()), primary, backup })
        });
        Ok(Self { pipeline, plan, endpoints, order, guard })
    }

    /// How many places there are, the backup included.
    pub(super) fn len(&self) -> usize {
        self.order.len() + usize::from(self.guard.is_some())
    }

    /// The place of the backup: the last one.
    pub(super) fn backup_index(&self) -> Option<usize> {
        self.guard.as_ref().map(|_| self.order.len())
    }

    pub(super) fn at(&self, index: usize) -> Option<&Endpoint> {
        match self.order.get(index) {
            Some(&at) => self.endpoints.get(at),
            None => self.guard.as_ref().filter(|_| index == self.order.len()).map(|guard| &guard.backup),
        }
    }

    /// Where a first attempt would go now. Asks nobody for admission.
    pub(super) fn first(&self) -> Option<&Endpoint> {
        let now = self.pipeline.context.clock.elapsed();
        match &self.guard {
            Some(guard) if guard.breaker.is_open(now) => Some(&guard.backup),
            _ => self.endpoints.first(),
        }
    }

    /// Asks the breaker about an attempt that is about to be sent; it may send it to the backup instead. An attempt
    /// that goes there anyway is none of its business.
    pub(super) fn begin(&self, decision: &mut Decision<'_>) -> Option<Passage<'_>> {
        let guard = self.guard.as_ref()?;
        if Some(decision.endpoint_index()) == self.backup_index() {
            return None;
        }
        let passage = guard.breaker.begin(self.pipeline.context.clock.elapsed());
        self.tell(passage.transition());
        if passage.uses_backup() {
            decision.use_backup();
        }
        Some(passage)
    }

    /// Tells the breaker how an attempt ended, unless that says nothing about its endpoint.
    pub(super) fn end<T>(&self, passage: Option<Passage<'_>>, result: &Result<T, Failed>) {
        let answered = match result {
            Ok(_) => Some(true),
            Err(failed) => failed.outage.map(|outage| !outage),
        };
        if let (Some(passage), Some(answered)) = (passage, answered) {
            self.tell(passage.end(answered, self.pipeline.context.clock.elapsed()));
        }
    }

    fn tell(&self, transition: Option<Transition>) {
        let (Some(Transition { from, to, generation }), Some(guard)) = (transition, &self.guard) else { return };
        let call = self.plan.info();
        let change = BreakerChange { call, primary: &guard.primary, backup: &guard.backup, from, to, generation };
        trace::breaker_changed(&change);
        self.pipeline.hooks.iter().for_each(|hook| hook.breaker_changed(&change));
    }
}
