//! Accounts of those who hold licences, and their sessions. They belong to no
//! body: what tells whose licences somebody sees is the code of the account.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// An account of a citizen or an organisation.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = holders)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// 持证主体代码类型, three digits.
    pub code_kind: String,
    /// The holder's code, as licences record it.
    pub code: String,
    /// What they sign in with.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// A password hash in its text form, salt and parameters included.
    pub password_hash: String,
    /// When it was entered.
    pub created_at: i64,
    /// From when on nobody signs in with it.
    pub disabled_at: Option<i64>,
}

/// A sign-in. The token itself is with the browser only.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = holder_sessions)]
pub struct Session {
    /// Digest of the token.
    pub token_hash: Vec<u8>,
    /// Who signed in.
    pub holder_id: String,
    /// When.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
}

/// Adds an account.
///
/// # Errors
/// [`StoreError::Conflict`] with `holders_login` where the login is taken, with
/// `holders_code_kind_code` where the holder has an account.
pub fn insert(conn: &mut Conn, row: &Account) -> Result<()> {
    diesel::insert_into(holders::table).values(row).execute(conn)?;
    Ok(())
}

/// An account by its id.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Account>> {
    Ok(holders::table.find(id).select(Account::as_select()).first(conn).optional()?)
}

/// An account by its login.
///
/// # Errors
/// What the database says.
pub fn find_by_login(conn: &mut Conn, login: &str) -> Result<Option<Account>> {
    Ok(holders::table.filter(holders::login.eq(login)).select(Account::as_select()).first(conn).optional()?)
}

/// The accounts that run and have a code, of whichever kind: at most one a kind.
///
/// # Errors
/// What the database says.
pub fn running_by_code(conn: &mut Conn, code: &str) -> Result<Vec<Account>> {
    let running = holders::table.filter(holders::code.eq(code)).filter(holders::disabled_at.is_null());
    Ok(running.order(holders::code_kind).select(Account::as_select()).limit(50).load(conn)?)
}

/// The account of a code that was made last, one that was disabled too; a running one before all others.
///
/// # Errors
/// What the database says.
pub fn last_of_code(conn: &mut Conn, kind: &str, code: &str) -> Result<Option<Account>> {
    let all = holders::table.filter(holders::code_kind.eq(kind)).filter(holders::code.eq(code));
    let all = all.order((holders::disabled_at.is_null().desc(), holders::created_at.desc()));
    Ok(all.select(Account::as_select()).first(conn).optional()?)
}

/// At most `limit` accounts after an id, in the order of ids.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, after: &str, limit: u32) -> Result<Vec<Account>> {
    let page = holders::table.filter(holders::id.gt(after)).order(holders::id).limit(limit.into());
    Ok(page.select(Account::as_select()).load(conn)?)
}

/// Another password; whether the account is there.
///
/// # Errors
/// What the database says.
pub fn set_password_hash(conn: &mut Conn, id: &str, hash: &str) -> Result<bool> {
    Ok(diesel::update(holders::table.find(id)).set(holders::password_hash.eq(hash)).execute(conn)? == 1)
}

/// Disables an account; false where it is not there or was disabled before.
///
/// # Errors
/// What the database says.
pub fn disable(conn: &mut Conn, id: &str, at: i64) -> Result<bool> {
    let running = holders::table.find(id).filter(holders::disabled_at.is_null());
    Ok(diesel::update(running).set(holders::disabled_at.eq(at)).execute(conn)? == 1)
}

/// Adds a session.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_session(conn: &mut Conn, row: &Session) -> Result<()> {
    diesel::insert_into(holder_sessions::table).values(row).execute(conn)?;
    Ok(())
}

/// A session and its account by the digest of the token. Whether it still runs is
/// for the caller.
///
/// # Errors
/// What the database says.
pub fn find_session(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<(Session, Account)>> {
    Ok(find_sessions(conn, &[token_hash])?.pop())
}

/// As [`find_session`], of several; in no order.
///
/// # Errors
/// What the database says.
pub fn find_sessions(conn: &mut Conn, token_hashes: &[&[u8]]) -> Result<Vec<(Session, Account)>> {
    Ok(each!(conn, c => holder_sessions::table
        .inner_join(holders::table)
        .filter(holder_sessions::token_hash.eq_any(token_hashes.iter().copied()))
        .select((Session::as_select(), Account::as_select()))
        .load(c))?)
}

/// Ends a session; whether it was there.
///
/// # Errors
/// What the database says.
pub fn delete_session(conn: &mut Conn, token_hash: &[u8]) -> Result<bool> {
    Ok(diesel::delete(holder_sessions::table.find(token_hash)).execute(conn)? == 1)
}

/// Ends all sessions of an account; how many.
///
/// # Errors
/// What the database says.
pub fn delete_sessions_of(conn: &mut Conn, id: &str) -> Result<usize> {
    Ok(diesel::delete(holder_sessions::table.filter(holder_sessions::holder_id.eq(id))).execute(conn)?)
}

/// Ends the sessions of an account but one; how many.
///
/// # Errors
/// What the database says.
pub fn delete_other_sessions(conn: &mut Conn, id: &str, kept: &[u8]) -> Result<usize> {
    let others = holder_sessions::table.filter(holder_sessions::holder_id.eq(id));
    Ok(diesel::delete(others.filter(holder_sessions::token_hash.ne(kept))).execute(conn)?)
}

/// Clears sessions that ended before an instant; how many.
///
/// # Errors
/// What the database says.
pub fn delete_sessions_before(conn: &mut Conn, at: i64) -> Result<usize> {
    Ok(diesel::delete(holder_sessions::table.filter(holder_sessions::expires_at.lt(at))).execute(conn)?)
}

impl std::fmt::Debug for Account {
    /// Neither code nor name, which are somebody's, nor the hash.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("disabled_at", &self.disabled_at).finish_non_exhaustive()
    }
}
