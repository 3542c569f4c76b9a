//! Every value is checked, and every offence says where it stands.

use super::*;
use serde_json::{Value, json};

fn octets() -> Vec<u8> {
    plan(&draft()).to_be_signed().to_vec()
}

fn read(octets: &[u8]) -> Result<TrustList, TrustListError> {
    super::read::list(octets, &TrustListLimits::default())
}

/// Offences after a change of the sound list. The members' names are ASCII, so what
/// serde writes is canonical.
fn offences(change: impl FnOnce(&mut Value)) -> Vec<(String, ListFault)> {
    let mut json: Value = serde_json::from_slice(&octets()).unwrap();
    assert_eq!(serde_json::to_vec(&json).unwrap(), octets());
    change(&mut json);
    match read(&serde_json::to_vec(&json).unwrap()) {
        Err(TrustListError::Offences(found)) => {
            found.all().iter().map(|one| (one.pointer.clone(), one.fault.clone())).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// The one offence after another value at a place.
fn with(pointer: &str, value: Value) -> ListFault {
    let found = offences(|json| *json.pointer_mut(pointer).unwrap() = value);
    let [(at, fault)] = &found[..] else { panic!("{pointer}: {found:?}") };
    assert!(at.starts_with(pointer), "{at} for {pointer}");
    fault.clone()
}

/// Where the services of the draft stand in the list.
const HOST: &str = "/services/0";
const LOG: &str = "/services/1";
const MAKERS: &str = "/services/2";
const STAMPERS: &str = "/services/3";
const TIME: &str = "/services/5";

#[test]
fn what_is_written_is_read() {
    let draft = draft();
    let plan = plan(&draft);
    let list = read(plan.to_be_signed()).unwrap();
    assert_eq!(&list, plan.list());
    assert_eq!((list.operator(), list.sequence()), (&draft.operator, 7));
    assert_eq!((list.issued(), list.next_update()), (draft.issued, draft.next_update));
    assert_eq!((list.services().len(), list.pointers()), (6, &draft.pointers[..]));
    assert!(draft.services.iter().all(|service| list.services().contains(service)));
    let kinds: Vec<&str> = list.services().iter().map(|service| service.kind.as_str()).collect();
    assert_eq!(kinds, ["code-host", "log", "seal-maker-ca", "stamper-ca", "status", "time-stamp"]);
    assert!(plan.to_be_signed().starts_with(br#"{"format":"yinxin-trust-list/1","issued":"2026-06-01T00:00:00Z","#));
    // the order of a draft does not matter, and an empty list is one
    let mut shuffled = draft.clone();
    shuffled.services.reverse();
    assert_eq!(super::plan(&shuffled).to_be_signed(), plan.to_be_signed());
    shuffled.services.clear();
    shuffled.pointers.clear();
    assert!(super::plan(&shuffled).list().services().is_empty());
}

#[test]
fn any_json_with_these_members_makes_a_list() {
    let mut json: Value = serde_json::from_slice(&octets()).unwrap();
    json["services"].as_array_mut().unwrap().reverse();
    json.pointer_mut("/services/2/scope/bodies").unwrap().as_array_mut().unwrap().reverse();
    let written = serde_json::to_string_pretty(&json).unwrap().replace("阜", "\\u961c");
    let limits = TrustListLimits::default();
    let made = ListPlan::from_json(written.as_bytes(), &limits).unwrap();
    assert_eq!(made.to_be_signed(), octets());
    assert!(matches!(read(written.as_bytes()), Err(TrustListError::Form(_))));
    let twice = written.replacen("\"12110000400777687U\"", &format!("\"{BODY}\""), 1);
    let Err(PlanError::List(TrustListError::Offences(found))) = ListPlan::from_json(twice.as_bytes(), &limits) else {
        panic!()
    };
    assert_eq!((&found.all()[0].pointer[..], &found.all()[0].fault), ("/services/2/scope/bodies", &ListFault::Twice));
}

#[test]
fn members_are_all_there_and_no_others() {
    for (object, members) in [
        ("", &["format", "issued", "next_update", "operator", "pointers", "sequence", "services"][..]),
        ("/operator", &["name", "territory"]),
        ("/pointers/0", &["address", "key", "operator"]),
        (HOST, &["history", "host", "kind", "name", "scope"]),
        (LOG, &["key"]),
        (STAMPERS, &["certificate"]),
        ("/services/3/history/0", &["from", "state"]),
        ("/services/3/scope", &["bodies", "from", "licence_types", "regions"]),
    ] {
        for member in members {
            let place = format!("{object}/{member}");
            let without = offences(|json| {
                json.pointer_mut(object).unwrap().as_object_mut().unwrap().remove(*member).unwrap();
            });
            assert_eq!(without, [(place.clone(), ListFault::Missing)]);
            // true is of no kind that any of them is
            assert!(matches!(with(&place, json!(true)), ListFault::Kind { found: "a boolean", .. }), "{place}");
        }
        let more = offences(|json| {
            json.pointer_mut(object).unwrap().as_object_mut().unwrap().insert("a/b".into(), json!(1));
        });
        assert_eq!(more, [(format!("{object}/a~1b"), ListFault::Unknown)]);
        assert!(matches!(with(object, json!([])), ListFault::Kind { found: "an array", .. }));
    }
    // a member of another kind of service
    let host = offences(|json| json["services"][1]["host"] = json!("a.b"));
    assert_eq!(host, [("/services/1/host".to_owned(), ListFault::Unknown)]);
    let log = offences(|json| json["services"][0]["log_required_from"] = json!("2026-01-01"));
    assert_eq!(log, [("/services/0/log_required_from".to_owned(), ListFault::LogRequirement)]);
}

#[test]
fn values_of_the_list() {
    for format in ["yinxin-trust-list/2", "", "Yinxin-trust-list/1"] {
        assert_eq!(with("/format", json!(format)), ListFault::Format);
    }
    for sequence in [0_i64, -1] {
        assert_eq!(with("/sequence", json!(sequence)), ListFault::Sequence);
    }
    for text in [
        "2026-06-01T00:00:00.000Z",
        "2026-06-01T00:00:00+00:00",
        "2026-06-01T08:00:00+08:00",
        "2026-06-01t00:00:00z",
        "2026-06-01 00:00:00Z",
        "2026-06-01",
        "2026-02-29T00:00:00Z",
        "2026-06-01T24:00:00Z",
        "2026-06-30T23:59:60Z",
        "",
    ] {
        assert_eq!(with("/issued", json!(text)), ListFault::Time, "{text}");
    }
    let issued = moment("2026-06-01T00:00:00Z");
    for text in ["2026-06-01T00:00:00Z", "2025-06-01T00:00:00Z"] {
        assert_eq!(with("/next_update", json!(text)), ListFault::NextUpdate { issued });
    }
    for (name, _) in [("", ()), (" 某局", ()), ("某\u{202e}局", ()), ("某\u{e000}局", ()), ("某\n局", ())] {
        assert!(matches!(with("/operator/name", json!(name)), ListFault::Name(_)), "{name:?}");
        assert!(matches!(with("/services/1/name", json!(name)), ListFault::Name(_)), "{name:?}");
    }
    assert!(matches!(with("/operator/territory", json!("3412")), ListFault::Region(_)));
    assert!(matches!(with("/pointers/0/address", json!("ftp://a")), ListFault::Address(_)));
}

#[test]
fn identities_fit_their_kind() {
    let pki = pki();
    let base64 = |octets: &[u8]| json!(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, octets));
    let identity = |pointer: &str, value| match with(pointer, value) {
        ListFault::Identity(offence) => offence,
        other => panic!("{other:?}"),
    };
    let certificate = format!("{STAMPERS}/certificate");
    assert_eq!(identity(&certificate, json!("AAA")), IdentityOffence::Base64);
    assert_eq!(identity(&certificate, json!("MII=\n")), IdentityOffence::Base64);
    assert!(matches!(identity(&certificate, base64(b"0\0")), IdentityOffence::Certificate(_)));
    let longer = [&pki.stamper_authority.der[..], &[0]].concat();
    assert!(matches!(identity(&certificate, base64(&longer)), IdentityOffence::Certificate(_)));
    // a stamper is no authority, and no time stamper
    let stamper = base64(&pki.stamper.der);
    assert_eq!(identity(&certificate, stamper.clone()), IdentityOffence::Usage("issuing certificates"));
    assert!(matches!(identity(&format!("{MAKERS}/certificate"), stamper.clone()), IdentityOffence::Usage(_)));
    assert_eq!(identity(&format!("{TIME}/certificate"), stamper), IdentityOffence::Usage("time stamps"));
    assert_eq!(identity(&certificate, base64(&pki.time_authority.der)), IdentityOffence::Usage("issuing certificates"));

    let key = format!("{LOG}/key");
    let spki = ServiceKey::from_sm2(&public(&operator())).spki().to_vec();
    assert!(matches!(identity(&key, base64(&spki[1..])), IdentityOffence::Key(_)));
    let mut off_curve = spki.clone();
    *off_curve.last_mut().unwrap() ^= 1;
    assert_eq!(identity(&key, base64(&off_curve)), IdentityOffence::KeyKind);
    // the curve where the key type belongs is read in certificates, but is not the one form
    let curve = crate::asn1::object_identifier(crate::asn1::oids::SM2_CURVE);
    let kind = crate::asn1::sequence(&[&curve, &curve]);
    let other = crate::asn1::sequence(&[&kind, &crate::asn1::bit_string(operator().public().to_sec1())]);
    assert_eq!(identity(&key, base64(&other)), IdentityOffence::KeyForm);
    let ed25519 = [&[0x30, 42, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 33, 0][..], &[7; 32]].concat();
    assert!(ServiceKey::from_spki(&ed25519).is_ok());
    assert_eq!(with("/pointers/0/key", base64(&ed25519)), ListFault::OperatorKey);
    assert_eq!(identity("/pointers/0/key", base64(&off_curve)), IdentityOffence::KeyKind);
    assert!(matches!(identity(&format!("{HOST}/host"), json!("A.b")), IdentityOffence::Host(_)));
}

#[test]
fn histories_and_scopes() {
    let state = |state: &str, from: &str| json!({"from": from, "state": state});
    let first = "2024-06-01T00:00:00Z";
    let later = "2025-06-01T00:00:00Z";
    let history = |value| with("/services/1/history", value);
    assert_eq!(history(json!([])), ListFault::HistoryEmpty);
    assert_eq!(history(json!([state("withdrawn", first)])), ListFault::HistoryBegin);
    assert_eq!(history(json!([state("granted", later), state("withdrawn", first)])), ListFault::HistoryOrder);
    assert_eq!(history(json!([state("granted", first), state("withdrawn", first)])), ListFault::HistoryOrder);
    assert_eq!(history(json!([state("granted", first), state("granted", later)])), ListFault::HistoryRepeats);
    assert!(matches!(history(json!([state("suspended", first)])), ListFault::Word { .. }));
    assert!(matches!(with("/services/1/kind", json!("ca")), ListFault::Word { .. }));

    let scope = |member: &str, value| with(&format!("{STAMPERS}/scope/{member}"), value);
    assert!(matches!(scope("bodies", json!(["11430000006122244X"])), ListFault::CreditCode(_)));
    assert_eq!(scope("bodies", json!([BODY, BODY])), ListFault::Twice);
    assert_eq!(scope("bodies", json!(["12110000400777687U", BODY])), ListFault::Order);
    assert!(matches!(scope("bodies", json!([BODY, 1])), ListFault::Kind { .. }));
    assert!(matches!(scope("licence_types", json!(["11100000000013338W"])), ListFault::LicenceType(_)));
    assert_eq!(scope("licence_types", json!([TYPE, TYPE])), ListFault::Twice);
    assert!(matches!(scope("regions", json!(["341200"])), ListFault::RegionPrefix(_)));
    assert_eq!(scope("regions", json!(["34", "32"])), ListFault::Order);
    assert!(matches!(scope("from", json!("2026-02-29")), ListFault::Day(_)));
    for text in ["20260601", "2026年6月1日"] {
        assert_eq!(scope("from", json!(text)), ListFault::DayForm);
        assert_eq!(with(&format!("{STAMPERS}/log_required_from"), json!(text)), ListFault::DayForm);
    }
}

#[test]
fn services_and_pointers_stand_in_order_and_once() {
    let swapped = offences(|json| json["services"].as_array_mut().unwrap().swap(1, 2));
    assert_eq!(swapped, [("/services/2".to_owned(), ListFault::Order)]);
    for array in ["services", "pointers"] {
        let twice = offences(|json| {
            let entries = json[array].as_array_mut().unwrap();
            entries.insert(0, entries[0].clone());
        });
        assert_eq!(twice, [(format!("/{array}/1"), ListFault::Twice)]);
    }
    // the same certificate under another name may have another scope
    let mut draft = draft();
    let mut again = draft.services[0].clone();
    again.name = "阜阳市签章者证书机构（二）".to_owned();
    again.scope.regions = ["34".parse().unwrap()].into();
    draft.services.push(again);
    assert_eq!(plan(&draft).list().services().len(), 7);
    draft.services.push(draft.services[6].clone());
    assert!(matches!(
        ListPlan::new(&draft, &TrustListLimits::default()),
        Err(PlanError::List(TrustListError::Offences(_)))
    ));
}

#[test]
fn budgets_are_named_and_quick() {
    let text = String::from_utf8(octets()).unwrap();
    let (before, rest) = text.split_once("\"services\":[").unwrap();
    let (_, after) = rest.rsplit_once(']').unwrap();
    let filled = |entry: &str| format!("{before}\"services\":[{}{entry}]{after}", format!("{entry},").repeat(999_999));
    let begun = std::time::Instant::now();
    let limit = TrustListLimits::default().services;
    for entry in ["{}", "1", "[]", "{\"kind\":\"log\"}"] {
        let million = filled(entry);
        assert_eq!(read(million.as_bytes()), Err(TrustListError::TooManyServices { limit }), "{entry}");
        let planned = ListPlan::from_json(million.as_bytes(), &TrustListLimits::default());
        assert_eq!(planned.unwrap_err(), PlanError::List(TrustListError::TooManyServices { limit }));
    }
    let large = filled(r#"{"kind":"code-host","name":"a host of codes"}"#);
    assert!(large.len() > 32 << 20);
    let fault = read(large.as_bytes()).unwrap_err();
    assert!(fault.to_string().contains("more than 33554432 octets"), "{fault}");
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    // so many offences are told and no more
    let few = TrustListLimits { offences: 3, ..TrustListLimits::default() };
    let wrong = format!("{before}\"services\":[{}{{}}]{after}", "{},".repeat(9_999));
    let Err(TrustListError::Offences(found)) = super::read::list(wrong.as_bytes(), &few) else { panic!() };
    assert_eq!(found.all().len(), 3);
    let values = TrustListLimits { values: 50, ..TrustListLimits::default() };
    assert!(matches!(super::read::list(text.as_bytes(), &values), Err(TrustListError::Form(_))));
}
