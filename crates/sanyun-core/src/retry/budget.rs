//! A budget that stops retries from making an outage worse.

use std::sync::atomic::{AtomicU32, Ordering};

/// A bucket of tokens shared by all calls of a client. A retry takes [`COST`](Self::COST) tokens and gets them back if
/// it helps; a first attempt that succeeds adds one. While a cloud is down the bucket runs dry and calls fail at once
/// instead of being multiplied.
#[derive(Debug)]
pub struct RetryBudget {
    tokens: AtomicU32,
    capacity: u32,
}

impl RetryBudget {
    /// Tokens that one retry takes.
    pub const COST: u32 = 5;

    /// A full bucket of `capacity` tokens; the default is 500, which is a hundred retries in a row.
    pub fn new(capacity: u32) -> Self {
        Self { tokens: AtomicU32::new(capacity), capacity }
    }

    /// Takes the tokens for one retry; `false` if there are too few.
    pub fn try_take(&self) -> bool {
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(Self::COST)).is_ok()
    }

    /// Pays back after a success: the cost of the retry that helped, or one token.
    pub fn succeeded(&self, after_retry: bool) {
        let refund = if after_retry { Self::COST } else { 1 };
        // A full bucket is the normal state: look before writing, so that calls do not fight over the cache line.
        if self.tokens.load(Ordering::Relaxed) < self.capacity {
            let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| {
                Some(tokens.saturating_add(refund).min(self.capacity))
            });
        }
    }

    /// Tokens left.
    pub fn tokens(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new(500)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_empties_the_bucket_and_success_fills_it() {
        let budget = RetryBudget::new(10);
        assert!(budget.try_take() && budget.try_take() && !budget.try_take());
        budget.succeeded(true);
        assert_eq!(budget.tokens(), 5);
        for _ in 0..20 {
            budget.succeeded(false);
        }
        assert_eq!(budget.tokens(), 10);
    }
}
