//! What is about to be signed: written before a key is used, ended after.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// State of an intent whose signature is still to come.
pub const OPEN: &str = "open";

/// What is about to be signed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = intents)]
pub struct Intent {
    /// Its id.
    pub id: String,
    /// In whose name.
    pub body_id: String,
    /// What for, a word of the caller's.
    pub kind: String,
    /// Which licence, there already or still to come.
    pub licence_id: Option<String>,
    /// What was asked for, enough to do it again.
    pub request: Vec<u8>,
    /// The exact octets.
    pub to_be_signed: Vec<u8>,
    /// With which key.
    pub key_reference: String,
    /// When it was written.
    pub created_at: i64,
    /// [`OPEN`], `finished` or `voided`.
    pub state: String,
    /// When it was ended.
    pub ended_at: Option<i64>,
    /// Why it was voided.
    pub reason: Option<String>,
}

/// How an intent ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended<'a> {
    /// The result stands.
    Finished,
    /// It never will; why.
    Voided(&'a str),
}

/// Adds an intent.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Intent) -> Result<()> {
    diesel::insert_into(intents::table).values(row).execute(conn)?;
    Ok(())
}

/// An intent of a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<Intent>> {
    let own = intents::table.filter(intents::body_id.eq(body)).filter(intents::id.eq(id));
    Ok(own.select(Intent::as_select()).first(conn).optional()?)
}

/// Ends an intent; false where it is not open, so that only one caller ends it.
///
/// # Errors
/// What the database says.
pub fn end(conn: &mut Conn, body: &str, id: &str, how: Ended<'_>, at: i64) -> Result<bool> {
    let (state, reason) = match how {
        Ended::Finished => ("finished", None),
        Ended::Voided(reason) => ("voided", Some(reason)),
    };
    let own = intents::table.filter(intents::body_id.eq(body)).filter(intents::id.eq(id));
    let open = own.filter(intents::state.eq(OPEN));
    let set = (intents::state.eq(state), intents::ended_at.eq(at), intents::reason.eq(reason));
    Ok(diesel::update(open).set(set).execute(conn)? == 1)
}

/// At most `limit` open intents written before an instant, of every body, the
/// oldest first: recovery finishes what a crash left, whoever it belongs to.
///
/// # Errors
/// What the database says.
pub fn open_before(conn: &mut Conn, at: i64, limit: u32) -> Result<Vec<Intent>> {
    let open = intents::table.filter(intents::state.eq(OPEN)).filter(intents::created_at.lt(at));
    let page = open.order((intents::created_at, intents::id)).limit(limit.into());
    Ok(page.select(Intent::as_select()).load(conn)?)
}

/// Open intents of every body, for metrics and tests.
///
/// # Errors
/// What the database says.
pub fn count_open(conn: &mut Conn) -> Result<i64> {
    Ok(intents::table.filter(intents::state.eq(OPEN)).count().get_result(conn)?)
}
