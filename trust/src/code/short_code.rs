//! The 26 characters of printed codes and presentation codes.

use super::payload::is_base32;
use core::{fmt, str::FromStr};
use data_encoding::BASE32_NOPAD;

/// Characters: 128 bits in Base32.
const CHARACTERS: usize = 26;

/// 128 random bits in upper-case Base32 (RFC 4648 6) without padding. Whoever has a
/// presentation code may see what it shows, so that it is not printed with `{:?}`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ShortCode(Box<str>);

/// A text that is no [`ShortCode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has {CHARACTERS} characters of A-Z and 2-7")]
pub struct NoShortCode;

impl ShortCode {
    /// Of random octets.
    pub fn of_random(octets: &[u8; 16]) -> Self {
        Self(BASE32_NOPAD.encode(octets).into())
    }

    /// The characters, in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ShortCode {
    type Err = NoShortCode;

    /// In any case. Whether somebody has it, only a register knows: the two bits that
    /// the last character has too many are not looked at.
    fn from_str(text: &str) -> Result<Self, NoShortCode> {
        let capitals = text.to_ascii_uppercase();
        let is_code = capitals.len() == CHARACTERS && capitals.chars().all(is_base32);
        if is_code { Ok(Self(capitals.into())) } else { Err(NoShortCode) }
    }
}

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortCode(…)")
    }
}
