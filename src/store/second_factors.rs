//! Second factors of those who sign in: the sealed secret, the last code taken, and codes for who lost the app.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A second factor. Only [`confirm`] and [`accept`] change it.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = second_factors)]
pub struct SecondFactor {
    /// `person` or `holder`.
    pub owner_kind: String,
    /// Which.
    pub owner_id: String,
    /// The key in custody under which the secret is sealed.
    pub key_reference: String,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: i64,
    /// When its first code came; none before.
    pub confirmed_at: Option<i64>,
    /// The last step whose code was taken, counted in thirty seconds from 1970.
    pub last_step: i64,
}

/// The factor of an account, one that waits for its first code too.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, kind: &str, id: &str) -> Result<Option<SecondFactor>> {
    Ok(second_factors::table.find((kind, id)).select(SecondFactor::as_select()).first(conn).optional()?)
}

/// Adds a factor that waits for its first code, in the place of one that waits.
///
/// # Errors
/// [`StoreError::Conflict`] with `second_factors_owner_kind_owner_id` where the account has a confirmed one.
pub fn begin(conn: &mut Conn, row: &SecondFactor) -> Result<()> {
    let waiting = second_factors::table.find((&row.owner_kind, &row.owner_id));
    diesel::delete(waiting.filter(second_factors::confirmed_at.is_null())).execute(conn)?;
    diesel::insert_into(second_factors::table).values(row).execute(conn)?;
    Ok(())
}

/// The first code came, of a step; false where no factor waits with this sealed secret.
///
/// # Errors
/// What the database says.
pub fn confirm(conn: &mut Conn, waiting: &SecondFactor, step: i64, at: i64) -> Result<bool> {
    let row = second_factors::table.find((&waiting.owner_kind, &waiting.owner_id));
    let row = row.filter(second_factors::confirmed_at.is_null()).filter(second_factors::sealed.eq(&waiting.sealed));
    let set = (second_factors::confirmed_at.eq(at), second_factors::last_step.eq(step));
    Ok(diesel::update(row).set(set).execute(conn)? == 1)
}

/// Takes the code of a step: one statement, which takes none of that step or of an earlier one
/// again. False where it was taken, or where the account has no confirmed factor.
///
/// # Errors
/// What the database says.
pub fn accept(conn: &mut Conn, kind: &str, id: &str, step: i64) -> Result<bool> {
    let row = second_factors::table.find((kind, id)).filter(second_factors::confirmed_at.is_not_null());
    let fresh = row.filter(second_factors::last_step.lt(step));
    Ok(diesel::update(fresh).set(second_factors::last_step.eq(step)).execute(conn)? == 1)
}

/// Takes the factor away with its recovery codes; whether there was a confirmed one.
///
/// # Errors
/// What the database says.
pub fn delete(conn: &mut Conn, kind: &str, id: &str) -> Result<bool> {
    let was = find(conn, kind, id)?.is_some_and(|row| row.confirmed_at.is_some());
    diesel::delete(
        recovery_codes::table.filter(recovery_codes::owner_kind.eq(kind)).filter(recovery_codes::owner_id.eq(id)),
    )
    .execute(conn)?;
    diesel::delete(second_factors::table.find((kind, id))).execute(conn)?;
    Ok(was)
}

/// Replaces the recovery codes of an account.
///
/// # Errors
/// [`StoreError::Reference`] where it has no factor.
pub fn set_recovery_codes(conn: &mut Conn, kind: &str, id: &str, hashes: &[[u8; 32]], at: i64) -> Result<()> {
    diesel::delete(
        recovery_codes::table.filter(recovery_codes::owner_kind.eq(kind)).filter(recovery_codes::owner_id.eq(id)),
    )
    .execute(conn)?;
    let row = |hash: &[u8; 32]| {
        (
            recovery_codes::code_hash.eq(hash.to_vec()),
            recovery_codes::owner_kind.eq(kind.to_owned()),
            recovery_codes::owner_id.eq(id.to_owned()),
            recovery_codes::made_at.eq(at),
        )
    };
    let rows: Vec<_> = hashes.iter().map(row).collect();
    each!(conn, c => diesel::insert_into(recovery_codes::table).values(&rows).execute(c))?;
    Ok(())
}

/// Takes a recovery code of an account, which is gone then; false where it is none.
///
/// # Errors
/// What the database says.
pub fn take_recovery_code(conn: &mut Conn, kind: &str, id: &str, hash: &[u8; 32]) -> Result<bool> {
    let one = recovery_codes::table.find(hash.to_vec()).filter(recovery_codes::owner_kind.eq(kind));
    let one = one.filter(recovery_codes::owner_id.eq(id));
    Ok(diesel::delete(one).execute(conn)? == 1)
}

/// How many recovery codes an account has left.
///
/// # Errors
/// What the database says.
pub fn count_recovery_codes(conn: &mut Conn, kind: &str, id: &str) -> Result<i64> {
    Ok(recovery_codes::table
        .filter(recovery_codes::owner_kind.eq(kind))
        .filter(recovery_codes::owner_id.eq(id))
        .count()
        .get_result(conn)?)
}

impl std::fmt::Debug for SecondFactor {
    /// Without the sealed secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, id, confirmed_at) = (&self.owner_kind, &self.owner_id, self.confirmed_at);
        f.debug_struct("SecondFactor")
            .field("owner_kind", kind)
            .field("owner_id", id)
            .field("confirmed_at", &confirmed_at)
            .finish_non_exhaustive()
    }
}
