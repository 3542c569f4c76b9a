//! Citizen number (公民身份号码), GB 11643-1999.
//!
//! 1 to 6 region · 7 to 14 birthday · 15 to 17 sequence · 18 check (ISO/IEC
//! 7064 MOD 11-2). The number is personal data: it prints nowhere by itself,
//! and no error repeats it.

use crate::{base::Day, licence::Offences};
use core::{fmt, str::FromStr};

/// 2^(18-i) mod 11 for the positions 1 to 17.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for a sum modulo 11.
const CHECKS: &str = "10X98765432";

/// A citizen number whose birthday and check hold.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenNumber {
    text: Box<str>,
    born_on: Day,
}

/// Why something is no [`CitizenNumber`]; never with the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CitizenNumberOffence {
    /// Not 18 characters.
    #[error("a citizen number has 18 characters, not {found}")]
    Length {
        /// Characters that are there.
        found: usize,
    },
    /// No digit, or at the last place neither digit nor `X`.
    #[error("character {position} of a citizen number is no digit")]
    Character {
        /// From 1.
        position: usize,
    },
    /// Ends with a small `x`.
    #[error("the last character of a citizen number is a capital X, not a small one")]
    SmallX,
    /// The first six digits start with nought.
    #[error("positions 1 to 6 of a citizen number are no region code")]
    Region,
    /// Positions 7 to 14 are no day of the calendar.
    #[error("positions 7 to 14 of a citizen number are no day of the calendar")]
    Birthday,
    /// Position 18.
    #[error("check character of the citizen number is wrong")]
    Check,
}

impl CitizenNumber {
    /// The number in clear; the word marks each place that needs care.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// First three and last four characters, stars between. \[ADVICE\]
    pub fn masked(&self) -> String {
        let start = self.text.get(..3).unwrap_or_default();
        let end = self.text.get(14..).unwrap_or_default();
        format!("{start}***********{end}")
    }

    /// The birthday, positions 7 to 14.
    pub const fn born_on(&self) -> Day {
        self.born_on
    }

    fn read(text: &str) -> Result<Self, Vec<CitizenNumberOffence>> {
        let found = text.chars().count();
        if found != 18 {
            return Err(vec![CitizenNumberOffence::Length { found }]);
        }
        if text.ends_with('x') {
            return Err(vec![CitizenNumberOffence::SmallX]);
        }
        let foreign: Vec<CitizenNumberOffence> = (1..)
            .zip(text.chars())
            .filter(|(position, character)| !(character.is_ascii_digit() || (*position == 18 && *character == 'X')))
            .map(|(position, _)| CitizenNumberOffence::Character { position })
            .collect();
        if !foreign.is_empty() {
            return Err(foreign);
        }
        let mut offences = Vec::new();
        if text.starts_with('0') {
            offences.push(CitizenNumberOffence::Region);
        }
        let born_on = text.get(6..14).and_then(|birthday| Day::parse(birthday).ok());
        if born_on.is_none() {
            offences.push(CitizenNumberOffence::Birthday);
        }
        if text.chars().nth(17) != check(text) {
            offences.push(CitizenNumberOffence::Check);
        }
        match born_on {
            Some(born_on) if offences.is_empty() => Ok(Self { text: text.into(), born_on }),
            _ => Err(offences),
        }
    }

    /// Everything that is wrong with a text as a citizen number.
    pub(in crate::licence) fn offences(text: &str) -> Vec<CitizenNumberOffence> {
        Self::read(text).err().unwrap_or_default()
    }
}

fn check(text: &str) -> Option<char> {
    let sum: u32 = text.chars().zip(WEIGHTS).filter_map(|(c, weight)| c.to_digit(10).map(|v| v * weight)).sum();
    CHECKS.chars().nth(usize::try_from(sum % 11).ok()?)
}

impl FromStr for CitizenNumber {
    type Err = Offences<CitizenNumberOffence>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = Self::read(text);
        Offences::none_or_all(read.as_ref().err().cloned().unwrap_or_default())?;
        read.map_err(|_| CitizenNumberOffence::Check.into())
    }
}

impl fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenNumber(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GB 11643, of nobody.
    const EXAMPLE: &str = "11010519491231002X";

    #[test]
    fn example_of_the_standard() {
        let number: CitizenNumber = EXAMPLE.parse().unwrap();
        assert_eq!(number.born_on(), Day::new(1949, 12, 31).unwrap());
        assert_eq!(number.masked(), "110***********002X");
        assert_eq!(number.expose(), EXAMPLE);
        assert_eq!(format!("{number:?}"), "CitizenNumber(..)");
    }

    #[test]
    fn each_offence_by_name() {
        use CitizenNumberOffence::{Birthday, Character, Check, Length, Region, SmallX};
        assert_eq!(CitizenNumber::offences("110105491231002"), [Length { found: 15 }]);
        assert_eq!(CitizenNumber::offences("11010519491231002x"), [SmallX]);
        assert_eq!(CitizenNumber::offences("1101051949123100X2"), [Character { position: 17 }]);
        assert_eq!(CitizenNumber::offences("１1010519491231002X"), [Character { position: 1 }]);
        assert_eq!(CitizenNumber::offences("110105194912310021"), [Check]);
        assert_eq!(CitizenNumber::offences("110105194902310026"), [Birthday]);
        assert_eq!(CitizenNumber::offences("01010519491231002X"), [Region, Check]);
    }

    #[test]
    fn errors_do_not_repeat_the_number() {
        let error = "110105194902310026".parse::<CitizenNumber>().unwrap_err().to_string();
        assert!(!error.contains("1949") && !error.contains("0026"), "{error}");
    }
}
