//! From document, anchors, evidence and time to a report.

use super::Report;
use crate::{
    anchor::Anchors,
    base::{Limits, Moment, Source, SourceError},
};

/// What a verdict needs and how strictly encodings are read.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Refuse the departures from DER that genuine files show, instead of warning.
    pub strict_encoding: bool,
    /// Ask for proof of the signing time (profile `strict-time`).
    pub strict_time: bool,
    /// Budgets for hostile input.
    pub limits: Limits,
}

/// What was gathered beside the document.
#[derive(Clone, Debug, Default)]
pub struct Evidence {}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// By its first octets neither a ZIP nor a seal nor a signature value.
    #[error("neither an OFD document nor a seal nor a signature value")]
    NotADocument,
    /// The medium failed.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Checks one document. Pure: the same arguments give the same report.
///
/// # Errors
/// [`CheckError`] when there is nothing to report on. A forged document is a
/// report, not an error.
pub fn check(
    document: &dyn Source,
    anchors: &Anchors,
    evidence: &Evidence,
    policy: &Policy,
    at: Moment,
) -> Result<Report, CheckError> {
    let _ = (document, anchors, evidence, policy, at);
    Err(CheckError::NotADocument)
}
