//! The role of a summer: CRC-64 of bytes that lie in the cache, and of bytes that do not, beside only reading those.

use std::hint::black_box;

use sanyun_oss::crc::checksum;
use serde_json::json;

use crate::{Done, cpu_seconds};

/// What fits in a core's cache, as the pieces of a transfer do.
const NEAR_BYTES: usize = 256 << 10;
/// What fits in none.
const FAR_BYTES: usize = 512 << 20;
/// Bytes that a figure is taken of.
const TOTAL_BYTES: usize = 2 << 30;

/// `oss-crc`: GB/s of all.
pub(super) fn run() -> Done {
    crate::pin_to(1);
    let far: Vec<u8> = (0..FAR_BYTES).map(|at| at as u8).collect();
    let near = &far[..NEAR_BYTES];
    println!("{}", json!({"near": rate(near, checksum), "far": rate(&far, checksum), "reading": rate(&far, read)}));
    Ok(())
}

fn rate(bytes: &[u8], work: impl Fn(&[u8]) -> u64) -> f64 {
    let times = TOTAL_BYTES / bytes.len();
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        let before = cpu_seconds();
        for _ in 0..times {
            black_box(work(black_box(bytes)));
        }
        least = least.min(cpu_seconds() - before);
    }
    (times * bytes.len()) as f64 / least / 1e9
}

/// The least that can be done with all bytes.
fn read(bytes: &[u8]) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().fold(0, |sum, word| sum ^ u64::from_le_bytes(*word))
}
