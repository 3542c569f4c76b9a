//! From pieces to what a check takes.

use super::{
    EvidenceSet, Piece, PieceKind, STANDING_DOMAIN, SignedOctets, answer,
    fault::EvidenceFault,
    member,
    rules::{self, Rules},
    seals,
};
use crate::{
    algorithms::AlgorithmPolicy,
    anchor::{Anchors, RevocationLists},
    base::{Moment, Source},
    suite::PublicKey,
    trust_list::{SignedList, SignedListError, TrustListLimits},
    verify::{CheckError, Evidence, Kept, Policy, RegisterAnswer, Report, check, check_kept},
    x509::{Crl, ocsp::OcspResponse},
};

/// What one verdict was made of, but for the document.
#[derive(Clone, Debug)]
pub struct Case {
    /// Whom was trusted.
    pub anchors: Anchors,
    /// What was known.
    pub evidence: Evidence,
    /// By which rules.
    pub policy: Policy,
    /// For which moment.
    pub at: Moment,
}

impl Case {
    /// The verdict on a document.
    ///
    /// # Errors
    /// As [`check`].
    pub fn check(&self, document: &dyn Source) -> Result<Report, CheckError> {
        check(document, &self.anchors, &self.evidence, &self.policy, self.at)
    }

    /// The verdict of then, judged later: as [`check_kept`].
    ///
    /// # Errors
    /// As [`check`].
    pub fn check_later(&self, document: &dyn Source, kept: &Kept) -> Result<Report, CheckError> {
        check_kept(document, &self.anchors, &self.evidence, &self.policy, self.at, kept)
    }
}

impl EvidenceSet {
    /// What was gathered, for the moment it was gathered for.
    ///
    /// # Errors
    /// [`EvidenceFault`].
    pub fn restore(&self) -> Result<Case, EvidenceFault> {
        let Some(octets) = self.one(PieceKind::Rules)? else {
            return Err(EvidenceFault::Missing(PieceKind::Rules));
        };
        let Rules { policy, identities_asked } = rules::read(octets)?;
        let algorithms = match self.one(PieceKind::Algorithms)? {
            None => AlgorithmPolicy::default(),
            Some(octets) => AlgorithmPolicy::from_json(octets)?,
        };
        let anchors = match (self.one(PieceKind::Anchors)?, identities_asked) {
            (_, false) => Anchors::not_asked(),
            (None, true) => Anchors::not_configured(),
            (Some(bundle), true) => Anchors::from_pem(bundle)?,
        };
        let lists = self.all(PieceKind::TrustList).map(trust_list).collect::<Result<Vec<_>, _>>()?;
        let mut members = member::read(self.all(PieceKind::Membership), &lists)?;
        let anchors = lists.iter().fold(anchors, |anchors, list| match members.remove(&hex::encode(list.sm3())) {
            None => anchors.with_lists([list]),
            Some(member) => anchors.with_members([(list, member)]),
        });
        let crls = self.all(PieceKind::RevocationList).map(Crl::from_der).collect::<Result<Vec<_>, _>>()?;
        let answers = self.all(PieceKind::OcspResponse).map(OcspResponse::from_der).collect::<Result<Vec<_>, _>>()?;
        Ok(Case {
            anchors,
            evidence: Evidence {
                revocation: RevocationLists::of(crls).with_answers(answers),
                standing: self.standing()?,
                seals: self.one(PieceKind::Seals)?.map(seals::read).transpose()?.unwrap_or_default(),
            },
            policy: Policy { algorithms, ..policy },
            at: self.at,
        })
    }

    /// The answer of the register; one that it signed must verify.
    fn standing(&self) -> Result<Option<RegisterAnswer>, EvidenceFault> {
        let mut standing = self.one(PieceKind::Standing)?.map(answer::read).transpose()?;
        if let Some(octets) = self.one(PieceKind::SignedStanding)? {
            let signed = SignedOctets::from_octets(octets)?;
            if !signed.verifies_behind(STANDING_DOMAIN) {
                return Err(EvidenceFault::SignedStanding);
            }
            match &mut standing {
                Some(RegisterAnswer::Known(known)) => known.signed = Some(signed),
                _ => return Err(EvidenceFault::Missing(PieceKind::Standing)),
            }
        }
        Ok(standing)
    }

    fn all(&self, kind: PieceKind) -> impl Iterator<Item = &[u8]> {
        self.pieces.iter().filter(move |piece| piece.kind() == kind).map(Piece::octets)
    }

    fn one(&self, kind: PieceKind) -> Result<Option<&[u8]>, EvidenceFault> {
        debug_assert!(!kind.may_repeat(), "there may be several");
        let mut all = self.all(kind);
        let first = all.next();
        if all.next().is_some() { Err(EvidenceFault::Twice(kind)) } else { Ok(first) }
    }
}

fn trust_list(octets: &[u8]) -> Result<SignedList, EvidenceFault> {
    let SignedOctets { octets, signature, key } = SignedOctets::from_octets(octets)?;
    let PublicKey::Sm2(key) = key.key() else { return Err(EvidenceFault::Signed("the key is no sm2 key")) };
    let list = SignedList::verify(&octets, &signature, key, &TrustListLimits::default());
    list.map_err(|error: SignedListError| error.into())
}
