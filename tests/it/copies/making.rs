//! Making copies, and what keeps them from being made.

use super::*;
use crate::stamps::{grant, seal_of};
use std::collections::BTreeSet;
use yinxin::{
    flow::{kind::HasKind as _, seal_uses, uses},
    store::{audit, intents, stampings},
};
use yinxin_trust::{
    base::Limits,
    licence::metadata::Metadata,
    ofd::{Document, Package},
};

on_both!(
    the_same_key_gives_the_same_file,
    what_is_printed_is_what_is_stated,
    every_offence_is_named,
    the_licence_must_be_in_force_and_the_holders_own,
    a_grant_counts_copies_and_is_used_up,
    a_holder_has_so_many_a_day,
);

fn the_same_key_gives_the_same_file(database: &Database) {
    let room = Room::open(database);
    let made = room.make(&order("2026-12-31"), "k1").unwrap();
    assert_eq!((made.purpose.as_str(), made.expires_at.at_offset_hours(8).as_str()), (PURPOSE, "2026-12-31 23:59:59"));
    room.later(3600);
    assert_eq!(room.make(&order("2026-12-31"), "k1").unwrap(), made);
    let file = room.file(&made, Form::Ofd).unwrap();
    assert_eq!(hex::encode(yinxin_trust::sm::sm3::digest(&file)), made.document_sm3);
    assert_eq!(room.make(&order("2026-12-30"), "k1").unwrap_err().code(), "idempotency_key_reused");
    let other = room.make(&order("2026-12-31"), "k2").unwrap();
    assert_ne!((&other.number, &other.document_sm3), (&made.number, &made.document_sm3));
    // listed, in the ledger, in the audit
    let (cards, _) = copies::of(&room.house().issuer, &room.holder).unwrap();
    assert_eq!(cards.iter().map(|card| card.number.as_str()).collect::<BTreeSet<_>>().len(), 2);
    assert!(cards.iter().all(|card| card.is_usable && card.is_own && card.uses.is_empty()));
    let body = &room.house().body;
    let store = &room.house().issuer.store;
    let used = store.read(|conn| stampings::find(conn, body, &made.id)).unwrap().unwrap();
    assert_eq!((used.purpose.as_str(), used.subject.as_str()), ("copy", made.number.as_str()));
    assert!(used.made_at.is_some() && used.actor_kind == "holder");
    let rows = store.read(|conn| audit::list(conn, body, (i64::MIN, 0), 500)).unwrap();
    let copied: Vec<_> = rows.iter().filter(|row| row.action == "licence.copied").collect();
    assert_eq!(copied.len(), 2);
    assert!(!String::from_utf8_lossy(&copied[0].detail).contains(PURPOSE), "for what stands in the copy alone");
    assert_eq!(
        copies::of_licence(&room.house().issuer, &room.house().may_read(), &room.identifier.parse().unwrap())
            .unwrap()
            .len(),
        2
    );
    assert_eq!(store.read(intents::count_open).unwrap(), 0);
    // a copy is no use of the licence, and who issued it is told as before
    assert!(uses::of(&room.house().issuer, &room.holder).unwrap().is_empty());
}

fn what_is_printed_is_what_is_stated(database: &Database) {
    let room = Room::open(database);
    let made = room.make(&order("2026-12-31"), "k1").unwrap();
    let file = room.file(&made, Form::Ofd).unwrap();
    let package = Package::open(&file, &Limits::default()).unwrap();
    let document = Document::read(&package).unwrap();
    let metadata = Metadata::read(document.licence_pairs().unwrap()).unwrap();
    let copy = metadata.copy.unwrap();
    assert_eq!((copy.cause.as_str(), copy.recipient.as_deref()), (PURPOSE, Some(RECIPIENT)));
    assert_eq!((copy.number.as_deref(), copy.expires_at), (Some(made.number.as_str()), made.expires_at));
    assert_eq!(copy.creator, "演示市小满面馆（个体工商户）");
    let page = String::from_utf8(package.read("Doc_0/Pages/Page_0/Content.xml").unwrap().to_vec()).unwrap();
    for text in ["加注件", PURPOSE, RECIPIENT, &made.number] {
        assert!(page.contains(text), "{text}");
    }
    let json: serde_json::Value = serde_json::from_slice(&package.read("Doc_0/Attachs/licence.json").unwrap()).unwrap();
    assert_eq!(json["copy"]["purpose"], PURPOSE);
    assert!(room.file(&made, Form::Pdf).unwrap().starts_with(b"%PDF"));
    // its code is that of the licence
    assert!(room.file(&made, Form::Png).is_ok());
}

