//! The window: whatever somebody brings, and what a clerk may see of it.
//!
//! 1. A text is read (`scanned`), never opened. What a holder shows is redeemed (`presented`) or
//!    checked by its signatures (`offline`). A number comes with the holder's
//!    name, and both must be right: which of them is wrong nobody is told.
//! 2. Of a licence that this register keeps, the register is asked and the document
//!    that it keeps is verified: in force is what both say ([`shown::of_own`]).
//! 3. A file is verified by whoever received it and comes here as a report.
//! 4. The use is written to the audit, with its purpose, before anything is shown.
//!
//! The holder is masked as for everybody who has the printed code. More of a licence
//! is read where whole licences are, for a purpose of its own.

mod ends;
mod here;
mod kiosk;
mod kit;
mod noted;
mod offline;
mod own;
mod presented;
mod printed;
mod public;
mod recheck;
mod resolved;
mod scanned;
mod used;

pub(super) use ends::KeptEnds;
pub use ends::{Ended, EndedPrint, Prints};
pub use here::{Here, here};
pub use kiosk::{Pointed, point};
pub use kit::{Kit, LASTS_SECONDS as KIT_SECONDS, MostActs, kit, kit_within};
pub use noted::note;
pub use offline::OfflineSeen;
pub use own::{OwnLicence, Portrait};
pub use printed::{Paper, PaperFault, PrintSeen, day_as_written};
pub use public::{Found, look};
pub use recheck::{
    Checked, Handle, LONGEST_WAIT_SECONDS, MOST as MOST_CHECKS, NoHandle, Recheck, clerk_digest, recheck, recheck_again,
};
pub use resolved::{ElsewhereSeen, ResolvedSeen};
pub(super) use scanned::plain;
use used::LookedAt;

use super::{
    access::{Actor, Permit, Purpose, may},
    audit, copies,
    delegations::AgentShown,
    issue::IssueError,
    issuer::Issuer,
    numbered,
    presentations::{PresentationError, Presentations},
    receipts::{self, ReceiptError},
    shown::{self, Shown},
    tries::Guesser,
    trust::{Sites, VouchedKeys},
    verify::{Verified, Verifier, VerifyError},
    view::DrawnPages,
};
use crate::{random, store::Conn};
use scanned::Scanned;
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::name::HolderName,
    receipt,
    verify::{CopyFacts, CopyRefusal, DocumentKind, Report},
};

/// What a window works with.
#[derive(Clone, Copy)]
pub struct Counter<'a> {
    /// Register, keys and clock.
    pub issuer: &'a Issuer,
    /// What files, and the originals of the register, are verified by.
    pub verifier: &'a Verifier,
    /// How codes of holders are redeemed.
    pub presentations: &'a Presentations,
}

impl Counter<'_> {
    fn sites(&self, at: Moment) -> Sites {
        Sites::of(&self.issuer.settings.code_site, &self.verifier.lists_in_use(), at)
    }

    fn keys(&self, at: Moment) -> VouchedKeys {
        VouchedKeys::of(self.issuer, &self.verifier.lists_in_use(), at)
    }
}

/// What was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// The printed code of a licence.
    Code,
    /// A code that a holder shows.
    Presentation,
    /// A code that a holder shows without a network.
    Offline,
    /// A code of another locality, by the name of its operator.
    OfOthers(String),
    /// A code of a platform that is configured.
    Service(Sentence),
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

