//! How the number printed on a licence (证照编号) is made and recognised.

use super::{
    CatalogueOffence,
    field::is_name,
    raw::{RawNumberPart, RawNumberRule},
};
use crate::licence::{check_character, codes::RegionCode};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Longest number, in characters.
const LONGEST: usize = 64;
/// Most parts of a rule.
const MOST_PARTS: usize = 16;
/// Longest sequence: what a u64 always holds.
const LONGEST_SEQUENCE: u8 = 18;

/// How numbers of a type are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberRule {
    /// The number is the holder's code, as on a business licence.
    HolderCode,
    /// Parts of fixed length one after another.
    Parts(Vec<NumberPart>),
}

/// One part of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberPart {
    /// The same in every number.
    Literal(String),
    /// One of some values of one length, chosen by the application.
    Choice {
        /// By which name the choice is given.
        name: String,
        /// What may be chosen.
        values: Vec<String>,
    },
    /// The first 2, 4 or 6 digits of the region.
    Region {
        /// 2, 4 or 6.
        digits: u8,
    },
    /// The year of issue, four digits.
    Year,
    /// A running number with leading noughts.
    Sequence {
        /// 1 to 18.
        digits: u8,
    },
    /// A check over everything before it; the last part.
    Check(CheckSystem),
}

/// How a check is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckSystem {
    /// GB/T 17710 MOD 11,10 over the digits before; letters do not count.
    Mod11_10,
    /// A digit that somebody else computes: any digit is taken, none is made.
    Unknown,
}

/// What a number is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberInputs<'a> {
    /// The holder's code.
    pub holder_code: &'a str,
    /// Where the licence is issued.
    pub region: RegionCode,
    /// The year of issue, 1000 to 9999.
    pub year: i32,
    /// The running number, taken from the store.
    pub sequence: u64,
    /// Choices by name.
    pub choices: &'a [(&'a str, &'a str)],
}

/// Why a number is not made, or not one of the type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberOffence {
    /// Longer or shorter than numbers of the type.
    #[error("the number does not have {expected} characters")]
    Length {
        /// Characters of the type's numbers.
        expected: usize,
    },
    /// A part is not what the rule says; parts count from 1.
    #[error("part {part} of the number is not as the rule says")]
    Part {
        /// From 1.
        part: usize,
    },
    /// The check at the end is wrong.
    #[error("the check at the end of the number is wrong")]
    Check,
    /// The number of a holder's code is another than that code.
    #[error("the number is not the holder's code")]
    NotTheHolderCode,
    /// No choice of this name is given, or none that may be.
    #[error("{name} is not chosen, or not one of its values")]
    Choice {
        /// Its name.
        name: String,
    },
    /// The running number has more digits than its part.
    #[error("the sequence is used up")]
    SequenceUsedUp,
    /// The year is no year of four digits.
    #[error("the year does not have four digits")]
    Year,
    /// The check of this type is computed by somebody else.
    #[error("how the check is computed is not known: the number must be given")]
    CheckUnknown,
}

impl NumberRule {
    /// Makes a number.
    ///
    /// # Errors
    /// [`NumberOffence`] where an input does not fit.
    pub fn compose(&self, inputs: &NumberInputs<'_>) -> Result<String, NumberOffence> {
        let Self::Parts(parts) = self else {
            return Ok(inputs.holder_code.to_owned());
        };
        let mut number = String::new();
        for part in parts {
            number.push_str(&part.compose(inputs, &number)?);
        }
        Ok(number)
    }

    /// Whether numbers take a running number.
    pub const fn has_sequence(&self) -> bool {
        // a list of parts has exactly one sequence
        matches!(self, Self::Parts(_))
    }

    /// Whether a given number is one of the type.
    ///
    /// # Errors
    /// The first [`NumberOffence`].
    pub fn check(&self, number: &str, holder_code: &str) -> Result<(), NumberOffence> {
        let Self::Parts(parts) = self else {
            return if number == holder_code { Ok(()) } else { Err(NumberOffence::NotTheHolderCode) };
        };
        let expected = parts.iter().map(NumberPart::length).sum();
        if number.chars().count() != expected {
            return Err(NumberOffence::Length { expected });
        }
        let mut before = String::new();
        let mut rest = number.chars();
        for (index, part) in (1..).zip(parts) {
            let text: String = rest.by_ref().take(part.length()).collect();
            part.check(&text, &before, index)?;
            before.push_str(&text);
        }
        Ok(())
    }

    pub(super) fn checked(raw: &RawNumberRule, offences: &mut Vec<CatalogueOffence>) -> Self {
        let RawNumberRule::Parts { parts: raw } = raw else {
            return Self::HolderCode;
        };
        let parts: Vec<NumberPart> = raw.iter().map(NumberPart::of_raw).collect();
        offences.extend(fault(&parts).map(CatalogueOffence::NumberRule));
        Self::Parts(parts)
    }
}

