//! Giving a delegation online.

use super::{DelegationError, MOST, answer::step, organisations::administered, rows::stored_scope};
use crate::{
    flow::{
        access::{Actor, Holder},
        audit,
        holders::holdings,
        issuer::Issuer,
        kind::FieldOffence,
        presentations::{Offer, Presentations},
    },
    random,
    store::{Conn, delegations, holders, licences},
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    delegation::{Basis, Delegation, MOST_LICENCES, Matter, Scope, ScopeOffence},
    licence::{
        identifier::LicenceIdentifier, metadata::HolderCodeType, name::HolderName, state::State as LicenceState,
    },
};

/// What a holder delegates.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDelegation {
    /// What the agent is called, exactly as their account has it.
    pub agent_name: String,
    /// The code of the agent's account: of people the number of their document.
    pub agent_code: String,
    /// Names of fields by identifier of the licence.
    pub fields: BTreeMap<String, BTreeSet<String>>,
    /// For what.
    pub matter: String,
    /// Whether the agent may have annotated copies made for that; a copy shows the whole licence, so each must be covered
    /// whole.
    pub copies: bool,
    /// The appointment as administrator by which an organisation's licences are delegated; none for one's own.
    pub appointment: Option<String>,
    /// First day; none for today.
    pub first: Option<Day>,
    /// Last day.
    pub last: Day,
}

/// Gives a delegation; it works once the agent has accepted. An organisation's account appoints by it.
///
/// # Errors
/// [`DelegationError`]; nothing is written then.
pub fn give(
    issuer: &Issuer,
    presentations: &Presentations,
    holder: &Holder,
    new: &NewDelegation,
) -> Result<String, DelegationError> {
    let now = issuer.clock.now()?;
    let today = Day::in_beijing_at(now)?;
    let matter: Matter = new.matter.parse()?;
    presentations.admit_naming(holder.id(), now)?;
    let (principal, agent, fields) = issuer.store.read(|conn| {
        let principal = Principal::of(conn, holder, new.appointment.as_deref(), today)?;
        let agent = named(conn, &new.agent_code, &new.agent_name)?;
        let fields = covered(conn, issuer, principal.code(), (&new.fields, new.copies), now)?;
        Ok::<_, DelegationError>((principal, agent, fields))
    })?;
    let Some(agent) = agent else {
        presentations.count_naming(holder.id(), now);
        return Err(DelegationError::NoAgent);
    };
    // nor does an administrator appoint themselves
    if (&*agent.code_kind, &*agent.code) == principal.code() || agent.id == holder.id() {
        return Err(DelegationError::Oneself);
    }
    let actor = holder.actor();
    let days = (new.first.unwrap_or(today), new.last);
    let scope = scope_of(fields, matter, new.copies)?;
    let value = Delegation::open(principal.basis(), scope, days, step(&actor, now), today)?;
    let (kind, code) = principal.code();
    let row = row_of(&value, Whose { kind, code, name: &principal.name }, &agent.id, None)?;
    insert_given(issuer, row, actor, now)
}

/// What is covered, with annotated copies or without.
pub(super) fn scope_of(
    fields: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
    matter: Matter,
    copies: bool,
) -> Result<Scope, ScopeOffence> {
    let scope = Scope::these(fields, matter)?;
    Ok(if copies { scope.with_copies() } else { scope })
}

/// Writes down what was given, in a write that looks again.
pub(super) fn insert_given(
    issuer: &Issuer,
    row: delegations::Delegation,
    actor: Actor,
    now: Moment,
) -> Result<String, DelegationError> {
    let (id, today) = (row.id.clone(), Day::in_beijing_at(now)?.to_string());
    issuer.store.write(move |conn| {
        let running = delegations::count_running(conn, &row.principal_kind, &row.principal_code, &today)?;
        if running >= i64::from(MOST) {
            return Err(DelegationError::TooMany);
        }
        // between the two, the account may have been disabled
        holders::find(conn, &row.agent_id)?
            .filter(|agent| agent.disabled_at.is_none())
            .ok_or(DelegationError::NoAgent)?;
        delegations::insert(conn, &row)?;
        // who it is for and what of stands in the delegation: the audit keeps no name of a citizen
        let copies = row.copies == 1;
        let detail = json!({ "basis": row.basis, "agent": row.agent_id, "last_day": row.last_day, "copies": copies });
        Ok(audit::record(conn, None, &actor, "delegation.given", &row.id, &detail, now)?)
    })?;
    Ok(id)
}

/// In whose name somebody gives.
struct Principal {
    kind: String,
    code: String,
    name: String,
}

impl Principal {
    /// The holder, or the organisation whose administrator they are by an appointment.
    fn of(conn: &mut Conn, holder: &Holder, appointment: Option<&str>, today: Day) -> Result<Self, DelegationError> {
        Ok(match appointment {
            None => {
                let (kind, code) = holder.code();
                Self { kind: kind.to_owned(), code: code.to_owned(), name: holder.name().to_owned() }
            }
            Some(id) => {
                let row = administered(conn, holder, id, today)?.row;
                Self { kind: row.principal_kind, code: row.principal_code, name: row.principal_name }
            }
        })
    }

    fn code(&self) -> (&str, &str) {
        (&self.kind, &self.code)
    }

