//! What somebody types beside their password, and the codes for who lost the app.

use super::{FactorError, totp::DIGITS};
use crate::random;
use data_encoding::BASE32_NOPAD;
use yinxin_trust::sm::sm3;
use zeroize::Zeroizing;

/// Recovery codes of an account.
pub const RECOVERY_CODES: usize = 10;

/// Octets of a recovery code: random in all eighty bits, so that a plain digest of it is enough.
const RECOVERY_OCTETS: usize = 10;

/// Characters of its Base32, of which four stand together.
const RECOVERY_CHARACTERS: usize = RECOVERY_OCTETS * 8 / 5;

/// A code as it was typed: full-width characters are read as their ASCII ones, spaces and hyphens as nothing.
pub(super) enum Given {
    /// Six digits, of an app.
    Code(u32),
    /// The digest of a recovery code.
    Recovery([u8; 32]),
    /// Nothing, or something that is neither.
    Neither,
}

impl Given {
    pub(super) fn read(text: &str) -> Self {
        let half = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            other => other,
        };
        let plain = text.chars().map(half).filter(|c| !c.is_whitespace() && *c != '-');
        // what is longer is neither
        let plain: Zeroizing<String> = Zeroizing::new(plain.take(RECOVERY_CHARACTERS + 1).collect());
        let is_code = plain.len() == DIGITS as usize && plain.bytes().all(|octet| octet.is_ascii_digit());
        if is_code {
            return plain.parse().map_or(Self::Neither, Self::Code);
        }
        let capitals = Zeroizing::new(plain.to_ascii_uppercase());
        let is_recovery = capitals.len() == RECOVERY_CHARACTERS && BASE32_NOPAD.decode(capitals.as_bytes()).is_ok();
        if is_recovery { Self::Recovery(sm3::digest(capitals.as_bytes())) } else { Self::Neither }
    }
}

/// Recovery codes that were just made: shown once, since only their digests are stored.
pub struct RecoveryCodes {
    texts: Vec<Zeroizing<String>>,
    digests: Vec<[u8; 32]>,
}

impl RecoveryCodes {
    pub(super) fn make() -> Result<Self, FactorError> {
        let mut made = Self { texts: Vec::new(), digests: Vec::new() };
        for _ in 0..RECOVERY_CODES {
            let octets = Zeroizing::new(random::octets::<RECOVERY_OCTETS>()?);
            let text = Zeroizing::new(BASE32_NOPAD.encode(octets.as_slice()));
            made.digests.push(sm3::digest(text.as_bytes()));
            let fours: Vec<&str> = (0..RECOVERY_CHARACTERS).step_by(4).filter_map(|at| text.get(at..at + 4)).collect();
            made.texts.push(Zeroizing::new(fours.join("-")));
        }
        Ok(made)
    }

    pub(super) fn digests(&self) -> &[[u8; 32]] {
        &self.digests
    }

    /// Each as it is shown: four times four characters.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| text.as_str())
    }
}

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCodes(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<u32> {
        if let Given::Code(code) = Given::read(text) { Some(code) } else { None }
    }

    #[test]
    fn codes_as_people_type_them() {
        for text in ["012345", " 012 345 ", "012-345", "０１２３４５", "０１２　３４５"] {
            assert_eq!(code(text), Some(12_345), "{text}");
        }
        for text in ["", "12345", "1234567", "12345a", "一二三四五六", "٠١٢٣٤٥", &"1".repeat(100_000)] {
            assert!(matches!(Given::read(text), Given::Neither), "{text}");
        }
    }

    #[test]
    fn recovery_codes_are_read_back_in_any_case() {
        let made = RecoveryCodes::make().unwrap();
        assert_eq!((made.texts().count(), made.digests().len()), (RECOVERY_CODES, RECOVERY_CODES));
        for (text, digest) in made.texts().zip(made.digests()) {
            assert_eq!(text.len(), 19, "{text}");
            for typed in [text.to_owned(), text.to_lowercase(), text.replace('-', " "), text.replace('-', "")] {
                assert!(matches!(Given::read(&typed), Given::Recovery(found) if found == *digest), "{typed}");
            }
        }
        let first = made.texts().next().unwrap();
        assert!(matches!(Given::read(&first[..18]), Given::Neither));
        assert!(matches!(Given::read(&format!("{first}A")), Given::Neither));
        assert_eq!(format!("{made:?}"), "RecoveryCodes(..)");
    }
}
