//! What is about to be signed: written before a key is used, ended after.

use super::{Conn, StoreError, conn::each, rows::insert_rows, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// State of an intent whose signature is still to come.
pub const OPEN: &str = "open";

/// What is about to be signed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = intents, treat_none_as_default_value = false)]
pub struct Intent {
    /// Its id.
    pub id: String,
    /// In whose name.
    pub body_id: String,
    /// What for, a word of the caller's.
    pub kind: String,
    /// Which licence, there already or still to come.
    pub licence_id: Option<String>,
    /// What was asked for, enough to do it again; none once it is finished: it stands
    /// in the licence.
    pub request: Vec<u8>,
    /// What is signed, exactly: the octets, or the digest that goes under the key; none
    /// once it has ended.
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

/// Adds an intent.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Intent) -> Result<()> {
    insert_all(conn, std::slice::from_ref(row))
}

/// Adds intents.
///
/// # Errors
/// As [`insert`]; then none is added.
pub fn insert_all(conn: &mut Conn, rows: &[Intent]) -> Result<()> {
    insert_rows!(conn, rows, Intent => intents { id, body_id, kind, licence_id, request, to_be_signed, key_reference, created_at, state, ended_at, reason })?;
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

/// The result of intents stands; those that were open, so that only one caller
/// ends each.
///
/// # Errors
/// What the database says.
pub fn finish(conn: &mut Conn, body: &str, ids: &[&str], at: i64) -> Result<Vec<String>> {
    let own = intents::table.filter(intents::body_id.eq(body)).filter(intents::id.eq_any(ids));
    let open = own.filter(intents::state.eq(OPEN));
    let set = (
        intents::state.eq("finished"),
        intents::ended_at.eq(at),
        intents::request.eq(Vec::new()),
        intents::to_be_signed.eq(Vec::new()),
    );
    Ok(each!(conn, c => diesel::update(open).set(set).returning(intents::id).get_results(c))?)
}

/// Nothing comes of an intent, and why; false where it is not open.
///
/// # Errors
/// What the database says.
pub fn void(conn: &mut Conn, body: &str, id: &str, reason: &str, at: i64) -> Result<bool> {
    let own = intents::table.filter(intents::body_id.eq(body)).filter(intents::id.eq(id));
    let open = own.filter(intents::state.eq(OPEN));
    let set = (
        intents::state.eq("voided"),
        intents::ended_at.eq(at),
        intents::reason.eq(reason),
        intents::to_be_signed.eq(Vec::new()),
    );
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

/// As [`open_before`], of one kind.
///
/// # Errors
/// What the database says.
pub fn open_of_kind_before(conn: &mut Conn, kind: &str, at: i64, limit: u32) -> Result<Vec<Intent>> {
    let open = intents::table.filter(intents::state.eq(OPEN)).filter(intents::created_at.lt(at));
    let page = open.filter(intents::kind.eq(kind)).order((intents::created_at, intents::id)).limit(limit.into());
    Ok(page.select(Intent::as_select()).load(conn)?)
}

/// Open intents of every body, for metrics and tests.
///
/// # Errors
/// What the database says.
pub fn count_open(conn: &mut Conn) -> Result<i64> {
    Ok(intents::table.filter(intents::state.eq(OPEN)).count().get_result(conn)?)
}
