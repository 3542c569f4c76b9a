//! Checks that a window made without a network, made up for: how each licence stands now.
//!
//! What comes is the identifier, what was shown, and when. Of a licence that this register keeps the register is asked and
//! its original verified, as for every identifier, and the use is written down under the clerk; of others the register of
//! their locality is asked. The answer names no holder.

use super::{Brought, Counter, Seen, own, record, registered, write_down};
use crate::flow::{
    access::{Permit, Purpose, may},
    issue::IssueError,
    presentations::PresentationError,
    shown::{self, Shown},
};
use serde_json::json;
use yinxin_trust::{base::Moment, licence::identifier::LicenceIdentifier};

/// Most checks that are made up for at once.
pub const MOST: usize = 20;

/// A check that was made without a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recheck {
    /// The licence.
    pub licence: LicenceIdentifier,
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
        let own = own::by_identifier(counter.issuer, &recheck.licence, at)?;
        let shown = if own.is_some() {
            let mut seen: Seen = registered(counter, own, Brought::Identifier, at)?;
            write_down(counter.issuer, permit, &mut seen, purpose)?;
            seen.shown
        } else {
            let shown = shown::of_standing(counter.verifier.standing(&recheck.licence, at).state);
            note(counter, permit, &recheck, (shown, purpose), at)?;
            shown
        };
        checked.push(Checked { recheck, shown });
    }
    Ok(checked)
}

/// That somebody looked a licence of another locality up, as the window writes down of ours.
fn note(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    recheck: &Recheck,
    (shown, purpose): (Shown, &Purpose),
    at: Moment,
) -> Result<(), IssueError> {
    let (body, actor, subject) = (permit.body().to_owned(), permit.actor().clone(), recheck.licence.to_string());
    let detail = json!({ "what": "recheck", "shown": shown.code(), "purpose": purpose.as_str() });
    counter.issuer.store.write(move |conn| record(conn, (&body, &actor), "licence.checked", &subject, &detail, at))
}
