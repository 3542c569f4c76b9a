//! Receipts of verifications: what was shown, and what of it was signed.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipts, treat_none_as_default_value = false)]
pub struct Receipt {
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub body_id: String,
    /// When it was shown, in milliseconds.
    pub made_at: i64,
    /// What kind of actor asked.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// The canonical JSON that is signed.
    pub content: Vec<u8>,
    /// The manifest of the evidence that is the same for every document.
    pub manifest_sm3: Vec<u8>,
    /// What a register answered.
    pub standing: Option<Vec<u8>>,
    /// What it signed.
    pub signed_standing: Option<Vec<u8>>,
    /// What registers answered about the seals.
    pub seals: Option<Vec<u8>>,
    /// The signed file; none until it is signed.
    pub signed: Option<Vec<u8>>,
}

/// Writes down what may become a receipt.
///
/// # Errors
/// [`StoreError::Conflict`] for a number that is there, [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Receipt) -> Result<()> {
    each!(conn, c => diesel::insert_into(receipts::table).values(row).execute(c))?;
    Ok(())
}

/// A receipt of a body, signed or not.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, body: &str, number: &str) -> Result<Option<Receipt>> {
    let one = receipts::table.filter(receipts::body_id.eq(body)).filter(receipts::number.eq(number));
    Ok(one.select(Receipt::as_select()).first(conn).optional()?)
}

/// A signed receipt of any body, for whoever holds its file and replays it here.
///
/// # Errors
/// What the database says.
pub fn find_signed(conn: &mut Conn, number: &str) -> Result<Option<Receipt>> {
    let one = receipts::table.filter(receipts::number.eq(number)).filter(receipts::signed.is_not_null());
    Ok(one.select(Receipt::as_select()).first(conn).optional()?)
}

/// Keeps the signed file; false where there is one, or no such receipt.
///
/// # Errors
/// What the database says.
pub fn sign(conn: &mut Conn, number: &str, signed: &[u8]) -> Result<bool> {
    let one = receipts::table.filter(receipts::number.eq(number)).filter(receipts::signed.is_null());
    Ok(diesel::update(one).set(receipts::signed.eq(signed)).execute(conn)? == 1)
}

/// Clears what was shown before an instant and never signed; how many.
///
/// # Errors
/// What the database says.
pub fn delete_unsigned_before(conn: &mut Conn, made_at: i64) -> Result<usize> {
    let old = receipts::table.filter(receipts::signed.is_null()).filter(receipts::made_at.lt(made_at));
    Ok(diesel::delete(old).execute(conn)?)
}
