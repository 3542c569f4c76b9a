//! What verdicts were made of: pieces that many of them share, each kept once, and
//! which of them the document of a version was verified with when it was issued.
//!
//! A manifest is a piece of its own: a line `KIND SM3` for each piece, in their order.

use super::{Conn, StoreError, conn::each, rows::insert_rows, schema::*};
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, StoreError>;

/// A piece, or a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence_pieces, treat_none_as_default_value = false)]
pub struct EvidencePiece {
    /// SM3 of the octets.
    pub sm3: Vec<u8>,
    /// A stable word.
    pub kind: String,
    /// The octets.
    pub octets: Vec<u8>,
}

/// What the document of a version was verified with when it was issued.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = document_evidence, treat_none_as_default_value = false)]
pub struct DocumentEvidence {
    /// Of which version.
    pub version_id: String,
    /// For which instant, in milliseconds.
    pub at: i64,
    /// The manifest.
    pub manifest_sm3: Vec<u8>,
}

/// Whether a piece is kept.
///
/// # Errors
/// What the database says.
pub fn has(conn: &mut Conn, sm3: &[u8]) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(evidence_pieces::table.find(sm3))).get_result(conn)?)
}

/// Which of these pieces are kept.
///
/// # Errors
/// What the database says.
pub fn those_kept(conn: &mut Conn, sm3: &[&[u8]]) -> Result<BTreeSet<Vec<u8>>> {
    let there = evidence_pieces::table.filter(evidence_pieces::sm3.eq_any(sm3)).select(evidence_pieces::sm3);
    Ok(each!(conn, c => there.load(c))?.into_iter().collect())
}

/// Keeps pieces that are not there yet.
///
/// # Errors
/// What the database says.
pub fn put(conn: &mut Conn, pieces: &[EvidencePiece]) -> Result<()> {
    for piece in pieces {
        // another process may be first: the same SM3 is the same piece
        each!(conn, c => {
            diesel::insert_into(evidence_pieces::table)
                .values(piece)
                .on_conflict(evidence_pieces::sm3)
                .do_nothing()
                .execute(c)
        })?;
    }
    Ok(())
}

/// A piece by its SM3.
///
/// # Errors
/// What the database says.
pub fn get(conn: &mut Conn, sm3: &[u8]) -> Result<Option<EvidencePiece>> {
    let one = evidence_pieces::table.find(sm3);
    Ok(one.select(EvidencePiece::as_select()).first(conn).optional()?)
}

/// Pieces by their SM3; those that are not kept are missing.
///
/// # Errors
/// What the database says.
pub fn get_all(conn: &mut Conn, sm3: &[&[u8]]) -> Result<BTreeMap<Vec<u8>, EvidencePiece>> {
    let all = evidence_pieces::table.filter(evidence_pieces::sm3.eq_any(sm3)).select(EvidencePiece::as_select());
    let found: Vec<EvidencePiece> = all.load(conn)?;
    Ok(found.into_iter().map(|piece| (piece.sm3.clone(), piece)).collect())
}

/// Writes down what documents were verified with, in the write that adds their versions.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn put_of_documents(conn: &mut Conn, rows: &[DocumentEvidence]) -> Result<()> {
    insert_rows!(conn, rows, DocumentEvidence => document_evidence { version_id, at, manifest_sm3 })?;
    Ok(())
}

/// What the document of a version was verified with; none for versions of before that was kept.
///
/// # Errors
/// What the database says.
pub fn of_version(conn: &mut Conn, version_id: &str) -> Result<Option<DocumentEvidence>> {
    let one = document_evidence::table.find(version_id);
    Ok(one.select(DocumentEvidence::as_select()).first(conn).optional()?)
}
