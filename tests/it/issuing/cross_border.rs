//! The whole way with P-256 keys: the cross-border profile (ADR 21).

use super::orders::nothing_is_open;
use crate::support::{
    database::Database,
    house::{House, begin, construction, decided, food, settings, verifier_of},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};
use yinxin::{
    clock::Clock,
    flow::{
        act::{ActOrder, act},
        authority::{IssuedBy, Lists, Revoked},
        document::{Form, document},
        issue::{IssueError, Issued, Order, Recovered, Step, issue, issue_watched, recover},
        issuer::Issuer,
        standing,
    },
    store::seals,
};
use yinxin_face::Fonts;
use yinxin_hsm::{KeyAlgorithm, KeyStore};
use yinxin_trust::{
    anchor::RevocationLists,
    suite::Suite,
    verify::{CheckId, Outcome, Report, Verdict},
    x509::{Certificate, RevocationReason},
};

on_both!(
    a_licence_is_issued_verified_and_revoked,
    a_crash_is_recovered_from,
    nothing_is_signed_that_the_anchors_do_not_allow
);

fn one(house: &House, order: Order) -> Issued {
    issue(&house.issuer, &house.may_issue(), &[order]).pop().unwrap().unwrap()
}

fn file(house: &House, issued: &Issued) -> Vec<u8> {
    document(&house.issuer, &house.may_read(), &issued.identifier.parse().unwrap(), Form::Ofd).unwrap()
}

fn warned(report: &Report) -> usize {
    report.warnings.iter().filter(|warning| warning.code == "suite.not_national").count()
}

fn a_licence_is_issued_verified_and_revoked(database: &Database) {
    let house = House::new_in(database, Suite::P256);
    assert!(house.keys.list().unwrap().iter().all(|key| key.algorithm == KeyAlgorithm::EcdsaP256Sha256));
    let issued = one(&house, food(1));
    let octets = file(&house, &issued);
    let report = house.issuer.verify_document(&octets).unwrap();
    // of the signer and of the maker
    assert_eq!((report.verdict, warned(&report)), (Verdict::Valid, 2), "{:?}", report.reason);
    // anchors of the same authority that say nothing of suites
    let pem = house.authority.anchors_pem();
    let silent = pem.replace("# suite: cross-border\n", "");
    assert_ne!(pem, silent);
    let elsewhere = verifier_of(&silent, &house.authority, house.keys.as_ref(), Arc::clone(&house.clock));
    let report = elsewhere.verify(&octets, None).unwrap();
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignerPath)));
    assert_eq!(warned(&report), 2);

    let revoke = ActOrder { kind: "revoke".to_owned(), decision: decided(), effective_from: None, successor: None };
    act(&house.issuer, &house.may_act(), &issued.identifier, &revoke).unwrap();
    assert_eq!(standing::by_code(&house.issuer, &issued.code, None).unwrap().state, "revoked");

    // the stamper's certificate, by a list in the same suite
    let seal = house.issuer.store.read(|conn| seals::list(conn, &house.body, "", 1)).unwrap().remove(0);
    let stamper = Certificate::from_der(&seal.stamper_certificate).unwrap();
    let serial = stamper.serial().to_vec();
    let revoked =
        Revoked { by: IssuedBy::StamperAuthority, serial, at: begin(), reason: RevocationReason::KeyCompromise };
    let lists = Lists::publish(&house.authority, house.keys.as_ref(), &[revoked], begin()).unwrap();
    house.issuer.verifier.replace_revocation(RevocationLists::of(lists.named().map(|(_, list)| list.clone())));
    let report = house.issuer.verify_document(&octets).unwrap();
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignerRevocation)));
    nothing_is_open(&house);
}

fn a_crash_is_recovered_from(database: &Database) {
    let house = House::new_in(database, Suite::P256);
    for (key, later, expected) in [
        ("soon", 0, Recovered { finished: 1, ..Recovered::default() }),
        ("late", 3600, Recovered { renewed: 1, ..Recovered::default() }),
    ] {
        let order = || Order { idempotency_key: Some(key.to_owned()), ..construction() };
        // the watcher's panic stands for a crash after the intent is stored
        let stopped = catch_unwind(AssertUnwindSafe(|| {
            issue_watched(&house.issuer, &house.may_issue(), &[order()], &|at| {
                assert!(at != Step::Intended, "stopped on purpose");
            })
        }));
        assert!(stopped.is_err());
        house.clock.advance_seconds(later);
        assert_eq!(recover(&house.issuer, 0).unwrap(), expected, "{key}");
        let report = house.issuer.verify_document(&file(&house, &one(&house, order()))).unwrap();
        assert_eq!((report.verdict, warned(&report)), (Verdict::Valid, 2), "{key}");
        nothing_is_open(&house);
    }
}

fn nothing_is_signed_that_the_anchors_do_not_allow(database: &Database) {
    let house = House::new_in(database, Suite::P256);
    let silent = house.authority.anchors_pem().replace("# suite: cross-border\n", "");
    let verifier = verifier_of(&silent, &house.authority, house.keys.as_ref(), Arc::clone(&house.clock));
    let issuer = Issuer::new(
        Arc::clone(&house.issuer.store),
        Arc::clone(&house.keys) as Arc<dyn KeyStore>,
        Arc::clone(&house.clock) as Arc<dyn Clock>,
        verifier,
        settings(),
        Arc::new(Fonts::shipped()),
    );
    // refused in the rehearsal: no intent, no use of the key
    let refused = issue(&issuer, &house.may_issue(), &[food(1)]).pop().unwrap();
    let Err(IssueError::Rehearsal(failing)) = refused else { panic!("{refused:?}") };
    assert!(failing.contains(&CheckId::SignerPath), "{failing:?}");
    nothing_is_open(&house);
    // the rehearsal of a house that allows it fails in one check
    let report = house.issuer.verify_document(&file(&house, &one(&house, food(1)))).unwrap();
    let all = report.checks.iter().chain(&report.signatures[0].checks);
    assert_eq!(all.filter(|check| check.outcome == Outcome::Failed).count(), 0);
}
