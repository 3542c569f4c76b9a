//! Work at windows.

use serde::Deserialize;

/// `[window]`: who works at windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Window {
    /// Whether a session must be at an enrolled device.
    pub devices: DevicesWanted,
}

/// Whether a session must be at an enrolled device to verify and redeem at a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DevicesWanted {
    /// A device says which window it is; a session without one works too.
    #[default]
    Optional,
    /// No session without one works at a window.
    Required,
}
