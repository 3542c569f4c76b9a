//! What was done to a licence, in the order of recording. Only added to.

use super::{Conn, StoreError, conn::each, rows::insert_rows, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = acts, treat_none_as_default_value = false)]
pub struct Act {
    /// Its id.
    pub id: String,
    /// Upon which licence.
    pub licence_id: String,
    /// From 1 without gaps: what the caller counted, held by a key.
    pub sequence: i32,
    /// What was done, a word of the caller's.
    pub kind: String,
    /// The version that it makes or meets.
    pub version: i32,
    /// Last day of validity, of an issue or a change; none is long term.
    pub until_day: Option<String>,
    /// First day on which it works.
    pub effective_from: String,
    /// When it was taken in.
    pub recorded_at: i64,
    /// Day of the decision.
    pub decided_on: String,
    /// Credit code of the body that decided.
    pub deciding_body: String,
    /// Number of the written decision.
    pub document_number: String,
    /// On what ground.
    pub legal_basis: String,
    /// What kind of actor entered it.
    pub by_kind: String,
    /// Which.
    pub by_id: String,
    /// Identifier of the licence that takes over.
    pub replacement: Option<String>,
}

/// Adds an act.
///
/// # Errors
/// [`StoreError::Conflict`] with `acts_licence_id_sequence` where another came before.
pub fn insert(conn: &mut Conn, row: &Act) -> Result<()> {
    insert_all(conn, std::slice::from_ref(row))
}

/// Adds acts, each upon a licence of its own.
///
/// # Errors
/// As [`insert`]; then none is added.
pub fn insert_all(conn: &mut Conn, rows: &[Act]) -> Result<()> {
    insert_rows!(conn, rows, Act => acts { id, licence_id, sequence, kind, version, until_day, effective_from, recorded_at, decided_on, deciding_body, document_number, legal_basis, by_kind, by_id, replacement })?;
    Ok(())
}

/// All acts upon a licence of a body, in order.
///
/// # Errors
/// What the database says.
pub fn of_licence(conn: &mut Conn, body: &str, licence_id: &str) -> Result<Vec<Act>> {
    let own = acts::table.inner_join(licences::table).filter(licences::body_id.eq(body));
    let own = own.filter(acts::licence_id.eq(licence_id)).order(acts::sequence);
    Ok(own.select(Act::as_select()).load(conn)?)
}

/// All acts upon some licences of these bodies: licence by licence, in order.
///
/// # Errors
/// What the database says.
pub fn of_licences(conn: &mut Conn, bodies: &[String], licences: &[&str]) -> Result<Vec<Act>> {
    let own = acts::table
        .inner_join(licences::table)
        .filter(licences::body_id.eq_any(bodies.iter().map(String::as_str)))
        .filter(acts::licence_id.eq_any(licences.iter().copied()));
    Ok(own.order((acts::licence_id, acts::sequence)).select(Act::as_select()).load(conn)?)
}

/// All acts upon a licence of any body: its standing is public. The id comes
/// from [`super::licences::public_by_code`] or its sister.
///
/// # Errors
/// What the database says.
pub fn public_of_licence(conn: &mut Conn, licence_id: &str) -> Result<Vec<Act>> {
    public_of_licences(conn, &[licence_id])
}

/// As [`public_of_licence`], of several: licence by licence, in the order of recording.
///
/// # Errors
/// What the database says.
pub fn public_of_licences(conn: &mut Conn, licence_ids: &[&str]) -> Result<Vec<Act>> {
    Ok(each!(conn, c => acts::table
        .filter(acts::licence_id.eq_any(licence_ids.iter().copied()))
        .order((acts::licence_id, acts::sequence))
        .select(Act::as_select())
        .load(c))?)
}

/// Licences of any body upon which something but an issue was recorded since an instant, each with when that was last, the
/// latest first; at most `limit` acts are looked at.
///
/// # Errors
/// What the database says.
pub fn public_since(conn: &mut Conn, since: i64, limit: u32) -> Result<Vec<(String, i64)>> {
    let all = acts::table.filter(acts::recorded_at.ge(since)).filter(acts::kind.ne("issue"));
    let all = all.order((acts::recorded_at.desc(), acts::id)).limit(limit.into());
    Ok(all.select((acts::licence_id, acts::recorded_at)).load(conn)?)
}

/// What may have ended a licence, or a version of it.
#[derive(Clone, Copy, Debug)]
pub struct Endings<'a> {
    /// Words of acts.
    pub kinds: &'a [&'a str],
    /// At most so many acts are looked at.
    pub limit: u32,
}

/// Licences of any body, each with when what may have ended it was recorded, since an instant; the latest first.
///
/// # Errors
/// What the database says.
pub fn public_ended_since(conn: &mut Conn, endings: Endings<'_>, since: i64) -> Result<Vec<(String, i64)>> {
    Ok(each!(conn, c => acts::table
        .filter(acts::recorded_at.ge(since))
        .filter(acts::kind.eq_any(endings.kinds.iter().copied()))
        .order((acts::recorded_at.desc(), acts::id))
        .limit(endings.limit.into())
        .select((acts::licence_id, acts::recorded_at))
        .load(c))?)
}

/// As [`public_ended_since`], by the first day on which it works, whenever it was recorded: from one of two days to the other.
///
/// # Errors
/// What the database says.
pub fn public_ended_from(
    conn: &mut Conn,
    endings: Endings<'_>,
    (first, last): (&str, &str),
) -> Result<Vec<(String, i64, String)>> {
    Ok(each!(conn, c => acts::table
        .filter(acts::effective_from.ge(first))
        .filter(acts::effective_from.le(last))
        .filter(acts::kind.eq_any(endings.kinds.iter().copied()))
        .order((acts::effective_from.desc(), acts::id))
        .limit(endings.limit.into())
        .select((acts::licence_id, acts::recorded_at, acts::effective_from))
        .load(c))?)
}
