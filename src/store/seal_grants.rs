//! Who may stamp what with which seal.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A grant. Only [`use_some`], [`give_back`] and [`revoke`] change it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = seal_grants)]
pub struct SealGrant {
    /// Its id.
    pub id: String,
    /// With which seal.
    pub seal_id: String,
    /// Whose seal.
    pub body_id: String,
    /// `person`, `token` or `body`.
    pub grantee_kind: String,
    /// Which.
    pub grantee_id: String,
    /// The body that the grantee stamps for; of a body itself.
    pub grantee_body: String,
    /// JSON list of codes; empty for every type.
    pub types: Vec<u8>,
    /// How many stamps; none for any number.
    pub most: Option<i64>,
    /// How many were made or are under way.
    pub used: i64,
    /// First instant.
    pub from_at: i64,
    /// Last instant.
    pub until_at: i64,
    /// Why.
    pub reason: String,
    /// By which document.
    pub document_number: String,
    /// What kind of actor gave it.
    pub by_kind: String,
    /// Which.
    pub by_id: String,
    /// When.
    pub granted_at: i64,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
    /// By whom.
    pub revoked_by: Option<String>,
    /// Why.
    pub revoked_reason: Option<String>,
}

/// Adds a grant.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &SealGrant) -> Result<()> {
    diesel::insert_into(seal_grants::table).values(row).execute(conn)?;
    Ok(())
}

/// A grant on a seal of a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<SealGrant>> {
    let own = seal_grants::table.filter(seal_grants::body_id.eq(body)).filter(seal_grants::id.eq(id));
    Ok(own.select(SealGrant::as_select()).first(conn).optional()?)
}

/// At most `limit` grants on a seal of a body after an id, in the order of ids, ended ones too.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, body: &str, seal: &str, after: &str, limit: u32) -> Result<Vec<SealGrant>> {
    let own = seal_grants::table.filter(seal_grants::body_id.eq(body)).filter(seal_grants::seal_id.eq(seal));
    let page = own.filter(seal_grants::id.gt(after)).order(seal_grants::id).limit(limit.into());
    Ok(page.select(SealGrant::as_select()).load(conn)?)
}

/// The grants that were not taken back by which somebody of a body stamps with a seal, the
/// one that ends first before the others. Named in them is the body that stamps.
///
/// # Errors
/// What the database says.
pub fn of_grantee_body(conn: &mut Conn, seal: &str, grantee_body: &str) -> Result<Vec<SealGrant>> {
    let given = seal_grants::table
        .filter(seal_grants::seal_id.eq(seal))
        .filter(seal_grants::grantee_body.eq(grantee_body))
        .filter(seal_grants::revoked_at.is_null());
    let page = given.order((seal_grants::until_at, seal_grants::id)).limit(1000);
    Ok(page.select(SealGrant::as_select()).load(conn)?)
}

/// The grants that were not taken back, of a seal of a body.
///
/// # Errors
/// What the database says.
pub fn running(conn: &mut Conn, body: &str, seal: &str) -> Result<Vec<SealGrant>> {
    let own = seal_grants::table.filter(seal_grants::body_id.eq(body)).filter(seal_grants::seal_id.eq(seal));
    let page = own.filter(seal_grants::revoked_at.is_null()).order(seal_grants::id).limit(1000);
    Ok(page.select(SealGrant::as_select()).load(conn)?)
}

/// Counts stamps on a grant; false where there are not so many left.
///
/// # Errors
/// What the database says.
pub fn use_some(conn: &mut Conn, id: &str, count: i64) -> Result<bool> {
    let enough = seal_grants::most.is_null().or(seal_grants::most.assume_not_null().ge(seal_grants::used + count));
    let given = seal_grants::table.filter(seal_grants::id.eq(id)).filter(enough);
    Ok(diesel::update(given).set(seal_grants::used.eq(seal_grants::used + count)).execute(conn)? == 1)
}

/// Nothing came of a stamp: it is not counted any more.
///
/// # Errors
/// What the database says.
pub fn give_back(conn: &mut Conn, id: &str) -> Result<()> {
    let used = seal_grants::table.filter(seal_grants::id.eq(id)).filter(seal_grants::used.gt(0));
    diesel::update(used).set(seal_grants::used.eq(seal_grants::used - 1)).execute(conn)?;
    Ok(())
}

/// Takes a grant back; false where it is no running one of the body.
///
/// # Errors
/// What the database says.
pub fn revoke(conn: &mut Conn, body: &str, id: &str, by: &str, reason: &str, at: i64) -> Result<bool> {
    let own = seal_grants::table.filter(seal_grants::body_id.eq(body)).filter(seal_grants::id.eq(id));
    let set = (seal_grants::revoked_at.eq(at), seal_grants::revoked_by.eq(by), seal_grants::revoked_reason.eq(reason));
    Ok(diesel::update(own.filter(seal_grants::revoked_at.is_null())).set(set).execute(conn)? == 1)
}
