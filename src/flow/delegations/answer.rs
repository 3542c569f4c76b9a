//! Accepting and ending.

use super::{
    DelegationError, party_of,
    rows::{Mandated, by_agent},
};
use crate::{
    flow::{
        access::{Actor, Holder},
        audit,
        issuer::Issuer,
    },
    store::{Conn, delegations},
};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment},
    delegation::{By, Party, Settler, Step},
};

/// The agent accepts or declines.
///
/// # Errors
/// [`DelegationError::NotFound`] also for one that is not theirs to accept; [`DelegationError::Refusal`].
pub fn answer(issuer: &Issuer, agent: &Holder, id: &str, accepts: bool) -> Result<(), DelegationError> {
    let now = issuer.clock.now()?;
    let (agent, id) = (agent.clone(), id.to_owned());
    issuer.store.write(move |conn| {
        let found = by_agent(conn, &agent, &id)?
            .filter(|found| found.value.basis().settler() == Settler::Agent)
            .ok_or(DelegationError::NotFound)?;
        settle(conn, found, &agent.actor(), accepts, now)
    })
}

/// Principal or agent ends it, at once: codes that were made by it are redeemed by nobody any more.
///
/// # Errors
/// [`DelegationError::NotFound`], [`DelegationError::Refusal`].
pub fn end(issuer: &Issuer, holder: &Holder, id: &str) -> Result<(), DelegationError> {
    let now = issuer.clock.now()?;
    let (holder, id) = (holder.clone(), id.to_owned());
    issuer.store.write(move |conn| {
        let found = Mandated::find(conn, &id)?.ok_or(DelegationError::NotFound)?;
        let today = Day::in_beijing_at(now)?;
        let party = party_of(conn, &found.row, &holder, today)?.ok_or(DelegationError::NotFound)?;
        finish(conn, found, &holder.actor(), party, now)
    })
}

/// Writes down that somebody agreed or not, in a write that has found it.
pub(super) fn settle(
    conn: &mut Conn,
    mut found: Mandated,
    actor: &Actor,
    agrees: bool,
    now: Moment,
) -> Result<(), DelegationError> {
    found.value.settle(step(actor, now), agrees, Day::in_beijing_at(now)?)?;
    let (row, at) = (&found.row, now.unix_milliseconds());
    let doer = (actor.kind.as_str(), actor.id.as_str());
    let done = match found.value.ended() {
        None => delegations::settle(conn, &row.id, doer, at)?,
        Some((ending, _)) => delegations::end(conn, &row.id, ending.as_str(), doer, at)?,
    };
    written(done)?;
    let detail = json!({ "agrees": agrees });
    Ok(audit::record(conn, row.body_id.as_deref(), actor, "delegation.answered", &row.id, &detail, now)?)
}

/// Writes down that a party ended it, in a write that has found it.
pub(super) fn finish(
    conn: &mut Conn,
    mut found: Mandated,
    actor: &Actor,
    party: Party,
    now: Moment,
) -> Result<(), DelegationError> {
    found.value.end(step(actor, now), party, Day::in_beijing_at(now)?)?;
    let (row, at) = (&found.row, now.unix_milliseconds());
    let ending = found.value.ended().map(|(ending, _)| ending.as_str()).unwrap_or_default();
    written(delegations::end(conn, &row.id, ending, (actor.kind.as_str(), &actor.id), at)?)?;
    let detail = json!({ "ending": ending });
    Ok(audit::record(conn, row.body_id.as_deref(), actor, "delegation.ended", &row.id, &detail, now)?)
}

/// The row was read in the same write, so that it is still as it was.
fn written(done: bool) -> Result<(), DelegationError> {
    if done { Ok(()) } else { Err(DelegationError::NotFound) }
}

pub(super) fn step(actor: &Actor, at: Moment) -> Step {
    Step { by: By { kind: actor.kind.as_str().into(), id: actor.id.as_str().into() }, at }
}
