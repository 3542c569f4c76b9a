//! The JSON Canonicalization Scheme (RFC 8785), for the part of JSON that trust
//! lists use: objects, arrays, strings, booleans and integers within ±(2^53-1).
//!
//! There is one form only: members sorted by the UTF-16 code units of their names
//! (3.2.3), strings escaped as 3.2.2.2 says, no space (3.2.1), UTF-8 (3.2.4).
//! [`read`] refuses octets that are not their own canonical form; [`read_any`]
//! takes whatever a person or a program wrote, to be written with [`write()`].
//! Null and numbers with a fraction or an exponent are refused by name in both:
//! where no float can stand, no two libraries can disagree on one.

mod fault;
mod read;
#[cfg(test)]
mod tests;
mod typed;
mod write;

pub(super) use fault::token;
pub use fault::{Fault, Offence};
pub use read::{read, read_any};
pub use typed::{TypedFault, from_octets, to_octets};
pub use write::write;

use std::borrow::Cow;

/// The largest integer, 2^53-1; the smallest is its negative.
pub const LARGEST_INTEGER: i64 = (1 << 53) - 1;

/// One value. Texts are borrowed from what was read where no escape stands in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// `true` or `false`.
    Boolean(bool),
    /// Within ±[`LARGEST_INTEGER`].
    Integer(i64),
    /// A string.
    Text(Cow<'a, str>),
    /// In the order given.
    Array(Vec<Self>),
    /// Members in any order, as long as no name stands twice.
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl Value<'_> {
    /// What kind of value it is, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// What reading and writing may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Octets of the whole.
    pub octets: usize,
    /// Arrays and objects within one another; bounds the stack.
    pub depth: usize,
    /// Values altogether, names of members not counted; bounds the memory.
    pub values: usize,
    /// Values in one array, members of one object.
    pub items: usize,
}

/// The order of 3.2.3: by UTF-16 code units, which is not the order of code points
/// where one of them lies above U+FFFF.
fn order(left: &str, right: &str) -> core::cmp::Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// The escape of 3.2.2.2 for a character that has a short one.
const fn short_escape(character: char) -> Option<char> {
    match character {
        '\u{8}' => Some('b'),
        '\t' => Some('t'),
        '\n' => Some('n'),
        '\u{c}' => Some('f'),
        '\r' => Some('r'),
        '"' => Some('"'),
        '\\' => Some('\\'),
        _ => None,
    }
}
