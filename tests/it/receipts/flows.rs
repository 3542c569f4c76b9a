//! Making receipts, keeping what they were made of, and judging again years later.

use crate::support::{
    database::Database,
    house::{House, add_body, decided, food},
};
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, Purpose, may},
        act::{self, ActOrder},
        document::{Form, document},
        issue::{self, Issued},
        kind::HasKind as _,
        own_register::OwnRegister,
        presentations::Presentations,
        receipts::{self, ReceiptError, ReceiptForm, Vouched, Vouchers},
        verify::Verifier,
        window::{self, Counter, Seen},
    },
    store::{audit, receipts as stored},
};
use yinxin_trust::{
    evidence::{EvidenceLimits, EvidenceSet, PieceKind},
    receipt::{Brought, Change, ReceiptFault, ReplayFault, SignedReceipt},
    verify::{StandingState, Verdict},
};

on_both!(
    issuing_keeps_what_the_document_was_verified_with,
    the_report_comes_again_years_later,
    what_changed_since_is_told,
    what_was_shown_is_signed_once_and_not_for_ever,
    without_a_key_nothing_is_promised,
    receipts_are_of_one_body,
);

const PURPOSE: &str = "食品经营许可延续";

fn purpose() -> Purpose {
    PURPOSE.parse().unwrap()
}

fn issued(house: &House, n: u32) -> Issued {
    issue::issue(&house.issuer, &house.may_issue(), &[food(n)]).remove(0).unwrap()
}

fn file(house: &House, issued: &Issued, form: Form) -> Vec<u8> {
    document(&house.issuer, &house.may_read(), &issued.identifier.parse().unwrap(), form).unwrap()
}

/// As the service verifies: with the own register.
fn verifier(house: &House) -> Verifier {
    house.issuer.verifier.clone().with_register(Arc::new(OwnRegister::new(Arc::clone(&house.issuer), None)))
}

fn made(house: &House, octets: &[u8]) -> (SignedReceipt, Vec<u8>) {
    let verified = verifier(house).verify_keeping(&octets, None).unwrap();
    let report = serde_json::to_vec(&verified.report).unwrap();
    let permit = Permit::of_operator(&*house.body);
    (receipts::make(&house.issuer, &permit, verified, purpose()).unwrap(), report)
}

/// A clerk scans.
fn scan(house: &House, permit: &Permit<may::ServeAtWindow>, text: &str) -> Seen {
    let (verifier, presentations) = (verifier(house), Presentations::new(60, 24));
    let counter = Counter { issuer: &house.issuer, verifier: &verifier, presentations: &presentations };
    window::scan(&counter, permit, text, &purpose()).unwrap().remove(0)
}

fn revoke(house: &House, issued: &Issued) {
    let order = ActOrder { kind: "revoke".to_owned(), decision: decided(), effective_from: None, successor: None };
    act::act(&house.issuer, &house.may_act(), &issued.identifier, &order).unwrap();
}

fn audited(house: &House, action: &str) -> usize {
    let rows = house.issuer.store.read(|conn| audit::list(conn, &house.body, (i64::MIN, 0), 500)).unwrap();
    rows.iter().filter(|row| row.action == action).count()
}

fn issuing_keeps_what_the_document_was_verified_with(database: &Database) {
    let house = House::new(database);
    let issued = issued(&house, 1);
    let octets = file(&house, &issued, Form::Ofd);
    let read = |octets: &[u8]| EvidenceSet::from_file(octets, &EvidenceLimits::default()).unwrap();
    let first = read(&file(&house, &issued, Form::Evidence));
    assert_eq!(first.at, issued.stamped_at);
    // years later, when the certificates have ended and nobody answers
    house.clock.advance_seconds(20 * 365 * 86_400);
    assert_ne!(house.issuer.verify_document(&octets).unwrap().verdict, Verdict::Valid);
    let report = read(&file(&house, &issued, Form::Evidence)).restore().unwrap().check(&octets.as_slice()).unwrap();
    assert_eq!((report.verdict, report.checked_at), (Verdict::Valid, issued.stamped_at));
}

