//! Using lists: who counted at an instant.

use super::{Identity, Service, ServiceKind, TrustList};
use crate::{
    anchor::{Anchors, Use},
    base::Moment,
    x509::Certificate,
};

impl ServiceKind {
    /// What the certificate of such a service vouches for as an anchor.
    pub const fn anchor_use(self) -> Option<Use> {
        match self {
            Self::StamperCa => Some(Use::Signer),
            Self::SealMakerCa => Some(Use::SealMaker),
            Self::TimeStamp => Some(Use::TimeStamp),
            Self::Log | Self::Status | Self::CodeHost => None,
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

/// The anchors of an instant: the certificates that any of the lists granted then,
/// each once, with all it was granted for. Anchors know no scope; who checks a stamp
/// asks [`super::Scope::covers`] of the services that hold the anchor of its path.
pub fn anchors_at<'a>(lists: impl IntoIterator<Item = &'a TrustList>, at: Moment) -> Anchors {
    let mut found: Vec<(Certificate, Vec<Use>)> = Vec::new();
    let mut known = std::collections::HashMap::<&[u8], usize>::new();
    for service in lists.into_iter().flat_map(|list| &list.services).filter(|service| service.is_granted_at(at)) {
        let (Some(wanted), Identity::Certificate(certificate)) = (service.kind.anchor_use(), &service.identity) else {
            continue;
        };
        let place = *known.entry(certificate.der()).or_insert_with(|| {
            found.push((certificate.clone(), Vec::new()));
            found.len() - 1
        });
        if let Some((_, uses)) = found.get_mut(place).filter(|(_, uses)| !uses.contains(&wanted)) {
            uses.push(wanted);
        }
    }
    for (_, uses) in &mut found {
        uses.sort_by_key(|one| Use::ALL.iter().position(|other| other == one));
    }
    Anchors::from_certificates(found)
}
