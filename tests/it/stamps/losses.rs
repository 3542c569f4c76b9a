//! A process that ends between intent and answer: no signature is lost, none is counted twice.

use super::*;
use crate::support::database::Database;
use std::thread;
use yinxin::{
    flow::{
        issue::Recovered,
        kind::HasKind as _,
        stamps::{StampStep, recover},
    },
    store::intents,
};
use yinxin_trust::verify::Verdict;

on_both!(
    what_was_intended_is_signed_once_and_fetched_with_the_document,
    what_is_too_old_is_given_up_and_not_counted,
    two_that_ask_the_same_at_once_are_one
);

/// Ends the process, as it were, at a step.
fn gone_at(house: &House, order: &StampOrder, document: &[u8], at: StampStep) {
    let gone = thread::scope(|scope| {
        scope
            .spawn(|| stamp(&house.issuer, &permit(&house.body), order, document, &|step| assert!(step != at, "gone")))
            .join()
    });
    assert!(gone.is_err());
}

fn what_was_intended_is_signed_once_and_fetched_with_the_document(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let id = grant(&house, &seal, &house.body, &["document"], None);
    let original = unsigned();
    for (n, step) in [StampStep::Intended, StampStep::Signed, StampStep::Stored].into_iter().enumerate() {
        let order = order(&seal, &format!("k{n}"));
        gone_at(&house, &order, &original, step);
        let is_open = step != StampStep::Stored;
        if is_open {
            let error = stamped(&house, &house.body, &order, &original).unwrap_err();
            assert_eq!(error.code(), "under_way");
            assert_eq!(ledger(&house, &seal)[n].outcome, "open");
        }
        let done = recover(&house.issuer, 0).unwrap();
        assert_eq!(done, Recovered { finished: usize::from(is_open), ..Recovered::default() }, "{step:?}");
        assert_eq!(ledger(&house, &seal)[n].outcome, "made");
        let fetched = stamped(&house, &house.body, &order, &original).unwrap();
        assert_eq!(fetched.report.verdict, Verdict::Valid);
        assert_eq!(fetched.octets, stamped(&house, &house.body, &order, &original).unwrap().octets);
        assert_eq!(used(&house, &seal, &id), i64::try_from(n).unwrap() + 1);
        house.clock.advance_seconds(1);
    }
    assert_eq!(house.issuer.store.read(intents::count_open).unwrap(), 0);
}

fn what_is_too_old_is_given_up_and_not_counted(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let id = grant(&house, &seal, &house.body, &["document"], Some(1));
    gone_at(&house, &order(&seal, "k"), &unsigned(), StampStep::Intended);
    house.clock.advance_seconds(121);
    assert_eq!(recover(&house.issuer, 0).unwrap(), Recovered { voided: 1, ..Recovered::default() });
    assert_eq!((used(&house, &seal, &id), ledger(&house, &seal)[0].outcome), (0, "void"));
    // the key is free, and the stamp that was left is there
    let done = stamped(&house, &house.body, &order(&seal, "k"), &unsigned()).unwrap();
    assert_eq!(done.made.stamped_at, now(&house));
    assert_eq!(used(&house, &seal, &id), 1);
}

fn two_that_ask_the_same_at_once_are_one(database: &Database) {
    let house = House::new(database);
    let seal = seal_of(&house, &house.body);
    let id = grant(&house, &seal, &house.body, &["document"], None);
    let (original, order) = (unsigned(), order(&seal, "k"));
    let answers: Vec<_> = thread::scope(|scope| {
        let callers: Vec<_> = (0..6).map(|_| scope.spawn(|| stamped(&house, &house.body, &order, &original))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let made: Vec<_> = answers.iter().flatten().map(|done| &done.octets).collect();
    assert!(!made.is_empty() && made.iter().all(|octets| *octets == made[0]));
    for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(error.code(), "under_way", "{error}");
    }
    assert_eq!((used(&house, &seal, &id), ledger(&house, &seal).len()), (1, 1));
}
