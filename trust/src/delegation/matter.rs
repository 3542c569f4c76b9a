//! The matter (事项) that somebody is to do for somebody else.

use core::{fmt, str::FromStr};
use unicode_normalization::UnicodeNormalization as _;

/// Most characters.
const LONGEST: usize = 200;

/// One matter, in the words of who delegates: 1 to 200 characters on one line.
///
/// Two matters are the same where their characters are, after NFKC, without spaces, in lower case: width and
/// case are the keyboard's, not the principal's. Nothing else is forgiven, and nothing is guessed: a window
/// that means the same in other words says it in these.
#[derive(Clone)]
pub struct Matter {
    written: Box<str>,
    compared: Box<str>,
}

/// Why something is no [`Matter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a matter is 1 to {LONGEST} characters on one line")]
pub struct MatterOffence;

impl FromStr for Matter {
    type Err = MatterOffence;

    /// Spaces around it are cut.
    fn from_str(text: &str) -> Result<Self, MatterOffence> {
        let text = text.trim();
        let fits = text.chars().nth(LONGEST).is_none() && !text.chars().any(crate::licence::name::is_unreadable);
        let compared = comparable(text);
        if compared.is_empty() || !fits { Err(MatterOffence) } else { Ok(Self { written: text.into(), compared }) }
    }
}

/// What two texts that people type are the same by.
pub(crate) fn comparable(text: &str) -> Box<str> {
    text.nfkc().filter(|character| !character.is_whitespace()).flat_map(char::to_lowercase).collect()
}

impl Matter {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether a purpose is this matter.
    pub fn is(&self, purpose: &str) -> bool {
        self.compared == comparable(purpose)
    }
}

impl PartialEq for Matter {
    fn eq(&self, other: &Self) -> bool {
        self.compared == other.compared
    }
}

impl Eq for Matter {}

impl fmt::Debug for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matter({:?})", self.written)
    }
}
