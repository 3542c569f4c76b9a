//! Where offences are collected, and the few ways to take a member of an object.

use super::Order;
use crate::{
    base::{Day, Moment},
    licence::name::{HolderName, NameOffence},
    trust_list::{
        ListFault, ListOffence,
        canonical::{Value, token},
    },
};
use core::{cmp::Ordering, str::FromStr};
use std::borrow::Cow;

/// A place in the list, known from the value inwards; written only for an offence.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    around: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Top,
    Member(&'p str),
    Index(usize),
}

impl<'p> Place<'p> {
    pub(super) const TOP: Self = Self { around: None, step: Step::Top };

    pub(super) const fn member(&'p self, name: &'p str) -> Self {
        Self { around: Some(self), step: Step::Member(name) }
    }

    const fn index(&'p self, index: usize) -> Self {
        Self { around: Some(self), step: Step::Index(index) }
    }

    fn pointer(&self) -> String {
        let before = self.around.map(Place::pointer).unwrap_or_default();
        match self.step {
            Step::Top => before,
            Step::Member(name) => format!("{before}/{}", token(name)),
            Step::Index(index) => format!("{before}/{index}"),
        }
    }
}

/// An object and its place.
pub(super) struct Fields<'v, 'p> {
    pub(super) place: &'p Place<'p>,
    members: &'v [(Cow<'v, str>, Value<'v>)],
}

/// Collects offences up to a limit; after that nothing is looked at any more.
pub(super) struct Desk {
    offences: Vec<ListOffence>,
    limit: usize,
    order: Order,
}

impl Desk {
    pub(super) const fn new(limit: usize, order: Order) -> Self {
        Self { offences: Vec::new(), limit, order }
    }

    pub(super) fn into_offences(self) -> Vec<ListOffence> {
        self.offences
    }

    fn is_full(&self) -> bool {
        self.offences.len() >= self.limit.max(1)
    }

    pub(super) fn report(&mut self, place: &Place<'_>, fault: ListFault) {
        if !self.is_full() {
            self.offences.push(ListOffence { pointer: place.pointer(), fault });
        }
    }

    pub(super) const fn kind(expected: &'static str, found: &Value<'_>) -> ListFault {
        ListFault::Kind { expected, found: found.kind() }
    }

    pub(super) fn object<'v, 'p>(&mut self, place: &'p Place<'p>, value: &'v Value<'v>) -> Option<Fields<'v, 'p>> {
        if let Value::Object(members) = value {
            return Some(Fields { place, members });
        }
        self.report(place, Self::kind("an object", value));
        None
    }

    /// Reports members that are not in the list of names.
    pub(super) fn only(&mut self, of: &Fields<'_, '_>, names: &[&str]) {
        for (name, _) in of.members.iter().filter(|(name, _)| !names.contains(&name.as_ref())) {
            self.report(&of.place.member(name), ListFault::Unknown);
        }
    }

    pub(super) fn optional<'v>(of: &Fields<'v, '_>, name: &str) -> Option<&'v Value<'v>> {
        of.members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    pub(super) fn member<'v>(&mut self, of: &Fields<'v, '_>, name: &str) -> Option<&'v Value<'v>> {
        let found = Self::optional(of, name);
        if found.is_none() {
            self.report(&of.place.member(name), ListFault::Missing);
        }
        found
    }

    pub(super) fn text<'v>(&mut self, of: &Fields<'v, '_>, name: &str) -> Option<&'v str> {
        let value = self.member(of, name)?;
        self.text_at(&of.place.member(name), value)
    }

    fn text_at<'v>(&mut self, place: &Place<'_>, value: &'v Value<'v>) -> Option<&'v str> {
        if let Value::Text(text) = value {
            return Some(text);
        }
        self.report(place, Self::kind("a string", value));
        None
    }

    /// A text that has a type of its own.
    pub(super) fn parsed<T: FromStr>(
        &mut self,
        of: &Fields<'_, '_>,
        name: &str,
        fault: impl Fn(T::Err) -> ListFault,
    ) -> Option<T> {
        let text = self.text(of, name)?;
        text.parse().map_err(|error| self.report(&of.place.member(name), fault(error))).ok()
    }

    /// A name that people read.
    pub(super) fn name(&mut self, of: &Fields<'_, '_>, name: &str) -> Option<String> {
        let read: HolderName = self.parsed(of, name, |offence: NameOffence| ListFault::Name(offence))?;
        Some(read.as_str().to_owned())
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        of: &Fields<'_, '_>,
        name: &str,
        words: &[T],
        word_of: impl Fn(T) -> &'static str,
        known: &'static str,
    ) -> Option<T> {
        let text = self.text(of, name)?;
        let found = words.iter().copied().find(|word| word_of(*word) == text);
        if found.is_none() {
            self.report(&of.place.member(name), ListFault::Word { known });
        }
        found
    }

    pub(super) fn moment(&mut self, of: &Fields<'_, '_>, name: &str) -> Option<Moment> {
        let read = super::moment(self.text(of, name)?);
        if read.is_none() {
            self.report(&of.place.member(name), ListFault::Time);
        }
        read
    }

    pub(super) fn day(&mut self, of: &Fields<'_, '_>, name: &str) -> Option<Day> {
        let read = super::day(self.text(of, name)?);
        read.map_err(|fault| self.report(&of.place.member(name), fault)).ok()
    }

    /// An array, each entry read; `None` for those that could not be. Ends where so many
    /// offences are found that nobody reads more.
    pub(super) fn array<T>(
        &mut self,
        of: &Fields<'_, '_>,
        name: &str,
        read: impl Fn(&mut Self, &Place<'_>, &Value<'_>) -> Option<T>,
    ) -> Vec<Option<T>> {
        let place = of.place.member(name);
        let Some(value) = self.member(of, name) else { return Vec::new() };
        let Value::Array(values) = value else {
            self.report(&place, Self::kind("an array", value));
            return Vec::new();
        };
        let mut found = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            if self.is_full() {
                break;
            }
            found.push(read(self, &place.index(index), value));
        }
        found
    }

    /// An array of texts that have a type of their own.
    pub(super) fn texts<T: FromStr>(
        &mut self,
        of: &Fields<'_, '_>,
        name: &str,
        fault: impl Fn(T::Err) -> ListFault,
    ) -> Vec<Option<T>> {
        self.array(of, name, |desk, place, value| {
            let text = desk.text_at(place, value)?;
            text.parse().map_err(|error| desk.report(place, fault(error))).ok()
        })
    }

    pub(super) fn report_entry(&mut self, place: &Place<'_>, index: usize, fault: ListFault) {
        self.report(&place.index(index), fault);
    }

    /// Reports entries that are not after the one before them; where order is free, only
    /// those that stand twice.
    pub(super) fn ordered<T>(&mut self, place: &Place<'_>, entries: &[Option<T>], order: impl Fn(&T, &T) -> Ordering) {
        if self.order == Order::Free {
            let mut sorted: Vec<&T> = entries.iter().flatten().collect();
            sorted.sort_by(|left, right| order(left, right));
            if sorted.windows(2).any(|pair| order(pair[0], pair[1]) == Ordering::Equal) {
                self.report(place, ListFault::Twice);
            }
            return;
        }
        for (index, pair) in (1..).zip(entries.windows(2)) {
            if let [Some(before), Some(this)] = pair {
                match order(before, this) {
                    Ordering::Less => {}
                    Ordering::Equal => self.report(&place.index(index), ListFault::Twice),
                    Ordering::Greater => self.report(&place.index(index), ListFault::Order),
                }
            }
        }
    }
}