    fn basis(&self) -> Basis {
        let is_organisation = HolderCodeType::of_code(&self.kind).is_some_and(HolderCodeType::is_organisation);
        if is_organisation { Basis::Organisation } else { Basis::Online }
    }
}

/// What a holder may delegate, or an administrator by an appointment: licences that have not ended, at most
/// [`MOST_LICENCES`], with what can be shown of each.
///
/// # Errors
/// [`DelegationError::NotFound`] for an appointment that does not work today.
pub fn offered(issuer: &Issuer, holder: &Holder, appointment: Option<&str>) -> Result<Vec<Offer>, DelegationError> {
    let now = issuer.clock.now()?;
    let today = Day::in_beijing_at(now)?;
    issuer.store.read(|conn| {
        let principal = Principal::of(conn, holder, appointment, today)?;
        let (kind, code) = principal.code();
        let mut offers = Vec::new();
        for (licence, _) in licences::of_holder(conn, kind, code, holdings::MOST)? {
            let offer = Offer::of(&holdings::whole(conn, issuer, licence)?, now)?;
            if !matches!(offer.standing.state, LicenceState::Ended(_)) && !offer.fields.is_empty() {
                offers.push(offer);
            }
        }
        offers.truncate(MOST_LICENCES);
        Ok(offers)
    })
}

/// Whose licences a delegation is of.
pub(super) struct Whose<'a> {
    pub(super) kind: &'a str,
    pub(super) code: &'a str,
    pub(super) name: &'a str,
}

/// The row of a delegation that was just opened.
pub(super) fn row_of(
    value: &Delegation,
    whose: Whose<'_>,
    agent: &str,
    body: Option<&str>,
) -> Result<delegations::Delegation, DelegationError> {
    let (scope, matter) = stored_scope(value.scope())?;
    let (first, last) = value.days();
    Ok(delegations::Delegation {
        id: random::id()?,
        basis: value.basis().as_str().to_owned(),
        principal_kind: whose.kind.to_owned(),
        principal_code: whose.code.to_owned(),
        principal_name: whose.name.to_owned(),
        agent_id: agent.to_owned(),
        scope,
        matter,
        copies: i32::from(value.scope().names_copies()),
        first_day: first.to_string(),
        last_day: last.to_string(),
        body_id: body.map(str::to_owned),
        opened_kind: value.opened().by.kind.to_string(),
        opened_by: value.opened().by.id.to_string(),
        opened_at: value.opened().at.unix_milliseconds(),
        settled_kind: None,
        settled_by: None,
        settled_at: None,
        ending: None,
        ended_kind: None,
        ended_by: None,
        ended_at: None,
    })
}

/// The account that runs and has both the code and the name.
pub(super) fn named(conn: &mut Conn, code: &str, name: &str) -> Result<Option<holders::Account>, DelegationError> {
    let Ok(name) = name.trim().parse::<HolderName>() else { return Ok(None) };
    let code = code.trim().to_ascii_uppercase();
    let same = |account: &holders::Account| account.name.parse::<HolderName>().is_ok_and(|known| known == name);
    Ok(holders::running_by_code(conn, &code)?.into_iter().find(same))
}

/// The fields by id of the licence, each of which must be there to be shown; `copies`: all that can be shown must be among
/// them.
pub(super) fn covered(
    conn: &mut Conn,
    issuer: &Issuer,
    principal: (&str, &str),
    (wanted, copies): (&BTreeMap<String, BTreeSet<String>>, bool),
    now: Moment,
) -> Result<BTreeMap<Box<str>, BTreeSet<Box<str>>>, DelegationError> {
    let (mut fields, mut offences) = (BTreeMap::new(), Vec::new());
    for (identifier, names) in wanted.iter().take(MOST_LICENCES + 1) {
        let held = match identifier.parse::<LicenceIdentifier>() {
            Ok(identifier) => holdings::find(conn, issuer, principal, &identifier)?,
            Err(_) => None,
        };
        let Some(held) = held else {
            offences.push(offence(identifier, "not_held", "没有这张证照。", "no such licence"));
            continue;
        };
        let offered = Offer::of(&held, now)?;
        for name in names {
            if offered.fields.iter().all(|field| field.name != *name) {
                let (zh, en) = ("这张证照没有可以出示的这一项。", "not a field of this licence that can be shown");
                offences.push(offence(name, "not_offered", zh, en));
            }
        }
        if copies && !offered.fields.iter().all(|field| names.contains(&field.name)) {
            let zh = "加注件上是整张证照。要让代办人做加注件，请把每张证照能看的各项都写进授权。";
            let en = "a copy shows the whole licence: to allow copies, cover every field of each licence";
            offences.push(offence("copies", "wants_all_fields", zh, en));
        }
        let names = names.iter().map(|name| name.as_str().into()).collect::<BTreeSet<Box<str>>>();
        fields.entry(held.licence.id.into_boxed_str()).or_insert_with(BTreeSet::new).extend(names);
    }
    if offences.is_empty() { Ok(fields) } else { Err(DelegationError::Fields(offences)) }
}

/// The field comes from outside: cut to what is said of it.
fn offence(field: &str, code: &'static str, zh: &str, en: &str) -> FieldOffence {
    FieldOffence { field: field.chars().take(64).collect(), code, sentence: Sentence::new(zh, en) }
}

impl fmt::Debug for NewDelegation {
    /// Without name and number, which are somebody's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewDelegation").field("last", &self.last).finish_non_exhaustive()
    }
}
