//! What is signed in the printed code (打印码): a digest of name, number and last day of
//! a licence, so that an edited print is found out where there is no network.
//!
//! The text of the code is its address as ever, `HTTPS://HOST/C/{26 characters}`, and
//! behind a `#` the payload, which no browser sends to the server. Whoever checks reads
//! name, number and last day from the paper; the digest says whether they are what was
//! issued. The code itself is digested too, so that the payload of one licence cannot
//! stand on another. Whether the licence is still in force, only the register knows.

mod check;
mod facts;
mod plan;

pub use check::{Differs, GenuinePrint, PrintFault, PrintStatementFault, check};
pub use facts::{NumberOffence, PrintedFacts, PrintedNumber};
pub use plan::{PrintPlan, PrintPlanError, PrintedCode};

/// Keys of the statement's map.
mod member {
    pub(super) const DIGEST: u64 = 1;
    pub(super) const SIGNED_AT: u64 = 2;
}
