//! Delegations (授权委托): who shows the licences of somebody else, which of them, which fields, for what
//! matter, until when; and when that ends.
//!
//! ```text
//!            the agent accepts, or a second person approves
//! waiting ------------------------------------------------> not yet -> in force -> expired
//!    |                                                          (by the first and the last day)
//!    | declined, refused, revoked, expired                         |
//!    v                                                             v
//!  ended                                                  revoked, laid down
//! ```
//!
//! A delegation rests on something ([`Basis`]): what the principal gave online and the agent accepted; a paper
//! brought to a window, which is weaker and says so; the recorded relation of a guardian; the appointment by an
//! organisation, whose administrators appoint and show nothing themselves. Days are days in Beijing, first and last both within; an end by somebody works at once.
//! What a delegation permits is one function, [`Delegation::permits`]: everything it does not name is beyond it.

mod basis;
mod course;
mod matter;
mod refusal;
mod scope;

pub use basis::{Basis, Settler};
pub use course::{By, Delegation, End, Party, State, Step, last_day_of_minority};
pub(crate) use matter::comparable;
pub use matter::{Matter, MatterOffence};
pub use refusal::{Beyond, DelegationRefusal};
pub use scope::{MOST_LICENCES, Scope, ScopeOffence};

#[cfg(test)]
mod tests;
