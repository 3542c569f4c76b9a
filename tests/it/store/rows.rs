//! Rows to put into tables.

use yinxin::store::{
    Conn, StoreError,
    acts::Act,
    applications::Application,
    audit::Event,
    bodies::{self, Body},
    intents::Intent,
    licences::{self, Licence, LicenceVersion},
    people::{self, Person},
    seals::{self, Seal},
};

/// An id that tells what it is of.
pub(super) fn id(kind: u8, number: u32) -> String {
    format!("{kind:02x}{number:030x}")
}

pub(super) fn body(number: u32) -> Body {
    Body { id: id(1, number), parent_id: None, created_at: 1_760_000_000_000 }
}

pub(super) fn person(number: u32, body: &Body) -> Person {
    Person {
        id: id(2, number),
        body_id: body.id.clone(),
        login: format!("officer-{number}"),
        name: "李四".to_owned(),
        password_hash: "$argon2id$v=19$x".to_owned(),
        created_at: 1_760_000_000_001,
        disabled_at: None,
    }
}

pub(super) fn seal(number: u32, body: &Body) -> Seal {
    Seal {
        id: id(3, number),
        body_id: body.id.clone(),
        name: "某市市场监督管理局".to_owned(),
        es_id: format!("44010000{number:06}"),
        der: vec![0x30, 0, 0xff],
        stamper_certificate: vec![0x30, 1],
        key_reference: "soft/one".to_owned(),
        state: "active".to_owned(),
        valid_from: 1_700_000_000_000,
        valid_until: 1_900_000_000_000,
        created_at: 1_760_000_000_002,
        use_rule: "own_body".to_owned(),
    }
}

pub(super) fn licence(number: u32, body: &Body) -> Licence {
    Licence {
        id: id(4, number),
        body_id: body.id.clone(),
        type_code: "11100000000013338W011".to_owned(),
        number: format!("粤食证字{number:08}"),
        line_identifier: format!("1.2.156.3005.2.11100000000013338W011.11430000006122244L.{number:011}"),
        holder_name: "某某餐饮有限公司".to_owned(),
        holder_code_kind: "001".to_owned(),
        holder_code: format!("91320115MA202UKD{:02}", number % 3),
        current_version: 1,
        begins: "2026-11-22".to_owned(),
        // several of one instant
        created_at: 1_760_000_000_000 + i64::from(number / 3),
    }
}

pub(super) fn version(number: u32, version: i32, licence: &Licence, seal: &Seal) -> LicenceVersion {
    LicenceVersion {
        id: format!("05{version:04x}{number:026x}"),
        licence_id: licence.id.clone(),
        version,
        identifier: format!("{}.{version:03}.X", licence.line_identifier),
        code: format!("{number:020}{version:06}"),
        entry_revision: 1,
        face_version: 2,
        fields: br#"{"b":1,"a":2}"#.to_vec(),
        valid_from: "2026-11-22".to_owned(),
        valid_until: Some("2031-11-21".to_owned()),
        stamped_at: 1_760_000_000_500,
        seal_id: seal.id.clone(),
        document_sm3: vec![7; 32],
        signature_sm3: vec![5; 32],
        document_bytes: 40_000,
        recorded_at: 1_760_000_000_600,
        print_payload: (version > 1).then(|| format!("QQBE{number:020}")),
    }
}

pub(super) fn act(sequence: i32, licence: &Licence) -> Act {
    Act {
        id: format!("06{sequence:04x}{}", &licence.id[6..]),
        licence_id: licence.id.clone(),
        sequence,
        kind: "issue".to_owned(),
        version: 1,
        until_day: Some("2031-11-21".to_owned()),
        effective_from: "2026-11-22".to_owned(),
        recorded_at: 1_760_000_000_600,
        decided_on: "2026-11-21".to_owned(),
        deciding_body: "11430000006122244L".to_owned(),
        document_number: "市监〔2026〕1号".to_owned(),
        legal_basis: "食品安全法第三十五条".to_owned(),
        by_kind: "person".to_owned(),
        by_id: id(2, 1),
        replacement: None,
    }
}

pub(super) fn intent(number: u32, body: &Body) -> Intent {
    Intent {
        id: id(7, number),
        body_id: body.id.clone(),
        kind: "issue".to_owned(),
        licence_id: Some(id(4, number)),
        request: b"{}".to_vec(),
        to_be_signed: vec![1, 2, 3],
        key_reference: "soft/one".to_owned(),
        created_at: 1_760_000_000_000 + i64::from(number),
        state: "open".to_owned(),
        ended_at: None,
        reason: None,
    }
}

pub(super) fn application(number: u32, body: &Body, person: &Person) -> Application {
    Application {
        id: id(8, number),
        body_id: body.id.clone(),
        type_code: "11100000000013338W011".to_owned(),
        data: b"{}".to_vec(),
        state: "draft".to_owned(),
        entered_by: person.id.clone(),
        entered_at: 1_760_000_000_000,
        decided_by: None,
        decided_at: None,
        remark: None,
        licence_id: None,
        act: None,
    }
}

pub(super) fn event(body: Option<&Body>, at: i64, subject: &str) -> Event {
    Event {
        body_id: body.map(|body| body.id.clone()),
        at,
        actor_kind: "person".to_owned(),
        actor_id: id(2, 1),
        action: "licence.issue".to_owned(),
        subject: subject.to_owned(),
        detail: b"{}".to_vec(),
    }
}

/// Two bodies, each with a person and a seal of its number.
pub(super) fn two_bodies(conn: &mut Conn) -> Result<(), StoreError> {
    for number in [1, 2] {
        let body = body(number);
        bodies::insert(conn, &body)?;
        people::insert(conn, &person(number, &body))?;
        seals::insert(conn, &seal(number, &body))?;
    }
    Ok(())
}

/// A licence with its first version.
pub(super) fn whole_licence(conn: &mut Conn, number: u32, of_body: u32) -> Result<(), StoreError> {
    let body = body(of_body);
    let licence = licence(number, &body);
    licences::insert(conn, &licence)?;
    licences::insert_version(conn, &version(number, 1, &licence, &seal(of_body, &body)))
}
