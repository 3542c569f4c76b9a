//! For whom, for what and where a service counts.

use crate::{
    base::Day,
    licence::{
        codes::{CreditCode, RegionCode, RegionCodeOffence},
        identifier::TypeCode,
    },
    x509::AnchorRefusal,
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

/// What a document states of itself as a licence, where the signature that is judged
/// covers it; nothing in a document that is no licence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// Who issued it.
    pub body: Option<CreditCode>,
    /// Of which type it is.
    pub licence_type: Option<TypeCode>,
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

    /// Whether a stamp of a day counts on a document that states this. The region is
    /// that of the issuing body, from its credit code; one above the region in the scope
    /// is not covered: a province is not in its city. A set that is not empty cannot
    /// cover what states nothing; a day beyond the calendar (`None`) is covered by no scope.
    ///
    /// # Errors
    /// What is not covered; the first of body, region, type and day.
    pub fn covers(&self, stated: &Stated, on: Option<Day>) -> Result<(), AnchorRefusal> {
        let Stated { body, licence_type } = stated;
        if !self.bodies.is_empty() && !body.as_ref().is_some_and(|body| self.bodies.contains(body)) {
            return Err(AnchorRefusal::Body { stated: body.as_ref().map(ToString::to_string) });
        }
        let region = body.as_ref().and_then(CreditCode::region);
        let is_inside = |region| self.regions.iter().any(|prefix| prefix.covers(region));
        if !self.regions.is_empty() && !region.is_some_and(is_inside) {
            return Err(AnchorRefusal::Region { stated: region.map(|region| region.to_string()) });
        }
        if !self.licence_types.is_empty() && !licence_type.as_ref().is_some_and(|one| self.licence_types.contains(one))
        {
            return Err(AnchorRefusal::LicenceType { stated: licence_type.as_ref().map(ToString::to_string) });
        }
        if on.is_none_or(|on| on < self.from) {
            return Err(AnchorRefusal::TooEarly { from: self.from });
        }
        Ok(())
    }
}

impl Scope {
    /// Whether it restricts neither bodies nor types nor regions.
    pub fn is_open(&self) -> bool {
        self.bodies.is_empty() && self.licence_types.is_empty() && self.regions.is_empty()
    }

    /// Whether it covers nothing that `other` does not: so that a list that another one names says when it claims more
    /// than it was granted. Bodies without a set of regions count by the region of each.
    pub fn is_within(&self, other: &Self) -> bool {
        let bodies = other.bodies.is_empty() || (!self.bodies.is_empty() && self.bodies.is_subset(&other.bodies));
        let types = other.licence_types.is_empty()
            || (!self.licence_types.is_empty() && self.licence_types.is_subset(&other.licence_types));
        let in_other = |text: &str| other.regions.iter().any(|prefix| text.starts_with(prefix.as_str()));
        let by_region = !self.regions.is_empty() && self.regions.iter().all(|prefix| in_other(prefix.as_str()));
        let of_body = |body: &CreditCode| body.region().is_some_and(|region| in_other(&region.to_string()));
        let by_body = !self.bodies.is_empty() && self.bodies.iter().all(of_body);
        let regions = other.regions.is_empty() || by_region || by_body;
        bodies && types && regions && self.from >= other.from
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
    fn within_another() {
        let day = |text| Day::parse(text).unwrap();
        let hunan: CreditCode = "11430000006122244L".parse().unwrap();
        let kind: TypeCode = "11100000000013338W011".parse().unwrap();
        let any = Scope::any_from(day("2026-01-01"));
        let regions =
            |all: &[&str]| Scope { regions: all.iter().map(|one| prefix(one).unwrap()).collect(), ..any.clone() };
        let granted = regions(&["43", "3412"]);
        for within in [&granted, &regions(&["43"]), &regions(&["4301", "341202"])] {
            assert!(within.is_within(&granted) && within.is_within(&any), "{within:?}");
        }
        for wider in [&any, &regions(&["34"]), &regions(&["43", "33"])] {
            assert!(!wider.is_within(&granted), "{wider:?}");
        }
        let body = Scope { bodies: [hunan].into(), ..any.clone() };
        assert!(body.is_within(&granted) && !body.is_within(&regions(&["33"])));
        assert!(body.is_within(&body) && !any.is_within(&body) && !granted.is_within(&body));
        let types = Scope { licence_types: [kind].into(), ..any.clone() };
        assert!(types.is_within(&any) && types.is_within(&types) && !any.is_within(&types));
        let earlier = Scope::any_from(day("2025-12-31"));
        assert!(any.is_within(&earlier) && !earlier.is_within(&any));
    }

    #[test]
    fn every_part_must_hold() {
        let hunan: CreditCode = "11430000006122244L".parse().unwrap();
        let beijing: CreditCode = "12110000400777687U".parse().unwrap();
        let kind: TypeCode = "11100000000013338W011".parse().unwrap();
        let other_kind: TypeCode = "11100000000013338W028".parse().unwrap();
        let day = |text| Day::parse(text).unwrap();
        let on = Some(day("2026-06-01"));
        let states =
            |body: &CreditCode, kind: &TypeCode| Stated { body: Some(body.clone()), licence_type: Some(kind.clone()) };
        let (sound, nothing) = (states(&hunan, &kind), Stated::default());
        let any = Scope::any_from(day("2026-01-01"));
        for stated in [&sound, &nothing] {
            assert_eq!(any.covers(stated, Some(day("2026-01-01"))), Ok(()));
            for on in [Some(day("2025-12-31")), None] {
                assert_eq!(any.covers(stated, on), Err(AnchorRefusal::TooEarly { from: any.from }));
            }
        }
        let bodies = Scope { bodies: [hunan.clone()].into(), ..any.clone() };
        let types = Scope { licence_types: [kind.clone()].into(), ..any.clone() };
        let regions = Scope { regions: [prefix("43").unwrap(), prefix("3412").unwrap()].into(), ..any };
        let all =
            Scope { licence_types: types.licence_types.clone(), regions: regions.regions.clone(), ..bodies.clone() };
        for scope in [&bodies, &types, &regions, &all] {
            assert_eq!(scope.covers(&sound, on), Ok(()));
        }
        let stated = |text: &str| Some(text.to_owned());
        let (elsewhere, other) = (states(&beijing, &kind), states(&hunan, &other_kind));
        assert_eq!(bodies.covers(&elsewhere, on), Err(AnchorRefusal::Body { stated: stated("12110000400777687U") }));
        assert_eq!(regions.covers(&elsewhere, on), Err(AnchorRefusal::Region { stated: stated("110000") }));
        assert_eq!(types.covers(&other, on), Err(AnchorRefusal::LicenceType { stated: stated(other_kind.as_str()) }));
        assert_eq!(all.covers(&other, on), Err(AnchorRefusal::LicenceType { stated: stated(other_kind.as_str()) }));
        // what states nothing, or half of it, is covered by what restricts nothing of that
        assert_eq!(bodies.covers(&nothing, on), Err(AnchorRefusal::Body { stated: None }));
        assert_eq!(regions.covers(&nothing, on), Err(AnchorRefusal::Region { stated: None }));
        assert_eq!(types.covers(&nothing, on), Err(AnchorRefusal::LicenceType { stated: None }));
        assert_eq!(types.covers(&Stated { body: None, ..sound.clone() }, on), Ok(()));
    }
}
