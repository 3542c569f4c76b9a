//! What our time stamp authorities gave. Authorities belong to no body.

use super::{Conn, StoreError, conn::each, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// What an authority gave on one day.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = time_stamp_days)]
pub struct TimeStampDay {
    /// Which authority.
    pub authority_id: String,
    /// In Beijing.
    pub day: String,
    /// The first serial number that could be given on the day.
    pub first_serial: i64,
    /// Time stamps given.
    pub given: i64,
    /// Refused because the clock was behind what was given before.
    pub refused: i64,
}

/// What became of a wish for a serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// This number, for this time.
    Given {
        /// From 1; larger than every one before.
        serial: i64,
        /// Milliseconds; not before any one before.
        at: i64,
        /// Whether it is the first of its day.
        first_of_day: bool,
    },
    /// The clock is behind a time that was given.
    Behind {
        /// That time, milliseconds.
        last: i64,
        /// Whether it is the first refusal of its day.
        first_of_day: bool,
    },
}

/// Takes the next serial number of an authority for the time `at`, in the write that this runs in. A clock that
/// is behind the last time by no more than `tolerance` (milliseconds: several machines) gives that time.
///
/// # Errors
/// What the database says; [`StoreError::Broken`] after 2^63 numbers.
pub fn take(conn: &mut Conn, authority: &str, at: i64, tolerance: i64, day: &str) -> Result<Taken> {
    let first = (
        time_stamp_authorities::id.eq(authority),
        time_stamp_authorities::next_serial.eq(1_i64),
        time_stamp_authorities::last_given.eq(0_i64),
    );
    each!(conn, c => {
        diesel::insert_into(time_stamp_authorities::table).values(first).on_conflict(time_stamp_authorities::id).do_nothing().execute(c)
    })?;
    let row = time_stamp_authorities::table.find(authority);
    let (serial, last): (i64, i64) =
        row.select((time_stamp_authorities::next_serial, time_stamp_authorities::last_given)).first(conn)?;
    if at.saturating_add(tolerance) < last {
        let count = count(conn, authority, day, serial, (0, 1))?;
        return Ok(Taken::Behind { last, first_of_day: count.1 == 1 });
    }
    let (at, next) = (at.max(last), serial.checked_add(1).ok_or_else(|| StoreError::Broken("serial".to_owned()))?);
    diesel::update(row)
        .set((time_stamp_authorities::next_serial.eq(next), time_stamp_authorities::last_given.eq(at)))
        .execute(conn)?;
    let count = count(conn, authority, day, serial, (1, 0))?;
    Ok(Taken::Given { serial, at, first_of_day: count.0 == 1 })
}

/// Adds to the counts of a day; what they are then.
fn count(conn: &mut Conn, authority: &str, day: &str, serial: i64, (given, refused): (i64, i64)) -> Result<(i64, i64)> {
    use time_stamp_days as days;
    let values = (
        days::authority_id.eq(authority),
        days::day.eq(day),
        days::first_serial.eq(serial),
        days::given.eq(given),
        days::refused.eq(refused),
    );
    Ok(each!(conn, c => {
        diesel::insert_into(days::table)
            .values(values)
            .on_conflict((days::authority_id, days::day))
            .do_update()
            .set((days::given.eq(days::given + given), days::refused.eq(days::refused + refused)))
            .returning((days::given, days::refused))
            .get_result(c)
    })?)
}

/// At most `limit` days, the latest first.
///
/// # Errors
/// What the database says.
pub fn days(conn: &mut Conn, limit: u32) -> Result<Vec<TimeStampDay>> {
    Ok(time_stamp_days::table
        .select(TimeStampDay::as_select())
        .order((time_stamp_days::day.desc(), time_stamp_days::authority_id))
        .limit(limit.into())
        .load(conn)?)
}
