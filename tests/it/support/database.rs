//! A register of its own for every test, on either back end.

use super::Folder;
use diesel::{Connection, PgConnection, connection::SimpleConnection};
use std::{
    env, process,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use yinxin::store::{Settings, Store, migrate};

/// Where the tests' PostgreSQL is.
const SERVER: &str = "YINXIN_TEST_POSTGRES";

/// An empty database; gone when dropped.
pub(crate) struct Database {
    pub(crate) settings: Settings,
    folder: Folder,
    /// Name of the database on the server.
    name: Option<String>,
}

impl Database {
    /// An SQLite file that is not there yet.
    pub(crate) fn sqlite() -> Self {
        let folder = Folder::new();
        let address = format!("sqlite:{}", folder.path().join("register.db").display());
        let settings = Settings { wait: Duration::from_secs(20), ..Settings::new(address.parse().unwrap()) };
        Self { settings, folder, name: None }
    }

    /// A database without tables on the tests' PostgreSQL.
    pub(crate) fn postgres() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test_{}_{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        // left behind by an earlier process of that number
        on_server(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        on_server(&format!("CREATE DATABASE {name}"));
        let address = address_of(&name);
        let settings = Settings { wait: Duration::from_secs(20), ..Settings::new(address.parse().unwrap()) };
        Self { settings, folder: Folder::new(), name: Some(name) }
    }

    /// With all tables and open.
    pub(crate) fn store(&self) -> Store {
        migrate(&self.settings).unwrap();
        Store::open(self.settings.clone()).unwrap()
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        self.name.is_none()
    }

    /// A folder for whatever the test writes; the SQLite file `register.db` is in it.
    pub(crate) const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The address on the server.
    pub(crate) fn address(&self) -> String {
        address_of(self.name.as_deref().unwrap())
    }

    /// A connection past the store.
    pub(crate) fn postgres_connection(&self) -> PgConnection {
        let name = self.name.as_deref().unwrap();
        connect(&address_of(name))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name
            && !std::thread::panicking()
        {
            on_server(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// The address of the tests' PostgreSQL. Without it a test fails: half of the
/// store would go untried.
pub(crate) fn server() -> String {
    env::var(SERVER).unwrap_or_else(|_| {
        panic!("{SERVER} is not set; before the tests run: eval \"$(tests/postgres.sh start)\"; after: tests/postgres.sh stop")
    })
}

fn address_of(name: &str) -> String {
    format!("{}/{name}", server().rsplit_once('/').unwrap().0)
}

/// The same over the loopback, for a database and a user.
pub(crate) fn over_loopback(user: &str, database: &str) -> String {
    let server = server();
    let port = server.rsplit_once('/').unwrap().0.rsplit_once(':').unwrap().1;
    format!("postgres://{user}@127.0.0.1:{port}/{database}")
}

/// One statement by the server's administrator.
pub(crate) fn on_server(sql: &str) {
    connect(&server()).batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn connect(address: &str) -> PgConnection {
    PgConnection::establish(address).unwrap_or_else(|error| {
        panic!("no PostgreSQL at {address} ({error}); start one with: eval \"$(tests/postgres.sh start)\"")
    })
}
