//! What the flows of an issuing installation share.

use super::{
    issue::{IssueError, IssueSettings},
    numbers::Numbers,
    seals::Seals,
    types::Types,
    verify::Verifier,
};
use crate::{clock::Clock, store::Store};
use std::sync::Arc;
use yinxin_face::Fonts;
use yinxin_hsm::KeyStore;
use yinxin_trust::{base::Moment, verify::Report};

/// Register, keys, clock, and what is kept of them in memory. Safe to use from
/// several threads.
pub struct Issuer {
    /// The register.
    pub store: Arc<Store>,
    /// The keys in custody.
    pub keys: Arc<dyn KeyStore>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// How licences are issued.
    pub settings: IssueSettings,
    /// Checks what is about to be stamped, and what was.
    pub verifier: Verifier,
    pub(super) types: Types,
    pub(super) seals: Seals,
    pub(super) numbers: Numbers,
}

impl Issuer {
    /// Opens the issuer over a register that is there and up to date.
    pub fn new(
        store: Arc<Store>,
        keys: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
        verifier: Verifier,
        settings: IssueSettings,
        fonts: Arc<Fonts>,
    ) -> Self {
        Self {
            store,
            keys,
            clock,
            verifier,
            settings,
            types: Types::new(fonts),
            seals: Seals::default(),
            numbers: Numbers::default(),
        }
    }

    /// Verifies a document of our own as anybody would, as of now.
    ///
    /// # Errors
    /// [`IssueError::Unreadable`], [`IssueError::Clock`].
    pub fn verify_document(&self, octets: &[u8]) -> Result<Report, IssueError> {
        self.verify(octets, self.clock.now()?)
    }

    /// Verifies octets of our own as anybody would.
    pub(super) fn verify(&self, octets: &[u8], at: Moment) -> Result<Report, IssueError> {
        self.verifier.verify(&octets, Some(at)).map_err(|cause| IssueError::Unreadable(cause.to_string()))
    }
}
