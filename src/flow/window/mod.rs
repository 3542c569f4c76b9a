//! The window: whatever somebody brings, and what a clerk may see of it.
//!
//! 1. A text is read (`scanned`), never opened. A number comes with the holder's
//!    name, and both must be right: which of them is wrong nobody is told.
//! 2. Of a licence that this register keeps, the register is asked and the document
//!    that it keeps is verified: in force is what both say ([`shown::of_own`]).
//! 3. A file is verified by whoever received it and comes here as a report.
//! 4. The use is written to the audit, with its purpose, before anything is shown.
//!
//! The holder is masked as for everybody who has the printed code. More of a licence
//! is read where whole licences are, for a purpose of its own.

mod own;
mod scanned;

pub use own::OwnLicence;
pub use scanned::LONGEST;

use super::{
    access::{Permit, Purpose, may},
    audit,
    issue::IssueError,
    issuer::Issuer,
    numbered,
    shown::{self, Shown},
    verify::{Verifier, VerifyError},
};
use crate::random;
use scanned::{Known, Scanned};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment},
    licence::name::HolderName,
    verify::Report,
};

/// What was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// The printed code of a licence.
    Code,
    /// An electronic licence identifier.
    Identifier,
    /// A number with the name of a holder.
    Number,
    /// A file; the name that it came with proves nothing.
    File(Option<String>),
    /// An address on this host, which nobody vouches for.
    Site(String),
    /// Something else.
    Other,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The state.
    pub shown: Shown,
    /// The number under which it can be reported and found in the audit, 16 hexadecimal digits.
    pub incident: String,
    /// As of when.
    pub at: Moment,
    /// What was brought.
    pub brought: Brought,
    /// The licence, where this register keeps it.
    pub own: Option<OwnLicence>,
    /// What verifying the file found; of a code or number, verifying the document that
    /// the register keeps.
    pub report: Option<Report>,
}

impl Seen {
    fn new(shown: Shown, brought: Brought, at: Moment) -> Result<Self, IssueError> {
        let incident = hex::encode(random::octets::<8>()?);
        Ok(Self { shown, incident, at, brought, own: None, report: None })
    }

    /// The identifier of the licence, where it is certain which one it is.
    pub fn identifier(&self) -> Option<&str> {
        let by_report = || self.report.as_ref()?.licence.as_ref()?.identifier.as_deref();
        let own = self.own.as_ref().map(|own| own.standing.identifier.as_str());
        own.or_else(|| by_report().filter(|_| self.shown.vouched()))
    }
}

/// A scanned or typed text.
///
/// # Errors
/// What the register, a stored record, the clock or the randomness says.
pub fn scan(
    issuer: &Issuer,
    verifier: &Verifier,
    permit: &Permit<may::ServeAtWindow>,
    text: &str,
    purpose: &Purpose,
) -> Result<Seen, IssueError> {
    let at = issuer.clock.now()?;
    let known = Known { code_prefix: &issuer.settings.code_prefix };
    let (own, brought) = match scanned::read(text, &known) {
        Scanned::Printed(code) => (own::by_code(issuer, permit.body(), &code, at)?, Brought::Code),
        Scanned::Identifier(identifier) => (own::by_identifier(issuer, &identifier, at)?, Brought::Identifier),
        Scanned::Elsewhere(host) => return Seen::new(Shown::CounterfeitSite, Brought::Site(host), at),
        Scanned::OtherPage | Scanned::Nothing => return Seen::new(Shown::NotOurs, Brought::Other, at),
    };
    let seen = match own {
        Some(own) => kept(issuer, verifier, own, brought, at)?,
        None => Seen::new(Shown::CodeUnknown, brought, at)?,
    };
    write_down(issuer, permit, &seen, purpose)?;
    Ok(seen)
}

/// Whether a text is a code rather than what a person would write: a scanner types
/// into whatever field there is.
pub fn is_scanned(issuer: &Issuer, text: &str) -> bool {
    scanned::read(text, &Known { code_prefix: &issuer.settings.code_prefix }) != Scanned::Nothing
}

