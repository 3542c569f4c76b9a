//! What the text of a QR code is, as a camera reads it or a scanner types it.
//!
//! 1 at most 4 KiB · 2 typed forms undone: full-width characters, Chinese full stops
//! and commas, what shows nothing at the ends, a scanner's own mark before it · 3 an
//! address with a code, a bare offline code, an identifier, or none of them.
//!
//! The text is never opened as an address. Its host is taken apart as a browser would,
//! since a person with a phone would follow it there; an address with a code that is
//! dressed up to show another host than it leads to is refused by the name of its trick.
//!
//! | form | what |
//! |---|---|
//! | `https://host/C/{26 characters}` | printed code, `#…` behind it its signed digest |
//! | `https://host/S/{26 characters}` | presentation code |
//! | `https://host/C#…` | offline code |
//! | Base32 alone that begins as offline codes do | offline code |
//! | `1.2.156.3005.2.…` | licence identifier |

mod address;
mod punycode;
#[cfg(test)]
mod tests;
mod typed;

pub use address::Trick;

use super::{Payload, ShortCode, Site};
use crate::{
    licence::{
        Offences,
        identifier::{IdentifierOffence, LicenceIdentifier, ROOT},
    },
    trust_list::HostName,
};

/// Longest text that is looked at, in octets; a QR code holds 2,953.
pub const LONGEST_TEXT: usize = 4 * 1024;

/// How offline codes begin, without and with a proof: the first octets of their
/// envelope, `84 01 48` and `86 01 48`, in Base32.
const OFFLINE_BEGINS: [&str; 2] = ["QQAU", "QYAU"];

/// What a text is. Nothing of it was looked up or verified; whether somebody vouches for
/// the site is the caller's question: a code on a site that nobody vouches for, and
/// whatever is [`Scanned::Refused`], is a counterfeit's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// The code that is printed on a licence.
    Printed {
        /// Where it would be looked up.
        site: Site,
        /// The code.
        code: ShortCode,
        /// What stands in the fragment, where something does: see [`super::print`].
        digest: Option<Payload>,
    },
    /// A code that a holder shows.
    Presentation {
        /// Where it would be looked up.
        site: Site,
        /// The code.
        code: ShortCode,
    },
    /// An offline code: see [`super::offline`].
    Offline {
        /// Where a phone would look it up; none where the payload stands alone.
        site: Option<Site>,
        /// The code.
        payload: Payload,
    },
    /// The identifier of a licence.
    Identifier(LicenceIdentifier),
    /// An address in the form of a code that is not written as codes are.
    Refused {
        /// Where a browser would go, as far as that can be told.
        host: Option<HostName>,
        /// What is wrong with it.
        trick: Trick,
    },
    /// No code.
    NotACode(NotACode),
}

/// Why a text is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACode {
    /// Nothing but what shows nothing.
    #[error("nothing was scanned")]
    Empty,
    /// Longer than any QR code.
    #[error("more than {LONGEST_TEXT} octets")]
    TooLong,
    /// An address of something else.
    #[error("an address without a code")]
    Address {
        /// Its site, where it is written as addresses are.
        site: Option<Site>,
    },
    /// Begins as identifiers do, and is none.
    #[error("no identifier: {0}")]
    Identifier(Offences<IdentifierOffence>),
    /// Any other text.
    #[error("no code, but another text")]
    Text,
}

impl Scanned {
    /// What a text is.
    pub fn of(text: &str) -> Self {
        if text.len() > LONGEST_TEXT {
            return Self::NotACode(NotACode::TooLong);
        }
        let text = &typed::plain(text);
        if text.is_empty() {
            return Self::NotACode(NotACode::Empty);
        }
        if let Some(found) = address::read(text) {
            return found;
        }
        let capitals = text.to_ascii_uppercase();
        if OFFLINE_BEGINS.iter().any(|begin| capitals.starts_with(begin)) && is_alphanumeric(&capitals) {
            return Self::Offline { site: None, payload: Payload::of_text(&capitals) };
        }
        if capitals.strip_prefix(ROOT).is_some_and(|rest| rest.starts_with('.')) {
            return match capitals.parse() {
                Ok(identifier) => Self::Identifier(identifier),
                Err(offences) => Self::NotACode(NotACode::Identifier(offences)),
            };
        }
        Self::NotACode(NotACode::Text)
    }

    /// The site that a code names.
    pub const fn site(&self) -> Option<&Site> {
        match self {
            Self::Printed { site, .. } | Self::Presentation { site, .. } => Some(site),
            Self::Offline { site, .. } => site.as_ref(),
            Self::Identifier(_) | Self::Refused { .. } | Self::NotACode(_) => None,
        }
    }
}

/// A misread character of a payload has its own fault; a space or a sign is another text.
fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_alphanumeric())
}
