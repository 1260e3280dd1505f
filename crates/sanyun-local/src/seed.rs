//! The seed of a made-up answer: the same request gets the same answer, always and everywhere.

use sanyun_core::hash;

/// A number made of an operation's name and its parameters.
pub(crate) fn of(parts: &[&[u8]]) -> u64 {
    let mut text = Vec::new();
    for part in parts {
        // With its length in front, no part can lend bytes to its neighbour.
        text.extend_from_slice(&(part.len() as u64).to_le_bytes());
        text.extend_from_slice(part);
    }
    hash::sha256(&text).first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// 32 lower-case hex digits made of a text: the id of something that is not made but simply there, such as an account's
/// project in a region.
pub(crate) fn id(text: &str) -> String {
    sanyun_core::encode::hex(hash::sha256(text.as_bytes()).split_at(16).0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(super::of(&[b"ab", b"c"]), super::of(&[b"a", b"bc"]));
        assert_eq!(super::of(&[b"ab"]), super::of(&[b"ab"]));
        assert_eq!(super::id("x").len(), 32);
    }
}