fn every_offence_is_named(database: &Database) {
    let room = Room::open(database);
    let within = |order: CopyOrder, days| {
        let error = room.make_within(&order, "k", days).unwrap_err();
        assert_eq!(error.code(), "copy_refused", "{error}");
        error.fields().into_iter().map(|one| (one.field, one.code)).collect::<Vec<_>>()
    };
    let fields = |order| within(order, 90);
    let one = |field: &str, code| vec![(field.to_owned(), code)];
    assert_eq!(fields(order("2026-11-21")), one("until", "past"));
    assert_eq!(fields(order("2027-02-21")), one("until", "too_late"));
    assert_eq!(within(order("2031-11-22"), 4000), one("until", "beyond_licence"));
    assert_eq!(fields(CopyOrder { purpose: " ".into(), ..order("2026-12-01") }), one("purpose", "wanted"));
    assert_eq!(
        fields(CopyOrder { purpose: "𠮷\u{1f600}".into(), ..order("2026-12-01") }),
        one("purpose", "not_printable")
    );
    assert_eq!(
        fields(CopyOrder { recipient: "\u{200b}甲".into(), ..order("2026-12-01") }),
        one("recipient", "not_printable")
    );
    assert_eq!(
        fields(CopyOrder {
            purpose: String::new(),
            recipient: "长".repeat(101),
            until: Day::parse("2020-01-01").unwrap()
        })
        .len(),
        3
    );
    // the longest that may be stated fits the strip
    let long = CopyOrder { purpose: "用".repeat(200), recipient: "单".repeat(100), ..order("2026-12-01") };
    room.make(&long, "long").unwrap();
}

fn the_licence_must_be_in_force_and_the_holders_own(database: &Database) {
    let room = Room::open(database);
    let issuer = &room.house().issuer;
    let stranger = room.counter.holder("stranger", "92330100MA0000015R");
    let identifier = room.identifier.parse().unwrap();
    let other = copies::make(issuer, &stranger, &identifier, &order("2026-12-01"), (90, "k"), &|_| ());
    assert_eq!(other.unwrap_err().code(), "no_such_thing");
    let made = room.make(&order("2026-12-01"), "k").unwrap();
    let not_theirs = copies::document(issuer, Asker::Holder(&stranger), &made.id, Form::Ofd);
    assert_eq!(not_theirs.unwrap_err().code(), "no_such_thing");
    room.act("suspend");
    assert_eq!(room.make(&order("2026-12-01"), "k2").unwrap_err().code(), "copy_not_in_force");
    // what was made before is still given, and its state says the rest
    assert_eq!(room.make(&order("2026-12-01"), "k").unwrap(), made);
    room.act("resume");
    room.make(&order("2026-12-01"), "k2").unwrap();
    // once it may be used no more its file is gone, and that it was made stays
    room.later(10 * 86_400);
    assert_eq!(room.file(&made, Form::Ofd).unwrap_err().code(), "no_such_thing");
    let now = room.house().clock.now().unwrap();
    assert_eq!(copies::clear(&issuer.store, now).unwrap(), 2);
    let (cards, _) = copies::of(issuer, &room.holder).unwrap();
    assert!(cards.len() == 2 && cards.iter().all(|card| !card.is_usable));
}

fn a_grant_counts_copies_and_is_used_up(database: &Database) {
    let room = Room::open(database);
    let (house, seal) = (room.house(), seal_of(room.house(), &room.house().body));
    let now = house.clock.now().unwrap();
    let keeper = Permit::of_operator(&*house.body);
    seal_uses::set_by_grant(&house.issuer.store, &keeper, &seal, true, now).unwrap();
    assert_eq!(room.make(&order("2026-12-01"), "k").unwrap_err().code(), "seal_not_granted");
    grant(house, &seal, &house.body, &[crate::support::house::FOOD], Some(1));
    room.make(&order("2026-12-01"), "k").unwrap();
    assert_eq!(room.make(&order("2026-12-01"), "k2").unwrap_err().code(), "seal_grant_used_up");
    assert_eq!(house.issuer.store.read(intents::count_open).unwrap(), 0);
}

fn a_holder_has_so_many_a_day(database: &Database) {
    let room = Room::open(database);
    for n in 0..copies::A_DAY {
        room.make(&order("2026-12-01"), &format!("k{n}")).unwrap();
    }
    let refused = room.make(&order("2026-12-01"), "one more").unwrap_err();
    assert_eq!((refused.code(), refused.retry_after_seconds().is_some()), ("too_many_copies", true));
    room.later(86_401);
    room.make(&order("2026-12-01"), "one more").unwrap();
}
