//! A register of its own for each test.

use super::{
    access::Permit,
    bodies::{self, Naming},
};
use crate::store::{self, Address, Settings, Store, audit};
use std::path::PathBuf;
use yinxin_trust::base::{Day, Moment};

/// A SQLite register with one body; its folder goes when it is dropped.
pub(super) struct Register {
    pub(super) store: Store,
    pub(super) body: String,
    file: PathBuf,
    begun: i64,
    _folder: tempfile::TempDir,
}

/// Seconds after an instant in 2026.
pub(super) fn at(seconds: i64) -> Moment {
    Moment::from_unix_seconds(1_790_000_000 + seconds).unwrap()
}

/// A name for the nth body.
pub(super) fn naming(n: usize) -> Naming {
    // sound check characters, of bodies that do not exist
    let codes = ["11990000MB0000019F", "11990000MB0000027A", "11990000MB00000355"];
    Naming {
        name: format!("演示市第{n}局"),
        credit_code: codes[n % codes.len()].parse().unwrap(),
        region: "340100".parse().unwrap(),
        from: Day::parse("2020-01-01").unwrap(),
    }
}

impl Register {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("register.sqlite");
        let settings = Settings::new(Address::Sqlite(file.clone()));
        store::migrate(&settings).unwrap();
        let store = Store::open(settings).unwrap();
        let body = "0".repeat(32);
        bodies::create(&store, &Permit::of_operator(&body), &naming(0), None, at(0)).unwrap();
        let mut register = Self { store, body, file, begun: 0, _folder: folder };
        register.begun = register.events().last().map_or(0, |row| row.sequence);
        register
    }

    /// Enters a second body, without a trace in [`Register::actions`].
    pub(super) fn other_body(&self) -> String {
        let other = "f".repeat(32);
        bodies::create(&self.store, &Permit::of_operator(&other), &naming(1), None, at(0)).unwrap();
        other
    }

    fn events(&self) -> Vec<audit::Row> {
        self.store.read(|conn| audit::list_all(conn, self.begun, 1000)).unwrap()
    }

    /// What was done to the first body since it was entered.
    pub(super) fn actions(&self) -> Vec<String> {
        let own = self.events().into_iter().filter(|row| row.body_id.as_deref() == Some(&self.body));
        own.map(|row| row.action).collect()
    }

    /// Everything on the disk.
    pub(super) fn octets(&self) -> Vec<u8> {
        let wal = self.file.with_extension("sqlite-wal");
        [&self.file, &wal].iter().flat_map(|file| std::fs::read(file).unwrap_or_default()).collect()
    }
}
