//! What verdicts were made of, kept in the register: each piece once, by its SM3, and a
//! manifest for each set of pieces that is the same for every document.

use super::{issue::IssueError, renewals, verify::FixedEvidence};
use crate::store::{
    Conn, StoreError,
    evidence::{self, EvidencePiece},
    renewals::SubjectKind,
};
use std::str;
use yinxin_trust::{
    base::Moment,
    evidence::{EvidenceSet, Piece, PieceKind},
    sm::sm3,
};

/// The word for a manifest among the pieces.
const MANIFEST: &str = "manifest";

/// Keeps a set that is not kept yet.
pub(super) fn keep(conn: &mut Conn, fixed: &FixedEvidence) -> Result<(), StoreError> {
    if evidence::has(conn, fixed.manifest_sm3())? {
        return Ok(());
    }
    let all: Vec<&[u8]> = fixed.pieces().iter().map(|piece| &piece.sm3()[..]).collect();
    let there = evidence::those_kept(conn, &all)?;
    let missing = fixed.pieces().iter().filter(|piece| !there.contains(&piece.sm3()[..]));
    let mut rows: Vec<EvidencePiece> = missing.map(row).collect();
    let octets = fixed.manifest().to_vec();
    rows.push(EvidencePiece { sm3: fixed.manifest_sm3().to_vec(), kind: MANIFEST.to_owned(), octets });
    evidence::put(conn, &rows)
}

fn row(piece: &Piece) -> EvidencePiece {
    EvidencePiece { sm3: piece.sm3().to_vec(), kind: piece.kind().as_str().to_owned(), octets: piece.octets().to_vec() }
}

/// Keeps pieces that are not kept yet, and their manifest; the SM3 of that.
pub(super) fn keep_pieces(conn: &mut Conn, pieces: &[Piece], manifest: &[u8]) -> Result<Vec<u8>, StoreError> {
    let sm3 = sm3::digest(manifest).to_vec();
    let mut rows: Vec<EvidencePiece> = pieces.iter().map(row).collect();
    rows.push(EvidencePiece { sm3: sm3.clone(), kind: MANIFEST.to_owned(), octets: manifest.to_vec() });
    evidence::put(conn, &rows)?;
    Ok(sm3)
}

/// The octets of a manifest: a line `KIND SM3` for each piece, in their order.
pub(super) fn manifest(pieces: &[Piece]) -> Vec<u8> {
    let line = |piece: &Piece| format!("{} {}\n", piece.kind(), hex::encode(piece.sm3()));
    pieces.iter().map(line).collect::<String>().into_bytes()
}

/// The set of a manifest.
///
/// # Errors
/// [`IssueError::Record`] where a piece is gone or is not what its SM3 says.
pub(super) fn kept(conn: &mut Conn, manifest_sm3: &[u8]) -> Result<Vec<Piece>, IssueError> {
    let bad = || IssueError::Record("kept evidence".to_owned());
    let manifest = evidence::get(conn, manifest_sm3)?.ok_or_else(bad)?;
    let text = str::from_utf8(&manifest.octets).map_err(|_| bad())?;
    let named = text.lines().map(|line| {
        let (kind, sm3) = line.split_once(' ').ok_or_else(bad)?;
        Ok((kind.parse::<PieceKind>().map_err(|_| bad())?, hex::decode(sm3).map_err(|_| bad())?))
    });
    let named = named.collect::<Result<Vec<_>, IssueError>>()?;
    let all: Vec<&[u8]> = named.iter().map(|(_, sm3)| sm3.as_slice()).collect();
    let found = evidence::get_all(conn, &all)?;
    let pieces = named.iter().map(|(kind, sm3)| {
        let piece = Piece::new(*kind, found.get(sm3).ok_or_else(bad)?.octets.clone());
        if piece.sm3()[..] == sm3[..] { Ok(piece) } else { Err(bad()) }
    });
    pieces.collect()
}

/// What the document of a version was verified with when it was issued, as a file.
///
/// # Errors
/// [`IssueError::NoEvidence`] for a version of before that was kept.
pub(super) fn of_version(conn: &mut Conn, version_id: &str) -> Result<Vec<u8>, IssueError> {
    let row = evidence::of_version(conn, version_id)?.ok_or(IssueError::NoEvidence)?;
    let at = Moment::from_unix_milliseconds(row.at).map_err(|_| IssueError::Record("kept evidence".to_owned()))?;
    let renewals = renewals::of_subject(conn, SubjectKind::Version, version_id)?;
    let set = EvidenceSet::of(at, kept(conn, &row.manifest_sm3)?).with_renewals(renewals);
    set.to_file().map_err(|fault| IssueError::Record(fault.to_string()))
}
