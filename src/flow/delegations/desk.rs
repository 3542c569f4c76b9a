//! What a body recorded of delegations and guardians.

use super::{DelegationCard, DelegationError, paper::of_body, seen::Licences, value_of};
use crate::{
    flow::{
        access::{Permit, may},
        issue::IssueError,
        issuer::Issuer,
    },
    store::{Conn, delegations, people},
};
use yinxin_trust::{
    base::Moment,
    delegation::{Party, State},
};

/// Most that are shown.
const SHOWN: u32 = 500;

/// What a body recorded.
#[derive(Clone, Debug)]
pub struct DelegationDesk {
    /// To be decided on, the newest first.
    pub waiting: Vec<DelegationCard>,
    /// Agreed to, and not ended.
    pub running: Vec<DelegationCard>,
    /// Over.
    pub ended: Vec<DelegationCard>,
    /// When it was read.
    pub as_of: Moment,
}

/// One, with its paper and who did what.
#[derive(Clone, Debug)]
pub struct RecordedDelegation {
    /// The delegation.
    pub card: DelegationCard,
    /// The last four characters of the principal's number, and of the agent's.
    pub ends: [String; 2],
    /// The paper, without its octets.
    pub paper: delegations::PaperLine,
    /// Whether the one who looks entered it, and so does not decide.
    pub own: bool,
    /// Who entered it, and when.
    pub entered: (String, Moment),
    /// Who decided, and when.
    pub decided: Option<(String, Moment)>,
    /// Who ended it, and when; the other party by its account.
    pub ended: Option<(String, Moment)>,
    /// When it was read.
    pub as_of: Moment,
}

/// Everything that a body recorded.
///
/// # Errors
/// What the register or a stored record says.
pub fn desk(issuer: &Issuer, permit: &Permit<may::SeeDelegations>) -> Result<DelegationDesk, DelegationError> {
    let as_of = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let (mut waiting, mut running, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        let mut licences = Licences::default();
        for (row, agent) in delegations::of_body(conn, permit.body(), SHOWN)? {
            let found = super::Mandated { value: value_of(&row)?, row, agent };
            let card = licences.card(conn, issuer, &found, Party::Office, as_of)?;
            match card.state {
                State::Waiting => waiting.push(card),
                State::NotYet | State::InForce => running.push(card),
                State::Ended(_) => ended.push(card),
            }
        }
        Ok(DelegationDesk { waiting, running, ended, as_of })
    })
}

/// One that the body recorded.
///
/// # Errors
/// [`DelegationError::NotFound`] also for one of another body.
pub fn recorded(
    issuer: &Issuer,
    permit: &Permit<may::SeeDelegations>,
    id: &str,
) -> Result<RecordedDelegation, DelegationError> {
    let as_of = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let found = of_body(conn, permit.body(), id)?;
        let card = Licences::default().card(conn, issuer, &found, Party::Office, as_of)?;
        let gone = || IssueError::Record("a delegation of a body without its paper".to_owned());
        let paper = delegations::paper_line(conn, id)?.ok_or_else(gone)?;
        let opened = found.value.opened();
        let mut called = |step: &yinxin_trust::delegation::Step| called(conn, permit.body(), step);
        Ok(RecordedDelegation {
            card,
            ends: [end_of(&found.row.principal_code), end_of(&found.agent.code)],
            paper,
            own: *opened.by.id == *permit.actor().id,
            entered: called(opened)?,
            decided: found.value.settled().map(&mut called).transpose()?,
            ended: found.value.ended().map(|(_, step)| called(step)).transpose()?,
            as_of,
        })
    })
}

/// Its paper.
///
/// # Errors
/// [`DelegationError::NotFound`].
pub fn paper(
    issuer: &Issuer,
    permit: &Permit<may::SeeDelegations>,
    id: &str,
) -> Result<delegations::Paper, DelegationError> {
    issuer.store.read(|conn| {
        of_body(conn, permit.body(), id)?;
        delegations::paper(conn, id)?.ok_or(DelegationError::NotFound)
    })
}

/// Who did something, as people of the body call them, and when.
fn called(
    conn: &mut Conn,
    body: &str,
    step: &yinxin_trust::delegation::Step,
) -> Result<(String, Moment), DelegationError> {
    let person = people::find(conn, body, &step.by.id)?;
    Ok((person.map_or_else(|| step.by.kind.to_string(), |person| person.name), step.at))
}

fn end_of(code: &str) -> String {
    code.chars().skip(code.chars().count().saturating_sub(4)).collect()
}
