//! What stands in the way of opening a register has a name.

use crate::support::database::{Database, on_server, over_loopback};
use diesel::RunQueryDsl;
use std::{fs, os::unix::fs::PermissionsExt, time::Duration};
use yinxin::store::{Settings, Store, StoreError, counter, migrate, status};

fn settings(address: &str) -> Settings {
    Settings { wait: Duration::from_secs(2), ..Settings::new(address.parse().unwrap()) }
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    // port 1 of the loopback is nobody's
    for address in ["postgres://u@127.0.0.1:1/db", "postgres://u@%2Fnowhere/db"] {
        let found = status(&settings(address));
        assert!(matches!(found, Err(StoreError::Unreachable(_))), "{address}: {found:?}");
        assert!(!fs::exists(address).unwrap() && !fs::exists("db").unwrap(), "a file of that name");
    }
}

#[cfg(not(feature = "pg-tls"))]
#[test]
fn another_machine_is_refused_before_a_connection_is_tried() {
    // TEST-NET-1: a connection would wait, a refusal does not
    let begun = std::time::Instant::now();
    let found = status(&settings("postgres://u@192.0.2.1/db"));
    assert!(matches!(found, Err(StoreError::RemoteWithoutTls(_))), "{found:?}");
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn the_password_comes_by_file() {
    let database = Database::postgres();
    migrate(&database.settings).unwrap();
    // the role that tests/postgres.sh wants a password of; an earlier run may have made it
    on_server(
        "DO $$ BEGIN CREATE ROLE yinxin_password LOGIN PASSWORD 'it''s a \\secret'; \
         EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    );
    diesel::sql_query("GRANT ALL ON ALL TABLES IN SCHEMA public TO yinxin_password")
        .execute(&mut database.postgres_connection())
        .unwrap();
    let name = database.settings.address.to_string();
    let name = name.rsplit_once(' ').unwrap().1;
    let open = |password: Option<&str>| {
        let mut settings = settings(&over_loopback("yinxin_password", name));
        settings.password_file = password.map(|text| database.folder().file("password", text));
        Store::open(settings)
    };
    let store = open(Some("it's a \\secret\n")).unwrap();
    assert_eq!(store.write(|c| counter::take(c, "a", 1)), Ok(1));
    for wrong in [None, Some("another\n")] {
        let refused = open(wrong).map(drop);
        assert!(matches!(&refused, Err(StoreError::Unreachable(why)) if !why.contains("another")), "{refused:?}");
    }
    for odd in ["", "\n", "two\nlines\n"] {
        assert!(matches!(open(Some(odd)), Err(StoreError::PasswordFile(_))), "{odd:?}");
    }
}

#[test]
fn a_server_that_went_away_is_unreachable_and_found_again() {
    let database = Database::postgres();
    let store = database.store();
    assert_eq!(store.write(|c| counter::take(c, "a", 1)), Ok(1));
    let own = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yinxin' \
               AND datname = current_database()";
    // between two writes: the pool notices and opens another connection
    diesel::sql_query(own).execute(&mut database.postgres_connection()).unwrap();
    assert_eq!(store.write(|c| counter::take(c, "a", 1)), Ok(2));
    // in the middle of one: an error, nothing is written, and the next one works
    let mut other = Some(database.postgres_connection());
    let cut = store.write(move |c| {
        counter::take(c, "a", 1)?;
        if let Some(mut other) = other.take() {
            diesel::sql_query(own).execute(&mut other).unwrap();
        }
        counter::take(c, "a", 1)
    });
    assert!(matches!(cut, Err(StoreError::Unreachable(_))), "{cut:?}");
    assert_eq!(store.write(|c| counter::take(c, "a", 1)), Ok(3));
    // nor does a reader notice, with a transaction or without
    diesel::sql_query(own).execute(&mut database.postgres_connection()).unwrap();
    assert_eq!(store.look(|c| counter::peek(c, "a")), Ok(4));
    diesel::sql_query(own).execute(&mut database.postgres_connection()).unwrap();
    assert_eq!(store.read(|c| counter::peek(c, "a")), Ok(4));
}

#[test]
fn a_new_file_is_its_owners_alone() {
    let database = Database::sqlite();
    let store = database.store();
    store.write(|c| counter::take(c, "a", 1)).unwrap();
    for name in ["register.db", "register.db-wal"] {
        let mode = fs::metadata(database.folder().path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let database = Database::sqlite();
    database.folder().file("register.db", "no database, but long enough to look like one, at least to the program");
    let found = Store::open(database.settings.clone()).map(drop);
    assert!(matches!(found, Err(StoreError::Broken(_))), "{found:?}");
    let nowhere = settings("sqlite:/nowhere/at/all.db");
    assert!(matches!(migrate(&nowhere), Err(StoreError::Unreachable(_))));
}
