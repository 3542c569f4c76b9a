//! Why the store did not do what it was asked.
//!
//! diesel hands on neither SQLite's result code nor PostgreSQL's SQLSTATE for
//! most failures, so those that have a name here are told by their text.
//! SQLite's texts are fixed; PostgreSQL's follow the server's language, of
//! which English and Chinese are known.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// Why the store did not do what it was asked. Nothing of a failed write is there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The queue of writes is full, or no connection came free in time.
    #[error("the store is busy")]
    Busy,
    /// Another process or transaction held a lock longer than was waited.
    #[error("the database is locked by another")]
    Locked,
    /// The file or the server takes no writes.
    #[error("the database is read-only")]
    ReadOnly,
    /// No room for the database.
    #[error("no room left for the database")]
    DiskFull,
    /// The server does not answer, refuses, or has gone away; or the file cannot be opened.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The address leads to another machine, and the way there would not be secret.
    #[error("a PostgreSQL on another machine is reached with TLS only: {0}")]
    RemoteWithoutTls(&'static str),
    /// The password file cannot be read or is not one line.
    #[error("password file {0}")]
    PasswordFile(String),
    /// Settings out of range.
    #[error("store: {0}")]
    Settings(#[from] super::SettingsError),
    /// A row with that key is there already.
    #[error("there already: {constraint}")]
    Conflict {
        /// Table and columns joined by `_`, the same on both back ends.
        constraint: String,
    },
    /// The row refers to one that is not there, or is referred to.
    #[error("a reference between rows does not hold")]
    Reference,
    /// A row that had to be there is not.
    #[error("no such row")]
    NoSuchRow,
    /// Other writes got in the way each time.
    #[error("conflicted with other writes, {attempts} times")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The only failure after which the write may be there: the connection broke during the commit.
    #[error("the connection broke while committing: the write may have happened")]
    Uncertain,
    /// A statement of the closure failed, and the closure reported success all the same.
    #[error("a statement failed and the write went on")]
    Swallowed,
    /// The closure panicked.
    #[error("the write panicked")]
    Panicked,
    /// The store is being closed, or its writer has ended.
    #[error("the store is closed")]
    Closed,
    /// The database was never migrated, or not up to this program.
    #[error("the database lacks {pending} migrations: migrate it first")]
    NotMigrated {
        /// How many.
        pending: usize,
    },
    /// Migrated by a later program.
    #[error("the database is of a newer program, it has migration {version}")]
    NewerThanProgram {
        /// The first migration that this program does not know.
        version: String,
    },
    /// Two transactions waited for each other, or a snapshot could not be kept: tried again inside `write`.
    #[error("conflicted with another write")]
    Retry,
    /// A damaged file, or something nobody thought of.
    #[error("the database is broken: {0}")]
    Broken(String),
}

/// What a closure given to [`super::Store::write`] or [`super::Store::read`] may
/// fail with. The store looks inside for its own errors: some are tried again.
pub trait Failure: From<StoreError> + Send + 'static {
    /// The store's own error, where that is the cause.
    fn store_error(&self) -> Option<&StoreError>;
}

impl Failure for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NoSuchRow,
            Error::DatabaseError(kind, information) => of_database(kind, information.as_ref()),
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            Error::BrokenTransactionManager => Self::Unreachable("the connection was lost".to_owned()),
            other => Self::Broken(other.to_string()),
        }
    }
}

fn of_database(kind: DatabaseErrorKind, information: &(dyn DatabaseErrorInformation + Send + Sync)) -> StoreError {
    let message = information.message();
    match kind {
        DatabaseErrorKind::UniqueViolation => StoreError::Conflict { constraint: constraint(information) },
        DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => StoreError::Reference,
        DatabaseErrorKind::SerializationFailure => StoreError::Retry,
        DatabaseErrorKind::ReadOnlyTransaction => StoreError::ReadOnly,
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            StoreError::Unreachable(one_line(message))
        }
        _ => of_message(message),
    }
}

/// A failure told by its text alone.
pub(super) fn of_message(message: &str) -> StoreError {
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if has(&["database is locked", "database table is locked", "database schema is locked", "lock timeout", "锁超时"])
    {
        StoreError::Locked
    } else if has(&["readonly database", "read-only transaction"]) {
        StoreError::ReadOnly
    } else if has(&["database or disk is full", "No space left on device", "设备上没有空间"]) {
        StoreError::DiskFull
    } else if has(&["deadlock detected", "检测到死锁"]) {
        StoreError::Retry
    } else if has(&["unable to open database file"]) {
        StoreError::Unreachable(one_line(message))
    } else {
        StoreError::Broken(one_line(message))
    }
}

/// PostgreSQL knows the name; SQLite says `UNIQUE constraint failed: a.b, a.c`,
/// which is the name `a_b_c` of the migrations.
fn constraint(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    if let Some(name) = information.constraint_name() {
        return name.to_owned();
    }
    let message = information.message();
    let columns = message.rsplit_once(": ").map_or(message, |(_, columns)| columns);
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name
}

/// The server's words on one line.
pub(super) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_names() {
        for (text, error) in [
            ("database is locked", StoreError::Locked),
            ("attempt to write a readonly database", StoreError::ReadOnly),
            ("database or disk is full", StoreError::DiskFull),
            ("could not extend file \"base/1\": No space left on device", StoreError::DiskFull),
            ("deadlock detected", StoreError::Retry),
            ("canceling statement due to lock timeout", StoreError::Locked),
        ] {
            assert_eq!(of_message(text), error);
        }
        assert_eq!(of_message("disk I/O\n  error"), StoreError::Broken("disk I/O error".into()));
    }

    #[test]
    fn sqlite_constraints_get_the_names_of_the_migrations() {
        let failed = |text: &str| {
            StoreError::from(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, Box::new(text.to_owned())))
        };
        let name = |constraint: &str| StoreError::Conflict { constraint: constraint.to_owned() };
        assert_eq!(failed("UNIQUE constraint failed: people.login"), name("people_login"));
        assert_eq!(
            failed("UNIQUE constraint failed: licences.type_code, licences.number"),
            name("licences_type_code_number")
        );
    }
}
