//! What is entered at a window: a delegation on paper, and who is whose guardian. Each with the paper, which is
//! kept, and decided on by a second person. A body gives no more than it keeps: of licences of other bodies
//! nothing is shown by it.

use super::{
    DelegationError,
    answer::{finish, settle, step},
    give::{Whose, covered, named, row_of, scope_of},
    rows::Mandated,
};
use crate::{
    flow::{
        access::{Actor, ActorKind, Permit, may},
        audit,
        holders::{HolderCode, holdings},
        issue::IssueError,
        issuer::Issuer,
        kind::FieldOffence,
        material::Material,
        presentations::Offer,
        succession, text,
    },
    store::{Conn, delegations, holders},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    delegation::{Basis, Delegation, Matter, Party, Scope, last_day_of_minority},
    licence::{codes::CitizenNumber, identifier::LicenceIdentifier, metadata::HolderCodeType, name::HolderName},
    sm::sm3,
};

/// Most characters of a number of a document, and of a reason.
const LONGEST: usize = 500;

/// Somebody as a paper names them.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    /// What they are called.
    pub name: String,
    /// Number of their document.
    pub code: String,
}

/// A delegation on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPaper {
    /// [`Basis::IdentityCard`] or [`Basis::Letter`].
    pub basis: Basis,
    /// Kind of the principal's document, three digits.
    pub principal_kind: String,
    /// Whose licences.
    pub principal: Named,
    /// Who shows them; has an account.
    pub agent: Named,
    /// Identifiers of licences that the body keeps and the principal holds.
    pub licences: BTreeSet<String>,
    /// Whether fields that only go with consent are covered too, where the paper says so.
    pub with_consent: bool,
    /// For what.
    pub matter: String,
    /// Whether the paper says that the agent may have annotated copies made.
    pub copies: bool,
    /// Last day.
    pub last: Day,
    /// The paper.
    pub document: Material,
}

/// Who is whose guardian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGuardian {
    /// Whose guardian, by citizen number.
    pub ward: Named,
    /// The guardian; has an account.
    pub guardian: Named,
    /// Last day of the decision for an adult; none for a minor, who comes of age.
    pub decided_until: Option<Day>,
    /// Number of the decision or certificate.
    pub document_number: String,
    /// What shows the relation.
    pub document: Material,
}

/// Enters a delegation on paper; it works once a second person has approved. The fields are those that everybody
/// with a printed code sees, with the others where the paper says so.
///
/// # Errors
/// [`DelegationError`]; nothing is written then.
pub fn enter_paper(
    issuer: &Issuer,
    permit: &Permit<may::TakeDelegations>,
    new: &NewPaper,
) -> Result<String, DelegationError> {
    let now = issuer.clock.now()?;
    let today = Day::in_beijing_at(now)?;
    let matter: Matter = new.matter.parse()?;
    if !new.basis.is_weaker() {
        return Err(DelegationError::Paper);
    }
    let principal = code(&new.principal_kind, &new.principal.code)?;
    let entry = Entry { basis: new.basis, principal, name: &new.principal.name, document_number: "", now, today };
    let (agent, fields) = issuer.store.read(|conn| {
        let agent = named(conn, &new.agent.code, &new.agent.name)?.ok_or(DelegationError::NoAgent)?;
        let reach = succession::reach(conn, permit.body(), today)?;
        let whose = (entry.principal.kind(), entry.principal.expose());
        let wanted = fields_of(conn, issuer, whose, &reach, new, now)?;
        Ok::<_, DelegationError>((agent, covered(conn, issuer, whose, (&wanted, new.copies), now)?))
    })?;
    let scope = scope_of(fields, matter, new.copies)?;
    entry.enter(issuer, (permit.body(), permit.actor()), scope, &agent, new.last, &new.document)
}

