//! What stands in the fragment of an address: octets in upper-case Base32.
//!
//! Base32 of RFC 4648 6 without padding: all its characters are of a QR code's
//! alphanumeric mode, and none of them has a meaning in an address.

use core::fmt;
use data_encoding::{BASE32_NOPAD, DecodeKind};

/// Longest payload, in characters: what version 16 of a QR code holds at level M.
pub const LONGEST_PAYLOAD: usize = 656;

/// The text of a payload, in capitals; nothing of it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload(Box<str>);

/// Why the text of a payload is no Base32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadFault {
    /// Nothing.
    #[error("the payload is empty")]
    Empty,
    /// More than 656 characters.
    #[error("a payload has at most {LONGEST_PAYLOAD} characters")]
    TooLong,
    /// Not one of A-Z and 2-7.
    #[error("character {position} of the payload is not one of A-Z and 2-7")]
    Character {
        /// From 1.
        position: usize,
    },
    /// As many characters as no octets make, or bits left over that are not nought:
    /// cut, or a character too many.
    #[error("the payload ends within an octet")]
    Ends,
}

impl PayloadFault {
    /// A stable word for interfaces and records.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Character { .. } => "no_base32",
            Self::Ends => "cut_short",
        }
    }
}

impl Payload {
    /// From any text, which is put into capitals.
    pub fn of_text(text: &str) -> Self {
        Self(text.to_ascii_uppercase().into())
    }

    /// Of octets.
    pub(super) fn of_octets(octets: &[u8]) -> Self {
        Self(BASE32_NOPAD.encode(octets).into())
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The octets that they are.
    ///
    /// # Errors
    /// [`PayloadFault`].
    pub fn octets(&self) -> Result<Vec<u8>, PayloadFault> {
        if self.0.is_empty() {
            return Err(PayloadFault::Empty);
        }
        if self.0.len() > LONGEST_PAYLOAD {
            return Err(PayloadFault::TooLong);
        }
        if let Some((position, _)) = (1..).zip(self.0.chars()).find(|(_, character)| !is_base32(*character)) {
            return Err(PayloadFault::Character { position });
        }
        BASE32_NOPAD.decode(self.0.as_bytes()).map_err(|error| match error.kind {
            DecodeKind::Symbol => PayloadFault::Character { position: error.position + 1 },
            DecodeKind::Length | DecodeKind::Trailing | DecodeKind::Padding => PayloadFault::Ends,
        })
    }
}

/// Whether a character is of the alphabet, in capitals.
pub(super) const fn is_base32(character: char) -> bool {
    matches!(character, 'A'..='Z' | '2'..='7')
}

/// As many characters as octets take.
pub(super) const fn characters_of(octets: usize) -> usize {
    (octets * 8).div_ceil(5)
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_and_back() {
        // RFC 4648 10, without padding
        for (octets, text) in
            [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            let payload = Payload::of_octets(octets.as_bytes());
            assert_eq!((payload.as_str(), payload.octets()), (text, Ok(octets.into())));
            assert_eq!(text.len(), characters_of(octets.len()));
            assert_eq!(Payload::of_text(&text.to_lowercase()), payload);
        }
    }

    #[test]
    fn what_is_no_base32() {
        let fault = |text: &str| Payload::of_text(text).octets().unwrap_err();
        assert_eq!(fault(""), PayloadFault::Empty);
        assert_eq!(fault(&"A".repeat(657)), PayloadFault::TooLong);
        assert_eq!(fault("MZ1W6"), PayloadFault::Character { position: 3 });
        assert_eq!(fault("MZX="), PayloadFault::Character { position: 4 });
        assert_eq!(fault("MZ ÄX"), PayloadFault::Character { position: 3 });
        for cut in ["M", "MZX", "MZXW6Y", "MZ", "MZXR"] {
            assert_eq!(fault(cut), PayloadFault::Ends, "{cut}");
        }
        assert!(Payload::of_text(&"A".repeat(656)).octets().is_ok());
    }
}