fn the_report_comes_again_years_later(database: &Database) {
    let house = House::new(database).signing_receipts();
    let issued = issued(&house, 1);
    let octets = file(&house, &issued, Form::Ofd);
    let (signed, report) = made(&house, &octets);
    let receipt = signed.receipt();
    assert_eq!((receipt.verdict, receipt.standing.state), (Verdict::Valid, StandingState::InForce));
    assert_eq!((receipt.shown.as_str(), receipt.purpose.as_str()), ("VALID", PURPOSE));
    assert_eq!(receipt.brought, Brought::File);
    assert_eq!((receipt.asked_by.kind.as_str(), &*receipt.asked_by.body), ("system", crate::support::house::BODY));
    let text = String::from_utf8(signed.octets().to_vec()).unwrap();
    assert!(!text.contains("小满面馆") && !text.contains("李守国") && !text.contains(&issued.identifier), "{text}");

    revoke(&house, &issued);
    let another = file(&house, &self::issued(&house, 2), Form::Ofd);
    house.clock.advance_seconds(20 * 365 * 86_400);
    // another verification meanwhile keeps evidence of its own
    verifier(&house).verify_keeping(&octets, None).unwrap();
    let again = SignedReceipt::read(signed.octets()).unwrap();
    let vouched = Vouchers::default().own(&house.issuer).unwrap().vouch(&again, house.clock.now().unwrap());
    assert_eq!(vouched, Ok(Vouched::Own));
    let set = receipts::evidence_of(&house.issuer.store, again.receipt()).unwrap();
    assert_eq!(receipts::replay(again.receipt(), &octets, &set).unwrap(), report);
    let permit = Permit::of_operator(&*house.body);
    let carried = receipts::get(&house.issuer, &permit, &receipt.number, ReceiptForm::Evidence).unwrap();
    let carried = EvidenceSet::from_file(&carried, &EvidenceLimits::default()).unwrap();
    assert_eq!(receipts::replay(again.receipt(), &octets, &carried).unwrap(), report);
    assert!(carried.pieces().iter().any(|piece| piece.kind() == PieceKind::Standing));

    let fault = receipts::replay(again.receipt(), &another, &set).unwrap_err();
    assert!(matches!(fault, ReceiptError::Replay(ReplayFault::OtherDocument { .. })), "{fault}");
    let nothing = EvidenceSet::of(again.receipt().judged_at, Vec::new());
    let fault = receipts::replay(again.receipt(), &octets, &nothing).unwrap_err();
    assert!(matches!(fault, ReceiptError::Replay(ReplayFault::MissingEvidence { .. })), "{fault}");
    let place = Database::sqlite();
    let elsewhere = House::new(&place);
    let fault = receipts::evidence_of(&elsewhere.issuer.store, again.receipt()).unwrap_err();
    assert!(matches!(fault, ReceiptError::NotKept), "{fault}");
    let stranger = Vouchers::default().own(&elsewhere.issuer).unwrap().vouch(&again, house.clock.now().unwrap());
    assert_eq!(stranger, Err(ReceiptFault::OtherKey));
}

fn what_changed_since_is_told(database: &Database) {
    let house = House::new(database).signing_receipts();
    let issued = issued(&house, 1);
    let octets = file(&house, &issued, Form::Ofd);
    let (signed, _) = made(&house, &octets);
    let same = receipts::recheck(signed.receipt(), &octets, &verifier(&house)).unwrap();
    assert!(same.changes.is_empty() && !same.is_another(), "{:?}", same.changes);
    house.clock.advance_seconds(60);
    house.renew_lists();
    let older = receipts::recheck(signed.receipt(), &octets, &verifier(&house)).unwrap();
    assert!(!older.is_another() && older.changes.len() == 2, "{:?}", older.changes);
    revoke(&house, &issued);
    let revoked = receipts::recheck(signed.receipt(), &octets, &verifier(&house)).unwrap();
    assert!(revoked.is_another());
    let standing = revoked.changes.iter().find(|(change, _)| matches!(change, Change::Standing { .. })).unwrap();
    assert_eq!(standing.1.zh, "证照状态：当时有效，现在已吊销。");
    assert_eq!(standing.1.en, "Standing: then in force, now revoked.");
    let other = receipts::recheck(signed.receipt(), &b"PK".as_slice(), &verifier(&house)).unwrap_err();
    assert!(matches!(other, ReceiptError::Replay(ReplayFault::OtherDocument { .. })), "{other}");
}

