//! A list as a canonical value.

use super::{FORMAT, Pointer, Scope, Service, StateFrom, TrustListDraft, canonical::Value, identity::spki_of};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use core::fmt;

/// The value of a draft, its services and pointers in their order.
pub(super) fn value(draft: &TrustListDraft) -> Value<'static> {
    let mut services: Vec<&Service> = draft.services.iter().collect();
    services.sort_by(|left, right| left.order(right));
    let mut pointers: Vec<&Pointer> = draft.pointers.iter().collect();
    pointers.sort_by(|left, right| left.address.cmp(&right.address));
    object([
        ("format", text(FORMAT)),
        ("operator", object([("name", text(&draft.operator.name)), ("territory", text(draft.operator.territory))])),
        // past i64 no integer is canonical either
        ("sequence", Value::Integer(i64::try_from(draft.sequence).unwrap_or(i64::MAX))),
        ("issued", text(draft.issued)),
        ("next_update", text(draft.next_update)),
        ("services", array(services, service)),
        ("pointers", array(pointers, pointer)),
    ])
}

fn service(service: &Service) -> Value<'static> {
    let members = [
        ("kind", text(service.kind)),
        ("name", text(&service.name)),
        (service.identity.member(), text(service.identity.to_text())),
        ("history", array(&service.history, state)),
        ("scope", scope(&service.scope)),
    ];
    let log = service.log_required_from.map(|day| ("log_required_from", text(day)));
    object(members.into_iter().chain(log))
}

fn scope(scope: &Scope) -> Value<'static> {
    object([
        ("bodies", array(&scope.bodies, text)),
        ("licence_types", array(&scope.licence_types, text)),
        ("regions", array(&scope.regions, text)),
        ("from", text(scope.from)),
    ])
}

fn state(entry: &StateFrom) -> Value<'static> {
    object([("state", text(entry.state)), ("from", text(entry.from))])
}

fn pointer(pointer: &Pointer) -> Value<'static> {
    let members = [
        ("address", text(&pointer.address)),
        ("operator", text(&pointer.operator)),
        ("key", text(STANDARD.encode(spki_of(&pointer.key)))),
    ];
    object(members.into_iter().chain(pointer.scope.as_ref().map(|granted| ("scope", scope(granted)))))
}

fn text(shown: impl fmt::Display) -> Value<'static> {
    Value::Text(shown.to_string().into())
}

fn object(members: impl IntoIterator<Item = (&'static str, Value<'static>)>) -> Value<'static> {
    Value::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn array<T>(items: impl IntoIterator<Item = T>, write: impl Fn(T) -> Value<'static>) -> Value<'static> {
    Value::Array(items.into_iter().map(write).collect())
}
