//! Numbers that open intents will use: no two intents sign for one number.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A number held for an intent.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reservations)]
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
    let inserted = each!(conn, c => {
        diesel::insert_into(reservations::table)
            .values(row)
            .on_conflict((reservations::type_code, reservations::number))
            .do_nothing()
            .execute(c)
    })?;
    Ok(inserted == 1)
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
    let own = reservations::table.filter(reservations::body_id.eq(body)).filter(reservations::intent_id.eq(intent_id));
    Ok(diesel::delete(own).execute(conn)? == 1)
}

/// Whether a number is held by an open intent of any body: numbers of a type are one series.
///
/// # Errors
/// What the database says.
pub fn is_held(conn: &mut Conn, type_code: &str, number: &str) -> Result<bool> {
    let one = reservations::table.find((type_code, number)).select(reservations::intent_id);
    Ok(one.first::<String>(conn).optional()?.is_some())
}
