//! The secret of a session or a token, and what is stored of it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use yinxin_trust::{base::Secret, sm::sm3};
use zeroize::{Zeroize as _, Zeroizing};

/// Characters of the text form: 256 bits, six a character.
const CHARACTERS: usize = 43;

/// 256 random bits that stand for a session or a token. Hidden from `Debug`, wiped on drop.
#[derive(Debug)]
pub struct AccessSecret(Secret<[u8; 32]>);

/// All that is stored of an [`AccessSecret`]: its SM3 digest. The secret is
/// random in all its bits, so a plain digest is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretDigest([u8; 32]);

impl AccessSecret {
    /// From fresh randomness.
    pub const fn new(random: [u8; 32]) -> Self {
        Self(Secret::new(random))
    }

    /// From its text form: 43 characters of base64url, none of them to spare.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != CHARACTERS {
            return None;
        }
        let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        let mut octets: [u8; 32] = decoded.as_slice().try_into().ok()?;
        let secret = Self::new(octets);
        octets.zeroize();
        Some(secret)
    }

    /// Its text form, for the one who holds it.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.expose()))
    }

    /// Another secret that follows from it for one use, in the same text form: whoever sees it learns nothing of this
    /// one, nor of what follows for another use.
    pub fn derived(&self, what: &str) -> Zeroizing<String> {
        let mut message = Zeroizing::new(Vec::with_capacity(what.len() + 33));
        message.extend_from_slice(what.as_bytes());
        message.push(b'\n');
        message.extend_from_slice(self.0.expose());
        Zeroizing::new(URL_SAFE_NO_PAD.encode(sm3::digest(&message)))
    }

    /// Whether a text is what follows from it for a use. Digests are compared, of which the time tells nothing.
    pub fn is_derived(&self, what: &str, given: &str) -> bool {
        sm3::digest(self.derived(what).as_bytes()) == sm3::digest(given.as_bytes())
    }

    /// What is stored of it, and looked for.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(sm3::digest(self.0.expose()))
    }
}

impl SecretDigest {
    /// The octets as stored.
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_of_one_use_and_one_secret() {
        let (secret, other) = (AccessSecret::new([7; 32]), AccessSecret::new([8; 32]));
        let text = secret.derived("a");
        assert!(secret.is_derived("a", &text) && text.len() == CHARACTERS && text != secret.text());
        assert!(!secret.is_derived("b", &text) && !other.is_derived("a", &text) && !secret.is_derived("a", ""));
    }

    #[test]
    fn one_text_a_secret() {
        let secret = AccessSecret::new([7; 32]);
        let text = secret.text();
        assert_eq!(text.len(), CHARACTERS);
        assert_eq!(AccessSecret::parse(&text).unwrap().digest(), secret.digest());
        assert_eq!(format!("{secret:?}"), "AccessSecret(Secret(..))");
        let last = text.chars().last().unwrap();
        // two bits of the last character mean nothing and must be zero
        let twin = text.strip_suffix(last).unwrap().to_owned() + "d";
        for wrong in
            ["", "short", &format!("{}=", &text[..42]), &format!("{}+", &text[..42]), &twin, &(text.to_string() + "A")]
        {
            assert!(AccessSecret::parse(wrong).is_none(), "{wrong}");
        }
    }
}
