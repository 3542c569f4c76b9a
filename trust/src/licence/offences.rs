//! Several offences at once: whoever corrects an application wants all of them.

use core::{error::Error, fmt};

/// What is wrong with one input, every offence by its own name; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offences<T>(Vec<T>);

impl<T> Offences<T> {
    /// `Ok` where nothing was found.
    ///
    /// # Errors
    /// All that were found.
    pub fn none_or_all(found: Vec<T>) -> Result<(), Self> {
        if found.is_empty() { Ok(()) } else { Err(Self(found)) }
    }

    /// Every offence, in the order of the input.
    pub fn all(&self) -> &[T] {
        &self.0
    }
}

impl<T> From<T> for Offences<T> {
    fn from(single: T) -> Self {
        Self(vec![single])
    }
}

impl<T: fmt::Display> fmt::Display for Offences<T> {
    /// Joined by semicolons.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, offence) in self.0.iter().enumerate() {
            write!(f, "{}{offence}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl<T: fmt::Display + fmt::Debug> Error for Offences<T> {}
