//! One service.

use super::desk::{Desk, Fields, Place};
use crate::{
    licence::{Offences, codes::CreditCodeOffence, identifier::IdentifierOffence},
    trust_list::{
        Identity, IdentityOffence, ListFault, Scope, Service, ServiceKey, ServiceKind, State, StateFrom,
        canonical::Value, identity::decoded,
    },
    x509::Certificate,
};
use std::collections::BTreeSet;

const KINDS: &str = "stamper-ca, seal-maker-ca, time-stamp, log, status, code-host, receipts";
const STATES: &str = "granted, withdrawn";

pub(super) fn read(desk: &mut Desk, place: &Place<'_>, value: &Value<'_>) -> Option<Service> {
    let fields = desk.object(place, value)?;
    // by the kind it is known which members belong here
    let kind = desk.word(&fields, "kind", &ServiceKind::ALL, ServiceKind::as_str, KINDS)?;
    let member = kind.identity_member();
    desk.only(&fields, &["history", "kind", "log_required_from", "name", "scope", member]);
    let name = desk.name(&fields, "name");
    let identity = desk.text(&fields, member).and_then(|text| {
        let read = identity(kind, text);
        read.map_err(|offence| desk.report(&place.member(member), ListFault::Identity(offence))).ok()
    });
    let history = history(desk, &fields);
    let scope = scope(desk, &fields);
    let has_log = Desk::optional(&fields, "log_required_from").is_some();
    let log_required_from = if has_log { desk.day(&fields, "log_required_from") } else { None };
    if has_log && kind != ServiceKind::StamperCa {
        desk.report(&place.member("log_required_from"), ListFault::LogRequirement);
    }
    Some(Service { kind, name: name?, identity: identity?, history: history?, scope: scope?, log_required_from })
}

fn identity(kind: ServiceKind, text: &str) -> Result<Identity, IdentityOffence> {
    match kind {
        ServiceKind::CodeHost => text.parse().map(Identity::Host).map_err(IdentityOffence::Host),
        ServiceKind::Log | ServiceKind::Status | ServiceKind::Receipts => {
            ServiceKey::from_spki(&decoded(text)?).map(|key| Identity::Key(Box::new(key)))
        }
        ServiceKind::StamperCa | ServiceKind::SealMakerCa | ServiceKind::TimeStamp => {
            let certificate = Certificate::from_der(&decoded(text)?).map_err(IdentityOffence::Certificate)?;
            if certificate.key().is_none() {
                return Err(IdentityOffence::KeyKind);
            }
            // a root of 2005 may lack basic constraints and key usage: only what a
            // certificate says is held against it, as in a path
            let may_issue = certificate.key_usage().is_none_or(|usage| usage.may_issue());
            match kind {
                ServiceKind::TimeStamp if may_issue || certificate.is_time_stamper() => {}
                ServiceKind::TimeStamp => return Err(IdentityOffence::Usage("time stamps")),
                _ if may_issue => {}
                _ => return Err(IdentityOffence::Usage("issuing certificates")),
            }
            Ok(Identity::Certificate(certificate))
        }
    }
}

fn history(desk: &mut Desk, of: &Fields<'_, '_>) -> Option<Vec<StateFrom>> {
    let entries = desk.array(of, "history", |desk, place, value| {
        let fields = desk.object(place, value)?;
        desk.only(&fields, &["from", "state"]);
        let state = desk.word(&fields, "state", &State::ALL, State::as_str, STATES);
        let from = desk.moment(&fields, "from");
        Some(StateFrom { state: state?, from: from? })
    });
    let place = of.place.member("history");
    if let Some(Value::Array(values)) = Desk::optional(of, "history")
        && values.is_empty()
    {
        desk.report(&place, ListFault::HistoryEmpty);
    }
    let known: Vec<StateFrom> = entries.into_iter().collect::<Option<_>>()?;
    if known.first().is_some_and(|first| first.state != State::Granted) {
        desk.report_entry(&place, 0, ListFault::HistoryBegin);
    }
    for (index, pair) in (1..).zip(known.windows(2)) {
        if pair[1].from <= pair[0].from {
            desk.report_entry(&place, index, ListFault::HistoryOrder);
        }
        if pair[1].state == pair[0].state {
            desk.report_entry(&place, index, ListFault::HistoryRepeats);
        }
    }
    Some(known)
}

pub(super) fn scope(desk: &mut Desk, of: &Fields<'_, '_>) -> Option<Scope> {
    let place = of.place.member("scope");
    let value = desk.member(of, "scope")?;
    let fields = desk.object(&place, value)?;
    desk.only(&fields, &["bodies", "from", "licence_types", "regions"]);
    let credit_code = |found: Offences<CreditCodeOffence>| first(&found).map(ListFault::CreditCode);
    let licence_type = |found: Offences<IdentifierOffence>| first(&found).map(ListFault::LicenceType);
    let bodies = set(desk, &fields, "bodies", |found| credit_code(found).unwrap_or(ListFault::Missing));
    let licence_types = set(desk, &fields, "licence_types", |found| licence_type(found).unwrap_or(ListFault::Missing));
    let regions = set(desk, &fields, "regions", ListFault::RegionPrefix);
    let from = desk.day(&fields, "from");
    Some(Scope { bodies: bodies?, licence_types: licence_types?, regions: regions?, from: from? })
}

/// The first of several offences, which are never none.
fn first<T: Clone>(found: &Offences<T>) -> Option<T> {
    found.all().first().cloned()
}

fn set<T: core::str::FromStr + Ord>(
    desk: &mut Desk,
    of: &Fields<'_, '_>,
    name: &str,
    fault: impl Fn(T::Err) -> ListFault,
) -> Option<BTreeSet<T>> {
    let entries = desk.texts(of, name, fault);
    desk.ordered(&of.place.member(name), &entries, T::cmp);
    entries.into_iter().collect()
}
