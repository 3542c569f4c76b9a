//! Revocation lists as they were fetched; they belong to no body.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A list of one issuer.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = revocation_lists)]
pub struct RevocationList {
    /// Digest of the issuer's name and key.
    pub issuer_digest: Vec<u8>,
    /// Its number with that issuer.
    pub number: i64,
    /// The list itself.
    pub der: Vec<u8>,
    /// When the issuer made it.
    pub this_update: i64,
    /// When the next one is due.
    pub next_update: i64,
    /// When it was taken in.
    pub recorded_at: i64,
}

/// Keeps a list; false where that number is there already.
///
/// # Errors
/// What the database says.
pub fn insert(conn: &mut Conn, row: &RevocationList) -> Result<bool> {
    let inserted = each!(conn, c => {
        diesel::insert_into(revocation_lists::table)
            .values(row)
            .on_conflict((revocation_lists::issuer_digest, revocation_lists::number))
            .do_nothing()
            .execute(c)
    })?;
    Ok(inserted == 1)
}

/// The list with the highest number of an issuer.
///
/// # Errors
/// What the database says.
pub fn latest(conn: &mut Conn, issuer_digest: &[u8]) -> Result<Option<RevocationList>> {
    let own = revocation_lists::table.filter(revocation_lists::issuer_digest.eq(issuer_digest));
    let last = own.order(revocation_lists::number.desc()).select(RevocationList::as_select());
    Ok(last.first(conn).optional()?)
}

/// The list with the highest number of every issuer.
///
/// # Errors
/// What the database says.
pub fn latest_of_all(conn: &mut Conn) -> Result<Vec<RevocationList>> {
    let issuers = revocation_lists::table.select(revocation_lists::issuer_digest).distinct();
    let issuers: Vec<Vec<u8>> = issuers.order(revocation_lists::issuer_digest).load(conn)?;
    let mut lists = Vec::with_capacity(issuers.len());
    for issuer in issuers {
        lists.extend(latest(conn, &issuer)?);
    }
    Ok(lists)
}

/// One list of an issuer.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, issuer_digest: &[u8], number: i64) -> Result<Option<RevocationList>> {
    let one = revocation_lists::table.find((issuer_digest, number));
    Ok(one.select(RevocationList::as_select()).first(conn).optional()?)
}
