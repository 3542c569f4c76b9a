//! Showing a licence by a code (亮证), and redeeming it.
//!
//! 1. [`offer`]: what of a licence its holder may show.
//! 2. [`show`]: the holder chooses fields and says what for; a code of 128 random bits
//!    stands for that, for about a minute. Only its digest is stored.
//! 3. [`look`]: what anybody sees who has the code. It changes nothing, so that a
//!    preview of a link uses nothing up.
//! 4. [`redeem`]: whoever may redeems it, once, in one statement; the use is written
//!    down in the same write, for the holder to see. The answer is the state of now with
//!    the chosen fields and nothing else.
//!
//! 5. [`make_offline`]: a signed code instead, for windows that ask another register or none.
//! 6. [`show_for`]: an agent shows the licence of somebody else, within a delegation.
//!
//! `docs/adr/0028-holders-and-presentations.md` says why.

mod agent;
mod code;
mod fault;
mod look;
mod offer;
mod offline;
mod redeem;
mod taking;

pub use agent::{offer_for, show_for};
pub use code::PresentationCode;
pub use fault::{PresentationError, place};
pub use look::{Looked, look};
pub(super) use offer::not_offered;
pub use offer::{Class, Offer, Offered, offer};
pub use offline::{OfflineChoice, OfflineShown, look_at as look_at_offline, make as make_offline};
pub(super) use redeem::{Outside, redeem_outside, redeem_whole};
pub use redeem::{Redeemed, RedemptionOrder, redeem, redeem_all};
pub(in crate::flow) use taking::OTHER_MATTER;

use super::{
    access::{Holder, Purpose},
    copies,
    delegations::DelegationError,
    holders::holdings,
    issue::IssueError,
    issuer::Issuer,
    tries::{Guesser, Misses, Tries},
};
use crate::{
    random,
    store::{Store, StoreError, presentations},
};
use std::sync::{Mutex, PoisonError};
use yinxin_trust::{
    base::Moment,
    code::offline::{OfflinePolicy, Presence, Repeat, SeenProofs},
    licence::identifier::LicenceIdentifier,
};
use zeroize::Zeroizing;

/// Codes that one account may show within [`WINDOW_SECONDS`]: ten times what a screen
/// needs that renews one a minute.
const SHOWN: u32 = 50;

/// Codes that never were, or are no more, which one account, one device or one network may ask for
/// within [`WINDOW_SECONDS`]; numbers and names that lead to nothing at a window with them.
const MISSES: u32 = 50;

/// Proofs of devices that are remembered at once, some 100 octets each: those of six minutes.
const PROOFS: usize = 200_000;

/// Longest life of an offline code.
pub const MOST_OFFLINE_HOURS: u32 = 144;

/// Agents whom one account may name within [`WINDOW_SECONDS`] who are not there: nobody finds out by numbers who
/// has an account.
const NAMED: u32 = 10;

/// How long they are counted together.
const WINDOW_SECONDS: u32 = 300;

/// How long codes count, and how often they may be made and guessed. Safe to use from
/// several threads.
pub struct Presentations {
    lifetime_milliseconds: i64,
    copy_days: u32,
    offline_minutes: u16,
    shown: Tries,
    missed: Misses,
    named: Tries,
    /// Proofs of devices that were seen at windows.
    proofs: Mutex<SeenProofs>,
}

/// What a holder chose to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Names of fields.
    pub fields: Vec<String>,
    /// What for.
    pub purpose: Purpose,
}

/// A code that is shown; it is nowhere else.
#[derive(Debug)]
pub struct Shown {
    /// What the square shows: `HTTPS://HOST/S/` and the code.
    pub address: Zeroizing<String>,
    /// When it was made.
    pub made_at: Moment,
    /// The first instant at which it counts no more.
    pub expires_at: Moment,
    /// The licence, and of its fields those that were chosen.
    pub offer: Offer,
}

impl Presentations {
    /// Codes count for so many seconds, offline codes for so many hours: at most 144, so that a device is
    /// certified for no more than seven days after its holder signed in, a day ago at most.
    pub fn new(lifetime_seconds: u32, offline_hours: u32) -> Self {
        Self {
            offline_minutes: u16::try_from(offline_hours.min(MOST_OFFLINE_HOURS) * 60).unwrap_or(u16::MAX),
            lifetime_milliseconds: i64::from(lifetime_seconds) * 1000,
            copy_days: copies::MOST_DAYS,
            shown: Tries::new(SHOWN, WINDOW_SECONDS),
            missed: Misses::new(MISSES, MISSES, WINDOW_SECONDS),
            named: Tries::new(NAMED, WINDOW_SECONDS),
            proofs: Mutex::new(SeenProofs::new(PROOFS)),
        }
    }

