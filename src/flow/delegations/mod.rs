//! Delegations (授权委托): holders let others show their licences, within a scope.
//!
//! 1. [`give`]: who holds licences names an agent who has an account, the licences and fields, one matter, and
//!    until when.
//! 2. [`answer`]: the agent accepts or declines; nothing works before.
//! 3. The agent shows by a code within the scope ([`crate::flow::presentations::show_for`]). Redeeming it asks
//!    again whether the delegation works, in the same statement, and for which matter it is redeemed: another
//!    one is refused and written down.
//! 4. [`end`]: principal or agent, at any time, at once.
//!
//! 5. What is brought on paper, and who is whose guardian, is entered at a window with the paper and decided on by
//!    a second person ([`enter_paper`], [`enter_guardian`], [`decide`]).
//! 6. The account of an organisation appoints administrators, who appoint those who show ([`appoint`], [`staff`]);
//!    who leaves loses all of it ([`leave`]).
//!
//! What is permitted is decided by [`yinxin_trust::delegation`]; `docs/adr/0050-delegation.md` says why.

mod answer;
mod desk;
mod fault;
mod give;
mod notices;
mod organisations;
mod paper;
mod rows;
mod seen;

pub use answer::{answer, end};
pub use desk::{DelegationDesk, RecordedDelegation, desk, paper, recorded};
pub use fault::DelegationError;
pub use give::{NewDelegation, give, offered};
pub use notices::{DelegationNotice, Told, notices};
pub use organisations::{NewAdministrator, appoint, leave, staff};
pub(in crate::flow) use paper::reaches;
pub use paper::{Named, NewGuardian, NewPaper, decide, end_recorded, enter_guardian, enter_paper};
pub(in crate::flow) use rows::{Mandated, by_agent, value_of};
pub(in crate::flow) use seen::scopes_shown;
pub use seen::{
    AgentShown, CopyBy, Covered, DelegationCard, Delegations, Refused, ScopeShown, UsedBy, WholeDelegation, basis_name,
    of, one,
};

use super::{access::Holder, issue::IssueError};
use crate::store::{Conn, delegations::Delegation as Row};
use yinxin_trust::{base::Day, delegation::Party};

/// Most delegations of one holder's licences that wait or work at a time, and most that somebody is shown.
pub const MOST: u32 = 100;

/// What somebody who signed in is to a delegation; none for a stranger, to whom it is not there. An administrator
/// stands for the organisation where somebody shows its licences.
fn party_of(conn: &mut Conn, row: &Row, holder: &Holder, today: Day) -> Result<Option<Party>, IssueError> {
    Ok(if row.agent_id == holder.id() {
        Some(Party::Agent)
    } else if (&*row.principal_kind, &*row.principal_code) == holder.code() {
        Some(Party::Principal)
    } else {
        organisations::administers(conn, row, holder, today)?.then_some(Party::Principal)
    })
}