/// Licences of the clerk's body with a number and a holder, both exactly as given;
/// where there is none, one answer that says so.
///
/// # Errors
/// As [`scan`].
pub fn look_up(
    issuer: &Issuer,
    verifier: &Verifier,
    permit: &Permit<may::ServeAtWindow>,
    (number, holder): (&str, &str),
    purpose: &Purpose,
) -> Result<Vec<Seen>, IssueError> {
    let at = issuer.clock.now()?;
    let (number, body) = (number.trim(), permit.body());
    let holder = holder.trim().parse::<HolderName>().ok();
    let today = Day::in_beijing_at(at)?;
    let found = issuer.store.read(|conn| {
        let as_typed = numbered::find(conn, body, number, today)?;
        if as_typed.is_empty() { numbered::find(conn, body, &scanned::plain(number), today) } else { Ok(as_typed) }
    })?;
    let mut seen = Vec::new();
    for (licence, version) in found {
        if holder.is_some() && licence.holder_name.parse::<HolderName>().ok() == holder {
            let own = own::by_code(issuer, body, &version.code, at)?;
            let own = own.ok_or_else(|| IssueError::Record("a code".to_owned()))?;
            seen.push(kept(issuer, verifier, own, Brought::Number, at)?);
        }
    }
    if seen.is_empty() {
        let nothing = Seen::new(Shown::NoMatch, Brought::Number, at)?;
        let detail = json!({ "purpose": purpose.as_str(), "incident": nothing.incident });
        record(issuer, permit, "licence.not_found", number, detail, at)?;
        return Ok(vec![nothing]);
    }
    for one in &seen {
        write_down(issuer, permit, one, purpose)?;
    }
    Ok(seen)
}

/// A file, by what its verification came to.
///
/// # Errors
/// As [`scan`].
pub fn file(
    issuer: &Issuer,
    permit: &Permit<may::ServeAtWindow>,
    name: Option<String>,
    verified: Result<Report, VerifyError>,
    purpose: &Purpose,
) -> Result<Seen, IssueError> {
    let at = issuer.clock.now()?;
    let brought = Brought::File(name);
    let report = match verified {
        Ok(report) => report,
        Err(VerifyError::NotADocument | VerifyError::Copy(_)) => return Seen::new(Shown::NotOurs, brought, at),
        Err(error @ (VerifyError::Unreadable(_) | VerifyError::Clock(_))) => {
            return Err(IssueError::Unreadable(error.to_string()));
        }
    };
    let mut seen = Seen { at: report.checked_at, ..Seen::new(shown::state(&report), brought, at)? };
    seen.report = Some(report);
    // who holds the genuine file may see what its code would tell
    let code = match seen.identifier().map(str::to_owned) {
        Some(identifier) => own::code_of(issuer, &identifier)?,
        None => None,
    };
    if let Some(code) = code {
        seen.own = own::by_code(issuer, permit.body(), &code, at)?;
    }
    write_down(issuer, permit, &seen, purpose)?;
    Ok(seen)
}

/// A licence that the register keeps, with its document verified.
fn kept(
    issuer: &Issuer,
    verifier: &Verifier,
    own: OwnLicence,
    brought: Brought,
    at: Moment,
) -> Result<Seen, IssueError> {
    let report = own::verified(issuer, verifier, &own.standing.identifier, at)?;
    let shown = shown::of_own(own.standing.state, &report);
    Ok(Seen { own: Some(own), report: Some(report), ..Seen::new(shown, brought, at)? })
}

/// The use of a licence; nothing where it is not certain that it is one.
fn write_down(
    issuer: &Issuer,
    permit: &Permit<may::ServeAtWindow>,
    seen: &Seen,
    purpose: &Purpose,
) -> Result<(), IssueError> {
    let Some(identifier) = seen.identifier() else { return Ok(()) };
    let what = match seen.brought {
        Brought::Code => "code",
        Brought::Identifier => "identifier",
        Brought::Number => "number",
        Brought::File(_) => "file",
        Brought::Site(_) | Brought::Other => return Ok(()),
    };
    let detail = json!({
        "what": what,
        "shown": seen.shown.code(),
        "purpose": purpose.as_str(),
        "incident": seen.incident,
    });
    record(issuer, permit, "licence.checked", identifier, detail, seen.at)
}

fn record(
    issuer: &Issuer,
    permit: &Permit<may::ServeAtWindow>,
    action: &'static str,
    subject: &str,
    detail: serde_json::Value,
    at: Moment,
) -> Result<(), IssueError> {
    let (body, actor, subject) = (permit.body().to_owned(), permit.actor().clone(), subject.to_owned());
    issuer.store.write(move |conn| {
        audit::record(conn, Some(&body), &actor, action, &subject, &detail, at).map_err(IssueError::from)
    })
}
