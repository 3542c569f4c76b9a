//! The presentation code (亮证码), and the address by which it is shown.

use data_encoding::BASE32_NOPAD;
use yinxin_trust::{
    base::Secret,
    code::{ShortCode, Site},
    sm::sm3,
};
use zeroize::{Zeroize as _, Zeroizing};

/// Characters of the text form: 128 bits in Base32.
const CHARACTERS: usize = 26;

/// 128 random bits that stand for what a holder shows. Hidden from `Debug`, wiped on drop.
#[derive(Debug)]
pub struct PresentationCode(Secret<[u8; 16]>);

/// All that is stored of a [`PresentationCode`]: its SM3 digest. The code is random
/// in all its bits, so a plain digest is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CodeDigest(pub(super) [u8; 32]);

impl PresentationCode {
    /// From fresh randomness.
    pub const fn new(random: [u8; 16]) -> Self {
        Self(Secret::new(random))
    }

    /// From its text form, in either case: 26 characters of Base32, none to spare.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != CHARACTERS || !text.is_ascii() {
            return None;
        }
        let upper = Zeroizing::new(text.to_ascii_uppercase());
        let decoded = Zeroizing::new(BASE32_NOPAD.decode(upper.as_bytes()).ok()?);
        let mut octets: [u8; 16] = decoded.as_slice().try_into().ok()?;
        let code = Self::new(octets);
        octets.zeroize();
        Some(code)
    }

    /// Its text form, for the one who shows it.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(self.0.expose()))
    }

    /// What the square shows: `HTTPS://HOST/S/` and the code.
    pub fn address(&self, site: &Site) -> Zeroizing<String> {
        Zeroizing::new(site.presentation(&ShortCode::of_random(self.0.expose())))
    }

    pub(super) fn digest(&self) -> CodeDigest {
        CodeDigest(sm3::digest(self.0.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_a_code_in_either_case() {
        let code = PresentationCode::new([7; 16]);
        let text = code.text();
        assert_eq!(text.len(), CHARACTERS);
        for same in [text.to_string(), text.to_ascii_lowercase()] {
            assert_eq!(PresentationCode::parse(&same).unwrap().digest(), code.digest());
        }
        assert!(!format!("{code:?}").contains('7'));
        // two bits of the last character mean nothing and must be zero
        let twin = format!("{}Z", &text[..CHARACTERS - 1]);
        for wrong in ["", "A", &text[1..], &format!("{}=", &text[..25]), &"1".repeat(26), &"证".repeat(9), &twin] {
            assert!(PresentationCode::parse(wrong).is_none(), "{wrong}");
        }
    }
}
