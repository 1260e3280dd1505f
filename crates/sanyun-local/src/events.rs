//! Server-sent events, written so that a reader is put to the test.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::Value;

/// A value as data of several lines.
pub(crate) fn lines(value: &Value) -> String {
    format!("{value:#}").lines().map(|line| format!("data: {line}\n")).collect()
}

/// A text in the pieces in which it is sent: cut behind the first byte of every longer character and behind every line
/// break, so that no piece is whole.
pub(crate) fn chunks(text: String) -> VecDeque<Bytes> {
    let cuts = text.char_indices().filter(|(_, c)| *c == '\n' || !c.is_ascii()).map(|(at, _)| at + 1);
    let cuts: Vec<_> = cuts.collect();
    let mut rest = Bytes::from(text);
    let (mut chunks, mut done) = (VecDeque::new(), 0);
    for cut in cuts {
        chunks.push_back(rest.split_to(cut - done));
        done = cut;
    }
    chunks.push_back(rest);
    chunks.retain(|chunk| !chunk.is_empty());
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cut_characters_and_blank_lines() {
        let text = "a: 春🌸\n\nb";
        let found = chunks(text.to_owned());
        let pieces: Vec<&[u8]> = found.iter().map(|chunk| &chunk[..]).collect();
        assert_eq!(pieces, [&b"a: \xe6"[..], b"\x98\xa5\xf0", b"\x9f\x8c\xb8\n", b"\n", b"b"]);
    }
}
