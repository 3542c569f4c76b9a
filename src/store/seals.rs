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
    /// A word of the caller's.
    pub state: String,
    /// First instant of the seal.
    pub valid_from: i64,
    /// Last instant of the seal.
    pub valid_until: i64,
    /// When it was taken in.
    pub created_at: i64,
}

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

/// From one state to another; false where it is in neither.
///
/// # Errors
/// What the database says.
pub fn set_state(conn: &mut Conn, body: &str, id: &str, from: &str, to: &str) -> Result<bool> {
    let own = seals::table.filter(seals::body_id.eq(body)).filter(seals::id.eq(id)).filter(seals::state.eq(from));
    Ok(diesel::update(own).set(seals::state.eq(to)).execute(conn)? == 1)
}
