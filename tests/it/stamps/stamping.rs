//! What may be stamped by whom, and what comes out.

use super::*;
use crate::support::{
    database::Database,
    house::{FOOD, add_body, add_seal, food},
};
use yinxin::flow::{
    audit, catalogue,
    document::{Form, document},
    issue::issue,
    kind::{HasKind as _, Kind},
    seal_lives::{self, Keep, KeepOrder},
    view::{Wanted, pages},
};
use yinxin_face::Fonts;
use yinxin_trust::{
    base::Day,
    verify::{CoverageState, Verdict},
};

on_both!(
    a_document_is_stamped_and_written_down,
    nobody_stamps_documents_without_a_grant_for_them,
    bodies_stamp_one_document_after_the_other,
    asked_again_it_is_the_same_document,
    what_takes_no_stamp_is_refused_by_name,
    a_seal_that_is_suspended_stamps_nothing
);

fn a_document_is_stamped_and_written_down(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let id = grant(&house, &seal, &house.body, &["document"], None);
    let original = unsigned();
    let done = stamped(&house, &house.body, &order(&seal, "k"), &original).unwrap();
    assert_eq!((done.report.verdict, done.report.reason), (Verdict::Valid, None));
    let page =
        pages(&done.octets, &done.report, Wanted { first: 1, pages: 1, svg_bytes: 8 << 20 }).unwrap().pages.remove(0);
    assert!(!page.is_hatched && page.svg.contains("<image"), "the seal is not on the page");
    assert!(page.findings.iter().all(|finding| !finding.code.as_str().starts_with("stamp")), "{:?}", page.findings);
    assert_eq!(done.report.coverage.unwrap().state, CoverageState::Complete);
    assert_eq!(house.issuer.verify_document(&done.octets).unwrap().verdict, Verdict::Valid);
    assert!(done.uncovered_before.is_empty());
    let lines = ledger(&house, &seal);
    let line = &lines[0];
    let sm3 = hex::encode(yinxin_trust::sm::sm3::digest(&original));
    assert_eq!((line.purpose.as_str(), line.subject.as_str(), line.outcome), ("document", sm3.as_str(), "made"));
    assert_eq!((line.title.as_deref(), line.grant.as_deref()), (Some("采购合同"), Some(id.as_str())));
    assert_eq!((line.type_code.as_deref(), line.document_sm3.as_str()), (None, done.made.data_hash.as_str()));
    assert_eq!((lines.len(), used(&house, &seal, &id)), (1, 1));
    let audited = audit::list(&house.issuer.store, &Permit::of_operator(&*house.body), (0, 0), 99).unwrap();
    let event = audited.iter().find(|row| row.action == "document.stamped").unwrap();
    assert_eq!(event.subject, done.made.id);
    // nothing of the document is kept: what is asked for again is asked for with it
    assert_eq!(house.issuer.store.read(yinxin::store::intents::count_open).unwrap(), 0);
}

fn nobody_stamps_documents_without_a_grant_for_them(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let try_one = |key: &str| stamped(&house, &house.body, &order(&seal, key), &unsigned());
    let refused = |key: &str| {
        let error = try_one(key).unwrap_err();
        assert_eq!(error.kind(), Kind::Denied, "{error}");
        error.code()
    };
    // the rule of the seal is for the types that it is in use for
    assert_eq!(refused("own"), "seal_not_granted");
    // and so is a grant for every type, or for one
    grant(&house, &seal, &house.body, &[], None);
    assert_eq!(refused("every"), "seal_grant_type");
    grant(&house, &seal, &house.body, &[FOOD], None);
    assert_eq!(refused("food"), "seal_grant_type");
    // a grant for digests is none for documents
    grant(&house, &seal, &house.body, &["digest"], None);
    assert_eq!(refused("digest"), "seal_grant_type");
    let id = grant(&house, &seal, &house.body, &["document"], Some(1));
    try_one("k").unwrap();
    assert_eq!(refused("more"), "seal_grant_used_up");
    assert_eq!(used(&house, &seal, &id), 1);
    // and one for documents alone issues no licence
    let other = add_body(&house.issuer.store, "演示县局", "11340100MB0000019P");
    grant(&house, &seal, &other, &["document"], None);
    let takes: Permit<may::ManageSeals> = Permit::of_operator(&*other);
    let from = Day::new(2026, 1, 1).unwrap();
    assert!(catalogue::allow(&house.issuer.store, &takes, FOOD, &seal, from, begin()).is_err());
    let nobody = stamped(&house, &house.body, &order("none", "k2"), &unsigned()).unwrap_err();
    assert_eq!((nobody.kind(), nobody.code()), (Kind::NotFound, "no_such_thing"));
    assert!(ledger(&house, &seal).iter().all(|line| line.outcome == "made"));
}

