//! What anybody looks up without a file: a code, or a number with its holder. Nothing is redeemed and nothing is
//! written down, and of a licence nothing is told but what its printed code tells.

use super::{
    Counter, Shown,
    scanned::{self, Scanned},
};
use crate::flow::{
    issue::IssueError,
    issuer::Issuer,
    presentations,
    register::ByCode,
    standing::{self, PublicStanding, StandingError},
};
use yinxin_trust::code::ShortCode;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// The printed code of a licence of this installation: its own page tells.
    Printed(String),
    /// A code that a holder of this installation shows: its own page tells.
    Presented(String),
    /// How licences stand, at least one; and of one that was replaced, what this register has in its place.
    Licences(Vec<(PublicStanding, Option<String>)>),
    /// What a code is that tells of no licence.
    Told(Shown),
    /// A code of the locality of this operator, which its own site alone may tell of.
    OfOthers(String),
    /// An address on this host that is none of a code; and whether the host is one that somebody vouches for.
    Elsewhere(String, bool),
    /// No code, and no holder was given to a number.
    HolderWanted,
    /// Number and holder are not both those of a licence.
    NoMatch,
}

/// A text, and the holder's name where it is a number. Its address is never opened.
///
/// # Errors
/// [`StandingError`]: what the register, a stored record or the clock says, and
/// [`StandingError::NotRegistered`] of an identifier that nobody has.
pub fn look(counter: &Counter<'_>, text: &str, holder: &str) -> Result<Found, StandingError> {
    let issuer = counter.issuer;
    let at = issuer.clock.now().map_err(IssueError::from)?;
    let sites = counter.sites(at);
    Ok(match scanned::read(text, &sites) {
        Scanned::Printed(code, _) => Found::Printed(code),
        Scanned::Presentation(code) => Found::Presented(code),
        Scanned::Offline(payload) => match presentations::look_at_offline(issuer, payload.as_str())? {
            Ok(standing) => Found::Licences(vec![leading(issuer, standing)?]),
            Err(shown) => Found::Told(shown),
        },
        Scanned::Identifier(identifier) => {
            Found::Licences(vec![leading(issuer, standing::by_identifier(issuer, &identifier, Some(at))?)?])
        }
        Scanned::PrintOfOthers(locality, code, _) => of_others(counter, &locality, &code),
        Scanned::OfOthers(locality, _, _) => Found::OfOthers(locality),
        Scanned::Elsewhere(host) => {
            let is_known = sites.knows_host(&host);
            Found::Elsewhere(host, is_known)
        }
        Scanned::Nothing if holder.trim().is_empty() => Found::HolderWanted,
        Scanned::Nothing => match standing::by_number(issuer, text, holder) {
            Ok(found) => Found::Licences(found.into_iter().map(|one| leading(issuer, one)).collect::<Result<_, _>>()?),
            Err(StandingError::NotRegistered | StandingError::NotCompetent) => Found::NoMatch,
            Err(error) => return Err(error),
        },
    })
}

fn leading(issuer: &Issuer, standing: PublicStanding) -> Result<(PublicStanding, Option<String>), IssueError> {
    let newer = standing::newer(issuer, &standing)?;
    Ok((standing, newer))
}

/// The register of that locality is asked, as about a file of its own.
fn of_others(counter: &Counter<'_>, locality: &str, code: &ShortCode) -> Found {
    let Some(ByCode { registered, type_name, issuing_body, fields }) = counter.verifier.by_code(locality, code) else {
        return Found::Told(Shown::CodeOfOthers);
    };
    let identifier = &registered.identifier;
    let standing = PublicStanding {
        type_name,
        type_code: identifier.type_code().as_str().to_owned(),
        issuing_body,
        issuing_body_code: identifier.issuer().to_owned(),
        taken_over_by: Vec::new(),
        state: standing::word(registered.state),
        state_name: registered.state.chinese(),
        since: registered.since,
        until: registered.until,
        version: registered.version,
        as_of: registered.as_of,
        source: registered.source,
        fields: Some(fields),
        document_sm3: registered.document_sm3.map(hex::encode).unwrap_or_default(),
        identifier: identifier.to_string(),
    };
    Found::Licences(vec![(standing, None)])
}
