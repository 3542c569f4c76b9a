//! Types of licences, faces, and which body issues which type with which seal.

use super::{Conn, StoreError, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A revision of a catalogue entry. Never changed: another revision follows.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = catalogue)]
pub struct Entry {
    /// The type.
    pub type_code: String,
    /// From 1.
    pub revision: i32,
    /// The entry itself, JSON as it was given.
    pub entry: Vec<u8>,
    /// First day.
    pub in_force_from: String,
    /// When it was taken in.
    pub recorded_at: i64,
}

/// A version of a face template. Never changed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = faces)]
pub struct Face {
    /// The face's name.
    pub name: String,
    /// From 1.
    pub version: i32,
    /// The template as it was given.
    pub template: Vec<u8>,
    /// When it was taken in.
    pub recorded_at: i64,
}

/// A body issues a type with a seal.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = type_uses)]
pub struct TypeUse {
    /// Which body.
    pub body_id: String,
    /// Which type.
    pub type_code: String,
    /// First day.
    pub from_day: String,
    /// With which seal.
    pub seal_id: String,
    /// Last day; none while it goes on.
    pub until_day: Option<String>,
}

/// Adds a revision.
///
/// # Errors
/// [`StoreError::Conflict`] where it is there.
pub fn insert_entry(conn: &mut Conn, row: &Entry) -> Result<()> {
    diesel::insert_into(catalogue::table).values(row).execute(conn)?;
    Ok(())
}

/// One revision of a type.
///
/// # Errors
/// What the database says.
pub fn entry(conn: &mut Conn, type_code: &str, revision: i32) -> Result<Option<Entry>> {
    Ok(catalogue::table.find((type_code, revision)).select(Entry::as_select()).first(conn).optional()?)
}

/// The revision of a type that is in force on a day: the highest of those that have begun.
///
/// # Errors
/// What the database says.
pub fn entry_on(conn: &mut Conn, type_code: &str, day: &str) -> Result<Option<Entry>> {
    let begun = catalogue::table.filter(catalogue::type_code.eq(type_code)).filter(catalogue::in_force_from.le(day));
    let last = begun.order(catalogue::revision.desc()).select(Entry::as_select());
    Ok(last.first(conn).optional()?)
}

/// At most `limit` revisions after one, in the order of type and revision.
///
/// # Errors
/// What the database says.
pub fn entries(conn: &mut Conn, after: (&str, i32), limit: u32) -> Result<Vec<Entry>> {
    let (type_code, revision) = after;
    let same = catalogue::type_code.eq(type_code).and(catalogue::revision.gt(revision));
    let page = catalogue::table.filter(catalogue::type_code.gt(type_code).or(same));
    let page = page.order((catalogue::type_code, catalogue::revision)).limit(limit.into());
    Ok(page.select(Entry::as_select()).load(conn)?)
}

/// Adds a version of a face.
///
/// # Errors
/// [`StoreError::Conflict`] where it is there.
pub fn insert_face(conn: &mut Conn, row: &Face) -> Result<()> {
    diesel::insert_into(faces::table).values(row).execute(conn)?;
    Ok(())
}

/// One version of a face.
///
/// # Errors
/// What the database says.
pub fn face(conn: &mut Conn, name: &str, version: i32) -> Result<Option<Face>> {
    Ok(faces::table.find((name, version)).select(Face::as_select()).first(conn).optional()?)
}

/// The highest version of a face.
///
/// # Errors
/// What the database says.
pub fn latest_face(conn: &mut Conn, name: &str) -> Result<Option<Face>> {
    let last = faces::table.filter(faces::name.eq(name)).order(faces::version.desc());
    Ok(last.select(Face::as_select()).first(conn).optional()?)
}

/// Adds a use of a type.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_use(conn: &mut Conn, row: &TypeUse) -> Result<()> {
    diesel::insert_into(type_uses::table).values(row).execute(conn)?;
    Ok(())
}

/// Another seal for a use of a type that begins on the same day; false where there is none.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn replace_seal(conn: &mut Conn, row: &TypeUse) -> Result<bool> {
    let same = type_uses::table.find((&row.body_id, &row.type_code, &row.from_day));
    Ok(diesel::update(same).set(type_uses::seal_id.eq(&row.seal_id)).execute(conn)? == 1)
}

/// Ends a use with a last day; false where it is not there or has ended.
///
/// # Errors
/// What the database says.
pub fn end_use(conn: &mut Conn, body: &str, type_code: &str, from_day: &str, until_day: &str) -> Result<bool> {
    let running = type_uses::table.find((body, type_code, from_day)).filter(type_uses::until_day.is_null());
    Ok(diesel::update(running).set(type_uses::until_day.eq(until_day)).execute(conn)? == 1)
}

/// The use of a type by a body on a day, the one that began last.
///
/// # Errors
/// What the database says.
pub fn use_on(conn: &mut Conn, body: &str, type_code: &str, day: &str) -> Result<Option<TypeUse>> {
    let begun = type_uses::table
        .filter(type_uses::body_id.eq(body))
        .filter(type_uses::type_code.eq(type_code))
        .filter(type_uses::from_day.le(day))
        .filter(type_uses::until_day.is_null().or(type_uses::until_day.ge(day)));
    let last = begun.order(type_uses::from_day.desc()).select(TypeUse::as_select());
    Ok(last.first(conn).optional()?)
}

/// The types that any body uses or used.
///
/// # Errors
/// What the database says.
pub fn types_in_use(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(type_uses::table.select(type_uses::type_code).distinct().order(type_uses::type_code).load(conn)?)
}

/// At most `limit` uses of a body after a type and a first day.
///
/// # Errors
/// What the database says.
pub fn uses(conn: &mut Conn, body: &str, after: (&str, &str), limit: u32) -> Result<Vec<TypeUse>> {
    let (type_code, from_day) = after;
    let same = type_uses::type_code.eq(type_code).and(type_uses::from_day.gt(from_day));
    let page = type_uses::table.filter(type_uses::body_id.eq(body)).filter(type_uses::type_code.gt(type_code).or(same));
    let page = page.order((type_uses::type_code, type_uses::from_day)).limit(limit.into());
    Ok(page.select(TypeUse::as_select()).load(conn)?)
}