fn bodies_stamp_one_document_after_the_other(database: &Database) {
    let house = House::new(database);
    let store = &house.issuer.store;
    let other = add_body(store, "演示县住房和城乡建设局", "11340100MB0000019P");
    let second =
        add_seal(store, house.keys.as_ref(), &house.authority, &Fonts::shipped(), &other, "演示县住房和城乡建设局");
    let first = seal_of(&house, &house.body);
    grant(&house, &first, &house.body, &["document"], None);
    grant(&house, &second, &other, &["document"], None);
    let mut octets = unsigned();
    for (n, (body, seal)) in [(&house.body, &first), (&other, &second), (&house.body, &first)].into_iter().enumerate() {
        let done = stamped(&house, body, &order(seal, &format!("k{n}")), &octets).unwrap();
        assert_eq!((done.report.verdict, done.report.signatures.len()), (Verdict::Valid, n + 1));
        octets = done.octets;
        house.clock.advance_seconds(5);
    }
    let report = house.issuer.verify_document(&octets).unwrap();
    let seals: Vec<_> = report.signatures.iter().map(|one| one.seal.as_ref().unwrap().name.clone()).collect();
    assert!(seals[0] == seals[2] && seals[1].starts_with("演示县住房"), "{seals:?}");
    assert_eq!(ledger(&house, &second).len(), 1);
}

fn asked_again_it_is_the_same_document(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let id = grant(&house, &seal, &house.body, &["document"], None);
    let original = unsigned();
    let first = stamped(&house, &house.body, &order(&seal, "k"), &original).unwrap();
    house.clock.advance_seconds(60);
    let again = stamped(&house, &house.body, &order(&seal, "k"), &original).unwrap();
    assert_eq!((&again.octets, &again.made), (&first.octets, &first.made));
    assert_eq!((used(&house, &seal, &id), ledger(&house, &seal).len()), (1, 1));
    let other = yinxin_testkit::zip::Archive::of(&yinxin_testkit::ofd::Document::titled("另一份").package().files);
    for (order, document) in [
        (order(&seal, "k"), other.to_bytes()),
        (StampOrder { places: word("合同"), ..order(&seal, "k") }, original.clone()),
    ] {
        let error = stamped(&house, &house.body, &order, &document).unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Conflict, "idempotency_key_reused"), "{error}");
    }
    // another key is another stamp
    let second = stamped(&house, &house.body, &order(&seal, "k2"), &original).unwrap();
    assert_ne!(second.octets, first.octets);
    assert_eq!(used(&house, &seal, &id), 2);
}

