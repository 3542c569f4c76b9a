//! From octets to a list: every value checked, every offence with its place.

mod desk;
mod service;

use self::desk::{Desk, Fields, Place};
use super::{
    FORMAT, ListFault, Operator, Pointer, TrustList, TrustListError, TrustListLimits,
    canonical::{self, Offence, Value},
    identity::{self, IdentityOffence, ServiceKey},
};
use crate::{
    base::{Day, Moment},
    licence::Offences,
    sm::sm2,
    suite::PublicKey,
};

/// Whether arrays must stand in their order, as in a list, or need not, as in a file
/// that a list is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Kept,
    Free,
}

/// A list from its canonical octets.
pub(super) fn list(octets: &[u8], limits: &TrustListLimits) -> Result<TrustList, TrustListError> {
    let value = canonical::read(octets, &limits.budget()).map_err(|fault| named(fault, limits))?;
    checked(&value, Order::Kept, limits)
}

/// The same from any JSON with these members.
pub(super) fn any(json: &[u8], limits: &TrustListLimits) -> Result<TrustList, TrustListError> {
    let value = canonical::read_any(json, &limits.budget()).map_err(|fault| named(fault, limits))?;
    checked(&value, Order::Free, limits)
}

/// A fault of the form, by the name that says more where there is one.
pub(super) fn named(fault: canonical::Fault, limits: &TrustListLimits) -> TrustListError {
    match fault.offence {
        Offence::TooManyItems { .. } if fault.pointer == "/services" => {
            TrustListError::TooManyServices { limit: limits.services }
        }
        _ => TrustListError::Form(fault),
    }
}

fn checked(value: &Value<'_>, order: Order, limits: &TrustListLimits) -> Result<TrustList, TrustListError> {
    let mut desk = Desk::new(limits.offences, order);
    let found = whole(&mut desk, value);
    Offences::none_or_all(desk.into_offences()).map_err(TrustListError::Offences)?;
    // something is missing only where an offence says why; this keeps that honest
    let missing = || super::ListOffence { pointer: String::new(), fault: ListFault::Missing };
    found.ok_or_else(|| TrustListError::Offences(missing().into()))
}

const MEMBERS: &[&str] = &["format", "issued", "next_update", "operator", "pointers", "sequence", "services"];

fn whole(desk: &mut Desk, value: &Value<'_>) -> Option<TrustList> {
    let top = Place::TOP;
    let fields = desk.object(&top, value)?;
    // of another format nothing can be said but that
    let format = desk.text(&fields, "format")?;
    if format != FORMAT {
        desk.report(&top.member("format"), ListFault::Format);
        return None;
    }
    desk.only(&fields, MEMBERS);
    let operator = operator(desk, &fields);
    let sequence = sequence(desk, &fields);
    let issued = desk.moment(&fields, "issued");
    let next_update = desk.moment(&fields, "next_update");
    if let (Some(issued), Some(next_update)) = (issued, next_update)
        && next_update <= issued
    {
        desk.report(&top.member("next_update"), ListFault::NextUpdate { issued });
    }
    let services = desk.array(&fields, "services", service::read);
    let pointers = desk.array(&fields, "pointers", pointer);
    desk.ordered(&top.member("services"), &services, super::Service::order);
    desk.ordered(&top.member("pointers"), &pointers, |left, right| left.address.cmp(&right.address));
    Some(TrustList {
        operator: operator?,
        sequence: sequence?,
        issued: issued?,
        next_update: next_update?,
        services: services.into_iter().collect::<Option<_>>()?,
        pointers: pointers.into_iter().collect::<Option<_>>()?,
    })
}

fn operator(desk: &mut Desk, of: &Fields<'_, '_>) -> Option<Operator> {
    let place = of.place.member("operator");
    let value = desk.member(of, "operator")?;
    let fields = desk.object(&place, value)?;
    desk.only(&fields, &["name", "territory"]);
    let name = desk.name(&fields, "name");
    let territory = desk.parsed(&fields, "territory", ListFault::Region);
    Some(Operator { name: name?, territory: territory? })
}

fn sequence(desk: &mut Desk, of: &Fields<'_, '_>) -> Option<u64> {
    let number = match desk.member(of, "sequence")? {
        Value::Integer(number) => u64::try_from(*number).ok().filter(|number| *number > 0),
        other => {
            desk.report(&of.place.member("sequence"), Desk::kind("an integer", other));
            return None;
        }
    };
    if number.is_none() {
        desk.report(&of.place.member("sequence"), ListFault::Sequence);
    }
    number
}

fn pointer(desk: &mut Desk, place: &Place<'_>, value: &Value<'_>) -> Option<Pointer> {
    let fields = desk.object(place, value)?;
    desk.only(&fields, &["address", "key", "operator", "scope"]);
    let address = desk.parsed(&fields, "address", ListFault::Address);
    let operator = desk.name(&fields, "operator");
    let key = desk.text(&fields, "key").and_then(|text| {
        let read = operator_key(text);
        read.map_err(|fault| desk.report(&place.member("key"), fault)).ok()
    });
    let scope = match Desk::optional(&fields, "scope") {
        None => None,
        Some(_) => Some(service::scope(desk, &fields)?),
    };
    Some(Pointer { address: address?, operator: operator?, key: key?, scope })
}

fn operator_key(text: &str) -> Result<sm2::PublicKey, ListFault> {
    let read = |text| -> Result<ServiceKey, IdentityOffence> { ServiceKey::from_spki(&identity::decoded(text)?) };
    match read(text).map_err(ListFault::Identity)?.key() {
        PublicKey::Sm2(key) => Ok(key.clone()),
        _ => Err(ListFault::OperatorKey),
    }
}

/// `2026-11-21T08:30:00Z` and no other form.
fn moment(text: &str) -> Option<Moment> {
    let read = Moment::parse(text).ok()?;
    (read.unix_milliseconds() % 1000 == 0 && read.to_string() == text).then_some(read)
}

/// `2026-11-21` and no other form.
fn day(text: &str) -> Result<Day, ListFault> {
    let read = Day::parse(text).map_err(ListFault::Day)?;
    if read.to_string() == text { Ok(read) } else { Err(ListFault::DayForm) }
}
