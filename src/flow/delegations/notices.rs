//! What was done of late by delegations, for principals and agents: read from what is recorded anyway.

use super::{MOST, value_of};
use crate::{
    flow::{access::Holder, issue::IssueError, issuer::Issuer, uses},
    store::{Conn, delegations, delegations::Delegation as Row, uses as stored_uses},
};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    delegation::{End, Party, State},
};

/// How long a notice is shown.
const NOTICE_DAYS: i64 = 30;
/// Most uses, and most refusals, that are told.
const MOST_TOLD: u32 = 20;

/// Something that was done by a delegation, or to it by the other party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationNotice {
    /// Which delegation.
    pub delegation: String,
    /// The other party.
    pub who: String,
    /// What.
    pub what: Told,
    /// When.
    pub at: Moment,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// To the agent: it waits for their answer.
    Offered,
    /// To the agent: the principal, or the office for them, ended it.
    TakenBack,
    /// To the principal: a body recorded it for them, on paper or as a guardianship.
    Recorded,
    /// To the agent: a body recorded it, and it works.
    Granted,
    /// To the principal: the agent accepted.
    Accepted,
    /// To the principal: the agent declined or laid it down.
    Left,
    /// To the principal: a licence was shown by it.
    Used {
        /// What the licence's type is called.
        type_title: Sentence,
        /// The body that saw it.
        body: String,
    },
    /// To the principal: an annotated copy was made by it.
    Copied {
        /// What the licence's type is called.
        type_title: Sentence,
        /// Who will use it.
        recipient: String,
    },
    /// To the principal: it was to be used for something else.
    Refused {
        /// The body that asked.
        body: String,
        /// For what.
        purpose: String,
    },
}

/// The notices of a holder, the newest first.
///
/// # Errors
/// What the register or a stored record says.
pub fn notices(issuer: &Issuer, holder: &Holder) -> Result<Vec<DelegationNotice>, IssueError> {
    let now = issuer.clock.now()?;
    let since = now.unix_milliseconds() - NOTICE_DAYS * 86_400_000;
    let today = Day::in_beijing_at(now)?;
    issuer.store.read(|conn| {
        let (kind, code) = holder.code();
        let mut told = Vec::new();
        for (row, agent) in delegations::of_principal(conn, kind, code, MOST)? {
            told.extend(of_row(&row, &agent.name, Party::Principal, (since, today))?);
        }
        for (row, _) in delegations::of_agent(conn, holder.id(), MOST)? {
            told.extend(of_row(&row, &row.principal_name, Party::Agent, (since, today))?);
        }
        told.extend(used(conn, issuer, (kind, code), since)?);
        told.extend(refused(conn, (kind, code), since)?);
        // of one instant what warns comes first
        let warns = |what: &Told| matches!(what, Told::Refused { .. } | Told::Recorded);
        told.sort_by_key(|notice| (std::cmp::Reverse(notice.at), !warns(&notice.what)));
        Ok(told)
    })
}

/// What became of a delegation, as the other party is told.
fn of_row(
    row: &Row,
    who: &str,
    party: Party,
    (since, today): (i64, Day),
) -> Result<Option<DelegationNotice>, IssueError> {
    let value = value_of(row)?;
    let (what, at) = match (party, value.state(today), value.ended(), value.settled()) {
        (Party::Agent, State::Waiting, ..) if row.body_id.is_none() => (Told::Offered, value.opened().at),
        (Party::Principal, State::Waiting, ..) if row.body_id.is_some() => (Told::Recorded, value.opened().at),
        (Party::Principal, _, None, Some(step)) if row.body_id.is_some() => (Told::Recorded, step.at),
        (Party::Agent, _, None, Some(step)) if row.body_id.is_some() => (Told::Granted, step.at),
        (Party::Agent, _, Some((End::Revoked, step)), _) => (Told::TakenBack, step.at),
        (Party::Principal, _, Some((End::Declined | End::LaidDown, step)), _) => (Told::Left, step.at),
        (Party::Principal, _, None, Some(step)) if row.body_id.is_none() => (Told::Accepted, step.at),
        _ => return Ok(None),
    };
    let is_new = at.unix_milliseconds() >= since;
    Ok(is_new.then(|| DelegationNotice { delegation: row.id.clone(), who: who.to_owned(), what, at }))
}

fn used(
    conn: &mut Conn,
    issuer: &Issuer,
    (kind, code): (&str, &str),
    since: i64,
) -> Result<Vec<DelegationNotice>, IssueError> {
    let rows = stored_uses::by_agents(conn, kind, code, since, MOST_TOLD)?;
    rows.into_iter()
        .map(|(used, version, licence)| {
            let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
            let (id, at) = (used.delegation_id.unwrap_or_default(), uses::moment(used.at)?);
            let who = delegations::find(conn, &id)?.map(|(_, agent)| agent.name).unwrap_or_default();
            let body = uses::user_at(conn, (&used.body_id, used.used_by.as_deref()), at)?;
            let type_title = kind.title();
            let what = match used.copy_id {
                Some(_) => Told::Copied { type_title, recipient: body },
                None => Told::Used { type_title, body },
            };
            Ok(DelegationNotice { delegation: id, who, what, at })
        })
        .collect()
}

fn refused(conn: &mut Conn, (kind, code): (&str, &str), since: i64) -> Result<Vec<DelegationNotice>, IssueError> {
    let rows = delegations::refusals_of_principal(conn, kind, code, since, MOST_TOLD)?;
    rows.into_iter()
        .map(|one| {
            let at = uses::moment(one.at)?;
            let who = delegations::find(conn, &one.delegation_id)?.map(|(_, agent)| agent.name).unwrap_or_default();
            let body = uses::user_at(conn, (&one.body_id, one.used_by.as_deref()), at)?;
            let what = Told::Refused { body, purpose: one.purpose };
            Ok(DelegationNotice { delegation: one.delegation_id, who, what, at })
        })
        .collect()
}
