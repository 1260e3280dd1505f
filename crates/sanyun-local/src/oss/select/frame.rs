//! The frames of an answer: a version and a type, the payload's length, a checksum of the head that nobody looks at, the
//! payload, and its CRC-32.

const VERSION: u32 = 1;

/// Adds a frame.
pub(super) fn push(out: &mut Vec<u8>, kind: u32, payload: &[&[u8]], checks: bool) {
    let payload = payload.concat();
    out.extend((VERSION << 24 | kind).to_be_bytes());
    out.extend((payload.len() as u32).to_be_bytes());
    out.extend([0; 4]);
    out.extend(&payload);
    out.extend(if checks { crc32(&payload) } else { 0 }.to_be_bytes());
}

/// CRC-32 as zlib has it.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The check value of the CRC catalogue's CRC-32/ISO-HDLC.
    #[test]
    fn frames_are_laid_out() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let mut out = Vec::new();
        push(&mut out, 0x80_0001, &[b"ab"], false);
        assert_eq!(out, b"\x01\x80\x00\x01\x00\x00\x00\x02\x00\x00\x00\x00ab\x00\x00\x00\x00");
    }
}
