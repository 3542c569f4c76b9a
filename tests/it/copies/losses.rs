//! A process that ends between intent and answer: no copy is lost, none is counted twice.

use super::*;
use crate::stamps::{grant, seal_of};
use std::thread;
use yinxin::{
    flow::{
        copies::{CopyStep, recover},
        issue::Recovered,
        kind::HasKind as _,
        seal_uses,
    },
    store::{intents, seal_grants},
};

on_both!(
    what_was_intended_is_made_once_and_fetched,
    what_is_too_old_is_given_up_and_not_counted,
    what_is_revoked_meanwhile_is_not_made,
    two_that_ask_the_same_at_once_are_one,
);

/// Ends the process, as it were, at a step.
fn gone_at(room: &Room, key: &str, at: CopyStep) {
    let identifier = room.identifier.parse().unwrap();
    let gone = thread::scope(|scope| {
        scope
            .spawn(|| {
                let (issuer, order) = (&room.house().issuer, order("2026-12-01"));
                copies::make(issuer, &room.holder, &identifier, &order, (90, key), &|step| assert!(step != at, "gone"))
            })
            .join()
    });
    assert!(gone.is_err());
}

fn granted(room: &Room) -> (String, String) {
    let (house, seal) = (room.house(), seal_of(room.house(), &room.house().body));
    let now = house.clock.now().unwrap();
    seal_uses::set_by_grant(&house.issuer.store, &Permit::of_operator(&*house.body), &seal, true, now).unwrap();
    let id = grant(house, &seal, &house.body, &[crate::support::house::FOOD], Some(9));
    (seal, id)
}

fn used(room: &Room, grant: &str) -> i64 {
    let house = room.house();
    house.issuer.store.read(|conn| seal_grants::find(conn, &house.body, grant)).unwrap().unwrap().used
}

fn what_was_intended_is_made_once_and_fetched(database: &Database) {
    let room = Room::open(database);
    let (_, id) = granted(&room);
    let steps = [CopyStep::Rehearsed, CopyStep::Intended, CopyStep::Signed, CopyStep::Stored];
    for (n, step) in steps.into_iter().enumerate() {
        let key = format!("k{n}");
        gone_at(&room, &key, step);
        let is_open = matches!(step, CopyStep::Intended | CopyStep::Signed);
        if is_open {
            assert_eq!(room.make(&order("2026-12-01"), &key).unwrap_err().code(), "under_way");
        }
        let done = recover(&room.house().issuer, 0).unwrap();
        assert_eq!(done, Recovered { finished: usize::from(is_open), ..Recovered::default() }, "{step:?}");
        let made = room.make(&order("2026-12-01"), &key).unwrap();
        assert!(room.file(&made, Form::Ofd).is_ok());
        assert_eq!(used(&room, &id), i64::try_from(n).unwrap() + 1, "{step:?}");
        room.later(1);
    }
    assert_eq!(room.house().issuer.store.read(intents::count_open).unwrap(), 0);
}

fn what_is_too_old_is_given_up_and_not_counted(database: &Database) {
    let room = Room::open(database);
    let (_, id) = granted(&room);
    gone_at(&room, "k", CopyStep::Intended);
    assert_eq!(used(&room, &id), 1);
    room.later(121);
    assert_eq!(recover(&room.house().issuer, 0).unwrap(), Recovered { voided: 1, ..Recovered::default() });
    assert_eq!(used(&room, &id), 0);
    assert!(copies::of(&room.house().issuer, &room.holder).unwrap().0.is_empty());
    let made = room.make(&order("2026-12-01"), "k").unwrap();
    assert_eq!(made.made_at, room.house().clock.now().unwrap(), "nothing is back-dated");
}

fn what_is_revoked_meanwhile_is_not_made(database: &Database) {
    let room = Room::open(database);
    gone_at(&room, "k", CopyStep::Intended);
    room.act("revoke");
    assert_eq!(recover(&room.house().issuer, 0).unwrap(), Recovered { voided: 1, ..Recovered::default() });
    assert!(copies::of(&room.house().issuer, &room.holder).unwrap().0.is_empty());
    // between the page and the write
    let other = Room::open(database_of_its_own());
    let identifier = other.identifier.parse().unwrap();
    let revoking = |step| {
        if step == CopyStep::Rehearsed {
            other.act("revoke");
        }
    };
    let refused =
        copies::make(&other.house().issuer, &other.holder, &identifier, &order("2026-12-01"), (90, "k"), &revoking);
    assert_eq!(refused.unwrap_err().code(), "copy_not_in_force");
}

fn database_of_its_own() -> &'static Database {
    Box::leak(Box::new(Database::sqlite()))
}

fn two_that_ask_the_same_at_once_are_one(database: &Database) {
    let room = Room::open(database);
    let (_, id) = granted(&room);
    let answers: Vec<_> = thread::scope(|scope| {
        let callers: Vec<_> = (0..4).map(|_| scope.spawn(|| room.make(&order("2026-12-01"), "k"))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let made: Vec<_> = answers.iter().flatten().collect();
    assert!(!made.is_empty() && made.iter().all(|one| *one == made[0]));
    for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(error.code(), "under_way", "{error}");
    }
    assert_eq!(used(&room, &id), 1);
}
