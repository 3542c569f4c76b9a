//! What `read` and `write` promise.

use super::rows::*;
use crate::support::database::Database;
use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use yinxin::store::{Conn, Failure, Settings, Store, StoreError, audit, bodies, counter, migrate};

on_both!(
    a_failed_write_leaves_nothing,
    the_callers_own_error_comes_back,
    a_failure_that_is_swallowed_fails_the_write,
    a_panic_fails_its_write_only,
    a_reader_cannot_write,
    a_reader_sees_one_state,
    a_closed_store_says_so,
);

/// Subjects of the audit rows, the only table these tests look at.
fn subjects(store: &Store) -> Vec<String> {
    let rows = store.read(|c| audit::list_all(c, 0, 1000)).unwrap();
    rows.into_iter().map(|row| row.subject).collect()
}

fn append(conn: &mut Conn, subject: &str) -> Result<(), StoreError> {
    audit::append(conn, &event(None, 1, subject))
}

fn a_failed_write_leaves_nothing(database: &Database) {
    let store = database.store();
    let failed = store.write(|c| {
        append(c, "lost")?;
        bodies::insert(c, &body(1))?;
        bodies::insert(c, &body(1))
    });
    assert_eq!(failed, Err(StoreError::Conflict { constraint: "bodies_id".to_owned() }));
    store.write(|c| append(c, "kept")).unwrap();
    assert_eq!(subjects(&store), ["kept"]);
    assert_eq!(store.read(|c| bodies::find(c, &body(1).id)), Ok(None));
}

#[derive(Debug, PartialEq)]
enum Own {
    Refused(u8),
    Store(StoreError),
}

impl From<StoreError> for Own {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure for Own {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Refused(_) => None,
        }
    }
}

fn the_callers_own_error_comes_back(database: &Database) {
    let store = database.store();
    let refused = store.write(|c| {
        append(c, "lost")?;
        Err::<(), _>(Own::Refused(3))
    });
    assert_eq!(refused, Err(Own::Refused(3)));
    let closed = {
        store.close();
        store.write(|c| Ok::<_, Own>(append(c, "lost")?))
    };
    assert_eq!(closed, Err(Own::Store(StoreError::Closed)));
}

fn a_failure_that_is_swallowed_fails_the_write(database: &Database) {
    let store = database.store();
    store.write(|c| bodies::insert(c, &body(1))).unwrap();
    let swallowed = store.write(|c| {
        append(c, "lost")?;
        let _ = bodies::insert(c, &body(1));
        Ok::<_, StoreError>(())
    });
    assert_eq!(swallowed, Err(StoreError::Swallowed));
    store.write(|c| append(c, "kept")).unwrap();
    assert_eq!(subjects(&store), ["kept"]);
}

fn a_panic_fails_its_write_only(database: &Database) {
    let store = database.store();
    let panicked = store.write(|c| -> Result<(), StoreError> {
        append(c, "lost")?;
        panic!("planned");
    });
    assert_eq!(panicked, Err(StoreError::Panicked));
    let panicked = store.read(|_| -> Result<(), StoreError> { panic!("planned") });
    assert_eq!(panicked, Err(StoreError::Panicked));
    store.write(|c| append(c, "kept")).unwrap();
    assert_eq!(subjects(&store), ["kept"]);
}

fn a_reader_cannot_write(database: &Database) {
    let store = database.store();
    assert_eq!(store.read(|c| append(c, "lost")), Err(StoreError::ReadOnly));
    assert_eq!(store.look(|c| append(c, "lost")), Err(StoreError::ReadOnly));
    assert!(subjects(&store).is_empty());
}

fn a_reader_sees_one_state(database: &Database) {
    let store = database.store();
    let seen = store.read(|c| {
        let before = audit::list_all(c, 0, 9)?.len();
        store.write(|c| append(c, "meanwhile"))?;
        Ok::<_, StoreError>((before, audit::list_all(c, 0, 9)?.len()))
    });
    assert_eq!(seen, Ok((0, 0)));
    assert_eq!(subjects(&store), ["meanwhile"]);
}

