//! The databases that are measured.

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use std::{env, fs, path::PathBuf};
use yinxin::store::Settings;

/// A database of the bench's own; gone when dropped.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    #[allow(dead_code, reason = "not every bench asks")]
    pub(crate) is_sqlite: bool,
    pub(crate) settings: Settings,
    folder: PathBuf,
    server: Option<String>,
}

const DATABASE: &str = "yinxin_bench";

impl Place {
    pub(crate) fn all() -> Vec<Self> {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-store");
        let address = format!("sqlite:{}", folder.join("register.db").display());
        let sqlite = Self {
            name: "SQLite",
            is_sqlite: true,
            settings: Settings::new(address.parse().unwrap()),
            folder: folder.clone(),
            server: None,
        };
        let postgres = env::var("YINXIN_TEST_POSTGRES").ok().map(|server| {
            let address = format!("{}/{DATABASE}", server.rsplit_once('/').unwrap().0);
            let settings = Settings { connections: 32, ..Settings::new(address.parse().unwrap()) };
            Self { name: "PostgreSQL", is_sqlite: false, settings, folder, server: Some(server) }
        });
        if postgres.is_none() {
            eprintln!("PostgreSQL is not measured: YINXIN_TEST_POSTGRES names none");
        }
        [Some(sqlite), postgres].into_iter().flatten().collect()
    }

    /// Makes it empty.
    pub(crate) fn clear(&self) {
        self.remove();
        match &self.server {
            Some(server) => on_server(server, &format!("CREATE DATABASE {DATABASE}")),
            None => fs::create_dir_all(&self.folder).unwrap(),
        }
    }

    fn remove(&self) {
        match &self.server {
            Some(server) => on_server(server, &format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")),
            None => drop(fs::remove_dir_all(&self.folder)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.remove();
    }
}

fn on_server(server: &str, sql: &str) {
    PgConnection::establish(server).unwrap().batch_execute(sql).unwrap();
}