    /// And annotated copies may be used for so many days at most.
    #[must_use]
    pub fn with_copy_days(self, days: u32) -> Self {
        Self { copy_days: days, ..self }
    }

    /// How long annotated copies may be used at most, days.
    pub const fn copy_days(&self) -> u32 {
        self.copy_days
    }

    /// Takes the proof of a device that `scanner` found at `now`, once: see [`SeenProofs::admit`].
    pub(super) fn admit_proof(
        &self,
        presence: &Presence,
        scanner: &str,
        now: Moment,
        policy: &OfflinePolicy,
    ) -> Result<(), Repeat> {
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.admit(presence, scanner, now, policy)
    }

    /// The time, where an account may show something once more.
    pub(super) fn admit_showing(&self, issuer: &Issuer, holder: &Holder) -> Result<Moment, PresentationError> {
        let now = issuer.clock.now()?;
        let full = self.shown.admit(holder.id(), now);
        full.map_err(|retry_after_seconds| PresentationError::TooMany { retry_after_seconds })?;
        Ok(now)
    }

    /// Whether an account may name an agent.
    pub(super) fn admit_naming(&self, account: &str, now: Moment) -> Result<(), DelegationError> {
        let full = self.named.check(account, now);
        full.map_err(|retry_after_seconds| DelegationError::TooManyTries { retry_after_seconds })
    }

    /// Counts an agent who is not there.
    pub(super) fn count_naming(&self, account: &str, now: Moment) {
        // over the limit or not, it is answered next time
        let _ = self.named.admit(account, now);
    }

    /// Whether somebody who asks for codes, or for licences by number and holder, may ask on.
    ///
    /// # Errors
    /// [`PresentationError::TooMany`].
    pub fn admit_guess(&self, who: &Guesser, now: Moment) -> Result<(), PresentationError> {
        let full = self.missed.check(who, now);
        full.map_err(|retry_after_seconds| PresentationError::TooMany { retry_after_seconds })
    }

    /// Counts what was asked for and is not there.
    pub fn count_miss(&self, who: &Guesser, now: Moment) {
        self.missed.count(who, now);
    }

    /// Counts a code that never was or is no more.
    fn miss(&self, who: &Guesser, now: Moment) -> PresentationError {
        self.count_miss(who, now);
        PresentationError::NotValid
    }
}

/// Makes a code for what a holder chose. Codes that were made before count on until
/// they expire: one may be under a scanner just now.
///
/// # Errors
/// [`PresentationError`]; nothing is written then.
pub fn show(
    issuer: &Issuer,
    presentations: &Presentations,
    holder: &Holder,
    identifier: &LicenceIdentifier,
    choice: &Choice,
) -> Result<Shown, PresentationError> {
    let asked = [(holder.clone(), identifier.clone(), choice.clone())];
    show_all(issuer, presentations, &asked).pop().unwrap_or(Err(PresentationError::NotHeld))
}

/// As [`show`], for several that are asked for at the same time: one write for all of them. Each has an answer of its own,
/// in their order.
pub fn show_all(
    issuer: &Issuer,
    presentations: &Presentations,
    asked: &[(Holder, LicenceIdentifier, Choice)],
) -> Vec<Result<Shown, PresentationError>> {
    let admitted = asked.iter().map(|(holder, ..)| presentations.admit_showing(issuer, holder)).collect();
    show_admitted(issuer, presentations, asked, admitted)
}

/// With the times at which they were counted: whoever may show nothing more has an error there.
fn show_admitted(
    issuer: &Issuer,
    presentations: &Presentations,
    asked: &[(Holder, LicenceIdentifier, Choice)],
    admitted: Vec<Result<Moment, PresentationError>>,
) -> Vec<Result<Shown, PresentationError>> {
    let found = issuer.store.read(|conn| {
        let wanted = asked.iter().map(|(holder, identifier, _)| (holder.code(), identifier));
        holdings::find_all(conn, issuer, &wanted.collect::<Vec<_>>())
    });
    let found = match found {
        Ok(found) => found,
        Err(error) if asked.len() < 2 => return vec![Err(error.into())],
        Err(IssueError::Store(error)) => return asked.iter().map(|_| Err(error.clone().into())).collect(),
        // a record that is wrong is one of theirs, and nothing to the others
        Err(_) => {
            let each = asked.iter().zip(admitted);
            let one = |(one, at)| show_admitted(issuer, presentations, std::slice::from_ref(one), vec![at]);
            return each.flat_map(one).collect();
        }
    };
    let chosen = asked.iter().zip(admitted).zip(found).map(|(((holder, _, choice), made_at), held)| {
        let (made_at, held) = (made_at?, held.ok_or(PresentationError::NotHeld)?);
        let offer = Offer::of(&held, made_at)?.chosen(&choice.fields)?;
        let chosen = Chosen { account: holder.id(), licence_id: held.licence.id, offer, choice, delegation_id: None };
        Made::of(issuer, presentations, made_at, chosen)
    });
    keep(issuer, chosen.collect())
}

