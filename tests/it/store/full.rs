//! A full disk has a name and loses nothing that was acknowledged.

use super::rows::*;
use crate::support::{database::Database, namespace};
use diesel::RunQueryDsl;
use std::{collections::BTreeSet, env, fs, path::PathBuf, sync::Mutex, thread};
use yinxin::store::{Address, Conn, Settings, Store, StoreError, audit, migrate};

/// Appends from eight threads until nothing more goes in. What was
/// acknowledged, and the names of the refusals.
fn fill(store: &Store) -> (BTreeSet<i64>, Vec<StoreError>) {
    let (done, refused) = (Mutex::new(BTreeSet::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for caller in 0..8_i64 {
            let (done, refused) = (&done, &refused);
            scope.spawn(move || {
                for number in 0..100 {
                    let at = caller * 1000 + number;
                    let written = store.write(move |c| {
                        audit::append(c, &audit::Event { detail: vec![7; 40_000], ..event(None, at, "filling") })
                    });
                    match written {
                        Ok(()) => assert!(done.lock().unwrap().insert(at)),
                        Err(error) => {
                            refused.lock().unwrap().push(error);
                            break;
                        }
                    }
                }
            });
        }
    });
    (done.into_inner().unwrap(), refused.into_inner().unwrap())
}

fn kept(store: &Store) -> BTreeSet<i64> {
    store.read(|c| audit::list_all(c, 0, 1000)).unwrap().into_iter().map(|row| row.at).collect()
}

#[test]
fn a_file_at_its_limit_is_a_full_disk() {
    let database = Database::sqlite();
    let store = database.store();
    let limit = |c: &mut Conn| match c {
        Conn::Sqlite(c) => Ok::<_, StoreError>(diesel::sql_query("PRAGMA max_page_count = 500").execute(c).map(drop)?),
        Conn::Postgres(_) => panic!("not here"),
    };
    store.write(limit).unwrap();
    let (done, refused) = fill(&store);
    assert!(!done.is_empty() && refused.contains(&StoreError::DiskFull), "{} {refused:?}", done.len());
    assert!(refused.iter().all(|error| *error == StoreError::DiskFull), "{refused:?}");
    assert_eq!(kept(&store), done);
    drop(store);
    let store = Store::open(database.settings.clone()).unwrap();
    assert_eq!(kept(&store), done);
    store.write(|c| audit::append(c, &event(None, -1, "after"))).unwrap();
}

#[test]
fn a_full_file_system_is_a_full_disk() {
    if let Some(path) = env::var_os(namespace::FILE).map(PathBuf::from) {
        on_a_small_file_system(path);
        return;
    }
    let database = Database::sqlite();
    let mount = "mount -t tmpfs -o size=4m none \"$0\"";
    if !namespace::run(mount, database.folder(), "store::full::a_full_file_system_is_a_full_disk") {
        eprintln!("skipped: this system gives no mount namespace");
    }
}

fn on_a_small_file_system(path: PathBuf) {
    let ballast = path.with_file_name("ballast");
    fs::write(&ballast, vec![0; 1 << 20]).unwrap();
    let settings = Settings::new(Address::Sqlite(path));
    migrate(&settings).unwrap();
    let store = Store::open(settings.clone()).unwrap();
    let (done, refused) = fill(&store);
    assert_eq!(refused.len(), 8, "{refused:?}");
    assert!(
        !done.is_empty() && refused.iter().all(|error| *error == StoreError::DiskFull),
        "{} {refused:?}",
        done.len()
    );
    assert!(store.metrics().failed_commits > 0);
    assert_eq!(kept(&store), done);
    // room again: the same store goes on
    fs::remove_file(&ballast).unwrap();
    store.write(|c| audit::append(c, &event(None, -1, "after"))).unwrap();
    drop(store);
    let after: BTreeSet<i64> = done.into_iter().chain([-1]).collect();
    assert_eq!(kept(&Store::open(settings).unwrap()), after);
}
