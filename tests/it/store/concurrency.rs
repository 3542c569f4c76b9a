//! Many at once: nothing is lost, no number is given twice, conflicts are tried again.

use super::rows::*;
use crate::support::database::Database;
use diesel::connection::SimpleConnection;
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};
use yinxin::store::{Settings, Store, StoreError, audit, counter, migrate};

on_both!(sixty_four_callers_lose_nothing);

const CALLERS: usize = 64;
const WRITES_EACH: usize = 10;

fn sixty_four_callers_lose_nothing(database: &Database) {
    let store = database.store();
    let given = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                for _ in 0..WRITES_EACH {
                    let first = store.write(|c| {
                        let first = counter::take(c, "licence", 2)?;
                        audit::append(c, &event(None, first, &first.to_string()))?;
                        Ok::<_, StoreError>(first)
                    });
                    given.lock().unwrap().push(first.unwrap());
                }
            });
        }
    });
    let given = given.into_inner().unwrap();
    let numbers: BTreeSet<i64> = given.iter().copied().collect();
    let all: BTreeSet<i64> = (0..CALLERS * WRITES_EACH).map(|n| 1 + 2 * i64::try_from(n).unwrap()).collect();
    assert_eq!((given.len(), &numbers), (CALLERS * WRITES_EACH, &all));
    let kept = store.read(|c| audit::list_all(c, 0, 10_000)).unwrap();
    assert_eq!(kept.into_iter().map(|row| row.at).collect::<BTreeSet<_>>(), numbers);
    let metrics = store.metrics();
    assert_eq!(metrics.writes, (CALLERS * WRITES_EACH) as u64);
    if database.is_sqlite() {
        assert!(metrics.commits < metrics.writes, "never grouped: {metrics:?}");
    } else {
        assert!(metrics.retries > 0, "64 callers of one row, and no conflict: {metrics:?}");
    }
}

#[test]
fn a_conflicting_write_is_begun_anew() {
    let database = Database::postgres();
    let store = database.store();
    store.write(|c| counter::take(c, "a", 1)).unwrap();
    let attempts = Arc::new(AtomicU32::new(0));
    let other = Mutex::new(database.postgres_connection());
    let count = Arc::clone(&attempts);
    let first = store.write(move |c| {
        let seen = counter::peek(c, "a")?;
        if count.fetch_add(1, Ordering::Relaxed) == 0 {
            other.lock().unwrap().batch_execute("UPDATE counters SET next = 100").unwrap();
        }
        counter::take(c, "a", 1)?;
        Ok::<_, StoreError>(seen)
    });
    assert_eq!((first, attempts.load(Ordering::Relaxed)), (Ok(100), 2));
    assert_eq!(store.metrics().retries, 1);
    assert_eq!(store.read(|c| counter::peek(c, "a")), Ok(101));
}

#[test]
fn writes_that_wait_for_each_other_are_begun_anew() {
    let database = Database::postgres();
    let store = database.store();
    for scope in ["a", "b"] {
        store.write(move |c| counter::take(c, scope, 1)).unwrap();
    }
    let both = Arc::new(Barrier::new(2));
    let crossed = |first: &'static str, second: &'static str| {
        let (both, attempts) = (Arc::clone(&both), AtomicU32::new(0));
        let store: &Store = &store;
        move || {
            store.write(move |c| {
                counter::take(c, first, 1)?;
                if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
                    both.wait();
                }
                counter::take(c, second, 1)
            })
        }
    };
    thread::scope(|scope| {
        let (one, other) = (scope.spawn(crossed("a", "b")), scope.spawn(crossed("b", "a")));
        assert!(one.join().unwrap().is_ok() && other.join().unwrap().is_ok());
    });
    assert!(store.metrics().retries > 0, "{:?}", store.metrics());
    assert_eq!(store.read(|c| Ok::<_, StoreError>((counter::peek(c, "a")?, counter::peek(c, "b")?))), Ok((4, 4)));
}

#[test]
fn retries_come_to_an_end() {
    let database = Database::postgres();
    migrate(&database.settings).unwrap();
    let store = Store::open(Settings { retries: 2, ..database.settings.clone() }).unwrap();
    store.write(|c| counter::take(c, "a", 1)).unwrap();
    let other = Mutex::new(database.postgres_connection());
    let never = store.write(move |c| {
        counter::peek(c, "a")?;
        other.lock().unwrap().batch_execute("UPDATE counters SET next = next + 1").unwrap();
        counter::take(c, "a", 1)
    });
    assert_eq!(never, Err(StoreError::Contended { attempts: 3 }));
}
