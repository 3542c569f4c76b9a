//! Numbers that are given once.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

/// Takes `n` numbers of a scope, which begins with 1, and gives the first of
/// them. Taken in the write that uses them, they are lost with it and given
/// again; once that write stands they never are.
///
/// # Errors
/// What the database says; [`StoreError::Broken`] after 2^63 numbers.
pub fn take(conn: &mut Conn, scope: &str, n: u32) -> Result<i64, StoreError> {
    let taken = i64::from(n);
    let next: i64 = each!(conn, c => {
        diesel::insert_into(counters::table)
            .values((counters::scope.eq(scope), counters::next.eq(taken + 1)))
            .on_conflict(counters::scope)
            .do_update()
            .set(counters::next.eq(counters::next + taken))
            .returning(counters::next)
            .get_result(c)
    })?;
    Ok(next - taken)
}

/// The number that the next [`take`] gives.
///
/// # Errors
/// What the database says.
pub fn peek(conn: &mut Conn, scope: &str) -> Result<i64, StoreError> {
    Ok(counters::table.find(scope).select(counters::next).first(conn).optional()?.unwrap_or(1))
}