fn a_closed_store_says_so(database: &Database) {
    let store = database.store();
    store.close();
    assert_eq!(store.write(|c| append(c, "lost")), Err(StoreError::Closed));
    assert_eq!(store.read(|c| audit::list_all(c, 0, 9)), Err(StoreError::Closed));
    let again = Store::open(database.settings.clone()).unwrap();
    assert!(subjects(&again).is_empty());
}

#[test]
fn a_full_queue_is_busy_at_once() {
    let database = Database::sqlite();
    migrate(&database.settings).unwrap();
    let settings = Settings { waiting_writes: 1, ..database.settings.clone() };
    let store = Store::open(settings).unwrap();
    let gate = Arc::new(Barrier::new(2));
    thread::scope(|scope| {
        let held = Arc::clone(&gate);
        let running = scope.spawn(|| {
            store.write(move |c| {
                held.wait();
                held.wait();
                append(c, "running")
            })
        });
        gate.wait();
        let waiting = scope.spawn(|| store.write(|c| append(c, "waiting")));
        while store.metrics().waiting == 0 {
            thread::yield_now();
        }
        assert_eq!(store.write(|c| append(c, "refused")), Err(StoreError::Busy));
        gate.wait();
        assert_eq!((running.join().unwrap(), waiting.join().unwrap()), (Ok(()), Ok(())));
    });
    assert_eq!(subjects(&store), ["running", "waiting"]);
}

#[test]
fn closing_finishes_what_is_queued() {
    let database = Database::sqlite();
    let store = database.store();
    let gate = Arc::new(Barrier::new(2));
    thread::scope(|scope| {
        let held = Arc::clone(&gate);
        let store = &store;
        let first = scope.spawn(move || {
            store.write(move |c| {
                held.wait();
                held.wait();
                append(c, "x")
            })
        });
        gate.wait();
        let queued: Vec<_> = (0..7).map(|_| scope.spawn(move || store.write(|c| append(c, "x")))).collect();
        while store.metrics().waiting < 7 {
            thread::yield_now();
        }
        let closing = scope.spawn(|| store.close());
        while store.read(|_| Ok(())) != Err(StoreError::Closed) {
            thread::yield_now();
        }
        gate.wait();
        closing.join().unwrap();
        assert_eq!(store.write(|c| append(c, "late")), Err(StoreError::Closed));
        for write in queued.into_iter().chain([first]) {
            assert_eq!(write.join().unwrap(), Ok(()));
        }
    });
    let again = Store::open(database.settings.clone()).unwrap();
    assert_eq!(subjects(&again).len(), 8);
}

#[test]
fn writes_are_grouped_and_fail_alone() {
    let database = Database::sqlite();
    migrate(&database.settings).unwrap();
    let slow = Settings { slow_commit: Some(Duration::from_millis(20)), ..database.settings.clone() };
    let store = Store::open(slow).unwrap();
    let failed = AtomicU32::new(0);
    thread::scope(|scope| {
        for caller in 0..64_u32 {
            let (store, failed) = (&store, &failed);
            scope.spawn(move || {
                let answer = store.write(move |c| {
                    append(c, &caller.to_string())?;
                    counter::take(c, "grouped", 1)?;
                    if caller.is_multiple_of(4) { Err(StoreError::NoSuchRow) } else { Ok(()) }
                });
                failed.fetch_add(u32::from(answer.is_err()), Ordering::Relaxed);
            });
        }
    });
    let metrics = store.metrics();
    assert_eq!((failed.into_inner(), metrics.writes, metrics.failed_commits), (16, 48, 0));
    assert!(metrics.commits <= 16, "64 callers, 20 ms a commit, and {} commits", metrics.commits);
    let subjects = subjects(&store);
    assert_eq!(subjects.len(), 48);
    assert!(subjects.iter().all(|subject| !subject.parse::<u32>().unwrap().is_multiple_of(4)), "{subjects:?}");
    assert_eq!(store.read(|c| counter::peek(c, "grouped")), Ok(49));
}
