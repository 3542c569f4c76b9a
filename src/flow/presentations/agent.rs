//! An agent shows the licence of somebody else (代办出示): within the delegation, and no further.

use super::{Choice, Chosen, Offer, PresentationError, Presentations, Shown, make};
use crate::flow::{
    access::Holder,
    delegations::{Mandated, by_agent, reaches},
    holders::holdings::{self, Held},
    issuer::Issuer,
};
use crate::store::Conn;
use yinxin_trust::{
    base::{Day, Moment},
    delegation::{Beyond, State},
    licence::identifier::LicenceIdentifier,
};

/// What an agent may show of a licence by a delegation, and for which matter; none where every matter is covered.
///
/// # Errors
/// [`PresentationError::NotHeld`] also for delegations of others and licences that are not covered;
/// [`PresentationError::Beyond`] for one that does not work today.
pub fn offer_for(
    issuer: &Issuer,
    agent: &Holder,
    delegation: &str,
    identifier: &LicenceIdentifier,
) -> Result<(Offer, Option<String>), PresentationError> {
    let now = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let (mandated, held) = found(conn, issuer, agent, delegation, identifier, now)?;
        let mut offer = Offer::of(&held, now)?;
        let scope = mandated.value.scope();
        offer.fields.retain(|field| scope.covers_field(&held.licence.id, &field.name));
        Ok((offer, mandated.row.matter))
    })
}

/// Makes a code for what an agent chose within a delegation.
///
/// # Errors
/// [`PresentationError`]; nothing is written then.
pub fn show_for(
    issuer: &Issuer,
    presentations: &Presentations,
    agent: &Holder,
    delegation: &str,
    identifier: &LicenceIdentifier,
    choice: &Choice,
) -> Result<Shown, PresentationError> {
    let made_at = presentations.admit_showing(issuer, agent)?;
    let (licence_id, offer) = issuer.store.read(|conn| {
        let (mandated, held) = found(conn, issuer, agent, delegation, identifier, made_at)?;
        let offer = Offer::of(&held, made_at)?.chosen(&choice.fields)?;
        let names = offer.fields.iter().map(|field| field.name.as_str());
        let (purpose, today) = (choice.purpose.as_str(), Day::in_beijing_at(made_at)?);
        mandated.value.permits(&held.licence.id, names, purpose, today)?;
        Ok::<_, PresentationError>((held.licence.id, offer))
    })?;
    let delegation_id = Some(delegation.to_owned());
    make(issuer, presentations, made_at, Chosen { account: agent.id(), licence_id, offer, choice, delegation_id })
}

/// A delegation that works, and a licence that it covers and that the principal still holds.
fn found(
    conn: &mut Conn,
    issuer: &Issuer,
    agent: &Holder,
    delegation: &str,
    identifier: &LicenceIdentifier,
    now: Moment,
) -> Result<(Mandated, Held), PresentationError> {
    let mandated = by_agent(conn, agent, delegation)?.ok_or(PresentationError::NotHeld)?;
    let today = Day::in_beijing_at(now)?;
    let state = mandated.value.state(today);
    if state != State::InForce {
        return Err(Beyond::NotInForce(state).into());
    }
    let held = holdings::find(conn, issuer, mandated.principal(), identifier)?;
    let held = held.filter(|held| mandated.value.scope().covers_licence(&held.licence.id));
    let held = held.ok_or(PresentationError::NotHeld)?;
    if !reaches(conn, &mandated, &held.licence.body_id, today)? {
        return Err(PresentationError::NotHeld);
    }
    Ok((mandated, held))
}
