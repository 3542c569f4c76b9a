//! A receipt that was made, in one of its forms, and what it was made of.

use super::ReceiptError;
use crate::{
    flow::{
        access::{Permit, may},
        evidence,
        issuer::Issuer,
    },
    store::{Conn, Store, receipts},
};
use yinxin_trust::{
    base::Source,
    evidence::{EvidenceSet, Piece, PieceKind},
    receipt::{self, Receipt, SignedReceipt},
};

/// In which form a receipt is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptForm {
    /// The signed file.
    Json,
    /// What it was made of.
    Evidence,
}

impl ReceiptForm {
    /// By its name: `json`, `evidence`.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "evidence" => Some(Self::Evidence),
            _ => None,
        }
    }

    /// How names of such files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Json => "receipt.json",
            Self::Evidence => "evidence.json",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json | Self::Evidence => "application/json",
        }
    }
}

/// A receipt of the permit's body.
///
/// # Errors
/// [`ReceiptError::NotFound`], also for one of another body.
pub fn get(
    issuer: &Issuer,
    permit: &Permit<may::ReadReceipt>,
    number: &str,
    form: ReceiptForm,
) -> Result<Vec<u8>, ReceiptError> {
    let row = issuer.store.read(|conn| receipts::find(conn, permit.body(), number))?;
    let signed = row.and_then(|row| row.signed).ok_or(ReceiptError::NotFound)?;
    match form {
        ReceiptForm::Json => Ok(signed),
        ReceiptForm::Evidence => {
            let receipt = SignedReceipt::read(&signed)?;
            Ok(evidence_of(&issuer.store, receipt.receipt())?.to_file()?)
        }
    }
}

/// What a receipt was made of, as this installation keeps it.
///
/// # Errors
/// [`ReceiptError::NotKept`] where the receipt was made elsewhere.
pub fn evidence_of(store: &Store, receipt: &Receipt) -> Result<EvidenceSet, ReceiptError> {
    let pieces = store.read(|conn| pieces(conn, receipt))?;
    Ok(EvidenceSet::of(receipt.judged_at, pieces))
}

fn pieces(conn: &mut Conn, receipt: &Receipt) -> Result<Vec<Piece>, ReceiptError> {
    let row = receipts::find_signed(conn, &receipt.number)?.ok_or(ReceiptError::NotKept)?;
    let mut pieces = evidence::kept(conn, &row.manifest_sm3)?;
    let own = [(PieceKind::Standing, row.standing), (PieceKind::SignedStanding, row.signed_standing)];
    pieces.extend(own.into_iter().filter_map(|(kind, octets)| Some(Piece::new(kind, octets?))));
    Ok(pieces)
}

/// The octets of the report that a receipt speaks of.
///
/// # Errors
/// [`ReceiptError::Replay`] with what is another.
pub fn replay(receipt: &Receipt, document: &dyn Source, evidence: &EvidenceSet) -> Result<Vec<u8>, ReceiptError> {
    Ok(receipt::replay(receipt, document, evidence)?)
}
