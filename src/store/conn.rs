//! A connection to either back end, and the pool of them.

use super::{
    Settings, StoreError,
    address::{Address, Host, PostgresAddress},
    error::{of_message, one_line},
};
use diesel::{
    Connection, ConnectionError, PgConnection, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, InstrumentationEvent, SimpleConnection, TransactionManager},
    sql_types::Text,
};
use std::{
    fmt::Write as _,
    os::unix::ffi::OsStrExt,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use zeroize::Zeroizing;

/// A connection to either back end.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Postgres(PgConnection),
}

/// Pages of SQLite's log before they go to the file, 16 MiB: what a batch of licences writes, twice. With its own 1,000
/// every such commit did both, and index pages that the next one touches again went to the file each time.
const LOG_PAGES: u32 = 4096;

/// The same expression on either back end, for what does not compile on [`Conn`], and for `eq_any` where it comes often: on
/// PostgreSQL it is one statement then, planned once, however many there are. `each!(conn, c => ...)`.
macro_rules! each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($c) => $body,
            $crate::store::Conn::Postgres($c) => $body,
        }
    };
}
pub(super) use each;

/// What a connection is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// SQLite: `query_only`. PostgreSQL: what writes begins so.
    Read,
    /// Reads and writes.
    Write,
}

/// A connection with what happened on it.
pub(super) struct Slot {
    pub(super) conn: Conn,
    /// Set by the connection itself when a statement fails.
    failed: Arc<AtomicBool>,
    /// Not to be used again.
    pub(super) broken: bool,
    /// Whether the database was set so that nothing is written: whoever runs it may have reasons.
    pub(super) frozen: bool,
    /// When it was given back.
    used: Instant,
}

impl Slot {
    /// Opens a connection.
    pub(super) fn open(settings: &Settings, purpose: Use) -> Result<Self, StoreError> {
        let (mut conn, frozen) = match &settings.address {
            Address::Sqlite(path) => (Conn::Sqlite(sqlite(path, purpose, settings.wait)?), false),
            Address::Postgres(address) => {
                let (conn, frozen) = postgres(address, settings, purpose)?;
                (Conn::Postgres(conn), frozen)
            }
        };
        let failed = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&failed);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::FinishQuery { error: Some(_), .. } = event {
                flag.store(true, Ordering::Relaxed);
            }
        });
        Ok(Self { conn, failed, broken: false, frozen, used: Instant::now() })
    }

    /// Whether a statement has failed since this was asked last.
    pub(super) fn take_failed(&self) -> bool {
        self.failed.swap(false, Ordering::Relaxed)
    }
}

/// Begins a transaction.
pub(super) fn begin(slot: &mut Slot, sql: &str) -> Result<(), StoreError> {
    slot.take_failed();
    match &mut slot.conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, sql)?,
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, sql)?,
    }
    Ok(())
}

fn sqlite(path: &Path, purpose: Use, wait: Duration) -> Result<SqliteConnection, StoreError> {
    writable(path)?;
    // never makes a file: a slip in the path must not become an empty register
    let mut conn = SqliteConnection::establish(&format!("file:{}?mode=rw", escaped(path))).map_err(of_connecting)?;
    let common = format!(
        "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384;",
        wait.as_millis()
    );
    conn.batch_execute(&common)?;
    if purpose == Use::Read {
        conn.batch_execute("PRAGMA query_only = ON;")?;
    } else {
        let mode: JournalMode = diesel::sql_query("PRAGMA journal_mode = WAL").get_result(&mut conn)?;
        if mode.journal_mode != "wal" {
            return Err(StoreError::Broken(format!("SQLite keeps journal mode {}, WAL is wanted", mode.journal_mode)));
        }
        conn.batch_execute(&format!(
            "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = {LOG_PAGES};"
        ))?;
    }
    Ok(conn)
}

