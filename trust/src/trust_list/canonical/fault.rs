//! What keeps octets or a value from having a canonical form here.

use super::LARGEST_INTEGER;
use core::fmt;

/// Longest part of a member's name that a message repeats, in characters.
const SHOWN: usize = 64;

/// One offence, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}, octet {octet}: {offence}", if pointer.is_empty() { "the whole" } else { pointer })]
pub struct Fault {
    /// JSON pointer (RFC 6901) of the value, or of the object whose member it is;
    /// empty for the whole. Long names are cut.
    pub pointer: String,
    /// Octets before the place; 0 for a value that is written.
    pub octet: usize,
    /// What is wrong.
    pub offence: Offence,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Offence {
    /// Larger than the budget.
    #[error("more than {limit} octets")]
    TooLong {
        /// Octets.
        limit: usize,
    },
    /// More arrays and objects within one another than the budget allows.
    #[error("nested more than {limit} deep")]
    TooDeep {
        /// Levels.
        limit: usize,
    },
    /// More values altogether than the budget allows.
    #[error("more than {limit} values")]
    TooManyValues {
        /// Values.
        limit: usize,
    },
    /// More values in this array, or members of this object, than the budget allows.
    #[error("more than {limit} entries")]
    TooManyItems {
        /// Entries.
        limit: usize,
    },
    /// Octets that are no UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// No JSON (RFC 8259).
    #[error("not JSON: {0}")]
    Syntax(&'static str),
    /// Something after the value.
    #[error("something follows the value")]
    Trailing,
    /// A member stands twice.
    #[error("member {0:?} stands twice")]
    MemberTwice(String),
    /// `null`.
    #[error("null is not used")]
    Null,
    /// A fraction or an exponent.
    #[error("a number with fraction or exponent is not used")]
    Float,
    /// `-0`.
    #[error("minus nought is not used")]
    NegativeZero,
    /// Past what every JSON library keeps exactly.
    #[error("an integer beyond ±{LARGEST_INTEGER} is not used")]
    IntegerRange,
    /// Half of a surrogate pair: no character.
    #[error("a lone surrogate")]
    LoneSurrogate,
    /// Not canonical: space between values (3.2.1).
    #[error("not canonical: space")]
    Space,
    /// Not canonical: a member that belongs before the one before it (3.2.3).
    #[error("not canonical: member {0:?} is out of order")]
    MemberOrder(String),
    /// Not canonical: another escape belongs there, or none (3.2.2.2).
    #[error("not canonical: this character is not escaped so")]
    Escape,
}

impl Fault {
    /// At an octet of what is read.
    pub(super) const fn at(octet: usize, offence: Offence) -> Self {
        Self { pointer: String::new(), octet, offence }
    }

    /// The same, seen from the value around the one it was found in.
    #[must_use]
    pub(super) fn within(mut self, token: impl fmt::Display) -> Self {
        self.pointer.insert_str(0, &format!("/{token}"));
        self
    }

    /// The same, within a member.
    #[must_use]
    pub(super) fn within_member(self, name: &str) -> Self {
        self.within(token(name))
    }
}

/// A member's name as a token of a JSON pointer (RFC 6901 3), cut where it is long.
pub(in crate::trust_list) fn token(name: &str) -> String {
    shown(name).replace('~', "~0").replace('/', "~1")
}

/// A name for a message, cut where it is long.
pub(in crate::trust_list) fn shown(name: &str) -> String {
    name.chars().take(SHOWN).collect()
}
