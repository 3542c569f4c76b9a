//! Checks that no register answered, made up for: how each licence stands now.
//!
//! A window without a network checked it, or one whose network was there and the register of another locality silent. What
//! comes is the identifier or the printed code, what was shown, and when. Of a licence that this register keeps the
//! register is asked and its original verified, as for every identifier or code; of others the register of their locality
//! is asked. The audit has it as `licence.rechecked`, under the clerk who made the check, with its own time and state; there
//! is no receipt, since nobody stands at the window any more. The answer names no holder. What comes is what a browser says
//! that it checked, so that it is counted like any other question: who asks for what is not there is soon not answered.

use super::{Brought, Counter, Seen, own, printed, registered, used::LookedAt};
use crate::flow::{
    access::{Actor, Permit, Purpose, may},
    audit::{self, Event},
    issue::IssueError,
    presentations::PresentationError,
    shown::{self, Shown},
    tries::Guesser,
    trust::Whose,
};
use serde_json::json;
use std::{collections::BTreeSet, fmt, str::FromStr};
use yinxin_trust::{
    base::Moment,
    code::{ShortCode, Site, scanned::Scanned},
    licence::identifier::LicenceIdentifier,
    sm::sm3,
    verify::StandingState,
};

/// Most checks that are made up for at once.
pub const MOST: usize = 20;
/// How long a check waits at most, in seconds.
pub const LONGEST_WAIT_SECONDS: i64 = 24 * 3600;
/// How far the clock of a window may be from ours, in seconds.
const SKEW_SECONDS: i64 = 300;
/// Octets of the digest of a clerk.
const DIGEST: usize = 16;

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

impl Handle {
    /// Of what was scanned, where no register answered and the check is to be made up for.
    pub fn of(seen: &Seen, text: &str) -> Option<Self> {
        if seen.shown != Shown::ValidOffline {
            return None;
        }
        if let Some(Ok(licence)) = seen.identifier().map(str::parse) {
            return Some(Self::Licence(licence));
        }
        let plain = super::scanned::plain(text);
        [text.trim(), &plain, &format!("https://{plain}")].into_iter().find_map(|text| match Scanned::of(text) {
            Scanned::Printed { site, code, .. } => Some(Self::Print { site, code }),
            _ => None,
        })
    }

    /// As a window keeps and sends it.
    pub fn kept(&self) -> String {
        match self {
            Self::Licence(identifier) => identifier.to_string(),
            Self::Print { site, code } => format!("{site}/C/{}", code.as_str()),
        }
    }

    /// Whose register is asked: a silent one is asked once.
    fn register(&self) -> String {
        match self {
            Self::Licence(identifier) => identifier.issuer().to_owned(),
            Self::Print { site, .. } => site.to_string(),
        }
    }
}

/// A check that no register answered.
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
    /// What was made without an answer.
    pub recheck: Recheck,
    /// The state now.
    pub shown: Shown,
    /// The identifier of the licence, where it is known.
    pub licence: Option<String>,
}

impl Checked {
    /// Whether no register answered this time either, so that it goes on waiting.
    pub fn is_open(&self) -> bool {
        matches!(self.shown, Shown::StandingUnknown | Shown::CodeOfOthers | Shown::TryLater)
    }

    /// Whether a register answered that it has no such licence: what was checked was in none.
    const fn is_miss(&self) -> bool {
        matches!(self.shown, Shown::CodeUnknown | Shown::NotInForce(StandingState::NotRegistered))
    }
}

/// What a browser keeps in the place of a clerk: enough to tell one from another, and no name.
pub fn clerk_digest(actor: &Actor) -> String {
    let whole = hex::encode(sm3::digest(format!("yinxin clerk {}/{}", actor.kind, actor.id).as_bytes()));
    whole.get(..2 * DIGEST).unwrap_or(&whole).to_owned()
}

/// Asks about each, no more than [`MOST`] of them, and none that waited longer than [`LONGEST_WAIT_SECONDS`] or is of a time to
/// come. Each is written down, those too that nobody answered: that they were made is known from now on.
/// Once too much was asked for that is not there, the rest is left out of the answer, and goes on waiting.
///
/// # Errors
/// What the register, a stored record, the clock or the randomness says; [`PresentationError::TooMany`] as for codes.
pub fn recheck(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    checks: Vec<Recheck>,
    purpose: &Purpose,
) -> Result<Vec<Checked>, PresentationError> {
    asked(counter, permit, checks, purpose, |_| true)
}

/// The same for checks that are written down already: what nobody answers is not written down again.
///
/// # Errors
/// As [`recheck`].
pub fn recheck_again(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    checks: Vec<Recheck>,
    purpose: &Purpose,
) -> Result<Vec<Checked>, PresentationError> {
    asked(counter, permit, checks, purpose, |checked| !checked.is_open())
}

