//! The verdict on a document.

mod check;
mod check_id;
mod report;

pub use check::{CheckError, Evidence, Policy, check};
pub use check_id::CheckId;
pub use report::*;
