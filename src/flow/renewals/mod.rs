//! Time stamps over kept evidence, made again before the last one grows old (`docs/evidence-format.md`, ADR 44).
//!
//! `file` renews one evidence file beside its document; `kept` renews what the register keeps, a thousand documents
//! and receipts with one time stamp; `chain` reads the renewals of one of them back.

mod chain;
mod fault;
mod file;
mod kept;

pub(super) use chain::of_subject;
pub use fault::RenewError;
pub use file::{document_digest, judged, renew};
pub use kept::{KeptRules, Renewed, renew_kept};

use yinxin_trust::{
    evidence::{Piece, PieceKind, renewal::Renewal},
    tsp::Token,
    verify::RenewalJudge,
    x509::Certificate,
};

/// What earlier renewals are judged with from then on: the anchors, and of the lists and answers those about the
/// authorities of these renewals. A whole collection would be kept with each.
fn known(judge: &RenewalJudge<'_>, renewals: &[Renewal]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if let Some(bundle) = judge.anchors.to_pem() {
        pieces.push(Piece::new(PieceKind::Anchors, bundle.into_bytes()));
    }
    let authorities: Vec<Certificate> = renewals
        .iter()
        .filter_map(|renewal| Token::parse(&renewal.token).ok())
        .flat_map(|token| token.certificates())
        .collect();
    let is_meant = |issuer: &[u8]| authorities.iter().any(|one| one.issuer_der() == issuer);
    let mut lists: Vec<_> = judge.revocation.iter().filter(|list| is_meant(list.issuer_der())).collect();
    lists.sort_by(|left, right| left.issuer_der().cmp(right.issuer_der()));
    pieces.extend(lists.into_iter().map(|list| Piece::new(PieceKind::RevocationList, list.der().to_vec())));
    pieces
}
