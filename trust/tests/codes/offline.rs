//! What a code proves, and when.

use super::*;
use yinxin_trust::code::{
    KeyId,
    offline::{FaultKind, PlanError, Presence, Repeat, SeenProofs, StatementFault, Unproven},
    scanned::Scanned,
};

fn presence(payload: &Payload, now: Moment) -> Presence {
    checked(payload, now).unwrap().presence
}

#[test]
fn a_code_shown_live_says_what_was_signed() {
    let code = code();
    let shown = Device::new().shows(&code, later(3_600));
    let Scanned::Offline { site: Some(found), payload } = Scanned::of(&format!("https://{}/c#{shown}\r", site()))
    else {
        panic!("no offline code")
    };
    assert_eq!((found, &payload), (site(), &shown));
    let genuine = checked(&payload, later(3_630)).unwrap();
    assert_eq!((&genuine.statement, genuine.key), (&statement(), KeyId::of(issuer().public())));
    assert!(matches!(genuine.presence, Presence::Live { at, .. } if at == later(3_600)));
    assert_eq!(code.text(), format!("HTTPS://YX.FUYANG.GOV.CN/C#{}", code.payload()));
    // without the prefix, in any case
    let Scanned::Offline { site: None, payload } = Scanned::of(&shown.as_str().to_lowercase()) else { panic!() };
    assert_eq!(checked(&payload, later(3_630)).unwrap(), genuine);
}

#[test]
fn a_proof_is_fresh_for_a_minute_and_the_skew_of_clocks() {
    let signed = 3_600;
    let shown = Device::new().shows(&code(), later(signed));
    for seconds in [-300, -1, 0, 59, 60, 61, 360] {
        assert!(matches!(presence(&shown, later(signed + seconds)), Presence::Live { .. }), "{seconds}");
    }
    let at = later(signed);
    for seconds in [361, 3_600] {
        assert_eq!(presence(&shown, later(signed + seconds)), Presence::Unproven(Unproven::Stale { at }), "{seconds}");
    }
    for seconds in [-301, -3_600] {
        assert_eq!(presence(&shown, later(signed + seconds)), Presence::Unproven(Unproven::Ahead { at }), "{seconds}");
    }
    let strict = OfflinePolicy { proof_seconds: 30, clock_skew_seconds: 0 };
    let of = |seconds| check(&shown, &keys()[..], later(signed + seconds), &strict).unwrap().presence;
    assert!(matches!((of(0), of(30)), (Presence::Live { .. }, Presence::Live { .. })));
    assert!(matches!((of(-1), of(31)), (Presence::Unproven(_), Presence::Unproven(_))));
}

#[test]
fn a_picture_of_a_code_is_told_from_a_live_one() {
    assert_eq!(presence(&code().payload(), later(60)), Presence::Unproven(Unproven::NoProof));
    let without = made(&OfflineStatement { device: None, ..statement() }, HolderKind::Person);
    assert_eq!(presence(&without.payload(), later(60)), Presence::Unproven(Unproven::NoDevice));
    // the page itself signs again; its picture is the earlier one
    let (device, code) = (Device::new(), code());
    let picture = device.shows(&code, later(0));
    assert!(matches!(presence(&device.shows(&code, later(7_200)), later(7_200)), Presence::Live { .. }));
    assert_eq!(presence(&picture, later(7_200)), Presence::Unproven(Unproven::Stale { at: later(0) }));
}

#[test]
fn a_device_key_ends_before_its_code() {
    let device = DeviceKey::new(Device::new().point(), 60);
    let code = made(&OfflineStatement { device, ..statement() }, HolderKind::Person);
    let shown = |seconds| presence(&Device::new().shows(&code, later(seconds)), later(seconds));
    assert!(matches!(shown(3_600 + 300), Presence::Live { .. }));
    assert_eq!(shown(3_600 + 301), Presence::Unproven(Unproven::DeviceEnded { until: later(3_600) }));
}

