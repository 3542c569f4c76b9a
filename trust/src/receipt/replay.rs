//! The report again, from document and evidence alone.

use super::Receipt;
use crate::{
    base::{Source, SourceError},
    evidence::{Case, EvidenceFault, EvidenceSet, PieceKind},
    sm::sm3::{self, Sm3},
    verify::{CheckError, REPORT_VERSION, Report},
};
use std::collections::HashMap;

/// Octets that are digested at a time.
const CHUNK: usize = 64 << 10;

/// Why a receipt's report was not made again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayFault {
    /// Another document than the one that was judged.
    #[error("the document is another one: its sm3 is {found}, the receipt speaks of {due}")]
    OtherDocument {
        /// SM3 of what was brought.
        found: String,
        /// SM3 in the receipt.
        due: String,
    },
    /// A piece that the receipt names is not there; one that was altered is another.
    #[error("the evidence lacks the {kind} with the sm3 {sm3}: it is missing or was altered")]
    MissingEvidence {
        /// Which kind.
        kind: PieceKind,
        /// By its SM3.
        sm3: String,
    },
    /// The pieces are there and cannot be used.
    #[error("evidence: {0}")]
    Evidence(#[from] EvidenceFault),
    /// The report has a form that this program does not write.
    #[error("the report has the form of version {due}, this program writes version {REPORT_VERSION}")]
    ReportVersion {
        /// That of the receipt.
        due: u32,
    },
    /// There is no report at all.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// Document and evidence are the same, and the report is another: so is the program.
    #[error("the report came out with the sm3 {found}, the receipt has {due}; it was made by {program}")]
    OtherReport {
        /// SM3 of the report as it came out.
        found: String,
        /// SM3 in the receipt.
        due: String,
        /// The program that made the receipt.
        program: String,
    },
}

/// The JSON of a report, without space: what receipts name by its SM3.
pub fn report_octets(report: &Report) -> Vec<u8> {
    // a report has neither maps with other keys than texts nor numbers that JSON lacks
    serde_json::to_vec(report).unwrap_or_default()
}

/// SM3 of a document.
///
/// # Errors
/// [`SourceError`] when the medium fails.
pub fn sm3_of(document: &dyn Source) -> Result<sm3::Digest, SourceError> {
    if let Some(octets) = document.in_memory() {
        return Ok(sm3::digest(octets));
    }
    let (mut hash, mut buffer, mut at) = (Sm3::new(), vec![0; CHUNK], 0);
    while at < document.len() {
        let take = usize::try_from(document.len() - at).map_or(CHUNK, |left| left.min(CHUNK));
        document.read_at(at, &mut buffer[..take])?;
        hash.update(&buffer[..take]);
        at += take as u64;
    }
    Ok(hash.finish())
}

/// The octets of the report that a receipt speaks of. `evidence` may have more pieces than
/// the receipt names; they are left out.
///
/// # Errors
/// [`ReplayFault`].
pub fn replay(receipt: &Receipt, document: &dyn Source, evidence: &EvidenceSet) -> Result<Vec<u8>, ReplayFault> {
    if receipt.report.version != REPORT_VERSION {
        return Err(ReplayFault::ReportVersion { due: receipt.report.version });
    }
    let found = hex::encode(sm3_of(document).map_err(CheckError::from)?);
    if found != receipt.document.sm3 {
        return Err(ReplayFault::OtherDocument { found, due: receipt.document.sm3.clone() });
    }
    let octets = report_octets(&case(receipt, evidence)?.check(document)?);
    let found = hex::encode(sm3::digest(&octets));
    if found != receipt.report.sm3 {
        let (due, program) = (receipt.report.sm3.clone(), receipt.program.clone());
        return Err(ReplayFault::OtherReport { found, due, program });
    }
    Ok(octets)
}

/// What was judged with: the pieces that the receipt names, in its order, for its moment.
fn case(receipt: &Receipt, evidence: &EvidenceSet) -> Result<Case, ReplayFault> {
    let there: HashMap<_, _> = evidence.pieces().iter().map(|piece| (piece.reference().sm3, piece)).collect();
    let named = receipt.evidence.iter().map(|wanted| {
        let found = there.get(&wanted.sm3).filter(|piece| piece.kind() == wanted.kind);
        let missing = || ReplayFault::MissingEvidence { kind: wanted.kind, sm3: wanted.sm3.clone() };
        found.map(|piece| (*piece).clone()).ok_or_else(missing)
    });
    Ok(EvidenceSet::of(receipt.judged_at, named.collect::<Result<_, _>>()?).restore()?)
}
