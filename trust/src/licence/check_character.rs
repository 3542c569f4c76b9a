//! Check characters of ISO/IEC 7064 = GB/T 17710-2008: MOD 37,36 of the
//! licence identifier, MOD 11,10 of licence numbers.

/// Digits, then all 26 letters: 0-9 stand for 0 to 9, A-Z for 10 to 35.
const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The value of a character of the 36-character alphabet; upper case only.
pub(super) fn value(character: char) -> Option<u32> {
    character.to_digit(36).filter(|_| !character.is_ascii_lowercase())
}

/// Whether all characters are digits and upper-case letters.
pub(super) fn is_upper_alphanumeric(text: &str) -> bool {
    text.chars().all(|character| value(character).is_some())
}

/// Check character of MOD 37,36; `None` where a character is not of the
/// alphabet. \[DATA\]
pub(super) fn mod_37_36(characters: impl Iterator<Item = char>) -> Option<char> {
    let check = hybrid(characters.map(value), 36)?;
    ALPHABET.get(usize::try_from(check).ok()?).map(|octet| char::from(*octet))
}

/// Check digit of MOD 11,10; `None` where a character is no digit.
pub(super) fn mod_11_10(characters: impl Iterator<Item = char>) -> Option<char> {
    let check = hybrid(characters.map(|character| character.to_digit(10)), 10)?;
    char::from_digit(check, 10)
}

/// The hybrid system of modulus `m + 1, m`: `P = m`; for each value `v`:
/// `P = (P + v) mod m`, `m` for nought, then doubled modulo `m + 1`; the check
/// value `c` makes `(P + c) mod m = 1`.
fn hybrid(values: impl Iterator<Item = Option<u32>>, m: u32) -> Option<u32> {
    let mut p = m;
    for value in values {
        let sum = (p + value?) % m;
        p = if sum == 0 { m } else { sum } * 2 % (m + 1);
    }
    Some((m + 1 - p) % m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_example() {
        let text = "11100000000013338W01111430000006122244L20230000403001";
        assert_eq!(text.len(), 53);
        assert_eq!(mod_37_36(text.chars()), Some('U'));
    }

    #[test]
    fn example_of_the_standard_for_digits() {
        // ISO/IEC 7064, MOD 11,10: 0794 takes 5
        assert_eq!(mod_11_10("0794".chars()), Some('5'));
    }

    #[test]
    fn every_single_error_shows() {
        let text: Vec<char> = "11100000000013338W011".chars().collect();
        let right = mod_37_36(text.iter().copied());
        for position in 0..text.len() {
            for other in ALPHABET.iter().map(|octet| char::from(*octet)) {
                let mut changed = text.clone();
                changed[position] = other;
                assert_eq!(mod_37_36(changed.iter().copied()) == right, other == text[position]);
            }
        }
    }

    #[test]
    fn other_characters_have_no_value() {
        for text in ["a", "-", "１", "é"] {
            assert_eq!(mod_37_36(text.chars()), None);
            assert_eq!(mod_11_10(text.chars()), None);
        }
    }
}