#[test]
fn a_proof_is_of_one_code_one_time_and_one_device() {
    let (device, code) = (Device::new(), code());
    let other = made(&OfflineStatement { life_minutes: 60, ..statement() }, HolderKind::Person);
    let at = later(10);
    let of_other = device.sign(&other.proof_message(at));
    let of_stranger = Device::stranger().sign(&code.proof_message(at));
    let of_earlier = device.sign(&code.proof_message(later(9)));
    let of_digest = device.sign(&code.octets()[1..]);
    let mut swapped = device.sign(&code.proof_message(at));
    swapped.rotate_left(32);
    for value in [of_other, of_stranger, of_earlier, of_digest, swapped, [0; 64], [0xFF; 64]] {
        assert_eq!(code.with_proof(at, value), Err(PlanError::WrongProof));
        let payload = shown_by_script(&code, at, &value);
        let fault = checked(&payload, at).unwrap_err();
        assert_eq!((fault.clone(), fault.kind()), (OfflineFault::WrongProof, FaultKind::Altered));
    }
    // signed by a device where none was certified
    let without = made(&OfflineStatement { device: None, ..statement() }, HolderKind::Person);
    let value = device.sign(&without.proof_message(at));
    assert_eq!(without.with_proof(at, value), Err(PlanError::WrongProof));
    assert_eq!(checked(&shown_by_script(&without, at, &value), at), Err(OfflineFault::WrongProof));
}

/// What the page of a device does: another first octet, and the proof behind the rest.
fn shown_by_script(code: &OfflineCode, at: Moment, value: &[u8; 64]) -> Payload {
    let mut octets = code.octets().to_vec();
    octets[0] = 0x86;
    octets.push(0x1A);
    octets.extend(u32::try_from(at.unix_seconds()).unwrap().to_be_bytes());
    octets.extend([0x58, 0x40]);
    octets.extend(value);
    Payload::of_text(&data_encoding::BASE32_NOPAD.encode(&octets))
}

#[test]
fn a_script_shows_a_code_as_the_product_does() {
    let (code, at) = (code(), later(10));
    let value = Device::new().sign(&code.proof_message(at));
    let shown = code.with_proof(at, value).unwrap();
    assert_eq!(shown_by_script(&code, at, &value), shown.payload());
    // and anew: the earlier proof is replaced
    assert_eq!(shown.with_proof(at, value).unwrap(), shown);
    let message = [
        &b"yinxin offline code proof 1\0"[..],
        &yinxin_trust::suite::sha256(&code.octets()[1..]),
        &at.unix_seconds().to_be_bytes(),
    ]
    .concat();
    assert_eq!(code.proof_message(at), message);
}

#[test]
fn a_code_counts_from_its_state_date_to_its_end() {
    let shown = code().payload();
    let ends = 24 * 3_600;
    for seconds in [-300, 0, ends, ends + 300] {
        assert!(checked(&shown, later(seconds)).is_ok(), "{seconds}");
    }
    let fault = |seconds| checked(&shown, later(seconds)).unwrap_err();
    assert_eq!(fault(-301), OfflineFault::NotYet { as_of: later(0) });
    assert_eq!(fault(ends + 301), OfflineFault::Expired { at: later(ends) });
    assert_eq!((fault(-301).kind(), fault(ends + 301).kind()), (FaultKind::Outdated, FaultKind::Outdated));
}

#[test]
fn a_code_ends_with_its_licence() {
    // the state date is ten in the morning in Beijing: fourteen hours are left of the day
    let last = day("2026-06-01");
    let of = |life_minutes| OfflineStatement { licence_until: Expiry::After(last), life_minutes, ..statement() };
    let shown = made(&of(14 * 60), HolderKind::Person).payload();
    assert!(checked(&shown, later(14 * 3_600 + 300)).is_ok());
    assert_eq!(checked(&shown, later(14 * 3_600 + 301)), Err(OfflineFault::LicenceEnded { last }));
    let plan = OfflinePlan::new(&of(14 * 60 + 1), &site(), HolderKind::Person, issuer().public());
    assert_eq!(plan.unwrap_err(), PlanError::Statement(StatementFault::OutlivesLicence(last)));
    let never = OfflineStatement { licence_until: Expiry::Never, ..statement() };
    let genuine = checked(&made(&never, HolderKind::Person).payload(), later(0)).unwrap();
    assert_eq!(genuine.statement, never);
}

