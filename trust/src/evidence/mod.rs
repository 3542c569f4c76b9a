//! Everything that a verdict was made of beside the document, kept so that it can be
//! made again: years later, without a line to anybody (`docs/evidence-format.md`,
//! `docs/adr/0033-evidence.md`).
//!
//! 1. [`EvidenceSet::gather`] takes apart what [`check`](crate::verify::check) takes:
//!    anchors, trust lists, revocation lists, answers about certificates, the answers of registers, policy,
//!    algorithm policy, and the moment. Each piece is octets with a kind and an SM3.
//! 2. [`EvidenceSet::to_file`] writes one canonical JSON file of it;
//!    [`EvidenceSet::from_file`] reads one, strictly and within [`EvidenceLimits`].
//! 3. [`EvidenceSet::restore`] makes the [`Case`] again: with the document it gives the
//!    same report, octet for octet.
//!
//! 4. [`renewal`] are time stamps over document and pieces, which prove when both were there.
//!
//! A kind that is not known is refused: without it the verdict would be another.
//! Nothing here says that the anchors of a file are to be trusted; whoever believes a
//! file believes them, unless a signed receipt names its pieces ([`crate::receipt`]).

mod answer;
mod fault;
mod file;
mod member;
mod piece;
pub mod renewal;
mod restore;
mod rules;
mod seals;
mod signed;

pub use fault::{EvidenceFault, GatherFault};
pub use file::EvidenceLimits;
pub use piece::{Piece, PieceKind, PieceReference};
pub use restore::Case;
pub use signed::{STANDING_DOMAIN, SignedOctets};

use renewal::{DigestKind, Renewal};

use crate::{
    anchor::{Anchors, RevocationLists},
    base::Moment,
    trust_list::canonical::Budget,
    verify::{Evidence, Policy, RegisterAnswer, SealAnswer},
};

/// The word and version that every evidence file begins with.
pub const FORMAT: &str = "yinxin-evidence/1";

/// What reading a piece of our own may cost.
const SMALL: Budget = Budget { octets: 64 << 10, depth: 4, values: 200, items: 100 };

/// The pieces of one verdict, in their order, the moment it speaks for, and time stamps over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceSet {
    /// The moment that was judged for.
    pub at: Moment,
    pieces: Vec<Piece>,
    renewals: Vec<Renewal>,
}

impl EvidenceSet {
    /// Of what a check takes.
    ///
    /// # Errors
    /// [`GatherFault`].
    pub fn gather(anchors: &Anchors, evidence: &Evidence, policy: &Policy, at: Moment) -> Result<Self, GatherFault> {
        // a further kind of evidence belongs into a piece of its own
        let Evidence { revocation, standing, seals } = evidence;
        Self::with_answers(&fixed(anchors, revocation, policy)?, standing.as_ref(), seals, at)
    }

    /// Of pieces that are the same for every document ([`fixed`]), and the answers about one and its seals.
    ///
    /// # Errors
    /// [`GatherFault`].
    pub fn with_answers(
        fixed: &[Piece],
        standing: Option<&RegisterAnswer>,
        seals: &[SealAnswer],
        at: Moment,
    ) -> Result<Self, GatherFault> {
        let mut pieces = fixed.to_vec();
        if let Some(answer) = standing {
            pieces.push(Piece::new(PieceKind::Standing, answer::write(answer)?));
            if let RegisterAnswer::Known(known) = answer
                && let Some(signed) = &known.signed
            {
                pieces.push(Piece::new(PieceKind::SignedStanding, signed.to_octets()));
            }
        }
        if !seals.is_empty() {
            pieces.push(Piece::new(PieceKind::Seals, seals::write(seals)?));
        }
        Ok(Self::of(at, pieces))
    }

    /// Of pieces that were kept, in their order.
    pub const fn of(at: Moment, pieces: Vec<Piece>) -> Self {
        Self { at, pieces, renewals: Vec::new() }
    }

    /// And these renewals, in their order.
    #[must_use]
    pub fn with_renewals(self, renewals: Vec<Renewal>) -> Self {
        Self { renewals, ..self }
    }

    /// The time stamps over document and pieces, in their order.
    pub fn renewals(&self) -> &[Renewal] {
        &self.renewals
    }

    /// Anchors, and those that the renewals were judged with when they were made.
    ///
    /// # Errors
    /// [`EvidenceFault::Anchors`].
    pub fn with_anchors_of_renewals(&self, anchors: &Anchors) -> Result<Anchors, EvidenceFault> {
        self.renewals.iter().try_fold(anchors.clone(), |known, renewal| {
            Ok(renewal.anchors()?.map_or_else(|| known.clone(), |more| known.clone().and(&more)))
        })
    }

    /// What the next renewal is about, for a document with that digest.
    ///
    /// # Errors
    /// [`GatherFault`].
    pub fn next_statement(&self, digest: DigestKind, document: &[u8; 32]) -> Result<Vec<u8>, GatherFault> {
        renewal::statement(digest, document, (self.at, &self.pieces), &self.renewals)
    }

    /// The pieces, in their order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// What names each piece, in their order.
    pub fn references(&self) -> Vec<PieceReference> {
        self.pieces.iter().map(Piece::reference).collect()
    }
}

/// What does not depend on the document: rules, algorithm policy, anchors, trust lists,
/// revocation lists. Computed once by whoever verifies again and again.
///
/// # Errors
/// [`GatherFault`].
pub fn fixed(anchors: &Anchors, revocation: &RevocationLists, policy: &Policy) -> Result<Vec<Piece>, GatherFault> {
    let mut pieces = vec![Piece::new(PieceKind::Rules, rules::write(anchors, policy)?)];
    if policy.algorithms.file().is_some() {
        let octets = policy.algorithms.octets().ok_or(GatherFault::AlgorithmsNotKept)?;
        pieces.push(Piece::new(PieceKind::Algorithms, octets.to_vec()));
    }
    if let Some(bundle) = anchors.to_pem() {
        pieces.push(Piece::new(PieceKind::Anchors, bundle.into_bytes()));
    }
    let lists = anchors.lists().map(|list| Piece::new(PieceKind::TrustList, list.signed().to_octets()));
    pieces.extend(lists);
    let members = anchors.lists().filter_map(|list| Some((list.sm3(), list.membership()?)));
    let members = members.map(|(list, member)| Piece::new(PieceKind::Membership, member::write(list, member)));
    pieces.extend(members);
    // in one order whatever the table of issuers is; the order of one issuer's lists can decide
    let mut lists: Vec<_> = revocation.iter().collect();
    lists.sort_by(|left, right| left.issuer_der().cmp(right.issuer_der()));
    pieces.extend(lists.into_iter().map(|list| Piece::new(PieceKind::RevocationList, list.der().to_vec())));
    let answers = revocation.answers().map(|answer| Piece::new(PieceKind::OcspResponse, answer.der().to_vec()));
    pieces.extend(answers);
    Ok(pieces)
}