/// What a code told beside the licence.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A holder shows it.
    Presented {
        /// For what, in the holder's words.
        purpose: String,
        /// Who shows it in the holder's place.
        agent: Option<Box<AgentShown>>,
        /// The file that proves the fields elsewhere; none for a licence that was issued before there were any.
        disclosure: Option<Vec<u8>>,
    },
    /// An agent was to show it, and may not.
    Beyond(Box<AgentShown>),
    /// Where and when it was redeemed before.
    Used(Sentence),
    /// What an offline code says.
    Offline(Box<OfflineSeen>),
    /// What a printed code of another locality says, and its register of it.
    Print(Box<PrintSeen>),
    /// What a platform says of a code of its own.
    Resolved(Box<ResolvedSeen>),
    /// What a holder of another locality shows.
    Elsewhere(Box<ElsewhereSeen>),
    /// Why nobody said anything of the code.
    Unanswered(Sentence),
    /// The host is one that is vouched for, in an address that is none of its codes'.
    DressedUp,
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
    /// What the code told.
    pub told: Option<Told>,
    /// Of an annotated copy, why it is not for what the clerk does.
    pub copy_refusal: Option<CopyRefusal>,
    /// What verifying the file found; of a code or number, verifying the document that
    /// the register keeps.
    pub report: Option<Report>,
    /// The pages of a file that was brought.
    pub pages: Option<DrawnPages>,
    /// Whether a signed receipt can be made of it, under its number.
    pub has_receipt: bool,
    /// What a receipt is made of, until it is written down.
    verified: Option<Box<Verified>>,
}

impl Seen {
    fn new(shown: Shown, brought: Brought, at: Moment) -> Result<Self, IssueError> {
        let incident = hex::encode(random::octets::<8>()?);
        let (own, told, copy_refusal, report, pages, verified) = (None, None, None, None, None, None);
        Ok(Self { shown, incident, at, brought, own, told, copy_refusal, report, pages, has_receipt: false, verified })
    }

    /// With the pages of the file, of which nothing is shown where that is refused.
    #[must_use]
    pub fn with_pages(self, pages: Option<DrawnPages>) -> Self {
        Self { pages: pages.filter(|_| !self.shown.refuses_file()), ..self }
    }

    /// With what a verification found.
    fn of(self, verified: Verified) -> Self {
        Self { report: Some(verified.report.clone()), verified: Some(Box::new(verified)), ..self }
    }

    /// What an annotated copy says of itself, where that holds.
    pub fn copy(&self) -> Option<&CopyFacts> {
        let licence = self.report.as_ref()?.licence.as_ref().filter(|_| self.shown.vouched());
        licence?.copy.as_ref()
    }

    /// The number of an annotated copy.
    fn copy_number(&self) -> Option<&str> {
        self.copy()?.number.as_deref()
    }

    /// The identifier of the licence, where it is certain which one it is.
    pub fn identifier(&self) -> Option<&str> {
        let by_report = || self.report.as_ref()?.licence.as_ref()?.identifier.as_deref();
        let own = self.own.as_ref().map(|own| own.standing.identifier.as_str());
        let by_code = || match &self.told {
            Some(Told::Offline(seen)) => Some(seen.statement.licence.as_str()),
            Some(Told::Print(seen)) => seen.told.as_ref().map(|told| told.registered.identifier.as_str()),
            Some(Told::Elsewhere(seen)) => Some(seen.presented.identifier.as_str()),
            Some(
                Told::Presented { .. }
                | Told::Beyond(_)
                | Told::Used(_)
                | Told::Resolved(_)
                | Told::Unanswered(_)
                | Told::DressedUp,
            )
            | None => None,
        };
        own.or_else(by_code).or_else(|| by_report().filter(|_| self.shown.vouched()))
    }
}

/// A scanned or typed text: one thing, or the licences to which a holder agreed on another platform.
///
/// # Errors
/// What the register, a stored record, the clock or the randomness says.
pub fn scan(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    text: &str,
    purpose: &Purpose,
) -> Result<Vec<Seen>, PresentationError> {
    let at = counter.issuer.clock.now()?;
    let code = scanned::plain(text);
    let is_ours = !matches!(scanned::read(text, &counter.sites(at)), Scanned::Nothing | Scanned::Elsewhere(_));
    let Some(platform) = counter.issuer.platforms.whose(&code).filter(|_| !is_ours) else {
        return Ok(vec![scan_with(counter, permit, (text, None), purpose)?]);
    };
    let mut seen = resolved::of_platform(counter, permit, (platform, &code), purpose, at)?;
    for one in &mut seen {
        write_down(counter.issuer, permit, one, purpose)?;
    }
    Ok(seen)
}

