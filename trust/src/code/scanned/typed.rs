//! Undoing what scanners and input methods do to a text.

use crate::{code::half_width::half_width, licence::name::is_unreadable};

/// The text as it stood in the code: full-width characters as their ASCII ones, Chinese
/// full stops and enumeration commas as the dots and slashes that input methods take
/// them for, and without what shows nothing at both ends, terminators included.
///
/// Case is kept; nothing inside the text is taken away.
pub(super) fn plain(text: &str) -> String {
    let folded: String = text.chars().map(folded).collect();
    let trimmed = folded.trim_matches(shows_nothing);
    without_symbology(trimmed).trim_matches(shows_nothing).to_owned()
}

fn folded(character: char) -> char {
    match character {
        '\u{3002}' | '\u{ff61}' => '.',
        '\u{3001}' => '/',
        other => half_width(other),
    }
}

fn shows_nothing(character: char) -> bool {
    character.is_whitespace() || is_unreadable(character)
}

/// Without the symbology identifier that scanners may be set to type first, `]Q` and a
/// digit for QR codes (ISO/IEC 15424).
fn without_symbology(text: &str) -> &str {
    let rest = text.strip_prefix("]Q").or_else(|| text.strip_prefix("]q"));
    rest.and_then(|rest| rest.strip_prefix(|digit: char| digit.is_ascii_digit())).unwrap_or(text)
}
