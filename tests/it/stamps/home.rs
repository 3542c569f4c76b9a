//! Documents that stay at home.

use super::*;
use crate::support::database::Database;
use yinxin::flow::{
    kind::{HasKind as _, Kind},
    stamps::{DigestOrder, finish_at_home, prepare_at_home, seal_to_plan_with, stamp_digest},
};
use yinxin_face::Fonts;
use yinxin_trust::verify::Verdict;

on_both!(a_document_that_nobody_here_saw, what_is_not_asked_rightly_is_refused);

fn a_document_that_nobody_here_saw(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let (original, fonts) = (unsigned(), Fonts::shipped());
    // nobody gets the seal who may not stamp with it
    assert!(seal_to_plan_with(&house.issuer, &permit(&house.body), &seal).is_err());
    grant(&house, &seal, &house.body, &["document"], None);
    let given = seal_to_plan_with(&house.issuer, &permit(&house.body), &seal).unwrap();
    assert_eq!((given.width_mm, given.height_mm), (42.0, 42.0));
    let der = base64_of(&given.seal);
    let places = at(1);
    let (plan, request) = prepare_at_home(&original, &der, (&seal, &places), false, &fonts, now(&house)).unwrap();
    assert_eq!(request.title.as_deref(), Some("采购合同"));
    let ask = |key: &str| stamp_digest(&house.issuer, &permit(&house.body), &request, key, &|_| ());
    // a grant for documents that are seen is none for those that are not
    assert_eq!(ask("k").unwrap_err().code(), "seal_grant_type");
    let id = grant(&house, &seal, &house.body, &["digest"], None);
    house.clock.advance_seconds(30);
    let answer = ask("k").unwrap();
    assert_eq!(ask("k").unwrap(), answer);
    let octets = finish_at_home(&original, &plan, &answer, &fonts).unwrap();
    let report = house.issuer.verify_document(&octets).unwrap();
    assert_eq!((report.verdict, report.reason), (Verdict::Valid, None));
    let lines = ledger(&house, &seal);
    assert_eq!((lines.len(), used(&house, &seal, &id)), (1, 1));
    assert_eq!((lines[0].purpose.as_str(), lines[0].subject.as_str()), ("digest", request.data_hash.as_str()));
    assert_eq!(lines[0].title.as_deref(), Some("采购合同"));
    // the answer fits nothing but what it was made for
    let other = stamped(&house, &house.body, &order(&seal, "seen"), &original).unwrap();
    assert!(finish_at_home(&other.octets, &plan, &answer, &fonts).is_err());
    let wrong = yinxin::flow::stamps::StampMade { stamp: other.made.stamp.clone(), ..answer.clone() };
    assert!(finish_at_home(&original, &plan, &wrong, &fonts).is_err());
    // and goes over earlier stamps as well
    let (plan, request) = prepare_at_home(&octets, &der, (&seal, &places), false, &fonts, now(&house)).unwrap();
    let answer = stamp_digest(&house.issuer, &permit(&house.body), &request, "second", &|_| ()).unwrap();
    let twice = finish_at_home(&octets, &plan, &answer, &fonts).unwrap();
    let report = house.issuer.verify_document(&twice).unwrap();
    assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 2));
}

fn what_is_not_asked_rightly_is_refused(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let id = grant(&house, &seal, &house.body, &["digest"], None);
    let sound = DigestOrder {
        seal: seal.clone(),
        data_hash: "ab".repeat(32),
        property: "/Doc_0/Signs/Sign_0/Signature.xml".to_owned(),
        title: None,
    };
    for wrong in [
        DigestOrder { data_hash: "ab".repeat(33), ..sound.clone() },
        DigestOrder { property: "relative".to_owned(), ..sound.clone() },
        DigestOrder { title: Some("两\n行".to_owned()), ..sound.clone() },
    ] {
        let error = stamp_digest(&house.issuer, &permit(&house.body), &wrong, "k", &|_| ()).unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Refused, "stamp_order_refused"));
    }
    stamp_digest(&house.issuer, &permit(&house.body), &sound, "k", &|_| ()).unwrap();
    let other = DigestOrder { data_hash: "cd".repeat(32), ..sound };
    let reused = stamp_digest(&house.issuer, &permit(&house.body), &other, "k", &|_| ()).unwrap_err();
    assert_eq!(reused.code(), "idempotency_key_reused");
    assert_eq!(used(&house, &seal, &id), 1);
}

fn base64_of(text: &str) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.decode(text).unwrap()
}