/// The same, with what the clerk read off the paper that a code is printed on.
///
/// # Errors
/// As [`scan`].
pub fn compare(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    (text, paper): (&str, &Paper),
    purpose: &Purpose,
) -> Result<Seen, PresentationError> {
    scan_with(counter, permit, (text, Some(paper)), purpose)
}

fn scan_with(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    (text, paper): (&str, Option<&Paper>),
    purpose: &Purpose,
) -> Result<Seen, PresentationError> {
    let issuer = counter.issuer;
    let at = issuer.clock.now()?;
    let guesser = Guesser::of(permit.actor());
    counter.presentations.admit_guess(&guesser, at)?;
    let mut seen = match scanned::read(text, &counter.sites(at)) {
        Scanned::Printed(code, payload) => match printed::refused(counter, &code, payload.as_ref(), at) {
            Some(shown) => Seen::new(shown, Brought::Code, at)?,
            None => registered(counter, own::by_code(issuer, permit.body(), &code, at)?, Brought::Code, at)?,
        },
        Scanned::PrintOfOthers(locality, code, payload) => {
            printed::of_others(counter, (locality, &code, payload.as_ref()), paper, at)?
        }
        Scanned::Identifier(identifier) => {
            registered(counter, own::by_identifier(issuer, &identifier, at)?, Brought::Identifier, at)?
        }
        Scanned::Presentation(code) => presented::read(counter, permit, code, purpose, at)?,
        Scanned::Offline(payload) => offline::read(counter, permit, &payload, at)?,
        Scanned::OfOthers(operator, site, code) => {
            resolved::of_locality(counter, permit, (operator, &site, &code), purpose, at)?
        }
        Scanned::Elsewhere(host) => {
            let told = counter.sites(at).knows_host(&host).then_some(Told::DressedUp);
            Seen { told, ..Seen::new(Shown::CounterfeitSite, Brought::Site(host), at)? }
        }
        Scanned::Nothing => Seen::new(Shown::NotOurs, Brought::Other, at)?,
    };
    if seen.shown == Shown::CodeUnknown {
        counter.presentations.count_miss(&guesser, at);
    }
    write_down(issuer, permit, &mut seen, purpose)?;
    Ok(seen)
}

/// What the register keeps, verified, or that it does not know the code.
fn registered(
    counter: &Counter<'_>,
    own: Option<OwnLicence>,
    brought: Brought,
    at: Moment,
) -> Result<Seen, IssueError> {
    match own {
        Some(own) => kept(counter, own, brought, at),
        None => Seen::new(Shown::CodeUnknown, brought, at),
    }
}

/// Whether a text is a code rather than what a person would write: a scanner types
/// into whatever field there is.
///
/// # Errors
/// What the clock says.
pub fn is_scanned(counter: &Counter<'_>, text: &str) -> Result<bool, IssueError> {
    let at = counter.issuer.clock.now()?;
    Ok(is_code(counter, text, &counter.sites(at)))
}

/// The first of some texts that is a code.
///
/// # Errors
/// What the clock says.
pub fn code_among<'t>(counter: &Counter<'_>, texts: &'t [String]) -> Result<Option<&'t str>, IssueError> {
    let sites = counter.sites(counter.issuer.clock.now()?);
    Ok(texts.iter().map(String::as_str).find(|text| is_code(counter, text, &sites)))
}

fn is_code(counter: &Counter<'_>, text: &str, sites: &Sites) -> bool {
    scanned::read(text, sites) != Scanned::Nothing || counter.issuer.platforms.whose(&scanned::plain(text)).is_some()
}

