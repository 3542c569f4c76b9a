//! For whom, for what and where a service counts.

use crate::{
    base::Day,
    licence::{
        codes::{CreditCode, RegionCode, RegionCodeOffence},
        identifier::TypeCode,
    },
};
use core::{fmt, str::FromStr};
use std::collections::BTreeSet;

/// For which issuing bodies, types of licence and regions a service counts. All
/// three must hold; an empty set leaves its part open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Issuing bodies by credit code; empty for any.
    pub bodies: BTreeSet<CreditCode>,
    /// Types of licence; empty for any.
    pub licence_types: BTreeSet<TypeCode>,
    /// Regions; empty for any.
    pub regions: BTreeSet<RegionPrefix>,
    /// First day, of Beijing.
    pub from: Day,
}

/// The beginning of a region code: a province (2 digits), a city (4) or a county (6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionPrefix(Box<str>);

/// Why a text is no [`RegionPrefix`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionPrefixOffence {
    /// Not two, four or six digits.
    #[error("the beginning of a region code has two, four or six digits")]
    Form,
    /// `340000` where `34` is meant: with the noughts it would cover nothing below.
    #[error("the beginning of a region code ends before its noughts")]
    Noughts,
    /// No region begins so.
    #[error(transparent)]
    Region(RegionCodeOffence),
}

impl Scope {
    /// Everybody and everything, from a day on.
    pub const fn any_from(from: Day) -> Self {
        Self { bodies: BTreeSet::new(), licence_types: BTreeSet::new(), regions: BTreeSet::new(), from }
    }

    /// Whether a stamp of `body` on a licence of `licence_type`, issued in `region`,
    /// counts on a day. A region above the one in the scope is not covered: a
    /// province is not in its city.
    pub fn covers(&self, body: &CreditCode, licence_type: &TypeCode, region: RegionCode, on: Day) -> bool {
        self.from <= on
            && (self.bodies.is_empty() || self.bodies.contains(body))
            && (self.licence_types.is_empty() || self.licence_types.contains(licence_type))
            && (self.regions.is_empty() || self.regions.iter().any(|prefix| prefix.covers(region)))
    }
}

impl RegionPrefix {
    /// Two, four or six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the code of a region begins so.
    pub fn covers(&self, region: RegionCode) -> bool {
        region.to_string().starts_with(&*self.0)
    }
}

impl FromStr for RegionPrefix {
    type Err = RegionPrefixOffence;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !matches!(text.len(), 2 | 4 | 6) || !text.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(RegionPrefixOffence::Form);
        }
        if text.ends_with("00") {
            return Err(RegionPrefixOffence::Noughts);
        }
        format!("{text:0<6}").parse::<RegionCode>().map_err(RegionPrefixOffence::Region)?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for RegionPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Result<RegionPrefix, RegionPrefixOffence> {
        text.parse()
    }

    #[test]
    fn prefixes() {
        let covers = |text: &str, region: &str| prefix(text).unwrap().covers(region.parse().unwrap());
        assert!(covers("34", "340000") && covers("34", "341200") && covers("3412", "341202"));
        assert!(covers("341202", "341202"));
        assert!(!covers("3412", "340000") && !covers("34", "330304") && !covers("341202", "341200"));
        for text in ["", "3", "341", "34120", "3412022", "3a", "+3", "３４"] {
            assert_eq!(prefix(text), Err(RegionPrefixOffence::Form), "{text}");
        }
        for text in ["3400", "340000", "341200", "00"] {
            assert_eq!(prefix(text), Err(RegionPrefixOffence::Noughts), "{text}");
        }
        assert_eq!(prefix("03"), Err(RegionPrefixOffence::Region(RegionCodeOffence::NoProvince)));
        assert_eq!(prefix("340001"), Err(RegionPrefixOffence::Region(RegionCodeOffence::CountyWithoutCity)));
    }

    #[test]
    fn every_part_must_hold() {
        let body: CreditCode = "11430000006122244L".parse().unwrap();
        let other: CreditCode = "12110000400777687U".parse().unwrap();
        let kind: TypeCode = "11100000000013338W011".parse().unwrap();
        let other_kind: TypeCode = "11100000000013338W028".parse().unwrap();
        let (fuyang, ouhai): (RegionCode, RegionCode) = ("341202".parse().unwrap(), "330304".parse().unwrap());
        let day = |text| Day::parse(text).unwrap();
        let any = Scope::any_from(day("2026-01-01"));
        assert!(any.covers(&body, &kind, fuyang, day("2026-01-01")));
        assert!(!any.covers(&body, &kind, fuyang, day("2025-12-31")));
        let narrow = Scope {
            bodies: [body.clone()].into(),
            licence_types: [kind.clone()].into(),
            regions: [prefix("3412").unwrap(), prefix("32").unwrap()].into(),
            ..any
        };
        let on = day("2026-06-01");
        assert!(narrow.covers(&body, &kind, fuyang, on));
        assert!(!narrow.covers(&other, &kind, fuyang, on));
        assert!(!narrow.covers(&body, &other_kind, fuyang, on));
        assert!(!narrow.covers(&body, &kind, ouhai, on));
        assert!(!narrow.covers(&body, &kind, "341100".parse().unwrap(), on), "another city of the province");
    }
}
