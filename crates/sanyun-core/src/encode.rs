//! Percent-encoding, form encoding and hexadecimal: the spellings that signatures are made over.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// Everything but the unreserved characters of RFC 3986: `A-Z a-z 0-9 - _ . ~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// [`RESERVED`] with `/` left as it is.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');
/// [`RESERVED`] with the blank left for a later step.
const RESERVED_IN_FORM: &AsciiSet = &RESERVED.remove(b' ');

/// Encodes all but the unreserved characters: a blank is `%20`, `/` is `%2F`, digits are upper case.
///
/// ```
/// assert_eq!(sanyun_core::encode::percent("a b/ü~"), "a%20b%2F%C3%BC~");
/// ```
pub fn percent(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, RESERVED).into()
}

/// Like [`percent`], with `/` left as it is: an object key or a path.
///
/// ```
/// assert_eq!(sanyun_core::encode::percent_path("a b/../c"), "a%20b/../c");
/// ```
pub fn percent_path(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, RESERVED_IN_PATH).into()
}

/// Appends [`percent`] of `text` to `out`, without a copy in between.
pub fn push_percent(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, RESERVED));
}

/// Appends [`percent_path`] of `text` to `out`, without a copy in between.
pub fn push_percent_path(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, RESERVED_IN_PATH));
}

/// Decodes `%XX`; a malformed escape stays as it is, bytes that are not UTF-8 become U+FFFD, `+` is a plus sign.
pub fn percent_decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// Encodes one name or value of `application/x-www-form-urlencoded`: as [`percent`], but a blank is `+`.
pub fn form(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_form(&mut out, text);
    out
}

/// Appends [`form`] of `text` to `out`.
pub fn push_form(out: &mut String, text: &str) {
    for piece in utf8_percent_encode(text, RESERVED_IN_FORM) {
        if piece.contains(' ') { out.push_str(&piece.replace(' ', "+")) } else { out.push_str(piece) }
    }
}

/// Decodes one name or value of a form: `+` is a blank.
pub fn form_decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode(&spaced).into_owned()
}

/// The pairs of an encoded query or form, still encoded, split at `&` and the first `=`. A missing `=` gives an empty
/// value; empty pieces are left out.
pub fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|piece| !piece.is_empty()).map(|piece| piece.split_once('=').unwrap_or((piece, "")))
}

/// Writes bytes as lower-case hexadecimal digits.
///
/// ```
/// assert_eq!(sanyun_core::encode::hex(&[0x00, 0xab]), "00ab");
/// ```
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    push_hex(&mut out, bytes);
    out
}

/// Appends [`hex`] of `bytes` to `out`.
pub fn push_hex(out: &mut String, bytes: &[u8]) {
    // By the block: a character at a time would cost more than the hash itself.
    for block in bytes.chunks(32) {
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(block) {
            pair.copy_from_slice(&hex_digits(*byte));
        }
        out.push_str(text.get(..block.len() * 2).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default());
    }
}

/// A digest of 32 bytes in lower-case hexadecimal digits, on the stack: a signature needs three of them.
///
/// ```
/// use sanyun_core::encode::HexDigest;
/// assert_eq!(HexDigest::new(&[0xab; 32]).as_str(), "ab".repeat(32));
/// ```
#[derive(Clone, Copy)]
pub struct HexDigest([u8; 64]);

impl HexDigest {
    /// The digits of a digest.
    pub fn new(digest: &[u8; 32]) -> Self {
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(digest) {
            pair.copy_from_slice(&hex_digits(*byte));
        }
        Self(text)
    }

    /// The digits of the SHA-256 of `bytes`.
    pub fn sha256(bytes: &[u8]) -> Self {
        Self::new(&crate::hash::sha256(bytes))
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for HexDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[allow(clippy::indexing_slicing, reason = "four bits are below sixteen")]
fn hex_digits(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Standard Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Reads standard Base64 with padding; `None` if the text is none.
pub fn base64_decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreserved_characters_stay() {
        let unreserved = "ABCXYZabcxyz0189-_.~";
        assert_eq!(percent(unreserved), unreserved);
        assert_eq!(percent("!*'()+,;=:@&$?#[]%\""), "%21%2A%27%28%29%2B%2C%3B%3D%3A%40%26%24%3F%23%5B%5D%25%22");
    }

    #[test]
    fn form_encoding_round_trips() {
        for text in ["", "a b", "a+b", "100%", "ü\u{0}\n~*", " leading and trailing "] {
            assert_eq!(form_decode(&form(text)), text);
            assert_eq!(percent_decode(&percent(text)), text);
        }
        assert_eq!(form("a b*c~"), "a+b%2Ac~");
    }

    #[test]
    fn malformed_escapes_stay() {
        assert_eq!(percent_decode("%zz%4"), "%zz%4");
        assert_eq!(percent_decode("%ff"), "\u{fffd}");
    }

    #[test]
    fn pairs_split_at_the_first_equals_sign() {
        let found: Vec<_> = pairs("a=1&b&&c=d=e&=x").collect();
        assert_eq!(found, [("a", "1"), ("b", ""), ("c", "d=e"), ("", "x")]);
    }
}
