//! What the store is told when it is opened.

use super::{Address, StoreError};
use std::{path::PathBuf, time::Duration};

/// How to open the register. Every number has a default and a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where it is.
    pub address: Address,
    /// File with the password of a PostgreSQL user, one line; none for SQLite
    /// and where the server asks for none.
    pub password_file: Option<PathBuf>,
    /// File with the certificates (PEM) that may stand above that of a remote
    /// PostgreSQL; wanted there, unused elsewhere.
    pub server_certificates: Option<PathBuf>,
    /// Connections, 1 to 256. On SQLite they only read; on PostgreSQL they
    /// write too.
    pub connections: u32,
    /// SQLite: writes that may wait, 1 to 65536; one more is [`StoreError::Busy`].
    pub waiting_writes: usize,
    /// SQLite: writes under one commit, 1 to 4096.
    pub writes_per_commit: usize,
    /// How long is waited for a lock or a free connection, 1 to 60000 ms.
    pub wait: Duration,
    /// PostgreSQL: how often a write begins anew after a conflict with another, 0 to 1000.
    pub retries: u32,
    /// Added to each commit. Stands for a slow disk in tests and benches.
    pub slow_commit: Option<Duration>,
}

/// A number out of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member} must be {wanted}")]
pub struct SettingsError {
    /// Which.
    pub member: &'static str,
    /// What it may be.
    pub wanted: &'static str,
}

impl Settings {
    /// The defaults.
    pub const fn new(address: Address) -> Self {
        Self {
            address,
            password_file: None,
            server_certificates: None,
            connections: 8,
            waiting_writes: 1024,
            writes_per_commit: 256,
            wait: Duration::from_secs(5),
            retries: 100,
            slow_commit: None,
        }
    }

    /// Holds every number to its range.
    ///
    /// # Errors
    /// [`SettingsError`] with the member's name.
    pub fn check(&self) -> Result<(), SettingsError> {
        let ranges = [
            ("connections", (1..=256).contains(&self.connections), "1 to 256"),
            ("waiting_writes", (1..=65_536).contains(&self.waiting_writes), "1 to 65536"),
            ("writes_per_commit", (1..=4096).contains(&self.writes_per_commit), "1 to 4096"),
            ("wait", (1..=60_000).contains(&self.wait.as_millis()), "1 to 60000 milliseconds"),
            ("retries", self.retries <= 1000, "0 to 1000"),
        ];
        match ranges.into_iter().find(|(_, good, _)| !good) {
            Some((member, _, wanted)) => Err(SettingsError { member, wanted }),
            None => Ok(()),
        }
    }

    /// The password, without the end of the line.
    pub(super) fn password(&self) -> Result<Option<zeroize::Zeroizing<String>>, StoreError> {
        let Some(path) = &self.password_file else { return Ok(None) };
        let text = std::fs::read_to_string(path)
            .map(zeroize::Zeroizing::new)
            .map_err(|error| StoreError::PasswordFile(format!("{}: {error}", path.display())))?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        if line.is_empty() || line.contains(['\n', '\0']) {
            return Err(StoreError::PasswordFile(format!("{}: one line is wanted", path.display())));
        }
        Ok(Some(zeroize::Zeroizing::new(line.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_named() {
        let settings = Settings::new(Address::Sqlite("a.db".into()));
        assert_eq!(settings.check(), Ok(()));
        let none = Settings { connections: 0, ..settings.clone() };
        assert_eq!(none.check().unwrap_err().member, "connections");
        let long = Settings { wait: Duration::from_secs(61), ..settings };
        assert_eq!(long.check().unwrap_err().to_string(), "wait must be 1 to 60000 milliseconds");
    }
}
