//! Instants: UTC, whole milliseconds, because SQLite and PostgreSQL agree on
//! nothing finer.

use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, format_description::well_known::Rfc3339};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, within the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub(super) i64);

/// Why something is no [`Moment`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// No such day or hour in the calendar, or outside the years 1 to 9999.
    #[error("no such instant in the calendar")]
    OutOfRange,
    /// Not of the form `2026-11-21T08:30:00Z`.
    #[error("not an RFC 3339 instant such as 2026-11-21T08:30:00Z")]
    Format,
}

impl Moment {
    /// From milliseconds since the epoch.
    ///
    /// # Errors
    /// [`MomentError::OutOfRange`] outside the years 1 to 9999.
    pub fn from_unix_milliseconds(milliseconds: i64) -> Result<Self, MomentError> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
            .ok()
            .filter(|t| t.year() > 0)
            .map(|_| Self(milliseconds))
            .ok_or(MomentError::OutOfRange)
    }

    /// From seconds since the epoch.
    ///
    /// # Errors
    /// [`MomentError::OutOfRange`] outside the years 1 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, MomentError> {
        seconds.checked_mul(1000).ok_or(MomentError::OutOfRange).and_then(Self::from_unix_milliseconds)
    }

    /// From a UTC calendar date (month and day from 1) and time of day.
    ///
    /// # Errors
    /// [`MomentError::OutOfRange`] where the calendar has no such second.
    pub fn from_utc(year: i32, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Result<Self, MomentError> {
        let month = Month::try_from(month).map_err(|_| MomentError::OutOfRange)?;
        let date = Date::from_calendar_date(year, month, day).map_err(|_| MomentError::OutOfRange)?;
        let clock = Time::from_hms(hour, minute, second).map_err(|_| MomentError::OutOfRange)?;
        Self::from_unix_seconds(PrimitiveDateTime::new(date, clock).assume_utc().unix_timestamp())
    }

    /// From RFC 3339 text with any offset; fractions finer than a millisecond are cut.
    ///
    /// # Errors
    /// [`MomentError::Format`] for other text.
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let t = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| MomentError::Format)?;
        let milliseconds = t.unix_timestamp_nanos().div_euclid(1_000_000);
        Self::from_unix_milliseconds(i64::try_from(milliseconds).map_err(|_| MomentError::OutOfRange)?)
    }

    /// Milliseconds since the epoch.
    pub const fn unix_milliseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The same instant shown in another zone: `2026-11-21 16:30:00`, without the offset.
    pub fn at_offset_hours(self, hours: i8) -> String {
        let shown = self.0 + i64::from(hours) * 3_600_000;
        let text = Self(shown).to_string();
        text.get(..19).unwrap_or(&text).replace('T', " ")
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC; the fraction only where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = OffsetDateTime::from_unix_timestamp(self.unix_seconds()).map_err(|_| fmt::Error)?;
        let (y, mo, d) = (t.year(), u8::from(t.month()), t.day());
        write!(f, "{y:04}-{mo:02}-{d:02}T{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second())?;
        match self.0.rem_euclid(1000) {
            0 => f.write_str("Z"),
            milliseconds => write!(f, ".{milliseconds:03}Z"),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for text in
            ["2020-10-04T07:28:55Z", "1970-01-01T00:00:00Z", "2026-11-21T08:30:00.120Z", "1969-12-31T23:59:59.999Z"]
        {
            assert_eq!(Moment::parse(text).map(|m| m.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Moment::parse("2024-06-01T16:00:00+08:00"), Moment::parse("2024-06-01T08:00:00Z"));
        assert_eq!(Moment::parse("2024-06-01"), Err(MomentError::Format));
    }

    #[test]
    fn calendar_edges() {
        assert_eq!(Moment::from_utc(2023, 2, 29, 0, 0, 0), Err(MomentError::OutOfRange));
        assert_eq!(Moment::from_utc(2024, 2, 29, 24, 0, 0), Err(MomentError::OutOfRange));
        assert!(Moment::from_unix_milliseconds(i64::MAX).is_err());
        assert_eq!(
            Moment::parse("2024-06-01T20:00:00Z").map(|m| m.at_offset_hours(8)),
            Ok("2024-06-02 04:00:00".into())
        );
    }
}
