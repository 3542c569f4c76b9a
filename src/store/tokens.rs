//! Access of other systems, in the name of a body.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A token; its secret is with the other system only.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// For whom it acts.
    pub body_id: String,
    /// What people call it.
    pub name: String,
    /// Digest of the secret.
    pub secret_hash: Vec<u8>,
    /// What it may do, words between spaces.
    pub scopes: String,
    /// Who made it; none where it was made on the command line.
    pub created_by: Option<String>,
    /// When.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: Option<i64>,
    /// When it was ended.
    pub revoked_at: Option<i64>,
}

/// Adds a token.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Token) -> Result<()> {
    diesel::insert_into(tokens::table).values(row).execute(conn)?;
    Ok(())
}

/// A token by the digest of its secret, of any body: the token is what tells
/// the body. Whether it still runs is for the caller.
///
/// # Errors
/// What the database says.
pub fn find_by_secret_hash(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<Token>> {
    Ok(find_by_secret_hashes(conn, &[secret_hash])?.pop())
}

/// As [`find_by_secret_hash`], of several; in no order.
///
/// # Errors
/// What the database says.
pub fn find_by_secret_hashes(conn: &mut Conn, secret_hashes: &[&[u8]]) -> Result<Vec<Token>> {
    Ok(each!(conn, c => tokens::table
        .filter(tokens::secret_hash.eq_any(secret_hashes.iter().copied()))
        .select(Token::as_select())
        .load(c))?)
}

/// A token of a body.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, id: &str) -> Result<Option<Token>> {
    let own = tokens::table.filter(tokens::body_id.eq(body)).filter(tokens::id.eq(id));
    Ok(own.select(Token::as_select()).first(conn).optional()?)
}

/// At most `limit` tokens of a body after an id, in the order of ids.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, body: &str, after: &str, limit: u32) -> Result<Vec<Token>> {
    let page = tokens::table.filter(tokens::body_id.eq(body)).filter(tokens::id.gt(after));
    Ok(page.order(tokens::id).limit(limit.into()).select(Token::as_select()).load(conn)?)
}

/// Ends a token; false where it is not there or has been ended before.
///
/// # Errors
/// What the database says.
pub fn revoke(conn: &mut Conn, body: &str, id: &str, at: i64) -> Result<bool> {
    let own = tokens::table.filter(tokens::body_id.eq(body)).filter(tokens::id.eq(id));
    let running = own.filter(tokens::revoked_at.is_null());
    Ok(diesel::update(running).set(tokens::revoked_at.eq(at)).execute(conn)? == 1)
}
