//! Verifying one document: the only place that calls the pure checker.

use crate::clock::{Clock, ClockError};
use std::sync::Arc;
use yinxin_trust::{
    anchor::Anchors,
    base::{Moment, Source, SourceError},
    verify::{CheckError, Evidence, Policy, Report, check},
};

/// Everything a verification needs beside the document.
#[derive(Clone)]
pub struct Verifier {
    anchors: Anchors,
    policy: Policy,
    clock: Arc<dyn Clock>,
}

/// Why there is no report. A forged document has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// By its first octets no OFD, seal or signature value.
    #[error("neither an OFD document nor a seal nor a signature value")]
    NotADocument,
    /// The medium failed; says nothing about the document.
    #[error(transparent)]
    Unreadable(SourceError),
    /// The machine does not know the time.
    #[error(transparent)]
    Clock(#[from] ClockError),
}

impl Verifier {
    /// With these anchors, under this policy, by this clock.
    pub fn new(anchors: Anchors, policy: Policy, clock: Arc<dyn Clock>) -> Self {
        Self { anchors, policy, clock }
    }

    /// How many anchors are configured.
    pub fn anchors(&self) -> usize {
        self.anchors.len()
    }

    /// Checks one document as of `at`, or of now.
    ///
    /// # Errors
    /// [`VerifyError`] when nothing can be said about the document.
    pub fn verify(&self, document: &dyn Source, at: Option<Moment>) -> Result<Report, VerifyError> {
        let at = match at {
            Some(at) => at,
            None => self.clock.now()?,
        };
        check(document, &self.anchors, &Evidence::default(), &self.policy, at).map_err(|e| match e {
            CheckError::NotADocument => VerifyError::NotADocument,
            CheckError::Source(e) => VerifyError::Unreadable(e),
        })
    }
}
