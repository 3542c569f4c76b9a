//! Codes of administrative regions, GB/T 2260: their shape.

use core::{fmt, str::FromStr};

/// A region: six digits, province, city, county; noughts for "the whole of it".
///
/// Only the shape is checked: the list of regions changes every year and is
/// configuration. `100000` stands for the state as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(u32);

/// Why something is no [`RegionCode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionCodeOffence {
    /// Not six digits.
    #[error("a region code has six digits")]
    Form,
    /// No province starts with nought.
    #[error("a region code does not start with nought")]
    NoProvince,
    /// A county without its city, as in `110001`.
    #[error("a region code names a county but no city")]
    CountyWithoutCity,
}

impl RegionCode {
    /// The province as a whole, such as `340000`.
    pub const fn province(self) -> Self {
        Self(self.0 / 10_000 * 10_000)
    }

    /// The city as a whole, such as `340100`; of a province, itself.
    pub const fn city(self) -> Self {
        Self(self.0 / 100 * 100)
    }

    /// Whether `other` is this region or lies in it.
    pub const fn contains(self, other: Self) -> bool {
        self.0 == 100_000 || self.0 == other.0 || self.0 == other.city().0 || self.0 == other.province().0
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeOffence;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 6 || !text.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(RegionCodeOffence::Form);
        }
        let number: u32 = text.parse().map_err(|_| RegionCodeOffence::Form)?;
        if number < 100_000 {
            Err(RegionCodeOffence::NoProvince)
        } else if (number / 100).is_multiple_of(100) && !number.is_multiple_of(100) {
            Err(RegionCodeOffence::CountyWithoutCity)
        } else {
            Ok(Self(number))
        }
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape() {
        for (text, expected) in [
            ("34010", RegionCodeOffence::Form),
            ("3401000", RegionCodeOffence::Form),
            ("+34010", RegionCodeOffence::Form),
            ("34010A", RegionCodeOffence::Form),
            ("034010", RegionCodeOffence::NoProvince),
            ("340001", RegionCodeOffence::CountyWithoutCity),
        ] {
            assert_eq!(text.parse::<RegionCode>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn regions_lie_in_regions() {
        let code = |text: &str| text.parse::<RegionCode>().unwrap();
        let county = code("330105");
        assert_eq!(county.city(), code("330100"));
        assert_eq!(county.province(), code("330000"));
        for around in ["330105", "330100", "330000", "100000"] {
            assert!(code(around).contains(county), "{around}");
            assert_eq!(around == "330105", county.contains(code(around)));
        }
        assert!(!code("330106").contains(county) && !code("340000").contains(county));
        assert_eq!(county.to_string(), "330105");
    }
}
