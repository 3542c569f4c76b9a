//! What stands behind the `#` of a printed code: signed when the licence is issued, read back from a copy.

use crate::support::{
    database::Database,
    house::{House, food},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        document::{Form, document},
        issue::{Issued, Step, issue, issue_watched, recover},
        licence_record,
    },
    store::intents,
};
use yinxin_hsm::KeyReference;
use yinxin_trust::{
    base::Moment,
    code::{
        CodeKey, Payload, ShortCode,
        print::{Differs, PrintedFacts, check},
        scanned::Scanned,
    },
    licence::Expiry,
    suite::PublicKey,
};

on_both!(a_licence_carries_its_signed_digest, a_crash_changes_nothing_of_it, without_a_key_the_code_is_an_address);

const HOLDER: &str = "演示市小满面馆（个体工商户）";

fn house(database: &Database) -> (House, [CodeKey; 1]) {
    let (house, key) = House::new(database).signing_answers();
    let keys = [public(&house, &key)];
    (house, keys)
}

fn public(house: &House, key: &KeyReference) -> CodeKey {
    let Some(PublicKey::Sm2(public)) = house.keys.describe(key).unwrap().public_key else { panic!("no SM2 key") };
    CodeKey::new(public, Moment::from_unix_seconds(0).unwrap(), None)
}

fn one(house: &House) -> Issued {
    issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap().unwrap()
}

fn printed(address: &str) -> (ShortCode, Option<Payload>) {
    match Scanned::of(address) {
        Scanned::Printed { code, digest, .. } => (code, digest),
        other => panic!("{address}: {other:?}"),
    }
}

/// Whether the paper says what was signed.
fn compared(house: &House, keys: &[CodeKey], address: &str, paper: (&str, &str, Expiry)) -> Result<(), Differs> {
    let (code, payload) = printed(address);
    let genuine = check(&code, &payload.unwrap(), keys, house.clock.now().unwrap(), 0).unwrap();
    let (holder, number) = (paper.0.parse().unwrap(), paper.1.parse().unwrap());
    genuine.compare(&PrintedFacts { holder: &holder, number: &number, until: paper.2 })
}

fn a_licence_carries_its_signed_digest(database: &Database) {
    let (house, keys) = house(database);
    let issued = one(&house);
    let paper = (HOLDER, &*issued.number, issued.valid_until);
    assert_eq!(compared(&house, &keys, &issued.address, paper), Ok(()));
    let other_day = Expiry::After("2099-12-31".parse::<yinxin_trust::base::Day>().unwrap());
    for edited in [
        ("演示市大满面馆（个体工商户）", paper.1, paper.2),
        (HOLDER, "JY13301060000002", paper.2),
        (HOLDER, paper.1, other_day),
    ] {
        assert_eq!(compared(&house, &keys, &issued.address, edited), Err(Differs), "{edited:?}");
    }

    // of another licence it is no proof: the code is signed too
    let another = one_more(&house);
    let (_, payload) = printed(&issued.address);
    let moved = format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}#{}", another.code, payload.unwrap().as_str());
    assert_eq!(compared(&house, &keys, &moved, paper), Err(Differs));

    // the record, and what a camera reads from a copy
    let identifier = issued.identifier.parse().unwrap();
    let record = licence_record::record(&house.issuer, &house.may_read(), &identifier, None).unwrap();
    assert_eq!(record.versions[0].address, issued.address);
    let copy = document(&house.issuer, &house.may_read(), &identifier, Form::Png).unwrap();
    assert_eq!(yinxin_face::codes_in(&close_up(&copy)).unwrap().first(), Some(&issued.address));
}

/// The corner with the code, as a camera held close sees it: the ornaments of a whole page distract our reader.
fn close_up(page: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(page)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let (width, height) = (frame.width as usize, frame.height as usize);
    let (left, right, top, bottom) = (width / 9, width * 21 / 100, height * 3 / 4, height * 89 / 100);
    let rows = pixels.chunks(frame.line_size).skip(top).take(bottom - top);
    let grey: Vec<u8> =
        rows.flat_map(|row| row.chunks(4).skip(left).take(right - left)).map(|pixel| pixel[1]).collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, (right - left) as u32, (bottom - top) as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&grey).unwrap();
    out
}

fn one_more(house: &House) -> Issued {
    issue(&house.issuer, &house.may_issue(), &[food(2)]).pop().unwrap().unwrap()
}

/// Recovered as it was intended, and made anew after its time: the same code in both.
fn a_crash_changes_nothing_of_it(database: &Database) {
    let (house, keys) = house(database);
    let (store, late) = (&house.issuer.store, 3600);
    for wait in [0, late] {
        let order = food(3 + u32::from(wait > 0));
        let crash = || {
            issue_watched(&house.issuer, &house.may_issue(), std::slice::from_ref(&order), &|step| {
                assert_ne!(step, Step::Intended, "as a process that ends here");
            })
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(crash)).is_err());
        let open = store.read(|conn| intents::open_before(conn, i64::MAX, 9)).unwrap();
        let draft: serde_json::Value = serde_json::from_slice(&open[0].request).unwrap();
        house.clock.advance_seconds(wait);
        house.renew_lists();
        let recovered = recover(&house.issuer, 0).unwrap();
        assert_eq!((recovered.finished, recovered.renewed), if wait == 0 { (1, 0) } else { (0, 1) });
        let identifier = draft["identifier"].as_str().unwrap().parse().unwrap();
        let record = licence_record::record(&house.issuer, &house.may_read(), &identifier, None).unwrap();
        let version = &record.versions[0];
        let (_, payload) = printed(&version.address);
        assert_eq!(payload.unwrap().as_str(), draft["print"].as_str().unwrap());
        let until = Expiry::parse(version.valid_until.as_deref().unwrap()).unwrap();
        assert_eq!(compared(&house, &keys, &version.address, (HOLDER, &record.number, until)), Ok(()));
    }
}

fn without_a_key_the_code_is_an_address(database: &Database) {
    let house = House::new(database);
    let issued = one(&house);
    assert_eq!(printed(&issued.address).1, None);
}