#[test]
fn what_nobody_vouches_for_is_neither_genuine_nor_forged() {
    let shown = code().payload();
    let with = |keys: &[CodeKey]| check(&shown, keys, later(0), &OfflinePolicy::default());
    let id = KeyId::of(issuer().public());
    let fault = with(&[]).unwrap_err();
    assert_eq!((fault.clone(), fault.kind()), (OfflineFault::UnknownKey(id), FaultKind::CannotCheck));
    let stranger = Key::from_seed("codes/stranger");
    assert_eq!(with(&[CodeKey::new(stranger.public().clone(), later(-10), None)]), Err(OfflineFault::UnknownKey(id)));
    let period = |from, until| with(&[CodeKey::new(issuer().public().clone(), later(from), until)]);
    let outside = OfflineFault::KeyPeriod { key: id, as_of: later(0) };
    assert_eq!(outside.kind(), FaultKind::CannotCheck);
    assert_eq!(period(1, None), Err(outside.clone()));
    assert_eq!(period(-10, Some(later(0))), Err(outside));
    assert!(period(0, Some(later(1))).is_ok());
}

#[test]
fn a_signature_of_another_key_or_without_its_domain_is_an_alteration() {
    let plan = |statement: &OfflineStatement| {
        OfflinePlan::new(statement, &site(), HolderKind::Person, issuer().public()).unwrap()
    };
    let message = plan(&statement()).to_be_signed().to_vec();
    assert!(message.starts_with(b"yinxin offline code 1\0"));
    let stranger = Key::from_seed("codes/stranger");
    let undomained = issuer().sign(&message[b"yinxin offline code 1\0".len()..], 0);
    for wrong in [stranger.sign(&message, 0), undomained, issuer().sign_without_z(&message)] {
        assert_eq!(plan(&statement()).embed(&wrong), Err(PlanError::WrongSignature));
        let mut octets = code().octets().to_vec();
        let at = octets.len() - 64;
        octets[at..].copy_from_slice(&wrong.to_raw());
        let payload = Payload::of_text(&data_encoding::BASE32_NOPAD.encode(&octets));
        assert_eq!(checked(&payload, later(0)), Err(OfflineFault::Altered));
    }
}

#[test]
fn a_proof_that_was_seen_is_a_picture_the_second_time() {
    let (device, code, policy) = (Device::new(), code(), OfflinePolicy::default());
    let mut seen = SeenProofs::new(100);
    let mut admit = |payload: &Payload, now| seen.admit(&presence(payload, now), "3", now, &policy);
    let first = device.shows(&code, later(0));
    assert_eq!(admit(&first, later(5)), Ok(()));
    assert_eq!(admit(&first, later(20)), Err(Repeat::Seen { first: later(5) }));
    // another signature over the same time is the same proof
    let again = device.shows(&code, later(0));
    assert_ne!(again, first);
    assert_eq!(admit(&again, later(20)), Err(Repeat::Seen { first: later(5) }));
    assert_eq!(admit(&device.shows(&code, later(15)), later(20)), Ok(()));
}

#[test]
fn whole_seconds_only() {
    let as_of = Moment::from_unix_milliseconds(later(0).unix_milliseconds() + 1).unwrap();
    for as_of in [as_of, Moment::from_unix_seconds(-1).unwrap()] {
        let fraction = OfflineStatement { as_of, ..statement() };
        let plan = OfflinePlan::new(&fraction, &site(), HolderKind::Person, issuer().public());
        assert_eq!(plan.unwrap_err(), PlanError::Fraction);
    }
}
