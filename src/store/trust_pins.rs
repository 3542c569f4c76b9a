//! Operators of trust lists that one person proposed, until a second one pins the key.
//! As the lists themselves they belong to no body.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// An operator that somebody proposed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = proposed_operators)]
pub struct ProposedOperator {
    /// Its id, which the operator keeps once it is pinned.
    pub id: String,
    /// What it shall be called here.
    pub name: String,
    /// Its public key, SubjectPublicKeyInfo.
    pub key: Vec<u8>,
    /// Where its list is published.
    pub list_address: Option<String>,
    /// Below which its register is asked.
    pub status_address: Option<String>,
    /// Where the revocation lists of its authorities are published.
    pub revocation_address: Option<String>,
    /// Which person proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: i64,
    /// Id of the operator whose list names it; none where its key shall be pinned for itself.
    pub named_by: Option<String>,
}

/// Writes a proposal down.
///
/// # Errors
/// [`StoreError::Conflict`] with `proposed_operators_name` where one of that name waits.
pub fn insert(conn: &mut Conn, row: &ProposedOperator) -> Result<()> {
    each!(conn, c => diesel::insert_into(proposed_operators::table).values(row).execute(c))?;
    Ok(())
}

/// A proposal by its id, and whether its proposer may still sign in.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<(ProposedOperator, bool)>> {
    let one = proposed_operators::table.inner_join(people::table).filter(proposed_operators::id.eq(id));
    Ok(one.select((ProposedOperator::as_select(), people::disabled_at.is_null())).first(conn).optional()?)
}

/// At most `limit` proposals by name, each with the name of who proposed it.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, limit: u32) -> Result<Vec<(ProposedOperator, String)>> {
    let all = proposed_operators::table.inner_join(people::table).order(proposed_operators::name);
    Ok(all.limit(limit.into()).select((ProposedOperator::as_select(), people::name)).load(conn)?)
}

/// How many wait.
///
/// # Errors
/// What the database says.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(proposed_operators::table.count().get_result(conn)?)
}

/// Takes a proposal away; false where there is none.
///
/// # Errors
/// What the database says.
pub fn delete(conn: &mut Conn, id: &str) -> Result<bool> {
    Ok(diesel::delete(proposed_operators::table.find(id)).execute(conn)? == 1)
}
