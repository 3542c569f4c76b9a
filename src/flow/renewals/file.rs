//! Renewing one evidence file beside its document.

use super::{RenewError, known};
use crate::flow::time_stamps::Obtained;
use yinxin_trust::{
    base::{Moment, Source, SourceError},
    evidence::{
        EvidenceSet,
        renewal::{DigestKind, MOST_RENEWALS, Renewal, Tree, stamped_octets},
    },
    receipt::sm3_of,
    suite::sha256,
    verify::{Existed, Kept, RenewalJudge, existed},
};

/// The digest of a document.
///
/// # Errors
/// [`SourceError`] when the medium fails.
pub fn document_digest(document: &dyn Source, digest: DigestKind) -> Result<[u8; 32], SourceError> {
    match digest {
        DigestKind::Sm3 => sm3_of(document),
        DigestKind::Sha256 => {
            let mut octets = vec![0; usize::try_from(document.len()).unwrap_or(usize::MAX)];
            document.read_at(0, &mut octets)?;
            Ok(sha256(&octets))
        }
    }
}

/// Both digests of a document, each computed once.
pub(super) struct Digests {
    sm3: [u8; 32],
    sha256: Option<[u8; 32]>,
}

impl Digests {
    /// SHA-256 only where something asks for it: it reads the whole document into memory.
    pub(super) fn of(document: &dyn Source, set: &EvidenceSet, also: DigestKind) -> Result<Self, SourceError> {
        let wanted =
            also == DigestKind::Sha256 || set.renewals().iter().any(|renewal| renewal.digest == DigestKind::Sha256);
        let sha256 = wanted.then(|| document_digest(document, DigestKind::Sha256)).transpose()?;
        Ok(Self { sm3: document_digest(document, DigestKind::Sm3)?, sha256 })
    }

    /// Where only the SM3 is at hand.
    pub(super) const fn by_sm3(sm3: [u8; 32]) -> Self {
        Self { sm3, sha256: None }
    }

    /// One that is not at hand is of no document, so that nothing is proven by it.
    pub(super) fn get(&self, digest: DigestKind) -> [u8; 32] {
        match digest {
            DigestKind::Sm3 => self.sm3,
            DigestKind::Sha256 => self.sha256.unwrap_or_default(),
        }
    }
}

/// What the time stamps of a file prove about its document.
///
/// # Errors
/// [`SourceError`] when the medium fails.
pub fn judged(document: &dyn Source, set: &EvidenceSet, judge: &RenewalJudge<'_>) -> Result<Kept, SourceError> {
    let digests = Digests::of(document, set, DigestKind::Sm3)?;
    Ok(Kept { today: judge.today, renewed: existed(set, &|digest| digests.get(digest), judge) })
}

/// The set with a further time stamp over document, evidence and all that there were, once it holds and lasts longer
/// than the last one.
///
/// # Errors
/// [`RenewError`]; what was there is unchanged.
pub fn renew(
    document: &dyn Source,
    set: &EvidenceSet,
    digest: DigestKind,
    obtained: &Obtained,
    judge: &RenewalJudge<'_>,
) -> Result<(EvidenceSet, Existed), RenewError> {
    let digests = Digests::of(document, set, digest)?;
    let by = |digest| digests.get(digest);
    let before = existed(set, &by, judge).map_err(RenewError::Chain)?;
    if set.renewals().len() >= MOST_RENEWALS {
        return Err(RenewError::TooMany { limit: MOST_RENEWALS });
    }
    let tree = Tree::of(digest, vec![Tree::leaf(digest, &set.next_statement(digest, &by(digest))?)]);
    let token = stamped(&tree, digest, obtained, judge.today)?;
    let place = Place { digest, index: 0, size: 1, path: Vec::new() };
    let after = appended(set, place, token, judge);
    let found = existed(&after, &by, judge).map_err(RenewError::Given)?.ok_or(RenewError::NoAuthority)?;
    lasts_longer(before.as_ref(), &found)?;
    Ok((after, found))
}

/// Where a statement stands in a tree.
pub(super) struct Place {
    pub(super) digest: DigestKind,
    pub(super) index: u32,
    pub(super) size: u32,
    pub(super) path: Vec<[u8; 32]>,
}

/// A token over the root of a tree.
pub(super) fn stamped(
    tree: &Tree,
    digest: DigestKind,
    obtained: &Obtained,
    today: Moment,
) -> Result<Vec<u8>, RenewError> {
    let octets = stamped_octets(digest, tree.size(), &tree.root());
    Ok(obtained.over_evidence(&octets, digest, today)?)
}

fn appended(set: &EvidenceSet, place: Place, token: Vec<u8>, judge: &RenewalJudge<'_>) -> EvidenceSet {
    let Place { digest, index, size, path } = place;
    let number = set.renewals().len() + 1;
    let bare = Renewal { number, digest, index, size, path, token, pieces: Vec::new() };
    let mut all = set.renewals().to_vec();
    all.push(bare);
    let pieces = known(judge, &all);
    if let Some(last) = all.last_mut() {
        last.pieces = pieces;
    }
    set.clone().with_renewals(all)
}

/// A time stamp that ends with the last one, or before, renews nothing.
pub(super) fn lasts_longer(before: Option<&Existed>, after: &Existed) -> Result<(), RenewError> {
    let last = before.and_then(|before| before.holds_until);
    match (last, after.holds_until) {
        (Some(last), Some(given)) if given <= last => Err(RenewError::NoLonger { given, last }),
        _ => Ok(()),
    }
}
