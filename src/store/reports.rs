//! What clerks report, for the officers of a body to look at.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports, treat_none_as_default_value = false)]
pub struct Report {
    /// Its id.
    pub id: String,
    /// Whose officers look at it.
    pub body_id: String,
    /// The number under which the clerk saw it; of a body there is one report of it.
    pub incident: String,
    /// The state that was shown, a stable word.
    pub shown: String,
    /// What it was shown for: an identifier or a host; empty where neither is known.
    pub subject: String,
    /// Who reported it.
    pub reported_by: String,
    /// What they were called.
    pub reporter_name: String,
    /// At which window, where a device proved it.
    pub window_name: Option<String>,
    /// When.
    pub reported_at: i64,
    /// Who looked at it; none while nobody has.
    pub seen_by: Option<String>,
    /// When.
    pub seen_at: Option<i64>,
}

/// Adds a report; false where the body has one of the incident already.
///
/// # Errors
/// [`StoreError::Conflict`] for an id that is there, [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Report) -> Result<bool> {
    let twin = (reports::body_id, reports::incident);
    let added = each!(conn, c => {
        diesel::insert_into(reports::table).values(row).on_conflict(twin).do_nothing().execute(c)
    })?;
    Ok(added == 1)
}

/// How many reports of a person nobody has looked at, in any body's queue: what
/// bounds how much one person can put there.
///
/// # Errors
/// What the database says.
pub fn count_unseen_by(conn: &mut Conn, person: &str) -> Result<i64> {
    let own = reports::table.filter(reports::reported_by.eq(person)).filter(reports::seen_at.is_null());
    Ok(own.count().get_result(conn)?)
}

/// At most `limit` reports to these bodies that nobody has looked at, the oldest first.
///
/// # Errors
/// What the database says.
pub fn unseen(conn: &mut Conn, bodies: &[String], limit: u32) -> Result<Vec<Report>> {
    let open = reports::table
        .filter(reports::body_id.eq_any(bodies.iter().map(String::as_str)))
        .filter(reports::seen_at.is_null());
    let open = open.order((reports::reported_at, reports::id)).limit(limit.into());
    Ok(open.select(Report::as_select()).load(conn)?)
}

/// Writes down who looked at a report to one of these bodies; the report, or none
/// where there is no such one or somebody has looked at it before.
///
/// # Errors
/// What the database says.
pub fn see(conn: &mut Conn, bodies: &[String], id: &str, by: &str, at: i64) -> Result<Option<Report>> {
    let one = reports::table
        .filter(reports::body_id.eq_any(bodies.iter().map(String::as_str)))
        .filter(reports::id.eq(id))
        .filter(reports::seen_at.is_null());
    let Some(found) = one.select(Report::as_select()).first(conn).optional()? else { return Ok(None) };
    let still = reports::table.find(id).filter(reports::seen_at.is_null());
    let set = (reports::seen_by.eq(by), reports::seen_at.eq(at));
    let done = diesel::update(still).set(set).execute(conn)? == 1;
    Ok(done.then_some(found))
}