#[derive(diesel::QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// Asks the file system without opening the file: closing it would drop the
/// locks that SQLite holds on it in this process.
fn writable(path: &Path) -> Result<(), StoreError> {
    use rustix::{
        fs::{Access, access},
        io::Errno,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // the write-ahead log is made beside the file
    for place in [path, folder] {
        match access(place, Access::WRITE_OK) {
            Ok(()) => {}
            Err(Errno::ACCESS | Errno::ROFS | Errno::PERM) => return Err(StoreError::ReadOnly),
            Err(Errno::NOENT) => return Err(StoreError::NotMigrated { pending: super::migrate::count() }),
            Err(error) => return Err(StoreError::Unreachable(format!("{}: {error}", place.display()))),
        }
    }
    Ok(())
}

/// A path as part of a `file:` URI.
fn escaped(path: &Path) -> String {
    let mut out = String::new();
    for octet in path.as_os_str().as_bytes() {
        match octet {
            b'/' | b'.' | b'_' | b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => out.push(char::from(*octet)),
            octet => {
                let _ = write!(out, "%{octet:02X}");
            }
        }
    }
    out
}

/// With whether the database was set so that nothing is written.
fn postgres(address: &PostgresAddress, settings: &Settings, purpose: Use) -> Result<(PgConnection, bool), StoreError> {
    let text = conninfo(address, settings)?;
    let mut conn = PgConnection::establish(&text).map_err(of_connecting)?;
    // a server set to acknowledge before its disk has it would make our acknowledgements untrue
    diesel::sql_query(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    )
    .execute(&mut conn)?;
    if purpose == Use::Write {
        return Ok((conn, false));
    }
    // what writes says so when it begins
    let was_open = diesel::sql_query(
        "SELECT set_config('default_transaction_read_only', 'on', false) \
         WHERE current_setting('default_transaction_read_only') = 'off'",
    )
    .execute(&mut conn)?;
    Ok((conn, was_open == 0))
}

/// How statements are planned: once for a connection, and by an index wherever there is one. A plan that is made for a
/// table while it is small reads all of it, and is kept while it grows (ADR 71).
const PLANS: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off";

/// What libpq is told. Everything that decides where the octets go is said, so
/// that nothing comes from `PG*` variables.
fn conninfo(address: &PostgresAddress, settings: &Settings) -> Result<Zeroizing<String>, StoreError> {
    let milliseconds = settings.wait.as_millis();
    let seconds = settings.wait.as_secs().max(2).to_string();
    let server = format!("-c lock_timeout={milliseconds} -c idle_in_transaction_session_timeout=60000 {PLANS}");
    let (host, tls) = match &address.host {
        Host::Socket(host) | Host::Loopback(host) => (host, None),
        Host::Remote(host) => (host, Some(certificates(settings)?)),
    };
    let mut text = Zeroizing::new(String::with_capacity(1024));
    let mut say = |name: &str, value: &str| {
        let _ = write!(text, "{name}='");
        for c in value.chars() {
            if matches!(c, '\'' | '\\') {
                text.push('\\');
            }
            text.push(c);
        }
        text.push_str("' ");
    };
    say("host", host);
    say("hostaddr", "");
    say("port", &address.port.to_string());
    say("user", &address.user);
    say("dbname", &address.database);
    say("application_name", "yinxin");
    say("connect_timeout", &seconds);
    say("client_encoding", "UTF8");
    say("gssencmode", "disable");
    say("options", &server);
    match tls {
        None => say("sslmode", "disable"),
        Some(certificates) => {
            say("sslmode", "verify-full");
            say("sslrootcert", certificates);
            say("tcp_user_timeout", "30000");
        }
    }
    if let Some(password) = settings.password()? {
        say("password", &password);
    }
    Ok(text)
}

/// The certificates that may stand above that of another machine.
fn certificates(settings: &Settings) -> Result<&str, StoreError> {
    if !cfg!(feature = "pg-tls") {
        return Err(StoreError::RemoteWithoutTls("this program is built without the feature pg-tls"));
    }
    let path = settings.server_certificates.as_deref().and_then(Path::to_str);
    path.ok_or(StoreError::RemoteWithoutTls("server_certificates names no file"))
}

fn of_connecting(error: ConnectionError) -> StoreError {
    match error {
        ConnectionError::BadConnection(message) => match of_message(&message) {
            StoreError::Broken(_) => StoreError::Unreachable(one_line(&message)),
            named => named,
        },
        ConnectionError::CouldntSetupConfiguration(error) => error.into(),
        other => StoreError::Unreachable(one_line(&other.to_string())),
    }
}

/// How long a connection that was just given back is not asked whether it still is one.
const SURE: Duration = Duration::from_secs(1);

/// Makes and judges the connections of the pool.
pub(super) struct Manager {
    settings: Settings,
    /// Why the last attempt failed: the pool itself only says that it waited.
    last: Arc<Mutex<Option<StoreError>>>,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Slot;
    type Error = StoreError;

    fn connect(&self) -> Result<Slot, StoreError> {
        let opened = Slot::open(&self.settings, Use::Read);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = opened.as_ref().err().cloned();
        opened
    }

    fn is_valid(&self, slot: &mut Slot) -> Result<(), StoreError> {
        match &mut slot.conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(_) if slot.used.elapsed() < SURE => Ok(()),
            Conn::Postgres(conn) => conn.batch_execute("SELECT 1").map_err(Into::into),
        }
    }

    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.used = Instant::now();
        slot.broken || std::thread::panicking()
    }
}

