//! Full-width characters and their ASCII ones.

/// The ASCII character that a full-width one is a form of; any other as it is.
pub(super) fn half_width(character: char) -> char {
    match character {
        // U+FF01 to U+FF5E are ! to ~ in the order of ASCII
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    }
}
