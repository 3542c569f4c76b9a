//! Calendar days of Asia/Shanghai: what licences carry where others carry instants.
//!
//! A day is never turned into a [`Moment`] or back unless asked by name. The
//! zone is UTC+8 throughout: the summer time of 1986 to 1991 is not reckoned,
//! since papers of those years bear a date and no hour.

use super::Moment;
use core::{fmt, str::FromStr};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Month};

/// Milliseconds of a day, and from midnight in Beijing to midnight in Greenwich.
const DAY_MILLISECONDS: i64 = 86_400_000;
const BEIJING_MILLISECONDS: i64 = 8 * 3_600_000;
/// The Julian day number of 1970-01-01.
const EPOCH_JULIAN_DAY: i64 = 2_440_588;

/// A calendar day of Asia/Shanghai in the years 1000 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// Why something is no [`Day`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not `yyyyMMdd`, `yyyy-MM-dd` or `yyyy年M月d日`.
    #[error("not a date such as 20261121, 2026-11-21 or 2026年11月21日")]
    Format,
    /// Well written, but the calendar has no such day.
    #[error("no such day in the calendar: {year:04}-{month:02}-{day:02}")]
    NoSuchDay {
        /// As written.
        year: i32,
        /// As written.
        month: u8,
        /// As written.
        day: u8,
    },
    /// Outside the years 1000 to 9999.
    #[error("a day outside the years 1000 to 9999")]
    OutOfRange,
}

impl Day {
    /// 9999-12-31.
    pub const LAST: Self = Self(match Date::from_ordinal_date(9999, 365) {
        Ok(date) => date,
        Err(_) => Date::MAX,
    });

    /// From year (1000 to 9999), month and day (from 1).
    ///
    /// # Errors
    /// [`DayError::OutOfRange`] for another year, [`DayError::NoSuchDay`] where the calendar has no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Result<Self, DayError> {
        if !(1000..=9999).contains(&year) {
            return Err(DayError::OutOfRange);
        }
        Month::try_from(month)
            .and_then(|named| Date::from_calendar_date(year, named, day))
            .map(Self)
            .map_err(|_| DayError::NoSuchDay { year, month, day })
    }

    /// From any of the three written forms: `yyyyMMdd`, `yyyy-MM-dd`,
    /// `yyyy年M月d日` (month and day with or without a leading nought).
    ///
    /// # Errors
    /// [`DayError::Format`] for other text, else as [`Day::new`].
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let (year, month, day) = parts(text).ok_or(DayError::Format)?;
        let number = |digits: &str| digits.parse::<u16>().map_err(|_| DayError::Format);
        let small = |digits: &str| digits.parse::<u8>().map_err(|_| DayError::Format);
        Self::new(i32::from(number(year)?), small(month)?, small(day)?)
    }

    /// The day that Beijing's calendar shows at an instant.
    ///
    /// # Errors
    /// [`DayError::OutOfRange`] outside the years 1000 to 9999.
    pub fn in_beijing_at(moment: Moment) -> Result<Self, DayError> {
        let days = (moment.unix_milliseconds() + BEIJING_MILLISECONDS).div_euclid(DAY_MILLISECONDS);
        i32::try_from(days + EPOCH_JULIAN_DAY)
            .ok()
            .and_then(|julian| Date::from_julian_day(julian).ok())
            .and_then(Self::in_range)
            .ok_or(DayError::OutOfRange)
    }

    /// 00:00 Beijing time, the first instant of the day.
    pub fn begins(self) -> Moment {
        let days = i64::from(self.0.to_julian_day()) - EPOCH_JULIAN_DAY;
        Moment(days * DAY_MILLISECONDS - BEIJING_MILLISECONDS)
    }

    /// 24:00 Beijing time, the first instant that is *not* of the day any more.
    pub fn ends(self) -> Moment {
        Moment(self.begins().unix_milliseconds() + DAY_MILLISECONDS)
    }

    /// Whether an instant falls on this day in Beijing.
    pub fn contains(self, moment: Moment) -> bool {
        self.begins() <= moment && moment < self.ends()
    }

    /// The instant of an hour (0 to 23), minute and second (0 to 59) of this
    /// day, Beijing time; `None` for another clock reading.
    pub fn at_beijing_time(self, hour: u8, minute: u8, second: u8) -> Option<Moment> {
        let read = hour < 24 && minute < 60 && second < 60;
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        read.then(|| Moment(self.begins().unix_milliseconds() + seconds * 1000))
    }

    /// The day after; `None` after 9999-12-31.
    pub fn next(self) -> Option<Self> {
        self.0.next_day().and_then(Self::in_range)
    }

    /// The day before; `None` before 1000-01-01.
    pub fn previous(self) -> Option<Self> {
        self.0.previous_day().and_then(Self::in_range)
    }

    /// The last day of a period of whole years that begins on this day: five
    /// years from 2024-01-15 run through 2029-01-14, a year from 2024-02-29
    /// through 2025-02-28. `None` for no years, and past the year 9999.
    pub fn last_of_years(self, years: u16) -> Option<Self> {
        let year = self.year().checked_add(i32::from(years)).filter(|_| years > 0)?;
        Self::new(year, self.month(), self.day()).or_else(|_| Self::new(year, 3, 1)).ok()?.previous()
    }

    /// 1000 to 9999.
    pub const fn year(self) -> i32 {
        self.0.year()
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        u8::from(self.0.month())
    }

    /// 1 to 31.
    pub const fn day(self) -> u8 {
        self.0.day()
    }

    /// `yyyyMMdd`, as the metadata of GB/T 36903 have it.
    pub fn compact(self) -> String {
        format!("{:04}{:02}{:02}", self.year(), self.month(), self.day())
    }

    /// `yyyy年M月d日`, as faces have it.
    pub fn chinese(self) -> String {
        format!("{}年{}月{}日", self.year(), self.month(), self.day())
    }

    fn in_range(date: Date) -> Option<Self> {
        (1000..=9999).contains(&date.year()).then_some(Self(date))
    }
}