/// Enters who is whose guardian; it works once a second person has approved: for a minor until the eighteenth
/// birthday, for an adult until the decision ends.
///
/// # Errors
/// [`DelegationError`]; nothing is written then.
pub fn enter_guardian(
    issuer: &Issuer,
    permit: &Permit<may::RecordGuardians>,
    new: &NewGuardian,
) -> Result<String, DelegationError> {
    let now = issuer.clock.now()?;
    let today = Day::in_beijing_at(now)?;
    let number: CitizenNumber = new.ward.code.trim().parse().map_err(|_| DelegationError::Ward)?;
    let of_age = last_day_of_minority(number.born_on());
    let (basis, last) = match (new.decided_until, of_age) {
        (None, Some(last)) if last >= today => (Basis::Minor, last),
        (Some(last), Some(minor_until)) if minor_until < today => (Basis::Ward, last),
        // a minor by a decision, or an adult without one
        _ => return Err(DelegationError::Ward),
    };
    let document_number = text::line(&new.document_number, LONGEST).ok_or(DelegationError::Ground)?;
    let principal = code(HolderCodeType::CITIZEN_NUMBER.code(), number.expose())?;
    let agent = issuer.store.read(|conn| named(conn, &new.guardian.code, &new.guardian.name))?;
    let agent = agent.ok_or(DelegationError::NoAgent)?;
    let entry = Entry { basis, principal, name: &new.ward.name, document_number: &document_number, now, today };
    entry.enter(issuer, (permit.body(), permit.actor()), Scope::Everything, &agent, last, &new.document)
}

/// A second person approves or refuses what somebody else entered.
///
/// # Errors
/// [`DelegationError::NotFound`] also for one of another body; [`DelegationError::Refusal`].
pub fn decide(
    issuer: &Issuer,
    permit: &Permit<may::DecideDelegations>,
    id: &str,
    approves: bool,
) -> Result<(), DelegationError> {
    let now = issuer.clock.now()?;
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    person(&actor)?;
    issuer.store.write(move |conn| {
        let found = of_body(conn, &body, &id)?;
        settle(conn, found, &actor, approves, now)
    })
}

/// The body ends what it recorded, at once: the principal came back, or a decision ended.
///
/// # Errors
/// [`DelegationError::NotFound`] also for one of another body; [`DelegationError::Ground`].
pub fn end_recorded(
    issuer: &Issuer,
    permit: &Permit<may::EndDelegations>,
    id: &str,
    reason: &str,
) -> Result<(), DelegationError> {
    let now = issuer.clock.now()?;
    let reason = text::line(reason, LONGEST).ok_or(DelegationError::Ground)?;
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    issuer.store.write(move |conn| {
        let found = of_body(conn, &body, &id)?;
        finish(conn, found, &actor, Party::Office, now)?;
        let detail = json!({ "reason": reason });
        Ok(audit::record(conn, Some(&body), &actor, "delegation.end_reason", &id, &detail, now)?)
    })
}

/// One that the body recorded.
pub(super) fn of_body(conn: &mut Conn, body: &str, id: &str) -> Result<Mandated, DelegationError> {
    let found = Mandated::find(conn, id)?.filter(|found| found.row.body_id.as_deref() == Some(body));
    found.ok_or(DelegationError::NotFound)
}

/// Entering and deciding are for people: the register keeps who it was.
fn person(actor: &Actor) -> Result<(), DelegationError> {
    if actor.kind == ActorKind::Person { Ok(()) } else { Err(DelegationError::NotAPerson) }
}

fn code(kind: &str, text: &str) -> Result<HolderCode, DelegationError> {
    HolderCode::of(kind, text).map_err(|_| DelegationError::Principal)
}

/// What the two kinds of entries share.
struct Entry<'a> {
    basis: Basis,
    principal: HolderCode,
    name: &'a str,
    document_number: &'a str,
    now: Moment,
    today: Day,
}

