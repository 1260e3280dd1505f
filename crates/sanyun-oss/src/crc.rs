//! CRC-64, the checksum that OSS keeps of every object (`x-oss-hash-crc64ecma`).
//!
//! It is CRC-64/XZ: polynomial ECMA-182, reflected, all ones before and after. The header is its decimal text.

mod stream;

use std::fmt;

pub(crate) use stream::{SentCrc, no_bytes, verifying};

/// The polynomial ECMA-182 with its bits reversed.
const POLYNOMIAL: u64 = 0xc96c_5795_d787_0f42;

/// `x^0` as a reflected polynomial: the highest bit is the lowest power.
const ONE: u64 = 1 << 63;

/// A CRC-64 in the making.
#[derive(Clone, Default)]
pub struct Digest(crc64fast::Digest);

impl Digest {
    /// A digest of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// The checksum of all bytes so far.
    pub fn value(&self) -> u64 {
        self.0.sum64()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.value())
    }
}

/// The checksum of `bytes`.
///
/// ```
/// assert_eq!(sanyun_oss::crc::checksum(b"123456789"), 0x995d_c9bb_df19_39fa);
/// ```
pub fn checksum(bytes: &[u8]) -> u64 {
    let mut digest = Digest::new();
    digest.update(bytes);
    digest.value()
}

/// The checksum of two texts one after the other, from the checksum of each and the second's length in bytes.
///
/// ```
/// use sanyun_oss::crc::{checksum, combine};
/// assert_eq!(combine(checksum(b"abc"), checksum(b"de"), 2), checksum(b"abcde"));
/// ```
pub fn combine(first: u64, second: u64, second_len: u64) -> u64 {
    // Nothing was appended, whatever its checksum is said to be.
    if second_len == 0 {
        return first;
    }
    // Appending n bytes multiplies the first checksum by x^(8n); the ones before and after cancel out.
    multiply(first, power_of_x(second_len)) ^ second
}

/// `x^(8 * bytes)` modulo the polynomial, by squaring.
fn power_of_x(bytes: u64) -> u64 {
    let (mut square, mut left, mut power) = (ONE >> 8, bytes, ONE);
    while left > 0 {
        if left & 1 == 1 {
            power = multiply(power, square);
        }
        square = multiply(square, square);
        left >>= 1;
    }
    power
}

/// The product of two reflected polynomials modulo the polynomial.
fn multiply(mut a: u64, b: u64) -> u64 {
    let (mut shifted, mut product) = (b, 0);
    while a != 0 {
        // The highest bit of a reflected polynomial is its constant term. Masks instead of branches: the bits are random.
        product ^= shifted & (a >> 63).wrapping_neg();
        shifted = (shifted >> 1) ^ (POLYNOMIAL & (shifted & 1).wrapping_neg());
        a <<= 1;
    }
    product
}

/// The two sides' checksums of the same bytes differ. It is the `source` of the error that reports it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CrcMismatch {
    /// Of the bytes that were sent or received here.
    pub ours: u64,
    /// As OSS said.
    pub theirs: u64,
}

impl fmt::Display for CrcMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CRC-64 here is {}, OSS says {}", self.ours, self.theirs)
    }
}

impl std::error::Error for CrcMismatch {}

impl CrcMismatch {
    /// `Err` if the checksums differ.
    pub(crate) fn check(ours: u64, theirs: u64) -> Result<(), Self> {
        if ours == theirs { Ok(()) } else { Err(Self { ours, theirs }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // 123456789 is the check value of the CRC catalogue's CRC-64/XZ.
    #[test]
    fn published_value() {
        assert_eq!(checksum(b"123456789"), 0x995d_c9bb_df19_39fa);
        assert_eq!(checksum(b""), 0);
    }

    #[test]
    fn pieces_give_the_same_as_the_whole() {
        let text: Vec<u8> = (0..10_000_u32).map(|n| (n * 7 % 251) as u8).collect();
        for cut in [0, 1, 2, 7, 8, 9, 255, 256, 4096, 9_999, 10_000] {
            let (first, second) = text.split_at(cut);
            let mut digest = Digest::new();
            digest.update(first);
            digest.update(second);
            assert_eq!(digest.value(), checksum(&text));
            assert_eq!(combine(checksum(first), checksum(second), second.len() as u64), checksum(&text), "{cut}");
        }
    }

    #[test]
    fn combining_is_associative_over_long_texts() {
        let (a, b, c) = (checksum(b"a"), checksum(b"b"), checksum(b"c"));
        let (b_len, c_len) = (5 << 30, 8 << 20);
        assert_eq!(combine(combine(a, b, b_len), c, c_len), combine(a, combine(b, c, c_len), b_len + c_len));
    }
}
