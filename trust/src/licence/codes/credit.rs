//! Unified social credit code (统一社会信用代码), GB 32100-2015, with the
//! organisation code of GB 11714 inside it.
//!
//! 1 registration authority · 2 category · 3 to 8 region · 9 to 17 organisation
//! code with its own check · 18 check.

use super::RegionCode;
use crate::licence::Offences;
use core::{fmt, str::FromStr};

/// The 31 characters, in the order of their values: no I, O, S, V, Z.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first 17 characters: 3^(i-1) mod 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// GB 11714: weights of the eight characters of an organisation code.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A unified social credit code whose checks hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(Box<str>);

/// Why something is no [`CreditCode`]. Positions count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeOffence {
    /// Not 18 characters.
    #[error("a credit code has 18 characters, not {found}")]
    Length {
        /// Characters that are there.
        found: usize,
    },
    /// Not one of the 31 characters; I, O, S, V, Z and lower case are not.
    #[error("character {position} of a credit code may not be {character:?}")]
    Character {
        /// From 1.
        position: usize,
        /// What stands there.
        character: char,
    },
    /// Positions 3 to 8 are no six digits.
    #[error("positions 3 to 8 of a credit code are a region code of six digits")]
    Region,
    /// Position 17, GB 11714.
    #[error("check character of the organisation code is {found:?} where {expected:?} belongs")]
    OrganisationCheck {
        /// Computed.
        expected: char,
        /// What stands there.
        found: char,
    },
    /// Position 18.
    #[error("check character of the credit code is {found:?} where {expected:?} belongs")]
    Check {
        /// Computed.
        expected: char,
        /// What stands there.
        found: char,
    },
}

impl CreditCode {
    /// All 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Position 1, the registration authority: `1` institution establishment,
    /// `5` civil affairs, `9` market regulation, and others.
    pub fn registration_authority(&self) -> char {
        self.0.chars().next().unwrap_or_default()
    }

    /// Positions 3 to 8, the region of whoever registered it; `None` where they have not
    /// the shape of one.
    pub fn region(&self) -> Option<RegionCode> {
        self.0.get(2..8)?.parse().ok()
    }

    /// Positions 9 to 17, the organisation code with its check.
    pub fn organisation_code(&self) -> &str {
        self.0.get(8..17).unwrap_or_default()
    }

    /// Takes over what was checked as a part of something longer.
    pub(in crate::licence) fn assume_checked(text: &str) -> Self {
        Self(text.into())
    }

    /// Everything that is wrong with a text as a credit code.
    pub(in crate::licence) fn offences(text: &str) -> Vec<CreditCodeOffence> {
        let found = text.chars().count();
        if found != 18 {
            return vec![CreditCodeOffence::Length { found }];
        }
        let foreign: Vec<CreditCodeOffence> = (1..)
            .zip(text.chars())
            .filter(|(_, character)| value(*character).is_none())
            .map(|(position, character)| CreditCodeOffence::Character { position, character })
            .collect();
        if !foreign.is_empty() {
            return foreign;
        }
        let mut offences = Vec::new();
        if !text.bytes().skip(2).take(6).all(|octet| octet.is_ascii_digit()) {
            offences.push(CreditCodeOffence::Region);
        }
        let at = |index: usize| text.chars().nth(index).unwrap_or_default();
        let expected = organisation_check(text);
        if expected != at(16) {
            offences.push(CreditCodeOffence::OrganisationCheck { expected, found: at(16) });
        }
        let expected = check(text);
        if expected != at(17) {
            offences.push(CreditCodeOffence::Check { expected, found: at(17) });
        }
        offences
    }
}

/// The position of a character in the 31-letter alphabet.
fn value(character: char) -> Option<usize> {
    ALPHABET.find(character)
}

/// (31 - S mod 31) mod 31 over the first 17 characters, S the weighted sum.
fn check(text: &str) -> char {
    let sum: usize = text.chars().zip(WEIGHTS).filter_map(|(c, weight)| value(c).map(|v| v * weight)).sum();
    ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or_default()
}

/// 11 - S mod 11 over positions 9 to 16 with values of base 36; 10 is X, 11 is 0.
fn organisation_check(text: &str) -> char {
    let values = text.chars().skip(8).zip(ORGANISATION_WEIGHTS);
    let sum: u32 = values.filter_map(|(c, weight)| c.to_digit(36).map(|v| v * weight)).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or_default(),
    }
}

impl FromStr for CreditCode {
    type Err = Offences<CreditCodeOffence>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Offences::none_or_all(Self::offences(text))?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_codes() {
        for text in [
            "91320115MA202UKD7X",
            "11100000000013338W",
            "11430000006122244L",
            "11330105002500287C",
            "12110000400777687U",
            "11220000013544541J",
            "11100000MB03271699",
        ] {
            assert_eq!(CreditCode::offences(text), [], "{text}");
        }
        let code: CreditCode = "91320115MA202UKD7X".parse().unwrap();
        assert_eq!((code.registration_authority(), code.organisation_code()), ('9', "MA202UKD7"));
        assert_eq!(code.region(), "320115".parse().ok());
    }

    #[test]
    fn each_offence_by_name() {
        use CreditCodeOffence::{Character, Check, Length, OrganisationCheck, Region};
        assert_eq!(CreditCode::offences(""), [Length { found: 0 }]);
        assert_eq!(CreditCode::offences("91320115MA202UKD7"), [Length { found: 17 }]);
        assert_eq!(CreditCode::offences("91320115MA202UKD7x"), [Character { position: 18, character: 'x' }]);
        assert_eq!(
            CreditCode::offences("9I320115MA202UKD证X"),
            [Character { position: 2, character: 'I' }, Character { position: 17, character: '证' }]
        );
        assert_eq!(CreditCode::offences("91320115MA202UKD7Y"), [Check { expected: 'X', found: 'Y' }]);
        let region = CreditCode::offences("9132011AMA202UKD7X");
        assert!(matches!(region[..], [Region, Check { found: 'X', .. }]), "{region:?}");
        let organisation = CreditCode::offences("91320115MA202UKD8X");
        assert!(
            matches!(organisation[..], [OrganisationCheck { expected: '7', found: '8' }, Check { .. }]),
            "{organisation:?}"
        );
    }
}
