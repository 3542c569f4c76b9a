//! An SQLite file that another process holds, and one that takes no writes.

use super::rows::*;
use crate::support::{
    database::Database,
    namespace::{self, FILE},
};
use diesel::{Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection};
use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
    time::Duration,
};
use yinxin::store::{Address, Conn, Settings, Store, StoreError, audit, migrate};

fn append(store: &Store, subject: &'static str) -> Result<(), StoreError> {
    store.write(move |c| audit::append(c, &event(None, 1, subject)))
}

fn count(store: &Store) -> usize {
    store.read(|c| audit::list_all(c, 0, 100)).unwrap().len()
}

#[test]
fn another_process_holds_the_lock() {
    if let Ok(path) = env::var(FILE) {
        let mut conn = SqliteConnection::establish(&path).unwrap();
        conn.batch_execute("BEGIN IMMEDIATE").unwrap();
        std::io::stdout().write_all(b"\nheld\n").unwrap();
        // until the other end is closed
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let database = Database::sqlite();
    migrate(&database.settings).unwrap();
    let store = Store::open(Settings { wait: Duration::from_millis(100), ..database.settings.clone() }).unwrap();
    append(&store, "before").unwrap();
    let mut holder = Command::new(env::current_exe().unwrap())
        .args(["--exact", "store::sqlite_file::another_process_holds_the_lock", "--nocapture"])
        .env(FILE, database.folder().path().join("register.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.by_ref().map_while(Result::ok).any(|line| line == "held"));
    assert_eq!(append(&store, "refused"), Err(StoreError::Locked));
    assert_eq!(count(&store), 1, "reading goes on");
    drop(holder.stdin.take());
    assert!(holder.wait().unwrap().success());
    append(&store, "after").unwrap();
    assert_eq!((count(&store), store.metrics().failed_commits), (2, 1));
}

#[test]
fn a_database_that_takes_no_writes_is_read_only() {
    let database = Database::sqlite();
    let store = database.store();
    append(&store, "before").unwrap();
    let switched = |on: &'static str| {
        move |c: &mut Conn| match c {
            Conn::Sqlite(c) => Ok::<_, StoreError>(diesel::sql_query(on).execute(c).map(drop)?),
            Conn::Postgres(_) => panic!("not here"),
        }
    };
    store.write(switched("PRAGMA query_only = ON")).unwrap();
    assert_eq!(append(&store, "refused"), Err(StoreError::ReadOnly));
    store.write(switched("PRAGMA query_only = OFF")).unwrap();
    append(&store, "after").unwrap();
    assert_eq!(count(&store), 2);
}

#[test]
fn a_file_that_cannot_be_written_is_read_only() {
    if let Ok(path) = env::var(FILE) {
        let settings = Settings::new(Address::Sqlite(path.into()));
        assert_eq!(Store::open(settings.clone()).map(drop), Err(StoreError::ReadOnly));
        assert_eq!(migrate(&settings).map(drop), Err(StoreError::ReadOnly));
        return;
    }
    let database = Database::sqlite();
    let store = database.store();
    append(&store, "before").unwrap();
    drop(store);
    let ran = namespace::run(
        "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\"",
        database.folder(),
        "store::sqlite_file::a_file_that_cannot_be_written_is_read_only",
    );
    if !ran {
        eprintln!("skipped: this system gives no mount namespace");
    }
    assert_eq!(count(&Store::open(database.settings.clone()).unwrap()), 1);
}
