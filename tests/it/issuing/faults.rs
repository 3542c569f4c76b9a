//! The register fails in the middle of a whole issue: a clear name, nothing half
//! written, no number twice and none lost, and issuing goes on afterwards.

use super::orders::nothing_is_open;
use crate::support::{
    Folder,
    database::{Database, on_server},
    house::{House, construction},
    namespace,
};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    sql_types::BigInt,
};
use std::{
    env, fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use yinxin::{
    flow::{
        issue::{Issued, Order, Step, issue, issue_watched, recover},
        kind::{HasKind as _, Kind},
        licence_record::{self, After},
    },
    store::{Address, Conn, Settings, Store, StoreError, migrate},
};

on_both!(a_locked_register, a_register_that_can_only_be_read);

/// What goes wrong, and goes away again.
struct Fault<'a> {
    begin: &'a (dyn Fn() + Sync),
    end: &'a dyn Fn(),
    code: &'static str,
    kind: Kind,
}

fn with_key(key: &str) -> Order {
    Order { idempotency_key: Some(key.to_owned()), ..construction() }
}

fn one(house: &House, key: &str) -> Issued {
    issue(&house.issuer, &house.may_issue(), &[with_key(key)]).pop().unwrap().unwrap()
}

/// Lets it fail after a step, go away, and issues the same and another.
fn fails_after(house: &House, step: Step, fault: &Fault<'_>) {
    let key = format!("{step:?}");
    let answer = issue_watched(&house.issuer, &house.may_issue(), &[with_key(&key)], &|at| {
        if at == step {
            (fault.begin)();
        }
    });
    let error = answer.into_iter().next().unwrap().unwrap_err();
    assert_eq!((error.code(), error.kind()), (fault.code, fault.kind), "{step:?}: {error}");
    (fault.end)();
    // an intent that was stored is finished, one that was not was never there
    let recovered = recover(&house.issuer, 0).unwrap();
    assert_eq!((recovered.finished, recovered.left), (usize::from(step == Step::Signed), 0), "{step:?}");
    let first = one(house, &key);
    assert_eq!(one(house, &key), first, "{step:?}: the same request, the same answer");
    one(house, &format!("after {key}"));
    nothing_is_open(house);
    whole(house);
}

/// Every licence is whole, and the running numbers are 1 to n, each once.
fn whole(house: &House) -> Vec<String> {
    let read = house.may_read();
    let listed = licence_record::list(&house.issuer, &read, After::START, 200).unwrap();
    let mut numbers: Vec<String> = listed.iter().map(|licence| licence.number.clone()).collect();
    numbers.sort();
    let expected: Vec<String> = (1..=numbers.len()).map(|n| format!("D333{n:06}")).collect();
    assert_eq!(numbers, expected, "a number is lost or was given twice");
    for licence in &listed {
        let identifier = licence.identifier.parse().unwrap();
        let record = licence_record::record(&house.issuer, &read, &identifier, None).unwrap();
        assert_eq!((record.versions.len(), record.acts.len()), (1, 1));
        let octets =
            yinxin::flow::document::document(&house.issuer, &read, &identifier, yinxin::flow::document::Form::Ofd);
        assert_eq!(octets.unwrap().len() as i64, record.versions[0].document_bytes);
    }
    listed.into_iter().map(|licence| licence.identifier).collect()
}

/// A house that does not wait long for a lock.
fn impatient(database: &Database) -> (House, Folder) {
    migrate(&database.settings).unwrap();
    let settings = Settings { wait: Duration::from_millis(300), ..database.settings.clone() };
    let folder = Folder::new();
    let house = House::founded(Arc::new(Store::open(settings).unwrap()), &folder.path().join("keys"));
    one(&house, "before");
    (house, folder)
}

