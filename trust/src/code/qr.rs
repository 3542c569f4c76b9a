//! How large the QR code of a text is, at error correction level M.
//!
//! The `#` of a fragment is not of the alphanumeric mode. A code is as small as can be
//! where it is drawn in segments: alphanumeric, the `#` as an octet, alphanumeric.
//! Whoever draws all of it in the byte mode needs about half as much again.

/// Data codewords of versions 1 to 16 at level M (ISO/IEC 18004 table 7).
const DATA_CODEWORDS: [usize; 16] = [16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453];

/// The smallest version, 1 to 16, that holds the text in segments; `None` for a longer text.
pub fn version(text: &str) -> Option<u8> {
    (1..)
        .zip(DATA_CODEWORDS)
        .find(|(version, codewords)| bits(text, *version) <= codewords * 8)
        .map(|(version, _)| version)
}

/// Modules on a side of a version, without the margin.
pub const fn modules(version: u8) -> usize {
    17 + 4 * version as usize
}

/// Bits of the text: runs of alphanumeric characters, and runs of octets between them
/// (ISO/IEC 18004 7.4).
fn bits(text: &str, version: u8) -> usize {
    let (alphanumeric_count, byte_count) = if version < 10 { (9, 8) } else { (11, 16) };
    let runs = text.as_bytes().chunk_by(|left, right| is_alphanumeric(*left) == is_alphanumeric(*right));
    runs.map(|run| match run.first() {
        // eleven bits for two characters, six for one
        Some(first) if is_alphanumeric(*first) => 4 + alphanumeric_count + (run.len() * 11).div_ceil(2),
        _ => 4 + byte_count + run.len() * 8,
    })
    .sum()
}

/// The 45 characters of the alphanumeric mode (ISO/IEC 18004 table 5).
const fn is_alphanumeric(octet: u8) -> bool {
    matches!(octet, b'0'..=b'9' | b'A'..=b'Z' | b' ' | b'$' | b'%' | b'*' | b'+' | b'-' | b'.' | b'/' | b':')
}
