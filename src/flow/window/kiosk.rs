//! A kiosk: what somebody brings is pointed to the page that anybody may see of it. Nothing is redeemed and nothing is
//! written down.

use super::{
    Counter,
    scanned::{self, Scanned},
};
use crate::clock::ClockError;

/// Where a text leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pointed {
    /// The printed code of a licence of this installation.
    Printed(String),
    /// A code that a holder of this installation shows.
    Shown(String),
    /// A host that nobody vouches for.
    Elsewhere(String),
    /// A code that a kiosk does not read, or none.
    Other,
}

/// Reads a text as the window does; its address is never opened.
///
/// # Errors
/// [`ClockError`] where the clock shows no time.
pub fn point(counter: &Counter<'_>, text: &str) -> Result<Pointed, ClockError> {
    let at = counter.issuer.clock.now()?;
    Ok(match scanned::read(text, &counter.sites(at)) {
        Scanned::Printed(code, _) => Pointed::Printed(code),
        Scanned::Presentation(code) => Pointed::Shown(code),
        Scanned::Elsewhere(host) => Pointed::Elsewhere(host),
        _ => Pointed::Other,
    })
}
