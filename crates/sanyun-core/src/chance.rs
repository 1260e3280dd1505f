//! The source of nonces, boundaries and jitter, which tests can set.

use std::sync::{Arc, Mutex};

/// A source of random bits. The system's is [`SystemChance`]; tests use [`SeededChance`].
pub trait Chance: Send + Sync + 'static {
    /// The next 64 random bits.
    fn next_u64(&self) -> u64;
}

impl<C: Chance + ?Sized> Chance for Arc<C> {
    fn next_u64(&self) -> u64 {
        (**self).next_u64()
    }
}

impl dyn Chance {
    /// A number in `0.0..1.0`.
    pub fn unit(&self) -> f64 {
        // 53 bits are what a double holds exactly.
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// 32 lower-case hex digits: a nonce or a boundary.
    pub fn hex32(&self) -> String {
        format!("{:016x}{:016x}", self.next_u64(), self.next_u64())
    }

    /// A random UUID (version 4) in the usual spelling.
    pub fn uuid(&self) -> String {
        let high = (self.next_u64() & !0xf000) | 0x4000;
        let low = (self.next_u64() & !(0b11 << 62)) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn next_u64(&self) -> u64 {
        // A system without randomness cannot happen on the platforms we run on; time keeps nonces apart even there.
        getrandom::u64().unwrap_or_else(|_| {
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |age| age.as_nanos() as u64)
        })
    }
}

/// The same numbers for the same seed (SplitMix64), for tests and for deterministic runs.
#[derive(Debug)]
pub struct SeededChance(Mutex<u64>);

impl SeededChance {
    /// A source that begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Chance for SeededChance {
    fn next_u64(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuid_has_version_and_variant() {
        let chance: &dyn Chance = &SeededChance::new(1);
        for _ in 0..100 {
            let uuid = chance.uuid();
            assert_eq!(uuid.len(), 36);
            assert_eq!(&uuid[14..15], "4");
            assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
        }
    }

    #[test]
    fn unit_stays_below_one() {
        let chance: &dyn Chance = &SeededChance::new(7);
        assert!((0..10_000).all(|_| (0.0..1.0).contains(&chance.unit())));
    }

    #[test]
    fn system_chance_does_not_repeat() {
        let chance: &dyn Chance = &SystemChance;
        assert_ne!(chance.hex32(), chance.hex32());
    }
}