/// Licences of the clerk's body with a number and a holder, both exactly as given;
/// where there is none, one answer that says so, after the same work: whichever of them is wrong, the number is looked
/// for as it was typed and as a plain keyboard would have, and the miss is written down.
///
/// # Errors
/// As [`scan`]; [`PresentationError::TooMany`] for an account or a device that found nothing too often.
pub fn look_up(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    (number, holder): (&str, &str),
    purpose: &Purpose,
) -> Result<Vec<Seen>, PresentationError> {
    let issuer = counter.issuer;
    let at = issuer.clock.now()?;
    let guesser = Guesser::of(permit.actor());
    counter.presentations.admit_guess(&guesser, at)?;
    // what no database keeps as text is no part of a number
    let number = number.trim().replace('\0', "");
    let (number, body) = (number.as_str(), permit.body());
    let holder = holder.trim().parse::<HolderName>().ok();
    let today = Day::in_beijing_at(at)?;
    let found = issuer.store.read(|conn| {
        let as_typed = numbered::find(conn, body, number, today)?;
        let plain = numbered::find(conn, body, &scanned::plain(number), today)?;
        Ok::<_, IssueError>(if as_typed.is_empty() { plain } else { as_typed })
    })?;
    let mut seen = Vec::new();
    for (licence, version) in found {
        if holder.is_some() && licence.holder_name.parse::<HolderName>().ok() == holder {
            let own = own::by_code(issuer, body, &version.code, at)?;
            let own = own.ok_or_else(|| IssueError::Record("a code".to_owned()))?;
            seen.push(kept(counter, own, Brought::Number, at)?);
        }
    }
    if seen.is_empty() {
        counter.presentations.count_miss(&guesser, at);
        let nothing = Seen::new(Shown::NoMatch, Brought::Number, at)?;
        let detail = json!({ "purpose": purpose.as_str(), "incident": nothing.incident });
        let (actor, subject) = (permit.actor().clone(), number.to_owned());
        let body = body.to_owned();
        issuer.store.write(move |conn| record(conn, (&body, &actor), "licence.not_found", &subject, &detail, at))?;
        return Ok(vec![nothing]);
    }
    for one in &mut seen {
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
    verified: Result<Verified, VerifyError>,
    purpose: &Purpose,
) -> Result<Seen, IssueError> {
    let at = issuer.clock.now()?;
    let brought = Brought::File(name);
    let verified = match verified {
        Ok(verified) => verified,
        Err(VerifyError::NotADocument | VerifyError::Copy(_)) => return Seen::new(Shown::NotOurs, brought, at),
        Err(error @ (VerifyError::Unreadable(_) | VerifyError::Clock(_) | VerifyError::Evidence(_))) => {
            return Err(IssueError::Unreadable(error.to_string()));
        }
    };
    // an annotated copy is for one use: the window says which one it has
    let (shown, copy_refusal) = copies::judged(issuer, permit.body(), &verified.report, purpose.as_str())?;
    let at_check = verified.report.checked_at;
    let seen = Seen { at: at_check, copy_refusal, ..Seen::new(shown, brought, at)? }.of(verified);
    let mut seen = with_own(issuer, permit, seen, at)?;
    write_down(issuer, permit, &mut seen, purpose)?;
    Ok(seen)
}

/// Who holds the genuine file may see what its code would tell; of a disclosure, what it shows and no more.
fn with_own(issuer: &Issuer, permit: &Permit<may::ServeAtWindow>, seen: Seen, at: Moment) -> Result<Seen, IssueError> {
    let is_disclosure = seen.report.as_ref().is_some_and(|report| report.document.kind == DocumentKind::Disclosure);
    let code = match seen.identifier().filter(|_| !is_disclosure).map(str::to_owned) {
        Some(identifier) => own::code_of(issuer, &identifier)?,
        None => None,
    };
    let own = match code {
        Some(code) => own::by_code(issuer, permit.body(), &code, at)?,
        None => None,
    };
    Ok(Seen { own, ..seen })
}

/// A licence that the register keeps, with its document verified.
fn kept(counter: &Counter<'_>, own: OwnLicence, brought: Brought, at: Moment) -> Result<Seen, IssueError> {
    let verified = own::verified(counter.issuer, counter.verifier, &own.standing.identifier, at)?;
    let shown = shown::of_own(own.standing.state, &verified.report);
    Ok(Seen { own: Some(own), ..Seen::new(shown, brought, at)? }.of(verified))
}

/// The use of a licence, where it is certain that it is one; and what may become a
/// receipt, where something was verified and receipts are signed here.
fn write_down(
    issuer: &Issuer,
    permit: &Permit<may::ServeAtWindow>,
    seen: &mut Seen,
    purpose: &Purpose,
) -> Result<(), IssueError> {
    let (what, brought) = match seen.brought {
        Brought::Code => ("code", receipt::Brought::Code),
        Brought::Presentation => ("presentation", receipt::Brought::Presentation),
        Brought::Offline => ("offline_code", receipt::Brought::OfflineCode),
        Brought::Identifier => ("identifier", receipt::Brought::Identifier),
        Brought::Number => ("number", receipt::Brought::Number),
        Brought::File(_) => ("file", receipt::Brought::File),
        Brought::OfOthers(_) => ("code_of_others", receipt::Brought::Code),
        Brought::Service(_) => ("code_of_service", receipt::Brought::Code),
        Brought::Site(_) | Brought::Other => return Ok(()),
    };
    let used = seen.identifier().map(|identifier| {
        let detail = json!({
            "what": what,
            "shown": seen.shown.code(),
            "purpose": purpose.as_str(),
            "incident": seen.incident,
        });
        (identifier.to_owned(), detail)
    });
    let occasion = receipts::Occasion {
        number: seen.incident.clone(),
        shown: seen.shown.code(),
        brought,
        purpose: purpose.clone(),
        at: seen.at,
    };
    let receipt = seen.verified.take().filter(|_| issuer.receipts.is_some()).map(|verified| (verified, occasion));
    seen.has_receipt = receipt.is_some();
    if used.is_none() && receipt.is_none() {
        return Ok(());
    }
    // who redeems a code has written it down, and copies have uses of their own
    let is_use = used.is_some() && !matches!(seen.brought, Brought::Presentation) && seen.copy_number().is_none();
    let looked = seen.own.as_ref().filter(|_| is_use).map(LookedAt::of).transpose()?;
    let (body, actor, at) = (permit.body().to_owned(), permit.actor().clone(), seen.at);
    let (copy, use_id) = (seen.copy_number().map(str::to_owned), random::id()?);
    let (said, shown) = (purpose.as_str().to_owned(), seen.shown);
    issuer.store.write(move |conn| {
        if let Some((identifier, detail)) = &used {
            audit::record(conn, Some(&body), &actor, "licence.checked", identifier, detail, at)?;
            if let Some(looked) = &looked {
                looked.note(conn, (&body, &actor), &said, at)?;
            }
            if let Some(number) = &copy {
                copies::write_down(conn, &use_id, (number, identifier), (&body, &actor), (&said, shown), at)?;
            }
        }
        if let Some((verified, occasion)) = &receipt {
            receipts::shown(conn, (&body, &actor), verified, occasion).map_err(|error| match error {
                ReceiptError::Register(error) => error,
                other => IssueError::Record(other.to_string()),
            })?;
        }
        Ok(())
    })
}

fn record(
    conn: &mut Conn,
    (body, actor): (&str, &Actor),
    action: &'static str,
    subject: &str,
    detail: &serde_json::Value,
    at: Moment,
) -> Result<(), IssueError> {
    audit::record(conn, Some(body), actor, action, subject, detail, at).map_err(IssueError::from)
}
