//! The life of a licence: a list of acts, and what the licence is on any day.
//!
//! ```text
//!            suspend            revoke cancel withdraw transfer-out renew
//! in force <---------> suspended ------------------> ended
//!            resume                                   (expired: by the date alone)
//! ```
//!
//! The list only grows. Each act says who decided it, on which day, from which
//! day it works ([`Act::effective_from`]) and when it was recorded. So two
//! questions have answers that never change: what was the licence on that day,
//! and what did the registry know of it then.
//!
//! Rules \[ADVICE\]: a change makes the next version and ends the one before; a
//! renewal ends the licence in favour of another; withdrawal (撤销) works from
//! the beginning, revocation (吊销) and cancellation (注销) from their decision
//! at the earliest; a licence that has expired, was revoked or withdrawn may
//! still be cancelled, which is how the registry closes it.

mod act;
mod life;
mod refusal;
mod standing;

pub use act::{Act, ActKind, Decision};
pub use life::Life;
pub use refusal::ActRefusal;
pub use standing::{End, Standing, State};

#[cfg(test)]
mod tests;
