//! Applications for a licence or an act upon one, from draft to issue.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = applications)]
pub struct Application {
    /// Its id.
    pub id: String,
    /// To which body.
    pub body_id: String,
    /// For which type.
    pub type_code: String,
    /// What was entered, JSON.
    pub data: Vec<u8>,
    /// `draft`, `submitted`, `approved`, `returned` or `issued`.
    pub state: String,
    /// Who entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: i64,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// What they said.
    pub remark: Option<String>,
    /// The licence that it concerns or led to.
    pub licence_id: Option<String>,
    /// The act that is asked for, JSON; none for an issue.
    pub act: Option<Vec<u8>>,
}

/// From one state to the next; `None` leaves what stands.
#[derive(Clone, Debug, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = applications)]
pub struct Step {
    /// The new state.
    pub state: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// What they said.
    pub remark: Option<String>,
    /// The licence that it led to.
    pub licence_id: Option<String>,
}

/// Adds an application.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Application) -> Result<()> {
    diesel::insert_into(applications::table).values(row).execute(conn)?;
    Ok(())
}

/// An application to a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<Application>> {
    let own = applications::table.filter(applications::body_id.eq(body)).filter(applications::id.eq(id));
    Ok(own.select(Application::as_select()).first(conn).optional()?)
}

/// At most `limit` applications to a body in a state, after an id.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, body: &str, state: &str, after: &str, limit: u32) -> Result<Vec<Application>> {
    let page = applications::table
        .filter(applications::body_id.eq(body))
        .filter(applications::state.eq(state))
        .filter(applications::id.gt(after));
    Ok(page.order(applications::id).limit(limit.into()).select(Application::as_select()).load(conn)?)
}

/// Replaces what was entered; false where the application is not in that state.
///
/// # Errors
/// What the database says.
pub fn set_data(conn: &mut Conn, body: &str, id: &str, in_state: &str, data: &[u8]) -> Result<bool> {
    let own = applications::table
        .filter(applications::body_id.eq(body))
        .filter(applications::id.eq(id))
        .filter(applications::state.eq(in_state));
    Ok(diesel::update(own).set(applications::data.eq(data)).execute(conn)? == 1)
}

/// Takes a step; false where the application is not in the state `from`, so
/// that only one caller takes it.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn advance(conn: &mut Conn, body: &str, id: &str, from: &str, step: &Step) -> Result<bool> {
    let own = applications::table
        .filter(applications::body_id.eq(body))
        .filter(applications::id.eq(id))
        .filter(applications::state.eq(from));
    Ok(diesel::update(own).set(step).execute(conn)? == 1)
}

/// Replaces the act that is asked for; false where the application is not in that state.
///
/// # Errors
/// What the database says.
pub fn set_act(conn: &mut Conn, body: &str, id: &str, in_state: &str, act: &[u8]) -> Result<bool> {
    let own = applications::table
        .filter(applications::body_id.eq(body))
        .filter(applications::id.eq(id))
        .filter(applications::state.eq(in_state));
    Ok(diesel::update(own).set(applications::act.eq(act)).execute(conn)? == 1)
}

/// At most `limit` applications to a body in one of some states, the last entered
/// first; those of one person where `by` names them.
///
/// # Errors
/// What the database says.
pub fn newest(conn: &mut Conn, body: &str, states: &[&str], by: Option<&str>, limit: u32) -> Result<Vec<Application>> {
    let mut page = applications::table
        .filter(applications::body_id.eq(body))
        .filter(applications::state.eq_any(states.iter().copied()))
        .select(Application::as_select())
        .order((applications::entered_at.desc(), applications::id))
        .limit(limit.into())
        .into_boxed();
    if let Some(by) = by {
        page = page.filter(applications::entered_by.eq(by.to_owned()));
    }
    Ok(page.load(conn)?)
}