impl Entry<'_> {
    fn enter(
        &self,
        issuer: &Issuer,
        (body, actor): (&str, &Actor),
        scope: Scope,
        agent: &holders::Account,
        last: Day,
        document: &Material,
    ) -> Result<String, DelegationError> {
        person(actor)?;
        let document = document.checked().ok_or(DelegationError::Document)?;
        let name = text::line(self.name, 100).ok_or(DelegationError::Principal)?;
        let (kind, code) = (self.principal.kind(), self.principal.expose());
        if (&*agent.code_kind, &*agent.code) == (kind, code) {
            return Err(DelegationError::Oneself);
        }
        let value = Delegation::open(self.basis, scope, (self.today, last), step(actor, self.now), self.today)?;
        let row = row_of(&value, Whose { kind, code, name: &name }, &agent.id, Some(body))?;
        let paper = delegations::Paper {
            delegation_id: row.id.clone(),
            document_number: self.document_number.to_owned(),
            name: document.name,
            sm3: sm3::digest(&document.octets).to_vec(),
            octets: document.octets,
        };
        let (id, actor, now) = (row.id.clone(), actor.clone(), self.now);
        issuer.store.write(move |conn| {
            delegations::insert(conn, &row)?;
            delegations::insert_paper(conn, &paper)?;
            let detail = json!({
                "basis": row.basis,
                "agent": row.agent_id,
                "last_day": row.last_day,
                "copies": row.copies == 1,
                "document_sm3": hex::encode(&paper.sm3),
            });
            Ok::<_, DelegationError>(audit::record(
                conn,
                row.body_id.as_deref(),
                &actor,
                "delegation.entered",
                &row.id,
                &detail,
                now,
            )?)
        })?;
        Ok(id)
    }
}

/// Of each licence the fields that the paper covers; the body keeps it, and it is the principal's by name too.
fn fields_of(
    conn: &mut Conn,
    issuer: &Issuer,
    principal: (&str, &str),
    reach: &[String],
    new: &NewPaper,
    now: Moment,
) -> Result<BTreeMap<String, BTreeSet<String>>, DelegationError> {
    let name = new.principal.name.trim().parse::<HolderName>().map_err(|_| DelegationError::Principal)?;
    let (mut fields, mut offences) = (BTreeMap::new(), Vec::new());
    for identifier in &new.licences {
        let held = match identifier.parse::<LicenceIdentifier>() {
            Ok(identifier) => holdings::find(conn, issuer, principal, &identifier)?,
            Err(_) => None,
        };
        let is_theirs = |held: &holdings::Held| {
            reach.contains(&held.licence.body_id)
                && held.licence.holder_name.parse::<HolderName>().is_ok_and(|known| known == name)
        };
        let Some(held) = held.filter(is_theirs) else {
            let sentence = Sentence::new(
                format!("本单位没有登记这位委托人的这张证照：{}", identifier.chars().take(80).collect::<String>()),
                format!(
                    "your body keeps no such licence of this principal: {}",
                    identifier.chars().take(80).collect::<String>()
                ),
            );
            offences.push(FieldOffence { field: "licences".to_owned(), code: "not_held", sentence });
            continue;
        };
        let offer = Offer::of(&held, now)?;
        let names = offer.fields.into_iter().filter(|field| new.with_consent || field.goes_to_everybody());
        fields.insert(identifier.clone(), names.map(|field| field.name).collect::<BTreeSet<_>>());
    }
    if offences.is_empty() { Ok(fields) } else { Err(DelegationError::Fields(offences)) }
}

/// Whether a delegation reaches a licence: what a body recorded, those that it keeps.
///
/// # Errors
/// What the register says.
pub(in crate::flow) fn reaches(
    conn: &mut Conn,
    mandated: &Mandated,
    licence_body: &str,
    today: Day,
) -> Result<bool, IssueError> {
    let Some(body) = &mandated.row.body_id else { return Ok(true) };
    Ok(succession::reach(conn, body, today)?.iter().any(|one| one == licence_body))
}

impl std::fmt::Debug for Named {
    /// Without name and number, which are somebody's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Named").finish_non_exhaustive()
    }
}