fn what_takes_no_stamp_is_refused_by_name(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let id = grant(&house, &seal, &house.body, &["document"], None);
    let refused = |document: &[u8], order: &StampOrder| {
        let error = stamped(&house, &house.body, order, document).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{error}");
        let field = error.fields().remove(0);
        assert!(!field.sentence.zh.is_empty() && !field.sentence.en.is_empty());
        (error.code(), field.field, field.code)
    };
    let one = order(&seal, "k");
    let named = |code: &'static str, field: &str, why: &'static str| (code, field.to_owned(), why);
    assert_eq!(refused(b"nothing", &one), named("document_not_stampable", "document", "not_a_document"));
    assert_eq!(refused(b"PK\x03\x04", &one), named("document_not_stampable", "document", "no_end_record"));
    let nowhere = StampOrder { places: at(9), ..one.clone() };
    assert_eq!(refused(&unsigned(), &nowhere), named("stamp_place_refused", "places", "no_page"));
    let unsaid = StampOrder { places: word("没有这个词"), ..one.clone() };
    assert_eq!(refused(&unsigned(), &unsaid), named("stamp_place_refused", "places", "word_not_found"));
    let none = StampOrder { places: Vec::new(), ..one.clone() };
    assert_eq!(refused(&unsigned(), &none), named("stamp_place_refused", "places", "no_place"));
    let many = StampOrder { places: vec![at(1).remove(0); 101], ..one.clone() };
    assert_eq!(refused(&unsigned(), &many).0, "stamp_order_refused");
    // a licence of our own, sound as it is
    let issued = issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap().unwrap();
    let identifier = issued.identifier.parse().unwrap();
    let licence = document(&house.issuer, &house.may_read(), &identifier, Form::Ofd).unwrap();
    assert_eq!(refused(&licence, &one), named("document_not_stampable", "document", "licence"));
    // a stamp that was altered
    let done = stamped(&house, &house.body, &one, &unsigned()).unwrap();
    let mut altered = done.octets.clone();
    let value = yinxin_testkit::damage::find(&altered, b"Signature.xml").unwrap();
    altered[value + 400] ^= 1;
    assert_eq!(refused(&altered, &order(&seal, "k2")).0, "document_not_stampable");
    assert_eq!(used(&house, &seal, &id), 1);
    let Some(folder) = yinxin_testkit::shared() else { return };
    let corpus = |name: &str| std::fs::read(folder.join(format!("corpus/{name}.ofd"))).unwrap();
    for (name, field, why) in [
        ("mutated/page-byte-flipped", "signature 1", "signature.references"),
        ("mutated/zip-bomb-200mb", "document", "entry_too_large"),
        ("real/second-seal-breaks-first-2020", "document", "list_covered"),
        ("real/integrity-entries-gmt0099", "document", "closed"),
        ("mutated/extra-page-linked-in-unreferenced-document", "document", "package.coverage"),
    ] {
        let (code, at, found) = refused(&corpus(name), &order(&seal, name));
        assert_eq!((code, found), ("document_not_stampable", why), "{name}");
        assert!(at == field || at.starts_with("signature") && field.starts_with("signature"), "{name}: {at}");
    }
    // genuine documents of others: their stamps are judged as before
    for name in ["real/unsigned-helloworld", "real/three-seals-koal-2024", "real/tender-v1-2022"] {
        let order = StampOrder { accept_uncovered: true, ..order(&seal, name) };
        let done = stamped(&house, &house.body, &order, &corpus(name)).unwrap();
        let before = house.issuer.verify_document(&corpus(name)).unwrap();
        assert_eq!(done.report.signatures.len(), before.signatures.len() + 1, "{name}");
        assert_ne!(done.report.verdict, Verdict::Invalid, "{name}");
    }
}

fn a_seal_that_is_suspended_stamps_nothing(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    grant(&house, &seal, &house.body, &["document"], None);
    let keeps: Permit<may::ManageSeals> = Permit::of_operator(&*house.body);
    let suspend = KeepOrder {
        kind: Keep::Suspend,
        reason: "印章管理制度".to_owned(),
        document_number: "演印〔2026〕2 号".to_owned(),
        effective_from: None,
    };
    seal_lives::keep(&house.issuer.store, &keeps, &seal, &suspend, now(&house)).unwrap();
    house.clock.advance_seconds(2);
    let error = stamped(&house, &house.body, &order(&seal, "k"), &unsigned()).unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Refused, "seal_not_in_use"));
    assert!(ledger(&house, &seal).is_empty());
}
