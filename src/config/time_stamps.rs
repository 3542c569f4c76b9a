//! Time stamps: an authority of our own, and where those within licences come from.

use super::{ConfigError, serve::in_range};
use serde::Deserialize;
use std::path::PathBuf;

/// `[time_stamps]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeStamps {
    /// Our own authority, which `POST /tsa` asks.
    pub authority: Option<TimeStampAuthority>,
    /// Where the time stamps within issued licences come from: `own`, or the address of an authority, https or http
    /// to this machine. Without it the time of a stamp is its signer's claim.
    pub obtain_from: Option<String>,
    /// What is done where none is given.
    pub when_missing: WhenMissing,
}

/// `[time_stamps.authority]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeStampAuthority {
    /// PEM: the certificate of a key of purpose `time-stamp` in custody, and those above it; a relative path starts
    /// at the configuration file.
    pub chain: PathBuf,
    /// The policy under which it gives time stamps, an object identifier of its operator.
    pub policy: String,
    /// How far the clock may be from the true time, 1 to 60.
    #[serde(default = "one")]
    pub accuracy_seconds: u32,
}

/// What is done where no time stamp is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenMissing {
    /// Nothing is issued.
    #[default]
    Refuse,
    /// Licences are issued without.
    LeaveOut,
}

/// The word for our own authority.
const OWN: &str = "own";

const fn one() -> u32 {
    1
}

impl TimeStamps {
    /// Whether time stamps come from our own authority.
    pub fn is_from_own(&self) -> bool {
        self.obtain_from.as_deref() == Some(OWN)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.is_from_own() && self.authority.is_none() {
            let wanted = "an address, or \"own\" with [time_stamps.authority]";
            return Err(ConfigError::Range { member: "time_stamps.obtain_from", wanted });
        }
        self.authority.as_ref().map_or(Ok(()), |authority| {
            in_range("time_stamps.authority.accuracy_seconds", authority.accuracy_seconds, 1, 60, "1 to 60")
        })
    }
}
