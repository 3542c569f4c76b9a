//! Names of holders: what may stand in one, and when two are the same.
//!
//! Two names are the same where their code points are, after NFC, with all
//! middle dots (阿卜杜拉·买买提) counted as one. Nothing else is forgiven: no
//! case, no width, no variants of a character. A private-use character has no
//! meaning outside the system that made it, so a name with one is refused by
//! name instead of compared. \[ADVICE\]

use core::{fmt, str::FromStr};
use unicode_normalization::UnicodeNormalization;

/// Longest name, in characters as given: well past the longest registered one.
const LONGEST: usize = 512;

/// Dots that input methods and older systems write between the parts of a
/// name: middle dot, bullet, hyphenation point, bullet operator, dot operator,
/// word separator, katakana dot, its half-width form, Greek ano teleia.
const MIDDLE_DOTS: [char; 9] =
    ['\u{b7}', '\u{2022}', '\u{2027}', '\u{2219}', '\u{22c5}', '\u{2e31}', '\u{30fb}', '\u{ff65}', '\u{387}'];

/// A holder's name (持证主体) as written; equality is the rule of this module.
#[derive(Clone)]
pub struct HolderName {
    written: Box<str>,
    compared: Box<str>,
}

/// Why a text cannot be a name. Positions count characters from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameOffence {
    /// Nothing but space.
    #[error("the name is empty")]
    Empty,
    /// More than 512 characters.
    #[error("the name has more than {LONGEST} characters")]
    TooLong,
    /// Space before or after the name.
    #[error("the name begins or ends with a space")]
    OuterSpace,
    /// A character of a private-use area, which no other system can read.
    #[error("character {position} of the name is U+{code_point:04X}, for private use")]
    PrivateUse {
        /// From 1.
        position: usize,
        /// Its code point.
        code_point: u32,
    },
    /// A control character, line break included.
    #[error("character {position} of the name is the control character U+{code_point:04X}")]
    Control {
        /// From 1.
        position: usize,
        /// Its code point.
        code_point: u32,
    },
    /// A character that shows nothing or turns the direction of writing.
    #[error("character {position} of the name is U+{code_point:04X}, which shows nothing")]
    Invisible {
        /// From 1.
        position: usize,
        /// Its code point.
        code_point: u32,
    },
}

impl HolderName {
    /// As written by whoever registered it.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// What is compared: NFC with one middle dot.
    pub(crate) fn compared(&self) -> &str {
        &self.compared
    }
}

/// The first thing that keeps a text from being a name.
fn offence(text: &str) -> Option<NameOffence> {
    if text.trim().is_empty() {
        return Some(NameOffence::Empty);
    }
    if text.chars().nth(LONGEST).is_some() {
        return Some(NameOffence::TooLong);
    }
    if text.trim() != text {
        return Some(NameOffence::OuterSpace);
    }
    (1..).zip(text.chars()).find_map(|(position, character)| {
        let code_point = u32::from(character);
        match kind(character)? {
            Unreadable::PrivateUse => Some(NameOffence::PrivateUse { position, code_point }),
            Unreadable::Invisible => Some(NameOffence::Invisible { position, code_point }),
            Unreadable::Control => Some(NameOffence::Control { position, code_point }),
        }
    })
}

/// Why a character cannot stand in a name.
enum Unreadable {
    PrivateUse,
    Invisible,
    Control,
}

fn kind(character: char) -> Option<Unreadable> {
    match character {
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => Some(Unreadable::PrivateUse),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            Some(Unreadable::Invisible)
        }
        control if control.is_control() => Some(Unreadable::Control),
        _ => None,
    }
}

/// Whether a character shows nothing that other systems could read: a control or
/// invisible one, or one for private use.
pub(crate) fn is_unreadable(character: char) -> bool {
    kind(character).is_some()
}

/// The first character of a text that other systems cannot read: its position
/// from 1 and its code point. A line feed is readable outside names.
pub(super) fn unreadable_character(text: &str) -> Option<(usize, u32)> {
    (1..)
        .zip(text.chars())
        .find(|(_, character)| *character != '\n' && kind(*character).is_some())
        .map(|(position, character)| (position, u32::from(character)))
}

/// NFC with one middle dot: what is compared.
fn comparable(text: &str) -> Box<str> {
    text.nfc().map(|character| if MIDDLE_DOTS.contains(&character) { '\u{b7}' } else { character }).collect()
}

impl FromStr for HolderName {
    type Err = NameOffence;

    fn from_str(text: &str) -> Result<Self, NameOffence> {
        match offence(text) {
            Some(offence) => Err(offence),
            None => Ok(Self { written: text.into(), compared: comparable(text) }),
        }
    }
}

impl PartialEq for HolderName {
    fn eq(&self, other: &Self) -> bool {
        self.compared == other.compared
    }
}

impl Eq for HolderName {}

impl fmt::Debug for HolderName {
    /// Not the name: it is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HolderName({} characters)", self.written.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(left: &str, right: &str) -> bool {
        left.parse::<HolderName>().unwrap() == right.parse::<HolderName>().unwrap()
    }

    #[test]
    fn middle_dots_are_equal() {
        for dot in MIDDLE_DOTS {
            assert!(same("阿卜杜拉·买买提", &format!("阿卜杜拉{dot}买买提")), "U+{:04X}", u32::from(dot));
        }
        assert!(!same("阿卜杜拉·买买提", "阿卜杜拉买买提"));
        assert!(!same("阿卜杜拉·买买提", "阿卜杜拉.买买提"));
    }

    #[test]
    fn compared_after_nfc_and_by_code_point_only() {
        assert!(same("Zoe\u{308}", "Zo\u{eb}"));
        // a compatibility ideograph is the unified one by NFC
        assert!(same("\u{f90c}", "\u{5948}"));
        for (left, right) in [("吴", "呉"), ("Li", "LI"), ("某（县）局", "某(县)局"), ("张 三", "张三"), ("㐆", "𠂢")]
        {
            assert!(!same(left, right), "{left} {right}");
        }
    }

    #[test]
    fn what_cannot_be_a_name() {
        let offence = |text: &str| text.parse::<HolderName>().err();
        assert_eq!(offence(" \u{3000}"), Some(NameOffence::Empty));
        assert_eq!(offence("张三 "), Some(NameOffence::OuterSpace));
        assert_eq!(offence(&"张".repeat(513)), Some(NameOffence::TooLong));
        assert_eq!(offence(&"张".repeat(512)), None);
        assert_eq!(offence("张\u{e863}"), Some(NameOffence::PrivateUse { position: 2, code_point: 0xe863 }));
        assert_eq!(offence("\u{100000}"), Some(NameOffence::PrivateUse { position: 1, code_point: 0x10_0000 }));
        assert_eq!(offence("张\n三"), Some(NameOffence::Control { position: 2, code_point: 10 }));
        assert_eq!(offence("张\u{202e}三"), Some(NameOffence::Invisible { position: 2, code_point: 0x202e }));
        assert_eq!(offence("𠮷野家"), None);
    }

    #[test]
    fn debug_hides_the_name() {
        assert_eq!(format!("{:?}", "张三".parse::<HolderName>().unwrap()), "HolderName(2 characters)");
    }
}
