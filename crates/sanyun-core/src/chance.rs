//! The source of nonces, boundaries and jitter, which tests can set.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use crate::encode;
use crate::error::{Error, Result};

/// A source of random bits. The system's is [`SystemChance`]; tests use [`SeededChance`].
pub trait Chance: Send + Sync + 'static {
    /// The next 64 random bits.
    fn next_u64(&self) -> u64;

    /// Fills bytes that become a key: nobody may guess them, and no copy of them stays behind.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the system has no randomness.
    fn fill_key(&self, key: &mut [u8]) -> Result<()> {
        for piece in key.chunks_mut(8) {
            let bits = self.next_u64().to_ne_bytes();
            piece.iter_mut().zip(bits).for_each(|(byte, random)| *byte = random);
        }
        Ok(())
    }
}

impl<C: Chance + ?Sized> Chance for Arc<C> {
    fn next_u64(&self) -> u64 {
        (**self).next_u64()
    }

    fn fill_key(&self, key: &mut [u8]) -> Result<()> {
        (**self).fill_key(key)
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
        let mut text = String::with_capacity(32);
        encode::push_hex(&mut text, &self.next_u64().to_be_bytes());
        encode::push_hex(&mut text, &self.next_u64().to_be_bytes());
        text
    }

    /// A random UUID (version 4) in the usual spelling.
    pub fn uuid(&self) -> String {
        let high = (self.next_u64() & !0xf000) | 0x4000;
        let low = (self.next_u64() & !(0b11 << 62)) | (0b10 << 62);
        let [a, b, c, d, e, f, g, h] = high.to_be_bytes();
        let [i, j, rest @ ..] = low.to_be_bytes();
        let mut text = String::with_capacity(36);
        encode::push_hex(&mut text, &[a, b, c, d]);
        for part in [[e, f].as_slice(), &[g, h], &[i, j], &rest] {
            text.push('-');
            encode::push_hex(&mut text, part);
        }
        text
    }
}

/// The operating system's randomness, asked for in blocks: one request to the system costs as much as a signature.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

/// Random bytes asked for at a time.
const BLOCK_BYTES: usize = 512;

thread_local! {
    static BLOCK: RefCell<(usize, [u8; BLOCK_BYTES])> = const { RefCell::new((BLOCK_BYTES, [0; BLOCK_BYTES])) };
}

impl Chance for SystemChance {
    fn next_u64(&self) -> u64 {
        BLOCK.with_borrow_mut(|(used, block)| {
            if *used + 8 > BLOCK_BYTES {
                if getrandom::fill(block).is_err() {
                    fill_from_time(block);
                }
                *used = 0;
            }
            let mut bytes = [0; 8];
            bytes.copy_from_slice(block.get(*used..*used + 8).unwrap_or(&[0; 8]));
            *used += 8;
            u64::from_ne_bytes(bytes)
        })
    }

    fn fill_key(&self, key: &mut [u8]) -> Result<()> {
        getrandom::fill(key).map_err(|error| Error::config(format!("the system gives no random bytes: {error}")))
    }
}

/// A system without randomness cannot happen where we run; the time keeps nonces apart even there.
fn fill_from_time(block: &mut [u8]) {
    let age = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let chance = SeededChance::new(age.as_nanos() as u64);
    for piece in block.chunks_exact_mut(8) {
        piece.copy_from_slice(&chance.next_u64().to_ne_bytes());
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
