//! What a person reads a licence for (用证事由).

use std::{fmt, str::FromStr};

/// Most characters of a purpose.
const LONGEST: usize = 200;

/// What somebody reads a whole licence for: 1 to 200 characters on one line. Wanted
/// of people, not of tokens, and written to the audit with the reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose(Box<str>);

/// Why something is no [`Purpose`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurposeError {
    /// Nothing but spaces.
    #[error("a purpose is wanted")]
    Empty,
    /// More than 200 characters.
    #[error("a purpose has at most {LONGEST} characters")]
    Long,
    /// Line breaks or other control characters.
    #[error("a purpose is one line of text")]
    Control,
}

impl FromStr for Purpose {
    type Err = PurposeError;

    /// Spaces around it are cut.
    fn from_str(text: &str) -> Result<Self, PurposeError> {
        let text = text.trim();
        if text.is_empty() {
            Err(PurposeError::Empty)
        } else if text.chars().count() > LONGEST {
            Err(PurposeError::Long)
        } else if text.chars().any(char::is_control) {
            Err(PurposeError::Control)
        } else {
            Ok(Self(text.into()))
        }
    }
}

impl Purpose {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_at_most_two_hundred_characters() {
        assert_eq!(" 办理食品经营许可 ".parse::<Purpose>().unwrap().as_str(), "办理食品经营许可");
        assert!("证".repeat(200).parse::<Purpose>().is_ok());
        assert_eq!("证".repeat(201).parse::<Purpose>(), Err(PurposeError::Long));
        assert_eq!(" \t".parse::<Purpose>(), Err(PurposeError::Empty));
        assert_eq!("a\nb".parse::<Purpose>(), Err(PurposeError::Control));
    }
}
