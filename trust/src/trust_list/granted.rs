//! Using lists: who counted at an instant.

use super::{Service, ServiceKind, TrustList};
use crate::{anchor::Use, base::Moment};

impl ServiceKind {
    /// What the certificate of such a service vouches for as an anchor.
    pub const fn anchor_use(self) -> Option<Use> {
        match self {
            Self::StamperCa => Some(Use::Signer),
            Self::SealMakerCa => Some(Use::SealMaker),
            Self::TimeStamp => Some(Use::TimeStamp),
            Self::Log | Self::Status | Self::CodeHost | Self::Receipts => None,
        }
    }
}

impl TrustList {
    /// The services of a kind that were granted at an instant, in the order of the
    /// list. Whom they serve is in their scope: a certificate may stand in several.
    pub fn services_at(&self, kind: ServiceKind, at: Moment) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(move |service| service.kind == kind && service.is_granted_at(at))
    }
}
