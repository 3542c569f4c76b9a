//! Serial numbers and times of our time stamp authorities.

use crate::support::database::Database;
use std::{collections::BTreeSet, sync::Arc, thread};
use yinxin::store::{
    Store, StoreError,
    time_stamps::{self, Taken},
};

on_both!(numbers_grow_and_times_do_not_go_back, numbers_are_given_once_to_many);

const DAY: &str = "2026-11-30";

fn take(store: &Store, authority: &'static str, at: i64) -> Taken {
    store.write(move |conn| time_stamps::take(conn, authority, at, 500, DAY)).unwrap()
}

fn numbers_grow_and_times_do_not_go_back(database: &Database) {
    let store = database.store();
    let given = |serial, at, first_of_day| Taken::Given { serial, at, first_of_day };
    assert_eq!(take(&store, "a", 10_000), given(1, 10_000, true));
    assert_eq!(take(&store, "a", 10_000), given(2, 10_000, false));
    // another machine's clock, a little behind: the last time is given
    assert_eq!(take(&store, "a", 9_500), given(3, 10_000, false));
    assert_eq!(take(&store, "a", 9_499), Taken::Behind { last: 10_000, first_of_day: true });
    assert_eq!(take(&store, "a", 1), Taken::Behind { last: 10_000, first_of_day: false });
    assert_eq!(take(&store, "b", 1), given(1, 1, true), "another authority has numbers of its own");
    drop(store);
    // also after a restart
    let store = Store::open(database.settings.clone()).unwrap();
    assert_eq!(take(&store, "a", 9_000), Taken::Behind { last: 10_000, first_of_day: false });
    assert_eq!(take(&store, "a", 10_001), given(4, 10_001, false));
    // what is taken back was not given
    let undone = store.write::<Taken, StoreError, _>(|conn| {
        time_stamps::take(conn, "a", 20_000, 500, DAY)?;
        Err(StoreError::NoSuchRow)
    });
    assert_eq!(undone, Err(StoreError::NoSuchRow));
    assert_eq!(take(&store, "a", 10_002), given(5, 10_002, false));
    let days = store.read(|conn| time_stamps::days(conn, 9)).unwrap();
    let counts: Vec<_> = days.iter().map(|day| (day.authority_id.as_str(), day.given, day.refused)).collect();
    assert_eq!(counts, [("a", 5, 3), ("b", 1, 0)]);
}

fn numbers_are_given_once_to_many(database: &Database) {
    let store = Arc::new(database.store());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                (0..10)
                    .map(|_| match take(&store, "a", 10_000) {
                        Taken::Given { serial, .. } => serial,
                        Taken::Behind { .. } => panic!("the clock stands"),
                    })
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let mut all = BTreeSet::new();
    for thread in threads {
        let own = thread.join().unwrap();
        assert!(own.is_sorted_by(|a, b| a < b));
        all.extend(own);
    }
    assert_eq!(all, (1..=40).collect());
}
