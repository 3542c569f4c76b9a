//! What a renewal says of one document: canonical JSON, so that there is one form of it.

use super::{DigestKind, FORMAT, Renewal};
use crate::{
    base::Moment,
    evidence::{EvidenceLimits, GatherFault, Piece},
    trust_list::canonical::{self, Value},
};

/// The statement about a document, given by its digest of that kind, its evidence and the renewals before.
///
/// # Errors
/// [`GatherFault::Form`] where it would be larger than a file may be.
pub fn statement(
    digest: DigestKind,
    document: &[u8; 32],
    (at, pieces): (Moment, &[Piece]),
    earlier: &[Renewal],
) -> Result<Vec<u8>, GatherFault> {
    let text = |text: String| Value::Text(text.into());
    let piece = |piece: &Piece| {
        let of = match digest {
            DigestKind::Sm3 => *piece.sm3(),
            DigestKind::Sha256 => digest.of(piece.octets()),
        };
        Value::Object(vec![("digest".into(), text(hex::encode(of))), ("kind".into(), text(piece.kind().to_string()))])
    };
    let earlier = earlier.iter().map(|renewal| Ok(text(hex::encode(digest.of(&renewal.octets()?)))));
    let whole = Value::Object(vec![
        ("digest".into(), text(digest.as_str().to_owned())),
        ("document".into(), text(hex::encode(document))),
        ("earlier".into(), Value::Array(earlier.collect::<Result<_, canonical::Fault>>()?)),
        ("format".into(), text(FORMAT.to_owned())),
        ("moment".into(), text(at.to_string())),
        ("pieces".into(), Value::Array(pieces.iter().map(piece).collect())),
    ]);
    Ok(canonical::write(&whole, &EvidenceLimits::default().budget())?)
}