fn asked(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    checks: Vec<Recheck>,
    purpose: &Purpose,
    is_written: impl Fn(&Checked) -> bool,
) -> Result<Vec<Checked>, PresentationError> {
    let issuer = counter.issuer;
    let at = issuer.clock.now()?;
    let guesser = Guesser::of(permit.actor());
    let mut silent = BTreeSet::new();
    let (mut checked, mut looked) = (Vec::new(), Vec::new());
    for recheck in checks.into_iter().filter(|one| waits(one, at)).take(MOST) {
        if let Err(full) = counter.presentations.admit_guess(&guesser, at) {
            if checked.is_empty() {
                return Err(full);
            }
            break;
        }
        let register = recheck.handle.register();
        let seen = match &recheck.handle {
            _ if silent.contains(&register) => None,
            Handle::Licence(identifier) => by_identifier(counter, identifier, at)?,
            Handle::Print { site, code } => Some(by_code(counter, permit, (site, code), at)?),
        };
        let now = match (&seen, &recheck.handle) {
            (Some(seen), _) => seen.shown,
            (None, Handle::Licence(identifier)) if !silent.contains(&register) => {
                shown::of_standing(counter.verifier.standing(identifier, at).state)
            }
            (None, _) => Shown::StandingUnknown,
        };
        let licence = match &recheck.handle {
            Handle::Licence(identifier) => Some(identifier.to_string()),
            Handle::Print { .. } => seen.as_ref().and_then(Seen::identifier).map(str::to_owned),
        };
        // the register says nothing of a paper that was not as it was signed
        let shown = match (recheck.shown, now) {
            (Shown::PrintDiffers, Shown::Valid) => Shown::PrintDiffers,
            (_, now) => now,
        };
        let one = Checked { recheck, shown, licence };
        if one.is_open() {
            silent.insert(register);
        }
        if one.is_miss() {
            counter.presentations.count_miss(&guesser, at);
        }
        if let Some(own) = seen.as_ref().and_then(|seen| seen.own.as_ref()).filter(|_| is_written(&one)) {
            looked.push((LookedAt::before(own)?, one.recheck.at));
        }
        checked.push(one);
    }
    let events: Vec<Event> =
        checked.iter().filter(|one| is_written(one)).filter_map(|one| event(one, permit, purpose, at)).collect();
    if !events.is_empty() {
        let (body, actor, purpose) = (permit.body().to_owned(), permit.actor().clone(), purpose.clone());
        issuer.store.write(move |conn| {
            // as of when the clerk looked
            for (one, at) in &looked {
                one.note(conn, (&body, &actor), purpose.as_str(), *at)?;
            }
            Ok::<_, IssueError>(audit::record_all(conn, &events)?)
        })?;
    }
    Ok(checked)
}

/// What waited too long is dropped, and nobody asks about it.
fn waits(recheck: &Recheck, now: Moment) -> bool {
    let age = now.unix_seconds() - recheck.at.unix_seconds();
    (-SKEW_SECONDS..=LONGEST_WAIT_SECONDS + SKEW_SECONDS).contains(&age)
}

/// Under the licence, where it is certain which one it is; the time of the check is in it.
fn event(checked: &Checked, permit: &Permit<may::ServeAtWindow>, purpose: &Purpose, now: Moment) -> Option<Event> {
    let Checked { recheck, shown, licence } = checked;
    let identifier = match &recheck.handle {
        Handle::Licence(identifier) => identifier.as_str(),
        Handle::Print { .. } => licence.as_deref()?,
    };
    let detail = json!({
        "what": if matches!(recheck.handle, Handle::Licence(_)) { "identifier" } else { "code" },
        "shown": shown.code(),
        "purpose": purpose.as_str(),
        "offline": { "at": recheck.at, "shown": recheck.shown.code() },
    });
    Some(audit::event(Some(permit.body()), permit.actor(), "licence.rechecked", identifier, &detail, now))
}

/// None where the register of another locality is asked.
fn by_identifier(
    counter: &Counter<'_>,
    identifier: &LicenceIdentifier,
    at: Moment,
) -> Result<Option<Seen>, PresentationError> {
    let own = own::by_identifier(counter.issuer, identifier, at)?;
    Ok(if own.is_some() { Some(registered(counter, own, Brought::Identifier, at)?) } else { None })
}

fn by_code(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    (site, code): (&Site, &ShortCode),
    at: Moment,
) -> Result<Seen, PresentationError> {
    Ok(match counter.sites(at).whose(site) {
        Some(Whose::Ours) => {
            let own = own::by_code(counter.issuer, permit.body(), code.as_str(), at)?;
            registered(counter, own, Brought::Code, at)?
        }
        Some(Whose::Of(locality)) => printed::of_others(counter, (locality, code, None), None, at)?,
        // vouched for when it was scanned, and not any more
        None => Seen::new(Shown::CounterfeitSite, Brought::Site(site.to_string()), at)?,
    })
}