/// Year (four digits), month and day (two digits; in Chinese also one).
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let two = |digits: &str| digits.len() == 2;
    let one_or_two = |digits: &str| matches!(digits.len(), 1 | 2);
    let found = if let Some((year, rest)) = text.split_once('年') {
        let (month, rest) = rest.split_once('月')?;
        let day = rest.strip_suffix('日')?;
        (one_or_two(month) && one_or_two(day)).then_some((year, month, day))
    } else if let Some((year, rest)) = text.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        (two(month) && two(day)).then_some((year, month, day))
    } else {
        Some((text.get(..4)?, text.get(4..6)?, text.get(6..).filter(|day| two(day))?))
    };
    let digits = |part: &str| part.bytes().all(|octet| octet.is_ascii_digit());
    found.filter(|(year, month, day)| year.len() == 4 && digits(year) && digits(month) && digits(day))
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        Self::parse(text)
    }
}

impl fmt::Display for Day {
    /// `yyyy-MM-dd`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    /// Only `yyyy-MM-dd`: JSON has one form.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = Self::parse(&text).map_err(serde::de::Error::custom)?;
        if day.to_string() == text { Ok(day) } else { Err(serde::de::Error::custom(DayError::Format)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn three_written_forms_are_one_day() {
        for text in ["20260105", "2026-01-05", "2026年1月5日", "2026年01月05日"] {
            assert_eq!(Day::parse(text), Day::new(2026, 1, 5), "{text}");
        }
        let shown = day("20260105");
        assert_eq!(
            (shown.to_string(), shown.compact(), shown.chinese()),
            ("2026-01-05".into(), "20260105".into(), "2026年1月5日".into())
        );
    }

    #[test]
    fn anything_else_is_named() {
        for text in [
            "",
            "2026",
            "2026010",
            "202601055",
            "2026-1-5",
            "2026/01/05",
            "+0260105",
            "2026年1月5",
            "2026年1月5日 ",
            "26年1月5日",
            "2026年001月5日",
            "２０２６０１０５",
            "2026-01-05T00:00:00Z",
            "年月日",
            "--",
        ] {
            assert_eq!(Day::parse(text), Err(DayError::Format), "{text:?}");
        }
        assert_eq!(Day::parse("20230229"), Err(DayError::NoSuchDay { year: 2023, month: 2, day: 29 }));
        assert_eq!(Day::parse("2024-13-01"), Err(DayError::NoSuchDay { year: 2024, month: 13, day: 1 }));
        assert_eq!(Day::parse("0999-12-31"), Err(DayError::OutOfRange));
    }

    #[test]
    fn a_day_ends_at_twenty_four_hours_beijing() {
        let last = day("2026-11-21");
        assert_eq!(last.begins().to_string(), "2026-11-20T16:00:00Z");
        assert_eq!(last.ends().to_string(), "2026-11-21T16:00:00Z");
        let cases = [
            ("2026-11-20T23:59:59+08:00", "2026-11-20"),
            ("2026-11-21T00:00:00+08:00", "2026-11-21"),
            ("2026-11-21T23:59:59+08:00", "2026-11-21"),
            ("2026-11-21T23:59:59.999+08:00", "2026-11-21"),
            ("2026-11-22T00:00:00+08:00", "2026-11-22"),
        ];
        for (instant, shown) in cases {
            let moment = Moment::parse(instant).unwrap();
            assert_eq!(Day::in_beijing_at(moment), Ok(day(shown)), "{instant}");
            assert_eq!(last.contains(moment), shown == "2026-11-21", "{instant}");
        }
        assert_eq!(last.at_beijing_time(23, 59, 59), Moment::parse("2026-11-21T15:59:59Z").ok());
        assert_eq!(last.at_beijing_time(24, 0, 0), None);
    }

    #[test]
    fn the_edges_of_the_calendar_are_moments() {
        for edge in [day("1000-01-01"), day("1969-12-31"), day("1970-01-01"), day("9999-12-31")] {
            assert_eq!(Moment::parse(&edge.begins().to_string()), Ok(edge.begins()));
            assert_eq!(Moment::parse(&edge.ends().to_string()), Ok(edge.ends()));
            assert_eq!(Day::in_beijing_at(edge.begins()), Ok(edge));
        }
        assert_eq!(Day::LAST, day("9999-12-31"));
        assert_eq!(Day::LAST.next(), None);
        assert_eq!(day("1000-01-01").previous(), None);
        assert_eq!(Day::in_beijing_at(day("9999-12-31").ends()), Err(DayError::OutOfRange));
    }

    #[test]
    fn periods_of_years_end_the_day_before() {
        for (first, years, last) in
            [("2024-01-15", 5, "2029-01-14"), ("2024-02-29", 1, "2025-02-28"), ("2024-02-29", 4, "2028-02-28")]
        {
            assert_eq!(day(first).last_of_years(years), Some(day(last)));
        }
        assert_eq!(day("2024-01-15").last_of_years(0), None);
        assert_eq!(day("2024-01-15").last_of_years(u16::MAX), None);
    }

    #[test]
    fn json_has_one_form() {
        assert_eq!(serde_json::to_string(&day("20260105")).unwrap(), "\"2026-01-05\"");
        assert_eq!(serde_json::from_str::<Day>("\"2026-01-05\"").unwrap(), day("20260105"));
        assert!(serde_json::from_str::<Day>("\"20260105\"").is_err());
    }
}
