//! The facts of a print, and their digest.
//!
//! SM3 over `yinxin printed licence 1`, an octet of nought, and the deterministic CBOR
//! of an array of four texts: code, name, number, last day. Each is brought into one
//! form before: what two people read off the same paper gives the same digest.

use crate::{
    code::{ShortCode, cbor::Writer, half_width::half_width},
    licence::{
        Expiry,
        name::{HolderName, is_unreadable},
    },
    sm::sm3,
};
use core::str::FromStr;
use unicode_normalization::UnicodeNormalization as _;

/// What the digested octets begin with.
const DOMAIN: &[u8] = b"yinxin printed licence 1\0";

/// Longest number, in characters as given.
const LONGEST_NUMBER: usize = 128;

/// What stands on a print and is digested.
#[derive(Clone, Copy, Debug)]
pub struct PrintedFacts<'a> {
    /// The holder. Digested as names are compared: NFC, all middle dots as U+00B7.
    pub holder: &'a HolderName,
    /// The number of the licence.
    pub number: &'a PrintedNumber,
    /// Its last day: `yyyy-MM-dd`, or 长期.
    pub until: Expiry,
}

/// A licence number (证照编号) as it is compared: NFC, full-width characters as their
/// ASCII ones, ASCII letters in capitals, no space at any place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedNumber(Box<str>);

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberOffence {
    /// Nothing but space.
    #[error("the number is empty")]
    Empty,
    /// More than 128 characters.
    #[error("the number has more than {LONGEST_NUMBER} characters")]
    TooLong,
    /// A control, invisible or private-use character.
    #[error("character {position} of the number is U+{code_point:04X}, which cannot be read")]
    Unreadable {
        /// From 1.
        position: usize,
        /// Its code point.
        code_point: u32,
    },
}

impl PrintedFacts<'_> {
    /// The digest that is signed.
    pub(super) fn digest(&self, code: &ShortCode) -> sm3::Digest {
        let mut writer = Writer::new();
        writer.array(4);
        writer.text(code.as_str());
        writer.text(self.holder.compared());
        writer.text(&self.number.0);
        writer.text(&self.until.to_string());
        sm3::digest(&[DOMAIN, &writer.finish()].concat())
    }
}

impl PrintedNumber {
    /// What is compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PrintedNumber {
    type Err = NumberOffence;

    fn from_str(text: &str) -> Result<Self, NumberOffence> {
        if text.chars().nth(LONGEST_NUMBER).is_some() {
            return Err(NumberOffence::TooLong);
        }
        if let Some((position, found)) = (1..).zip(text.chars()).find(|(_, character)| is_unreadable(*character)) {
            return Err(NumberOffence::Unreadable { position, code_point: u32::from(found) });
        }
        let narrow = text.nfc().map(half_width).filter(|character| !character.is_whitespace());
        let compared: Box<str> = narrow.map(|character| character.to_ascii_uppercase()).collect();
        if compared.is_empty() { Err(NumberOffence::Empty) } else { Ok(Self(compared)) }
    }
}
