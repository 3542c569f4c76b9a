//! Writes to PostgreSQL: serializable transactions, begun anew after a conflict; and rows that are only added.

use super::{
    Conn, Settings, StoreError,
    conn::{Pool, Slot},
    counters::Counters,
    error::Failure,
};
use diesel::{
    PgConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

/// Longest pause before another attempt.
const LONGEST_PAUSE_MICROSECONDS: u32 = 50_000;

/// What a transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It may read, and decide by what it read: as if it were alone.
    Decides,
    /// One statement that adds rows: what others write beside it is nothing to it.
    Adds,
}

impl Kind {
    const fn begin(self, frozen: bool) -> &'static str {
        match (self, frozen) {
            (Self::Decides, false) => "BEGIN ISOLATION LEVEL SERIALIZABLE, READ WRITE",
            (Self::Decides, true) => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            (Self::Adds, false) => "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE",
            (Self::Adds, true) => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }
}

/// Runs the closure in a transaction until it is not in conflict with another.
pub(super) fn write<T, E: Failure>(
    (pool, kind): (&Pool, Kind),
    settings: &Settings,
    counters: &Counters,
    mut closure: impl FnMut(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        // the connection goes back before the pause: others wait for it
        let outcome = {
            let mut slot = pool.begun(|slot| kind.begin(slot.frozen))?;
            let outcome = attempt((&mut slot, kind), settings, &mut closure);
            slot.broken |= matches!(&outcome, Err(error) if is_broken(error.store_error()));
            outcome
        };
        match outcome {
            Ok(value) => {
                counters.committed(1);
                return Ok(value);
            }
            Err(error) if error.store_error() != Some(&StoreError::Retry) => return Err(error),
            Err(_) if attempts > settings.retries => return Err(StoreError::Contended { attempts }.into()),
            Err(_) => {
                counters.retried();
                thread::sleep(pause(attempts));
            }
        }
    }
}

/// Whether the connection is of no more use.
fn is_broken(error: Option<&StoreError>) -> bool {
    matches!(
        error,
        Some(StoreError::Unreachable(_) | StoreError::Uncertain | StoreError::Broken(_) | StoreError::Panicked)
    )
}

/// Random, longer with every attempt.
fn pause(attempts: u32) -> Duration {
    let most = (500_u32 << attempts.min(10)).min(LONGEST_PAUSE_MICROSECONDS);
    let random = getrandom::u32().unwrap_or(most);
    Duration::from_micros(u64::from(random % most))
}

fn attempt<T, E: Failure>(
    (slot, kind): (&mut Slot, Kind),
    settings: &Settings,
    closure: &mut impl FnMut(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let result = catch_unwind(AssertUnwindSafe(|| closure(&mut slot.conn)));
    let result = result.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    // COMMIT of a transaction in which a statement failed is a silent rollback
    let result = if result.is_ok() && slot.take_failed() { Err(StoreError::Swallowed.into()) } else { result };
    if result.is_ok()
        && let Some(pause) = settings.slow_commit
    {
        thread::sleep(pause);
    }
    end(slot, kind, result)
}

/// Commits a success and takes a failure back.
fn end<T, E: Failure>(slot: &mut Slot, kind: Kind, result: Result<T, E>) -> Result<T, E> {
    let Conn::Postgres(conn) = &mut slot.conn else {
        return Err(StoreError::Broken("a retried write on SQLite".to_owned()).into());
    };
    match result {
        Ok(value) => {
            commit(conn, kind)?;
            Ok(value)
        }
        Err(error) => {
            if AnsiTransactionManager::rollback_transaction(conn).is_err() {
                slot.broken = true;
            }
            Err(error)
        }
    }
}

fn commit(conn: &mut PgConnection, kind: Kind) -> Result<(), StoreError> {
    // fails where the transaction has: a second guard against the silent rollback, where one statement could hide another
    if kind == Kind::Decides
        && let Err(error) = conn.batch_execute("SELECT 1")
    {
        let _ = AnsiTransactionManager::rollback_transaction(conn);
        return Err(match StoreError::from(error) {
            StoreError::Broken(_) => StoreError::Swallowed,
            named => named,
        });
    }
    AnsiTransactionManager::commit_transaction(conn).map_err(|error| match StoreError::from(error) {
        StoreError::Unreachable(_) => StoreError::Uncertain,
        named => named,
    })
}
