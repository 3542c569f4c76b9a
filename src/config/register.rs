//! The register and who gets at it.

use super::{ConfigError, issuing::reference, serve::in_range};
use crate::store::{Address, Settings};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};
use yinxin_hsm::KeyReference;

/// `[database]`: the register. Without this section the service only verifies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://USER@HOST[:PORT]/DATABASE`; a relative path
    /// starts at the configuration file.
    #[serde(deserialize_with = "address")]
    pub address: Address,
    /// File with the password of a PostgreSQL user, one line.
    pub password_file: Option<PathBuf>,
    /// PEM file with the certificates that may stand above that of a remote PostgreSQL.
    pub server_certificates: Option<PathBuf>,
    /// Connections, 1 to 256.
    #[serde(default = "connections")]
    pub connections: u32,
    /// How long is waited for a lock or a connection, 1 to 60000.
    #[serde(default = "wait_milliseconds")]
    pub wait_milliseconds: u32,
    /// SQLite: writes that may wait, 1 to 65536.
    #[serde(default = "waiting_writes")]
    pub waiting_writes: usize,
    /// SQLite: writes under one commit, 1 to 4096.
    #[serde(default = "writes_per_commit")]
    pub writes_per_commit: usize,
    /// PostgreSQL: how often a write begins anew after a conflict, 0 to 1000.
    #[serde(default = "retries")]
    pub retries: u32,
}

/// `[access]`: how people and holders sign in, and how holders show.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// A session ends that long after it began, 1 to 24.
    pub session_hours: u32,
    /// Where browsers find the service, such as `https://licence.example.cn`. Plain
    /// `http://` only with a loopback address.
    pub origin: Option<String>,
    /// A code by which a holder shows a licence counts so long, 10 to 300.
    pub presentation_seconds: u32,
    /// An offline code counts so many hours, 1 to 144, and no longer than its licence.
    pub offline_hours: u32,
    /// Annotated copies may be used for so many days at most, 1 to 366, and no longer than their licence.
    pub copy_days: u32,
    /// Key of purpose `data` and algorithm `sm4-gcm`, in custody, that seals the secrets of second factors. Without it
    /// nobody has one.
    #[serde(deserialize_with = "reference")]
    pub second_factor_key: Option<KeyReference>,
    /// Who must have a second factor, and can do nothing else until then. Wants `second_factor_key`.
    pub second_factor_for: Vec<FactorFor>,
}

/// Somebody who must have a second factor: people with a role, or holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the roles")]
pub enum FactorFor {
    Officer,
    Approver,
    SealKeeper,
    Clerk,
    Auditor,
    Administrator,
    /// Holders of licences.
    Holder,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            session_hours: 8,
            origin: None,
            presentation_seconds: 60,
            offline_hours: 24,
            copy_days: 90,
            second_factor_key: None,
            second_factor_for: Vec::new(),
        }
    }
}

fn connections() -> u32 {
    8
}

fn wait_milliseconds() -> u32 {
    5000
}

fn waiting_writes() -> usize {
    1024
}

fn writes_per_commit() -> usize {
    256
}

fn retries() -> u32 {
    100
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Address, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

impl Database {
    /// What the store is told.
    pub fn settings(&self) -> Settings {
        Settings {
            password_file: self.password_file.clone(),
            server_certificates: self.server_certificates.clone(),
            connections: self.connections,
            wait: Duration::from_millis(self.wait_milliseconds.into()),
            waiting_writes: self.waiting_writes,
            writes_per_commit: self.writes_per_commit,
            retries: self.retries,
            ..Settings::new(self.address.clone())
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        in_range("database.connections", self.connections, 1, 256, "1 to 256")?;
        in_range("database.wait_milliseconds", self.wait_milliseconds, 1, 60_000, "1 to 60000")?;
        in_range("database.waiting_writes", self.waiting_writes, 1, 65_536, "1 to 65536")?;
        in_range("database.writes_per_commit", self.writes_per_commit, 1, 4096, "1 to 4096")?;
        in_range("database.retries", self.retries, 0, 1000, "0 to 1000")
    }

    /// Makes relative paths start at `folder`.
    pub(super) fn rooted_at(self, folder: &Path) -> Self {
        Self {
            address: self.address.rooted_at(folder),
            password_file: self.password_file.map(|path| folder.join(path)),
            server_certificates: self.server_certificates.map(|path| folder.join(path)),
            ..self
        }
    }
}

impl Access {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        in_range("access.session_hours", self.session_hours, 1, 24, "1 to 24")?;
        in_range("access.presentation_seconds", self.presentation_seconds, 10, 300, "10 to 300")?;
        in_range("access.offline_hours", self.offline_hours, 1, 144, "1 to 144")?;
        in_range("access.copy_days", self.copy_days, 1, 366, "1 to 366")?;
        if self.origin.as_deref().is_some_and(|origin| !is_origin(origin)) {
            let wanted = "https:// and a host, or http:// and a loopback address, without a path";
            return Err(ConfigError::Range { member: "access.origin", wanted });
        }
        if self.second_factor_key.is_none() && !self.second_factor_for.is_empty() {
            let wanted = "nobody without access.second_factor_key";
            return Err(ConfigError::Range { member: "access.second_factor_for", wanted });
        }
        Ok(())
    }
}

/// As a browser writes it: scheme, lower-case host, port where it is not the scheme's own.
fn is_origin(text: &str) -> bool {
    let (authority, secure) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(authority), _) => (authority, true),
        (None, Some(authority)) => (authority, false),
        (None, None) => return false,
    };
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | ':' | '[' | ']');
    !authority.is_empty() && authority.chars().all(known) && (secure || is_loopback(authority))
}

/// Whether a host, with or without its port, is this machine.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split_once(':').map_or(authority, |(host, _)| host),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        for right in [
            "https://a.example",
            "https://a.example:8443",
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://[::1]:80",
        ] {
            assert!(is_origin(right), "{right}");
        }
        for wrong in [
            "",
            "a.example",
            "https://",
            "http://a.example",
            "https://a.example/",
            "https://A.example",
            "http://127.0.0.1.example",
        ] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
