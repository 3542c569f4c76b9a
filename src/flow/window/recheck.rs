//! Checks that a window made without a network, made up for: how each licence stands now.
//!
//! What comes is the identifier or the printed code, what was shown, and when. Of a licence that this register keeps the
//! register is asked and its original verified, as for every identifier or code, and the use is written down under the clerk; of
//! others the register of their locality is asked. The answer names no holder.

use super::{Brought, Counter, Seen, own, printed, registered, write_down};
use crate::flow::{
    access::{Permit, Purpose, may},
    presentations::PresentationError,
    shown::{self, Shown},
    trust::Whose,
};
use std::{fmt, str::FromStr};
use yinxin_trust::{
    base::Moment,
    code::{ShortCode, Site, scanned::Scanned},
    licence::identifier::LicenceIdentifier,
};

/// Most checks that are made up for at once.
pub const MOST: usize = 20;

/// By what a licence is asked about again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handle {
    /// Its identifier.
    Licence(LicenceIdentifier),
    /// Its printed code.
    Print {
        /// Where it would be looked up.
        site: Site,
        /// The code.
        code: ShortCode,
    },
}

/// A text that is no [`Handle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an identifier nor a printed code")]
pub struct NoHandle;

impl FromStr for Handle {
    type Err = NoHandle;

    /// An identifier, or `SITE/C/CODE`.
    fn from_str(text: &str) -> Result<Self, NoHandle> {
        if let Ok(identifier) = text.parse() {
            return Ok(Self::Licence(identifier));
        }
        match Scanned::of(&format!("https://{text}")) {
            Scanned::Printed { site, code, digest: None } => Ok(Self::Print { site, code }),
            _ => Err(NoHandle),
        }
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Licence(identifier) => identifier.fmt(f),
            Self::Print { code, .. } => f.write_str(code.as_str()),
        }
    }
}

/// A check that was made without a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recheck {
    /// What was checked.
    pub handle: Handle,
    /// The state that was shown.
    pub shown: Shown,
    /// When, by the clock of the window.
    pub at: Moment,
}

/// What it comes to now.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// What was made without a network.
    pub recheck: Recheck,
    /// The state now.
    pub shown: Shown,
    /// The identifier of the licence, where it is known.
    pub licence: Option<String>,
}

/// Asks about each; no more than [`MOST`] of them.
///
/// # Errors
/// What the register, a stored record, the clock or the randomness says.
pub fn recheck(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    checks: Vec<Recheck>,
    purpose: &Purpose,
) -> Result<Vec<Checked>, PresentationError> {
    let at = counter.issuer.clock.now()?;
    let mut checked = Vec::new();
    for recheck in checks.into_iter().take(MOST) {
        let (now, licence) = match &recheck.handle {
            Handle::Licence(identifier) => (by_identifier(counter, permit, identifier, purpose, at)?, None),
            Handle::Print { site, code } => by_code(counter, permit, (site, code), purpose, at)?,
        };
        // the register says nothing of a paper that was not as it was signed
        let shown = match (recheck.shown, now) {
            (Shown::PrintDiffers, Shown::Valid) => Shown::PrintDiffers,
            (_, now) => now,
        };
        checked.push(Checked { recheck, shown, licence });
    }
    Ok(checked)
}

fn by_identifier(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    identifier: &LicenceIdentifier,
    purpose: &Purpose,
    at: Moment,
) -> Result<Shown, PresentationError> {
    let own = own::by_identifier(counter.issuer, identifier, at)?;
    if own.is_none() {
        return Ok(shown::of_standing(counter.verifier.standing(identifier, at).state));
    }
    let mut seen: Seen = registered(counter, own, Brought::Identifier, at)?;
    write_down(counter.issuer, permit, &mut seen, purpose)?;
    Ok(seen.shown)
}

fn by_code(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    (site, code): (&Site, &ShortCode),
    purpose: &Purpose,
    at: Moment,
) -> Result<(Shown, Option<String>), PresentationError> {
    let mut seen = match counter.sites(at).whose(site) {
        Some(Whose::Ours) => {
            let own = own::by_code(counter.issuer, permit.body(), code.as_str(), at)?;
            registered(counter, own, Brought::Code, at)?
        }
        Some(Whose::Of(locality)) => printed::of_others(counter, (locality, code, None), None, at)?,
        // vouched for when it was scanned, and not any more
        None => Seen::new(Shown::CounterfeitSite, Brought::Site(site.to_string()), at)?,
    };
    write_down(counter.issuer, permit, &mut seen, purpose)?;
    Ok((seen.shown, seen.identifier().map(str::to_owned)))
}
