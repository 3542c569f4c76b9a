//! Signing in by a provider elsewhere: what was begun there, whose account somebody has by its word, and sessions for
//! which it proved a second factor.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A sign-in that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outside_sign_ins)]
pub struct Begun {
    /// Digest of the browser's secret.
    pub secret_hash: Vec<u8>,
    /// Name of the provider in the configuration.
    pub provider: String,
    /// Until when it may come back.
    pub expires_at: i64,
}

/// Whose account somebody has by the word of a provider.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outside_identities)]
pub struct Identity {
    /// Issuer of the provider.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// `person` or `holder`.
    pub owner_kind: String,
    /// Which account.
    pub owner_id: String,
    /// When they first came.
    pub first_at: i64,
}

/// Writes down that a sign-in was begun, and clears away those that ended before.
///
/// # Errors
/// What the database says.
pub fn begin(conn: &mut Conn, row: &Begun, now: i64) -> Result<()> {
    diesel::delete(outside_sign_ins::table.filter(outside_sign_ins::expires_at.lt(now))).execute(conn)?;
    diesel::insert_into(outside_sign_ins::table).values(row).execute(conn)?;
    Ok(())
}

/// Takes what was begun at a provider, once; false where it was not, was taken, or has ended.
///
/// # Errors
/// What the database says.
pub fn take(conn: &mut Conn, secret_hash: &[u8], provider: &str, now: i64) -> Result<bool> {
    let one = outside_sign_ins::table.find(secret_hash).filter(outside_sign_ins::provider.eq(provider));
    Ok(diesel::delete(one.filter(outside_sign_ins::expires_at.gt(now))).execute(conn)? == 1)
}

/// The account of a subject.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, issuer: &str, subject: &str, kind: &str) -> Result<Option<Identity>> {
    let one = outside_identities::table.find((issuer, subject, kind));
    Ok(one.select(Identity::as_select()).first(conn).optional()?)
}

/// Writes down whose account somebody has.
///
/// # Errors
/// [`StoreError::Conflict`] where the subject has one of the kind.
pub fn insert(conn: &mut Conn, row: &Identity) -> Result<()> {
    diesel::insert_into(outside_identities::table).values(row).execute(conn)?;
    Ok(())
}

/// Another account of a subject, whose earlier one has ended.
///
/// # Errors
/// What the database says.
pub fn set_owner(conn: &mut Conn, row: &Identity) -> Result<()> {
    let one = outside_identities::table.find((&row.issuer, &row.subject, &row.owner_kind));
    diesel::update(one).set(outside_identities::owner_id.eq(&row.owner_id)).execute(conn)?;
    Ok(())
}

/// Whether an account is somebody's by the word of a provider.
///
/// # Errors
/// What the database says.
pub fn is_known(conn: &mut Conn, kind: &str, owner: &str) -> Result<bool> {
    let all = outside_identities::table.filter(outside_identities::owner_kind.eq(kind));
    let count: i64 = all.filter(outside_identities::owner_id.eq(owner)).count().get_result(conn)?;
    Ok(count > 0)
}

/// Writes down that a provider proved a second factor for a session, and clears away what ended before.
///
/// # Errors
/// What the database says.
pub fn prove_factor(conn: &mut Conn, token_hash: &[u8], expires_at: i64, now: i64) -> Result<()> {
    diesel::delete(outside_factors::table.filter(outside_factors::expires_at.lt(now))).execute(conn)?;
    let row = (outside_factors::token_hash.eq(token_hash), outside_factors::expires_at.eq(expires_at));
    diesel::insert_into(outside_factors::table).values(row).execute(conn)?;
    Ok(())
}

/// Whether a provider proved a second factor for a session.
///
/// # Errors
/// What the database says.
pub fn has_factor(conn: &mut Conn, token_hash: &[u8]) -> Result<bool> {
    let one = outside_factors::table.find(token_hash).select(outside_factors::expires_at);
    Ok(one.first::<i64>(conn).optional()?.is_some())
}

impl std::fmt::Debug for Identity {
    /// Without the subject, who is somebody.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (issuer, kind, owner) = (&self.issuer, &self.owner_kind, &self.owner_id);
        f.debug_struct("Identity")
            .field("issuer", issuer)
            .field("owner_kind", kind)
            .field("owner_id", owner)
            .finish_non_exhaustive()
    }
}
