//! A receipt that was made, in one of its forms, and what it was made of.

use super::{ReceiptError, draw};
use crate::{
    flow::{
        access::{Permit, may},
        evidence,
        issuer::Issuer,
        renewals,
    },
    store::{Conn, Store, receipts, renewals::SubjectKind},
};
use std::sync::Arc;
use yinxin_face::Fonts;
use yinxin_trust::{
    base::Source,
    disclosure,
    evidence::{EvidenceSet, Piece, PieceKind},
    receipt::{self, Receipt, ReceiptFault, ReceiptPlan, SignedReceipt},
};

/// In which form a receipt is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptForm {
    /// The signed file.
    Json,
    /// One page for people, with the signed file attached.
    Pdf,
    /// What it was made of.
    Evidence,
}

impl ReceiptForm {
    /// By its name: `json`, `pdf`, `evidence`.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "pdf" => Some(Self::Pdf),
            "evidence" => Some(Self::Evidence),
            _ => None,
        }
    }

    /// How names of such files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Json => "receipt.json",
            Self::Pdf => "receipt.pdf",
            Self::Evidence => "evidence.json",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json | Self::Evidence => "application/json",
            Self::Pdf => "application/pdf",
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
        ReceiptForm::Pdf => page(&SignedReceipt::read(&signed)?, issuer.types.fonts()),
        ReceiptForm::Evidence => {
            let receipt = SignedReceipt::read(&signed)?;
            Ok(evidence_of(&issuer.store, receipt.receipt())?.to_file()?)
        }
    }
}

/// The page of a receipt, as PDF.
///
/// # Errors
/// [`ReceiptError::Draw`].
pub fn page(receipt: &SignedReceipt, fonts: &Arc<Fonts>) -> Result<Vec<u8>, ReceiptError> {
    draw::pdf(receipt, fonts)
}

/// What somebody has of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The signed file, or the one that is attached to the page.
    pub signed: SignedReceipt,
    /// What is to be said of the page.
    pub page: Page,
}

/// Whether a page says what its signed file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// There is none: it is the file itself.
    None,
    /// Octet for octet the page of the file.
    Same,
    /// Another page, or one that another version drew: what counts is the file alone.
    Another,
}

/// Whether octets say of themselves that they are a receipt, as a file or as a page.
pub fn is_one(octets: &[u8]) -> bool {
    (octets.starts_with(b"{") && !disclosure::is_one(octets)) || draw::in_pdf(octets).is_some()
}

/// Reads a receipt, as a file or as a page.
///
/// # Errors
/// [`ReceiptFault`].
pub fn open(octets: &[u8], fonts: &Arc<Fonts>) -> Result<Brought, ReceiptFault> {
    let Some(file) = draw::in_pdf(octets) else {
        return Ok(Brought { signed: SignedReceipt::read(octets)?, page: Page::None });
    };
    let signed = SignedReceipt::read(file)?;
    let drawn = draw::pdf(&signed, fonts);
    let page = if drawn.is_ok_and(|drawn| drawn == octets) { Page::Same } else { Page::Another };
    Ok(Brought { signed, page })
}

/// What a receipt was made of, as this installation keeps it.
///
/// # Errors
/// [`ReceiptError::NotKept`] where the receipt was made elsewhere.
pub fn evidence_of(store: &Store, receipt: &Receipt) -> Result<EvidenceSet, ReceiptError> {
    store.read(|conn| {
        let row = receipts::find_signed(conn, &receipt.number)?.ok_or(ReceiptError::NotKept)?;
        let renewals = renewals::of_subject(conn, SubjectKind::Receipt, &receipt.number)?;
        Ok(EvidenceSet::of(receipt.judged_at, pieces(conn, row)?).with_renewals(renewals))
    })
}

/// A signed receipt with what it was made of, by its number.
pub(in crate::flow) fn kept(conn: &mut Conn, number: &str) -> Result<(Receipt, EvidenceSet), ReceiptError> {
    let row = receipts::find_signed(conn, number)?.ok_or(ReceiptError::NotFound)?;
    let receipt = ReceiptPlan::from_octets(&row.content)?.receipt().clone();
    let renewals = renewals::of_subject(conn, SubjectKind::Receipt, number)?;
    let set = EvidenceSet::of(receipt.judged_at, pieces(conn, row)?).with_renewals(renewals);
    Ok((receipt, set))
}

fn pieces(conn: &mut Conn, row: receipts::Receipt) -> Result<Vec<Piece>, ReceiptError> {
    let mut pieces = evidence::kept(conn, &row.manifest_sm3)?;
    let own = [
        (PieceKind::Standing, row.standing),
        (PieceKind::SignedStanding, row.signed_standing),
        (PieceKind::Seals, row.seals),
    ];
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