/// What keeps a list of parts from being a rule.
fn fault(parts: &[NumberPart]) -> Option<&'static str> {
    let mut names = BTreeSet::new();
    if parts.is_empty() || parts.len() > MOST_PARTS {
        return Some("1 to 16 parts");
    }
    if !parts.iter().all(NumberPart::is_sound) {
        return Some("a part that is empty, too long, or has values of different lengths");
    }
    if parts.iter().map(NumberPart::length).sum::<usize>() > LONGEST {
        return Some("numbers of more than 64 characters");
    }
    if parts.iter().filter(|part| matches!(part, NumberPart::Sequence { .. })).count() != 1 {
        return Some("exactly one sequence, so that numbers differ");
    }
    if parts.iter().rev().skip(1).any(|part| matches!(part, NumberPart::Check(_))) {
        return Some("a check before the end");
    }
    let twice = parts.iter().any(|part| matches!(part, NumberPart::Choice { name, .. } if !names.insert(name)));
    twice.then_some("two choices of one name")
}

impl NumberPart {
    /// Characters of this part.
    fn length(&self) -> usize {
        match self {
            Self::Literal(text) => text.chars().count(),
            Self::Choice { values, .. } => values.first().map_or(0, |value| value.chars().count()),
            Self::Region { digits } | Self::Sequence { digits } => usize::from(*digits),
            Self::Year => 4,
            Self::Check(_) => 1,
        }
    }

    fn is_sound(&self) -> bool {
        let text = |text: &str| (1..=32).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        match self {
            Self::Literal(literal) => text(literal),
            Self::Choice { name, values } => {
                let of_one_length = |value: &String| text(value) && value.chars().count() == self.length();
                is_name(name) && (1..=100).contains(&values.len()) && values.iter().all(of_one_length)
            }
            Self::Region { digits } => matches!(digits, 2 | 4 | 6),
            Self::Sequence { digits } => (1..=LONGEST_SEQUENCE).contains(digits),
            Self::Year | Self::Check(_) => true,
        }
    }

    fn compose(&self, inputs: &NumberInputs<'_>, before: &str) -> Result<String, NumberOffence> {
        match self {
            Self::Literal(text) => Ok(text.clone()),
            Self::Choice { name, values } => inputs
                .choices
                .iter()
                .find(|(chosen, value)| chosen == name && values.iter().any(|known| known == value))
                .map(|(_, value)| (*value).to_owned())
                .ok_or_else(|| NumberOffence::Choice { name: name.clone() }),
            Self::Region { digits } => Ok(inputs.region.to_string().chars().take(usize::from(*digits)).collect()),
            Self::Year if (1000..=9999).contains(&inputs.year) => Ok(inputs.year.to_string()),
            Self::Year => Err(NumberOffence::Year),
            Self::Sequence { digits } => {
                let digits = usize::from(*digits);
                let text = format!("{:0digits$}", inputs.sequence);
                if text.len() == digits { Ok(text) } else { Err(NumberOffence::SequenceUsedUp) }
            }
            Self::Check(CheckSystem::Unknown) => Err(NumberOffence::CheckUnknown),
            Self::Check(CheckSystem::Mod11_10) => check_digit(before).map(String::from).ok_or(NumberOffence::Check),
        }
    }

    fn check(&self, text: &str, before: &str, part: usize) -> Result<(), NumberOffence> {
        let digits = text.bytes().all(|octet| octet.is_ascii_digit());
        let holds = match self {
            Self::Literal(literal) => text == literal,
            Self::Choice { values, .. } => values.iter().any(|value| value == text),
            Self::Region { .. } | Self::Year => digits && !text.starts_with('0'),
            Self::Sequence { .. } | Self::Check(CheckSystem::Unknown) => digits,
            Self::Check(CheckSystem::Mod11_10) => {
                let right = check_digit(before).map(String::from).as_deref() == Some(text);
                return if right { Ok(()) } else { Err(NumberOffence::Check) };
            }
        };
        if holds { Ok(()) } else { Err(NumberOffence::Part { part }) }
    }

    fn of_raw(raw: &RawNumberPart) -> Self {
        match raw {
            RawNumberPart::Literal { text } => Self::Literal(text.clone()),
            RawNumberPart::Choice { name, values } => Self::Choice { name: name.clone(), values: values.clone() },
            RawNumberPart::Region { digits } => Self::Region { digits: *digits },
            RawNumberPart::Year {} => Self::Year,
            RawNumberPart::Sequence { digits } => Self::Sequence { digits: *digits },
            RawNumberPart::Check { system } => Self::Check(*system),
        }
    }
}

fn check_digit(before: &str) -> Option<char> {
    check_character::mod_11_10(before.chars().filter(char::is_ascii_digit))
}