fn what_was_shown_is_signed_once_and_not_for_ever(database: &Database) {
    let house = House::new(database).signing_receipts();
    let issued = issued(&house, 1);
    let permit = Permit::of_operator(&*house.body);
    let seen = scan(&house, &permit, &issued.address);
    assert!(seen.has_receipt);
    let later = scan(&house, &permit, &issued.address);
    assert_eq!(audited(&house, "licence.checked"), 2);
    let signed = receipts::sign_shown(&house.issuer, &permit, &seen.incident).unwrap();
    let receipt = signed.receipt();
    assert_eq!((receipt.number.as_str(), receipt.brought), (seen.incident.as_str(), Brought::Code));
    assert_eq!((receipt.shown.as_str(), receipt.judged_at), (seen.shown.code(), seen.at));
    // what was judged is the original that the register keeps
    let octets = file(&house, &issued, Form::Ofd);
    let set = receipts::evidence_of(&house.issuer.store, receipt).unwrap();
    let report = receipts::replay(receipt, &octets, &set).unwrap();
    assert_eq!(report, serde_json::to_vec(seen.report.as_ref().unwrap()).unwrap());
    let again = receipts::sign_shown(&house.issuer, &permit, &seen.incident).unwrap();
    assert_eq!((again.octets(), audited(&house, "receipt.made")), (signed.octets(), 1));
    for number in ["0000000000000000", "", "x'"] {
        let unknown = receipts::sign_shown(&house.issuer, &permit, number).unwrap_err();
        assert!(matches!(unknown, ReceiptError::NotFound), "{unknown}");
    }
    // not yet signed is not there for anybody
    let unsigned = receipts::get(&house.issuer, &Permit::of_operator(&*house.body), &later.incident, ReceiptForm::Json);
    assert!(matches!(unsigned, Err(ReceiptError::NotFound)));
    house.clock.advance_seconds(31 * 60);
    let old = receipts::sign_shown(&house.issuer, &permit, &later.incident).unwrap_err();
    assert_eq!((old.code(), audited(&house, "receipt.made")), ("no_such_receipt", 1));
    // the next one clears it, and leaves what was signed
    scan(&house, &permit, &issued.address);
    let row = |number: &str| house.issuer.store.read(|conn| stored::find(conn, &house.body, number)).unwrap();
    assert!(row(&later.incident).is_none() && row(&seen.incident).is_some());
    // a counterfeit site has nothing that could be judged again
    let site = scan(&house, &permit, "https://evil.example/C/1");
    assert!(!site.has_receipt);
}

fn without_a_key_nothing_is_promised(database: &Database) {
    let house = House::new(database);
    let issued = issued(&house, 1);
    let permit = Permit::of_operator(&*house.body);
    let seen = scan(&house, &permit, &issued.address);
    assert!(!seen.has_receipt);
    let refused = receipts::sign_shown(&house.issuer, &permit, &seen.incident).unwrap_err();
    assert_eq!(refused.code(), "no_receipt_key");
    let octets = file(&house, &issued, Form::Ofd);
    let verified = verifier(&house).verify_keeping(&octets, None).unwrap();
    let refused = receipts::make(&house.issuer, &Permit::of_operator(&*house.body), verified, purpose()).unwrap_err();
    assert_eq!(refused.code(), "no_receipt_key");
}

fn receipts_are_of_one_body(database: &Database) {
    let house = House::new(database).signing_receipts();
    let issued = issued(&house, 1);
    let (signed, _) = made(&house, &file(&house, &issued, Form::Ofd));
    let other = add_body(&house.issuer.store, "演示市另一局", "11990000MB0000027A");
    let number = &signed.receipt().number;
    let own = receipts::get(&house.issuer, &Permit::of_operator(&*house.body), number, ReceiptForm::Json).unwrap();
    assert_eq!(own, signed.octets());
    let stranger = receipts::get(&house.issuer, &Permit::of_operator(other), number, ReceiptForm::Json);
    assert!(matches!(stranger, Err(ReceiptError::NotFound)));
}
