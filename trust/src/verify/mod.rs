//! The verdict on a document: facts first, one by one, then one judgement.
//!
//! [`check`] recognises the document, runs every check that applies (also after
//! one failed) and lets `verdict` judge. The numbered steps of the seal
//! standards are listed in [`crate::seal`]; `docs/conformance.md` maps each to
//! its check id, function and test.

mod algorithms;
pub mod appended;
mod certificate;
mod check;
mod check_id;
mod copy;
mod digests;
mod disclosure;
mod evidence;
mod findings;
mod identity;
mod licence;
mod package;
mod recognise;
mod references;
mod renewal;
mod report;
mod revocation;
mod seal;
mod seal_status;
mod sign;
mod signature;
mod stamp;
mod suite;
mod time;
mod verdict;
mod vouching;

pub use certificate::{Bearer, check_certificate};
use check::Context;
pub use check::{CheckError, CopyKind, Kept, Policy, StatusQuestion, check, check_asking, check_kept, check_knowing};
pub use check_id::CheckId;
pub use copy::{CopyFacts, CopyRefusal, CopyUse};
pub use evidence::{Evidence, RegisterAnswer, Registered};
pub use licence::{licence_identifier, standing_by_identifier};
use recognise::Recognised;
pub use renewal::{Ended, Existed, RenewalFault, RenewalJudge, existed};
pub use report::*;
pub use seal_status::{SealAnswer, SealName, SealSaid, SealStates, stamped_seals};
