//! People of a body, what they may do, and their sessions.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// An officer, a clerk, an operator.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = people)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// The body they act for.
    pub body_id: String,
    /// What they sign in with.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// A password hash in its text form, salt and parameters included.
    pub password_hash: String,
    /// When they were entered.
    pub created_at: i64,
    /// From when on they may not sign in.
    pub disabled_at: Option<i64>,
}

/// A sign-in. The token itself is with the browser only.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// Digest of the token.
    pub token_hash: Vec<u8>,
    /// Who signed in.
    pub person_id: String,
    /// When.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
}

/// Adds a person.
///
/// # Errors
/// [`StoreError::Conflict`] with `people_login` where the login is taken.
pub fn insert(conn: &mut Conn, row: &Person) -> Result<()> {
    diesel::insert_into(people::table).values(row).execute(conn)?;
    Ok(())
}

/// A person of a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<Person>> {
    let own = people::table.filter(people::body_id.eq(body)).filter(people::id.eq(id));
    Ok(own.select(Person::as_select()).first(conn).optional()?)
}

/// A person by their login, of any body: the body is known once they have signed in.
///
/// # Errors
/// What the database says.
pub fn find_by_login(conn: &mut Conn, login: &str) -> Result<Option<Person>> {
    Ok(people::table.filter(people::login.eq(login)).select(Person::as_select()).first(conn).optional()?)
}

/// At most `limit` people of a body after an id, in the order of ids.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, body: &str, after: &str, limit: u32) -> Result<Vec<Person>> {
    let page = people::table.filter(people::body_id.eq(body)).filter(people::id.gt(after));
    Ok(page.order(people::id).limit(limit.into()).select(Person::as_select()).load(conn)?)
}

/// Another password; whether the person is there.
///
/// # Errors
/// What the database says.
pub fn set_password_hash(conn: &mut Conn, body: &str, id: &str, hash: &str) -> Result<bool> {
    let own = people::table.filter(people::body_id.eq(body)).filter(people::id.eq(id));
    Ok(diesel::update(own).set(people::password_hash.eq(hash)).execute(conn)? == 1)
}

/// Another name; whether the person is there.
///
/// # Errors
/// What the database says.
pub fn set_name(conn: &mut Conn, body: &str, id: &str, name: &str) -> Result<bool> {
    let own = people::table.filter(people::body_id.eq(body)).filter(people::id.eq(id));
    Ok(diesel::update(own).set(people::name.eq(name)).execute(conn)? == 1)
}

/// A person by their id, of any body: for who signs in by a provider, whose word says the body.
///
/// # Errors
/// What the database says.
pub fn find_by_id(conn: &mut Conn, id: &str) -> Result<Option<Person>> {
    Ok(people::table.find(id).select(Person::as_select()).first(conn).optional()?)
}

/// Disables a person, or enables them again; whether the person is there.
///
/// # Errors
/// What the database says.
pub fn set_disabled(conn: &mut Conn, body: &str, id: &str, at: Option<i64>) -> Result<bool> {
    let own = people::table.filter(people::body_id.eq(body)).filter(people::id.eq(id));
    Ok(diesel::update(own).set(people::disabled_at.eq(at)).execute(conn)? == 1)
}

/// The roles of a person of a body, in alphabetical order.
///
/// # Errors
/// What the database says.
pub fn roles(conn: &mut Conn, body: &str, id: &str) -> Result<Vec<String>> {
    let own = person_roles::table.inner_join(people::table).filter(people::body_id.eq(body)).filter(people::id.eq(id));
    Ok(own.order(person_roles::role).select(person_roles::role).load(conn)?)
}

/// Replaces the roles of a person; whether the person is there.
///
/// # Errors
/// [`StoreError::Conflict`] where a role is named twice.
pub fn set_roles(conn: &mut Conn, body: &str, id: &str, roles: &[String]) -> Result<bool> {
    if find(conn, body, id)?.is_none() {
        return Ok(false);
    }
    diesel::delete(person_roles::table.filter(person_roles::person_id.eq(id))).execute(conn)?;
    let rows: Vec<_> = roles.iter().map(|role| (person_roles::person_id.eq(id), person_roles::role.eq(role))).collect();
    each!(conn, c => diesel::insert_into(person_roles::table).values(&rows).execute(c))?;
    Ok(true)
}

/// Adds a session.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_session(conn: &mut Conn, row: &Session) -> Result<()> {
    diesel::insert_into(sessions::table).values(row).execute(conn)?;
    Ok(())
}

/// A session and its person by the digest of the token, of any body: the
/// session is what tells the body. Whether it still runs is for the caller.
///
/// # Errors
/// What the database says.
pub fn find_session(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<(Session, Person)>> {
    Ok(find_sessions(conn, &[token_hash])?.pop())
}

/// As [`find_session`], of several; in no order.
///
/// # Errors
/// What the database says.
pub fn find_sessions(conn: &mut Conn, token_hashes: &[&[u8]]) -> Result<Vec<(Session, Person)>> {
    Ok(each!(conn, c => sessions::table
        .inner_join(people::table)
        .filter(sessions::token_hash.eq_any(token_hashes.iter().copied()))
        .select((Session::as_select(), Person::as_select()))
        .load(c))?)
}

/// Ends a session; whether it was there.
///
/// # Errors
/// What the database says.
pub fn delete_session(conn: &mut Conn, token_hash: &[u8]) -> Result<bool> {
    Ok(diesel::delete(sessions::table.find(token_hash)).execute(conn)? == 1)
}

/// Ends all sessions of a person; how many.
///
/// # Errors
/// What the database says.
pub fn delete_sessions_of(conn: &mut Conn, body: &str, id: &str) -> Result<usize> {
    if find(conn, body, id)?.is_none() {
        return Ok(0);
    }
    Ok(diesel::delete(sessions::table.filter(sessions::person_id.eq(id))).execute(conn)?)
}

/// Ends the sessions of a person but one; how many.
///
/// # Errors
/// What the database says.
pub fn delete_other_sessions(conn: &mut Conn, id: &str, kept: &[u8]) -> Result<usize> {
    let others = sessions::table.filter(sessions::person_id.eq(id)).filter(sessions::token_hash.ne(kept));
    Ok(diesel::delete(others).execute(conn)?)
}

/// Clears sessions of every body that ended before an instant; how many.
///
/// # Errors
/// What the database says.
pub fn delete_sessions_before(conn: &mut Conn, at: i64) -> Result<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.lt(at))).execute(conn)?)
}
