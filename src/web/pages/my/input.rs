//! What the form of showing sends: a box for each field by `field.NAME`, a purpose of
//! the list by its number, or one in own words.

use super::words::PURPOSES;
use crate::flow::{access::Purpose, presentations::Choice};
use std::collections::BTreeMap;

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
}