/// Somebody who holds the register.
enum Holder {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

fn a_locked_register(database: &Database) {
    let (house, _folder) = impatient(database);
    let holder = Mutex::new(if database.is_sqlite() {
        let file = database.folder().path().join("register.db");
        Holder::Sqlite(SqliteConnection::establish(file.to_str().unwrap()).unwrap())
    } else {
        Holder::Postgres(database.postgres_connection())
    });
    let begin = || match &mut *holder.lock().unwrap() {
        Holder::Sqlite(conn) => conn.batch_execute("BEGIN IMMEDIATE").unwrap(),
        Holder::Postgres(conn) => {
            conn.batch_execute("BEGIN; LOCK TABLE intents IN ACCESS EXCLUSIVE MODE").unwrap();
        }
    };
    let end = || match &mut *holder.lock().unwrap() {
        Holder::Sqlite(conn) => conn.batch_execute("ROLLBACK").unwrap(),
        Holder::Postgres(conn) => conn.batch_execute("ROLLBACK").unwrap(),
    };
    let fault = Fault { begin: &begin, end: &end, code: "register_unavailable", kind: Kind::Unavailable };
    for step in [Step::Numbered, Step::Rehearsed, Step::Signed] {
        fails_after(&house, step, &fault);
    }
}

fn a_register_that_can_only_be_read(database: &Database) {
    let (house, _folder) = impatient(database);
    let switch = |on: bool| {
        if database.is_sqlite() {
            let statement = if on { "PRAGMA query_only = ON" } else { "PRAGMA query_only = OFF" };
            house.issuer.store.write(move |c| on_sqlite(c, statement)).unwrap();
        } else {
            let address = database.address();
            let name = address.rsplit('/').next().unwrap();
            let value = if on { "on" } else { "off" };
            on_server(&format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}"));
            // a setting of the database is that of connections to come
            on_server(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
        }
    };
    let (begin, end) = (|| switch(true), || switch(false));
    let fault = Fault { begin: &begin, end: &end, code: "register_read_only", kind: Kind::Unavailable };
    for step in [Step::Numbered, Step::Rehearsed, Step::Signed] {
        fails_after(&house, step, &fault);
    }
}

#[test]
fn a_file_that_may_not_grow() {
    let database = Database::sqlite();
    let (house, _folder) = impatient(&database);
    let limited = |pages: Option<i64>| {
        house
            .issuer
            .store
            .write(move |c| {
                let Conn::Sqlite(conn) = c else { panic!("not here") };
                let now: Pages = diesel::sql_query("PRAGMA page_count").get_result(conn)?;
                let most = pages.unwrap_or(now.page_count);
                Ok::<_, StoreError>(
                    diesel::sql_query(format!("PRAGMA max_page_count = {most}")).execute(conn).map(drop)?,
                )
            })
            .unwrap();
    };
    let (begin, end) = (|| limited(None), || limited(Some(1_000_000)));
    // the document is what does not go in
    let fault = Fault { begin: &begin, end: &end, code: "disk_full", kind: Kind::Unavailable };
    fails_after(&house, Step::Signed, &fault);
}

#[derive(QueryableByName)]
struct Pages {
    #[diesel(sql_type = BigInt)]
    page_count: i64,
}

fn on_sqlite(c: &mut Conn, statement: &str) -> Result<(), StoreError> {
    match c {
        Conn::Sqlite(c) => Ok(diesel::sql_query(statement).execute(c).map(drop)?),
        Conn::Postgres(_) => panic!("not here"),
    }
}

#[test]
fn a_full_file_system() {
    if let Some(path) = env::var_os(namespace::FILE).map(PathBuf::from) {
        on_a_small_file_system(path);
        return;
    }
    let database = Database::sqlite();
    let mount = "mount -t tmpfs -o size=12m none \"$0\"";
    if !namespace::run(mount, database.folder(), "issuing::faults::a_full_file_system") {
        eprintln!("skipped: this system gives no mount namespace");
    }
}

fn on_a_small_file_system(path: PathBuf) {
    let ballast = path.with_file_name("ballast");
    fs::write(&ballast, vec![0; 6 << 20]).unwrap();
    let settings = Settings::new(Address::Sqlite(path));
    migrate(&settings).unwrap();
    let folder = Folder::new();
    let house = House::founded(Arc::new(Store::open(settings).unwrap()), &folder.path().join("keys"));
    let mut answered = Vec::new();
    let mut refused = None;
    for n in 0..200 {
        match issue(&house.issuer, &house.may_issue(), &[with_key(&n.to_string())]).pop().unwrap() {
            Ok(issued) => answered.push(issued.identifier),
            Err(error) => {
                refused = Some((n, error));
                break;
            }
        }
    }
    let (n, error) = refused.unwrap();
    assert_eq!((error.code(), error.kind()), ("disk_full", Kind::Unavailable), "{error}");
    assert!(!answered.is_empty());
    // still full, and still the same name
    let again = issue(&house.issuer, &house.may_issue(), &[with_key("again")]).pop().unwrap().unwrap_err();
    assert_eq!(again.code(), "disk_full", "{again}");
    // room again: the same house goes on
    fs::remove_file(&ballast).unwrap();
    assert_eq!(recover(&house.issuer, 0).unwrap().left, 0);
    answered.push(one(&house, &n.to_string()).identifier);
    answered.push(one(&house, "again").identifier);
    nothing_is_open(&house);
    let listed = whole(&house);
    assert!(answered.iter().all(|identifier| listed.contains(identifier)), "what was answered is lost");
}