/// A fixed number of connections.
pub(super) struct Pool {
    connections: r2d2::Pool<Manager>,
    last: Arc<Mutex<Option<StoreError>>>,
}

impl Pool {
    /// Opens no connection yet.
    pub(super) fn new(settings: &Settings) -> Self {
        let last = Arc::new(Mutex::new(None));
        let manager = Manager { settings: settings.clone(), last: Arc::clone(&last) };
        let connections = r2d2::Pool::builder()
            .max_size(settings.connections)
            .min_idle(Some(0))
            .connection_timeout(settings.wait)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(manager);
        Self { connections, last }
    }

    /// A free connection on which a transaction was begun. One that was not asked for a second, and has ended meanwhile, is
    /// passed over: nothing was done by it.
    ///
    /// # Errors
    /// As [`Pool::get`], and what beginning says.
    pub(super) fn begun(
        &self,
        sql: impl Fn(&Slot) -> &'static str,
    ) -> Result<r2d2::PooledConnection<Manager>, StoreError> {
        let mut stale = 0;
        loop {
            let mut slot = self.get()?;
            let sql = sql(&slot);
            match begin(&mut slot, sql) {
                Ok(()) => return Ok(slot),
                Err(error) => {
                    slot.broken = true;
                    if !matches!(error, StoreError::Unreachable(_)) || stale > self.connections.max_size() {
                        return Err(error);
                    }
                    stale += 1;
                }
            }
        }
    }

    /// A free connection.
    ///
    /// # Errors
    /// Why none could be made, else [`StoreError::Busy`].
    pub(super) fn get(&self) -> Result<r2d2::PooledConnection<Manager>, StoreError> {
        let slot = self.connections.get().map_err(|_| {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
            last.unwrap_or(StoreError::Busy)
        })?;
        slot.take_failed();
        Ok(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(address: &str) -> Result<String, StoreError> {
        let Ok(Address::Postgres(parsed)) = address.parse() else { panic!("{address}") };
        conninfo(&parsed, &Settings::new(address.parse().unwrap())).map(|text| text.to_string())
    }

    #[test]
    fn libpq_is_told_exactly() {
        let text = told("postgres://o'neil%5C@%2Frun%2Fpg/a%20b").unwrap();
        assert!(text.contains(r"user='o\'neil\\' "), "{text}");
        assert!(text.contains("host='/run/pg' hostaddr='' port='5432' "), "{text}");
        assert!(text.contains("dbname='a b' ") && text.contains("sslmode='disable'"), "{text}");
    }

    #[test]
    fn another_machine_is_reached_with_tls_only() {
        let refused = told("postgres://u@10.1.2.3/db");
        assert!(matches!(refused, Err(StoreError::RemoteWithoutTls(_))), "{refused:?}");
    }

    #[cfg(feature = "pg-tls")]
    #[test]
    fn and_then_its_certificate_is_checked() {
        let Ok(Address::Postgres(parsed)) = "postgres://u@db.example/db".parse() else { panic!() };
        let mut settings = Settings::new("postgres://u@db.example/db".parse().unwrap());
        settings.server_certificates = Some("/etc/ca.pem".into());
        let text = conninfo(&parsed, &settings).unwrap();
        assert!(text.contains("sslmode='verify-full' sslrootcert='/etc/ca.pem'"), "{}", *text);
    }

    #[test]
    fn paths_stay_paths() {
        assert_eq!(escaped(Path::new("/a b/c?mode=memory#%.db")), "/a%20b/c%3Fmode%3Dmemory%23%25.db");
    }
}
