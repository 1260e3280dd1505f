//! Which endpoints could not be reached lately.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use crate::clock::Clock;
use crate::endpoint::Endpoint;

/// How long an endpoint that could not be reached is tried last; afterwards it is tried first again.
const AVOID_FOR: Duration = Duration::from_secs(30);

/// The endpoints that could not be reached, each with the time until which it is avoided.
#[derive(Default)]
pub(crate) struct Health {
    any: AtomicBool,
    down: RwLock<HashMap<Endpoint, Duration>>,
}

impl Health {
    /// The indexes of `endpoints` in the order in which to try them.
    pub(super) fn order(&self, endpoints: &[Endpoint], clock: &dyn Clock) -> Vec<usize> {
        let mut order: Vec<usize> = (0..endpoints.len()).collect();
        // The usual case costs one load.
        if endpoints.len() > 1 && self.any.load(Ordering::Relaxed) {
            let down = self.down.read().unwrap_or_else(PoisonError::into_inner);
            let now = clock.elapsed();
            // The sort is stable: among the healthy, and among the others, the given order stays.
            order.sort_by_key(|&at| {
                endpoints.get(at).and_then(|endpoint| down.get(endpoint)).is_some_and(|&until| now < until)
            });
        }
        order
    }

    /// Remembers that an endpoint could not be reached.
    pub(super) fn mark_down(&self, endpoint: &Endpoint, clock: &dyn Clock) {
        let now = clock.elapsed();
        let mut down = self.down.write().unwrap_or_else(PoisonError::into_inner);
        down.retain(|_, until| now < *until);
        down.insert(endpoint.clone(), now + AVOID_FOR);
        self.any.store(true, Ordering::Relaxed);
    }
}
