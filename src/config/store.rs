//! `[store]`: where the register is and how it is used.

use super::ConfigError;
use crate::store::{Address, Settings};
use serde::{Deserialize, Deserializer, de};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// `[store]`: the register. Without an address there is none, and the service only verifies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Register {
    /// `sqlite:PATH` or `postgres://USER@HOST[:PORT]/DATABASE`.
    #[serde(deserialize_with = "address")]
    pub address: Option<Address>,
    /// File with the password of the PostgreSQL user, one line.
    pub password_file: Option<PathBuf>,
    /// PEM file of certificates that may stand above that of a remote PostgreSQL.
    pub server_certificates: Option<PathBuf>,
    /// Connections, 1 to 256.
    pub connections: u32,
    /// SQLite: writes that may wait, 1 to 65536.
    pub waiting_writes: usize,
    /// SQLite: writes under one commit, 1 to 4096.
    pub writes_per_commit: usize,
    /// How long is waited for a lock or a free connection, 1 to 60000.
    pub wait_milliseconds: u64,
    /// PostgreSQL: how often a write begins anew after a conflict, 0 to 1000.
    pub retries: u32,
}

impl Default for Register {
    fn default() -> Self {
        let settings = Settings::new(Address::Sqlite(PathBuf::new()));
        Self {
            address: None,
            password_file: None,
            server_certificates: None,
            connections: settings.connections,
            waiting_writes: settings.waiting_writes,
            writes_per_commit: settings.writes_per_commit,
            wait_milliseconds: u64::try_from(settings.wait.as_millis()).unwrap_or(u64::MAX),
            retries: settings.retries,
        }
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Address>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(de::Error::custom)
}

impl Register {
    /// What the store is opened with; `None` without an address.
    pub fn settings(&self) -> Option<Settings> {
        self.address.clone().map(|address| self.with(address))
    }

    fn with(&self, address: Address) -> Settings {
        Settings {
            password_file: self.password_file.clone(),
            server_certificates: self.server_certificates.clone(),
            connections: self.connections,
            waiting_writes: self.waiting_writes,
            writes_per_commit: self.writes_per_commit,
            wait: Duration::from_millis(self.wait_milliseconds),
            retries: self.retries,
            ..Settings::new(address)
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let address = self.address.clone().unwrap_or_else(|| Address::Sqlite(PathBuf::new()));
        self.with(address).check().map_err(|error| {
            let member = match error.member {
                "connections" => "store.connections",
                "waiting_writes" => "store.waiting_writes",
                "writes_per_commit" => "store.writes_per_commit",
                "wait" => "store.wait_milliseconds",
                "retries" => "store.retries",
                other => other,
            };
            ConfigError::Range { member, wanted: error.wanted }
        })
    }

    /// Makes relative paths start at `folder`.
    pub(super) fn rooted_at(mut self, folder: &Path) -> Self {
        self.address = self.address.map(|address| address.rooted_at(folder));
        self.password_file = self.password_file.map(|path| folder.join(path));
        self.server_certificates = self.server_certificates.map(|path| folder.join(path));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_reaches_the_store() {
        let text = "address = \"sqlite:data/register.db\"\npassword_file = \"p\"\nserver_certificates = \"c\"\n\
                    connections = 2\nwaiting_writes = 3\nwrites_per_commit = 4\nwait_milliseconds = 5\nretries = 6";
        let register: Register = toml::from_str(text).unwrap();
        let settings = register.rooted_at(Path::new("/etc/yinxin")).settings().unwrap();
        assert_eq!(settings.address.to_string(), "sqlite:/etc/yinxin/data/register.db");
        assert_eq!(settings.password_file, Some("/etc/yinxin/p".into()));
        assert_eq!(settings.server_certificates, Some("/etc/yinxin/c".into()));
        assert_eq!((settings.connections, settings.waiting_writes, settings.writes_per_commit), (2, 3, 4));
        assert_eq!((settings.wait, settings.retries, settings.slow_commit), (Duration::from_millis(5), 6, None));
        assert_eq!(Register::default().settings(), None);
    }
}
