//! Signatures as ASN.1 DER, `SEQUENCE { INTEGER r, INTEGER s }`, in hex digits. Two numbers of 32 bytes need no library.

use sanyun_core::encode;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// Two numbers, one behind the other, as lower-case hex digits of DER.
pub(super) fn to_hex(scalars: &[u8; 64]) -> String {
    let mut body = Vec::with_capacity(70);
    for scalar in scalars.chunks_exact(32) {
        push_integer(&mut body, scalar);
    }
    encode::hex(&[&[SEQUENCE, length(&body)], &*body].concat())
}

/// DER's shortest form: no zeros in front, but for one where the number would look negative.
fn push_integer(out: &mut Vec<u8>, scalar: &[u8]) {
    let zeros = scalar.iter().take_while(|byte| **byte == 0).count();
    let digits = scalar.get(zeros.min(31)..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    out.extend([INTEGER, length(digits) + length(sign)]);
    out.extend_from_slice(sign);
    out.extend_from_slice(digits);
}

/// A length in one byte; none here is above 70.
fn length(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap_or(u8::MAX)
}

/// The two numbers of a signature; `None` if it is anything but the one form that DER allows for them.
pub(super) fn from_hex(signature: &str) -> Option<[u8; 64]> {
    let bytes = bytes(signature)?;
    let mut scalars = [0; 64];
    let (r, s) = scalars.split_at_mut(32);
    let rest = take_integer(bytes.get(2..)?, r)?;
    take_integer(rest, s)?;
    // Whatever else the bytes say (other lengths, longer forms, more behind), they are not what is written for them.
    (to_hex(&scalars) == signature).then_some(scalars)
}

/// Reads a number into its 32 bytes, and says what comes behind it.
fn take_integer<'a>(bytes: &'a [u8], scalar: &mut [u8]) -> Option<&'a [u8]> {
    let [INTEGER, length, rest @ ..] = bytes else { return None };
    let (digits, behind) = rest.split_at_checked(usize::from(*length))?;
    let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
    let start = scalar.len().checked_sub(digits.len())?;
    scalar.get_mut(start..)?.copy_from_slice(digits);
    Some(behind)
}

/// The bytes of pairs of hex digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    hex.len().is_multiple_of(2).then(|| hex.as_bytes().chunks_exact(2).map(pair).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 32 bytes that end in these.
    fn scalar(end: &[u8]) -> Vec<u8> {
        [&vec![0; 32 - end.len()], end].concat()
    }

    fn pair(r: &[u8], s: &[u8]) -> [u8; 64] {
        [scalar(r), scalar(s)].concat().try_into().unwrap()
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let full = [0xff; 32];
        let longest = format!("3046022100{0}022100{0}", "ff".repeat(32));
        for (r, s, hex) in [
            (&[1][..], &[0x7f][..], "300602010102017f"),
            (&[0x80], &[1, 0], "30080202008002020100"),
            (&[], &[0xff, 0], "3008020100020300ff00"),
            (&full, &full, &longest),
        ] {
            assert_eq!(to_hex(&pair(r, s)), hex);
            assert_eq!(from_hex(hex), Some(pair(r, s)));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        let too_long = format!("3046022101{0}022100{0}", "ff".repeat(32));
        for hex in [
            "",
            "30",
            "300602010102017",
            "300602010102017F",
            "3006+20102017f",
            "310602010102017f",
            "300602010102017f00",
            "300702010102017f",
            "30070202000102017f",
            "30060201ff02017f",
            "30810602010102017f",
            "3003020101",
            "30060201010201\u{e9}",
            &too_long,
        ] {
            assert_eq!(from_hex(hex), None, "{hex}");
        }
    }
}
