//! Keys of natural persons who sign. They belong to holders, and to no body.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A key with its certificate. Only [`end_of`] and [`set_destroyed`] change it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = personal_keys)]
pub struct PersonalKey {
    /// Its id.
    pub id: String,
    /// Whose.
    pub holder_id: String,
    /// Where it lies in custody.
    pub key_reference: String,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
    /// When it was made.
    pub made_at: i64,
    /// From when on nothing is signed with it.
    pub ended_at: Option<i64>,
    /// When it was destroyed in custody.
    pub destroyed_at: Option<i64>,
}

/// Adds a key.
///
/// # Errors
/// [`StoreError::Conflict`] with `personal_keys_holder_id` where the holder has one that runs.
pub fn insert(conn: &mut Conn, row: &PersonalKey) -> Result<()> {
    diesel::insert_into(personal_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// The key of a holder that runs.
///
/// # Errors
/// What the database says.
pub fn running(conn: &mut Conn, holder: &str) -> Result<Option<PersonalKey>> {
    let own = personal_keys::table.filter(personal_keys::holder_id.eq(holder));
    let running = own.filter(personal_keys::ended_at.is_null());
    Ok(running.select(PersonalKey::as_select()).first(conn).optional()?)
}

/// Ends the key of a holder; whether there was one that ran.
///
/// # Errors
/// What the database says.
pub fn end_of(conn: &mut Conn, holder: &str, at: i64) -> Result<bool> {
    let own = personal_keys::table.filter(personal_keys::holder_id.eq(holder));
    let running = own.filter(personal_keys::ended_at.is_null());
    Ok(diesel::update(running).set(personal_keys::ended_at.eq(at)).execute(conn)? == 1)
}

/// At most `limit` keys that ended and are still in custody, the first to end before the others.
///
/// # Errors
/// What the database says.
pub fn to_destroy(conn: &mut Conn, limit: u32) -> Result<Vec<PersonalKey>> {
    let ended = personal_keys::table.filter(personal_keys::ended_at.is_not_null());
    let left = ended.filter(personal_keys::destroyed_at.is_null()).order((personal_keys::ended_at, personal_keys::id));
    Ok(left.limit(limit.into()).select(PersonalKey::as_select()).load(conn)?)
}

/// The key is gone.
///
/// # Errors
/// What the database says.
pub fn set_destroyed(conn: &mut Conn, id: &str, at: i64) -> Result<()> {
    diesel::update(personal_keys::table.find(id)).set(personal_keys::destroyed_at.eq(at)).execute(conn)?;
    Ok(())
}
