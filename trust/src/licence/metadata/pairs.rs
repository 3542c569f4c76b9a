//! Name and value pairs sorted by element, before their values are read.

use super::{Element, MetadataOffence};
use std::collections::{BTreeMap, HashSet};

/// Most pairs that are read.
const MOST: usize = 1024;
/// Longest value, in octets of UTF-8.
const LONGEST_VALUE: usize = 65_536;
/// Start of the names of type-specific face data. \[IMPL\]
const EXTENSION: &str = "KZ_";

/// Each element's value without the space around it, and what is no element.
pub(super) struct Pairs<'a> {
    values: BTreeMap<Element, (&'a str, &'a str)>,
    pub(super) extensions: Vec<(String, String)>,
    pub(super) others: Vec<(String, String)>,
}

impl<'a> Pairs<'a> {
    /// Sorts; says which names stand twice, which values contradict each other.
    pub(super) fn sort(pairs: &'a [(String, String)], offences: &mut Vec<MetadataOffence>) -> Self {
        let mut sorted = Self { values: BTreeMap::new(), extensions: Vec::new(), others: Vec::new() };
        if pairs.len() > MOST {
            offences.push(MetadataOffence::TooMany { limit: MOST });
            return sorted;
        }
        let mut seen = HashSet::new();
        for (name, value) in pairs {
            let name = name.trim();
            if value.len() > LONGEST_VALUE {
                offences.push(MetadataOffence::TooLong { name: shortened(name), limit: LONGEST_VALUE });
                continue;
            }
            let element = Element::of_name(name);
            let extension = name.get(..EXTENSION.len()).is_some_and(|start| start.eq_ignore_ascii_case(EXTENSION));
            if element.is_none() && !extension {
                sorted.others.push((name.to_owned(), value.clone()));
                continue;
            }
            if !seen.insert(name.to_ascii_lowercase()) {
                offences.push(MetadataOffence::Duplicate { name: shortened(name) });
                continue;
            }
            match element {
                None => sorted.extensions.push((name.to_owned(), value.clone())),
                Some(element) => sorted.add(element, name, value.trim(), offences),
            }
        }
        sorted
    }

    fn add(&mut self, element: Element, name: &'a str, value: &'a str, offences: &mut Vec<MetadataOffence>) {
        match self.values.get(&element) {
            Some((first, other)) if *other != value => offences.push(MetadataOffence::NamesDisagree {
                element,
                first: (*first).to_owned(),
                second: name.to_owned(),
            }),
            Some(_) => {}
            None => {
                self.values.insert(element, (name, value));
            }
        }
    }

    /// The value, also an empty one.
    pub(super) fn written(&self, element: Element) -> Option<&'a str> {
        self.values.get(&element).map(|(_, value)| *value)
    }

    /// The value, where it is not empty.
    pub(super) fn value(&self, element: Element) -> Option<&'a str> {
        self.written(element).filter(|value| !value.is_empty())
    }

    /// The value as text of its own.
    pub(super) fn text(&self, element: Element) -> Option<String> {
        self.value(element).map(str::to_owned)
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}
