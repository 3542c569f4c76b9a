//! Numbers that open intents will use: no two intents sign for one number.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A number held for an intent.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reservations, treat_none_as_default_value = false)]
pub struct Reservation {
    /// The type the number is of.
    pub type_code: String,
    /// The number.
    pub number: String,
    /// Whose intent.
    pub body_id: String,
    /// Which.
    pub intent_id: String,
}

/// Holds a number; false where another intent holds it.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn hold(conn: &mut Conn, row: &Reservation) -> Result<bool> {
    Ok(hold_all(conn, std::slice::from_ref(row))? == 1)
}

/// Holds numbers; how many that no other intent held.
///
/// # Errors
/// As [`hold`].
pub fn hold_all(conn: &mut Conn, rows: &[Reservation]) -> Result<usize> {
    let inserted = each!(conn, c => {
        diesel::insert_into(reservations::table)
            .values(rows)
            .on_conflict((reservations::type_code, reservations::number))
            .do_nothing()
            .execute(c)
    })?;
    Ok(inserted)
}

/// Gives a number over to the intent that takes an older one's place; whether that held it.
///
/// # Errors
/// [`StoreError::Reference`].
pub fn hand_over(conn: &mut Conn, body: &str, from_intent: &str, to_intent: &str) -> Result<bool> {
    let own =
        reservations::table.filter(reservations::body_id.eq(body)).filter(reservations::intent_id.eq(from_intent));
    Ok(diesel::update(own).set(reservations::intent_id.eq(to_intent)).execute(conn)? == 1)
}

/// Gives up what an intent holds; whether it held something.
///
/// # Errors
/// What the database says.
pub fn release(conn: &mut Conn, body: &str, intent_id: &str) -> Result<bool> {
    Ok(release_all(conn, body, &[intent_id])? == 1)
}

/// Gives up what several intents hold; how many numbers.
///
/// # Errors
/// What the database says.
pub fn release_all(conn: &mut Conn, body: &str, intents: &[&str]) -> Result<usize> {
    let own = reservations::table.filter(reservations::body_id.eq(body));
    let own = own.filter(reservations::intent_id.eq_any(intents));
    Ok(each!(conn, c => diesel::delete(own).execute(c))?)
}

/// Whether a number is held by an open intent of any body: numbers of a type are one series.
///
/// # Errors
/// What the database says.
pub fn is_held(conn: &mut Conn, type_code: &str, number: &str) -> Result<bool> {
    Ok(!held(conn, type_code, &[number])?.is_empty())
}

/// Those of several numbers that open intents of any body hold.
///
/// # Errors
/// What the database says.
pub fn held(conn: &mut Conn, type_code: &str, numbers: &[&str]) -> Result<Vec<String>> {
    let held = reservations::table.filter(reservations::type_code.eq(type_code));
    let held = held.filter(reservations::number.eq_any(numbers)).select(reservations::number);
    Ok(each!(conn, c => held.load(c))?)
}
