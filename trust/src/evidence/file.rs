//! The evidence file: one canonical JSON (RFC 8785) with the pieces in base64.

use super::{
    EvidenceSet, FORMAT, Piece, PieceKind,
    fault::{EvidenceFault, GatherFault},
    renewal::{LONGEST_PATH, MOST_RENEWALS, Renewal, Written},
};
use crate::{
    base::Moment,
    trust_list::canonical::{self, Budget, Value},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use std::borrow::Cow;

/// Budgets of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceLimits {
    /// Octets of the file.
    pub octets: usize,
    /// Pieces in it.
    pub pieces: usize,
}

impl Default for EvidenceLimits {
    /// 512 MiB: one revocation list of some millions of entries, and what belongs to it.
    fn default() -> Self {
        Self { octets: 512 << 20, pieces: 10_000 }
    }
}

impl EvidenceLimits {
    /// Of the whole, renewals, renewal, pieces, piece.
    const DEPTH: usize = 5;

    pub(super) const fn budget(&self) -> Budget {
        // the array's own limit is told as that of the pieces
        let items = self.pieces.saturating_add(1);
        let renewals = MOST_RENEWALS * (LONGEST_PATH + 16);
        Budget { octets: self.octets, depth: Self::DEPTH, values: self.pieces.saturating_mul(4) + renewals, items }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    format: String,
    moment: Moment,
    #[serde(borrow)]
    pieces: Vec<Entry<'a>>,
    /// Left out where there are none.
    #[serde(default, borrow)]
    renewals: Option<Vec<Written<'a>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    octets: Cow<'a, str>,
    #[serde(borrow)]
    sm3: Cow<'a, str>,
}

impl EvidenceSet {
    /// The octets of a file.
    ///
    /// # Errors
    /// [`GatherFault::Form`] where it would be larger than [`EvidenceLimits`] allows.
    pub fn to_file(&self) -> Result<Vec<u8>, GatherFault> {
        let mut members = vec![
            ("format", text(FORMAT.to_owned())),
            ("moment", text(self.at.to_string())),
            ("pieces", Value::Array(self.pieces.iter().map(piece).collect())),
        ];
        if !self.renewals.is_empty() {
            members.push(("renewals", Value::Array(self.renewals.iter().map(Renewal::value).collect())));
        }
        Ok(canonical::write(&object(members), &EvidenceLimits::default().budget())?)
    }

    /// Reads a file; every piece has the SM3 that stands beside it.
    ///
    /// # Errors
    /// [`EvidenceFault`].
    pub fn from_file(octets: &[u8], limits: &EvidenceLimits) -> Result<Self, EvidenceFault> {
        canonical::read(octets, &limits.budget())?;
        let file: File<'_> = serde_json::from_slice(octets).map_err(|error| match format_of(octets) {
            Some(format) if format != FORMAT => EvidenceFault::Format,
            _ => canonical::TypedFault::Members(error.to_string()).into(),
        })?;
        if file.format != FORMAT {
            return Err(EvidenceFault::Format);
        }
        if file.pieces.len() > limits.pieces {
            return Err(EvidenceFault::TooManyPieces { limit: limits.pieces });
        }
        let pieces = (1..).zip(&file.pieces).map(|(number, entry)| read_piece(number, entry));
        let pieces = pieces.collect::<Result<_, _>>()?;
        Ok(Self { at: file.moment, pieces, renewals: renewals(&file.renewals.unwrap_or_default())? })
    }
}

/// Each one, in their order.
fn renewals(written: &[Written<'_>]) -> Result<Vec<Renewal>, EvidenceFault> {
    if written.len() > MOST_RENEWALS {
        return Err(EvidenceFault::TooManyRenewals { limit: MOST_RENEWALS });
    }
    let read = (1..).zip(written).map(|(due, written)| match Renewal::read(written)? {
        renewal if renewal.number == due => Ok(renewal),
        renewal => Err(EvidenceFault::RenewalOrder { due, found: renewal.number }),
    });
    read.collect()
}

pub(super) fn piece(piece: &Piece) -> Value<'static> {
    object(vec![
        ("kind", text(piece.kind().to_string())),
        ("octets", text(STANDARD.encode(piece.octets()))),
        ("sm3", text(hex::encode(piece.sm3()))),
    ])
}

/// The `number`-th of its list, which has the SM3 that stands beside it.
pub(super) fn read_piece(number: usize, entry: &Entry<'_>) -> Result<Piece, EvidenceFault> {
    let kind: PieceKind = entry.kind.parse()?;
    let octets = STANDARD.decode(entry.octets.as_bytes()).map_err(|_| EvidenceFault::Base64 { number })?;
    let piece = Piece::new(kind, octets);
    let same = hex::encode(piece.sm3()) == entry.sm3;
    if same { Ok(piece) } else { Err(EvidenceFault::Altered { number, kind }) }
}

fn text(text: String) -> Value<'static> {
    Value::Text(text.into())
}

fn object(members: Vec<(&'static str, Value<'static>)>) -> Value<'static> {
    Value::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// The word for the format, of a file of whatever version.
fn format_of(octets: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Any {
        format: String,
    }
    serde_json::from_slice::<Any>(octets).ok().map(|any| any.format)
}
