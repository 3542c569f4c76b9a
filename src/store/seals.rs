//! Seals of a body.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A seal, the certificate of its stamper and where the key is.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = seals)]
pub struct Seal {
    /// Its id here.
    pub id: String,
    /// Whose.
    pub body_id: String,
    /// What people call it.
    pub name: String,
    /// The esID within the seal.
    pub es_id: String,
    /// The seal itself.
    pub der: Vec<u8>,
    /// Certificate of the key that stamps.
    pub stamper_certificate: Vec<u8>,
    /// Under which name custody holds the key.
    pub key_reference: String,
    /// What the last recorded act led to, for lists; what counts are the acts.
    pub state: String,
    /// First instant of the seal.
    pub valid_from: i64,
    /// Last instant of the seal.
    pub valid_until: i64,
    /// When it was taken in.
    pub created_at: i64,
    /// [`OWN_BODY`] or [`BY_GRANT`].
    pub use_rule: String,
}

/// Whoever of its own body may issue stamps with it the types it is in use for.
pub const OWN_BODY: &str = "own_body";
/// Nobody stamps with it without a grant.
pub const BY_GRANT: &str = "by_grant";

/// Adds a seal.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Seal) -> Result<()> {
    diesel::insert_into(seals::table).values(row).execute(conn)?;
    Ok(())
}

/// A seal of a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<Seal>> {
    let own = seals::table.filter(seals::body_id.eq(body)).filter(seals::id.eq(id));
    Ok(own.select(Seal::as_select()).first(conn).optional()?)
}

/// A seal of any body: others may stamp with it by a grant.
///
/// # Errors
/// What the database says.
pub fn public_find(conn: &mut Conn, id: &str) -> Result<Option<Seal>> {
    Ok(seals::table.find(id).select(Seal::as_select()).first(conn).optional()?)
}

/// Whose a seal is, and its [`Seal::use_rule`], of any body: whoever stamps with it asks.
///
/// # Errors
/// What the database says.
pub fn public_rule(conn: &mut Conn, id: &str) -> Result<Option<(String, String)>> {
    Ok(seals::table.find(id).select((seals::body_id, seals::use_rule)).first(conn).optional()?)
}

/// At most `limit` seals with an esID, of any body: whoever has a stamp may ask about its seal.
///
/// # Errors
/// What the database says.
pub fn public_by_es_id(conn: &mut Conn, es_id: &str, limit: u32) -> Result<Vec<Seal>> {
    let page = seals::table.filter(seals::es_id.eq(es_id)).order(seals::id).limit(limit.into());
    Ok(page.select(Seal::as_select()).load(conn)?)
}

/// At most `limit` seals of any body after an id, in the order of ids: what is ferried to other registers.
///
/// # Errors
/// What the database says.
pub fn public_page(conn: &mut Conn, after: &str, limit: u32) -> Result<Vec<Seal>> {
    let page = seals::table.filter(seals::id.gt(after)).order(seals::id).limit(limit.into());
    Ok(page.select(Seal::as_select()).load(conn)?)
}

/// Whose a seal is, of any body: it stands on what it stamped.
///
/// # Errors
/// What the database says.
pub fn public_owner(conn: &mut Conn, id: &str) -> Result<Option<String>> {
    Ok(seals::table.find(id).select(seals::body_id).first(conn).optional()?)
}

/// At most `limit` seals of a body after an id, in the order of ids.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, body: &str, after: &str, limit: u32) -> Result<Vec<Seal>> {
    let page = seals::table.filter(seals::body_id.eq(body)).filter(seals::id.gt(after));
    Ok(page.order(seals::id).limit(limit.into()).select(Seal::as_select()).load(conn)?)
}

/// What the last recorded act led to; false for a seal of another body.
///
/// # Errors
/// What the database says.
pub fn set_state(conn: &mut Conn, body: &str, id: &str, to: &str) -> Result<bool> {
    let own = seals::table.filter(seals::body_id.eq(body)).filter(seals::id.eq(id));
    Ok(diesel::update(own).set(seals::state.eq(to)).execute(conn)? == 1)
}

/// Who stamps with a seal without a grant; false for a seal of another body.
///
/// # Errors
/// What the database says.
pub fn set_use_rule(conn: &mut Conn, body: &str, id: &str, rule: &str) -> Result<bool> {
    let own = seals::table.filter(seals::body_id.eq(body)).filter(seals::id.eq(id));
    Ok(diesel::update(own).set(seals::use_rule.eq(rule)).execute(conn)? == 1)
}
