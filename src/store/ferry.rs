//! Files between networks without a line: those that were made here, those of others that were taken, and the
//! registrations in them. As trust lists they belong to no body.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A file that was made here.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ferry_sent)]
pub struct Sent {
    /// SM3 of the key that signed it.
    pub key_sm3: Vec<u8>,
    /// Its number under that key.
    pub sequence: i64,
    /// Its SM3.
    pub sm3: Vec<u8>,
    /// When it was made.
    pub made_at: i64,
}

/// A file of another locality that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ferry_taken)]
pub struct TakenFile {
    /// Whose.
    pub operator_id: String,
    /// Its number.
    pub sequence: i64,
    /// Its SM3.
    pub sm3: Vec<u8>,
    /// When it was made.
    pub made_at: i64,
    /// When it was taken.
    pub taken_at: i64,
}

/// A version of a licence that was issued elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ferried_registrations)]
pub struct FerriedRegistration {
    /// By whose file.
    pub operator_id: String,
    /// The whole identifier.
    pub identifier: String,
    /// The number on the face.
    pub number: String,
    /// SM3 of the document.
    pub document_sm3: Vec<u8>,
    /// The instant within the stamp.
    pub stamped_at: i64,
    /// First day.
    pub valid_from: String,
    /// Last day; none is long term.
    pub valid_until: Option<String>,
    /// Number of the file that told it last.
    pub sequence: i64,
}

/// Writes down that a file was made.
///
/// # Errors
/// [`StoreError::Conflict`] where one of that number was.
pub fn insert_sent(conn: &mut Conn, row: &Sent) -> Result<()> {
    each!(conn, c => diesel::insert_into(ferry_sent::table).values(row).execute(c))?;
    Ok(())
}

/// The last file that was made under a key.
///
/// # Errors
/// What the database says.
pub fn last_sent(conn: &mut Conn, key_sm3: &[u8]) -> Result<Option<Sent>> {
    let all = ferry_sent::table.filter(ferry_sent::key_sm3.eq(key_sm3)).order(ferry_sent::sequence.desc());
    Ok(all.select(Sent::as_select()).first(conn).optional()?)
}

/// Forgets the files under a key from a number on; how many. For tests: a register never does.
///
/// # Errors
/// What the database says.
pub fn delete_sent_from(conn: &mut Conn, key_sm3: &[u8], from: i64) -> Result<usize> {
    let some = ferry_sent::table.filter(ferry_sent::key_sm3.eq(key_sm3)).filter(ferry_sent::sequence.ge(from));
    Ok(diesel::delete(some).execute(conn)?)
}

/// Writes down that a file was taken.
///
/// # Errors
/// [`StoreError::Conflict`] where one of that number was, [`StoreError::Reference`].
pub fn insert_taken(conn: &mut Conn, row: &TakenFile) -> Result<()> {
    each!(conn, c => diesel::insert_into(ferry_taken::table).values(row).execute(c))?;
    Ok(())
}

/// The last file of an operator that was taken.
///
/// # Errors
/// What the database says.
pub fn last_taken(conn: &mut Conn, operator: &str) -> Result<Option<TakenFile>> {
    let all = ferry_taken::table.filter(ferry_taken::operator_id.eq(operator)).order(ferry_taken::sequence.desc());
    Ok(all.select(TakenFile::as_select()).first(conn).optional()?)
}

/// One file of an operator that was taken.
///
/// # Errors
/// What the database says.
pub fn taken(conn: &mut Conn, operator: &str, sequence: i64) -> Result<Option<TakenFile>> {
    let one = ferry_taken::table.find((operator, sequence));
    Ok(one.select(TakenFile::as_select()).first(conn).optional()?)
}

/// Keeps the latest word about a version.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn keep_registration(conn: &mut Conn, row: &FerriedRegistration) -> Result<()> {
    let one = ferried_registrations::table.find((&row.operator_id, &row.identifier));
    diesel::delete(one).execute(conn)?;
    each!(conn, c => diesel::insert_into(ferried_registrations::table).values(row).execute(c))?;
    Ok(())
}

/// At most `limit` registrations with a number, by operator and identifier.
///
/// # Errors
/// What the database says.
pub fn registrations_by_number(conn: &mut Conn, number: &str, limit: u32) -> Result<Vec<FerriedRegistration>> {
    let all = ferried_registrations::table.filter(ferried_registrations::number.eq(number));
    let all = all.order((ferried_registrations::operator_id, ferried_registrations::identifier)).limit(limit.into());
    Ok(all.select(FerriedRegistration::as_select()).load(conn)?)
}

/// How many registrations of an operator there are.
///
/// # Errors
/// What the database says.
pub fn count_registrations(conn: &mut Conn, operator: &str) -> Result<i64> {
    let all = ferried_registrations::table.filter(ferried_registrations::operator_id.eq(operator));
    Ok(all.count().get_result(conn)?)
}
