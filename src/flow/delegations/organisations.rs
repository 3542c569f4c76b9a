//! Organisations (单位): the account of an organisation is kept by its legal representative, who appoints
//! administrators; they appoint those who show its licences. An administrator shows nothing themselves, appoints
//! nobody else to be one, and is a person with an account of their own. `docs/adr/0051-organisations.md` says why.

use super::{
    DelegationCard, DelegationError, MOST,
    answer::{finish, step},
    give::{Whose, insert_given, named, row_of},
    rows::{Mandated, by_agent},
    seen::Licences,
    value_of,
};
use crate::{
    flow::{access::Holder, audit, issue::IssueError, issuer::Issuer, presentations::Presentations},
    store::{Conn, delegations, delegations::Delegation as Row},
};
use serde_json::json;
use yinxin_trust::{
    base::Day,
    delegation::{Basis, Delegation, DelegationRefusal, Party, Scope, State},
    licence::metadata::HolderCodeType,
};

/// Somebody who is to be an administrator.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAdministrator {
    /// What they are called, exactly as their account has it.
    pub name: String,
    /// Number of their document.
    pub code: String,
    /// Last day.
    pub last: Day,
}

/// The account of an organisation appoints an administrator, who has to accept.
///
/// # Errors
/// [`DelegationError`]; nothing is written then.
pub fn appoint(
    issuer: &Issuer,
    presentations: &Presentations,
    organisation: &Holder,
    new: &NewAdministrator,
) -> Result<String, DelegationError> {
    let now = issuer.clock.now()?;
    let today = Day::in_beijing_at(now)?;
    if !organisation.is_organisation() {
        return Err(DelegationError::NotAnOrganisation);
    }
    presentations.admit_naming(organisation.id(), now)?;
    let agent = issuer.store.read(|conn| named(conn, &new.code, &new.name))?;
    let Some(agent) = agent else {
        presentations.count_naming(organisation.id(), now);
        return Err(DelegationError::NoAgent);
    };
    if HolderCodeType::of_code(&agent.code_kind).is_none_or(HolderCodeType::is_organisation) {
        return Err(DelegationError::NotNatural);
    }
    let actor = organisation.actor();
    let value = Delegation::open(Basis::Administrator, Scope::Appointing, (today, new.last), step(&actor, now), today)?;
    let (kind, code) = organisation.code();
    let row = row_of(&value, Whose { kind, code, name: organisation.name() }, &agent.id, None)?;
    insert_given(issuer, row, actor, now)
}

/// The appointment by which somebody is an administrator today.
pub(super) fn administered(
    conn: &mut Conn,
    holder: &Holder,
    id: &str,
    today: Day,
) -> Result<Mandated, DelegationError> {
    let found = by_agent(conn, holder, id)?;
    let works =
        |found: &Mandated| found.value.basis() == Basis::Administrator && found.value.state(today) == State::InForce;
    found.filter(works).ok_or(DelegationError::NotFound)
}

/// Whether somebody is an administrator of whose licences a delegation is, today.
pub(super) fn administers(conn: &mut Conn, row: &Row, holder: &Holder, today: Day) -> Result<bool, IssueError> {
    if row.basis != Basis::Organisation.as_str() {
        return Ok(false);
    }
    let all = delegations::running_between(conn, (&row.principal_kind, &row.principal_code), holder.id())?;
    for one in &all {
        let value = value_of(one)?;
        if value.basis() == Basis::Administrator && value.state(today) == State::InForce {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who shows licences of an organisation, for its administrator, by the id of the appointment.
///
/// # Errors
/// [`DelegationError::NotFound`] for one that does not work today.
pub fn staff(issuer: &Issuer, administrator: &Holder, id: &str) -> Result<Vec<DelegationCard>, DelegationError> {
    let now = issuer.clock.now()?;
    let today = Day::in_beijing_at(now)?;
    issuer.store.read(|conn| {
        let appointment = administered(conn, administrator, id, today)?;
        let (kind, code) = appointment.principal();
        let mut licences = Licences::default();
        let mut cards = Vec::new();
        for (row, agent) in delegations::of_principal(conn, kind, code, MOST)? {
            let found = Mandated { value: value_of(&row)?, row, agent };
            if found.value.basis() == Basis::Organisation {
                cards.push(licences.card(conn, issuer, &found, Party::Principal, now)?);
            }
        }
        cards.sort_by_key(|card| matches!(card.state, State::Ended(_)));
        Ok(cards)
    })
}

/// Somebody has left the organisation (离职): everything by which they act for it ends at once, an appointment as
/// administrator too. For the organisation's account, for administrators where the one who left is none, and for
/// the one who leaves. What they gave others in its name stays the organisation's. How many ended.
///
/// # Errors
/// [`DelegationError::NotFound`]; [`DelegationError::Refusal`] for an administrator who would end another.
pub fn leave(issuer: &Issuer, holder: &Holder, id: &str) -> Result<usize, DelegationError> {
    let now = issuer.clock.now()?;
    let today = Day::in_beijing_at(now)?;
    let (holder, id) = (holder.clone(), id.to_owned());
    issuer.store.write(move |conn| {
        let found = Mandated::find(conn, &id)?.ok_or(DelegationError::NotFound)?;
        let party = super::party_of(conn, &found.row, &holder, today)?.ok_or(DelegationError::NotFound)?;
        if !matches!(found.value.basis(), Basis::Organisation | Basis::Administrator) {
            return Err(DelegationError::NotFound);
        }
        let rows = delegations::running_between(conn, found.principal(), &found.row.agent_id)?;
        let mut ended = 0;
        for row in rows {
            let one = Mandated { value: value_of(&row)?, row, agent: found.agent.clone() };
            if let State::Ended(_) = one.value.state(today) {
                continue;
            }
            if !matches!(one.value.basis(), Basis::Organisation | Basis::Administrator) {
                continue;
            }
            if party == Party::Principal && super::party_of(conn, &one.row, &holder, today)? != Some(Party::Principal) {
                return Err(DelegationRefusal::NotTheirs.into());
            }
            finish(conn, one, &holder.actor(), party, now)?;
            ended += 1;
        }
        let detail = json!({ "ended": ended, "agent": found.row.agent_id });
        audit::record(conn, None, &holder.actor(), "delegation.left", &id, &detail, now)?;
        Ok(ended)
    })
}

impl std::fmt::Debug for NewAdministrator {
    /// Without name and number, which are somebody's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAdministrator").field("last", &self.last).finish_non_exhaustive()
    }
}
