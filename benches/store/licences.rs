//! A register with many licences: filling it, opening it, finding one.

use crate::place::Place;
use std::time::{Duration, Instant};
use yinxin::store::{
    Conn, Store, StoreError,
    bodies::{self, Body},
    licences::{self, After, Licence, LicenceVersion},
    migrate,
    seals::{self, Seal},
};

const BODY: &str = "body";
/// Licences in one write.
const AT_ONCE: u32 = 1000;

pub(crate) fn measure(place: &Place, count: u32) {
    place.clear();
    migrate(&place.settings).unwrap();
    let store = Store::open(place.settings.clone()).unwrap();
    store.write(beginnings).unwrap();
    let begun = Instant::now();
    for first in (0..count).step_by(AT_ONCE as usize) {
        store.write(move |c| (first..count.min(first + AT_ONCE)).try_for_each(|number| insert(c, number))).unwrap();
    }
    let filling = begun.elapsed();
    drop(store);
    let begun = Instant::now();
    let store = Store::open(place.settings.clone()).unwrap();
    let opening = begun.elapsed();
    let begun = Instant::now();
    let page = store.read(|c| licences::list(c, &[BODY.to_owned()], After::START, 50)).unwrap();
    let listing = begun.elapsed();
    assert_eq!(page.len(), 50);
    let wanted = 1000.min(count);
    let begun = Instant::now();
    for number in 0..wanted {
        let code = code(number * (count / wanted));
        assert!(store.read(|c| licences::public_by_code(c, &code)).unwrap().is_some());
    }
    let finding = begun.elapsed() / wanted;
    println!(
        "| {} | {count} | {:.0} | {} | {} | {} |",
        place.name,
        f64::from(count) / filling.as_secs_f64(),
        milliseconds(opening),
        milliseconds(listing),
        milliseconds(finding),
    );
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn code(number: u32) -> String {
    format!("{number:026}")
}

fn beginnings(conn: &mut Conn) -> Result<(), StoreError> {
    bodies::insert(conn, &Body { id: BODY.to_owned(), parent_id: None, created_at: 0 })?;
    let seal = Seal {
        id: "seal".to_owned(),
        body_id: BODY.to_owned(),
        name: "seal".to_owned(),
        es_id: "seal".to_owned(),
        der: vec![0; 2000],
        stamper_certificate: vec![0; 800],
        key_reference: "key".to_owned(),
        state: "active".to_owned(),
        valid_from: 0,
        valid_until: 1,
        created_at: 0,
        use_rule: "own_body".to_owned(),
    };
    seals::insert(conn, &seal)
}

fn insert(conn: &mut Conn, number: u32) -> Result<(), StoreError> {
    // as spread as random ids are
    let id = format!("{:032x}", u128::from(number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835));
    let licence = Licence {
        id: id.clone(),
        body_id: BODY.to_owned(),
        type_code: "11100000000013338W011".to_owned(),
        number: format!("JY1{number:011}"),
        line_identifier: format!("1.2.156.3005.2.11100000000013338W011.11430000006122244L.{number:011}"),
        holder_name: "某某餐饮有限公司".to_owned(),
        holder_code_kind: "001".to_owned(),
        holder_code: format!("{number:018}"),
        current_version: 1,
        begins: "2026-11-22".to_owned(),
        created_at: i64::from(number),
    };
    licences::insert(conn, &licence)?;
    let version = LicenceVersion {
        identifier: format!("{}.001.X", licence.line_identifier),
        licence_id: id.clone(),
        id,
        version: 1,
        code: code(number),
        entry_revision: 1,
        face_version: 1,
        fields: vec![b'x'; 600],
        valid_from: licence.begins,
        valid_until: Some("2031-11-21".to_owned()),
        stamped_at: 0,
        seal_id: "seal".to_owned(),
        document_sm3: vec![0; 32],
        signature_sm3: vec![0; 32],
        document_bytes: 40_000,
        recorded_at: 0,
        print_payload: None,
    };
    licences::insert_version(conn, &version)
}
