//! The register: bodies, people, seals, licences and all that was done, on
//! SQLite or PostgreSQL.
//!
//! Plain functions on [`Conn`], one file a group of tables, called inside the
//! closures of [`Store::read`] and [`Store::write`]. The store knows rows; what
//! may become of them is decided elsewhere.
//!
//! # Who sees what
//!
//! Rows belong to an issuing body, and functions that read such rows take that
//! body: a row of another is not found. The few that do not say why, and their
//! names begin with `public_` (the standing of a licence, which anybody may ask
//! for by its code) or name their purpose (`find_by_secret_hash`, `open_before`).
//!
//! # What is atomic
//!
//! A closure of [`Store::write`] happens wholly or not at all, one after the
//! other (serializable), and once `write` has returned it is on the disk. It may
//! run several times, so it does nothing but read and write the register, and
//! hands on every error of it: where a statement failed, the write fails.
//! Inserting what may be there already is `ON CONFLICT DO NOTHING`.
//!
//! Moments are milliseconds since 1970 in UTC, days are `yyyy-mm-dd`, ids are
//! 32 lower-case hexadecimal digits that the caller made from randomness.

mod address;
mod conn;
mod counters;
mod error;
mod group;
mod migrate;
mod retry;
mod rows;
mod schema;
mod settings;

pub mod acts;
pub mod applications;
pub mod audit;
pub mod bodies;
pub mod catalogue;
pub mod copies;
pub mod counter;
pub mod delegations;
pub mod devices;
pub mod documents;
pub mod evidence;
pub mod ferry;
pub mod field_secrets;
pub mod holders;
pub mod idempotency;
pub mod intents;
pub mod jobs;
pub mod letters;
pub mod licences;
pub mod outside;
pub mod people;
pub mod personal_keys;
pub mod presentations;
pub mod receipts;
pub mod renewals;
pub mod reports;
pub mod reservations;
pub mod revocation;
pub mod seal_grants;
pub mod seal_lives;
pub mod seals;
pub mod second_factors;
pub mod stampings;
pub mod time_stamps;
pub mod tokens;
pub mod trust;
pub mod trust_pins;
pub mod uses;

pub use address::{Address, AddressError, PostgresAddress};
pub use conn::Conn;
pub use counters::StoreMetrics;
pub use error::{Failure, StoreError};
pub use migrate::{Status, migrate, status, undo_last};
pub use settings::{Settings, SettingsError};

use conn::{Pool, Slot, Use, each};
use counters::Counters;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The open register. Safe to use from several threads.
pub struct Store {
    settings: Settings,
    pool: Pool,
    /// SQLite has one.
    writer: Option<group::Writer>,
    closed: AtomicBool,
    counters: Arc<Counters>,
}

impl Store {
    /// Opens a register that is there and up to date.
    ///
    /// # Errors
    /// [`StoreError::NotMigrated`] where [`migrate`] is to be run first, also
    /// where there is no file; [`StoreError::NewerThanProgram`]; what stands in
    /// the way of opening it.
    pub fn open(settings: Settings) -> Result<Self, StoreError> {
        settings.check()?;
        let mut slot = Slot::open(&settings, Use::Write)?;
        migrate::status_of(&mut slot.conn)?.check()?;
        let counters = Arc::new(Counters::default());
        let writer = match &slot.conn {
            Conn::Sqlite(_) => Some(
                group::Writer::start(slot, settings.clone(), Arc::clone(&counters))
                    .map_err(|error| StoreError::Broken(format!("no thread: {error}")))?,
            ),
            Conn::Postgres(_) => None,
        };
        Ok(Self { pool: Pool::new(&settings), settings, writer, closed: AtomicBool::new(false), counters })
    }

    /// Runs a closure on one unchanging state of the register; it cannot write.
    ///
    /// # Errors
    /// The closure's own; [`StoreError::Busy`] where no connection came free;
    /// [`StoreError::ReadOnly`] where the closure writes.
    pub fn read<T, E: Failure>(&self, closure: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed.into());
        }
        let mut slot = self.pool.begun(|slot| match slot.conn {
            Conn::Sqlite(_) => "BEGIN DEFERRED",
            Conn::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        })?;
        let result = catch_unwind(AssertUnwindSafe(|| closure(&mut slot.conn)));
        let result = result.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
        let ended = each!(&mut slot.conn, c => AnsiTransactionManager::rollback_transaction(c));
        slot.broken |= ended.is_err();
        result
    }

    /// Runs a closure whose statements need not see the same state, each by itself: who asks often asks by one. It cannot
    /// write, and may run several times where connections turn out to have ended.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn look<T, E: Failure>(&self, closure: impl Fn(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed.into());
        }
        let mut stale = 0;
        loop {
            let mut slot = self.pool.get()?;
            let result = catch_unwind(AssertUnwindSafe(|| closure(&mut slot.conn)));
            let result = result.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
            slot.broken |= result.is_err();
            let has_ended =
                matches!(&result, Err(error) if matches!(error.store_error(), Some(StoreError::Unreachable(_))));
            if !has_ended || stale > self.settings.connections {
                return result;
            }
            stale += 1;
        }
    }

    /// Runs a closure that writes, wholly or not at all, and returns once it is
    /// on the disk. See the module for what the closure may do.
    ///
    /// # Errors
    /// The closure's own, with nothing of it written; else the store's: nothing
    /// is written either, but after [`StoreError::Uncertain`].
    pub fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Failure,
    {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed.into());
        }
        match &self.writer {
            Some(writer) => writer.write(closure),
            None => retry::write((&self.pool, retry::Kind::Decides), &self.settings, &self.counters, closure),
        }
    }

    /// As [`Store::write`], for a closure of one statement that adds rows and decides nothing by what stands there: on
    /// PostgreSQL it is in conflict with nobody, and neither watches nor is watched.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn add<E, F>(&self, closure: F) -> Result<(), E>
    where
        F: FnMut(&mut Conn) -> Result<(), E> + Send + 'static,
        E: Failure,
    {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed.into());
        }
        match &self.writer {
            Some(writer) => writer.write(closure),
            None => retry::write((&self.pool, retry::Kind::Adds), &self.settings, &self.counters, closure),
        }
    }

    /// What was done since it was opened.
    pub fn metrics(&self) -> StoreMetrics {
        self.counters.read(self.writer.as_ref().map_or(0, group::Writer::waiting))
    }

    /// Takes nothing more in and waits for the writes that are queued. Dropping
    /// the store does the same.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Some(writer) = &self.writer {
            writer.close();
        }
    }
}
