//! Who did what. Only added to, in the write that does it.

use super::{Conn, StoreError, rows::insert_rows, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// What is told of an event.
#[derive(Clone, Debug, PartialEq, Eq, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub struct Event {
    /// The body it concerns, where there is one.
    pub body_id: Option<String>,
    /// When.
    pub at: i64,
    /// What kind of actor.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// What was done, a word of the caller's.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More of it, JSON.
    pub detail: Vec<u8>,
}

/// An event with its place.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit)]
pub struct Row {
    /// Its number; grows, with gaps where a write was taken back.
    pub sequence: i64,
    /// The body it concerns, where there is one.
    pub body_id: Option<String>,
    /// When.
    pub at: i64,
    /// What kind of actor.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More of it, JSON.
    pub detail: Vec<u8>,
}

/// Adds an event.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn append(conn: &mut Conn, event: &Event) -> Result<()> {
    append_all(conn, std::slice::from_ref(event))
}

/// Adds events, in their order.
///
/// # Errors
/// As [`append`].
pub fn append_all(conn: &mut Conn, events: &[Event]) -> Result<()> {
    insert_rows!(conn, events, Event => audit { body_id, at, actor_kind, actor_id, action, subject, detail })?;
    Ok(())
}

/// At most `limit` events of a body from an instant on, after an instant and a number.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, body: &str, after: (i64, i64), limit: u32) -> Result<Vec<Row>> {
    let (at, sequence) = after;
    let same = audit::at.eq(at).and(audit::sequence.gt(sequence));
    let page = audit::table.filter(audit::body_id.eq(body)).filter(audit::at.ge(at)).filter(audit::at.gt(at).or(same));
    Ok(page.order((audit::at, audit::sequence)).limit(limit.into()).select(Row::as_select()).load(conn)?)
}

/// At most `limit` events of every body after a number, for the one who chains
/// them. On PostgreSQL a lower number may still appear after a higher one: it is
/// taken when the write begins and seen when it commits.
///
/// # Errors
/// What the database says.
pub fn list_all(conn: &mut Conn, after: i64, limit: u32) -> Result<Vec<Row>> {
    let page = audit::table.filter(audit::sequence.gt(after)).order(audit::sequence).limit(limit.into());
    Ok(page.select(Row::as_select()).load(conn)?)
}

/// When the event that was recorded last took place.
///
/// # Errors
/// What the database says.
pub fn newest(conn: &mut Conn) -> Result<Option<i64>> {
    Ok(audit::table.order(audit::sequence.desc()).select(audit::at).first(conn).optional()?)
}
