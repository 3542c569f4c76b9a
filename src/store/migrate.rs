//! The tables, made and unmade by migrations that stand in the program.
//!
//! `migrations/sqlite` and `migrations/postgres` hold the same names. A service
//! never migrates by itself when it is opened: the operator says so.

use super::{
    Conn, Settings, StoreError,
    conn::{Slot, Use, begin, each},
};
use diesel::{
    RunQueryDsl,
    connection::{AnsiTransactionManager, TransactionManager},
    migration::{Migration, MigrationSource},
    sql_types::Text,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::{collections::BTreeSet, fs::OpenOptions, io::ErrorKind, os::unix::fs::OpenOptionsExt};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Two programs do not migrate one database at a time; the number means nothing else.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(7310304827191)";

/// Which migrations a database has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Names of migrations that this program knows and the database has, in order.
    pub applied: Vec<String>,
    /// Names of those that it lacks, in order.
    pub pending: Vec<String>,
    /// Versions that the database has and this program does not know.
    pub newer: Vec<String>,
}

impl Status {
    /// Whether this program can work with the database.
    ///
    /// # Errors
    /// [`StoreError::NewerThanProgram`], [`StoreError::NotMigrated`].
    pub fn check(&self) -> Result<(), StoreError> {
        match (self.newer.first(), self.pending.len()) {
            (Some(version), _) => Err(StoreError::NewerThanProgram { version: version.clone() }),
            (None, 0) => Ok(()),
            (None, pending) => Err(StoreError::NotMigrated { pending }),
        }
    }
}

/// Version and name of every migration of this program, in order.
fn known() -> Result<Vec<(String, String)>, StoreError> {
    // the test below holds both folders to the same names
    let all: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().map_err(broken)?;
    let mut known: Vec<_> = all.iter().map(|one| (one.name().version().to_string(), one.name().to_string())).collect();
    known.sort();
    Ok(known)
}

/// How many migrations this program has.
pub(super) fn count() -> usize {
    known().map_or(0, |known| known.len())
}

/// Which migrations a database has; changes nothing, and makes no file.
///
/// # Errors
/// Where it cannot be opened. A file that is not there lacks all of them.
pub fn status(settings: &Settings) -> Result<Status, StoreError> {
    settings.check()?;
    match Slot::open(settings, Use::Read) {
        Ok(mut slot) => status_of(&mut slot.conn),
        Err(StoreError::NotMigrated { .. }) => {
            Ok(Status { pending: known()?.into_iter().map(|(_, name)| name).collect(), ..Status::default() })
        }
        Err(error) => Err(error),
    }
}

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

pub(super) fn status_of(conn: &mut Conn) -> Result<Status, StoreError> {
    let there = match conn {
        Conn::Sqlite(_) => "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
        Conn::Postgres(_) => {
            "SELECT tablename::text AS version FROM pg_tables \
             WHERE schemaname = current_schema() AND tablename = '__diesel_schema_migrations'"
        }
    };
    let there: Vec<Version> = each!(conn, c => diesel::sql_query(there).load(c))?;
    let applied: BTreeSet<String> = if there.is_empty() {
        BTreeSet::new()
    } else {
        let query = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
        let versions: Vec<Version> = each!(conn, c => diesel::sql_query(query).load(c))?;
        versions.into_iter().map(|row| row.version).collect()
    };
    let known = known()?;
    let newer = applied.iter().filter(|version| known.iter().all(|(own, _)| own != *version)).cloned().collect();
    let (applied, pending): (Vec<_>, Vec<_>) = known.into_iter().partition(|(version, _)| applied.contains(version));
    let names = |pairs: Vec<(String, String)>| pairs.into_iter().map(|(_, name)| name).collect();
    Ok(Status { applied: names(applied), pending: names(pending), newer })
}

/// Brings a database up to this program, all migrations or none; makes a SQLite
/// file where there is none, readable by its owner only. Gives the names of
/// those that ran.
///
/// # Errors
/// [`StoreError::NewerThanProgram`] and what the database says.
pub fn migrate(settings: &Settings) -> Result<Vec<String>, StoreError> {
    settings.check()?;
    if let super::Address::Sqlite(path) = &settings.address {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
                return Err(StoreError::ReadOnly);
            }
            Err(error) => return Err(StoreError::Unreachable(format!("{}: {error}", path.display()))),
        }
    }
    changed(settings, |conn| {
        let status = status_of(conn)?;
        if let Some(version) = status.newer.first() {
            return Err(StoreError::NewerThanProgram { version: version.clone() });
        }
        match conn {
            Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(drop),
            Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(drop),
        }
        .map_err(broken)?;
        Ok(status.pending)
    })
}

/// Takes the last migration back, with everything in its tables. Gives its
/// version; `None` where there is none to take back.
///
/// # Errors
/// [`StoreError::NewerThanProgram`] and what the database says.
pub fn undo_last(settings: &Settings) -> Result<Option<String>, StoreError> {
    settings.check()?;
    changed(settings, |conn| {
        let status = status_of(conn)?;
        if let Some(version) = status.newer.first() {
            return Err(StoreError::NewerThanProgram { version: version.clone() });
        }
        if status.applied.is_empty() {
            return Ok(None);
        }
        match conn {
            Conn::Sqlite(c) => c.revert_last_migration(SQLITE),
            Conn::Postgres(c) => c.revert_last_migration(POSTGRES),
        }
        .map(|version| Some(version.to_string()))
        .map_err(broken)
    })
}

/// Runs under a lock of the whole database and in one transaction.
fn changed<T>(settings: &Settings, change: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut slot = Slot::open(settings, Use::Write)?;
    match &slot.conn {
        Conn::Sqlite(_) => begin(&mut slot, "BEGIN EXCLUSIVE")?,
        Conn::Postgres(_) => {
            begin(&mut slot, "BEGIN")?;
            each!(&mut slot.conn, c => diesel::sql_query(POSTGRES_LOCK).execute(c))?;
        }
    }
    // without a commit, dropping the connection takes everything back
    let done = change(&mut slot.conn)?;
    each!(&mut slot.conn, c => AnsiTransactionManager::commit_transaction(c))?;
    Ok(done)
}

/// diesel_migrations boxes its errors; those of the database keep their names.
fn broken(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => StoreError::from(*error),
        Err(other) => StoreError::Broken(super::error::one_line(&other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::pg::Pg;

    #[test]
    fn both_folders_hold_the_same_names() {
        let postgres: Vec<Box<dyn Migration<Pg>>> = POSTGRES.migrations().unwrap();
        let postgres: BTreeSet<String> = postgres.iter().map(|one| one.name().to_string()).collect();
        let sqlite: BTreeSet<String> = known().unwrap().into_iter().map(|(_, name)| name).collect();
        assert!(!sqlite.is_empty());
        assert_eq!(sqlite, postgres);
    }
}
