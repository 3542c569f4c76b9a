//! The one statement that redeems: of a delegation that ends and a code that is redeemed at once, one is first.

use super::{MATTER, Mandates};
use crate::support::database::Database;
use std::{sync::Barrier, thread};
use yinxin::flow::{shown::Shown, uses};

on_both!(ending_and_redeeming_at_once);

fn ending_and_redeeming_at_once(database: &Database) {
    const ROUNDS: usize = 8;
    let all = Mandates::open(database);
    let mut redeemed = 0;
    for _ in 0..ROUNDS {
        let id = all.accepted(&["operator_name"]);
        let shown = all.show(&id, &["operator_name"], MATTER).unwrap();
        let together = Barrier::new(2);
        let seen = thread::scope(|scope| {
            let (all, together, id) = (&all, &together, &id);
            let ending = scope.spawn(move || {
                together.wait();
                all.end(&all.principal, id).unwrap();
            });
            together.wait();
            let seen = all.scan(0, &shown.address, MATTER);
            ending.join().unwrap();
            seen
        });
        match seen.shown {
            Shown::Valid => redeemed += 1,
            Shown::DelegationOver => {}
            other => panic!("{other:?}"),
        }
        // whichever was first, it is over now
        assert_eq!(all.scan(0, &shown.address, MATTER).shown, Shown::DelegationOver);
    }
    let used = uses::of(&all.counter.house.issuer, &all.principal).unwrap();
    assert_eq!(used.len(), redeemed, "each answer has its use, and no more");
}
