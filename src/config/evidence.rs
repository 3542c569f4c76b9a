//! What is kept of verdicts.

use super::{ConfigError, serve::in_range};
use serde::Deserialize;

/// `[evidence]`: time stamps over the evidence that the register keeps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Evidence {
    /// Whether what is kept is time-stamped and renewed, by the authority of `[time_stamps] obtain_from`.
    pub renew: bool,
    /// So many days before a time stamp counts no more the next one is made, 1 to 3650.
    pub renew_days_before: u32,
}

impl Default for Evidence {
    fn default() -> Self {
        Self { renew: true, renew_days_before: 180 }
    }
}

impl Evidence {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        in_range("evidence.renew_days_before", self.renew_days_before, 1, 3650, "1 to 3650")
    }
}
