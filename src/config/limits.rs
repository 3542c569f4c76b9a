//! How often one network may ask what everybody may ask.

use super::{ConfigError, serve::in_range};
use serde::Deserialize;

/// `[serve.limits]`: in a window of time, by each process for itself. Whoever shows a token that runs is not counted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How long is counted together, 10 to 86400.
    pub window_seconds: u32,
    /// Codes, numbers and identifiers that one network may look up, 1 to 1000000: wide enough for an office behind one address.
    pub look_ups: u32,
    /// And of those, codes and identifiers that nobody has, 1 to 100000.
    pub misses: u32,
    /// And numbers with a holder that do not fit, 1 to 10000.
    pub number_misses: u32,
    /// Files that one network may have verified, 1 to 100000.
    pub files: u32,
    /// What one kiosk may look up, 1 to 100000.
    pub kiosk_look_ups: u32,
    /// What one register of another locality may ask that says who it is, 1 to 10000000.
    pub register_look_ups: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            window_seconds: 300,
            look_ups: 6000,
            misses: 100,
            number_misses: 30,
            files: 300,
            kiosk_look_ups: 300,
            register_look_ups: 60_000,
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        in_range("serve.limits.window_seconds", self.window_seconds, 10, 86_400, "10 to 86400")?;
        in_range("serve.limits.look_ups", self.look_ups, 1, 1_000_000, "1 to 1000000")?;
        in_range("serve.limits.misses", self.misses, 1, 100_000, "1 to 100000")?;
        in_range("serve.limits.number_misses", self.number_misses, 1, 10_000, "1 to 10000")?;
        in_range("serve.limits.files", self.files, 1, 100_000, "1 to 100000")?;
        in_range("serve.limits.kiosk_look_ups", self.kiosk_look_ups, 1, 100_000, "1 to 100000")?;
        in_range("serve.limits.register_look_ups", self.register_look_ups, 1, 10_000_000, "1 to 10000000")
    }
}