/// What is shown, by whom.
struct Chosen<'a> {
    account: &'a str,
    licence_id: String,
    /// The chosen fields alone.
    offer: Offer,
    choice: &'a Choice,
    delegation_id: Option<String>,
}

/// A code that is made, and what is kept of it.
struct Made {
    shown: Shown,
    row: presentations::Presentation,
}

impl Made {
    fn of(
        issuer: &Issuer,
        presentations: &Presentations,
        made_at: Moment,
        chosen: Chosen<'_>,
    ) -> Result<Self, PresentationError> {
        let Chosen { account, licence_id, offer, choice, delegation_id } = chosen;
        let expires_at = made_at.unix_milliseconds().saturating_add(presentations.lifetime_milliseconds);
        let expires_at = Moment::from_unix_milliseconds(expires_at).map_err(|_| PresentationError::Calendar)?;
        let code = PresentationCode::new(random::octets()?);
        let names: Vec<&str> = offer.fields.iter().map(|field| field.name.as_str()).collect();
        let row = presentations::Presentation {
            code_hash: code.digest().0.to_vec(),
            holder_id: account.to_owned(),
            licence_id,
            fields: serde_json::to_vec(&names).map_err(|cause| IssueError::Record(cause.to_string()))?,
            purpose: choice.purpose.as_str().to_owned(),
            created_at: made_at.unix_milliseconds(),
            expires_at: expires_at.unix_milliseconds(),
            redeemed_at: None,
            scan_id: None,
            redeemer_body: None,
            redeemer_kind: None,
            redeemer_id: None,
            window_name: None,
            delegation_id,
            redeemer_name: None,
        };
        let address = code.address(&issuer.settings.code_site);
        Ok(Self { shown: Shown { address, made_at, expires_at, offer }, row })
    }
}

/// Makes a code and keeps it.
fn make(
    issuer: &Issuer,
    presentations: &Presentations,
    made_at: Moment,
    chosen: Chosen<'_>,
) -> Result<Shown, PresentationError> {
    keep(issuer, vec![Made::of(issuer, presentations, made_at, chosen)])
        .pop()
        .unwrap_or(Err(PresentationError::NotHeld))
}

/// Keeps codes in one write.
fn keep(issuer: &Issuer, made: Vec<Result<Made, PresentationError>>) -> Vec<Result<Shown, PresentationError>> {
    let rows: Vec<_> = made.iter().flatten().map(|made| made.row.clone()).collect();
    if rows.is_empty() {
        return made.into_iter().map(|one| one.map(|made| made.shown)).collect();
    }
    let written = issuer.store.add(move |conn| presentations::insert_all(conn, &rows));
    let each = made.into_iter().map(|one| {
        let made = one?;
        written.clone()?;
        Ok(made.shown)
    });
    each.collect()
}

/// Lets every code of a holder that nobody redeemed expire now.
///
/// # Errors
/// What the register says.
pub fn end(store: &Store, holder: &Holder, now: Moment) -> Result<usize, StoreError> {
    let (id, at) = (holder.id().to_owned(), now.unix_milliseconds());
    store.write(move |conn| presentations::end_of_holder(conn, &id, at))
}

/// How long a code is kept after it expired. It answers nobody any more; the hour is
/// for processes whose clocks differ.
const KEPT_MILLISECONDS: i64 = 3_600_000;

/// Most codes that one run clears away.
const CLEARED: u32 = 5000;

/// Clears away codes that expired more than an hour ago, at most 5,000; how many. What
/// was used stands in the uses, for as long as the register.
///
/// # Errors
/// What the register says.
pub fn clear(store: &Store, now: Moment) -> Result<usize, StoreError> {
    let before = now.unix_milliseconds().saturating_sub(KEPT_MILLISECONDS);
    store.write(move |conn| presentations::delete_expired_before(conn, before, CLEARED))
}

/// The names of fields as a row keeps them.
pub(super) fn names_of(stored: &[u8]) -> Result<Vec<String>, IssueError> {
    serde_json::from_slice(stored).map_err(|cause| IssueError::Record(cause.to_string()))
}
