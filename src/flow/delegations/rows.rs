//! From rows to delegations.

use super::AgentShown;
use crate::{
    flow::{access::Holder, issue::IssueError},
    store::{Conn, delegations, delegations::Delegation as Row, holders::Account},
};
use std::collections::{BTreeMap, BTreeSet};
use yinxin_trust::{
    base::{Day, Moment},
    delegation::{Basis, By, Delegation, End, Scope, Step},
};

/// A delegation with its row and its agent.
pub(in crate::flow) struct Mandated {
    pub(in crate::flow) value: Delegation,
    pub(in crate::flow) row: Row,
    pub(in crate::flow) agent: Account,
}

impl Mandated {
    /// The one of an id, of whomever.
    pub(in crate::flow) fn find(conn: &mut Conn, id: &str) -> Result<Option<Self>, IssueError> {
        let Some((row, agent)) = delegations::find(conn, id)? else { return Ok(None) };
        Ok(Some(Self { value: value_of(&row)?, row, agent }))
    }

    /// Whose licences they are, as licences record them.
    pub(in crate::flow) fn principal(&self) -> (&str, &str) {
        (&self.row.principal_kind, &self.row.principal_code)
    }

    /// What others may know of it.
    pub(in crate::flow) fn shown(&self) -> AgentShown {
        AgentShown::of(&self.row, &self.value, &self.agent)
    }
}

/// The delegation of an id that an account holds as the agent.
pub(in crate::flow) fn by_agent(conn: &mut Conn, agent: &Holder, id: &str) -> Result<Option<Mandated>, IssueError> {
    Ok(Mandated::find(conn, id)?.filter(|found| found.row.agent_id == agent.id()))
}

/// A stored delegation.
pub(in crate::flow) fn value_of(row: &Row) -> Result<Delegation, IssueError> {
    let faulty = |what: &str| IssueError::Record(format!("delegation {}: {what}", row.id));
    let basis = Basis::of_word(&row.basis).ok_or_else(|| faulty("an unknown basis"))?;
    let day = |text: &str| Day::parse(text).map_err(|_| faulty("a day"));
    let step = |kind: &Option<String>, by: &Option<String>, at: Option<i64>| match (kind, by, at) {
        (Some(kind), Some(id), Some(at)) => {
            let at = Moment::from_unix_milliseconds(at).map_err(|_| faulty("an instant"))?;
            Ok(Some(Step { by: By { kind: kind.as_str().into(), id: id.as_str().into() }, at }))
        }
        (None, None, None) => Ok(None),
        _ => Err(faulty("half a step")),
    };
    let opened = step(&Some(row.opened_kind.clone()), &Some(row.opened_by.clone()), Some(row.opened_at))?;
    let ended = match (step(&row.ended_kind, &row.ended_by, row.ended_at)?, &row.ending) {
        (Some(step), Some(word)) => Some((End::of_word(word).ok_or_else(|| faulty("an unknown end"))?, step)),
        (None, None) => None,
        _ => return Err(faulty("half an end")),
    };
    Ok(Delegation::stored(
        (basis, scope_of(row)?),
        (day(&row.first_day)?, day(&row.last_day)?),
        opened.ok_or_else(|| faulty("without a beginning"))?,
        step(&row.settled_kind, &row.settled_by, row.settled_at)?,
        ended,
    ))
}

fn scope_of(row: &Row) -> Result<Scope, IssueError> {
    let faulty = |what: String| IssueError::Record(format!("delegation {}: {what}", row.id));
    match (&row.scope, &row.matter) {
        (None, None) if row.basis == Basis::Administrator.as_str() => Ok(Scope::Appointing),
        (None, None) => Ok(Scope::Everything),
        (Some(scope), Some(matter)) => {
            let fields: BTreeMap<Box<str>, BTreeSet<Box<str>>> =
                serde_json::from_slice(scope).map_err(|cause| faulty(cause.to_string()))?;
            let matter = matter.parse().map_err(|_| faulty("a matter".to_owned()))?;
            let scope = Scope::these(fields, matter).map_err(|cause| faulty(cause.to_string()))?;
            Ok(if row.copies == 1 { scope.with_copies() } else { scope })
        }
        _ => Err(faulty("half a scope".to_owned())),
    }
}

/// How a scope is stored: fields and matter.
pub(super) fn stored_scope(scope: &Scope) -> Result<(Option<Vec<u8>>, Option<String>), IssueError> {
    match scope {
        Scope::Everything | Scope::Appointing => Ok((None, None)),
        Scope::These { fields, matter, .. } => {
            let octets = serde_json::to_vec(fields).map_err(|cause| IssueError::Record(cause.to_string()))?;
            Ok((Some(octets), Some(matter.as_str().to_owned())))
        }
    }
}
