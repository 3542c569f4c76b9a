//! Issuing bodies: who they are, what they were called when, who took over.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// An issuing body.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bodies)]
pub struct Body {
    /// Its id.
    pub id: String,
    /// The body above it.
    pub parent_id: Option<String>,
    /// When it was entered.
    pub created_at: i64,
}

/// What a body is called from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = body_names)]
pub struct BodyName {
    /// Whose name.
    pub body_id: String,
    /// The first day.
    pub from_day: String,
    /// The name.
    pub name: String,
    /// Unified social credit code.
    pub credit_code: String,
    /// Region code, six digits.
    pub region: String,
}

/// One body takes over from another.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = body_successions)]
pub struct Succession {
    /// The body that was.
    pub body_id: String,
    /// The body that took over.
    pub successor_id: String,
    /// The first day.
    pub from_day: String,
}

/// Adds a body.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`] for a parent that is not there.
pub fn insert(conn: &mut Conn, row: &Body) -> Result<()> {
    diesel::insert_into(bodies::table).values(row).execute(conn)?;
    Ok(())
}

/// Adds a name to the history of a body.
///
/// # Errors
/// [`StoreError::Conflict`] where it got another name on that day.
pub fn insert_name(conn: &mut Conn, row: &BodyName) -> Result<()> {
    diesel::insert_into(body_names::table).values(row).execute(conn)?;
    Ok(())
}

/// Adds a succession.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_succession(conn: &mut Conn, row: &Succession) -> Result<()> {
    diesel::insert_into(body_successions::table).values(row).execute(conn)?;
    Ok(())
}

/// A body by its id.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Body>> {
    Ok(bodies::table.find(id).select(Body::as_select()).first(conn).optional()?)
}

/// At most `limit` bodies after an id, in the order of ids.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, after: &str, limit: u32) -> Result<Vec<Body>> {
    let page = bodies::table.filter(bodies::id.gt(after)).order(bodies::id).limit(limit.into());
    Ok(page.select(Body::as_select()).load(conn)?)
}

/// All names of a body, the first first.
///
/// # Errors
/// What the database says.
pub fn names(conn: &mut Conn, body: &str) -> Result<Vec<BodyName>> {
    let all = body_names::table.filter(body_names::body_id.eq(body)).order(body_names::from_day);
    Ok(all.select(BodyName::as_select()).load(conn)?)
}

/// What a body is called on a day.
///
/// # Errors
/// What the database says.
pub fn name_on(conn: &mut Conn, body: &str, day: &str) -> Result<Option<BodyName>> {
    let until = body_names::table.filter(body_names::body_id.eq(body)).filter(body_names::from_day.le(day));
    let last = until.order(body_names::from_day.desc()).select(BodyName::as_select());
    Ok(last.first(conn).optional()?)
}

/// Every name under a credit code, of any body, in the order of days.
///
/// # Errors
/// What the database says.
pub fn names_by_credit_code(conn: &mut Conn, credit_code: &str) -> Result<Vec<BodyName>> {
    let all = body_names::table.filter(body_names::credit_code.eq(credit_code));
    let all = all.order((body_names::from_day, body_names::body_id)).select(BodyName::as_select());
    Ok(all.load(conn)?)
}

/// The bodies from which one of these has taken over by a day, in the order of ids.
///
/// # Errors
/// What the database says.
pub fn predecessors(conn: &mut Conn, successors: &[String], day: &str) -> Result<Vec<String>> {
    let all = body_successions::table
        .filter(body_successions::successor_id.eq_any(successors.iter().map(String::as_str)))
        .filter(body_successions::from_day.le(day));
    let all = all.order(body_successions::body_id).select(body_successions::body_id);
    Ok(all.distinct().load(conn)?)
}

/// Who took over from a body, in the order of days.
///
/// # Errors
/// What the database says.
pub fn successions(conn: &mut Conn, body: &str) -> Result<Vec<Succession>> {
    let all = body_successions::table.filter(body_successions::body_id.eq(body));
    let all = all.order((body_successions::from_day, body_successions::successor_id)).select(Succession::as_select());
    Ok(all.load(conn)?)
}
