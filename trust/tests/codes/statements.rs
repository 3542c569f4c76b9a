//! What an issuer's key may have signed and is no statement: each by its name. The
//! envelope is written here by hand.

use super::*;
use data_encoding::BASE32_NOPAD;
use yinxin_trust::code::{
    KeyId, PackedFault,
    cbor::{Offence, Writer},
    offline::{FaultKind, StatementFault},
};

const AS_OF_SECONDS: u64 = 1_780_279_200;

/// A value of a member.
#[derive(Clone)]
enum V {
    N(u64),
    B(Vec<u8>),
    T(&'static str),
}

fn sound() -> Vec<(u64, V)> {
    vec![
        (1, V::B(packed_identifier())),
        (2, V::T("张三丰")),
        (4, V::N(AS_OF_SECONDS)),
        (5, V::N(60)),
        (7, V::B(Device::new().point().to_vec())),
        (8, V::N(60)),
    ]
}

/// The identifier's octets, cut out of a code of the product.
fn packed_identifier() -> Vec<u8> {
    let octets = code().octets().to_vec();
    // 84 01 48 and the key id, 58 and the length, the head of the map, member 1, 58 38
    let begin = 3 + 8 + 2 + 1 + 1 + 2;
    octets[begin..begin + 38].to_vec()
}

fn map(members: &[(u64, V)]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.map(members.len() as u64);
    for (key, value) in members {
        writer.unsigned(*key);
        match value {
            V::N(number) => writer.unsigned(*number),
            V::B(octets) => writer.bytes(octets),
            V::T(text) => writer.text(text),
        }
    }
    writer.finish()
}

/// An envelope around a statement, signed by the issuer.
fn sealed(kind: u64, domain: &[u8], statement: &[u8]) -> Payload {
    let signature = issuer().sign(&[domain, statement].concat(), 0);
    let mut writer = Writer::new();
    writer.array(4);
    writer.unsigned(kind);
    writer.bytes(&KeyId::of(issuer().public()).0);
    writer.bytes(statement);
    writer.bytes(&signature.to_raw());
    Payload::of_text(&BASE32_NOPAD.encode(&writer.finish()))
}

fn fault_of(statement: &[u8]) -> StatementFault {
    let found = checked(&sealed(1, b"yinxin offline code 1\0", statement), later(0)).unwrap_err();
    assert_eq!(found.kind(), FaultKind::CannotCheck);
    let OfflineFault::Statement(fault) = found else { panic!("{found:?}") };
    fault
}

#[test]
fn the_hand_written_code_is_one() {
    let genuine = checked(&sealed(1, b"yinxin offline code 1\0", &map(&sound())), later(0)).unwrap();
    assert_eq!(genuine.statement.licence.as_str(), IDENTIFIER);
    assert_eq!((genuine.statement.as_of, genuine.statement.expires()), (later(0), later(3_600)));
}

#[test]
fn members_are_there_once_and_known() {
    for (absent, name) in [
        (1, "identifier"),
        (2, "holder's name"),
        (4, "state date"),
        (5, "life of the code"),
        (7, "device key"),
        (8, "life of the device key"),
    ] {
        let rest: Vec<_> = sound().into_iter().filter(|(key, _)| *key != absent).collect();
        assert_eq!(fault_of(&map(&rest)), StatementFault::Missing(name));
    }
    let with = |at: usize, member: (u64, V)| {
        let mut members = sound();
        members.insert(at, member);
        fault_of(&map(&members))
    };
    assert_eq!(with(6, (9, V::N(0))), StatementFault::UnknownMember(9));
    assert_eq!(with(0, (0, V::N(0))), StatementFault::UnknownMember(0));
    assert_eq!(with(2, (3, V::T("张**"))), StatementFault::TwoNames);
    let offence = |fault| match fault {
        StatementFault::Cbor(fault) => fault.offence,
        other => panic!("{other:?}"),
    };
    assert_eq!(offence(with(2, (2, V::T("李四")))), Offence::KeyTwice(2));
    assert_eq!(offence(with(3, (3, V::T("李四")))), Offence::KeyOrder(3));
    assert_eq!(offence(fault_of(&[&map(&sound())[..], &[0]].concat())), Offence::Trailing);
    assert_eq!(offence(fault_of(&[])), Offence::Ends);
}

#[test]
fn values_are_in_their_range() {
    let with = |key: u64, value: V| {
        let mut members = sound();
        members.retain(|(found, _)| *found != key);
        members.push((key, value));
        members.sort_by_key(|(key, _)| *key);
        fault_of(&map(&members))
    };
    let life = |what, minutes| StatementFault::Life { what, minutes };
    assert_eq!(with(5, V::N(0)), life("code", 0));
    assert_eq!(with(5, V::N(10_081)), life("code", 10_081));
    assert_eq!(with(8, V::N(10_081)), life("device key", 10_081));
    assert_eq!(with(8, V::N(u64::MAX)), life("device key", u64::MAX));
    for seconds in [u64::MAX, i64::MAX as u64, 253_402_300_800] {
        assert_eq!(with(4, V::N(seconds)), StatementFault::Calendar("state date"));
    }
    for days in [u64::MAX, u64::MAX / 86_400, 2_932_897] {
        assert_eq!(with(6, V::N(days)), StatementFault::Calendar("licence's last day"));
    }
    assert_eq!(with(6, V::N(20_604)), StatementFault::OutlivesLicence(day("2026-05-31")));
    for point in [vec![], vec![2; 32], vec![2; 34], vec![4; 33], [&[2][..], &[0xFF; 32]].concat()] {
        assert_eq!(with(7, V::B(point)), StatementFault::DeviceKey);
    }
    assert_eq!(with(1, V::B(vec![0xFF; 4])), StatementFault::Identifier(PackedFault::Characters { from: 0 }));
    assert!(matches!(with(2, V::T("张\u{202e}")), StatementFault::Name(_)));
    assert_eq!(with(2, V::T("张*")), StatementFault::Mask);
    let mut masked = sound();
    masked[1] = (3, V::T("张三丰"));
    assert_eq!(fault_of(&map(&masked)), StatementFault::Mask);
    assert!(matches!(with(2, V::N(0)), StatementFault::Cbor(_)));
}

#[test]
fn a_signature_counts_for_its_kind_only() {
    let statement = map(&sound());
    let printed = sealed(1, b"yinxin printed code 1\0", &statement);
    assert_eq!(checked(&printed, later(0)), Err(OfflineFault::Altered));
    for kind in [0, 2, 3, 255, u64::MAX] {
        let fault = checked(&sealed(kind, b"yinxin offline code 1\0", &statement), later(0)).unwrap_err();
        assert_eq!((fault.code(), fault.kind()), ("other_kind_of_code", FaultKind::CannotCheck));
    }
}
