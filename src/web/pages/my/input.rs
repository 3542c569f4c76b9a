//! What the form of showing sends: a box for each field by `field.NAME`, a purpose of
//! the list by its number, or one in own words.

use super::words::PURPOSES;
use crate::flow::{
    access::Purpose,
    delegations::{NewAdministrator, NewDelegation},
    presentations::Choice,
    window::day_as_written,
};
use std::collections::{BTreeMap, BTreeSet};

/// The fields as they were sent.
pub(super) type Sent = BTreeMap<String, String>;

/// What the name of a box begins with.
pub(super) const FIELD: &str = "field.";

/// Why nothing can be shown yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChoiceFault {
    /// No field, or one that is not there.
    NoField,
    /// No purpose, or one too long.
    NoPurpose,
}

/// What was chosen. Own words count before the list.
pub(super) fn choice(sent: &Sent) -> Result<Choice, ChoiceFault> {
    let of = |name: &str| sent.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let listed = of("purpose").and_then(|n| n.parse::<usize>().ok()).and_then(|n| PURPOSES.get(n));
    let purpose = of("words").or(listed.map(|(zh, _)| *zh)).ok_or(ChoiceFault::NoPurpose)?;
    let purpose = purpose.parse::<Purpose>().map_err(|_| ChoiceFault::NoPurpose)?;
    let fields: Vec<String> = sent.keys().filter_map(|name| name.strip_prefix(FIELD)).map(str::to_owned).collect();
    if fields.is_empty() { Err(ChoiceFault::NoField) } else { Ok(Choice { fields, purpose }) }
}

/// What the name of a box begins with that delegates a field of a licence.
const DELEGATED: &str = "may.";

/// The name of such a box: field and identifier, of which the field alone has no dots.
pub(super) fn delegated_field(identifier: &str, field: &str) -> String {
    format!("{DELEGATED}{field}.{identifier}")
}

/// Who is appointed; none where the day is none.
pub(super) fn administrator(sent: &Sent) -> Option<NewAdministrator> {
    let of = |name: &str| sent.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    Some(NewAdministrator { name: of("agent_name"), code: of("agent_code"), last: day_as_written(&of("last"))? })
}

/// What is delegated; none where a day is none.
pub(super) fn delegation(sent: &Sent) -> Option<NewDelegation> {
    let of = |name: &str| sent.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in sent.keys().filter_map(|name| name.strip_prefix(DELEGATED)) {
        let (field, identifier) = name.split_once('.').unwrap_or((name, ""));
        fields.entry(identifier.to_owned()).or_default().insert(field.to_owned());
    }
    let first = of("first");
    Some(NewDelegation {
        agent_name: of("agent_name"),
        agent_code: of("agent_code"),
        fields,
        matter: of("matter"),
        copies: sent.contains_key("copies"),
        appointment: None,
        first: if first.is_empty() { None } else { Some(day_as_written(&first)?) },
        last: day_as_written(&of("last"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn own_words_count_before_the_list() {
        let listed = choice(&sent(&[("field.a", "on"), ("field.b", "on"), ("purpose", "0"), ("words", " ")])).unwrap();
        assert_eq!((listed.fields, listed.purpose.as_str()), (vec!["a".to_owned(), "b".to_owned()], PURPOSES[0].0));
        let own = choice(&sent(&[("field.a", "on"), ("purpose", "0"), ("words", " 校园配餐备案 ")])).unwrap();
        assert_eq!(own.purpose.as_str(), "校园配餐备案");
    }

    #[test]
    fn what_is_missing() {
        assert_eq!(choice(&sent(&[("field.a", "on")])), Err(ChoiceFault::NoPurpose));
        assert_eq!(choice(&sent(&[("field.a", "on"), ("purpose", "99")])), Err(ChoiceFault::NoPurpose));
        assert_eq!(choice(&sent(&[("field.a", "on"), ("words", &"证".repeat(201))])), Err(ChoiceFault::NoPurpose));
        assert_eq!(choice(&sent(&[("purpose", "1")])), Err(ChoiceFault::NoField));
    }

    #[test]
    fn what_is_delegated() {
        let identifier = "1.2.156.3005.2.A.B.C.001.K";
        let (name, place) = (delegated_field(identifier, "operator_name"), delegated_field(identifier, "place"));
        let pairs = [("agent_name", " 王玲 "), ("agent_code", "1"), ("matter", "年检"), ("last", "2026-12-31")];
        let with = |more: &[(&str, &str)]| sent(&[&pairs[..], more].concat());
        let new = delegation(&with(&[(&name, "on"), (&place, "on")])).unwrap();
        assert_eq!((new.agent_name.as_str(), new.first, new.last.to_string().as_str()), ("王玲", None, "2026-12-31"));
        let fields = new.fields[identifier].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!((new.fields.len(), fields), (1, vec!["operator_name", "place"]));
        assert!(delegation(&with(&[])).unwrap().fields.is_empty());
        assert!(delegation(&with(&[("first", "tomorrow")])).is_none());
        assert!(delegation(&sent(&pairs[..3])).is_none());
    }
}
