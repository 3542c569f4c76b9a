//! Many orders at once, worked through line by line.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A line that was not worked on yet.
pub const WAITING: &str = "waiting";
/// A line that led to a licence.
pub const ISSUED: &str = "issued";
/// A line that did not.
pub const REFUSED: &str = "refused";

/// Rows of one statement: SQLite takes 32,766 parameters.
const AT_ONCE: usize = 500;

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Whose.
    pub body_id: String,
    /// How many lines it has.
    pub lines: i32,
    /// How many led to a licence.
    pub issued: i32,
    /// How many did not.
    pub refused: i32,
    /// What kind of actor entered it.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// What they were called.
    pub actor_name: String,
    /// When it was taken in.
    pub created_at: i64,
    /// When its last line was done; none while it runs.
    pub ended_at: Option<i64>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_lines, treat_none_as_default_value = false)]
pub struct Line {
    /// Of which job.
    pub job_id: String,
    /// From 0.
    pub line: i32,
    /// What is asked for, JSON; empty once it is settled.
    pub request: Vec<u8>,
    /// [`WAITING`], [`ISSUED`] or [`REFUSED`].
    pub state: String,
    /// What became of it, JSON.
    pub answer: Option<Vec<u8>>,
}

/// Adds a job with its lines.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, job: &Job, lines: &[Line]) -> Result<()> {
    diesel::insert_into(jobs::table).values(job).execute(conn)?;
    for some in lines.chunks(AT_ONCE) {
        each!(conn, c => diesel::insert_into(job_lines::table).values(some).execute(c))?;
    }
    Ok(())
}

/// A job of a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<Job>> {
    let own = jobs::table.filter(jobs::body_id.eq(body)).filter(jobs::id.eq(id));
    Ok(own.select(Job::as_select()).first(conn).optional()?)
}

/// The jobs of a body that were taken in last, the newest first.
///
/// # Errors
/// What the database says.
pub fn newest(conn: &mut Conn, body: &str, limit: u32) -> Result<Vec<Job>> {
    let own = jobs::table.filter(jobs::body_id.eq(body));
    let own = own.order((jobs::created_at.desc(), jobs::id)).limit(limit.into());
    Ok(own.select(Job::as_select()).load(conn)?)
}

/// The oldest jobs of all bodies that have not ended: for the thread that works
/// through them, each for its own body.
///
/// # Errors
/// What the database says.
pub fn open(conn: &mut Conn, limit: u32) -> Result<Vec<Job>> {
    let open = jobs::table.filter(jobs::ended_at.is_null()).order((jobs::created_at, jobs::id));
    Ok(open.limit(limit.into()).select(Job::as_select()).load(conn)?)
}

/// At most `limit` lines of a body's job that wait, in order.
///
/// # Errors
/// What the database says.
pub fn waiting(conn: &mut Conn, body: &str, id: &str, limit: u32) -> Result<Vec<Line>> {
    let own = job_lines::table.inner_join(jobs::table).filter(jobs::body_id.eq(body));
    let own = own.filter(job_lines::job_id.eq(id)).filter(job_lines::state.eq(WAITING));
    Ok(own.order(job_lines::line).limit(limit.into()).select(Line::as_select()).load(conn)?)
}

/// At most `limit` lines of a body's job from one on, in order.
///
/// # Errors
/// What the database says.
pub fn lines_from(conn: &mut Conn, body: &str, id: &str, first: i32, limit: u32) -> Result<Vec<Line>> {
    let own = job_lines::table.inner_join(jobs::table).filter(jobs::body_id.eq(body));
    let own = own.filter(job_lines::job_id.eq(id)).filter(job_lines::line.ge(first));
    Ok(own.order(job_lines::line).limit(limit.into()).select(Line::as_select()).load(conn)?)
}

/// Writes down what became of a line, and forgets what was asked for, which the
/// licence has; false where that was done already.
///
/// # Errors
/// What the database says.
pub fn settle(conn: &mut Conn, id: &str, line: i32, state: &str, answer: &[u8]) -> Result<bool> {
    let waiting = job_lines::table.find((id, line)).filter(job_lines::state.eq(WAITING));
    let set = (job_lines::state.eq(state), job_lines::answer.eq(answer), job_lines::request.eq(Vec::new()));
    Ok(diesel::update(waiting).set(set).execute(conn)? == 1)
}

/// Counts what was settled, and ends the job with its last line.
///
/// # Errors
/// What the database says.
pub fn count(conn: &mut Conn, body: &str, id: &str, issued: i32, refused: i32, at: i64) -> Result<()> {
    let own = jobs::table.filter(jobs::body_id.eq(body)).filter(jobs::id.eq(id));
    let counted = (jobs::issued.eq(jobs::issued + issued), jobs::refused.eq(jobs::refused + refused));
    diesel::update(own).set(counted).execute(conn)?;
    let done = own.filter(jobs::ended_at.is_null()).filter((jobs::issued + jobs::refused).eq(jobs::lines));
    diesel::update(done).set(jobs::ended_at.eq(at)).execute(conn)?;
    Ok(())
}
