//! The last day of a licence.

use crate::base::{Day, DayError};
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// When a licence ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// 长期: no end.
    Never,
    /// In force through 24:00 Beijing time of this day.
    After(Day),
}

impl Expiry {
    /// From the metadata element 证照有效期截止日期: a date, or empty or 长期
    /// for no end (GB/T 36903) \[IMPL\].
    ///
    /// # Errors
    /// [`DayError`] for other text.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        match text {
            "" | "长期" => Ok(Self::Never),
            date => Day::parse(date).map(Self::After),
        }
    }

    /// Whether a day lies past the end.
    pub fn is_past_on(self, day: Day) -> bool {
        matches!(self, Self::After(last) if last < day)
    }
}

impl fmt::Display for Expiry {
    /// `yyyy-MM-dd` or 长期.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("长期"),
            Self::After(last) => last.fmt(f),
        }
    }
}

impl Serialize for Expiry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Expiry {
    /// `yyyy-MM-dd` or 长期, nothing else.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let expiry = Self::parse(&text).map_err(serde::de::Error::custom)?;
        if expiry.to_string() == text { Ok(expiry) } else { Err(serde::de::Error::custom(DayError::Format)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_end_is_written_in_two_ways() {
        assert_eq!(Expiry::parse(""), Ok(Expiry::Never));
        assert_eq!(Expiry::parse("长期"), Ok(Expiry::Never));
        assert_eq!(Expiry::parse("永久"), Err(DayError::Format));
        let last = Day::new(2029, 1, 14).unwrap();
        assert_eq!(Expiry::parse("2029年1月14日"), Ok(Expiry::After(last)));
        assert!(!Expiry::After(last).is_past_on(last));
        assert!(Expiry::After(last).is_past_on(last.next().unwrap()));
        assert!(!Expiry::Never.is_past_on(last));
        assert_eq!(serde_json::from_str::<Expiry>("\"长期\"").unwrap(), Expiry::Never);
        assert!(serde_json::from_str::<Expiry>("\"\"").is_err());
    }
}
