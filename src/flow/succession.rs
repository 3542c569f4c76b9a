//! One body takes over from another (职责承接).
//!
//! From the first day, a calendar day of Asia/Shanghai, the successor lists,
//! reads, changes and acts upon the licences of its predecessor, and of those
//! from which that one took over; the predecessor goes on reading and decides
//! nothing any more. Before that day nothing is different.
//! `docs/adr/0015-succession.md` says why.

use super::issue::IssueError;
use crate::store::{Conn, StoreError, bodies};
use serde::Serialize;
use yinxin_trust::base::Day;

/// A body that took over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Successor {
    /// What it is called.
    pub name: String,
    /// Its credit code.
    pub code: String,
    /// Since which day.
    #[schema(value_type = String, format = Date)]
    pub since: String,
}

/// The bodies whose licences a body keeps on a day: its own first.
///
/// # Errors
/// What the register says.
pub(super) fn reach(conn: &mut Conn, body: &str, day: Day) -> Result<Vec<String>, StoreError> {
    let day = day.to_string();
    let mut all = vec![body.to_owned()];
    let mut newest = all.clone();
    while !newest.is_empty() {
        newest = bodies::predecessors(conn, &newest, &day)?;
        newest.retain(|id| !all.contains(id));
        all.extend_from_slice(&newest);
    }
    Ok(all)
}

/// Until when a body decides.
pub(super) struct Term(Option<Successor>);

impl Term {
    /// Reads who takes over from a body first.
    ///
    /// # Errors
    /// What the register says.
    pub(super) fn of(conn: &mut Conn, body: &str) -> Result<Self, StoreError> {
        let Some(first) = bodies::successions(conn, body)?.into_iter().next() else { return Ok(Self(None)) };
        Ok(Self(Some(named(conn, first.successor_id, first.from_day.clone(), &first.from_day)?)))
    }

    /// Whether the body still decides on a day.
    ///
    /// # Errors
    /// [`IssueError::BodySucceeded`].
    pub(super) fn holds_on(&self, day: Day) -> Result<(), IssueError> {
        match &self.0 {
            Some(successor) if successor.since <= day.to_string() => Err(IssueError::BodySucceeded(successor.clone())),
            _ => Ok(()),
        }
    }

    /// Who took over by a day.
    pub(super) fn taken_over_on(self, day: Day) -> Option<Successor> {
        self.0.filter(|successor| successor.since <= day.to_string())
    }
}

/// Whether a body still decides on a day.
///
/// # Errors
/// [`IssueError::BodySucceeded`], what the register says.
pub(super) fn still_decides(conn: &mut Conn, body: &str, day: Day) -> Result<(), IssueError> {
    Term::of(conn, body)?.holds_on(day)
}

/// Who decides in the place of a body on a day: the last of each line of
/// successors; none where the body does so itself.
///
/// # Errors
/// What the register says.
pub(super) fn acting(conn: &mut Conn, body: &str, day: Day) -> Result<Vec<Successor>, StoreError> {
    let day = day.to_string();
    let mut pending = vec![(body.to_owned(), None)];
    let (mut seen, mut acting) = (Vec::new(), Vec::new());
    while let Some((id, since)) = pending.pop() {
        if seen.contains(&id) {
            continue;
        }
        let mut begun = bodies::successions(conn, &id)?;
        begun.retain(|succession| succession.from_day <= day);
        match since {
            Some(since) if begun.is_empty() => acting.push(named(conn, id.clone(), since, &day)?),
            _ => pending.extend(begun.into_iter().rev().map(|next| (next.successor_id, Some(next.from_day)))),
        }
        seen.push(id);
    }
    Ok(acting)
}

/// Whether a body takes over, at any time and through others, from another.
///
/// # Errors
/// What the register says.
pub(super) fn follows(conn: &mut Conn, later: &str, earlier: &str) -> Result<bool, StoreError> {
    Ok(reach(conn, later, Day::LAST)?.iter().any(|body| body == earlier))
}

fn named(conn: &mut Conn, id: String, since: String, on: &str) -> Result<Successor, StoreError> {
    let name = bodies::name_on(conn, &id, on)?;
    let (name, code) = name.map(|name| (name.name, name.credit_code)).unwrap_or_default();
    Ok(Successor { name, code, since })
}
