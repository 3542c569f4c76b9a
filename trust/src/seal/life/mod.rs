//! The life of a seal (国办发〔2025〕33号: 申请、制作、备案、使用、注销): a list of acts, and what the
//! seal is at any instant.
//!
//! ```text
//!          approve          make        file              suspend
//! applied ---------> approved ----> made ----> in use <-------------> suspended
//!    | refuse            | cancel    |            |        resume         |
//!    v                   v           v            v cancel renew          v
//! refused            cancelled   cancelled, invalid, superseded, expired (by the date alone)
//! ```
//!
//! The list only grows. Each act says who did it, why, by which document, from which
//! instant it works ([`Act::effective_from`]) and when it was recorded. Instants are whole
//! seconds where they decide about stamps, which carry no fraction.
//!
//! Rules \[ADVICE\]: the one who applied neither approves nor refuses; a founding makes, files
//! and takes into use at once, where nobody is there yet who could decide; what gives (filing,
//! resuming, renewing) never works back, since stamps that did not count would; suspension and
//! cancellation may work back to when the key left its owner's hands, but not before an act that
//! works already; 无效 may work back to the making, and follows every other end.

mod act;
mod course;
mod refusal;
mod state;

pub use act::{Act, ActKind, Author, Ground};
pub use course::Life;
pub use refusal::ActRefusal;
pub use state::{End, Standing, State, StateFrom};

#[cfg(test)]
mod tests;
